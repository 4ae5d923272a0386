//! Is a token refused because it starts far in the future, and not because it ends there?

use super::lifetime::{self, Limit};
use super::shape::REST;
use super::view::View;
use crate::observation::Observation;
use crate::plan::TokenSpec;
use crate::question::{Moment, Question, TokenShape};
use crate::verdict::Verdict;

/// No leeway is that long; a clock may be that far ahead.
const HOUR: i64 = 3_600;
/// Beyond every clock, local-time bugs included.
const DAYS: i64 = 2 * 86_400;

/// Where a limit on lifetimes lets no later start be asked about, being taken so far ahead means
/// that the start is not looked at.
const BEYOND_LEEWAY: i64 = 1_800;

/// Makes the token that starts so many seconds from now.
type Start = fn(&TokenShape, &TokenSpec, i64) -> Question;

/// What a service makes of tokens that start far ahead.
pub(super) enum Far {
    /// These must be asked first.
    Ask(Vec<Question>),
    /// Whether it refuses them for their start; `None` if that cannot be told, as where it
    /// refuses tokens that live that long.
    Known(Option<bool>),
}

/// Asks with an hour first, the milder question; with days where an hour is taken and the clock
/// may be ahead by that.
pub(super) fn refused(view: &View<'_>, start: Start) -> Far {
    if let Some(soon) = near(view, start).next() {
        let control = control(view, &soon.question);
        let unasked = view.case.unasked([control.clone()]);
        if !unasked.is_empty() {
            return Far::Ask(unasked);
        }
        if view.taken(&control) == Some(true) {
            return Far::Known(Some(true));
        }
    }
    for offset in offsets(view) {
        let far = far_token(view, start, offset);
        let unasked = view.case.unasked([far.clone()]);
        if !unasked.is_empty() {
            return Far::Ask(unasked);
        }
        match view.taken(&far) {
            Some(true) => continue,
            Some(false) => {}
            None => return Far::Known(None),
        }
        // Only a refusal leaves it open whether the start or the end is refused.
        let unasked = view.case.unasked([control(view, &far)]);
        if !unasked.is_empty() {
            return Far::Ask(unasked);
        }
        if view.taken(&control(view, &far)) == Some(true) {
            return Far::Known(Some(true));
        }
        return within_limit(view, start);
    }
    Far::Known(Some(false))
}

/// The refusals of tokens that start about now. Where the same end is taken without the start, nothing
/// further ahead need be asked.
fn near<'v>(view: &'v View<'_>, start: Start) -> impl Iterator<Item = &'v Observation> {
    let refused = |seen: &&Observation| matches!(view.meaning(seen), Verdict::Rejected(_));
    let begins = move |shape: &TokenShape, offset| {
        start(view.base, &view.subject().token, offset).shape() == Some(shape)
    };
    view.case.observations().iter().filter(refused).filter(move |seen| {
        let Some(shape) = seen.question.shape() else { return false };
        near_start(shape).is_some_and(|offset| begins(shape, offset))
    })
}

/// Whether a token was sent that starts so many seconds from now, or later.
pub(super) fn has_start_at(view: &View<'_>, place: f64) -> bool {
    let mut shapes = view.case.observations().iter().filter_map(|seen| seen.question.shape());
    shapes.any(|shape| near_start(shape).is_some_and(|offset| offset as f64 >= place))
}

/// How far from now a token starts, if that is not long ago.
fn near_start(shape: &TokenShape) -> Option<i64> {
    match shape.not_before {
        Moment::FromNow(offset) if offset >= -REST => Some(offset),
        _ => None,
    }
}

/// Where tokens may not live that long, the same with the longest life that is taken: its end is
/// known to be fine, so a refusal is for the start.
fn within_limit(view: &View<'_>, start: Start) -> Far {
    let taken = match lifetime::limit(view) {
        Limit::Unseen => return Far::Known(None),
        Limit::Ask(questions) => return Far::Ask(questions),
        Limit::Between { taken, .. } => taken,
    };
    let offset = taken - REST;
    let late = limited(view, start, taken);
    let unasked = view.case.unasked([late.clone()]);
    if !unasked.is_empty() {
        return Far::Ask(unasked);
    }
    match view.taken(&late) {
        Some(false) => Far::Known(Some(true)),
        Some(true) if offset >= BEYOND_LEEWAY => Far::Known(Some(false)),
        Some(true) | None => Far::Known(None),
    }
}

fn limited(view: &View<'_>, start: Start, taken: i64) -> Question {
    lifetime::within_limit(view, start(view.base, &view.subject().token, taken - REST))
}

/// A service that takes tokens of a normal life cannot be an hour ahead.
fn offsets(view: &View<'_>) -> impl Iterator<Item = i64> {
    let clock_may_be_ahead = view.base.expires != Moment::Configured;
    std::iter::once(HOUR).chain(clock_may_be_ahead.then_some(DAYS))
}

/// The observations that show it.
pub(super) fn evidence(view: &View<'_>, start: Start) -> Vec<usize> {
    if let Some(soon) = near(view, start).next() {
        return view.evidence([&soon.question, &control(view, &soon.question)]);
    }
    let mut asked = [HOUR, DAYS].map(|offset| far_token(view, start, offset)).to_vec();
    if let Limit::Between { taken, .. } = lifetime::limit(view) {
        asked.insert(0, limited(view, start, taken));
    }
    view.evidence(&asked)
}

fn far_token(view: &View<'_>, start: Start, offset: i64) -> Question {
    start(view.base, &view.subject().token, offset)
}

/// The same end of life, without the start: a verifier with a limit on lifetimes refuses both.
fn control(view: &View<'_>, far: &Question) -> Question {
    let expires = far.shape().map_or(view.base.expires, |shape| shape.expires);
    Question::token(TokenShape { expires, ..view.base.clone() })
}
