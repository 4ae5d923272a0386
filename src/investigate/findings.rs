//! What lines of inquiry find; their findings add up to the diagnosis of a service.

use crate::behaviour::Behaviour;
use crate::cause::{Cause, CauseCode};
use crate::check::{Check, CheckId, Status};
use crate::diagnosis::{AlgorithmFacts, ClockFacts, ExpirationFacts, KeyMatch};
use crate::hostile::HostileOutcome;
use crate::replica::Replica;

use serde_json::{Map, Value};

/// Everything that one line found, or several together.
#[derive(Debug, Clone, Default)]
pub(super) struct Findings {
    pub(super) checks: Vec<Check>,
    pub(super) causes: Vec<Cause>,
    pub(super) key: Option<KeyMatch>,
    pub(super) algorithm: AlgorithmFacts,
    pub(super) expiration: ExpirationFacts,
    pub(super) clock: ClockFacts,
    pub(super) addresses: Vec<Replica>,
    pub(super) behaviour: Behaviour,
    pub(super) hostile: Vec<HostileOutcome>,
}

impl Findings {
    /// Adds what another line found. Each fact is found by one line only.
    pub(super) fn merge(&mut self, other: Self) {
        self.checks.extend(other.checks);
        self.causes.extend(other.causes);
        self.addresses.extend(other.addresses);
        self.hostile.extend(other.hostile);
        self.key = self.key.take().or(other.key);
        if other.algorithm != AlgorithmFacts::default() {
            self.algorithm = other.algorithm;
        }
        let (ours, theirs) = (&mut self.expiration, other.expiration);
        ours.enforced = ours.enforced.or(theirs.enforced);
        ours.missing_exp_accepted = ours.missing_exp_accepted.or(theirs.missing_exp_accepted);
        ours.leeway = ours.leeway.or(theirs.leeway);
        ours.not_before_enforced = ours.not_before_enforced.or(theirs.not_before_enforced);
        ours.issued_at_enforced = ours.issued_at_enforced.or(theirs.issued_at_enforced);
        ours.max_lifetime = ours.max_lifetime.or(theirs.max_lifetime);
        ours.max_age = ours.max_age.or(theirs.max_age);
        let (ours, theirs) = (&mut self.behaviour, other.behaviour);
        ours.verifier = ours.verifier.take().or(theirs.verifier);
        ours.claims = ours.claims.take().or(theirs.claims);
        if other.clock != ClockFacts::default() {
            self.clock = other.clock;
        }
    }

    /// Records a check.
    pub(super) fn check(&mut self, id: CheckId, status: Status, summary: impl Into<String>) {
        let check =
            Check { id, status, summary: summary.into(), fix: String::new(), evidence: Vec::new() };
        self.checks.push(check);
    }

    /// Gives the latest check its evidence.
    pub(super) fn on(&mut self, evidence: Vec<usize>) -> &mut Self {
        if let Some(check) = self.checks.last_mut() {
            check.evidence = evidence;
        }
        self
    }

    /// Gives the latest check its fix.
    pub(super) fn mend(&mut self, fix: impl Into<String>) -> &mut Self {
        if let Some(check) = self.checks.last_mut() {
            check.fix = fix.into();
        }
        self
    }
}

/// A cause that the tokens alone show.
pub(super) fn shown(
    code: CauseCode,
    summary: impl Into<String>,
    fix: impl Into<String>,
    evidence: Vec<usize>,
) -> Cause {
    Cause {
        code,
        confidence: 1.0,
        summary: summary.into(),
        fix: fix.into(),
        details: Map::new(),
        evidence,
    }
}

/// A cause that the answers make likely, and do not show.
pub(super) fn probable(
    code: CauseCode,
    confidence: f64,
    summary: String,
    fix: String,
    number: usize,
) -> Cause {
    Cause { confidence, ..shown(code, summary, fix, vec![number]) }
}

/// The same cause with one more particular.
pub(super) trait Detailed {
    /// Adds a particular.
    fn detail(self, name: &str, value: impl Into<Value>) -> Self;
}

impl Detailed for Cause {
    fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

/// A figure for the details of a cause: more digits than three would feign precision.
pub(super) fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
