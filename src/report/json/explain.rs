//! The explanation of a token for machines, schema `authprobe.explanation/1`: fields, and how they
//! are drawn. Field by field, so that no change of a noun can rename a field.

use chrono::SecondsFormat;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::number::{parts, rfc3339, seconds};
use super::pretty;
use crate::check::Status;
use crate::diagnosis::KeyMatch;
use crate::explanation as noun;
use crate::explanation::{Inspection, Ruling};

/// The version of the form; fields may be added to it, never renamed.
const SCHEMA: &str = "authprobe.explanation/1";

/// The explanation for machines, with a final newline.
#[must_use]
pub fn explanation(explanation: &noun::Explanation) -> String {
    pretty(&Explanation::of(explanation))
}

/// The JSON Schema (draft 2020-12) of the explanation for machines, with a final newline.
#[must_use]
pub fn explanation_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    pretty(&generator.into_root_schema_for::<Explanation>())
}

/// Why a token is refused, and by whom. Times are RFC 3339 in UTC; `null` is what could not be told.
#[derive(Serialize, JsonSchema)]
struct Explanation {
    /// The version of this form.
    #[schemars(schema_with = "form")]
    schema: &'static str,
    tool: Tool,
    /// The environment whose services and keys were used; `null` without a configuration.
    environment: Option<String>,
    /// When the token was read: its times are told from here.
    #[schemars(schema_with = "moment")]
    started_at: String,
    #[schemars(schema_with = "moment")]
    finished_at: String,
    /// The worst ruling of the services; where none was asked, what the token shows by itself.
    #[schemars(schema_with = "ruling")]
    ruling: &'static str,
    /// Why the text is no JWT; `null` for a token.
    malformed: Option<Flaw>,
    /// The decoded token, without its signature; `null` for a text that is none.
    token: Option<Token>,
    /// What each service makes of the token; empty where nothing was sent.
    services: Vec<Service>,
}

#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Flaw {
    code: &'static str,
    summary: String,
    fix: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Token {
    /// The header members in their order, repeats included.
    header: Vec<Member>,
    /// The claims in their order, repeats included.
    claims: Vec<Member>,
    signer: Signer,
    /// What is wrong with it, as far as that can be told without asking anyone.
    findings: Vec<Finding>,
}

#[derive(Serialize, JsonSchema)]
struct Member {
    name: String,
    /// The value as JSON text, shortened where it is long or looks like a secret.
    value: String,
    note: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Signer {
    #[schemars(schema_with = "signer")]
    code: &'static str,
    /// Which key verifies it: reference, previous, own, environment:NAME, default or variant.
    key: Option<String>,
    /// In words that follow "the token is".
    summary: String,
}

#[derive(Serialize, JsonSchema)]
struct Finding {
    code: &'static str,
    #[schemars(schema_with = "status")]
    status: &'static str,
    /// A clause that follows "the token".
    summary: String,
}

#[derive(Serialize, JsonSchema)]
struct Service {
    name: String,
    /// The endpoint that was asked, without query and userinfo.
    url: String,
    #[schemars(schema_with = "ruling")]
    ruling: &'static str,
    /// The answer in one sentence.
    sentence: String,
    /// What the token is refused for.
    reasons: Vec<Reason>,
    fix: String,
    clock: Clock,
    evidence: Vec<Replay>,
    requests: usize,
}

#[derive(Serialize, JsonSchema)]
struct Reason {
    code: &'static str,
    /// The claim or header member that it is about.
    member: Option<String>,
    /// A clause that follows "because".
    summary: String,
}

/// The service's clock minus ours, from the `Date` fields of its answers.
#[derive(Serialize, JsonSchema)]
struct Clock {
    skew_s: Option<f64>,
    error_s: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct Replay {
    /// What was sent, in words.
    sent: String,
    status: Option<u16>,
    taken: Option<bool>,
    /// What the answer's text says of the reason: a hint.
    hint: Option<String>,
    rtt_ms: Option<f64>,
}

impl Explanation {
    fn of(explanation: &noun::Explanation) -> Self {
        let (token, malformed) = match &explanation.token {
            Inspection::Token(token) => (Some(Token::of(token)), None),
            Inspection::Malformed(flaw) => (None, Some(Flaw::of(flaw))),
        };
        Self {
            schema: SCHEMA,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            environment: explanation.environment.clone(),
            started_at: rfc3339(explanation.started_at, SecondsFormat::Millis),
            finished_at: rfc3339(explanation.finished_at, SecondsFormat::Millis),
            ruling: explanation.ruling().code(),
            malformed,
            token,
            services: explanation.services.iter().map(Service::of).collect(),
        }
    }
}

impl Flaw {
    fn of(flaw: &noun::Flaw) -> Self {
        Self { code: flaw.code, summary: flaw.summary.clone(), fix: flaw.fix }
    }
}

impl Token {
    fn of(token: &noun::Decoded) -> Self {
        let finding = |finding: &noun::TokenFinding| Finding {
            code: finding.code,
            status: finding.status.code(),
            summary: finding.summary.clone(),
        };
        Self {
            header: token.header.iter().map(Member::of).collect(),
            claims: token.claims.iter().map(Member::of).collect(),
            signer: Signer::of(token),
            findings: token.findings.iter().map(finding).collect(),
        }
    }
}

impl Signer {
    fn of(token: &noun::Decoded) -> Self {
        let key = match &token.signer {
            noun::Signer::Known { key, .. } => Some(KeyMatch::Known(key.clone()).code()),
            _ => None,
        };
        Self { code: token.signer.code(), key, summary: token.signed.clone() }
    }
}

impl Member {
    fn of(member: &noun::ShownMember) -> Self {
        Self { name: member.name.clone(), value: member.value.clone(), note: member.note.clone() }
    }
}

impl Service {
    fn of(service: &noun::ServiceExplanation) -> Self {
        let reason = |reason: &noun::Reason| Reason {
            code: reason.code,
            member: reason.member.clone(),
            summary: reason.summary.clone(),
        };
        let (skew_s, error_s) = parts(service.skew);
        Self {
            name: service.name.clone(),
            url: service.url.clone(),
            ruling: service.ruling.code(),
            sentence: service.sentence.clone(),
            reasons: service.reasons.iter().map(reason).collect(),
            fix: service.fix.clone(),
            clock: Clock { skew_s, error_s },
            evidence: service.evidence.iter().map(Replay::of).collect(),
            requests: service.requests,
        }
    }
}

impl Replay {
    fn of(replay: &noun::Replay) -> Self {
        let milliseconds = crate::time::Seconds(replay.round_trip.0 * 1000.0);
        Self {
            sent: replay.sent.clone(),
            status: replay.status,
            taken: replay.taken,
            hint: replay.hint.clone(),
            rtt_ms: seconds(milliseconds),
        }
    }
}

fn form(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "const": SCHEMA })
}

fn ruling(_: &mut SchemaGenerator) -> Schema {
    let words = [Ruling::Accepted, Ruling::Undecided, Ruling::Refused].map(Ruling::code);
    json_schema!({ "type": "string", "enum": words })
}

fn status(_: &mut SchemaGenerator) -> Schema {
    let words = [Status::Fail, Status::Warn, Status::Undecided].map(Status::code);
    json_schema!({ "type": "string", "enum": words })
}

fn signer(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "enum": ["known", "unknown", "no-keys-known", "foreign", "unsigned"],
    })
}

fn moment(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date-time" })
}
