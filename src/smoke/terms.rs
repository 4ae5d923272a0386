//! What is asked for in a run: the old key's part, the deadline, the overlap. Never what was seen.

use super::seen::Kind;
use crate::time::UnixTime;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Whether there is an old key to ask about.
    pub old_key: OldKeyTerms,
    /// When the run began.
    pub started_at: UnixTime,
    /// Until then it is asked again and again; the beginning of the run asks once.
    pub deadline: UnixTime,
    /// Until then the old key may still be taken.
    pub overlap_until: Option<UnixTime>,
    /// From when a lag is counted.
    pub origin: Origin,
}

impl Terms {
    /// The kinds of token that are asked about.
    pub(super) fn kinds(&self) -> &'static [Kind] {
        match self.old_key {
            OldKeyTerms::MustBeRefused => &[Kind::New, Kind::Old],
            OldKeyTerms::Unknown | OldKeyTerms::LeftOut => &[Kind::New],
        }
    }
}

/// From when a lag is counted.
#[derive(Debug, Clone, Copy)]
pub enum Origin {
    /// The new key was written then.
    Rotation(UnixTime),
    /// It is not known when; this run began then.
    Beginning(UnixTime),
}

impl Origin {
    /// The moment.
    #[must_use]
    pub fn moment(self) -> UnixTime {
        match self {
            Self::Rotation(moment) | Self::Beginning(moment) => moment,
        }
    }
}

/// What is to be said of the old key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldKeyTerms {
    /// It is known, and must be refused.
    MustBeRefused,
    /// It is not known, so whether it is refused stays open.
    Unknown,
    /// Nothing.
    LeftOut,
}
