//! Where both edges of a verifier may well lie: the skews that `Date` allows and what is known of the
//! edges in, places with their weights out. Supposes one leeway for both claims, as nearly all have.

use super::{Interval, USUAL_LEEWAYS};

/// So many skews stand for all that the `Date` allows.
const SKEWS: u32 = 12;
/// What the skew that is guessed weighs, against 1 for all that the `Date` allows.
const GUESSED: f64 = 1.0;
/// What every leeway weighs that nobody chooses, against 1 for the likeliest.
const UNUSUAL: f64 = 0.005;
/// How many verifiers compare whole seconds inclusively.
const INCLUSIVE: f64 = 0.3;

/// One verifier that everything known so far allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likely {
    /// Where the edge of its `exp` lies, in seconds from our now.
    pub expiry: f64,
    /// Where that of its `nbf` lies.
    pub start: f64,
    weight: f64,
}

/// The verifiers that forgive `most` seconds at most, with edges inside of `expiry` and `start`.
/// `guess` is the likeliest of the `skews`.
#[must_use]
pub fn likely(
    skews: Interval,
    guess: f64,
    most: u32,
    expiry: Interval,
    start: Interval,
) -> Vec<Likely> {
    let step = skews.width() / f64::from(SKEWS);
    let each =
        (0..SKEWS).map(|n| (skews.low + step * (f64::from(n) + 0.5), 1.0 / f64::from(SKEWS)));
    let skews: Vec<_> = each.chain([(guess, GUESSED)]).collect();
    let mut all = Vec::new();
    for leeway in 0..=most {
        for (skew, weight) in &skews {
            for (inclusive, share) in [(0.0, 1.0 - INCLUSIVE), (1.0, INCLUSIVE)] {
                all.push(Likely {
                    expiry: skew - f64::from(leeway) - inclusive,
                    start: skew + f64::from(leeway),
                    weight: weight * share * usualness(leeway),
                });
            }
        }
    }
    all.retain(|one| expiry.contains(one.expiry) && start.contains(one.start));
    all
}

/// Where all these places lie but for the `rare` share of their weight at either end; `None` without any.
#[must_use]
pub fn span(all: &[Likely], rare: f64, place: fn(&Likely) -> f64) -> Option<Interval> {
    Some(Interval { low: below(all, rare, place)?, high: below(all, 1.0 - rare, place)? })
}

/// The place below which such a share of the weight lies.
#[must_use]
pub fn below(all: &[Likely], share: f64, place: fn(&Likely) -> f64) -> Option<f64> {
    let mut sorted: Vec<_> = all.iter().map(|one| (place(one), one.weight)).collect();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
    let wanted = sorted.iter().map(|(_, weight)| weight).sum::<f64>() * share;
    let mut weight_below = 0.0;
    let passed = sorted.iter().find(|(_, weight)| {
        weight_below += weight;
        weight_below >= wanted
    });
    passed.or(sorted.last()).map(|(place, _)| *place)
}

fn usualness(leeway: u32) -> f64 {
    let rank = (1_u32..).zip(USUAL_LEEWAYS).find(|(_, usual)| *usual == leeway);
    rank.map_or(UNUSUAL, |(rank, _)| 1.0 / f64::from(rank))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATED: Interval = Interval { low: -0.5, high: 0.5 };

    fn of(expiry: Interval, start: Interval) -> Vec<Likely> {
        likely(DATED, 0.0, 60, expiry, start)
    }

    #[test]
    fn whatever_is_possible_lies_within_what_is_known() {
        let (expiry, start) =
            (Interval { low: -40.0, high: -9.0 }, Interval { low: 9.0, high: 20.0 });
        let all = of(expiry, start);
        assert!(!all.is_empty());
        assert!(all.iter().all(|one| expiry.contains(one.expiry) && start.contains(one.start)));
    }

    #[test]
    fn one_edge_tells_where_the_other_is() {
        let all = of(Interval { low: -31.0, high: -29.0 }, Interval::EVERYTHING);
        let starts = span(&all, 0.05, |one| one.start).unwrap();
        assert!(starts.contains(30.0) && starts.width() < 3.0, "{starts:?}");
    }

    #[test]
    fn edges_that_fit_no_verifier_have_no_span() {
        let all = of(Interval { low: 5.0, high: 6.0 }, Interval { low: 0.0, high: 1.0 });
        assert_eq!(span(&all, 0.05, |one| one.start), None);
    }
}
