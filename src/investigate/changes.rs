//! Line of inquiry: what did the base token need beyond key, algorithm and clock? Claims, another
//! place to travel in, dates in another unit.

use serde_json::Value;

use super::dimension::{Change, Times};
use super::findings::{Detailed, Findings, shown};
use super::shape;
use super::view::{Inquiry, View};
use crate::cause::{Cause, CauseCode};
use crate::check::{CheckId, Status};
use crate::plan::{Carrier, Subject};
use crate::question::{Edit, Part, Question};

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let mut findings = Findings::default();
    let causes: Vec<Cause> = view.changes.iter().flat_map(|change| causes(view, change)).collect();
    if causes.is_empty() {
        findings.check(CheckId::ClaimsAccepted, Status::Pass, "the configured claims are accepted");
        return Inquiry::concluded(findings);
    }
    for cause in causes {
        findings.check(CheckId::ClaimsAccepted, Status::Fail, cause.summary.clone());
        findings.on(cause.evidence.clone()).mend(cause.fix.clone());
        findings.causes.push(cause);
    }
    Inquiry::concluded(findings)
}

/// The causes that a change shows by itself; keys, algorithms and clocks have lines of their own.
fn causes(view: &View<'_>, change: &Change) -> Vec<Cause> {
    match change {
        Change::Key(_) | Change::Algorithm(_) => Vec::new(),
        Change::Times(times) => milliseconds(view, times).into_iter().collect(),
        Change::Claims(edits) => edits.iter().map(|edit| claim(view, edit)).collect(),
        Change::Carrier(carrier) => vec![location(view.subject(), carrier, evidence(view))],
    }
}

fn evidence(view: &View<'_>) -> Vec<usize> {
    let right = Question::token(shape::most_acceptable(&view.subject().token));
    view.evidence([&Question::token(view.base.clone()), &right])
}

/// A claim or header member without which, or with which, the token is refused.
fn claim(view: &View<'_>, edit: &Edit) -> Cause {
    let name = view.name();
    let member = &edit.name;
    let configured = match edit.part {
        Part::Header => &view.subject().token.header,
        Part::Payload => &view.subject().token.claims,
    };
    let had = configured.get(member);
    let part = match edit.part {
        Part::Header => "header member",
        Part::Payload => "claim",
    };
    let summary = match (&edit.value, had) {
        (None, _) => format!("{name} refuses a token that carries {member}"),
        (Some(value), Some(had)) => {
            format!("{name} refuses a token for its {member}: it is {had}, {value} is taken")
        }
        (Some(_), None) => format!("{name} requires the {part} {member}"),
    };
    let place = match edit.part {
        Part::Header => "token.header",
        Part::Payload => "token.claims",
    };
    let fix = match &edit.value {
        None => format!(
            "Let {name} expect the {member} that the issuer sets, or leave it out of the tokens for \
             {name} ({place})."
        ),
        Some(value) => format!(
            "Let the issuer set {member} for {name} ({value} is taken), or mend what {name} asks \
             for; in probes.yaml it goes into {place}."
        ),
    };
    shown(CauseCode::ClaimRequired, summary, fix, evidence(view))
        .detail("claim", member.clone())
        .detail("part", part)
        .detail("wanted", edit.value.clone().unwrap_or(Value::Null))
}

/// The place in which a service reads its token, where it is not the configured one.
pub(super) fn location(subject: &Subject, carrier: &Carrier, evidence: Vec<usize>) -> Cause {
    let name = &subject.name;
    let configured = &subject.carrier;
    shown(
        CauseCode::TokenLocation,
        format!("{name} reads the token from the {carrier}, not from the {configured}"),
        format!("Set `send` for {name} in probes.yaml, and in its callers, to the {carrier}."),
        evidence,
    )
    .detail("location", carrier.to_string())
}

/// Limits on lifetimes and clocks that are off have lines of their own.
fn milliseconds(view: &View<'_>, times: &Times) -> Option<Cause> {
    times.form()?;
    let name = view.name();
    Some(
        shown(
            CauseCode::ClaimRequired,
            format!("{name} reads exp in milliseconds: every token in seconds has long expired"),
            format!("Let {name} read NumericDate as seconds (RFC 7519 section 2)."),
            evidence(view),
        )
        .detail("claim", "exp")
        .detail("wanted", "milliseconds"),
    )
}
