//! One token asked again between other questions: did the service change its answers in mid-run, as
//! after a lockout or a deploy? Never a verdict on the service, only on what its answers are worth.

use std::collections::HashMap;

use super::case::Case;
use super::dialect::Dialect;
use super::findings::{Detailed, shown};
use super::replicas;
use super::shape::{self, CONTROL_ROUND};
use super::view::{Inquiry, View};
use crate::cause::{Cause, CauseCode};
use crate::observation::Observation;
use crate::question::{Question, TokenShape};
use crate::verdict::{Doubt, Verdict};

/// So many other questions go by between two controls.
const EVERY: usize = 20;
/// So many refusals in a row at the end may hide a lockout.
const TRAILING: usize = 3;
/// The round of the repeat that shows, before anything can have changed, whether bodies vary.
pub(super) const EARLY: u16 = CONTROL_ROUND - 1;
/// So many repeats tell a service that turned from replicas that disagree.
const SETTLING: u16 = 8;
/// Replicas that disagree go back and forth; a service that turned does so once.
const SWITCHES: usize = 3;

/// The controls that a search owes before it goes on.
pub(super) fn due_in_search(case: &Case) -> Vec<Question> {
    let right = Question::token(shape::most_acceptable(&case.subject.token));
    let mut due = case.unasked([right.clone().again(EARLY)]);
    let since = case.observations().iter().rev().take_while(|seen| !repeats(seen, &right)).count();
    if since >= EVERY {
        due.push(next(case, right));
    }
    due
}

/// Whether the right token got another answer than at first, while it was refused throughout.
pub(super) fn changed(case: &Case, dialect: &Dialect) -> bool {
    turn(case, dialect, &shape::most_acceptable(&case.subject.token)).is_some()
}

/// The control that the lines of inquiry owe before they ask so many more questions.
pub(super) fn due(view: &View<'_>, more: usize) -> Option<Question> {
    let unproven = unproven(view);
    let owed = unproven >= TRAILING && unproven + more > EVERY;
    owed.then(|| next(view.case, Question::token(view.base.clone())))
}

/// The same when they are done.
pub(super) fn due_at_the_end(view: &View<'_>) -> Option<Question> {
    (unproven(view) >= TRAILING).then(|| next(view.case, Question::token(view.base.clone())))
}

/// How many observations there are since a rightly signed token was last taken, or last tried.
fn unproven(view: &View<'_>) -> usize {
    let proves = |seen: &Observation| {
        let Some(shape) = seen.question.shape() else { return false };
        let right = shape.forgery.is_none() && shape.key == view.base.key;
        right && (seen.question.round >= CONTROL_ROUND || view.meaning(seen) == Verdict::Accepted)
    };
    view.case.observations().iter().rev().take_while(|seen| !proves(seen)).count()
}

/// A token was both taken and refused: do replicas disagree, or did the service turn? `turned` is
/// what is found then.
pub(super) fn settle(view: &View<'_>, turned: impl Fn() -> Inquiry) -> Inquiry {
    if lost(view) {
        return turned();
    }
    // Addresses of their own are asked once each: who answers otherwise is another replica.
    if !view.case.addresses.is_empty() {
        return replicas::inquire(view);
    }
    let unasked = view.case.unasked(replicas::repeats(view.base, SETTLING));
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    if switches(view) == 1 {
        return turned();
    }
    match replicas::inquire(view) {
        Inquiry::Concluded(_) if switches(view) < SWITCHES => turned(),
        other => other,
    }
}

/// Whether a control got an answer that is neither acceptance nor refusal: the service fails now.
pub(super) fn lost(view: &View<'_>) -> bool {
    let base = Question::token(view.base.clone());
    view.case.observations().iter().any(|seen| {
        seen.question.round >= CONTROL_ROUND
            && repeats(seen, &base)
            && matches!(view.meaning(seen), Verdict::Undecided(doubt) if doubt != Doubt::NoAnswer)
    })
}

/// How often the answers to one token went from acceptance to refusal or back: the most of any.
fn switches(view: &View<'_>) -> usize {
    let mut last: HashMap<&TokenShape, (bool, usize)> = HashMap::new();
    for seen in view.case.observations() {
        let Some(shape) = seen.question.shape() else { continue };
        let taken = match view.meaning(seen) {
            Verdict::Accepted => true,
            Verdict::Rejected(_) => false,
            Verdict::Undecided(_) => continue,
        };
        let (before, switches) = last.entry(shape).or_insert((taken, 0));
        *switches += usize::from(*before != taken);
        *before = taken;
    }
    last.into_values().map(|(_, switches)| switches).max().unwrap_or(0)
}

/// What is said of a service that turned, if these answers show it.
pub(super) fn cause(case: &Case, dialect: &Dialect, shape: &TokenShape) -> Option<Cause> {
    let (first, later) = turn(case, dialect, shape)?;
    let name = &case.subject.name;
    let status = |seen: &Observation| seen.answer().map_or(0, |answer| answer.status);
    let (before, after) = (status(first), status(later));
    let answers = if before == after {
        format!("the same token got {before} first, and later {after} with another text")
    } else {
        format!("the same token got {before} first, and {after} later")
    };
    let fix = format!(
        "Look in {name}'s log for a lockout or a restart at that time. Run again when it is over: \
         --rate and --max-requests keep a run below a lockout, or exempt the probing host from it."
    );
    let summary =
        format!("{name}'s answers changed in mid-run: {answers}; a lockout or a deploy does that");
    let cause = shown(CauseCode::Unjudgeable, summary, fix, vec![first.number, later.number]);
    Some(Cause { confidence: 0.5, ..cause }.detail("changed_after_requests", later.number - 1))
}

/// The first answer to a token, and the first later one that is another.
fn turn<'c>(
    case: &'c Case,
    dialect: &Dialect,
    shape: &TokenShape,
) -> Option<(&'c Observation, &'c Observation)> {
    let question = Question::token(shape.clone());
    let mut same = case.observations().iter().filter(|seen| {
        repeats(seen, &question) && dialect.judge(seen) != Verdict::Undecided(Doubt::NoAnswer)
    });
    let first = same.next()?;
    let differs = |seen: &&Observation| {
        let alike = first.answer().zip(seen.answer()).is_some_and(|(a, b)| dialect.alike(a, b));
        match (dialect.judge(first), dialect.judge(seen)) {
            // An accepted answer may well have another body each time.
            (Verdict::Accepted, verdict) => verdict != Verdict::Accepted,
            (before, after) => before != after || !alike,
        }
    };
    same.find(differs).map(|later| (first, later))
}

/// Whether an observation is of this question, in any round and over any connection.
fn repeats(seen: &Observation, question: &Question) -> bool {
    seen.question.credential == question.credential
}

/// The next control with this token.
fn next(case: &Case, question: Question) -> Question {
    let controls = case
        .observations()
        .iter()
        .filter(|seen| seen.question.round >= CONTROL_ROUND && repeats(seen, &question));
    let round = CONTROL_ROUND + u16::try_from(controls.count()).unwrap_or(u16::MAX - CONTROL_ROUND);
    question.again(round)
}
