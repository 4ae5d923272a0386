//! `authprobe check` against real verifiers of several families with two faults at once: both are named,
//! and nothing else is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use std::collections::BTreeSet;

use real::families::{self as verifiers, Family, Setting};
use real::solo::{NAME, Solo};
use real::started;

/// Two faults as a setting, and the causes that should be named.
type Planted = (Setting, [&'static str; 2]);

/// Every pair of a key that is not the shared one and something else.
fn pairs(solo: &Solo) -> Vec<Planted> {
    let newline = format!("{}\n", solo.reference);
    let with = |key: &str| Setting::with_key(key);
    let [previous, staging] = [solo.previous.text(), solo.staging.text()];
    vec![
        (with(previous).algorithms("HS512"), ["key-previous", "algorithm-mismatch"]),
        (with(staging).leeway(300), ["key-other-environment", "leeway-excessive"]),
        (with(previous).clock_offset(95), ["key-previous", "clock-skew"]),
        (with(&newline).algorithms("HS384"), ["key-variant", "algorithm-mismatch"]),
        (with(&newline).clock_offset(-7_300), ["key-variant", "clock-skew"]),
        (Setting::without_key().clock_offset(4_000), ["key-default", "clock-skew"]),
        (Setting::without_key().leeway(600), ["key-default", "leeway-excessive"]),
    ]
}

/// Plants every pair in a family.
fn both_are_named(family: Family) {
    let mut missed = Vec::new();
    for (number, (_, codes)) in pairs(&Solo::new()).into_iter().enumerate() {
        let solo = Solo::new();
        let (setting, _) = pairs(&solo).remove(number);
        let service = started!(family(&setting));
        let run = solo.check(&service.url());
        run.assert_exit(1);
        let found = run.service(NAME);
        let others = found["other_causes"].as_array().unwrap();
        let sure = std::iter::once(&found["cause"])
            .chain(others)
            .filter(|cause| cause["confidence"].as_f64().is_some_and(|sure| sure >= 0.5));
        let named: BTreeSet<&str> = sure.map(|cause| cause["code"].as_str().unwrap()).collect();
        if named != BTreeSet::from(codes) {
            missed.push(format!(
                "{codes:?}: {named:?}, {} requests\n{}\n{:#}",
                found["requests"], found["cause"], found["other_causes"]
            ));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

macro_rules! families {
    ($($family:ident)*) => {
        $(#[test] fn $family() { both_are_named(verifiers::$family); })*
    };
}

families! { flask simplejwt joserfc express_jwt fastify_jwt jose ruby_jwt golang_jwt }
