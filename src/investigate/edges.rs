//! Where acceptance turns: the edges of `exp` and `nbf` from every answer so far, and the next
//! tokens that would narrow them.

use super::far::{self, Far};
use super::lifetime;
use super::room;
use super::shape;
use super::view::View;
use crate::clock::{self, DateBox, Edge, Interval, USUAL_LEEWAYS, next_offsets};
use crate::observation::Observation;
use crate::question::{Moment, Question, TokenShape};
use crate::verdict::Verdict;

/// An hour: no leeway is that long, and few clocks are that wrong.
pub(super) const LONG_AGO: i64 = -3_600;
/// Ten years: beyond every leeway and every clock. Later tokens are taken by a clock that is off.
pub(super) const AGES_AGO: i64 = -315_360_000;
/// A day: beyond every local-time bug.
pub(super) const DAY: i64 = 86_400;
/// Two edges this narrow tell their sum to the second.
const FINE: f64 = 0.4;
/// An edge is narrowed as long as there is room for so many more questions.
const ROOM: usize = 16;

/// The edges as far as they are known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edges {
    /// The edge of `exp`.
    pub(super) expiry: Interval,
    /// The edge of `nbf`; `None` where the service does not look at it.
    pub(super) start: Option<Interval>,
    /// What the `Date` field allows.
    pub(super) date: Option<DateBox>,
}

/// Reads the edges out of every observation of the base token with another `exp` or `nbf`.
pub(super) fn read(view: &View<'_>) -> Edges {
    let mut expiry = Edge::UNKNOWN;
    let mut start = Edge::UNKNOWN;
    let limit = lifetime::limit(view);
    let lives = lifetime::lifetime(view);
    for seen in view.case.observations() {
        let accepted = match view.meaning(seen) {
            Verdict::Accepted => true,
            Verdict::Rejected(_) => false,
            Verdict::Undecided(_) => continue,
        };
        let (sent, received) = (seen.sent_at.0, seen.received_at.0);
        let too_long = !accepted
            && seen.question.shape().is_some_and(|shape| lifetime::is_beyond(&limit, shape, lives));
        if too_long {
            continue;
        }
        match (varies(view, seen), seen.times.expires, seen.times.not_before) {
            (Some(Claim::Expiry), Some(claim), _) => {
                expiry = expiry.with_expiry(claim, sent, received, accepted);
            }
            (Some(Claim::Start), _, Some(claim)) => {
                start = start.with_start(claim, sent, received, accepted);
            }
            _ => {}
        }
    }
    let mut edges = Edges {
        expiry: expiry.0,
        start: matches!(far::refused(view, shape::starting), Far::Known(Some(true)))
            .then_some(start.0),
        date: DateBox::of(view.case.observations()),
    };
    // Leeways are not negative, so no verifier takes nbf up to a point before the edge of exp.
    if let Some(start) = &mut edges.start {
        start.low = start.low.max(edges.expiry.low);
        edges.expiry.high = edges.expiry.high.min(start.high);
    }
    edges
}

/// A time claim that a question is about.
enum Claim {
    Expiry,
    Start,
}

/// Which claim alone sets an observed token apart from the base.
fn varies(view: &View<'_>, seen: &Observation) -> Option<Claim> {
    let shape = seen.question.shape()?;
    if !is_base_but_for_times(view, shape) || shape.expires == Moment::Absent {
        return None;
    }
    if shape.not_before == view.base.not_before {
        return Some(Claim::Expiry);
    }
    // A token that begins and ends around now may be refused for either.
    let Moment::FromNow(offset) = shape.not_before else { return None };
    let alone = shape::starting(view.base, &view.subject().token, offset);
    (alone.shape() == Some(shape)).then_some(Claim::Start)
}

/// Whether a shape is the base but for `exp` and `nbf`.
fn is_base_but_for_times(view: &View<'_>, shape: &TokenShape) -> bool {
    let base = view.base;
    shape.key == base.key
        && shape.algorithm == base.algorithm
        && shape.forgery == base.forgery
        && shape.issued == base.issued
        && shape.edits == base.edits
        && shape.carrier == base.carrier
}

/// The tokens to send next; empty when the edges are known to the second, or cannot be.
pub(super) fn next(view: &View<'_>, edges: &Edges) -> Vec<Question> {
    if view.case.observations().len() + ROOM > room::most(view) {
        return Vec::new();
    }
    let guess = edges.date.map_or(0.0, DateBox::guess);
    let first = view.case.unasked(opening(view));
    if !first.is_empty() {
        return first;
    }
    if view.taken(&shape::expiring(view.base, LONG_AGO)) == Some(true) {
        let earlier = view.case.unasked([shape::expiring(view.base, -DAY)]);
        if !earlier.is_empty() {
            return earlier;
        }
    }
    let likely = USUAL_LEEWAYS.map(|leeway| guess - f64::from(leeway));
    let expiry = narrowing(view, edges.expiry, &likely, |n| shape::expiring(view.base, n));
    if !expiry.is_empty() {
        return expiry;
    }
    let Some(start) = edges.start else { return Vec::new() };
    // With one edge known, the other mirrors it around the skew, two leeways further on.
    let mut likely = vec![2.0 * guess - edges.expiry.middle()];
    likely.extend(USUAL_LEEWAYS.map(|leeway| edges.expiry.middle() + 2.0 * f64::from(leeway)));
    let offsets = narrowing(view, start, &likely, |n| starting(view, n));
    if !offsets.is_empty() {
        return offsets;
    }
    timed(view, edges.expiry, start)
}

