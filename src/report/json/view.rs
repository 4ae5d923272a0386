//! The views behind `authprobe.report/1`: what each field is, and how it is drawn from a diagnosis.

use chrono::SecondsFormat;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::vocabulary::{self, SCHEMA};
use crate::cause;
use crate::check;
use crate::diagnosis::{Diagnosis, FleetDiagnosis, Judged, KeyMatch, Measured, ServiceDiagnosis};
use crate::observation::{DateField, Outcome};
use crate::plan;
use crate::time::{Seconds, UnixTime};
use crate::verdict::{Refusal, Verdict};

/// What one run of authprobe found. Times are RFC 3339 in UTC; `null` is what could not be told.
#[derive(Serialize, JsonSchema)]
pub(super) struct Report {
    /// The version of this form.
    #[schemars(schema_with = "vocabulary::schema")]
    schema: &'static str,
    tool: Tool,
    /// The command that was run.
    command: String,
    /// The environment that was probed.
    environment: String,
    #[schemars(schema_with = "vocabulary::moment")]
    started_at: String,
    #[schemars(schema_with = "vocabulary::moment")]
    finished_at: String,
    /// `fail` if any check failed, `inconclusive` if something that matters could not be judged.
    #[schemars(schema_with = "vocabulary::run_verdict")]
    verdict: &'static str,
    services: Vec<Service>,
    fleet: Fleet,
    /// Everything that was sent and what came back, by the ids that `evidence` names.
    observations: Vec<Observation>,
}

#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Service {
    name: String,
    /// The endpoint that was asked, without query and userinfo.
    url: String,
    #[schemars(schema_with = "vocabulary::run_verdict")]
    verdict: &'static str,
    /// Whether any request was answered.
    reachable: bool,
    /// Whether a request without a token is refused.
    protected: Option<bool>,
    /// Whether a right token is taken.
    accepts_baseline: Option<bool>,
    /// The root cause; null for a service that passes.
    cause: Option<Cause>,
    /// Further independent causes, then weaker candidates.
    other_causes: Vec<Cause>,
    key: Key,
    algorithm: Algorithm,
    expiration: Expiration,
    clock: Clock,
    checks: Vec<Check>,
    /// How many requests were sent.
    requests: usize,
    /// The longest chain of requests that had to wait for one another.
    round_trips: usize,
    elapsed_ms: u64,
}

