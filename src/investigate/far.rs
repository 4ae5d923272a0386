//! Is a token refused because it starts far in the future, and not because it ends there?

use super::lifetime::{self, Limit};
use super::view::View;
use crate::plan::TokenSpec;
use crate::question::{Moment, Question, TokenShape};

/// No leeway is that long; a clock may be that far ahead.
const HOUR: i64 = 3_600;
/// Beyond every clock, local-time bugs included.
const DAYS: i64 = 2 * 86_400;

/// A token that starts so shortly before its end is judged by its start.
const REST: i64 = 5;
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
    for offset in offsets(view) {
        let far = far_token(view, start, offset);
        let unasked = view.case.unasked([far.clone(), control(view, &far)]);
        if !unasked.is_empty() {
            return Far::Ask(unasked);
        }
        match view.taken(&far) {
            Some(true) => {}
            Some(false) if view.taken(&control(view, &far)) == Some(true) => {
                return Far::Known(Some(true));
            }
            Some(false) => return within_limit(view, start),
            None => return Far::Known(None),
        }
    }
    Far::Known(Some(false))
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