/// The questions that narrow an edge. The best offsets may have been asked before, at another
/// fraction of the second; then the one between them that was not, nearest to the middle.
fn narrowing(
    view: &View<'_>,
    edge: Interval,
    likely: &[f64],
    make: impl Fn(i64) -> Question,
) -> Vec<Question> {
    let best = next_offsets(edge, likely);
    let unasked = view.case.unasked(best.iter().map(|n| make(*n)));
    let (Some(first), Some(last)) = (best.first(), best.last()) else { return unasked };
    if !unasked.is_empty() {
        return unasked;
    }
    let middle = (first + last) / 2;
    let near = [middle, middle + 1, middle - 1].into_iter().map(make);
    view.case.unasked(near).into_iter().take(1).collect()
}

/// Where both edges are known to the second and no usual leeway fits, the sum of two leeways is
/// still off by one or two: cuts at chosen fractions of the second settle it, at the price of
/// waiting for that fraction.
fn timed(view: &View<'_>, expiry: Interval, start: Interval) -> Vec<Question> {
    let readings = clock::read(expiry, Some(start), None);
    let usual = readings.iter().any(|reading| USUAL_LEEWAYS.contains(&reading.leeway));
    let first = readings.first().map(|best| best.leeway);
    let settled = readings.iter().all(|reading| Some(reading.leeway) == first);
    if usual || settled || expiry.width().max(start.width()) < FINE {
        return Vec::new();
    }
    let (ends, end_fraction) = cut_at(expiry.middle());
    let (starts, start_fraction) = cut_at(start.middle());
    let end = Question { at_fraction: Some(end_fraction), ..shape::expiring(view.base, ends) };
    let begin = Question { at_fraction: Some(start_fraction), ..starting(view, starts) };
    view.case.unasked([end, begin])
}

/// The base with such an `nbf`, and a life that a limit on lifetimes lets through.
pub(super) fn starting(view: &View<'_>, offset: i64) -> Question {
    lifetime::within_limit(view, shape::starting(view.base, &view.subject().token, offset))
}

/// The whole-second offset, and the thousandth of our second at which to send it, that test the
/// cut `offset - fraction`.
pub(super) fn cut_at(cut: f64) -> (i64, u16) {
    let fraction = (-cut).rem_euclid(1.0);
    ((cut + fraction).round() as i64, (fraction * 1000.0) as u16 % 1000)
}

/// The two tokens that settle the usual case at once: no leeway and a clock that agrees with its `Date`.
pub(super) fn usual(view: &View<'_>) -> [Question; 2] {
    let now = first_guess(view);
    [shape::expiring(view.base, now), starting(view, now + 1)]
}

/// The first tokens: the usual case, and whether the leeway is within the policy.
fn opening(view: &View<'_>) -> Vec<Question> {
    let mut questions = vec![past_policy(view)];
    questions.extend(usual(view));
    if let Far::Ask(far) = far::refused(view, shape::starting) {
        questions.extend(far);
    }
    questions
}

/// A token that expired a little longer ago than the policy lets a verifier forgive.
pub(super) fn past_policy(view: &View<'_>) -> Question {
    let forgiven = view.subject().policy.max_leeway.as_secs().try_into().unwrap_or(0_i64);
    shape::expiring(view.base, first_guess(view) - forgiven - 2)
}

/// The server's now by its first `Date`, in whole seconds from ours. Later answers sharpen the
/// `Date`, and the opening must stay the same questions.
fn first_guess(view: &View<'_>) -> i64 {
    let early = view.case.observations().iter().take(2);
    DateBox::of(early).map_or(0.0, DateBox::guess).round() as i64
}

/// The observations right at the edges: the tightest tokens on both sides.
pub(super) fn evidence(view: &View<'_>) -> Vec<usize> {
    let known = read(view);
    let mut near: Vec<(f64, usize)> = view
        .case
        .observations()
        .iter()
        .filter_map(|seen| {
            let shape = seen.question.shape()?;
            if varies(view, seen).is_none() || shape == view.base {
                return None;
            }
            let by_start = seen.times.not_before.zip(known.start);
            let (claim, edge) = match (by_start, seen.times.expires) {
                (Some((claim, edge)), _) => (claim, edge),
                (None, Some(claim)) => (claim, known.expiry),
                (None, None) => return None,
            };
            let cut = claim - seen.sent_at.0;
            Some(((cut - edge.low).abs().min((cut - edge.high).abs()), seen.number))
        })
        .collect();
    near.sort_by(|one, other| one.0.total_cmp(&other.0));
    near.into_iter().take(4).map(|(_, number)| number).collect()
}
