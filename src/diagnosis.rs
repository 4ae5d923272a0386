//! The end of a run: what was found on each service and on the fleet. Reports are views of this.

pub use crate::facts::{AlgorithmFacts, ClockFacts, ClockSource, ExpirationFacts, KeyMatch};
pub use crate::loader::Loader;
pub use crate::time::Measured;

use crate::behaviour::Behaviour;
use crate::cause::Cause;
use crate::check::{Check, CheckId, Severity, Status};
use crate::hostile::HostileOutcome;
use crate::observation::Observation;
use crate::replica::Replica;
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
    /// How its env file is read, if its key stands in one.
    pub loader: Option<Loader>,
    /// What it takes as algorithm.
    pub algorithm: AlgorithmFacts,
    /// How it handles expiry.
    pub expiration: ExpirationFacts,
    /// What its clock shows.
    pub clock: ClockFacts,
    /// The addresses of its name, each asked by itself; empty where there are fewer than two.
    pub addresses: Vec<Replica>,
    /// What its habits tell.
    pub behaviour: Behaviour,
    /// Every check, in the order of the report.
    pub checks: Vec<Check>,
    /// How it took each kind of hostile token; empty unless they were asked for.
    pub hostile: Vec<HostileOutcome>,
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
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The service that issues the token, with the key that it verifies with, at its own now.
    pub issuer: String,
    /// The service that verifies it.
    pub verifier: String,
    /// Whether it is taken; `None` where that cannot be told.
    pub works: Option<bool>,
    /// Why not, in a word or two.
    pub reason: Option<String>,
    /// Whether the verifier was given a token as the issuer makes it; else this is a prediction.
    pub checked: bool,
    /// For how long a fresh token is refused, where only its start is what is wrong.
    pub refused_for: Option<Seconds>,
    /// The numbers of the verifier's observations that it rests on.
    pub evidence: Vec<usize>,
}
