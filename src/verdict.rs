//! What one answer means, once the service's dialect is known.

use std::fmt;

/// The meaning of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The token was taken.
    Accepted,
    /// The token was refused.
    Rejected(Refusal),
    /// It cannot be told, and this is why.
    Undecided(Doubt),
}

impl Verdict {
    /// The verdict's name in the JSON report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected(_) => "rejected",
            Self::Undecided(_) => "undecided",
        }
    }
}

/// How a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// With the very answer that a control got whose refusal is certain.
    LikeControl,
    /// With another answer than the controls: it got further than a token with a wrong signature.
    Further,
    /// The configuration calls this answer a rejection.
    Configured,
}

/// Why an answer has no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// There was no answer.
    NoAnswer,
    /// The service asked us to slow down (429, or 503 with Retry-After).
    RateLimited,
    /// The service failed (5xx) in a way that is not its usual refusal.
    ServerError,
    /// It sent us elsewhere.
    Redirected,
    /// The controls gave no ground to judge on.
    NotCalibrated,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAnswer => "no answer",
            Self::RateLimited => "rate limited",
            Self::ServerError => "server error",
            Self::Redirected => "redirected",
            Self::NotCalibrated => "the controls do not tell refusal from acceptance",
        })
    }
}
