//! How much the faults of one service may cost in requests, however much more its quota allows.

use super::dimension::Change;
use super::view::View;
use crate::question::{Moment, Question, TokenShape};

/// One fault is named within so many requests.
const OF_ONE: usize = 120;
/// So many questions lie between the first token that is taken and a base that one change made.
const CONFIRMING: usize = 5;
/// Two are named within so many, where a service gives one answer whatever the reason: pairs are many.
pub(super) const OF_TWO: usize = 3 * OF_ONE;

/// What may be asked of a service: each change that its base needed may be a fault, and so may be what
/// it does with expired tokens. A base that took longer to find was found as one of two changes.
pub(super) fn most(view: &View<'_>) -> usize {
    let found = view.observed(&Question::token(view.base.clone())).map_or(0, |base| base.number);
    let two = match view.changes {
        [] => false,
        [Change::Claims(edits)] if edits.len() > 1 => true,
        [_] => found > OF_ONE + CONFIRMING || outlives_the_policy(view),
        _ => true,
    };
    if two { OF_TWO } else { OF_ONE }
}

/// Whether it took a token that had expired longer ago than the policy lets a verifier forgive, even one
/// whose clock is behind by as much as it may be.
fn outlives_the_policy(view: &View<'_>) -> bool {
    let policy = &view.subject().policy;
    let forgiven = policy.max_leeway + policy.max_clock_skew;
    let forgiven = forgiven.as_secs().try_into().unwrap_or(0_i64);
    view.case.observations().iter().any(|seen| {
        let Some(shape) = seen.question.shape() else { return false };
        // Two seconds more, for fractions and for the way there.
        let expired = matches!(shape.expires, Moment::FromNow(end) if end <= -forgiven - 2);
        let is_base = || TokenShape { expires: view.base.expires, ..shape.clone() } == *view.base;
        expired && is_base() && view.taken(&seen.question) == Some(true)
    })
}
