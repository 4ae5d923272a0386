//! Which keys a service takes after a rotation, and why that cannot be told where it cannot. Words
//! only; who finds it out is the stage `smoke`. Never says how it was seen.

use crate::diagnosis::RunVerdict;

/// Which keys the replicas of a service take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All take the new key and refuse the old one.
    Converged,
    /// All take the new key; the old one is taken too, which is still allowed.
    Overlap,
    /// Some take the old key, and it is not certain that they take the new one.
    OnOldKey,
    /// All take the new key, and some take the old one, which is no longer allowed.
    OnBothKeys,
    /// Some refuse the new key, and nobody was seen to take the old one.
    RefusesNew,
    /// A token under a random key is taken.
    TakesAnyKey,
    /// No token is needed.
    Unprotected,
    /// It cannot be told.
    Undecided(Unclear),
}

impl State {
    /// Every word for machines.
    pub const CODES: [&'static str; 8] = [
        "converged",
        "overlap",
        "on-old-key",
        "on-both-keys",
        "refuses-new-key",
        "takes-any-key",
        "unprotected",
        "undecided",
    ];

    /// The word for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::Overlap => "overlap",
            Self::OnOldKey => "on-old-key",
            Self::OnBothKeys => "on-both-keys",
            Self::RefusesNew => "refuses-new-key",
            Self::TakesAnyKey => "takes-any-key",
            Self::Unprotected => "unprotected",
            Self::Undecided(_) => "undecided",
        }
    }

    /// What it means for the run.
    #[must_use]
    pub fn verdict(self) -> RunVerdict {
        match self {
            Self::Converged | Self::Overlap => RunVerdict::Pass,
            Self::Undecided(_) => RunVerdict::Inconclusive,
            _ => RunVerdict::Fail,
        }
    }
}

/// Why it cannot be told which keys a service takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclear {
    /// Requests were not answered.
    NoAnswer,
    /// It asked us to slow down.
    RateLimited,
    /// It answered with a failure of its own (5xx).
    ServerError,
    /// It sent us elsewhere.
    Redirected,
    /// The controls do not tell refusal from acceptance.
    NotCalibrated,
    /// The signature passes, and the token is refused for another reason.
    OtherReason,
    /// The old key is not known.
    NoOldKey,
    /// The requests that it may be sent did not suffice.
    Quota,
    /// The run ended before the sample was whole.
    Unfinished,
}

impl Unclear {
    /// Every row.
    pub const ALL: [Self; 9] = [
        Self::NoAnswer,
        Self::RateLimited,
        Self::ServerError,
        Self::Redirected,
        Self::NotCalibrated,
        Self::OtherReason,
        Self::NoOldKey,
        Self::Quota,
        Self::Unfinished,
    ];

    /// The word for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAnswer => "no-answer",
            Self::RateLimited => "rate-limited",
            Self::ServerError => "server-error",
            Self::Redirected => "redirected",
            Self::NotCalibrated => "not-calibrated",
            Self::OtherReason => "other-reason",
            Self::NoOldKey => "no-old-key",
            Self::Quota => "quota",
            Self::Unfinished => "unfinished",
        }
    }
}
