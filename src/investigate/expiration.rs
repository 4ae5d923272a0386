//! Line of inquiry: are `exp` and `nbf` looked at, and is `exp` required?

use super::findings::{Findings, shown};
use super::shape;
use super::view::{Inquiry, View};
use crate::cause::CauseCode;
use crate::check::{CheckId, Status};
use crate::question::Question;

/// An hour: no leeway is that long, and few clocks are that wrong.
pub(super) const LONG_AGO: i64 = -3_600;
/// Ten years: beyond every leeway and every clock. Later tokens are taken by a clock that is off.
pub(super) const AGES_AGO: i64 = -315_360_000;

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let expired = shape::expiring(view.base, LONG_AGO);
    let endless = shape::without_expiry(view.base);
    let unasked = view.case.unasked([expired.clone(), endless.clone()]);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    let ages_ago = shape::expiring(view.base, AGES_AGO);
    if view.taken(&expired) != Some(false) && view.observed(&ages_ago).is_none() {
        return Inquiry::Ask(vec![ages_ago]);
    }
    let mut findings = Findings::default();
    enforced(view, &expired, &ages_ago, &mut findings);
    missing(view, &endless, &mut findings);
    Inquiry::concluded(findings)
}

fn enforced(view: &View<'_>, expired: &Question, ages_ago: &Question, findings: &mut Findings) {
    let refused_at_last = view.taken(ages_ago).map(|taken| !taken);
    let enforced = match view.taken(expired) {
        Some(false) => Some(true),
        Some(true) | None => refused_at_last,
    };
    findings.expiration.enforced = enforced;
    let evidence = view.evidence([expired, ages_ago]);
    match enforced {
        Some(true) => {
            findings.check(CheckId::ExpiredRefused, Status::Pass, "an expired token is refused");
        }
        Some(false) => {
            let name = view.name();
            let fix = format!(
                "Let {name} check exp: look for verify_exp: False or ignoreExpiration: true."
            );
            findings.check(
                CheckId::ExpiredRefused,
                Status::Fail,
                "a token that expired ten years ago is accepted",
            );
            findings.mend(fix.clone());
            findings.causes.push(shown(
                CauseCode::ExpiryNotEnforced,
                format!("{name} accepts expired tokens: a stolen one is good for ever"),
                fix,
                evidence.clone(),
            ));
        }
        None => findings.check(CheckId::ExpiredRefused, Status::Undecided, "no clear answer"),
    }
    findings.on(evidence);
}

/// What a token without `exp` gets is told, not judged: most libraries take it by default.
fn missing(view: &View<'_>, endless: &Question, findings: &mut Findings) {
    let accepted = view.taken(endless);
    findings.expiration.missing_exp_accepted = accepted;
    let (status, summary) = match accepted {
        Some(true) => (Status::Pass, "a token without exp is accepted, and never dies"),
        Some(false) => (Status::Pass, "a token without exp is refused"),
        None => (Status::Skip, "no clear answer to a token without exp"),
    };
    findings.check(CheckId::MissingExpiry, status, summary);
    findings.on(view.evidence([endless]));
}
