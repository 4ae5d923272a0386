//! When every service is off by the same, the clock that is wrong is rather ours.

use crate::cause::{Cause, CauseCode};
use crate::check::{Check, CheckId, Severity, Status};
use crate::diagnosis::{FleetFinding, RunVerdict, ServiceDiagnosis};
use crate::investigate::conclude;

/// With so many services off by the same, it is no longer their fault.
const ENOUGH_WITNESSES: usize = 3;
/// Offsets within this many seconds of one another count as the same.
const SAME_OFFSET: f64 = 2.0;

/// Looks for one offset in all services; if there is one beyond the policy, clears them of it.
pub(super) fn suspect(services: &mut [ServiceDiagnosis], policy: f64) -> Option<FleetFinding> {
    let skews: Vec<f64> =
        services.iter().filter_map(|service| service.clock.skew).map(|skew| skew.value.0).collect();
    let first = *skews.first()?;
    let agree = skews.iter().all(|skew| (skew - first).abs() <= SAME_OFFSET);
    if skews.len() < ENOUGH_WITNESSES || !agree || first.abs() <= policy {
        return None;
    }
    services.iter_mut().for_each(clear);
    Some(FleetFinding {
        code: "own-clock",
        status: Status::Undecided,
        severity: Severity::High,
        summary: format!(
            "all {} services are off by the same {first:+.1} s: rather this machine's clock is \
             wrong, or one that they share",
            skews.len()
        ),
        fix: "Set this machine's clock (see `timedatectl`), and run again.".to_owned(),
        services: services.iter().map(|service| service.name.clone()).collect(),
    })
}

/// Takes back what follows from the skew alone; everything else stays.
fn clear(service: &mut ServiceDiagnosis) {
    let skewed = |cause: &Cause| cause.code == CauseCode::ClockSkew;
    let refused_for_it = service.cause.as_ref().is_some_and(skewed);
    for check in &mut service.checks {
        let follows = check.id == CheckId::ClockWithinPolicy
            || (refused_for_it && check.id == CheckId::BaselineAccepted);
        if follows && check.status == Status::Fail {
            skip(check);
        }
    }
    let causes = service.cause.take().into_iter().chain(service.other_causes.drain(..));
    let mut causes: Vec<Cause> = causes.filter(|cause| !skewed(cause)).collect();
    service.verdict = conclude::verdict(&service.checks).max(RunVerdict::Inconclusive);
    let named = service.verdict != RunVerdict::Pass && !causes.is_empty();
    service.cause = named.then(|| causes.remove(0));
    service.other_causes = causes;
}

/// The finding on the fleet says it once for all services.
fn skip(check: &mut Check) {
    check.status = Status::Skip;
    check.summary.push_str("; so is every other service");
    check.fix.clear();
}
