//! The end of an investigation: findings in, the diagnosis of one service out.

use super::case::Case;
use super::dialect::Dialect;
use super::findings::Findings;
use super::message;
use crate::cause::{Cause, CauseCode};
use crate::check::{Check, CheckId, Status};
use crate::diagnosis::{Judged, RunVerdict, ServiceDiagnosis};
use crate::observation::{Observation, Outcome};
use crate::time::Seconds;

/// So many bytes of a body are kept for the report.
const QUOTED: usize = 200;

/// Puts everything together; `findings` are in no particular order.
pub(super) fn conclude(
    case: &Case,
    dialect: &Dialect,
    mut findings: Findings,
    url: &str,
    round_trips: usize,
) -> ServiceDiagnosis {
    let subject = &case.subject;
    let reachable = case.observations().iter().any(|seen| seen.answer().is_some());
    reach_checks(case, dialect, reachable, &mut findings);
    key_length(case, &mut findings);
    let checks = ordered(findings.checks);
    let verdict = verdict(&checks);
    let mut causes = ranked(findings.causes);
    let named = verdict != RunVerdict::Pass && !causes.is_empty();
    let cause = named.then(|| causes.remove(0));
    let accepts_baseline = checks
        .iter()
        .find(|check| check.id == CheckId::BaselineAccepted)
        .and_then(|check| match check.status {
            Status::Pass => Some(true),
            Status::Fail => Some(false),
            Status::Warn | Status::Skip | Status::Undecided => None,
        });
    ServiceDiagnosis {
        name: subject.name.clone(),
        url: url.to_owned(),
        verdict,
        reachable,
        protected: dialect.protected,
        accepts_baseline,
        cause,
        other_causes: causes,
        key: findings.key,
        loader: subject.loader.clone(),
        algorithm: findings.algorithm,
        expiration: findings.expiration,
        clock: findings.clock,
        addresses: findings.addresses,
        behaviour: findings.behaviour,
        checks,
        hostile: findings.hostile,
        observations: judged(case, dialect, verdict),
        round_trips,
        elapsed: elapsed(case.observations()),
    }
}

fn reach_checks(case: &Case, dialect: &Dialect, reachable: bool, findings: &mut Findings) {
    if reachable {
        findings.check(CheckId::Reachable, Status::Pass, "the endpoint answers");
    } else {
        findings.check(CheckId::Reachable, Status::Fail, "the endpoint gives no answer");
    }
    findings.on(vec![1]);
    let evidence: Vec<usize> =
        case.observed(&super::shape::absent()).map(|seen| seen.number).into_iter().collect();
    match dialect.protected {
        Some(true) => {
            findings.check(
                CheckId::Protected,
                Status::Pass,
                "a request without a token is refused",
            );
        }
        Some(false) => findings.check(
            CheckId::Protected,
            Status::Fail,
            "a request without a token gets success",
        ),
        None => findings.check(CheckId::Protected, Status::Skip, "not asked"),
    }
    findings.on(evidence);
}

/// RFC 7518 section 3.2: an HMAC key is at least as long as the hash output.
fn key_length(case: &Case, findings: &mut Findings) {
    let bits = case.subject.reference.bits;
    let wanted = case.subject.policy.min_key_bits;
    if bits >= wanted {
        let summary = format!("the reference key has {wanted} bits or more");
        findings.check(CheckId::KeyLength, Status::Pass, summary);
        return;
    }
    findings.check(
        CheckId::KeyLength,
        Status::Warn,
        format!("the reference key is shorter than {wanted} bits"),
    );
    findings.mend("Rotate to a key made by `authprobe keygen`.");
}

/// The checks in the order of the report; those that could not be made are left out.
fn ordered(mut checks: Vec<Check>) -> Vec<Check> {
    let place = |check: &Check| CheckId::ALL.iter().position(|id| *id == check.id);
    checks.sort_by_key(place);
    checks
}

pub(super) fn verdict(checks: &[Check]) -> RunVerdict {
    let any = |status: Status| checks.iter().any(|check| check.status == status);
    if any(Status::Fail) {
        RunVerdict::Fail
    } else if any(Status::Undecided) {
        RunVerdict::Inconclusive
    } else {
        RunVerdict::Pass
    }
}

