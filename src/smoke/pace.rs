//! When to ask again: soon at first, then less and less often, and never so often that nothing is
//! left for the look that counts. Moments in, moments out; never waits itself.

use std::time::Duration;

use super::look::POLL;
use crate::time::{Seconds, UnixTime};

/// The first pause.
const SHORTEST: f64 = 1.0;
/// The longest, unless the quota asks for a longer one.
const LONGEST: f64 = 5.0;
/// Each pause is so much longer than the one before.
const GROWTH: f64 = 1.5;
/// The requests of one short look.
const SHORT_LOOK: usize = 2 * POLL;
/// Waiting was asked for: the quota grows by so many requests for each minute of it.
const REQUESTS_A_MINUTE: f64 = 120.0;

/// How much a quota grows by where a run may wait for so long.
#[must_use]
pub fn while_waiting(wait: Duration) -> usize {
    (wait.as_secs_f64() / 60.0 * REQUESTS_A_MINUTE).ceil() as usize
}

/// The pauses of one service.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    setbacks: i32,
    resume: Option<UnixTime>,
}

impl Pace {
    /// Pauses from now on. `left` requests may be sent until the deadline, beside those kept back for
    /// the last look.
    pub(super) fn set_back(&mut self, now: UnixTime, deadline: UnixTime, left: usize) {
        let growing = (SHORTEST * GROWTH.powi(self.setbacks)).min(LONGEST);
        self.setbacks = self.setbacks.saturating_add(1);
        let rest = (deadline - now).0;
        if rest <= 0.0 {
            return self.rest_until(now + Seconds(SHORTEST));
        }
        let fair = rest * SHORT_LOOK as f64 / left.max(1) as f64;
        let pause = if left < SHORT_LOOK { rest } else { growing.max(fair) };
        self.rest_until(now + Seconds(pause.min(rest)));
    }

    /// Pauses until this moment.
    pub(super) fn rest_until(&mut self, moment: UnixTime) {
        self.resume = Some(moment);
    }

    /// What is left of the pause.
    pub(super) fn rest(&self, now: UnixTime) -> Option<Seconds> {
        self.resume.map(|resume| resume - now).filter(|rest| rest.0 > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(deadline: f64, left: usize) -> Vec<f64> {
        let mut pace = Pace::default();
        let pause = |()| {
            pace.set_back(UnixTime(0.0), UnixTime(deadline), left);
            pace.rest(UnixTime(0.0)).map_or(0.0, |rest| rest.0)
        };
        [(); 6].map(pause).to_vec()
    }

    #[test]
    fn pauses_grow_from_one_second_to_five_and_end_with_the_deadline() {
        assert_eq!(pauses(300.0, 10_000), [1.0, 1.5, 2.25, 3.375, 5.0, 5.0]);
        assert_eq!(pauses(3.0, 10_000), [1.0, 1.5, 2.25, 3.0, 3.0, 3.0]);
        assert_eq!(pauses(0.0, 0), [1.0; 6]);
    }

    #[test]
    fn a_small_quota_makes_pauses_longer_and_an_empty_one_waits_for_the_last_look() {
        assert_eq!(pauses(300.0, 60), [40.0; 6]);
        assert_eq!(pauses(300.0, 3), [300.0; 6]);
    }
}
