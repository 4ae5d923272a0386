//! What was measured on one service: its key, algorithms, expiry and clock, and how they are drawn.

use schemars::JsonSchema;
use serde::Serialize;

use super::number::{parts, seconds};
use super::vocabulary;
use crate::diagnosis::{ClockSource, KeyMatch, ServiceDiagnosis};
use crate::plan;

#[derive(Serialize, JsonSchema)]
pub(super) struct Key {
    /// The key that the service verifies with, by name.
    #[schemars(schema_with = "vocabulary::key_match")]
    matches: Option<String>,
    /// How the reference key is read, where `matches` is `variant`.
    variant: Option<&'static str>,
}

impl Key {
    pub(super) fn of(key: Option<&KeyMatch>) -> Self {
        let variant = match key {
            Some(KeyMatch::Known(plan::KeyName::Reading(code))) => Some(*code),
            Some(KeyMatch::Known(_) | KeyMatch::Unknown) | None => None,
        };
        Self { matches: key.map(KeyMatch::code), variant }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Algorithm {
    #[schemars(schema_with = "vocabulary::algorithms")]
    accepted: Vec<&'static str>,
    #[schemars(schema_with = "vocabulary::algorithms")]
    rejected: Vec<&'static str>,
    /// Whether a token without a signature is taken.
    unsigned_accepted: Option<bool>,
}

impl Algorithm {
    pub(super) fn of(service: &ServiceDiagnosis) -> Self {
        let names = |all: &[plan::Algorithm]| all.iter().map(|one| one.name()).collect();
        Self {
            accepted: names(&service.algorithm.accepted),
            rejected: names(&service.algorithm.rejected),
            unsigned_accepted: service.algorithm.unsigned_accepted,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Expiration {
    /// Whether an expired token is refused.
    enforced: Option<bool>,
    missing_exp_accepted: Option<bool>,
    leeway_s: Option<f64>,
    leeway_error_s: Option<f64>,
    not_before_enforced: Option<bool>,
    issued_at_enforced: Option<bool>,
    max_lifetime_s: Option<f64>,
    /// The oldest `iat` that is taken, where there is a limit.
    max_age_s: Option<f64>,
}

impl Expiration {
    pub(super) fn of(service: &ServiceDiagnosis) -> Self {
        let facts = &service.expiration;
        let (leeway_s, leeway_error_s) = parts(facts.leeway);
        Self {
            enforced: facts.enforced,
            missing_exp_accepted: facts.missing_exp_accepted,
            leeway_s,
            leeway_error_s,
            not_before_enforced: facts.not_before_enforced,
            issued_at_enforced: facts.issued_at_enforced,
            max_lifetime_s: facts.max_lifetime.and_then(seconds),
            max_age_s: facts.max_age.and_then(seconds),
        }
    }
}

/// Server clock minus our clock: positive when the server is ahead.
#[derive(Serialize, JsonSchema)]
pub(super) struct Clock {
    skew_s: Option<f64>,
    error_s: Option<f64>,
    /// Where the best figure comes from.
    #[schemars(schema_with = "vocabulary::clock_source")]
    source: Option<&'static str>,
    date_skew_s: Option<f64>,
    date_error_s: Option<f64>,
    token_skew_s: Option<f64>,
    token_error_s: Option<f64>,
}

impl Clock {
    pub(super) fn of(service: &ServiceDiagnosis) -> Self {
        let facts = &service.clock;
        let (skew_s, error_s) = parts(facts.skew);
        let (date_skew_s, date_error_s) = parts(facts.date);
        let (token_skew_s, token_error_s) = parts(facts.token);
        let source = facts.source.map(ClockSource::code);
        Self { skew_s, error_s, source, date_skew_s, date_error_s, token_skew_s, token_error_s }
    }
}