#[derive(Serialize, JsonSchema)]
struct Cause {
    #[schemars(schema_with = "vocabulary::cause")]
    code: &'static str,
    /// 1 is shown by the tokens alone.
    #[schemars(range(min = 0.0, max = 1.0))]
    confidence: f64,
    summary: String,
    fix: String,
    details: Map<String, Value>,
    /// Ids of observations, most telling first.
    evidence: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Key {
    /// The key that the service verifies with, by name.
    #[schemars(schema_with = "vocabulary::key_match")]
    matches: Option<String>,
    /// How the reference key is read, where `matches` is `variant`.
    variant: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
struct Algorithm {
    #[schemars(schema_with = "vocabulary::algorithms")]
    accepted: Vec<&'static str>,
    #[schemars(schema_with = "vocabulary::algorithms")]
    rejected: Vec<&'static str>,
    /// Whether a token without a signature is taken.
    unsigned_accepted: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
struct Expiration {
    /// Whether an expired token is refused.
    enforced: Option<bool>,
    missing_exp_accepted: Option<bool>,
    leeway_s: Option<f64>,
    leeway_error_s: Option<f64>,
    not_before_enforced: Option<bool>,
    issued_at_enforced: Option<bool>,
    max_lifetime_s: Option<f64>,
}

/// Server clock minus our clock: positive when the server is ahead.
#[derive(Serialize, JsonSchema)]
struct Clock {
    skew_s: Option<f64>,
    error_s: Option<f64>,
    /// Where the best figure comes from.
    #[schemars(schema_with = "vocabulary::clock_source")]
    source: Option<&'static str>,
    date_skew_s: Option<f64>,
    date_error_s: Option<f64>,
    token_skew_s: Option<f64>,
    token_error_s: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct Check {
    #[schemars(schema_with = "vocabulary::check")]
    id: &'static str,
    #[schemars(schema_with = "vocabulary::checklist")]
    checklist: &'static str,
    /// What should hold.
    title: &'static str,
    #[schemars(schema_with = "vocabulary::status")]
    status: &'static str,
    /// How bad a failure of this check is.
    #[schemars(schema_with = "vocabulary::severity")]
    severity: &'static str,
    /// What was found.
    summary: String,
    fix: String,
    evidence: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Fleet {
    findings: Vec<Finding>,
    pairs: Vec<Pair>,
}

#[derive(Serialize, JsonSchema)]
struct Finding {
    code: &'static str,
    #[schemars(schema_with = "vocabulary::status")]
    status: &'static str,
    #[schemars(schema_with = "vocabulary::severity")]
    severity: &'static str,
    summary: String,
    fix: String,
    services: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Pair {
    issuer: String,
    verifier: String,
    /// Whether the verifier takes a token that the issuer makes now.
    works: Option<bool>,
    reason: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Observation {
    id: String,
    service: String,
    /// What was sent, in words.
    variant: String,
    /// The HTTP status; null if there was no answer.
    status: Option<u16>,
    #[schemars(schema_with = "vocabulary::verdict")]
    verdict: &'static str,
    /// Why there was no answer, what the answer hints at, or why it has no meaning.
    reason: Option<String>,
    /// The `Date` field of the answer; null if there is none, or none that can be read.
    #[schemars(schema_with = "vocabulary::moment_or_null")]
    date: Option<String>,
    #[schemars(schema_with = "vocabulary::moment")]
    sent_at: String,
    /// From sending to the head of the answer.
    rtt_ms: f64,
}

impl Report {
    pub(super) fn of(diagnosis: &Diagnosis) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            command: diagnosis.command.to_owned(),
            environment: diagnosis.environment.clone(),
            started_at: rfc3339(diagnosis.started_at, SecondsFormat::Millis),
            finished_at: rfc3339(diagnosis.finished_at, SecondsFormat::Millis),
            verdict: diagnosis.outcome().code(),
            services: diagnosis.services.iter().map(Service::of).collect(),
            fleet: Fleet::of(&diagnosis.fleet),
            observations: diagnosis
                .services
                .iter()
                .flat_map(|s| s.observations.iter().map(|judged| Observation::of(s, judged)))
                .collect(),
        }
    }
}

impl Service {
    fn of(service: &ServiceDiagnosis) -> Self {
        let cause = |cause| Cause::of(service, cause);
        Self {
            name: service.name.clone(),
            url: service.url.clone(),
            verdict: service.verdict.code(),
            reachable: service.reachable,
            protected: service.protected,
            accepts_baseline: service.accepts_baseline,
            cause: service.cause.as_ref().map(cause),
            other_causes: service.other_causes.iter().map(cause).collect(),
            key: Key::of(service.key.as_ref()),
            algorithm: Algorithm::of(service),
            expiration: Expiration::of(service),
            clock: Clock::of(service),
            checks: service.checks.iter().map(|check| Check::of(service, check)).collect(),
            requests: service.observations.len(),
            round_trips: service.round_trips,
            elapsed_ms: (service.elapsed.0 * 1000.0).round() as u64,
        }
    }
}

impl Cause {
    fn of(service: &ServiceDiagnosis, cause: &cause::Cause) -> Self {
        Self {
            code: cause.code.code(),
            confidence: rounded(cause.confidence, 2).unwrap_or(0.0).clamp(0.0, 1.0),
            summary: cause.summary.clone(),
            fix: cause.fix.clone(),
            details: cause.details.clone(),
            evidence: ids(service, &cause.evidence),
        }
    }
}

impl Key {
    fn of(key: Option<&KeyMatch>) -> Self {
        let variant = match key {
            Some(KeyMatch::Variant(code)) => Some(*code),
            Some(KeyMatch::Known(_) | KeyMatch::Unknown) | None => None,
        };
        Self { matches: key.map(KeyMatch::code), variant }
    }
}

impl Algorithm {
    fn of(service: &ServiceDiagnosis) -> Self {
        let names = |all: &[plan::Algorithm]| all.iter().map(|one| one.name()).collect();
        Self {
            accepted: names(&service.algorithm.accepted),
            rejected: names(&service.algorithm.rejected),
            unsigned_accepted: service.algorithm.unsigned_accepted,
        }
    }
}

impl Expiration {
    fn of(service: &ServiceDiagnosis) -> Self {
        let facts = &service.expiration;
        let (leeway_s, leeway_error_s) = parts(facts.leeway);
        Self {
            enforced: facts.enforced,
            missing_exp_accepted: facts.missing_exp_accepted,
            leeway_s,
            leeway_error_s,
            not_before_enforced: facts.not_before_enforced,
            issued_at_enforced: facts.issued_at_enforced,
            max_lifetime_s: facts.max_lifetime.and_then(seconds),
        }
    }
}

impl Clock {
    fn of(service: &ServiceDiagnosis) -> Self {
        let facts = &service.clock;
        let (skew_s, error_s) = parts(facts.skew);
        let (date_skew_s, date_error_s) = parts(facts.date);
        let (token_skew_s, token_error_s) = parts(facts.token);
        let source = facts.source.map(crate::diagnosis::ClockSource::code);
        Self { skew_s, error_s, source, date_skew_s, date_error_s, token_skew_s, token_error_s }
    }
}

impl Check {
    fn of(service: &ServiceDiagnosis, check: &check::Check) -> Self {
        Self {
            id: check.id.id(),
            checklist: check.id.checklist().code(),
            title: check.id.title(),
            status: check.status.code(),
            severity: check.id.severity().code(),
            summary: check.summary.clone(),
            fix: check.fix.clone(),
            evidence: ids(service, &check.evidence),
        }
    }
}

impl Fleet {
    fn of(fleet: &FleetDiagnosis) -> Self {
        let findings = fleet.findings.iter().map(|finding| Finding {
            code: finding.code,
            status: finding.status.code(),
            severity: finding.severity.code(),
            summary: finding.summary.clone(),
            fix: finding.fix.clone(),
            services: finding.services.clone(),
        });
        let pairs = fleet.pairs.iter().map(|pair| Pair {
            issuer: pair.issuer.clone(),
            verifier: pair.verifier.clone(),
            works: pair.works,
            reason: pair.reason.clone(),
        });
        Self { findings: findings.collect(), pairs: pairs.collect() }
    }
}

impl Observation {
    fn of(service: &ServiceDiagnosis, judged: &Judged) -> Self {
        let seen = &judged.observation;
        let answer = seen.answer();
        let date = answer.and_then(|answer| match answer.date {
            DateField::At(moment) => Some(rfc3339(moment, SecondsFormat::Secs)),
            DateField::Missing | DateField::Broken => None,
        });
        Self {
            id: service.observation_id(seen.number),
            service: service.name.clone(),
            variant: seen.question.to_string(),
            status: answer.map(|answer| answer.status),
            verdict: judged.verdict.code(),
            reason: reason(judged),
            date,
            sent_at: rfc3339(seen.sent_at, SecondsFormat::Millis),
            rtt_ms: rounded(seen.round_trip().0 * 1000.0, 1).unwrap_or(0.0),
        }
    }
}

fn reason(judged: &Judged) -> Option<String> {
    if let Outcome::Failure(failure) = &judged.observation.outcome {
        return Some(format!("{}: {}", failure.stage, failure.detail));
    }
    match judged.verdict {
        Verdict::Accepted => None,
        Verdict::Undecided(doubt) => Some(doubt.to_string()),
        Verdict::Rejected(_) if judged.hint.is_some() => judged.hint.clone(),
        Verdict::Rejected(Refusal::LikeControl) => Some("answered like a control".to_owned()),
        Verdict::Rejected(Refusal::Further) => {
            Some("answered otherwise than a wrong signature".to_owned())
        }
        Verdict::Rejected(Refusal::Configured) => Some("configured as a rejection".to_owned()),
    }
}

fn ids(service: &ServiceDiagnosis, numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|number| service.observation_id(*number)).collect()
}

fn rfc3339(moment: UnixTime, precision: SecondsFormat) -> String {
    moment.to_utc().to_rfc3339_opts(precision, true)
}

/// A measured number and its error, both to the millisecond.
fn parts(measured: Option<Measured>) -> (Option<f64>, Option<f64>) {
    let part = |part: fn(Measured) -> Seconds| measured.map(part).and_then(seconds);
    (part(|measured| measured.value), part(|measured| measured.error))
}

/// Seconds to the millisecond; JSON has no infinity.
fn seconds(span: Seconds) -> Option<f64> {
    rounded(span.0, 3)
}

fn rounded(value: f64, decimals: i32) -> Option<f64> {
    let scale = 10_f64.powi(decimals);
    // Adding zero turns minus zero into zero.
    value.is_finite().then(|| (value * scale).round() / scale + 0.0)
}
