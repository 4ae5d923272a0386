//! Where to cut next: what is known of an edge and the time of a round trip in, the offset that tells
//! most out. Finer than a second, a cut has to wait for its fraction of the second; that is what it costs.

use super::Interval;

/// No edge is told more finely: timers and schedulers are not better.
const FINEST: f64 = 0.004;
/// The server reads its clock somewhere within a round trip, so an edge cannot be told more finely
/// than by that; a little more, or the search would never end.
const ROUND_TRIPS: f64 = 1.2;
/// A timer is late by up to a millisecond, on either side of the edge.
const TIMERS: f64 = 0.002;
/// Two cuts closer than so many round trips do not fit into one second: the first answer comes late.
const APART: f64 = 3.0;

/// The width, in seconds, at which an edge counts as known.
#[must_use]
pub fn finest(round_trip: f64) -> f64 {
    FINEST.max(ROUND_TRIPS * round_trip + TIMERS)
}

/// The cut to make next, in seconds, or `None` when `edge` is no wider than `target`.
///
/// As a second goes by, the same whole-second claim tests lower and lower cuts. So a cut below the
/// last one still fits into this second, and only the one beyond the edge costs the rest of it: a
/// third down from the top costs fewer seconds than the middle. Where the thirds are too narrow to be
/// hit in one second, the middle tells most.
#[must_use]
pub fn next_cut(edge: Interval, round_trip: f64, target: f64) -> Option<f64> {
    if !edge.is_finite() || edge.width() <= target {
        return None;
    }
    let third = edge.width() / 3.0;
    let sweeps = third >= FINEST.max(APART * round_trip);
    Some(if sweeps { edge.high - third } else { edge.middle() })
}

/// The cut through the edge of `nbf` that tells how many whole seconds it lies beyond that of `exp`, or
/// `None` when that is known. It lies half a second from each candidate, so a round trip of most
/// of a second does not disturb it.
#[must_use]
pub fn next_sum_cut(expiry: Interval, start: Interval) -> Option<f64> {
    let sums = sums(expiry, start);
    let (least, most) = (sums.start, sums.end - 1);
    let half = f64::midpoint(least as f64, most as f64).floor() + 0.5;
    (least < most).then(|| expiry.middle() + half)
}

/// How many whole seconds the edge of `nbf` can lie beyond that of `exp`: the leeways of both claims,
/// and one more where `exp` is compared inclusively. Never negative, as leeways are not.
pub(super) fn sums(expiry: Interval, start: Interval) -> std::ops::Range<i64> {
    let (least, most) = (start.low - expiry.high, start.high - expiry.low);
    // What was not narrowed tells nothing, and every sum in it would be a reading.
    let narrowed = most - least < 100.0;
    if narrowed { (least.ceil() as i64).max(0)..most.floor() as i64 + 1 } else { 0..0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends at the moments that the cuts ask for, and counts requests and seconds.
    fn find(truth: f64, round_trip: f64) -> (Interval, usize, f64) {
        let mut edge = Interval { low: truth.floor() - 0.3, high: truth.floor() + 1.2 };
        let (begin, mut asked) = (1000.37, 0);
        let mut now = begin;
        while let Some(cut) = next_cut(edge, round_trip, finest(round_trip)) {
            let fraction = (-(cut + round_trip / 2.0)).rem_euclid(1.0);
            now += (fraction - now).rem_euclid(1.0);
            let claim = (cut + now + round_trip / 2.0).round();
            let above = claim - (now + round_trip * 0.7) > truth;
            let learnt = if above {
                Interval { low: f64::NEG_INFINITY, high: claim - now }
            } else {
                Interval { low: claim - now - round_trip, high: f64::INFINITY }
            };
            edge = edge.and(learnt);
            now += round_trip + 0.0007;
            asked += 1;
            assert!(asked < 40, "{edge:?}");
        }
        (edge, asked, now - begin)
    }

    #[test]
    fn an_edge_is_told_to_a_few_milliseconds_in_a_few_seconds() {
        let (mut requests, mut seconds) = (0, 0.0);
        for n in 0..100 {
            let truth = f64::from(n) * 0.7301 - 40.0;
            let (edge, asked, took) = find(truth, 0.001);
            assert!(edge.contains(truth) && edge.width() <= FINEST, "{truth} {edge:?}");
            requests += asked;
            seconds += took;
        }
        assert!(requests <= 1200, "{requests} in 100 runs");
        assert!(seconds <= 600.0, "{seconds} in 100 runs");
    }

    #[test]
    fn a_long_round_trip_widens_the_answer_by_itself() {
        for (truth, round_trip) in [(0.41, 0.1), (-7.2, 0.3), (3.999, 0.05)] {
            let (edge, _, _) = find(truth, round_trip);
            assert!(edge.contains(truth) && edge.width() > round_trip, "{truth} {edge:?}");
        }
    }

    #[test]
    fn half_a_second_tells_the_sum() {
        let expiry = Interval { low: -0.252, high: -0.248 };
        let start = Interval { low: -0.7, high: 0.8 };
        assert_eq!(sums(expiry, start), 0..2);
        let cut = next_sum_cut(expiry, start).expect("two sums are left");
        assert!((cut - 0.25).abs() < 1e-9, "{cut}");
        assert_eq!(next_sum_cut(expiry, Interval { low: -0.7, high: cut }), None);
    }
}
