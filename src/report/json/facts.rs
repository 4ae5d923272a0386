//! What was measured on one service: its key, algorithms, expiry and clock, and how they are drawn.

use schemars::JsonSchema;
use serde::Serialize;

use super::loader::Loader;
use super::number::{parts, seconds};
use super::vocabulary;
use crate::clock_reading::{ClockReading, DateClock};
use crate::diagnosis::{ClockSource, KeyMatch, ServiceDiagnosis};
use crate::plan;

#[derive(Serialize, JsonSchema)]
pub(super) struct Key {
    /// The key that the service verifies with, by name.
    #[schemars(schema_with = "vocabulary::key_match")]
    matches: Option<String>,
    /// How the reference key is read, where `matches` is `variant`.
    variant: Option<&'static str>,
    /// How the env file of its key is read; null where its key stands in none.
    loader: Option<Loader>,
}

impl Key {
    pub(super) fn of(service: &ServiceDiagnosis) -> Self {
        let key = service.key.as_ref();
        let variant = match key {
            Some(KeyMatch::Known(plan::KeyName::Reading(code))) => Some(*code),
            Some(KeyMatch::Known(_) | KeyMatch::Unknown) | None => None,
        };
        let loader = service.loader.as_ref().map(Loader::of);
        Self { matches: key.map(KeyMatch::code), variant, loader }
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
    /// The leeway on `nbf`, where it was measured by itself.
    leeway_nbf_s: Option<u32>,
    /// Whether an `exp` of exactly now is still accepted, where that was measured.
    inclusive: Option<bool>,
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
        let reading = service.clock.precise.as_ref().map(|precise| precise.reading);
        Self {
            enforced: facts.enforced,
            missing_exp_accepted: facts.missing_exp_accepted,
            leeway_s,
            leeway_error_s,
            leeway_nbf_s: reading.and_then(|reading| reading.leeway_nbf),
            inclusive: reading.and_then(|reading| reading.inclusive),
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
    /// Whether the clock may be further ahead than that, and forgive as much more.
    at_least: bool,
    /// Where the best figure comes from.
    #[schemars(schema_with = "vocabulary::clock_source")]
    source: Option<&'static str>,
    date_skew_s: Option<f64>,
    date_error_s: Option<f64>,
    token_skew_s: Option<f64>,
    token_error_s: Option<f64>,
    /// Whose clock the `Date` field is: the application's, late at times, or another one.
    #[schemars(schema_with = "vocabulary::date_clock")]
    date_relation: Option<&'static str>,
    /// `Date` minus the application's clock, where it is late or another clock.
    date_offset_s: Option<f64>,
    /// Other readings that fit what was accepted and refused as well; empty unless precise.
    rivals: Vec<Reading>,
}

/// One way to read the seconds at which tokens begin and cease to be accepted.
#[derive(Serialize, JsonSchema)]
struct Reading {
    skew_s: Option<f64>,
    error_s: Option<f64>,
    leeway_s: Option<u32>,
    leeway_nbf_s: Option<u32>,
    inclusive: Option<bool>,
}

impl Reading {
    fn of(reading: &ClockReading) -> Self {
        let (skew_s, error_s) = parts(Some(reading.skew));
        Self {
            skew_s,
            error_s,
            leeway_s: reading.leeway_exp,
            leeway_nbf_s: reading.leeway_nbf,
            inclusive: reading.inclusive,
        }
    }
}

impl Clock {
    pub(super) fn of(service: &ServiceDiagnosis) -> Self {
        let facts = &service.clock;
        let (skew_s, error_s) = parts(facts.skew);
        let (date_skew_s, date_error_s) = parts(facts.date);
        let (token_skew_s, token_error_s) = parts(facts.token);
        let source = facts.source.map(ClockSource::code);
        let precise = facts.precise.as_ref();
        let date = precise.and_then(|precise| precise.date);
        let rivals = precise.map_or(&[][..], |precise| &precise.rivals);
        Self {
            skew_s,
            error_s,
            at_least: facts.at_least,
            source,
            date_skew_s,
            date_error_s,
            token_skew_s,
            token_error_s,
            date_relation: date.map(DateClock::code),
            date_offset_s: date.and_then(DateClock::offset).and_then(seconds),
            rivals: rivals.iter().map(Reading::of).collect(),
        }
    }
}
