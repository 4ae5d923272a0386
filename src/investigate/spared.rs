//! The few questions about time for a service that seems well: the edges of `exp` and `nbf` as far as
//! they decide the policy. Says nothing of a service that may have a fault of time: it is measured.

use super::edges::{self, Edges};
use super::far::{self, Far};
use super::shape;
use super::view::View;
use crate::clock::{self, DateBox, Interval, Likely, below, likely, span};
use crate::plan::{About, ClockScope};
use crate::question::{Moment, Question};

/// Without a `Date`, a clock that is well is supposed to be no further off.
const UNDATED: Interval = Interval { low: -2.0, high: 2.0 };
/// Places that lie so close together are one.
const CLOSE: f64 = 1.5;
/// Edges further away need be known to this share of their distance only.
const SHARE: f64 = 0.25;
/// What lies so far out is not expected.
const RARE: f64 = 0.05;
/// So many of those widths beyond the last likely place an edge may be known to end.
const GAP: f64 = 0.8;
/// So far beyond what is likely a token is sent that is to be refused, or taken, for certain.
const MARGIN: f64 = 0.1;
/// Longer leeways are not supposed of a service that seems well.
const MOST: u32 = 600;
/// By so much an inclusive comparison of whole seconds adds to a leeway.
const INCLUSIVE: u64 = 1;

/// The tokens to send next, none when enough is known; `None` where the edges must be known to the second.
pub(super) fn next(view: &View<'_>, known: &Edges) -> Option<Vec<Question>> {
    if !seems_well(view, known) {
        return None;
    }
    if let Some(usual) = usual(view) {
        return Some(vec![usual]);
    }
    let all = possible(view, known);
    let ends = span(&all, RARE, |one| one.expiry)?;
    let starts = span(&all, RARE, |one| one.start)?;
    if ends.width() > close(ends) {
        let halved = cut(view, ends, below(&all, 0.5, |one| one.expiry)?, |n| expiring(view, n));
        if halved.is_some() {
            return halved;
        }
    }
    let started = match far::refused(view, shape::starting) {
        Far::Known(started) => started,
        Far::Ask(far) if far::has_start_at(view, starts.high) => {
            return Some(view.case.unasked(far));
        }
        Far::Ask(_) => {
            return unless_asked(view, beyond(view, starts.high, |n| edges::starting(view, n)));
        }
    };
    if let Some(start) = known.start.filter(|_| started == Some(true)) {
        if starts.width() > close(starts) {
            let make = |n| edges::starting(view, n);
            let halved = cut(view, starts, below(&all, 0.5, |one| one.start)?, make);
            if halved.is_some() {
                return halved;
            }
        }
        if starts.low - start.low > GAP * close(starts) {
            return unless_asked(view, before(view, starts.low, |n| edges::starting(view, n)));
        }
    }
    if known.expiry.high - ends.high > GAP * close(ends) {
        return unless_asked(view, beyond(view, ends.high, |n| expiring(view, n)));
    }
    if ends.low - known.expiry.low > GAP * close(ends) {
        return unless_asked(view, before(view, ends.low, |n| expiring(view, n)));
    }
    is_decided(view, known).then(Vec::new)
}

/// What settles a service that forgives nothing; its `nbf` once its `exp` is known to end where it should.
fn usual(view: &View<'_>) -> Option<Question> {
    let [end, start] = edges::usual(view);
    if view.observed(&end).is_none() {
        return Some(end);
    }
    (view.taken(&end) == Some(false) && view.observed(&start).is_none()).then_some(start)
}

/// Edges this far from now are known well enough within such a width.
fn close(edge: Interval) -> f64 {
    (edge.middle().abs() * SHARE).max(CLOSE)
}

fn unless_asked(view: &View<'_>, question: Question) -> Option<Vec<Question>> {
    let unasked = view.case.unasked([question]);
    (!unasked.is_empty()).then_some(unasked)
}

/// The token that tests the place inside of `edge` that is nearest to this one.
fn cut(
    view: &View<'_>,
    edge: Interval,
    place: f64,
    make: impl Fn(i64) -> Question,
) -> Option<Vec<Question>> {
    let fraction = fraction(view);
    let nearest = (place + fraction).round() as i64;
    let near = [0, 1, -1].map(|off| nearest + off).into_iter();
    let inside = near.filter(|offset| edge.contains(*offset as f64 - fraction));
    let mut unasked = view.case.unasked(inside.map(make));
    unasked.truncate(1);
    (!unasked.is_empty()).then_some(unasked)
}

/// The token that tests a place a little beyond this one.
fn beyond(view: &View<'_>, place: f64, make: impl Fn(i64) -> Question) -> Question {
    make((place + MARGIN + fraction(view)).ceil() as i64)
}

/// The token that tests a place a little before this one.
fn before(view: &View<'_>, place: f64, make: impl Fn(i64) -> Question) -> Question {
    make((place - MARGIN + fraction(view)).floor() as i64)
}

/// No answer so far hints at a fault of time, and nothing that is predicted of other services hangs on
/// these edges.
fn seems_well(view: &View<'_>, known: &Edges) -> bool {
    let (scope, token) = (view.subject().scope, &view.subject().token);
    let policy = view.subject().policy.max_clock_skew.as_secs_f64();
    let baseline = Question::token(shape::baseline(token));
    let issue_matters = matches!(far::refused(view, shape::issued), Far::Known(Some(true)));
    scope.about == About::Everything
        && scope.clock != ClockScope::Precise
        && view.changes.is_empty()
        && view.base.expires == Moment::Configured
        && token.not_before.is_none()
        && view.taken(&baseline) == Some(true)
        && view.taken(&edges::past_policy(view)) != Some(true)
        && !issue_matters
        && known.date.is_none_or(|date| date.skew().within(policy) && !date.is_contradictory())
}

/// The verifiers within the policy that all answers so far allow.
fn possible(view: &View<'_>, known: &Edges) -> Vec<Likely> {
    let most = view.subject().policy.max_leeway.as_secs().try_into().unwrap_or(MOST).min(MOST);
    let skews = known.date.map_or(UNDATED, DateBox::skew);
    let guess = known.date.map_or(0.0, DateBox::guess);
    likely(skews, guess, most, known.expiry, known.start.unwrap_or(Interval::EVERYTHING))
}

/// Whether nothing is left to decide.
fn is_decided(view: &View<'_>, known: &Edges) -> bool {
    // With neither, only the difference of skew and leeway can be told, and narrower edges tell no more.
    if known.date.is_none() && known.start.is_none() {
        return true;
    }
    let policy = &view.subject().policy;
    let most = policy.max_leeway.as_secs() + INCLUSIVE;
    let readings = clock::read(known.expiry, known.start, known.date.map(DateBox::skew));
    let within = readings.iter().all(|reading| u64::from(reading.leeway) <= most);
    let plain = readings.first().filter(|best| best.agrees_with_date && best.is_symmetric());
    within && plain.is_some_and(|best| best.skew.within(policy.max_clock_skew.as_secs_f64()))
}

fn expiring(view: &View<'_>, offset: i64) -> Question {
    shape::expiring(view.base, offset)
}

/// The fraction of the second at which the next token is sent, if it is sent at once: a token tests the
/// place so much below its whole second.
fn fraction(view: &View<'_>) -> f64 {
    let last = view.case.observations().last();
    last.map_or(0.5, |last| last.received_at.0.rem_euclid(1.0))
}
