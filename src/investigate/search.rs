//! The search for a token that the service takes. From the most acceptable token outwards, one
//! dimension at a time, so that no fault hides another; then two at a time, likeliest first.

use super::before_the_token;
use super::case::Case;
use super::control::{self, EARLY};
use super::ddmin::minimal;
use super::dialect::Dialect;
use super::dimension::{self, Change, Sets, Signature};
use super::message::{self, Hint};
use super::progress::{self, changed, got_further};
use super::replicas;
use super::shape;
use crate::observation::Observation;
use crate::plan::{Carrier, KeyName};
use crate::question::{Question, TokenShape};
use crate::verdict::Verdict;

/// So many questions go out before their answers are looked at.
const CHUNK: usize = 8;
/// So many more refusals, over fresh connections, and no replica takes the right token.
const REFUSALS: u16 = 4;
/// A search for one change gives up after so many questions: a fault is named within 120 requests.
const BUDGET: usize = 114;
/// A search for two changes goes on to here, where no answer says what is wrong: two faults, or one
/// that no token shows, are worth the usual quota.
const BUDGET_OF_TWO: usize = 132;

/// An endpoint that gives everybody one success is asked so many questions.
const OPEN_BUDGET: usize = 46;

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
        if accepted(case, dialect, &shape) || replicas::taken_somewhere(case, dialect, &shape) {
            return Base::Found { shape: Box::new(shape), changes: Vec::new() };
        }
    }
    if control::changed(case, dialect) {
        return Base::Unsteady;
    }
    let mut unasked = Vec::new();
    let asked = case.observations().len();
    for (budget, sets) in candidates(case, dialect) {
        for changes in sets {
            let shape = changed(case, &changes);
            let question = Question::token(shape.clone());
            match case.observed(&question) {
                Some(seen) if dialect.judge(seen) == Verdict::Accepted => {
                    return confirmed(case, dialect, &shape, changes);
                }
                // What is taken already counts, however many better candidates came up since.
                None if unasked.len() < CHUNK.min(budget.saturating_sub(asked)) => {
                    unasked.push(question);
                }
                Some(_) | None => {}
            }
        }
    }
    if unasked.is_empty() {
        return settled_refusal(case, dialect);
    }
    let mut questions = control::due_in_search(case);
    questions.extend(unasked);
    Base::Searching(case.unasked(questions))
}

/// What is asked of an endpoint that gives everybody one success: a service that refuses with a
/// success gives it to a right token, too, while it holds another key.
pub(super) fn behind_success(case: &Case, dialect: &Dialect) -> Vec<Question> {
    let left = OPEN_BUDGET.saturating_sub(case.observations().len());
    if !dialect.may_refuse_with_success() || left == 0 {
        return Vec::new();
    }
    let candidates = candidates(case, dialect).into_iter().flat_map(|(_, sets)| sets);
    let tokens = candidates.map(|changes| Question::token(changed(case, &changes)));
    let mut questions = case.unasked(tokens);
    questions.truncate(left.min(CHUNK));
    // A page that changes by itself must not pass for one that knows a token.
    if !questions.is_empty() {
        questions.extend(case.unasked([shape::absent().again(EARLY)]));
    }
    questions
}

/// The tokens to try, likeliest first, each kind with the number of questions after which it is given
/// up; what builds on a change that got further than the controls comes before all else.
fn candidates(case: &Case, dialect: &Dialect) -> [(usize, Vec<Vec<Change>>); 3] {
    let hint = progress::said_of_right(case);
    let singles = dimension::singles(case);
    let stones =
        singles.iter().filter(|change| got_further(case, dialect, std::slice::from_ref(*change)));
    let further = stones.flat_map(|stone| pairs_with(case, stone, &singles)).collect();
    let signature = progress::signature(case, dialect);
    let before = progress::right(case).and_then(Observation::answer);
    let before = before.is_some_and(|answer| before_the_token::cause(case, answer).is_some());
    let silent = hint.is_none() && signature == Signature::Unknown && !before;
    let Sets { one, two } = dimension::sets(case, hint, signature);
    // A place that was found by what is said there still hides the key; other words name their cause.
    let found_place = hint == Some(Hint::Missing);
    let budget = |wide| if wide { BUDGET_OF_TWO } else { BUDGET };
    [(budget(silent || found_place), further), (BUDGET, one), (budget(silent), two)]
}

/// One change with every other, first those that mend what the service now says.
fn pairs_with(case: &Case, first: &Change, singles: &[Change]) -> Vec<Vec<Change>> {
    let seen = case.observed(&Question::token(changed(case, std::slice::from_ref(first))));
    let hint = seen.and_then(Observation::answer).and_then(message::hint);
    let mut others: Vec<_> = singles.iter().filter(|other| !other.same_dimension(first)).collect();
    others.sort_by_key(|other| !hint.is_some_and(|hint| other.answers(hint)));
    others.into_iter().map(|other| vec![first.clone(), other.clone()]).collect()
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
    if !holds {
        return Base::Unsteady;
    }
    match needed(case, dialect, changes) {
        Base::Found { shape, changes } => learnt_there(case, shape, changes),
        searching => searching,
    }
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
    // What stands first is what was looked for; the rest was there to help, and mostly is not needed.
    if kept.len() > 2 {
        match taken(&kept[..1]) {
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

/// Nothing was taken: is the right token still refused as it was at first?
fn settled_refusal(case: &Case, dialect: &Dialect) -> Base {
    let right = Question::token(shape::most_acceptable(&case.subject.token));
    let mut again = vec![right.clone().again(1)];
    again.extend(replicas::repeats(&shape::most_acceptable(&case.subject.token), REFUSALS));
    let unasked = case.unasked(again.clone());
    if !unasked.is_empty() {
        return Base::Searching(unasked);
    }
    let first = case.observed(&right).map(|seen| dialect.judge(seen));
    let mut later = again.iter().map(|again| case.observed(again).map(|seen| dialect.judge(seen)));
    if later.all(|later| later == first) { Base::NotFound } else { Base::Unsteady }
}
