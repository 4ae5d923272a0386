//! The integer lock: the precise edges of `exp` and `nbf` in, all readings that fit out.
//!
//! Leeways are whole seconds, so the fraction of an edge is the fraction of the skew, and the two
//! edges lie a whole number of seconds apart: the leeways of both claims, and one more where `exp` is
//! compared inclusively. One edge is timed, the sum is counted, and nothing is averaged.

use super::cut::sums;
use super::reading::by_weight;
use super::{DateBox, Interval, Reading, USUAL_LEEWAYS};

/// What the lock found.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    /// The skews that hold the truth under the first reading, and under those that nothing but
    /// taste tells from it.
    pub skew: Interval,
    /// Every reading that fits, the most believable first; never empty.
    pub readings: Vec<Reading>,
}

/// Reads the edges, each as far as the service checks its claim. `None` where neither is known, or
/// where one alone is and no `Date` tells the skew from the leeway.
#[must_use]
pub fn lock(
    expiry: Option<Interval>,
    start: Option<Interval>,
    date: Option<DateBox>,
) -> Option<Lock> {
    let date = date.filter(|date| !date.is_contradictory());
    match (expiry, start) {
        (Some(expiry), Some(start)) => both(expiry, start, date),
        (Some(expiry), None) => alone(by_expiry(expiry, date?.skew())),
        (None, Some(start)) => alone(by_start(start, date?.skew())),
        (None, None) => None,
    }
}

/// The sum of the leeways is one whole number, unless round trips of a second hid it.
fn both(expiry: Interval, start: Interval, date: Option<DateBox>) -> Option<Lock> {
    let allowed = date.map(DateBox::skew);
    let mut readings: Vec<Reading> =
        sums(expiry, start).filter_map(|sum| symmetric(sum, expiry, start, allowed)).collect();
    let skew = readings.iter().map(|reading| reading.skew).reduce(Interval::around)?;
    if let ([only], Some(allowed)) = (readings.as_slice(), allowed) {
        let sum = only.leeway + only.start_leeway + u32::from(only.inclusive);
        // One that gives the same skew is the same clock, told in other words.
        let other = |other: &Reading| other.skew.and(skew).is_empty();
        let others = one_sided(sum, expiry, start, allowed).into_iter().filter(other);
        readings.extend(others.collect::<Vec<_>>());
    }
    readings.sort_by(by_weight);
    let first = readings.first().filter(|first| !first.is_symmetric());
    let skew = match first {
        None => skew,
        Some(first) if date.is_some_and(|date| date.is_in_step_with(first.skew)) => first.skew,
        // The Date may be a proxy's, and suit two leeways by chance; a late one suits several pairs.
        Some(_) => readings.iter().map(|reading| reading.skew).fold(skew, Interval::around),
    };
    Some(Lock { skew, readings })
}

/// One leeway for both claims, as nearly every verifier has it: an odd sum is an inclusive `exp`.
fn symmetric(
    sum: i64,
    expiry: Interval,
    start: Interval,
    date: Option<Interval>,
) -> Option<Reading> {
    let leeway = u32::try_from(sum / 2).ok()?;
    fitting(expiry, start, [leeway, leeway], sum % 2 == 1, date)
}

/// A leeway for each claim, as java-jwt has them, where the `Date` bears it out: one on a single
/// claim, or two that people choose. Any other pair would explain any `Date`.
fn one_sided(sum: u32, expiry: Interval, start: Interval, date: Interval) -> Vec<Reading> {
    let beyond = whole(date.low - expiry.high, date.high - expiry.low);
    let splits = beyond.filter(|beyond| *beyond <= sum).filter_map(|beyond| {
        let rest = sum - beyond;
        let strict = fitting(expiry, start, [beyond, rest], false, Some(date));
        let inclusive = beyond
            .checked_sub(1)
            .and_then(|leeway| fitting(expiry, start, [leeway, rest], true, Some(date)));
        let plausible = [strict, inclusive].into_iter().flatten().filter(is_plausible);
        plausible.min_by(by_weight)
    });
    splits.filter(|reading| reading.agrees_with_date).collect()
}

fn is_plausible(reading: &Reading) -> bool {
    let both = [reading.leeway, reading.start_leeway];
    both.contains(&0) || both.iter().all(|leeway| USUAL_LEEWAYS.contains(leeway))
}

fn fitting(
    expiry: Interval,
    start: Interval,
    [leeway, start_leeway]: [u32; 2],
    inclusive: bool,
    date: Option<Interval>,
) -> Option<Reading> {
    let by_start = start.shifted(-f64::from(start_leeway));
    let skew = expiry.shifted(f64::from(leeway) + f64::from(u8::from(inclusive))).and(by_start);
    let agrees_with_date = date.is_none_or(|date| !skew.and(date).is_empty());
    let reading = Reading { skew, leeway, start_leeway, inclusive, agrees_with_date };
    (!skew.is_empty()).then_some(reading)
}

/// Only `exp` is checked: every whole leeway that puts the skew where `Date` allows it.
fn by_expiry(expiry: Interval, date: Interval) -> Vec<Reading> {
    let beyond = whole(date.low - expiry.high, date.high - expiry.low);
    let readings = beyond.filter_map(|beyond| {
        let skew = expiry.shifted(f64::from(beyond));
        let inclusive = beyond.checked_sub(1).map(|leeway| single(skew, leeway, true));
        [Some(single(skew, beyond, false)), inclusive].into_iter().flatten().min_by(by_weight)
    });
    readings.collect()
}

/// Only `nbf` is checked.
fn by_start(start: Interval, date: Interval) -> Vec<Reading> {
    let leeways = whole(start.low - date.high, start.high - date.low);
    leeways.map(|leeway| single(start.shifted(-f64::from(leeway)), leeway, false)).collect()
}

fn single(skew: Interval, leeway: u32, inclusive: bool) -> Reading {
    Reading { skew, leeway, start_leeway: leeway, inclusive, agrees_with_date: true }
}

fn whole(least: f64, most: f64) -> impl Iterator<Item = u32> {
    // An edge that was not narrowed, or lies where no leeway reaches, tells nothing.
    let sane = most - least < 100.0 && (0.0..1e7).contains(&most);
    if sane { least.ceil().max(0.0) as u32..most as u32 + 1 } else { 0..0 }
}

/// With one edge, the `Date` must pick the leeway, and one that may be late leaves two or three. The
/// skew holds them all.
fn alone(mut readings: Vec<Reading>) -> Option<Lock> {
    readings.sort_by(by_weight);
    let skew = readings.iter().map(|reading| reading.skew).reduce(Interval::around)?;
    Some(Lock { skew, readings })
}
