//! What is found out of one service: its key, its algorithms, how it handles times, its clock.

use crate::clock_reading::PreciseClock;
use crate::plan::{Algorithm, KeyName};
use crate::time::{Measured, Seconds};

/// The key that a service verifies with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyMatch {
    /// One of the known keys, or the reference key in another reading.
    Known(KeyName),
    /// None of those known.
    Unknown,
}

impl KeyMatch {
    /// The value of `key.matches` in the JSON report.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Known(KeyName::Reference) => "reference".into(),
            Self::Known(KeyName::Own | KeyName::OwnVariable(_)) => "own".into(),
            Self::Known(KeyName::Previous(_)) => "previous".into(),
            Self::Known(KeyName::Environment(name)) => format!("environment:{name}"),
            Self::Known(KeyName::Default(_) | KeyName::Empty) => "default".into(),
            Self::Known(KeyName::Reading(_)) => "variant".into(),
            Self::Known(KeyName::Random | KeyName::Public(_)) | Self::Unknown => "unknown".into(),
        }
    }
}

/// What a service takes as algorithm, under the key it verifies with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlgorithmFacts {
    /// Accepted.
    pub accepted: Vec<Algorithm>,
    /// Rejected.
    pub rejected: Vec<Algorithm>,
    /// Whether a token without a signature is taken.
    pub unsigned_accepted: Option<bool>,
}

/// How a service handles the times in a token.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ExpirationFacts {
    /// Whether an expired token is refused.
    pub enforced: Option<bool>,
    /// Whether a token without `exp` is taken.
    pub missing_exp_accepted: Option<bool>,
    /// The leeway on `exp` and by how much it may be wrong.
    pub leeway: Option<Measured>,
    /// Whether `nbf` in the future is refused.
    pub not_before_enforced: Option<bool>,
    /// Whether `iat` in the future is refused.
    pub issued_at_enforced: Option<bool>,
    /// The longest life that is taken, where there is a limit.
    pub max_lifetime: Option<Seconds>,
    /// The oldest `iat` that is taken, in seconds, where there is a limit.
    pub max_age: Option<Seconds>,
}

/// What a service's clock shows: server minus ours, positive when the server is ahead.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClockFacts {
    /// The best figure.
    pub skew: Option<Measured>,
    /// Whether it is only a least one: with neither `Date` nor `nbf`, a clock that is further ahead and
    /// forgives as much looks the same.
    pub at_least: bool,
    /// Where the best figure comes from.
    pub source: Option<ClockSource>,
    /// From the `Date` field alone.
    pub date: Option<Measured>,
    /// From accepted and refused tokens alone.
    pub token: Option<Measured>,
    /// What a precise measurement told beyond the skew, where one was made.
    pub precise: Option<PreciseClock>,
}

/// Where a clock reading comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockSource {
    /// The application's own clock, through the tokens it takes and refuses.
    Token,
    /// The `Date` field: the application's clock or a proxy's.
    Date,
}

impl ClockSource {
    /// The source's name in the JSON report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Date => "date",
        }
    }
}
