//! What a run of `smoke` found: which services have come to the new key and which have not, for
//! reports. Names, counts and moments; never a key.

use std::fmt;

use crate::diagnosis::RunVerdict;
pub use crate::key_state::{State, Unclear};
use crate::time::{Seconds, UnixTime};

/// What was found in one environment.
#[derive(Debug, Clone)]
pub struct Convergence {
    /// The environment.
    pub environment: String,
    /// When the run began.
    pub started_at: UnixTime,
    /// When it ended.
    pub finished_at: UnixTime,
    /// When the new key was written, where a rotation of ours tells that.
    pub rotated_at: Option<UnixTime>,
    /// Where the old key is known from.
    pub old_key: OldKey,
    /// Until then a service may still take the old key.
    pub old_allowed_until: Option<UnixTime>,
    /// Whether it was cut off: what is told is what was known by then.
    pub interrupted: bool,
    /// One entry a service, in the order of the configuration.
    pub services: Vec<ServiceConvergence>,
}

impl Convergence {
    /// The verdict on the run: the worst of its services.
    #[must_use]
    pub fn outcome(&self) -> RunVerdict {
        let verdicts = self.services.iter().map(|service| service.state.verdict());
        verdicts.max().unwrap_or(RunVerdict::Pass)
    }

    /// How many requests were sent.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.services.iter().map(|service| service.requests).sum()
    }
}

/// Where the old key is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldKey {
    /// An option names it.
    Named,
    /// The last rotation kept it.
    Kept,
    /// It is the first of `previous_keys` in the configuration.
    Configured,
    /// It is not known, so nothing can be said of it.
    Unknown,
    /// It was not asked about.
    LeftOut,
}

impl OldKey {
    /// Every row.
    pub const ALL: [Self; 5] =
        [Self::Named, Self::Kept, Self::Configured, Self::Unknown, Self::LeftOut];

    /// The word for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Named => "option",
            Self::Kept => "rotation",
            Self::Configured => "configuration",
            Self::Unknown => "unknown",
            Self::LeftOut => "left-out",
        }
    }

    /// Whether tokens can be signed with it.
    #[must_use]
    pub fn is_known(self) -> bool {
        matches!(self, Self::Named | Self::Kept | Self::Configured)
    }
}

/// What was found on one service.
#[derive(Debug, Clone)]
pub struct ServiceConvergence {
    /// The service's name.
    pub name: String,
    /// The endpoint that was asked, without query and userinfo.
    pub url: String,
    /// Which keys it takes.
    pub state: State,
    /// One sentence.
    pub summary: String,
    /// What to do; empty where there is nothing to do.
    pub fix: String,
    /// The requests that were sent to it, controls included.
    pub requests: usize,
    /// The answers to tokens under the new key, in the whole run.
    pub new: Answers,
    /// The same under the old key; `None` where that is not known or left out.
    pub old: Option<Answers>,
    /// What was seen since an old key last showed.
    pub sample: Sample,
    /// The share of connections on which the new key was taken, in the last look.
    pub on_new: Option<Share>,
    /// The same for the old key.
    pub on_old: Option<Share>,
    /// `address` or the name of a header field, where the replicas can be told apart.
    pub told_apart_by: Option<String>,
    /// The replicas that can be told apart.
    pub replicas: Vec<ReplicaKeys>,
    /// So many addresses of its name were left alone.
    pub left_out: usize,
    /// When it last took the old key against the rule, or refused the new one.
    pub last_sign_at: Option<UnixTime>,
    /// From then on it was seen on the new key alone, where that is certain.
    pub converged_at: Option<UnixTime>,
    /// From the rotation, or from the beginning of the run if there is none, until it converged or
    /// until now; `None` where no old key was seen.
    pub lag: Option<Seconds>,
}

/// How tokens under one key were answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    /// So many were taken.
    pub accepted: usize,
    /// So many were refused.
    pub refused: usize,
    /// Of so many it cannot be told.
    pub undecided: usize,
}

/// How far a sample without any sign of an old key has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// So many answers to each kind of token make it whole.
    pub needed: usize,
    /// The answers to tokens under the new key.
    pub new: usize,
    /// The answers to tokens under the old key.
    pub old: usize,
}

/// A share of connections, with the interval in which the true one lies at 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// What was seen, from 0 to 1.
    pub fraction: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// On so many connections.
    pub asked: usize,
}

/// A replica, or several that answer under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaKeys {
    /// Its address, or what the header field says.
    pub name: String,
    /// Which keys it takes.
    pub holds: Holds,
}

/// Which keys one replica takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// The new one.
    New,
    /// The old one; it was not seen to take the new one.
    Old,
    /// Both.
    Both,
    /// Neither.
    Neither,
    /// There are several replicas in it that disagree.
    Mixed,
    /// It cannot be told.
    Unclear,
}

impl Holds {
    /// Every row.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Old, Self::Both, Self::Neither, Self::Mixed, Self::Unclear];

    /// The word for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Old => "old",
            Self::Both => "both",
            Self::Neither => "neither",
            Self::Mixed => "mixed",
            Self::Unclear => "unclear",
        }
    }
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "the new key",
            Self::Old => "the old key",
            Self::Both => "both keys",
            Self::Neither => "neither key",
            Self::Mixed => "different keys",
            Self::Unclear => "not told",
        })
    }
}
