//! What a precise measurement tells of a service's clock beyond its skew: how it forgives, which other
//! readings fit, and whose clock the `Date` is. Never how it was measured.

use crate::time::{Measured, Seconds};

/// What a precise measurement told.
#[derive(Debug, Clone, PartialEq)]
pub struct PreciseClock {
    /// The most believable reading of what was accepted and refused.
    pub reading: ClockReading,
    /// Other readings that fit; nothing that was sent tells them from the first.
    pub rivals: Vec<ClockReading>,
    /// Whose clock the `Date` field is; `None` without one.
    pub date: Option<DateClock>,
}

/// One way to read the seconds at which tokens begin and cease to be accepted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockReading {
    /// The skew.
    pub skew: Measured,
    /// The leeway on `exp`, where it is checked, in whole seconds.
    pub leeway_exp: Option<u32>,
    /// The leeway on `nbf`, where it is checked, in whole seconds.
    pub leeway_nbf: Option<u32>,
    /// Whether an `exp` of exactly now is still accepted; `None` where `exp` is not checked.
    pub inclusive: Option<bool>,
}

/// Whose clock the `Date` field is (RFC 9110 section 6.6.1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DateClock {
    /// That of the application, as far as can be told.
    Same,
    /// That of the application, at times late by at least so much: servers keep a `Date` for reuse.
    Late(Seconds),
    /// Another one, off from the application's by about so much: a proxy's.
    Other(Seconds),
}

impl DateClock {
    /// The word in the JSON report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Late(_) => "late",
            Self::Other(_) => "other",
        }
    }

    /// By how much it is late, or off.
    #[must_use]
    pub fn offset(self) -> Option<Seconds> {
        match self {
            Self::Same => None,
            Self::Late(by) => Some(-by),
            Self::Other(by) => Some(by),
        }
    }
}
