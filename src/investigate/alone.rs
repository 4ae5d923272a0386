//! A run about the clock alone: the diagnosis of everything in, what concerns the clock out. What was
//! found besides is only the reason why the clock cannot be told.

use super::conclude;
use crate::cause::{Cause, CauseCode};
use crate::check::{Check, CheckId, Status};
use crate::diagnosis::{RunVerdict, ServiceDiagnosis};

/// Leaves the check of the clock and its cause.
pub(super) fn clock(mut service: ServiceDiagnosis) -> ServiceDiagnosis {
    let causes: Vec<Cause> =
        service.cause.take().into_iter().chain(service.other_causes.drain(..)).collect();
    service.checks.retain(|check| check.id == CheckId::ClockWithinPolicy);
    if service.checks.is_empty() {
        service.checks.push(untold(causes.first()));
    }
    service.verdict = conclude::verdict(&service.checks);
    let skewed = causes.into_iter().find(|cause| cause.code == CauseCode::ClockSkew);
    service.cause = skewed.filter(|_| service.verdict == RunVerdict::Fail);
    service
}

fn untold(why: Option<&Cause>) -> Check {
    let (summary, fix, evidence) = match why {
        Some(cause) if cause.code == CauseCode::Unreachable => {
            (cause.summary.clone(), cause.fix.clone(), cause.evidence.clone())
        }
        Some(cause) => (
            format!("no token tells its application's clock: {}", cause.summary),
            cause.fix.clone(),
            cause.evidence.clone(),
        ),
        None => ("no token tells its application's clock".to_owned(), String::new(), Vec::new()),
    };
    Check { id: CheckId::ClockWithinPolicy, status: Status::Undecided, summary, fix, evidence }
}
