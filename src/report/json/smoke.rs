//! What `smoke` found for machines, schema `authprobe.smoke/1`. Field by field, so that no change of
//! a noun can rename a field. Names, counts and moments only.

use chrono::SecondsFormat;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::number::{rfc3339, rounded, seconds};
use super::{pretty, vocabulary};
use crate::convergence as noun;
use crate::convergence::{Convergence, Holds, OldKey, ServiceConvergence, State, Unclear};
use crate::time::UnixTime;

/// The version of the form; fields may be added to it, never renamed.
const SCHEMA: &str = "authprobe.smoke/1";

/// What was found, for machines, with a final newline.
#[must_use]
pub fn smoke(found: &Convergence) -> String {
    pretty(&Smoke::of(found))
}

/// The JSON Schema (draft 2020-12) of it, with a final newline.
#[must_use]
pub fn smoke_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    pretty(&generator.into_root_schema_for::<Smoke>())
}

/// Whether the services have come to the new key. Times are RFC 3339 in UTC.
#[derive(Serialize, JsonSchema)]
struct Smoke {
    /// The version of this form.
    #[schemars(schema_with = "form")]
    schema: &'static str,
    tool: Tool,
    environment: String,
    #[schemars(schema_with = "vocabulary::moment")]
    started_at: String,
    #[schemars(schema_with = "vocabulary::moment")]
    finished_at: String,
    /// `fail` if a service is not on the new key alone, `inconclusive` if one could not be judged.
    #[schemars(schema_with = "vocabulary::run_verdict")]
    verdict: &'static str,
    /// Whether the run was cut off: what is told is what was known by then.
    interrupted: bool,
    /// When the new key was written, where `rotate` did so.
    rotated_at: Option<String>,
    /// Where the old key is known from.
    #[schemars(schema_with = "old_key")]
    old_key: &'static str,
    /// Until then the old key may be taken.
    old_key_allowed_until: Option<String>,
    services: Vec<Service>,
}

#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Service {
    name: String,
    url: String,
    #[schemars(schema_with = "vocabulary::run_verdict")]
    verdict: &'static str,
    #[schemars(schema_with = "state")]
    state: &'static str,
    /// Why it is undecided.
    #[schemars(schema_with = "reason")]
    reason: Option<&'static str>,
    summary: String,
    fix: String,
    requests: usize,
    /// The answers to tokens under the new key, in the whole run.
    new: Answers,
    /// The same under the old key; `null` where that is not known or left out.
    old: Option<Answers>,
    sample: Sample,
    replicas: Replicas,
    /// The addresses of its name that were asked one by one; empty where there are fewer than two.
    addresses: Vec<String>,
    /// So many more addresses were left alone.
    addresses_left_out: usize,
    /// When it last refused the new key, or took the old one though it may not.
    last_sign_at: Option<String>,
    /// From then on it was seen on the new key alone; `null` if that is not certain.
    converged_at: Option<String>,
    /// From the rotation (or the beginning of the run, if `rotated_at` is `null`) until `converged_at`,
    /// or until the end; `null` where no old key showed.
    lag_s: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct Answers {
    accepted: usize,
    refused: usize,
    undecided: usize,
}

/// What was answered since an old key last showed.
#[derive(Serialize, JsonSchema)]
struct Sample {
    /// So many answers for each key make it whole: one replica in ten is then found at 95 %.
    needed: usize,
    new: usize,
    old: usize,
}

/// What the last look says of the replicas. Shares are shares of connections.
#[derive(Serialize, JsonSchema)]
struct Replicas {
    on_new: Option<Share>,
    on_old: Option<Share>,
    /// `address`, or the header field that tells them apart.
    told_apart_by: Option<String>,
    each: Vec<Replica>,
}

/// A share from 0 to 1, and the interval in which the true one lies at 95 %.
#[derive(Serialize, JsonSchema)]
struct Share {
    fraction: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    asked: usize,
}

#[derive(Serialize, JsonSchema)]
struct Replica {
    name: String,
    #[schemars(schema_with = "holds")]
    holds: &'static str,
}

impl Smoke {
    fn of(found: &Convergence) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            environment: found.environment.clone(),
            started_at: moment(found.started_at),
            finished_at: moment(found.finished_at),
            verdict: found.outcome().code(),
            interrupted: found.interrupted,
            rotated_at: found.rotated_at.map(moment),
            old_key: found.old_key.code(),
            old_key_allowed_until: found.old_allowed_until.map(moment),
            services: found.services.iter().map(Service::of).collect(),
        }
    }
}

impl Service {
    fn of(found: &ServiceConvergence) -> Self {
        let is_by_address = found.told_apart_by.as_deref() == Some("address");
        let addresses = found.replicas.iter().filter(|_| is_by_address);
        Self {
            name: found.name.clone(),
            url: found.url.clone(),
            verdict: found.state.verdict().code(),
            state: found.state.code(),
            reason: match found.state {
                State::Undecided(why) => Some(why.code()),
                _ => None,
            },
            summary: found.summary.clone(),
            fix: found.fix.clone(),
            requests: found.requests,
            new: Answers::of(found.new),
            old: found.old.map(Answers::of),
            sample: Sample {
                needed: found.sample.needed,
                new: found.sample.new,
                old: found.sample.old,
            },
            addresses: addresses.map(|replica| replica.name.clone()).collect(),
            addresses_left_out: found.left_out,
            replicas: Replicas::of(found),
            last_sign_at: found.last_sign_at.map(moment),
            converged_at: found.converged_at.map(moment),
            lag_s: found.lag.and_then(seconds),
        }
    }
}

impl Answers {
    fn of(answers: noun::Answers) -> Self {
        let noun::Answers { accepted, refused, undecided } = answers;
        Self { accepted, refused, undecided }
    }
}

impl Replicas {
    fn of(found: &ServiceConvergence) -> Self {
        let each = found.replicas.iter();
        let each = each.map(|one| Replica { name: one.name.clone(), holds: one.holds.code() });
        Self {
            on_new: found.on_new.map(Share::of),
            on_old: found.on_old.map(Share::of),
            told_apart_by: found.told_apart_by.clone(),
            each: each.collect(),
        }
    }
}

impl Share {
    fn of(share: noun::Share) -> Self {
        let [fraction, low, high] =
            [share.fraction, share.low, share.high].map(|part| rounded(part, 3));
        Self { fraction, low, high, asked: share.asked }
    }
}

fn moment(moment: UnixTime) -> String {
    rfc3339(moment, SecondsFormat::Millis)
}

fn one_of<const N: usize>(words: [&str; N]) -> Schema {
    json_schema!({ "type": "string", "enum": words.to_vec() })
}

fn form(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "const": SCHEMA })
}

fn old_key(_: &mut SchemaGenerator) -> Schema {
    one_of(OldKey::ALL.map(OldKey::code))
}

fn state(_: &mut SchemaGenerator) -> Schema {
    one_of(State::CODES)
}

fn holds(_: &mut SchemaGenerator) -> Schema {
    one_of(Holds::ALL.map(Holds::code))
}

fn reason(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["string", "null"],
        "enum": Unclear::ALL.iter().map(|why| Some(why.code())).chain([None]).collect::<Vec<_>>()
    })
}
