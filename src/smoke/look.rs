//! What was answered in one look at a service: how much more makes it whole, and what it shows.
//! Never looks beyond itself.

use std::net::SocketAddr;

use super::seen::{Kind, Seen};
use crate::fraction::Count;
use crate::question::Connection;
use crate::time::UnixTime;

/// One replica in so many is to be found if it is not on the new key alone …
pub const ONE_IN: f64 = 10.0;
/// … with this certainty.
pub const CONFIDENCE: f64 = 0.95;

/// So many connections, each to a replica chosen at random, meet one replica in `one_in` at least once
/// with this certainty: the least n with `(1 - 1/one_in)^n <= 1 - confidence`.
#[must_use]
pub fn sample_size(one_in: f64, confidence: f64) -> usize {
    ((1.0 - confidence).ln() / (1.0 - 1.0 / one_in).ln()).ceil() as usize
}

/// So many of each kind are enough to see whether an old key is still there, most of the time.
pub(super) const POLL: usize = 4;
/// So many tokens go out before their answers are looked at.
const CHUNK: usize = 8;

/// The answers of one look, in the order in which they were told.
#[derive(Debug, Clone, Default)]
pub(super) struct Look(Vec<Seen>);

impl Look {
    pub(super) fn extend(&mut self, seen: Vec<Seen>) {
        self.0.extend(seen);
    }

    pub(super) fn seen(&self) -> &[Seen] {
        &self.0
    }

    pub(super) fn asked(&self) -> usize {
        self.0.len()
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &Seen> {
        self.0.iter().filter(move |seen| seen.kind == kind)
    }

    /// What to ask next; nothing if the look is whole. It begins with a few of each kind, which shows
    /// most old keys. Then one kind comes after the other: in turns, a balancer that takes turns would
    /// sort them by replica.
    pub(super) fn wanted(&self, needed: [usize; 2]) -> Vec<Kind> {
        let missing = [Kind::New, Kind::Old]
            .map(|kind| (kind, needed[kind as usize].saturating_sub(self.of(kind).count())));
        let some = |(kind, count): (Kind, usize), most| vec![kind; count.min(most)];
        if self.0.is_empty() {
            return missing.into_iter().flat_map(|row| some(row, POLL)).collect();
        }
        let next = missing.into_iter().find(|(_, count)| *count > 0);
        next.map_or(Vec::new(), |row| some(row, CHUNK))
    }

    /// Whether every answer that is needed came, and could be judged.
    pub(super) fn is_whole(&self, needed: [usize; 2]) -> bool {
        self.undecided() == 0 && self.wanted(needed).is_empty()
    }

    pub(super) fn count(&self, kind: Kind) -> Count {
        let taken = self.of(kind).filter(|seen| seen.is_taken()).count();
        let refused = self.of(kind).filter(|seen| seen.is_refused()).count();
        Count { taken, refused }
    }

    pub(super) fn refused_further(&self, kind: Kind) -> usize {
        self.of(kind).filter(|seen| seen.is_refused_further()).count()
    }

    pub(super) fn undecided(&self) -> usize {
        self.0.iter().filter(|seen| seen.is_undecided()).count()
    }

    pub(super) fn undecided_of(&self, kind: Kind) -> usize {
        self.of(kind).filter(|seen| seen.is_undecided()).count()
    }

    /// Whether none of the last answers could be judged.
    pub(super) fn ends_unjudged(&self) -> bool {
        self.0.iter().rev().take(2 * POLL).all(Seen::is_undecided)
    }

    pub(super) fn signs(&self, overlap_until: Option<UnixTime>) -> usize {
        self.0.iter().filter(|seen| seen.is_sign(overlap_until)).count()
    }

    pub(super) fn first_at(&self) -> Option<UnixTime> {
        self.0.iter().map(|seen| seen.at).min_by(|one, other| one.0.total_cmp(&other.0))
    }

    /// Whether one of these addresses answered.
    pub(super) fn has_answer(&self, is_meant: impl Fn(SocketAddr) -> bool) -> bool {
        self.0.iter().any(|seen| match seen.connection {
            Connection::To(address) => is_meant(address) && seen.has_answer(),
            Connection::Kept | Connection::Fresh => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::sample_size;

    #[test]
    fn the_sample_is_the_least_that_misses_one_in_ten_less_than_once_in_twenty() {
        for (one_in, expected) in [(2.0, 5), (4.0, 11), (10.0, 29)] {
            let size = sample_size(one_in, 0.95);
            assert_eq!(size, expected);
            let missed = |size: usize| (1.0_f64 - 1.0 / one_in).powf(size as f64);
            assert!(missed(size) <= 0.05 && missed(size - 1) > 0.05);
        }
    }
}
