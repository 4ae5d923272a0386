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
/// Below this width the usual leeways no longer help.
const CLOSE: f64 = 6.0;

/// Which whole-second offsets to send next to narrow an edge that lies in `edge`: likely places
/// first, then thirds. Empty when the edge is known to the second.
#[must_use]
pub fn next_offsets(edge: Interval, likely: &[f64]) -> Vec<i64> {
    if edge.width() <= NARROW || !edge.is_finite() {
        return Vec::new();
    }
    let mut offsets = Vec::new();
    let guess = likely.iter().copied().find(|place| edge.contains(*place));
    match guess {
        // A cut lies up to a second below its offset, so these two lie around the place.
        Some(place) if edge.width() > CLOSE => {
            offsets.push(place.round() as i64);
            offsets.push(place.round() as i64 + 1);
        }
        _ => {
            let third = edge.width() / 3.0;
            offsets.push((edge.low + third + 0.5).round() as i64);
            offsets.push((edge.low + 2.0 * third + 0.5).round() as i64);
        }
    }
    offsets.dedup();
    offsets.retain(|&offset| {
        let cut = offset as f64;
        cut - 1.0 < edge.high && cut > edge.low
    });
    offsets
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
