//! Does a service refuse a signature the later, the more of it is right? Round-trip times in, a
//! difference out only where chance cannot have made it: over a network it can rarely be told.

use std::cmp::Ordering;

use super::judge::{Judge, Reception};
use crate::hostile::{End, Trick};
use crate::question::{Forgery, Question, TokenShape};

/// So many samples of either kind.
const SAMPLES: u16 = 150;
/// All samples together must lie so many standard deviations from chance; one honest service in
/// millions does.
const ALL: f64 = 5.0;
/// Each half of them must show it by itself, in the same direction: a load that comes and goes does not.
const HALF: f64 = 3.0;

/// The samples, the two kinds in turns.
pub(super) fn questions(base: &TokenShape) -> Vec<Question> {
    (0..SAMPLES)
        .flat_map(|round| [End::First, End::Last].map(|end| sample(base, end).again(round)))
        .collect()
}

fn sample(base: &TokenShape, end: End) -> Question {
    let forgery = Some(Forgery::Hostile(Trick::WrongByte(end)));
    Question::token(TokenShape { forgery, ..base.clone() })
}

/// By how many seconds the median refusal of a wrong last byte comes later, where that is certain.
///
/// # Errors
/// The reason why it cannot be told.
pub(super) fn difference(judge: &Judge<'_>) -> Result<f64, String> {
    let times = |end| -> Vec<f64> {
        (0..SAMPLES)
            .map(|round| sample(judge.base, end).again(round))
            .filter(|question| judge.reception(question) == Some(Reception::Refused))
            .filter_map(|question| Some(judge.case.observed(&question)?.round_trip().0))
            .collect()
    };
    let (first, last) = (times(End::First), times(End::Last));
    if first.len().min(last.len()) < usize::from(SAMPLES) / 2 {
        return Err("not told: too few of the samples were refused".to_owned());
    }
    let later = median(&last) - median(&first);
    if is_certain(&first, &last) {
        return Ok(later);
    }
    Err(format!(
        "not told: {} samples differ by {:.0} µs, which may be chance",
        first.len() + last.len(),
        later.abs() * 1e6
    ))
}

fn is_certain(first: &[f64], last: &[f64]) -> bool {
    let halves = [
        deviation(&first[..first.len() / 2], &last[..last.len() / 2]),
        deviation(&first[first.len() / 2..], &last[last.len() / 2..]),
    ];
    let all = deviation(first, last);
    all.abs() >= ALL && halves.iter().all(|half| half.abs() >= HALF && half * all > 0.0)
}

/// The Mann-Whitney statistic in standard deviations from chance; positive where `other` is larger.
fn deviation(one: &[f64], other: &[f64]) -> f64 {
    let (n, m) = (one.len() as f64, other.len() as f64);
    if n == 0.0 || m == 0.0 {
        return 0.0;
    }
    let wins: f64 = other.iter().flat_map(|b| one.iter().map(move |a| win(*a, *b))).sum();
    (wins - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

/// 1 where `b` is larger than `a`, a half where they are equal.
fn win(a: f64, b: f64) -> f64 {
    match b.total_cmp(&a) {
        Ordering::Greater => 1.0,
        Ordering::Equal => 0.5,
        Ordering::Less => 0.0,
    }
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times that look like those of a server: a floor, and now and then something in between.
    fn times(seed: u64, later: f64) -> Vec<f64> {
        let mut random = fastrand::Rng::with_seed(seed);
        (0..SAMPLES).map(|_| 0.001 + later + 0.0003 * -random.f64().max(1e-9).ln()).collect()
    }

    #[test]
    fn two_samples_of_one_service_are_never_called_different() {
        for seed in 0..2_000 {
            assert!(!is_certain(&times(seed, 0.0), &times(seed + 10_000, 0.0)), "seed {seed}");
        }
    }

    #[test]
    fn a_refusal_that_comes_later_by_its_own_spread_is_found() {
        for seed in 0..100 {
            let (one, other) = (times(seed, 0.0), times(seed + 10_000, 0.0003));
            assert!(is_certain(&one, &other), "seed {seed}");
            assert!(deviation(&one, &other) > 0.0 && deviation(&other, &one) < 0.0);
        }
    }

    #[test]
    fn a_load_that_comes_in_the_second_half_is_not_called_a_difference() {
        let mut loaded = times(1, 0.0);
        loaded.iter_mut().skip(75).for_each(|time| *time += 0.01);
        assert!(!is_certain(&times(2, 0.0), &loaded));
    }
}