/// The surest and most basic cause first, one of each code and key.
fn ranked(mut causes: Vec<Cause>) -> Vec<Cause> {
    causes.sort_by(|one, other| {
        // All that is named counts alike; candidates that are not are told apart by how likely they are.
        let weight = |cause: &Cause| cause.confidence.min(0.5);
        let by_confidence = weight(other).total_cmp(&weight(one));
        by_confidence.then(rank(one.code).cmp(&rank(other.code)))
    });
    // The line on time has the figure of a skew; what else was said of early tokens follows from it.
    let mut skew_told = false;
    causes.retain(|cause| {
        let of_time = cause.code == CauseCode::ClockSkew
            || cause.details.get("claim").is_some_and(|claim| claim == "iat");
        !(of_time && std::mem::replace(&mut skew_told, true))
    });
    causes
}

/// What makes everything else meaningless comes first, warnings last.
fn rank(code: CauseCode) -> usize {
    let order = [
        CauseCode::Unreachable,
        CauseCode::RateLimited,
        CauseCode::ServerError,
        CauseCode::Redirected,
        CauseCode::WrongEndpoint,
        CauseCode::Unprotected,
        CauseCode::SignatureNotVerified,
        CauseCode::KeyMixedReplicas,
        CauseCode::HeaderStripped,
        CauseCode::TokenLocation,
        CauseCode::OtherAuthScheme,
        CauseCode::KeyDefault,
        CauseCode::KeyOtherEnvironment,
        CauseCode::KeyOwnFile,
        CauseCode::KeyPrevious,
        CauseCode::KeyVariant,
        CauseCode::KeyMismatch,
        CauseCode::AlgorithmMismatch,
        CauseCode::UnsignedAccepted,
        CauseCode::ForgeryAccepted,
        CauseCode::ClockSkew,
        CauseCode::ClaimRequired,
        CauseCode::LifetimeLimit,
        CauseCode::SubjectUnknown,
        CauseCode::ExpiryNotEnforced,
        CauseCode::LeewayExcessive,
        CauseCode::Unjudgeable,
        CauseCode::AlgorithmPermissive,
    ];
    order.iter().position(|known| *known == code).unwrap_or(order.len())
}

/// Every observation with its meaning. What the texts hint at is looked up only where something
/// is to be explained: the table of texts is large, and a healthy fleet may be too.
pub(super) fn judged(case: &Case, dialect: &Dialect, verdict: RunVerdict) -> Vec<Judged> {
    let hint = |seen: &Observation| {
        let answer = seen.answer().filter(|_| verdict != RunVerdict::Pass)?;
        message::hint(answer).map(|hint| hint.words().to_owned())
    };
    let judge = |seen: &Observation| Judged {
        observation: quoted(seen),
        verdict: dialect.judge(seen),
        hint: hint(seen),
    };
    case.observations().iter().map(judge).collect()
}

/// The latest observation with its meaning.
pub(super) fn judged_last(case: &Case, dialect: &Dialect) -> Option<Judged> {
    let seen = case.observations().last()?;
    let hint = seen.answer().and_then(message::hint).map(|hint| hint.words().to_owned());
    Some(Judged { observation: quoted(seen), verdict: dialect.judge(seen), hint })
}

/// What a report may quote of an observation: a thousand services leave many behind.
fn quoted(seen: &Observation) -> Observation {
    let mut seen = seen.clone();
    if let Outcome::Answer(answer) = &mut seen.outcome {
        answer.fields = Vec::new();
        let text = &mut answer.body.text;
        text.truncate(text.floor_char_boundary(QUOTED));
        text.shrink_to_fit();
    }
    seen
}

fn elapsed(observations: &[Observation]) -> Seconds {
    let first = observations.iter().map(|seen| seen.sent_at.0).fold(f64::INFINITY, f64::min);
    let last = observations.iter().map(|seen| seen.received_at.0).fold(first, f64::max);
    Seconds(if observations.is_empty() { 0.0 } else { last - first })
}
