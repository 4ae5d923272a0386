//! Line of inquiry: which library verifies here? Told by the harmless oddities that it takes and
//! refuses; its words only choose among libraries that behave alike. Asked only where a fault is
//! explained or with `--claims`; silent where the evidence does not single a library out.

mod table;
mod toggle;

use serde_json::Value;
use table::{NOTES, Row, TABLE, UNTOLD};
use toggle::Toggle;

use super::findings::Findings;
use super::members;
use super::view::{Inquiry, View};
use crate::behaviour::VerifierFamily;
use crate::cause::{Cause, CauseCode};
use crate::observation::Observation;

/// With fewer toggles than this answered, no library is named.
const ENOUGH: usize = 6;
/// How sure the oddities alone make it, and together with the library's words.
const BY_TOKENS: f64 = 0.8;
const BY_WORDS_TOO: f64 = 0.95;

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    if view.dialect.takes_random_key {
        return Inquiry::concluded(Findings::default());
    }
    let mut questions: Vec<_> =
        Toggle::ALL.iter().flat_map(|toggle| toggle.questions(view)).collect();
    questions.push(members::control(view));
    let unasked = view.case.unasked(questions);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    // A service that has begun to refuse everything has no habits.
    let after = members::control(view).again(u16::MAX);
    let unasked = view.case.unasked([after.clone()]);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    let mut findings = Findings::default();
    if view.taken(&after) == Some(true) {
        findings.behaviour.verifier = named(view);
    }
    Inquiry::concluded(findings)
}

/// What the toggles and the words single out, if they do.
fn named(view: &View<'_>) -> Option<VerifierFamily> {
    let seen = seen(view);
    if seen.len() < ENOUGH {
        return None;
    }
    let texts: Vec<String> = view.case.observations().iter().filter_map(text).collect();
    let candidates = alike(&seen);
    let by_words: Vec<&Row> =
        candidates.iter().copied().filter(|row| speaks(row, &texts)).collect();
    let (told, confidence) = match (one_group(&by_words), one_group(&candidates)) {
        (Some(group), _) => (group, BY_WORDS_TOO),
        (None, Some(group)) => (group, BY_TOKENS),
        (None, None) => return None,
    };
    // What stands on top of a library lets that library's words through beside its own.
    let on_top: Vec<&Row> =
        by_words.iter().copied().filter(|row| !row.group.starts_with(row.family)).collect();
    let family =
        one_family(&on_top).or_else(|| one_family(&by_words)).or_else(|| one_family(&candidates));
    let evidence = seen.iter().flat_map(|(toggle, _)| toggle.evidence(view)).collect();
    Some(VerifierFamily { family, group: told, confidence, evidence })
}

/// The toggles whose answer is clear, the refused first: they tell more.
fn seen(view: &View<'_>) -> Vec<(Toggle, bool)> {
    let told = Toggle::ALL.iter().filter_map(|toggle| Some((*toggle, toggle.taken(view)?)));
    let mut seen: Vec<(Toggle, bool)> = told.collect();
    seen.sort_by_key(|(_, taken)| *taken);
    seen
}

/// The libraries that do all that was seen.
fn alike(seen: &[(Toggle, bool)]) -> Vec<&'static Row> {
    TABLE
        .iter()
        .filter(|row| seen.iter().all(|(toggle, taken)| row.agrees(*toggle, *taken)))
        .collect()
}

fn one_group(rows: &[&Row]) -> Option<&'static str> {
    let first = rows.first()?.group;
    let one = rows.iter().all(|row| row.group == first);
    (one && first != UNTOLD).then_some(first)
}

fn one_family(rows: &[&Row]) -> Option<&'static str> {
    let first = rows.first()?.family;
    rows.iter().all(|row| row.family == first).then_some(first)
}

fn speaks(row: &Row, texts: &[String]) -> bool {
    row.says.iter().any(|piece| texts.iter().any(|text| text.contains(piece)))
}

/// What an answer says, in lower case.
fn text(seen: &Observation) -> Option<String> {
    let answer = seen.answer()?;
    let texts = answer.challenges.iter().chain([&answer.body.text]);
    Some(texts.map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n"))
}

/// Tells with a cause what the library's rule has to do with it.
pub(super) fn explain(view: &View<'_>, findings: &mut Findings) {
    let Some(verifier) = &findings.behaviour.verifier else { return };
    for cause in &mut findings.causes {
        let Some(toggle) = rule_behind(view, cause) else { continue };
        if toggle.taken(view) == Some(false) {
            let note = note(verifier.group, toggle);
            cause.fix = format!("{} It behaves like {}: {note}.", cause.fix, verifier.group);
            cause.evidence.extend(toggle.evidence(view));
        }
    }
}

/// The rule of a library that may be what a cause comes from.
fn rule_behind(view: &View<'_>, cause: &Cause) -> Option<Toggle> {
    let claim = cause.details.get("claim").and_then(|claim| claim.as_str());
    let numeric = |name: &str| view.subject().token.claims.get(name).is_some_and(Value::is_number);
    let detail = |name: &str| cause.details.get(name);
    // A clock that is ahead refuses tokens for their end.
    let ahead = detail("skew_s").and_then(Value::as_f64).is_some_and(|skew| skew > 0.0);
    let refused = detail("tokens_refused").is_some_and(|refused| *refused == true);
    match (cause.code, claim) {
        (CauseCode::ClaimRequired, Some("sub")) if numeric("sub") => Some(Toggle::SubjectNumber),
        (CauseCode::ClaimRequired, Some("iat")) => Some(Toggle::IssuedAhead),
        (CauseCode::ClockSkew, _) if refused && !ahead => Some(Toggle::IssuedAhead),
        _ => None,
    }
}

fn note(group: &str, toggle: Toggle) -> String {
    let known = NOTES.iter().find(|(family, of, _)| group.starts_with(family) && *of == toggle);
    match known {
        Some((_, _, note)) => (*note).to_owned(),
        None => format!("it refuses {}", toggle.words()),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
