//! A token was taken: does it hold, and which of its changes are needed? What was taken in; the base with
//! as little as can be in it out, or what to ask first.

use super::base::Base;
use super::case::Case;
use super::ddmin::minimal;
use super::dialect::Dialect;
use super::dimension::{Change, Times};
use super::progress::changed;
use super::shape;
use crate::plan::{Carrier, KeyName};
use crate::question::{Question, TokenShape};
use crate::verdict::Verdict;

/// A find counts only if it repeats, while the controls still get their old answers: otherwise a
/// lockout, a deploy or a second replica would be taken for a cause.
pub(super) fn confirmed(case: &Case, dialect: &Dialect, changes: Vec<Change>) -> Base {
    let spec = &case.subject.token;
    let shape = changed(case, &changes);
    let expected = [
        (repeat(case, dialect, &changes), true),
        (Question::token(shape::most_acceptable(spec)).again(1), false),
        (shape::random_key(spec).again(1), shape.key == KeyName::Random),
    ];
    let again = expected.iter().map(|(question, _)| question.clone());
    let unasked = case.unasked(again);
    if !unasked.is_empty() {
        return Base::Searching(unasked);
    }
    let holds = expected.iter().all(|(question, taken)| {
        let verdict = case.observed(question).map(|seen| dialect.judge(seen));
        (verdict == Some(Verdict::Accepted)) == *taken
    });
    if !holds {
        return Base::Unsteady;
    }
    match needed(case, dialect, changes) {
        Base::Found { shape, changes } => learnt_there(case, shape, changes),
        searching => searching,
    }
}

/// The question that shows that a find repeats: what was looked for, without the rest, which is what is
/// asked next anyway; the same token again where that was refused.
fn repeat(case: &Case, dialect: &Dialect, changes: &[Change]) -> Question {
    if let Some(sought) = sought(changes) {
        let alone = Question::token(changed(case, sought));
        let seen = case.observed(&alone);
        if seen.is_none_or(|seen| dialect.judge(seen) == Verdict::Accepted) {
            return alone;
        }
    }
    Question::token(changed(case, changes)).again(1)
}

/// Of changes that were made together, what was looked for: it stands first. The rest was there to help,
/// and mostly is not needed.
fn sought(changes: &[Change]) -> Option<&[Change]> {
    (changes.len() > 2).then(|| &changes[..1])
}

/// How a wrong signature is refused at another place must be learnt there.
fn learnt_there(case: &Case, shape: Box<TokenShape>, changes: Vec<Change>) -> Base {
    let spec = &case.subject.token;
    let elsewhere = TokenShape { carrier: shape.carrier.clone(), ..shape::random(spec) };
    let unasked = case.unasked([Question::token(elsewhere)]);
    if unasked.is_empty() { Base::Found { shape, changes } } else { Base::Searching(unasked) }
}

/// Of changes that were made together, only those that the service needs; of claims likewise.
fn needed(case: &Case, dialect: &Dialect, changes: Vec<Change>) -> Base {
    let taken = |changes: &[Change]| {
        let question = Question::token(changed(case, changes));
        match case.observed(&question) {
            Some(seen) => Ok(dialect.judge(seen) == Verdict::Accepted),
            None => Err(Box::new(question)),
        }
    };
    let mut kept = changes;
    if let Some(sought) = sought(&kept) {
        match taken(sought) {
            Ok(true) => kept.truncate(1),
            Ok(false) => {}
            Err(question) => return Base::Searching(vec![*question]),
        }
    }
    for place in (0..kept.len()).rev() {
        let mut fewer = kept.clone();
        fewer.remove(place);
        match taken(&fewer) {
            Ok(true) if !fewer.is_empty() => kept = fewer,
            Ok(_) => {}
            Err(question) => return Base::Searching(vec![*question]),
        }
    }
    for place in 0..kept.len() {
        let with = |part: Change| {
            let mut changes = kept.clone();
            changes[place] = part;
            changes
        };
        let smaller = match &kept[place] {
            Change::Claims(edits) => {
                minimal(edits, |edits| taken(&with(Change::Claims(edits.to_vec()))))
                    .map(Change::Claims)
            }
            Change::Times(times) => plainest(times, |times| taken(&with(Change::Times(times)))),
            Change::Carrier(Carrier::Together(places)) => {
                minimal(places, |places| taken(&with(Change::at(places)))).map(|it| Change::at(&it))
            }
            _ => continue,
        };
        match smaller {
            Ok(change) => kept = with(change),
            Err(question) => return Base::Searching(vec![*question]),
        }
    }
    Base::Found { shape: Box::new(changed(case, &kept)), changes: kept }
}

/// The plainest times that do the same.
fn plainest<E>(times: &Times, taken: impl Fn(Times) -> Result<bool, E>) -> Result<Change, E> {
    for plainer in times.plainer() {
        if taken(plainer)? {
            return Ok(Change::Times(plainer));
        }
    }
    Ok(Change::Times(*times))
}
