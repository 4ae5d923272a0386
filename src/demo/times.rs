//! How a model verifier treats the time claims of RFC 7519 section 4.1: what it reads as a date,
//! how finely it reads its clock, what it forgives. Never reads a clock itself.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::time::{Seconds, UnixTime};

/// How one time claim is treated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TimeRule {
    /// It is not looked at.
    Ignored,
    /// It is checked where it is present.
    IfPresent {
        /// What is forgiven.
        leeway: Seconds,
    },
    /// It must be present, and is checked.
    Required {
        /// What is forgiven.
        leeway: Seconds,
    },
}

impl TimeRule {
    /// The same rule with another leeway; a claim that is ignored stays ignored.
    #[must_use]
    pub fn forgiving(self, leeway: Seconds) -> Self {
        match self {
            Self::Ignored => Self::Ignored,
            Self::IfPresent { .. } => Self::IfPresent { leeway },
            Self::Required { .. } => Self::Required { leeway },
        }
    }

    /// The date to check and the leeway to check it with, if there is something to check.
    pub(super) fn date(
        self,
        name: &str,
        claims: &Map<String, Value>,
        dates: DateReading,
    ) -> Result<Option<(UnixTime, Seconds)>, Refusal> {
        let wrong = || Refusal::Claim(name.to_owned());
        match (self, claims.get(name)) {
            (Self::Ignored, _) | (Self::IfPresent { .. }, None) => Ok(None),
            (Self::Required { .. }, None) => Err(wrong()),
            (Self::IfPresent { leeway } | Self::Required { leeway }, Some(value)) => {
                dates.read(value).map(|date| Some((date, leeway))).ok_or_else(wrong)
            }
        }
    }
}

/// What counts as a `NumericDate` (RFC 7519 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateReading {
    /// A number, with its fraction: `jsonwebtoken` of npm.
    Number,
    /// A number or a text of digits, the fraction cut off: `int()` in `PyJWT`.
    Truncated,
    /// A number that is not negative, rounded: the Rust crate `jsonwebtoken`.
    Rounded,
    /// A number of milliseconds, as `Date` of JavaScript counts: against the RFC.
    Milliseconds,
}

impl DateReading {
    /// The moment that a claim's value names.
    #[must_use]
    pub fn read(self, value: &Value) -> Option<UnixTime> {
        let number = value.as_f64();
        let seconds = match self {
            Self::Number => number,
            Self::Truncated => number.map(f64::trunc).or_else(|| digits(value)),
            Self::Rounded => number.filter(|number| *number >= 0.0).map(f64::round),
            Self::Milliseconds => number.map(|number| number / 1000.0),
        };
        seconds.map(UnixTime)
    }
}

fn digits(value: &Value) -> Option<f64> {
    let whole: i64 = value.as_str()?.trim().parse().ok()?;
    Some(whole as f64)
}

/// How finely a verifier reads its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// The second that has begun.
    WholeSeconds,
    /// With the fraction, as `PyJWT` does.
    Fractional,
}

impl Resolution {
    pub(super) fn read(self, clock: UnixTime) -> UnixTime {
        match self {
            Self::WholeSeconds => UnixTime(clock.0.floor()),
            Self::Fractional => clock,
        }
    }
}

/// Whether a token lives through the second that `exp` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// It is dead at `exp`, as RFC 7519 section 4.1.4 says.
    Strict,
    /// It lives until `exp` is past: the Rust crate `jsonwebtoken`, python-jose, Authlib. With
    /// whole seconds this is one second more.
    Inclusive,
}

impl Expiry {
    pub(super) fn is_past(self, expires: UnixTime, now: UnixTime) -> bool {
        match self {
            Self::Strict => expires <= now,
            Self::Inclusive => expires < now,
        }
    }
}
