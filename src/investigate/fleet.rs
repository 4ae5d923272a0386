//! From services to the fleet: the odd one out, our own clock, and who takes whose tokens.

use super::own_clock;
use crate::check::{Severity, Status};
use crate::diagnosis::{FleetDiagnosis, FleetFinding, KeyMatch, Measured, Pair, ServiceDiagnosis};
use crate::plan::{About, Algorithm, KeyFact, KeyName, Plan};

/// The pairs of more services than this would fill a report with what works.
const LARGE_FLEET: usize = 50;

/// What concerns several services, from what was found on each. Where it is our own clock that is
/// wrong, the services are cleared of it.
#[must_use]
pub fn fleet(plan: &Plan, services: &mut [ServiceDiagnosis]) -> FleetDiagnosis {
    let about = plan.services.first().map(|service| service.subject.scope.about);
    let everything = about.is_none_or(|about| about == About::Everything);
    let facts = if everything { plan.key_facts.as_slice() } else { &[] };
    let mut findings: Vec<_> = facts.iter().map(|fact| key_finding(plan, fact)).collect();
    let policy = plan.services.first().map(|service| service.subject.policy.max_clock_skew);
    findings.extend(policy.and_then(|policy| own_clock::suspect(services, policy.as_secs_f64())));
    let pairs = if everything { pairs(plan, services) } else { Vec::new() };
    FleetDiagnosis { findings, pairs }
}

fn key_finding(plan: &Plan, fact: &KeyFact) -> FleetFinding {
    let environment = &plan.environment;
    let services = plan.services.iter().map(|service| service.subject.name.clone()).collect();
    let (code, status, severity, summary, fix) = match fact {
        KeyFact::SharedWithEnvironment(other) => (
            "key-shared-between-environments",
            Status::Fail,
            Severity::High,
            format!("{environment} and {other} have the same key"),
            format!("Give {other} a key of its own: `authprobe keygen`."),
        ),
        KeyFact::TooShort { bits, wanted } => (
            "key-too-short",
            Status::Warn,
            Severity::Medium,
            format!(
                "the reference key of {environment} has {} bits, the policy asks for {wanted} \
                 (RFC 7518 section 3.2)",
                class(*bits)
            ),
            "Rotate to a key made by `authprobe keygen`.".to_owned(),
        ),
        KeyFact::WellKnown => (
            "key-well-known",
            Status::Fail,
            Severity::Critical,
            format!("the reference key of {environment} is a published default or example"),
            "Rotate to a key made by `authprobe keygen` at once.".to_owned(),
        ),
    };
    FleetFinding { code, status, severity, summary, fix, services }
}

/// Lengths are told in classes only, so that they say little about the key.
fn class(bits: usize) -> &'static str {
    match bits {
        0..112 => "fewer than 112",
        112..256 => "112 to 255",
        _ => "256 or more",
    }
}

/// Every issuer with every verifier, in the order of the configuration; of a large fleet only the
/// pairs that do not work.
fn pairs(plan: &Plan, services: &[ServiceDiagnosis]) -> Vec<Pair> {
    let large = services.len() > LARGE_FLEET;
    let mut pairs = Vec::new();
    for (issuer, service) in services.iter().zip(&plan.services) {
        let algorithm = service.subject.token.algorithm;
        for verifier in services {
            let prediction = predict(issuer, algorithm, verifier);
            if !large || matches!(prediction, Prediction::Refused(_)) {
                pairs.push(pair(issuer, verifier, prediction));
            }
        }
    }
    pairs
}

/// Whether a token that one service signs at its own now, with the key it verifies with, is taken
/// by another.
enum Prediction {
    Taken,
    Refused(String),
    Unknown,
}

fn pair(issuer: &ServiceDiagnosis, verifier: &ServiceDiagnosis, prediction: Prediction) -> Pair {
    let (works, reason) = match prediction {
        Prediction::Taken => (Some(true), None),
        Prediction::Refused(reason) => (Some(false), Some(reason)),
        Prediction::Unknown => (None, None),
    };
    Pair { issuer: issuer.name.clone(), verifier: verifier.name.clone(), works, reason }
}

fn predict(
    issuer: &ServiceDiagnosis,
    algorithm: Algorithm,
    verifier: &ServiceDiagnosis,
) -> Prediction {
    let (Some(ours), Some(theirs)) = (&issuer.key, &verifier.key) else {
        return Prediction::Unknown;
    };
    if *theirs == KeyMatch::Unknown && issuer.name == verifier.name {
        return Prediction::Unknown;
    }
    if !same_key(ours, theirs, issuer.name == verifier.name) {
        return Prediction::Refused("key".to_owned());
    }
    if !verifier.algorithm.accepted.contains(&algorithm) {
        return Prediction::Refused("algorithm".to_owned());
    }
    match too_early(issuer, verifier) {
        Some(ahead) if ahead.value.0 > ahead.error.0 => {
            Prediction::Refused(format!("{:.0} s", ahead.value.0))
        }
        Some(ahead) if ahead.value.0 > -ahead.error.0 && ahead.error.0 > 2.0 => Prediction::Unknown,
        _ => Prediction::Taken,
    }
}

fn same_key(ours: &KeyMatch, theirs: &KeyMatch, same_service: bool) -> bool {
    let comparable = !matches!(
        ours,
        KeyMatch::Unknown | KeyMatch::Known(KeyName::Own | KeyName::OwnVariable(_))
    );
    same_service || (comparable && ours == theirs)
}

/// For how many seconds a fresh token of `issuer` is too early for `verifier`.
fn too_early(issuer: &ServiceDiagnosis, verifier: &ServiceDiagnosis) -> Option<Measured> {
    if verifier.expiration.issued_at_enforced != Some(true) || issuer.name == verifier.name {
        return None;
    }
    let (ahead, behind) = (issuer.clock.skew?, verifier.clock.skew?);
    let leeway = verifier.expiration.leeway?;
    Some(Measured {
        value: ahead.value - behind.value - leeway.value,
        error: ahead.error + behind.error + leeway.error,
    })
}
