//! Does a service refuse a signature the later, the more of it is right? Round-trip times in, a
//! difference out only where chance cannot have made it: over a network it can rarely be told.
//!
//! Both kinds go out in pairs, each pair in an order drawn by lot. Whatever else makes every second
//! answer slow (a pool of two workers, a collector of garbage) then falls on either kind alike, and
//! the signs of the pairs' differences are fair coins for a service that does not tell them apart.

use super::judge::{Judge, Reception};
use crate::hostile::{End, Trick};
use crate::question::{Forgery, Question, TokenShape};

/// So many samples of either kind.
const PAIRS: u16 = 150;
/// All pairs together must lie so many standard deviations from chance; one honest service in
/// millions does.
const ALL: f64 = 5.0;
/// Each half of them must show it by itself: a load that comes and goes does not.
const HALF: f64 = 3.0;
/// What the order within the pairs is drawn from: the same in every run, for a stage is asked more
/// than once what it sends.
const LOT: u64 = 58;

/// The samples, pair by pair.
pub(super) fn questions(base: &TokenShape) -> Vec<Question> {
    let mut lot = fastrand::Rng::with_seed(LOT);
    (0..PAIRS)
        .flat_map(|round| {
            let mut pair = [End::First, End::Last];
            lot.shuffle(&mut pair);
            pair.map(|end| sample(base, end, round))
        })
        .collect()
}

fn sample(base: &TokenShape, end: End, round: u16) -> Question {
    let forgery = Some(Forgery::Hostile(Trick::WrongByte(end)));
    Question::token(TokenShape { forgery, ..base.clone() }).again(round)
}

/// By how many seconds a wrong last byte is refused later, in the median, where that is certain.
///
/// # Errors
/// The reason why it cannot be told.
pub(super) fn difference(judge: &Judge<'_>) -> Result<f64, String> {
    let refused_after = |end, round| {
        let question = sample(judge.base, end, round);
        let refused = judge.reception(&question) == Some(Reception::Refused);
        refused.then(|| judge.case.observed(&question))?.map(|seen| seen.round_trip().0)
    };
    let later: Vec<f64> = (0..PAIRS)
        .filter_map(|round| {
            Some(refused_after(End::Last, round)? - refused_after(End::First, round)?)
        })
        .collect();
    if later.len() < usize::from(PAIRS) / 2 {
        return Err("not told: too few of the samples were refused".to_owned());
    }
    let median = median(&later);
    if is_certain(&later) {
        return Ok(median);
    }
    Err(format!(
        "not told: {} samples differ by {:.0} µs, which may be chance",
        2 * later.len(),
        median.abs() * 1e6
    ))
}

/// Only later is a finding: no comparison that stops early refuses the better signature sooner.
fn is_certain(later: &[f64]) -> bool {
    let (one, other) = later.split_at(later.len() / 2);
    deviation(later) >= ALL && [one, other].into_iter().all(|half| deviation(half) >= HALF)
}

/// Wilcoxon's signed-rank statistic in standard deviations from chance; positive where the
/// differences are mostly above zero.
fn deviation(differences: &[f64]) -> f64 {
    let mut ranked: Vec<f64> = differences.iter().copied().filter(|one| *one != 0.0).collect();
    ranked.sort_by(|one, other| one.abs().total_cmp(&other.abs()));
    let ranks = (1..).map(f64::from);
    let (sum, squares) = ranks.zip(&ranked).fold((0.0, 0.0), |(sum, squares), (rank, one)| {
        (sum + rank * one.signum(), squares + rank * rank)
    });
    if squares == 0.0 { 0.0 } else { sum / f64::sqrt(squares) }
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Algorithm;

    /// Pairs of times that look like those of a server: a floor, and now and then something in
    /// between; the wrong last byte refused `later` seconds later.
    fn pairs(seed: u64, later: f64) -> Vec<f64> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut time = || 0.001 + 0.0003 * -random.f64().max(1e-9).ln();
        (0..PAIRS).map(|_| later + time() - time()).collect()
    }

    /// What the pairs show where a service's time hangs on nothing but the place in the run.
    fn by_place(time: impl Fn(usize) -> f64) -> Vec<f64> {
        let base = TokenShape::baseline(Algorithm::HS256);
        let mut places = [Vec::new(), Vec::new()];
        for (place, question) in questions(&base).into_iter().enumerate() {
            let is_last = question == sample(&base, End::Last, question.round);
            places[usize::from(is_last)].push(time(place));
        }
        let [first, last] = places;
        last.into_iter().zip(first).map(|(last, first)| last - first).collect()
    }

    #[test]
    fn two_samples_of_one_service_are_never_called_different() {
        for seed in 0..2_000 {
            assert!(!is_certain(&pairs(seed, 0.0)), "seed {seed}");
        }
    }

    #[test]
    fn a_refusal_that_comes_later_by_its_own_spread_is_found_and_an_earlier_one_is_not() {
        for seed in 0..100 {
            assert!(is_certain(&pairs(seed, 0.0003)), "seed {seed}");
            assert!(!is_certain(&pairs(seed, -0.0003)), "seed {seed}");
        }
    }

    #[test]
    fn what_makes_every_nth_answer_slow_is_not_called_a_difference() {
        for nth in 2..20 {
            for offset in 0..nth {
                let slow = |place| if place % nth == offset { 0.0013 } else { 0.001 };
                assert!(!is_certain(&by_place(slow)), "{nth} {offset}");
            }
        }
    }

    #[test]
    fn a_load_that_comes_in_the_second_half_is_not_called_a_difference() {
        let loaded = by_place(|place| if place < 150 { 0.001 } else { 0.011 });
        assert!(!is_certain(&loaded));
    }
}
