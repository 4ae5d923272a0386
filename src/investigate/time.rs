//! Line of inquiry: what is the service's clock, and how much does it forgive?

use super::edges::{self, AGES_AGO, Edges};
use super::far::{self, Far};
use super::findings::Findings;
use super::shape;
use super::view::{Inquiry, View};
use super::{leeway, skew};
use crate::check::{CheckId, Status};
use crate::clock::{self, DateBox, Reading};

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let known = edges::read(view);
    let questions = edges::next(view, &known);
    if !questions.is_empty() {
        return Inquiry::Ask(questions);
    }
    let mut findings = Findings::default();
    let readings = readings(view, &known);
    start_checked(view, &mut findings);
    leeway::judge(view, &known, &readings, &mut findings);
    skew::judge(view, &known, &readings, &mut findings);
    Inquiry::concluded(findings)
}

/// All readings that the edges allow, the most believable first; none where `exp` tells nothing.
fn readings(view: &View<'_>, known: &Edges) -> Vec<Reading> {
    let expiry_checked = view.taken(&shape::expiring(view.base, AGES_AGO)) != Some(true);
    if !expiry_checked || !known.expiry.is_finite() || known.expiry.is_empty() {
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
