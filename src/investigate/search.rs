//! The search for a token that the service takes. From the most acceptable token outwards, one
//! dimension at a time, so that no fault hides another; then two at a time, likeliest first.

use super::case::Case;
use super::control;
use super::ddmin::minimal;
use super::dialect::Dialect;
use super::dimension::{self, Change};
use super::fingerprint::Bodies;
use super::fingerprint::Fingerprint;
use super::message;
use super::shape;
use crate::observation::Observation;
use crate::plan::KeyName;
use crate::question::{Edit, Question, TokenShape};
use crate::verdict::{Refusal, Verdict};

/// So many questions go out before their answers are looked at.
const CHUNK: usize = 8;
/// A search that has asked so many questions gives up: a fault is named within 120 requests.
const BUDGET: usize = 100;

/// The token that all further questions start from.
#[derive(Debug, Clone)]
pub(super) enum Base {
    /// This token is taken; the changes are what it took beyond the configured one.
    Found { shape: Box<TokenShape>, changes: Vec<Change> },
    /// These must be asked first.
    Searching(Vec<Question>),
    /// The service changed its answers while it was asked: a lockout, a deploy, or replicas.
    Unsteady,
    /// No token within reach is taken.
    NotFound,
}

/// Looks for a base in what is known, or says what to ask next.
pub(super) fn base(case: &Case, dialect: &Dialect) -> Base {
    let spec = &case.subject.token;
    for shape in [shape::most_acceptable(spec), shape::baseline(spec)] {
        if accepted(case, dialect, &shape) {
            return Base::Found { shape: Box::new(shape), changes: Vec::new() };
        }
    }
    if control::changed(case, dialect) {
        return Base::Unsteady;
    }
    let mut unasked = Vec::new();
    for changes in candidates(case, dialect) {
        let shape = changed(case, &changes);
        let question = Question::token(shape.clone());
        match case.observed(&question) {
            Some(seen) if dialect.judge(seen) == Verdict::Accepted => {
                return confirmed(case, dialect, &shape, changes);
            }
            // What is taken already counts, however many better candidates came up since.
            None if unasked.len() < CHUNK => unasked.push(question),
            Some(_) | None => {}
        }
    }
    if unasked.is_empty() || case.observations().len() >= BUDGET {
        // Nothing was taken: is the right token still refused as it was at first?
        let last = control::due_at_its_end(case);
        return last.map_or(Base::NotFound, |control| Base::Searching(vec![control]));
    }
    let mut questions = control::due_in_search(case);
    questions.extend(unasked);
    Base::Searching(case.unasked(questions))
}

/// The tokens to try, likeliest first; what builds on a change that got further than the controls
/// comes before all else.
fn candidates(case: &Case, dialect: &Dialect) -> Vec<Vec<Change>> {
    let right = Question::token(shape::most_acceptable(&case.subject.token));
    let hint = case.observed(&right).and_then(Observation::answer).and_then(message::hint);
    let singles = dimension::singles(case);
    let stones = singles.iter().filter(|change| got_further(case, dialect, change));
    let mut sets: Vec<Vec<Change>> = stones.flat_map(|stone| pairs_with(stone, &singles)).collect();
    sets.extend(dimension::sets(case, hint));
    sets
}

fn pairs_with(first: &Change, singles: &[Change]) -> Vec<Vec<Change>> {
    let others = singles.iter().filter(|other| !other.same_dimension(first));
    others.map(|other| vec![first.clone(), other.clone()]).collect()
}

/// Whether one change alone moved the answer away from what a wrong signature gets.
fn got_further(case: &Case, dialect: &Dialect, change: &Change) -> bool {
    let question = Question::token(changed(case, std::slice::from_ref(change)));
    let plain = Question::token(shape::most_acceptable(&case.subject.token));
    let fingerprint = |question: &Question| {
        let answer = case.observed(question).and_then(Observation::answer)?;
        Some(Fingerprint::of(answer, Bodies::Stable))
    };
    let further = case
        .observed(&question)
        .is_some_and(|seen| dialect.judge(seen) == Verdict::Rejected(Refusal::Further));
    further && fingerprint(&question) != fingerprint(&plain)
}

/// The most acceptable token with these changes.
fn changed(case: &Case, changes: &[Change]) -> TokenShape {
    let start = shape::most_acceptable(&case.subject.token);
    changes.iter().fold(start, |shape, change| change.apply(shape))
}

fn accepted(case: &Case, dialect: &Dialect, shape: &TokenShape) -> bool {
    let seen = case.observed(&Question::token(shape.clone()));
    seen.is_some_and(|seen| dialect.judge(seen) == Verdict::Accepted)
}

/// A find counts only if it repeats, while the controls still get their old answers: otherwise a
/// lockout, a deploy or a second replica would be taken for a cause.
fn confirmed(case: &Case, dialect: &Dialect, shape: &TokenShape, changes: Vec<Change>) -> Base {
    let spec = &case.subject.token;
    let expected = [
        (Question::token(shape.clone()), true),
        (Question::token(shape::most_acceptable(spec)), false),
        (shape::random_key(spec), shape.key == KeyName::Random),
    ];
    let again = expected.iter().map(|(question, _)| question.clone().again(1));
    let unasked = case.unasked(again);
    if !unasked.is_empty() {
        return Base::Searching(unasked);
    }
    let holds = expected.iter().all(|(question, taken)| {
        let verdict = case.observed(&question.clone().again(1)).map(|seen| dialect.judge(seen));
        (verdict == Some(Verdict::Accepted)) == *taken
    });
    if holds { needed(case, dialect, changes) } else { Base::Unsteady }
}

/// Of claims that were changed together, only those that the service needs.
fn needed(case: &Case, dialect: &Dialect, changes: Vec<Change>) -> Base {
    let Some(place) = changes.iter().position(|change| matches!(change, Change::Claims(_))) else {
        return Base::Found { shape: Box::new(changed(case, &changes)), changes };
    };
    let Change::Claims(edits) = &changes[place] else { return Base::NotFound };
    let with = |kept: &[Edit]| {
        let mut changes = changes.clone();
        changes[place] = Change::Claims(kept.to_vec());
        changes
    };
    let taken = |kept: &[Edit]| {
        let question = Question::token(changed(case, &with(kept)));
        match case.observed(&question) {
            Some(seen) => Ok(dialect.judge(seen) == Verdict::Accepted),
            None => Err(Box::new(question)),
        }
    };
    match minimal(edits, taken) {
        Ok(kept) => {
            Base::Found { shape: Box::new(changed(case, &with(&kept))), changes: with(&kept) }
        }
        Err(question) => Base::Searching(vec![*question]),
    }
}
