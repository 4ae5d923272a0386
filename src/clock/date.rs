//! What the `Date` fields of a service's answers say of the clock behind them.

use super::Interval;
use crate::clock_reading::DateClock;
use crate::observation::{DateField, Observation};
use crate::time::Seconds;

/// How late a `Date` may be, in seconds: servers refresh it by timers and caches, up to a second
/// behind, never ahead.
const LATENESS: f64 = 1.1;

/// So close, in seconds, the turns of one clock lie together, seen through `Date` and through tokens.
const IN_STEP: f64 = 0.05;

/// The range of skews that every `Date` field allows (RFC 9110 section 6.6.1): with the field at
/// `D`, sent at `s` and received at `r`, `D - r < skew < D + 1 - s`, and up to 1.1 s more where the field is late.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DateBox {
    fresh: Interval,
}

impl DateBox {
    /// Reads all observations; `None` if none of them carries a usable `Date`. Answers out of a
    /// cache (with an `Age`) are left out.
    #[must_use]
    pub fn of<'a>(observations: impl IntoIterator<Item = &'a Observation>) -> Option<Self> {
        let fresh = observations
            .into_iter()
            .filter_map(|observation| {
                let answer = observation.answer().filter(|answer| answer.age.is_none())?;
                let DateField::At(date) = answer.date else { return None };
                Some(Interval {
                    low: (date - observation.received_at).0,
                    high: (date - observation.sent_at).0 + 1.0,
                })
            })
            .reduce(Interval::and)?;
        Some(Self { fresh })
    }

    /// The observations by the clocks that their `Date` fields can come from, each with what it
    /// allows, the one furthest behind first. Those without a usable `Date` are left out.
    #[must_use]
    pub fn groups<'a>(
        observations: impl IntoIterator<Item = &'a Observation>,
    ) -> Vec<(Self, Vec<&'a Observation>)> {
        let mut dated: Vec<(Self, &Observation)> = observations
            .into_iter()
            .filter_map(|observation| Some((Self::of([observation])?, observation)))
            .collect();
        dated.sort_by(|(one, _), (other, _)| one.fresh.low.total_cmp(&other.fresh.low));
        let mut groups: Vec<(Self, Vec<&Observation>)> = Vec::new();
        for (date, observation) in dated {
            match groups.last_mut() {
                Some((known, members)) if !known.with(date).is_contradictory() => {
                    *known = known.with(date);
                    members.push(observation);
                }
                _ => groups.push((date, vec![observation])),
            }
        }
        groups
    }

    fn with(self, other: Self) -> Self {
        Self { fresh: self.fresh.and(other.fresh) }
    }

    /// The skews that are allowed when the `Date` may be late, as most servers' is.
    #[must_use]
    pub fn skew(self) -> Interval {
        Interval { low: self.fresh.low, high: self.fresh.high + LATENESS }
    }

    /// The skews that are allowed when every `Date` is as fresh as it can be. Empty where some were
    /// late and others were not.
    #[must_use]
    pub fn fresh(self) -> Interval {
        self.fresh
    }

    /// Whether the `Date` turns at the very moment at which a clock in `skew` does. Another clock
    /// would do that by chance only.
    #[must_use]
    pub fn is_in_step_with(self, skew: Interval) -> bool {
        let both = self.fresh.and(skew);
        !both.is_empty() && self.fresh.width() < IN_STEP
    }

    /// What the `Date` says beside a clock that is known to be in `skew` by other means.
    #[must_use]
    pub fn beside(self, skew: Interval) -> DateClock {
        if skew.and(self.skew()).is_empty() {
            let offset = self.skew().middle() - skew.middle();
            return DateClock::Other(Seconds(offset));
        }
        if skew.low <= self.fresh.high {
            return DateClock::Same;
        }
        DateClock::Late(Seconds(skew.middle() - self.fresh.high))
    }

    /// Whether the dates contradict one another: two clocks behind one address, or a step.
    #[must_use]
    pub fn is_contradictory(self) -> bool {
        self.skew().is_empty()
    }

    /// The likeliest skew: none, where the dates allow it; else that of a fresh `Date`.
    #[must_use]
    pub fn guess(self) -> f64 {
        if self.skew().contains(0.0) {
            return 0.0;
        }
        let interval = if self.fresh.is_empty() { self.skew() } else { self.fresh };
        interval.middle()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Answer, Outcome};
    use crate::question::{Credential, Question};
    use crate::time::UnixTime;
    use crate::variant::ClaimTimes;

    fn seen(sent: f64, received: f64, date: f64) -> Observation {
        Observation {
            number: 1,
            question: Question::once(Credential::Absent),
            times: ClaimTimes::default(),
            sent_at: UnixTime(sent),
            received_at: UnixTime(received),
            outcome: Outcome::Answer(Answer {
                date: DateField::At(UnixTime(date)),
                ..Answer::default()
            }),
        }
    }

    #[test]
    fn the_truth_lies_inside_for_fresh_and_for_late_dates() {
        for (skew, lateness) in [(0.0, 0.0), (95.3, 0.0), (-40.2, 0.9), (0.25, 0.4)] {
            let observations: Vec<_> = (0..20)
                .map(|n| {
                    let sent = 1000.0 + f64::from(n) * 0.137;
                    seen(sent, sent + 0.02, (sent + 0.01 + skew - lateness).floor())
                })
                .collect();
            let date = DateBox::of(&observations).expect("there are dates");
            assert!(date.skew().contains(skew), "{skew} not in {:?}", date.skew());
            assert!(!date.is_contradictory());
        }
    }

    #[test]
    fn a_date_is_of_the_same_clock_or_late_or_of_another() {
        let around = |value: f64| Interval { low: value - 0.002, high: value + 0.002 };
        let sent = [1000.0, 1000.249, 1000.251, 1000.749, 1000.751];
        let at = |lateness: f64| {
            sent.map(|sent| seen(sent, sent + 0.001, f64::floor(sent + 0.25 - lateness)))
        };
        let date = DateBox::of(&at(0.0)).expect("there are dates");
        assert_eq!(date.beside(around(0.25)), DateClock::Same);
        assert!(matches!(date.beside(around(95.5)), DateClock::Other(offset) if offset.0 < -94.0));
        let late = DateBox::of(&at(0.5)).expect("there are dates");
        let DateClock::Late(by) = late.beside(around(0.25)) else { panic!("{late:?}") };
        assert!((by.0 - 0.5).abs() < 0.01, "{by:?}");
    }

    #[test]
    fn two_clocks_contradict_one_another() {
        let observations = [seen(1000.0, 1000.1, 1000.0), seen(1001.0, 1001.1, 1096.0)];
        assert!(DateBox::of(&observations).is_some_and(DateBox::is_contradictory));
    }

    #[test]
    fn the_answers_of_two_clocks_fall_into_two_groups_whatever_their_order() {
        let observations: Vec<_> = (0..20)
            .map(|n| {
                let (sent, skew) = (1000.0 + f64::from(n) * 0.137, f64::from(n % 2) * -95.0);
                seen(sent, sent + 0.02, (sent + 0.01 + skew).floor())
            })
            .collect();
        let groups = DateBox::groups(&observations);
        let sizes: Vec<_> = groups.iter().map(|(_, members)| members.len()).collect();
        assert_eq!(sizes, [10, 10]);
        assert!(groups[0].0.skew().contains(-95.0) && groups[1].0.skew().contains(0.0));
        assert_eq!(DateBox::groups(&observations[..1]).len(), 1);
    }
}
