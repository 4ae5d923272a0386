//! A range that holds the truth, in seconds.

use crate::diagnosis::Measured;
use crate::time::Seconds;

/// A range of seconds that holds the truth; either end may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The truth is not below.
    pub low: f64,
    /// The truth is not above.
    pub high: f64,
}

impl Interval {
    /// Nothing is known.
    pub const EVERYTHING: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// The distance between the ends; negative when the interval is empty.
    #[must_use]
    pub fn width(self) -> f64 {
        self.high - self.low
    }

    /// Whether nothing fits: the readings contradict one another.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.low > self.high
    }

    /// Whether both ends are known.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }

    /// The middle.
    #[must_use]
    pub fn middle(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }

    /// What both intervals allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// The smallest interval around both.
    #[must_use]
    pub fn around(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The interval moved by some seconds.
    #[must_use]
    pub fn shifted(self, by: f64) -> Self {
        Self { low: self.low + by, high: self.high + by }
    }

    /// Whether `value` is inside.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Whether all of it lies within `limit` of zero.
    #[must_use]
    pub fn within(self, limit: f64) -> bool {
        self.low >= -limit && self.high <= limit
    }

    /// Whether none of it lies within `limit` of zero.
    #[must_use]
    pub fn beyond(self, limit: f64) -> bool {
        self.low > limit || self.high < -limit
    }

    /// The middle and half the width, if both ends are known.
    #[must_use]
    pub fn measured(self) -> Option<Measured> {
        (self.is_finite() && !self.is_empty())
            .then(|| Measured { value: Seconds(self.middle()), error: Seconds(self.width() / 2.0) })
    }
}
