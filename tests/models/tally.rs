//! What an investigation said of a model, held against what was planted: one outcome a case, and
//! a table of them. Never loosens: a cause that was not planted is wrong at any confidence of 0.5.

use std::collections::BTreeMap;

use authprobe::cause::CauseCode;
use authprobe::check::Status;
use authprobe::diagnosis::{RunVerdict, ServiceDiagnosis};

use super::pairs;
use super::sample::{Fault, Sample};
use super::twins;

/// How one case came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Every cause that can be seen is named.
    Named,
    /// One of two is named.
    Half,
    /// Nothing is named, though something else than this cause answers otherwise.
    Open,
    /// A cause is not named, and a service with another in its place answers everything alike.
    Undecidable,
    /// Something is named that was not planted.
    Wrong,
}

/// Held against what was planted; `seed` is what the sample was drawn from.
pub fn judge(sample: &Sample, found: &ServiceDiagnosis, seed: u64) -> Outcome {
    let planted: Vec<_> = sample.faults.iter().filter_map(Fault::code).collect();
    let sure = sure(found);
    if sure.iter().any(|code| !planted.contains(code))
        || !claims(found).all(|claim| wanted(sample, claim))
    {
        return Outcome::Wrong;
    }
    let visible = pairs::visible(sample);
    let hits = visible.iter().filter(|code| sure.contains(code)).count();
    match hits {
        _ if hits == visible.len() => Outcome::Named,
        _ if twins::of(sample, &sure, seed).is_some() => Outcome::Undecidable,
        0 => Outcome::Open,
        _ => Outcome::Half,
    }
}

/// The claims that are named as required or refused.
fn claims(found: &ServiceDiagnosis) -> impl Iterator<Item = &str> {
    let causes = found.cause.iter().chain(&found.other_causes);
    let sure = causes.filter(|cause| cause.confidence >= 0.5);
    sure.filter_map(|cause| cause.details.get("claim")?.as_str())
}

/// Whether a fault of the sample is about this claim, or about any that frameworks use.
fn wanted(sample: &Sample, claim: &str) -> bool {
    sample.faults.iter().any(|fault| match fault {
        Fault::Usual(_, name) | Fault::Exactly(_, name, _) => *name == claim,
        Fault::NoAudience => claim == "aud",
        Fault::Milliseconds => claim == "exp",
        Fault::UnknownClaim => claim == "tenant",
        _ => false,
    })
}

/// The causes that are named; `unjudgeable` names none.
pub fn sure(found: &ServiceDiagnosis) -> Vec<CauseCode> {
    let causes = found.cause.iter().chain(&found.other_causes);
    let sure = causes.filter(|cause| cause.confidence >= 0.5).map(|cause| cause.code);
    sure.filter(|code| *code != CauseCode::Unjudgeable).collect()
}

/// Whether a service that was left open is told what to do to settle it.
pub fn says_what_settles(found: &ServiceDiagnosis) -> bool {
    let open = |check: &&authprobe::check::Check| check.status == Status::Undecided;
    let mut undecided = found.checks.iter().filter(open);
    let by_cause = found.cause.as_ref().is_some_and(|cause| !cause.fix.is_empty());
    by_cause || undecided.any(|check| !check.fix.is_empty())
}

/// Whether a healthy service was left in peace.
pub fn is_silent(found: &ServiceDiagnosis) -> bool {
    let complains = |status| matches!(status, Status::Fail | Status::Warn);
    found.verdict != RunVerdict::Fail
        && found.cause.is_none()
        && found.other_causes.is_empty()
        && !found.checks.iter().any(|check| complains(check.status))
}

/// Outcomes and requests of one kind of case.
#[derive(Debug, Clone, Default)]
pub struct Row {
    outcomes: BTreeMap<Outcome, usize>,
    requests: Vec<usize>,
}

impl Row {
    pub fn add(&mut self, outcome: Outcome, requests: usize) {
        *self.outcomes.entry(outcome).or_default() += 1;
        self.requests.push(requests);
    }

    pub fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    pub fn cases(&self) -> usize {
        self.requests.len()
    }

    /// Least, median and most requests.
    pub fn requests(&self) -> (usize, usize, usize) {
        let mut sorted = self.requests.clone();
        sorted.sort_unstable();
        let at = |place: usize| sorted.get(place).copied().unwrap_or(0);
        (at(0), at(sorted.len() / 2), at(sorted.len().saturating_sub(1)))
    }
}

/// The head of the table.
pub fn head(what: &str) -> String {
    format!(
        "{what:26} {:>6} {:>6} {:>5} {:>5} {:>6} {:>5}   requests",
        "cases", "named", "half", "open", "undec.", "wrong"
    )
}

/// One line of the table.
pub fn line(what: &str, row: &Row) -> String {
    let [named, half, open, undecidable, wrong] =
        [Outcome::Named, Outcome::Half, Outcome::Open, Outcome::Undecidable, Outcome::Wrong]
            .map(|outcome| row.count(outcome));
    let (_, median, most) = row.requests();
    format!(
        "{what:26} {:6} {named:6} {half:5} {open:5} {undecidable:6} {wrong:5}   {median:3} / {most:3}",
        row.cases()
    )
}
