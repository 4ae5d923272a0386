//! Line of inquiry: what is the service's clock, and how much does it forgive?

use super::edges::{self, Edges};
use super::far::{self, Far};
use super::findings::Findings;
use super::precise;
use super::shape;
use super::spared;
use super::view::{Inquiry, View};
use super::{leeway, skew};
use crate::check::{CheckId, Status};
use crate::clock::{self, DateBox, Lock, Reading};

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let known = edges::read(view);
    let questions = spared::next(view, &known).unwrap_or_else(|| edges::next(view, &known));
    if !questions.is_empty() {
        return Inquiry::Ask(questions);
    }
    let cuts = precise::next(view, &known);
    if !cuts.is_empty() {
        return Inquiry::Ask(cuts);
    }
    let mut findings = Findings::default();
    start_checked(view, &mut findings);
    if precise::is_contradictory(view, &known) {
        skew::contradictory(view, &known, &mut findings);
        return Inquiry::concluded(findings);
    }
    let lock = precise::lock(view, &known);
    let readings = match &lock {
        Some(lock) => believed(lock),
        None => readings(view, &known),
    };
    // Without exp, there is nothing whose end could be forgiven.
    let ends: &[Reading] = if precise::expiry_is_checked(view) { &readings } else { &[] };
    leeway::judge(view, &known, ends, &mut findings);
    skew::judge(view, &known, &readings, &mut findings);
    if let Some(lock) = &lock {
        findings.clock = precise::facts(view, &known, lock);
    }
    Inquiry::concluded(findings)
}

/// The readings of a lock, the first of them with the skew that holds its equals, too. A rival with one
/// leeway for both claims is no equal: the two are told apart in words.
fn believed(lock: &Lock) -> Vec<Reading> {
    let mut readings = lock.readings.clone();
    if let Some(first) = readings.first_mut().filter(|first| first.is_symmetric()) {
        first.skew = lock.skew;
    }
    readings
}

/// All readings that the edges allow, the most believable first; none where `exp` tells nothing.
fn readings(view: &View<'_>, known: &Edges) -> Vec<Reading> {
    if !precise::expiry_is_checked(view) || !known.expiry.is_finite() || known.expiry.is_empty() {
        return Vec::new();
    }
    let date = known.date.filter(|date| !date.is_contradictory());
    clock::read(known.expiry, known.start, date.map(DateBox::skew))
}

fn start_checked(view: &View<'_>, findings: &mut Findings) {
    let Far::Known(enforced) = far::refused(view, shape::starting) else { return };
    findings.expiration.not_before_enforced = enforced;
    let (status, summary) = match enforced {
        Some(true) => (Status::Pass, "a token that is not yet valid is refused"),
        Some(false) => (Status::Pass, "nbf is not looked at"),
        None => (Status::Skip, "no clear answer to a token that is not yet valid"),
    };
    findings.check(CheckId::NotBeforeEnforced, status, summary);
    findings.on(far::evidence(view, shape::starting));
}
