//! The report for people: a diagnosis in, lines of text out. The answer comes first, then the
//! evidence and the fix. Everything that a service sent is escaped; colour only underlines words.

mod audit;
mod behaviour;
mod blocks;
mod checklist;
mod clock;
mod evidence;
mod explain;
mod hostile;
mod overview;
mod page;
mod pairs;
mod quantity;
mod rehearsal;
mod rotation;
mod smoke;

pub use audit::audit;
pub use explain::explanation;
use page::{Mark, Page};
pub use rehearsal::rehearsal;
pub use rotation::rotation;
pub use smoke::smoke;

use super::Style;
use crate::check::{Checklist, Status};
use crate::diagnosis::{Diagnosis, RunVerdict, ServiceDiagnosis};

/// The report for people. Equal diagnoses in equal styles give equal bytes.
#[must_use]
pub fn text(diagnosis: &Diagnosis, style: Style) -> String {
    let mut page = Page::new(style);
    header(diagnosis, &mut page);
    if diagnosis.command == "clock" {
        clock::write(diagnosis, &mut page);
        return page.finish();
    }
    overview::write(diagnosis, &mut page);
    behaviour::write(diagnosis, &mut page);
    blocks::write(diagnosis, &mut page);
    checklist::write(diagnosis, &mut page);
    hostile::write(diagnosis, &mut page);
    pairs::write(diagnosis, &mut page);
    verdict(diagnosis, &mut page);
    page.finish()
}

fn header(diagnosis: &Diagnosis, page: &mut Page) {
    let took = quantity::short(diagnosis.finished_at - diagnosis.started_at);
    let parts = [
        format!("authprobe {}", diagnosis.command),
        diagnosis.environment.clone(),
        count(diagnosis.services.len(), "service"),
        format!("{} in {took}", count(diagnosis.requests(), "request")),
    ];
    let line = page.printable(&parts.join(" · "));
    page.paragraph(0, &line);
}

/// The last line: the verdict on the run in one sentence.
fn verdict(diagnosis: &Diagnosis, page: &mut Page) {
    let outcome = diagnosis.outcome();
    let mark = page.mark(verdict_mark(outcome));
    let sentence = match outcome {
        RunVerdict::Pass => passed(diagnosis),
        RunVerdict::Inconclusive => format!("nothing failed; {}", open(diagnosis)),
        RunVerdict::Fail => failed(diagnosis),
    };
    let line = page.printable(&sentence);
    page.gap();
    page.statement(&mark, &line);
}

fn passed(diagnosis: &Diagnosis) -> String {
    let warnings = diagnosis.services.iter().map(warnings).sum::<usize>()
        + diagnosis.fleet.findings.iter().filter(|f| f.status == Status::Warn).count();
    let warned = if warnings == 0 {
        String::new()
    } else {
        format!(", with {}", count(warnings, "warning"))
    };
    match diagnosis.services.as_slice() {
        [only] => format!("{} passes{warned}", only.name),
        all => format!("all {} services pass{warned}", all.len()),
    }
}

fn warnings(service: &ServiceDiagnosis) -> usize {
    service.checks.iter().filter(|check| check.status == Status::Warn).count()
}

fn failed(diagnosis: &Diagnosis) -> String {
    let failing = named(diagnosis, RunVerdict::Fail);
    let total = diagnosis.services.len();
    let first = match (failing.len(), total) {
        (0, 1) => "the service is right, its surroundings are not".to_owned(),
        (0, _) => "each service is right by itself, together they are not".to_owned(),
        (1, 1) => format!("{} fails", names(&failing)),
        (n, _) => {
            let verb = if n == 1 { "fails" } else { "fail" };
            format!("{n} of {total} services {verb}: {}", names(&failing))
        }
    };
    if named(diagnosis, RunVerdict::Inconclusive).is_empty() {
        return first;
    }
    format!("{first}; {}", open(diagnosis))
}

fn open(diagnosis: &Diagnosis) -> String {
    let open = named(diagnosis, RunVerdict::Inconclusive);
    match open.as_slice() {
        [] => "not everything could be judged".to_owned(),
        open => format!("not judged: {}", names(open)),
    }
}

fn named(diagnosis: &Diagnosis, verdict: RunVerdict) -> Vec<&str> {
    let of_verdict = diagnosis.services.iter().filter(|service| service.verdict == verdict);
    of_verdict.map(|service| service.name.as_str()).collect()
}

fn verdict_mark(verdict: RunVerdict) -> Mark {
    match verdict {
        RunVerdict::Pass => Mark::Pass,
        RunVerdict::Inconclusive => Mark::Unsure,
        RunVerdict::Fail => Mark::Fail,
    }
}

/// The mark of a section of checks on one service: its worst check that tells something.
fn section_mark(service: &ServiceDiagnosis, section: Checklist) -> Mark {
    service
        .checks
        .iter()
        .filter(|check| check.id.checklist() == section)
        .map(check_mark)
        .max()
        .unwrap_or(Mark::Unjudged)
}

fn check_mark(check: &crate::check::Check) -> Mark {
    match check.status {
        Status::Pass => Mark::Pass,
        Status::Fail => Mark::Fail,
        Status::Warn => Mark::Warn,
        Status::Skip => Mark::Unjudged,
        Status::Undecided => Mark::Unsure,
    }
}

/// `1 service`, `3 services`.
fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A list of names that stays readable for a large fleet.
fn names(all: &[&str]) -> String {
    const SHOWN: usize = 5;
    if all.len() <= SHOWN + 1 {
        return all.join(", ");
    }
    format!("{} and {} more", all[..SHOWN].join(", "), all.len() - SHOWN)
}
