//! Is a token refused because it starts far in the future, and not because it ends there?

use super::view::View;
use crate::plan::TokenSpec;
use crate::question::{Moment, Question, TokenShape};

/// No leeway is that long; a clock may be that far ahead.
const HOUR: i64 = 3_600;
/// Beyond every clock, local-time bugs included.
const DAYS: i64 = 2 * 86_400;

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
            Some(false) | None => return Far::Known(None),
        }
    }
    Far::Known(Some(false))
}

/// A service that takes tokens of a normal life cannot be an hour ahead.
fn offsets(view: &View<'_>) -> impl Iterator<Item = i64> {
    let clock_may_be_ahead = view.base.expires != Moment::Configured;
    std::iter::once(HOUR).chain(clock_may_be_ahead.then_some(DAYS))
}

/// The observations that show it.
pub(super) fn evidence(view: &View<'_>, start: Start) -> Vec<usize> {
    view.evidence(&[HOUR, DAYS].map(|offset| far_token(view, start, offset)))
}

fn far_token(view: &View<'_>, start: Start, offset: i64) -> Question {
    start(view.base, &view.subject().token, offset)
}

/// The same end of life, without the start: a verifier with a limit on lifetimes refuses both.
fn control(view: &View<'_>, far: &Question) -> Question {
    let expires = far.shape().map_or(view.base.expires, |shape| shape.expires);
    Question::token(TokenShape { expires, ..view.base.clone() })
}
