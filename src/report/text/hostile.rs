//! The section on hostile tokens: one line a service, and below it only what was not refused. There
//! is no section where none were sent.

use super::page::{Mark, Page};
use crate::check::{CheckId, Status};
use crate::diagnosis::{Diagnosis, ServiceDiagnosis};
use crate::hostile::HostileOutcome;

pub(super) fn write(diagnosis: &Diagnosis, page: &mut Page) {
    let services = diagnosis.services.iter();
    let rows: Vec<Vec<String>> = services.flat_map(|service| of_service(service, page)).collect();
    if rows.is_empty() {
        return;
    }
    page.heading("Hostile tokens");
    page.columns(2, &rows);
}

fn of_service(service: &ServiceDiagnosis, page: &Page) -> Vec<Vec<String>> {
    let Some(check) = service.check(CheckId::HostileRefused) else { return Vec::new() };
    if service.hostile.is_empty() && check.status == Status::Pass {
        return Vec::new();
    }
    let mark = page.mark(super::check_mark(check));
    let fact = format!("{}: {}", service.name, check.summary);
    let fact = [fact.as_str(), check.fix.as_str()].join(". ");
    let mut rows = vec![vec![mark, page.printable(fact.trim_end_matches(". "))]];
    rows.extend(service.hostile.iter().filter_map(|outcome| of_outcome(outcome, page)));
    rows
}

fn of_outcome(outcome: &HostileOutcome, page: &Page) -> Option<Vec<String>> {
    let mark = match outcome.status {
        Status::Pass | Status::Skip => return None,
        Status::Warn => Mark::Warn,
        Status::Undecided => Mark::Unsure,
        Status::Fail => Mark::Fail,
    };
    let HostileOutcome { id, title, summary, citation, .. } = outcome;
    let fact = format!("{id}  {title}: {summary} ({citation})");
    Some(vec![page.mark(mark), page.printable(&fact)])
}
