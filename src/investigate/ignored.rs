//! Line of inquiry, only with `--claims`: which claims and header members does the service not look
//! at? Told, never judged.

use super::findings::Findings;
use super::members;
use super::view::{Inquiry, View};
use crate::behaviour::ClaimFacts;
use crate::check::{CheckId, Status};
use crate::question::{Part, Question};

/// What other lines ask about.
const TIMES: [&str; 4] = ["exp", "nbf", "iat", "jti"];
/// The control goes out before the first and after each batch of questions.
const BATCHES: u16 = 2;

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    if !view.subject().scope.odd_claims || view.dialect.takes_random_key {
        return Inquiry::concluded(Findings::default());
    }
    let members = members_of(view);
    let absent = members.iter().map(|(part, name)| members::without(view, *part, name));
    let others = members.iter().filter_map(|(part, name)| members::other(view, *part, name));
    // Mildest first: what leaves something out, then what says something else.
    for (round, batch) in (1..=BATCHES).zip([absent.collect::<Vec<_>>(), others.collect()]) {
        let control = members::control(view).again(round);
        let mut unasked = view.case.unasked(batch);
        if !unasked.is_empty() {
            return Inquiry::Ask(unasked);
        }
        unasked = view.case.unasked([control.clone()]);
        if !unasked.is_empty() {
            return Inquiry::Ask(unasked);
        }
        if view.taken(&control) != Some(true) {
            return Inquiry::concluded(stopped(view, &control));
        }
    }
    Inquiry::concluded(told(view, &members))
}

/// The members of the base: those of the configuration, and the header members that every token
/// may carry.
fn members_of(view: &View<'_>) -> Vec<(Part, String)> {
    let spec = &view.subject().token;
    let edits = view.base.edits.iter().filter(|edit| edit.value.is_some());
    let mut members: Vec<(Part, String)> = spec
        .claims
        .keys()
        .filter(|name| !TIMES.contains(&name.as_str()))
        .map(|name| (Part::Payload, name.clone()))
        .chain(edits.map(|edit| (edit.part, edit.name.clone())))
        .chain(["typ", "kid"].map(|name| (Part::Header, name.to_owned())))
        .chain(spec.header.keys().map(|name| (Part::Header, name.clone())))
        .collect();
    let mut seen = Vec::new();
    members.retain(|member| {
        let new = !seen.contains(member);
        seen.push(member.clone());
        new
    });
    // Without a kid of its own, a token has only another one to show; aud comes first of all.
    members.sort_by_key(|(part, name)| (*part == Part::Header, name != "aud", name != "iss"));
    members
}

/// What the answers tell; a member whose answers are not clear is in neither list.
fn told(view: &View<'_>, members: &[(Part, String)]) -> Findings {
    let mut facts = ClaimFacts::default();
    let mut asked: Vec<Question> = Vec::new();
    for (part, name) in members {
        let absent = members::without(view, *part, name);
        let other = members::other(view, *part, name);
        let taken = |question: &Question| view.taken(question);
        let other_taken = other.as_ref().map_or(Some(true), taken);
        match (taken(&absent), other_taken) {
            (Some(true), Some(true)) => facts.ignored.push(name.clone()),
            (Some(false), _) => facts.required.push(name.clone()),
            _ => {}
        }
        asked.push(absent);
        asked.extend(other);
    }
    let mut findings = Findings::default();
    let summary = if facts.ignored.is_empty() {
        "it looks at every claim that is configured".to_owned()
    } else {
        format!("it does not look at: {}", facts.ignored.join(", "))
    };
    findings.check(CheckId::ClaimsLookedAt, Status::Pass, summary);
    findings.on(view.evidence(&asked));
    findings.behaviour.claims = Some(facts);
    findings
}

/// The service began to refuse what it took before: nothing that it said since can be relied on.
fn stopped(view: &View<'_>, control: &Question) -> Findings {
    let mut findings = Findings::default();
    let summary = "not judged: it began to refuse right tokens while it was asked";
    findings.check(CheckId::ClaimsLookedAt, Status::Skip, summary);
    findings.on(view.evidence([control]));
    findings
}
