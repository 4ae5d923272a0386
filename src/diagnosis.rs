//! The end of a run: what was found on each service and on the fleet. Reports are views of this.

use crate::cause::Cause;
use crate::check::{Check, CheckId, Severity, Status};
use crate::clock_reading::PreciseClock;
use crate::observation::Observation;
use crate::plan::{Algorithm, KeyName};
pub use crate::time::Measured;
use crate::time::{Seconds, UnixTime};
use crate::verdict::Verdict;

/// The result of one run.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// The command that was run, such as `check`.
    pub command: &'static str,
    /// The environment that was probed.
    pub environment: String,
    /// When the run began.
    pub started_at: UnixTime,
    /// When the run ended.
    pub finished_at: UnixTime,
    /// One entry a service, in the order of the configuration.
    pub services: Vec<ServiceDiagnosis>,
    /// What concerns several services.
    pub fleet: FleetDiagnosis,
}

impl Diagnosis {
    /// The verdict on the whole run: the worst of its services and fleet findings.
    #[must_use]
    pub fn outcome(&self) -> RunVerdict {
        self.services
            .iter()
            .map(|service| service.verdict)
            .chain(self.fleet.findings.iter().map(FleetFinding::verdict))
            .max()
            .unwrap_or(RunVerdict::Pass)
    }

    /// How many requests were sent.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.services.iter().map(|service| service.observations.len()).sum()
    }
}

/// The verdict on a service or a run, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RunVerdict {
    /// Everything that matters was judged, and is right.
    Pass,
    /// Nothing failed, and something could not be judged.
    Inconclusive,
    /// At least one check failed.
    Fail,
}

impl RunVerdict {
    /// The verdict's name in the JSON report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }
}

/// What was found on one service.
#[derive(Debug, Clone)]
pub struct ServiceDiagnosis {
    /// The service's name.
    pub name: String,
    /// The endpoint that was asked, without query and userinfo.
    pub url: String,
    /// The verdict.
    pub verdict: RunVerdict,
    /// Whether any request was answered.
    pub reachable: bool,
    /// Whether a request without a token is refused; `None` if that could not be told.
    pub protected: Option<bool>,
    /// Whether a right token is taken.
    pub accepts_baseline: Option<bool>,
    /// The cause; `None` for a service that passes.
    pub cause: Option<Cause>,
    /// Further independent causes, then weaker candidates.
    pub other_causes: Vec<Cause>,
    /// Which key it verifies with.
    pub key: Option<KeyMatch>,
    /// What it takes as algorithm.
    pub algorithm: AlgorithmFacts,
    /// How it handles expiry.
    pub expiration: ExpirationFacts,
    /// What its clock shows.
    pub clock: ClockFacts,
    /// Every check, in the order of the report.
    pub checks: Vec<Check>,
    /// Everything that was asked and answered, with its meaning.
    pub observations: Vec<Judged>,
    /// The longest chain of requests that had to wait for one another.
    pub round_trips: usize,
    /// From the first request to the last answer.
    pub elapsed: Seconds,
}

impl ServiceDiagnosis {
    /// The check of this id, if it was made.
    #[must_use]
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The observation of this number.
    #[must_use]
    pub fn observation(&self, number: usize) -> Option<&Judged> {
        self.observations.iter().find(|judged| judged.observation.number == number)
    }

    /// The id of an observation in reports, such as `admin-7`.
    #[must_use]
    pub fn observation_id(&self, number: usize) -> String {
        format!("{}-{number}", self.name)
    }
}

/// An observation and what it means.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What came back.
    pub observation: Observation,
    /// What it means.
    pub verdict: Verdict,
    /// What the answer's text says of the reason, if a known verifier speaks like that: a hint.
    pub hint: Option<String>,
}

/// A service's answers and what they mean in its dialect, which its controls taught.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Whether a request without a token is refused; `None` if that could not be told.
    pub protected: Option<bool>,
    /// Whether a token under a random key is taken.
    pub takes_random_key: bool,
    /// Each observation and its meaning, in the order in which they were made.
    pub judged: Vec<Judged>,
}

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
            Self::Known(KeyName::Random) | Self::Unknown => "unknown".into(),
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
}

/// What a service's clock shows: server minus ours, positive when the server is ahead.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClockFacts {
    /// The best figure.
    pub skew: Option<Measured>,
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

/// What concerns several services.
#[derive(Debug, Clone, Default)]
pub struct FleetDiagnosis {
    /// Findings, worst first.
    pub findings: Vec<FleetFinding>,
    /// Every issuer with every verifier.
    pub pairs: Vec<Pair>,
}

/// A finding about several services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetFinding {
    /// A stable code.
    pub code: &'static str,
    /// Whether it fails the run.
    pub status: Status,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence.
    pub summary: String,
    /// What to do about it.
    pub fix: String,
    /// The services it concerns.
    pub services: Vec<String>,
}

impl FleetFinding {
    fn verdict(&self) -> RunVerdict {
        match self.status {
            Status::Fail => RunVerdict::Fail,
            Status::Undecided => RunVerdict::Inconclusive,
            Status::Pass | Status::Warn | Status::Skip => RunVerdict::Pass,
        }
    }
}

/// Whether a token that one service issues now is taken by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The service that issues the token, with the key that it verifies with, at its own now.
    pub issuer: String,
    /// The service that verifies it.
    pub verifier: String,
    /// Whether it is taken; `None` where that cannot be told.
    pub works: Option<bool>,
    /// Why not, in a word or two.
    pub reason: Option<String>,
}
