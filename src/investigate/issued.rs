//! Line of inquiry: is the token as configured taken, with its `iat`, and is `iat` looked at?

use super::far::{self, Far};
use super::findings::{Detailed, Findings, shown};
use super::lifetime;
use super::shape;
use super::view::{Inquiry, View};
use crate::cause::CauseCode;
use crate::check::{CheckId, Status};
use crate::question::{Moment, Question};

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let spec = &view.subject().token;
    let baseline = Question::token(shape::baseline(spec));
    let far = far::refused(view, shape::issued);
    let mut questions = vec![baseline.clone()];
    questions.extend(past_issue(view));
    if let Far::Ask(more) = &far {
        questions.extend(more.iter().cloned());
    }
    let unasked = view.case.unasked(questions);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    let mut findings = Findings::default();
    if let Far::Known(enforced) = far {
        findings.expiration.issued_at_enforced = enforced;
    }
    let evidence = view.evidence([&baseline]);
    match view.taken(&baseline) {
        Some(true) => {
            findings.check(CheckId::BaselineAccepted, Status::Pass, "a right token is accepted");
        }
        Some(false) => {
            findings.check(CheckId::BaselineAccepted, Status::Fail, "a right token is refused");
            refused_for_its_start(view, &baseline, &mut findings);
        }
        None => findings.check(CheckId::BaselineAccepted, Status::Undecided, "no clear answer"),
    }
    findings.on(evidence);
    Inquiry::concluded(findings)
}

/// The key and the end of life are fine, so `iat` or `nbf` is what the service refuses: because
/// its clock is behind, or because it wants none.
fn refused_for_its_start(view: &View<'_>, baseline: &Question, findings: &mut Findings) {
    let spec = &view.subject().token;
    let has_start = spec.issued_at || spec.not_before.is_some();
    if !view.changes.is_empty() || !has_start {
        return;
    }
    let name = view.name();
    let evidence = view.evidence([baseline, &Question::token(view.base.clone())]);
    let [brief, whole] = lifetime::since_issue_controls(view);
    if view.taken(&brief) == Some(true) && view.taken(&whole) == Some(false) {
        // It lives too long from its iat on: the line on lifetimes says so with the figure.
        return;
    }
    let past = shape::issued(view.base, spec, -600);
    match view.taken(&past) {
        // An iat in the past is taken: only its own clock can make a fresh one early. Where the
        // skew is beyond the policy, the line on time says so with the figure.
        Some(true) => {
            findings.causes.push(
                shown(
                    CauseCode::ClockSkew,
                    format!(
                        "{name}'s clock is a little behind, and it forgives nothing: a token \
                         issued this second is refused as not yet valid"
                    ),
                    format!("Set {name}'s clock, or give its verifier a leeway of a few seconds."),
                    evidence,
                )
                .detail("tokens_refused", true),
            );
        }
        Some(false) => findings.causes.push(
            shown(
                CauseCode::ClaimRequired,
                format!("{name} refuses a token that carries iat"),
                format!("Leave iat out for {name} (token.issued_at: false), or mend its check."),
                evidence,
            )
            .detail("claim", "iat")
            .detail("wanted", serde_json::Value::Null),
        ),
        None => {}
    }
}

/// The extra questions for a baseline that is refused, asked before concluding.
fn past_issue(view: &View<'_>) -> Vec<Question> {
    let spec = &view.subject().token;
    let baseline = Question::token(shape::baseline(spec));
    let refused = view.taken(&baseline) == Some(false);
    let untouched = view.changes.is_empty() && view.base.issued == Moment::Absent;
    if !(refused && untouched && spec.issued_at) {
        return Vec::new();
    }
    let [brief, whole] = lifetime::since_issue_controls(view);
    vec![shape::issued(view.base, spec, -600), brief, whole]
}
