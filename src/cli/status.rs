//! The exit status: a contract with scripts.

use std::process::ExitCode;

use crate::diagnosis::RunVerdict;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Every check passed.
    Passed = 0,
    /// At least one check failed.
    Failed = 1,
    /// Usage or configuration error; nothing was sent.
    Unusable = 2,
    /// Nothing failed, but something could not be judged.
    Inconclusive = 3,
    /// Ended by a hangup, as shells report it.
    HungUp = 129,
    /// Ended by Ctrl-C, as shells report it.
    Interrupted = 130,
    /// Ended by a request to terminate, as shells report it.
    Terminated = 143,
}

impl From<RunVerdict> for Status {
    fn from(verdict: RunVerdict) -> Self {
        match verdict {
            RunVerdict::Pass => Self::Passed,
            RunVerdict::Fail => Self::Failed,
            RunVerdict::Inconclusive => Self::Inconclusive,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}
