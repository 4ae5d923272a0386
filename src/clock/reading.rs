//! Skew and leeway, apart: all readings that the two edges and the `Date` allow.
//!
//! With leeway L on both claims, `exp` edge = skew - L (- 1 where whole seconds are compared
//! inclusively) and `nbf` edge = skew + L. L is a whole number of seconds in every known verifier.

use super::Interval;

/// Leeways that verifiers and their users choose, likeliest first.
pub const USUAL_LEEWAYS: [u32; 17] =
    [0, 60, 30, 10, 5, 300, 120, 15, 1, 2, 3, 20, 90, 180, 45, 600, 3600];

/// One way to read the edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The skews that fit; those of the first reading hold those of its equals.
    pub skew: Interval,
    /// The leeway on `exp` in whole seconds.
    pub leeway: u32,
    /// The leeway on `nbf`, where it is checked: the same, except in verifiers with one per claim.
    pub start_leeway: u32,
    /// Whether an `exp` of exactly now is still accepted.
    pub inclusive: bool,
    /// Whether the `Date` field agrees: otherwise it comes from another clock, such as a proxy's.
    pub agrees_with_date: bool,
}

impl Reading {
    /// Whether one leeway serves both claims, as in nearly every verifier.
    #[must_use]
    pub fn is_symmetric(&self) -> bool {
        self.leeway == self.start_leeway
    }

    /// How believable a reading is against its rivals: higher is better.
    fn weight(&self) -> (bool, bool, bool, bool, usize) {
        let rank = USUAL_LEEWAYS.iter().position(|usual| *usual == self.leeway);
        let usualness = USUAL_LEEWAYS.len() - rank.unwrap_or(USUAL_LEEWAYS.len());
        (self.agrees_with_date, self.is_symmetric(), rank.is_some(), !self.inclusive, usualness)
    }
}

/// Every reading that fits, the most believable first.
///
/// `start` is the edge of `nbf`, where the service checks it; `date` is what the `Date` field
/// allows. With neither, only the difference of skew and leeway is known, and no reading is returned
/// unless it shows a clock that is ahead.
#[must_use]
pub fn read(expiry: Interval, start: Option<Interval>, date: Option<Interval>) -> Vec<Reading> {
    let mut readings = match (start, date) {
        (Some(start), None) => symmetric(expiry, start),
        (Some(start), Some(date)) => with_date(expiry, start, date),
        (None, Some(date)) => by_date(expiry, date),
        (None, None) => Vec::new(),
    };
    readings.sort_by(by_weight);
    hold_equals(&mut readings);
    // A leeway is never negative, so an edge ahead of us shows a clock that is at least as far ahead.
    // An edge at our own now is most simply read as no leeway and a right clock.
    if readings.is_empty() && start.is_none() && expiry.high > -1.0 {
        readings = USUAL_LEEWAYS.map(|leeway| ahead(expiry, leeway)).to_vec();
    }
    readings
}

/// Gives the first reading the skews of its equals, too: nothing but taste tells it from those that
/// agree with the `Date` as it does, and have one leeway for both claims as it has.
fn hold_equals(readings: &mut [Reading]) {
    let kind = |reading: &Reading| (reading.agrees_with_date, reading.is_symmetric());
    let Some(first) = readings.first().map(kind) else { return };
    let equals = readings.iter().filter(|reading| kind(reading) == first);
    let skew = equals.map(|reading| reading.skew).reduce(Interval::around);
    if let Some((best, skew)) = readings.first_mut().zip(skew) {
        best.skew = skew;
    }
}

/// The more believable reading first.
pub(super) fn by_weight(one: &Reading, other: &Reading) -> std::cmp::Ordering {
    other.weight().cmp(&one.weight())
}

/// Both edges are known: `start - expiry` is twice the leeway, plus one where `exp` is inclusive.
fn symmetric(expiry: Interval, start: Interval) -> Vec<Reading> {
    let least = (start.low - expiry.high - 1.0) / 2.0;
    let most = (start.high - expiry.low) / 2.0;
    each_leeway(least, most)
        .filter_map(|(leeway, inclusive)| {
            let skew = forgiven(expiry, leeway, inclusive).and(start.shifted(-f64::from(leeway)));
            fits(skew, leeway, leeway, inclusive)
        })
        .collect()
}

