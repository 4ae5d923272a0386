//! The edges of `exp` and `nbf` to a few milliseconds: edges known to the second in, tokens for
//! chosen moments out, and what they tell in the end. Asks nothing unless the scope wants precision.

use super::case::Case;
use super::edges::{AGES_AGO, DAY, Edges, LONG_AGO, cut_at};
use super::shape;
use super::view::View;
use crate::clock::{self, DateBox, Interval, Lock, Reading, finest, next_cut, next_sum_cut};
use crate::clock_reading::{ClockReading, PreciseClock};
use crate::diagnosis::{ClockFacts, ClockSource};
use crate::plan::ClockScope;
use crate::question::{Connection, Question};

/// So many moments are waited for at most: an edge that is not known by then stays as wide as it is.
const MOST: usize = 32;
/// Rounds of the questions just outside both ends of what was found. A search by halves cannot see its
/// own faults: each answer fits by construction.
const OUTSIDE: [u16; 2] = [1000, 1001];
/// So many answers tell how long a round trip takes.
const LATEST: usize = 9;
/// Starts of life so long ago that no clock calls them early.
const LONG_STARTED: [i64; 3] = [-60, LONG_AGO, -DAY];

/// The claim whose edge is timed; that of the other is counted from it.
#[derive(Clone, Copy)]
enum Claim {
    Expiry,
    Start,
}

/// The tokens to send next; empty when the edges are known as precisely as they can be.
pub(super) fn next(view: &View<'_>, known: &Edges) -> Vec<Question> {
    if view.subject().scope.clock != ClockScope::Precise || is_contradictory(view, known) {
        return Vec::new();
    }
    let brackets = brackets(view, known);
    if !brackets.is_empty() {
        return brackets;
    }
    let asked = view.case.observations().iter();
    let waited = asked.filter(|seen| seen.question.at_fraction.is_some()).count();
    let Some((claim, edge)) = timed(view, known).filter(|_| waited < MOST) else {
        return Vec::new();
    };
    // Counted from one, so that a cut that told nothing can be made again.
    let round = u16::try_from(waited + 1).unwrap_or(u16::MAX);
    let round_trip = round_trip(view.case);
    let target = finest(round_trip);
    if let Some(cut) = next_cut(edge, round_trip, target) {
        return vec![cut_question(view, claim, cut, round)];
    }
    let sum_cut = known.start.filter(|_| expiry_is_checked(view));
    if let Some(cut) = sum_cut.and_then(|start| next_sum_cut(known.expiry, start)) {
        return vec![cut_question(view, Claim::Start, cut, round)];
    }
    let outside = [(edge.high + target, OUTSIDE[0]), (edge.low - target, OUTSIDE[1])];
    let left = outside.into_iter().filter(|(_, round)| !was_asked(view, *round));
    left.map(|(cut, round)| cut_question(view, claim, cut, round)).collect()
}

/// What the answers tell; `None` without precision, or where they fit no reading.
pub(super) fn lock(view: &View<'_>, known: &Edges) -> Option<Lock> {
    if view.subject().scope.clock != ClockScope::Precise {
        return None;
    }
    let expiry = Some(known.expiry).filter(|edge| expiry_is_checked(view) && edge.is_finite());
    let start = known.start.filter(|edge| edge.is_finite());
    clock::lock(expiry, start, known.date)
}

/// Whether the answers fit no clock at all.
pub(super) fn is_contradictory(view: &View<'_>, known: &Edges) -> bool {
    let start = known.start.unwrap_or(Interval::EVERYTHING);
    let precise = view.subject().scope.clock == ClockScope::Precise;
    precise && (known.expiry.is_empty() || start.is_empty())
}

/// The skew by the lock, and what else it tells.
pub(super) fn facts(view: &View<'_>, known: &Edges, lock: &Lock) -> ClockFacts {
    let expiry = expiry_is_checked(view);
    let said = |reading: &Reading| {
        Some(ClockReading {
            skew: reading.skew.measured()?,
            leeway_exp: expiry.then_some(reading.leeway),
            leeway_nbf: known.start.map(|_| reading.start_leeway),
            inclusive: expiry.then_some(reading.inclusive),
        })
    };
    let mut readings = lock.readings.iter().filter_map(said);
    let date = known.date.filter(|date| !date.is_contradictory());
    let precise = readings.next().map(|reading| PreciseClock {
        reading,
        rivals: readings.collect(),
        date: date.map(|date| date.beside(lock.skew)),
    });
    let skew = lock.skew.measured();
    ClockFacts {
        skew,
        at_least: false,
        source: Some(ClockSource::Token),
        date: date.map(DateBox::skew).and_then(Interval::measured),
        token: skew,
        precise,
    }
}

pub(super) fn expiry_is_checked(view: &View<'_>) -> bool {
    view.taken(&shape::expiring(view.base, AGES_AGO)) != Some(true)
}

/// An edge needs an answer on either side before it can be narrowed.
fn brackets(view: &View<'_>, known: &Edges) -> Vec<Question> {
    if known.expiry.low.is_infinite() && expiry_is_checked(view) {
        let older = [LONG_AGO, -DAY, AGES_AGO].map(|offset| shape::expiring(view.base, offset));
        return first_unasked(view, older);
    }
    let spec = &view.subject().token;
    match known.start {
        Some(start) if start.low.is_infinite() => {
            first_unasked(view, LONG_STARTED.map(|offset| shape::starting(view.base, spec, offset)))
        }
        _ => Vec::new(),
    }
}

fn first_unasked<const N: usize>(view: &View<'_>, questions: [Question; N]) -> Vec<Question> {
    let mut unasked = view.case.unasked(questions);
    unasked.truncate(1);
    unasked
}

/// The edge to time: that of `exp`, or that of `nbf` where `exp` is not looked at.
fn timed(view: &View<'_>, known: &Edges) -> Option<(Claim, Interval)> {
    let expiry = Some((Claim::Expiry, known.expiry)).filter(|_| expiry_is_checked(view));
    let start = known.start.map(|edge| (Claim::Start, edge));
    expiry.or(start).filter(|(_, edge)| edge.is_finite())
}

/// A token that tests this cut, sent so that it is there when the server reads its clock.
fn cut_question(view: &View<'_>, claim: Claim, cut: f64, round: u16) -> Question {
    let (offset, fraction) = cut_at(cut + round_trip(view.case) / 2.0);
    let question = match claim {
        Claim::Expiry => shape::expiring(view.base, offset),
        Claim::Start => shape::starting(view.base, &view.subject().token, offset),
    };
    Question { at_fraction: Some(fraction), ..question.again(round) }
}

fn was_asked(view: &View<'_>, round: u16) -> bool {
    view.case.observations().iter().any(|seen| seen.question.round == round)
}

/// The usual time there and back of late, in seconds: half of the latest answers took longer. The first
/// ones came while much else was asked.
pub(super) fn round_trip(case: &Case) -> f64 {
    let answered = case.observations().iter().rev().filter(|seen| seen.answer().is_some());
    let kept = answered.filter(|seen| seen.question.connection == Connection::Kept);
    let mut latest: Vec<f64> = kept.take(LATEST).map(|seen| seen.round_trip().0).collect();
    latest.sort_by(f64::total_cmp);
    latest.get(latest.len() / 2).copied().unwrap_or(0.0)
}
