//! The quota ends before the questions do: what can still be said, and what would settle the rest.

use super::case::Case;
use super::findings::{Detailed, Findings, shown};
use crate::cause::{Cause, CauseCode};
use crate::check::{CheckId, Status};

/// Adds to what was found so far that the rest could not be asked.
pub(super) fn ended(case: &Case, findings: &mut Findings) {
    let name = &case.subject.name;
    let most = case.subject.quota.requests;
    let summary = format!("the {most} requests that it may be sent did not suffice");
    let fix = format!(
        "Allow {name} more: limits.requests in probes.yaml, or --max-requests; {} are always enough.",
        crate::plan::Quota::default().requests
    );
    findings.check(CheckId::WithinQuota, Status::Undecided, summary);
    findings.mend(fix.clone());
    let cause = shown(
        CauseCode::Unjudgeable,
        format!("{name} could not be judged to the end within {most} requests"),
        fix,
        Vec::new(),
    );
    findings.causes.push(Cause { confidence: 0.5, ..cause }.detail("max_requests", most));
}
