//! The edge of a time claim: the offset from the server's now at which acceptance turns.

use super::Interval;

/// Where a verifier begins to accept, in seconds from our now, for one time claim.
///
/// A token with `exp` = c is accepted when c is beyond the edge `skew - leeway` (one second less
/// for verifiers that compare whole seconds inclusively); a token with `nbf` or `iat` = c is
/// accepted up to the edge `skew + leeway`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge(pub Interval);

impl Edge {
    /// Nothing is known yet.
    pub const UNKNOWN: Self = Self(Interval::EVERYTHING);

    /// Takes in a token that was sent between `sent` and `received` with an `exp` of `claim`.
    #[must_use]
    pub fn with_expiry(self, claim: f64, sent: f64, received: f64, accepted: bool) -> Self {
        self.with(claim, sent, received, !accepted)
    }

    /// Takes in a token with an `nbf` or `iat` of `claim`.
    #[must_use]
    pub fn with_start(self, claim: f64, sent: f64, received: f64, accepted: bool) -> Self {
        self.with(claim, sent, received, accepted)
    }

    /// The server read its clock somewhere between sending and receiving, so the cut lies between
    /// `claim - received` and `claim - sent`: each answer moves one end by the safe bound.
    fn with(self, claim: f64, sent: f64, received: f64, edge_is_beyond: bool) -> Self {
        let learnt = if edge_is_beyond {
            Interval { low: claim - received, high: f64::INFINITY }
        } else {
            Interval { low: f64::NEG_INFINITY, high: claim - sent }
        };
        Self(self.0.and(learnt))
    }
}

/// An edge this narrow is known to the second: a whole-second claim cannot tell more unless the
/// moment of sending is chosen.
const NARROW: f64 = 1.5;
/// How far from a likely place an edge may lie: half a second of skew either way, and one more
/// where whole seconds are compared inclusively.
const SPREAD: [(f64, f64); 4] = [(-1.2, 1.0), (-0.5, 2.0), (0.2, 2.0), (0.8, 1.0)];
/// So many points stand for every other place, so that the search ends wherever the edge is.
const ELSEWHERE: u32 = 12;
/// What all other places together weigh, against 1 for the likeliest.
const ELSEWHERE_WEIGHT: f64 = 0.3;

/// Which whole-second offsets to send next to narrow an edge that lies in `edge`. `likely` are
/// places where it may well be, likeliest first: two cuts part what is likely into thirds. Empty
/// when the edge is known to the second.
#[must_use]
pub fn next_offsets(edge: Interval, likely: &[f64]) -> Vec<i64> {
    if edge.width() <= NARROW || !edge.is_finite() {
        return Vec::new();
    }
    let points = weighted(edge, likely);
    let all: f64 = points.iter().map(|(_, weight)| weight).sum();
    // A cut lies up to a second below its offset, half a second on average.
    let mut offsets =
        [1.0, 2.0].map(|part| (quantile(&points, all * part / 3.0) + 0.5).round() as i64).to_vec();
    offsets.dedup();
    offsets.retain(|&offset| edge.contains(offset as f64 - 0.5));
    if offsets.is_empty() {
        offsets.push((edge.middle() + 0.5).round() as i64);
    }
    offsets
}

/// Points inside the interval with their weights, in order of place.
fn weighted(edge: Interval, likely: &[f64]) -> Vec<(f64, f64)> {
    let ranked = likely.iter().zip(1_u32..);
    let near = ranked.flat_map(|(place, rank)| {
        SPREAD.map(|(off, weight)| (place + off, weight / 6.0 / f64::from(rank)))
    });
    let step = edge.width() / f64::from(ELSEWHERE);
    let weight = ELSEWHERE_WEIGHT / f64::from(ELSEWHERE);
    let elsewhere = (0..ELSEWHERE).map(|n| (edge.low + step * (f64::from(n) + 0.5), weight));
    let mut points: Vec<_> =
        near.chain(elsewhere).filter(|(place, _)| edge.contains(*place)).collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    points
}

/// The place below which so much of the weight lies.
fn quantile(points: &[(f64, f64)], wanted: f64) -> f64 {
    let mut below = 0.0;
    for &(place, weight) in points {
        below += weight;
        if below >= wanted {
            return place;
        }
    }
    points.last().map_or(0.0, |&(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finds an edge at `truth` with sends at drifting fractions of the second.
    fn find(truth: f64, likely: &[f64]) -> (Interval, usize) {
        let mut edge = Edge(Interval { low: -3600.0, high: 60.0 });
        let mut now = 1_000_000.37;
        let mut asked = 0;
        loop {
            let offsets = next_offsets(edge.0, likely);
            if offsets.is_empty() || asked > 60 {
                return (edge.0, asked);
            }
            for offset in offsets {
                let claim = f64::floor(now) + offset as f64;
                let accepted = claim - (now + 0.002) > truth;
                edge = edge.with_expiry(claim, now, now + 0.004, accepted);
                now += 0.0137;
                asked += 1;
            }
        }
    }

    #[test]
    fn every_edge_is_found_to_the_second() {
        let likely = [-60.0, -30.0, -10.0, -300.0];
        for truth in [0.0, -0.3, -1.0, -59.98, -61.0, -30.4, -47.3, -205.0, -899.9, 55.0] {
            let (edge, asked) = find(truth, &likely);
            assert!(edge.contains(truth), "{truth} not in {edge:?}");
            assert!(edge.width() <= NARROW, "{edge:?} after {asked}");
            assert!(asked <= 24, "{truth} took {asked}");
        }
    }

    #[test]
    fn a_usual_leeway_is_found_with_few_requests() {
        let (_, asked) = find(-59.98, &[-60.0]);
        assert!(asked <= 6, "{asked}");
    }
}
