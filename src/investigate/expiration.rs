//! Line of inquiry: are `exp` and `nbf` looked at, and is `exp` required?

use super::edges::{self, AGES_AGO, LONG_AGO};
use super::findings::{Findings, shown};
use super::shape;
use super::view::{Inquiry, View};
use crate::cause::CauseCode;
use crate::check::{CheckId, Status};
use crate::question::Question;

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let endless = shape::without_expiry(view.base);
    let unasked = view.case.unasked([edges::past_policy(view), endless.clone()]);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    let expired = expired(view);
    let further = expired.iter().find(|question| view.observed(question).is_none());
    if let Some(question) = further {
        return Inquiry::Ask(vec![question.clone()]);
    }
    let mut findings = Findings::default();
    enforced(view, &expired, &mut findings);
    missing(view, &endless, &mut findings);
    Inquiry::concluded(findings)
}

/// Expired tokens, each older than the one before, up to the first that is refused.
fn expired(view: &View<'_>) -> Vec<Question> {
    let older = [LONG_AGO, AGES_AGO].map(|offset| shape::expiring(view.base, offset));
    let mut asked = vec![edges::past_policy(view)];
    for question in older {
        let refused = asked.last().and_then(|last| view.taken(last)) == Some(false);
        if refused {
            break;
        }
        let unknown = view.observed(&question).is_none();
        asked.push(question);
        if unknown {
            break;
        }
    }
    asked
}

fn enforced(view: &View<'_>, expired: &[Question], findings: &mut Findings) {
    let enforced = expired.last().and_then(|oldest| view.taken(oldest)).map(|taken| !taken);
    findings.expiration.enforced = enforced;
    let evidence = view.evidence(expired);
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
