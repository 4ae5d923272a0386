//! Moments and spans. Wall time is read once and carried on by the monotonic clock, so that a
//! step of our own clock during a run cannot bend a measurement.

use std::ops::{Add, Neg, Sub};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};

/// A moment on our own clock: seconds since the Unix epoch (RFC 7519 section 2, `NumericDate`), to
/// about a microsecond.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct UnixTime(pub f64);

/// A signed span in seconds: a skew, a leeway, an offset.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Seconds(pub f64);

/// A number with its error: the truth is within `value ± error`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The middle.
    pub value: Seconds,
    /// Half the width.
    pub error: Seconds,
}

/// Units from the largest: the span from which each is used, its length in seconds, its name.
pub(crate) const UNITS: [(f64, f64, &str); 5] = [
    (63_115_200.0, 31_557_600.0, "years"),
    (172_800.0, 86_400.0, "days"),
    (7200.0, 3600.0, "h"),
    (600.0, 60.0, "min"),
    (0.0, 1.0, "s"),
];

impl Seconds {
    /// The span without its sign, as a person says it: `300 s`, `5.5 h`, `10 years`.
    #[must_use]
    pub fn in_words(self) -> String {
        let size = self.0.abs();
        let (_, length, name) = UNITS.iter().find(|(from, ..)| size >= *from).unwrap_or(&UNITS[4]);
        let text = format!("{:.1}", size / length);
        format!("{} {name}", text.strip_suffix(".0").unwrap_or(&text))
    }
}

impl UnixTime {
    /// The whole second that has begun; what a `NumericDate` without fraction holds.
    #[must_use]
    pub fn whole(self) -> i64 {
        self.0.floor() as i64
    }

    /// The same moment as a calendar date in UTC.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros((self.0 * 1e6) as i64).unwrap_or_default()
    }
}

impl Sub for UnixTime {
    type Output = Seconds;
    fn sub(self, earlier: Self) -> Seconds {
        Seconds(self.0 - earlier.0)
    }
}

impl Add<Seconds> for UnixTime {
    type Output = Self;
    fn add(self, span: Seconds) -> Self {
        Self(self.0 + span.0)
    }
}

impl Add for Seconds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Seconds {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Seconds {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// Our clock for one run: wall time read once, then carried on by the monotonic clock.
#[derive(Debug, Clone, Copy)]
pub struct Anchor {
    wall: UnixTime,
    monotonic: Instant,
}

impl Anchor {
    /// Reads both clocks, now.
    #[must_use]
    pub fn new() -> Self {
        let monotonic = Instant::now();
        Self { wall: wall_now(), monotonic }
    }

    /// The present moment on the anchored clock.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        self.at(Instant::now())
    }

    /// A monotonic instant on the anchored clock.
    #[must_use]
    pub fn at(&self, instant: Instant) -> UnixTime {
        UnixTime(self.wall.0 + instant.saturating_duration_since(self.monotonic).as_secs_f64())
    }

    /// How far the wall clock has moved away from the monotonic one since the anchor: not zero
    /// means that our own clock was stepped, or that the machine slept.
    #[must_use]
    pub fn wall_step(&self) -> Seconds {
        wall_now() - self.now()
    }

    /// The next moment at which the fraction of the second is `thousandths`.
    #[must_use]
    pub fn next_at_fraction(&self, thousandths: u16) -> UnixTime {
        let now = self.now().0;
        let ahead = f64::from(thousandths) / 1000.0 - now.fract();
        UnixTime(now + if ahead < 0.0 { ahead + 1.0 } else { ahead })
    }

    /// How long to wait until a moment; zero if it is past.
    #[must_use]
    pub fn until(&self, moment: UnixTime) -> Duration {
        Duration::from_secs_f64((moment - self.now()).0.max(0.0))
    }
}

impl Default for Anchor {
    fn default() -> Self {
        Self::new()
    }
}

fn wall_now() -> UnixTime {
    UnixTime(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64()))
}
