//! One service: its verdict, cause and checks, and how they are drawn.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::behaviour::{Claims, Verifier};
use super::facts::{Algorithm, Clock, Expiration, Key};
use super::hostile::Hostile;
use super::number::rounded;
use super::replica::Replica;
use super::vocabulary;
use crate::cause;
use crate::check;
use crate::diagnosis::ServiceDiagnosis;

#[derive(Serialize, JsonSchema)]
pub(super) struct Service {
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
    /// The addresses of its name, each asked by itself; empty where there are fewer than two.
    addresses: Vec<Replica>,
    /// The library that behaves like this; null where it was not asked or not singled out.
    verifier: Option<Verifier>,
    /// What `--claims` tells; null without it.
    claims: Option<Claims>,
    checks: Vec<Check>,
    /// How each kind of hostile token was taken; empty unless they were sent.
    hostile: Vec<Hostile>,
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

impl Service {
    pub(super) fn of(service: &ServiceDiagnosis) -> Self {
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
            key: Key::of(service),
            algorithm: Algorithm::of(service),
            expiration: Expiration::of(service),
            clock: Clock::of(service),
            addresses: service.addresses.iter().map(Replica::of).collect(),
            verifier: Verifier::of(service),
            claims: Claims::of(service),
            checks: service.checks.iter().map(|check| Check::of(service, check)).collect(),
            hostile: Hostile::all(service),
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

fn ids(service: &ServiceDiagnosis, numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|number| service.observation_id(*number)).collect()
}