/// The `Date` field picks among the splits of the sum: one leeway for both claims, or, where it
/// agrees with none of those, a usual leeway for each (java-jwt has one per claim, others none
/// on `iat`). It may also come from another clock, and agree with nothing.
fn with_date(expiry: Interval, start: Interval, date: Interval) -> Vec<Reading> {
    let mut readings = symmetric(expiry, start);
    for reading in &mut readings {
        let both = reading.skew.and(date);
        reading.agrees_with_date = !both.is_empty();
        if reading.agrees_with_date {
            reading.skew = both;
        }
    }
    if readings.iter().any(|reading| reading.agrees_with_date) {
        return readings;
    }
    for mut reading in by_date(expiry, date) {
        for start_leeway in USUAL_LEEWAYS {
            let skew = reading.skew.and(start.shifted(-f64::from(start_leeway)));
            if !skew.is_empty() && USUAL_LEEWAYS.contains(&reading.leeway) {
                reading.start_leeway = start_leeway;
                readings.push(Reading { skew, ..reading });
            }
        }
    }
    readings
}

/// Only `exp` tells the leeway: the skew comes from `Date`, the leeway is what remains.
fn by_date(expiry: Interval, date: Interval) -> Vec<Reading> {
    let least = date.low - expiry.high - 1.0;
    let most = date.high - expiry.low;
    each_leeway(least, most)
        .filter_map(|(leeway, inclusive)| {
            let skew = forgiven(expiry, leeway, inclusive).and(date);
            fits(skew, leeway, leeway, inclusive)
        })
        .collect()
}

fn ahead(expiry: Interval, leeway: u32) -> Reading {
    Reading {
        skew: forgiven(expiry, leeway, false).around(forgiven(expiry, leeway, true)),
        leeway,
        start_leeway: leeway,
        inclusive: false,
        agrees_with_date: false,
    }
}

/// The skews that an `exp` edge allows under this leeway.
fn forgiven(expiry: Interval, leeway: u32, inclusive: bool) -> Interval {
    expiry.shifted(f64::from(leeway) + f64::from(u8::from(inclusive)))
}

fn fits(skew: Interval, leeway: u32, start_leeway: u32, inclusive: bool) -> Option<Reading> {
    let reading = Reading { skew, leeway, start_leeway, inclusive, agrees_with_date: true };
    (!skew.is_empty()).then_some(reading)
}

/// Whole leeways in a range, each with `exp` compared strictly and inclusively.
fn each_leeway(least: f64, most: f64) -> impl Iterator<Item = (u32, bool)> {
    // An edge that far away was not narrowed: there is nothing to tell.
    let sane = most < 1e7 && most - least < 100.0;
    let range =
        if sane && most >= 0.0 { least.floor().max(0.0) as u32..most as u32 + 1 } else { 0..0 };
    range.flat_map(|leeway| [(leeway, false), (leeway, true)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(value: f64) -> Interval {
        Interval { low: value - 0.6, high: value + 0.5 }
    }

    #[test]
    fn skew_and_leeway_come_apart_without_a_date() {
        for (skew, leeway) in [(0.0, 0), (95.3, 300), (-40.0, 0), (3.4, 60), (-90.0, 10)] {
            let l = f64::from(leeway);
            let readings = read(around(skew - l), Some(around(skew + l)), None);
            let best = readings.first().expect("there is a reading");
            assert_eq!(best.leeway, leeway);
            assert!(best.skew.contains(skew), "{skew} not in {best:?}");
        }
    }

    #[test]
    fn a_proxys_date_is_recognised_as_another_clock() {
        let readings =
            read(around(95.0), Some(around(95.0)), Some(Interval { low: -0.5, high: 1.6 }));
        assert!(readings.iter().all(|reading| !reading.agrees_with_date));
        assert_eq!(readings.first().map(|reading| reading.leeway), Some(0));
    }

    #[test]
    fn a_leeway_on_one_claim_only_is_no_skew() {
        let date = Interval { low: -0.3, high: 1.3 };
        let readings = read(around(-60.0), Some(around(0.0)), Some(date));
        let best = readings.first().expect("there is a reading");
        assert_eq!((best.leeway, best.start_leeway, best.agrees_with_date), (60, 0, true));
        assert!(best.skew.contains(0.0));
    }

    #[test]
    fn without_nbf_the_date_splits_skew_from_leeway() {
        let readings = read(around(-61.0), None, Some(Interval { low: -0.2, high: 1.4 }));
        assert_eq!(readings.first().map(|reading| reading.leeway), Some(60));
    }
}
