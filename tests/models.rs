//! The investigation against model verifiers, sampled by the thousand: the cause that is named must
//! be the one that was planted, or none; a healthy model gets no failure and no warning.
//!
//! `MODELS_SEED` and `MODELS_COUNT` choose another sample; figures are printed with `--nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test stops at the first surprise"
)]

#[path = "models/interview.rs"]
mod interview;
#[path = "models/sample.rs"]
mod sample;

use std::collections::BTreeMap;

use authprobe::cause::CauseCode;
use authprobe::check::{Check, Status};
use authprobe::diagnosis::{RunVerdict, ServiceDiagnosis};
use authprobe::time::Seconds;

use interview::diagnose;
use sample::{Fault, Sample};

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Draws samples with this fault, diagnoses each, and hands both over.
fn each(fault: fn(&mut fastrand::Rng) -> Fault, mut look: impl FnMut(&Sample, &ServiceDiagnosis)) {
    let (seed, count) = (setting("MODELS_SEED", 20_261_123), setting("MODELS_COUNT", 600));
    println!("seed {seed}, {count} models");
    let mut rng = fastrand::Rng::with_seed(seed);
    for _ in 0..count {
        let fault = fault(&mut rng);
        let sample = Sample::draw(fault, &mut rng);
        look(&sample, &diagnose(&sample));
    }
}

/// Requests of all models, as minimum, median and maximum.
fn spread(mut requests: Vec<usize>) -> String {
    requests.sort_unstable();
    let median = requests[requests.len() / 2];
    format!("{} / {median} / {}", requests[0], requests[requests.len() - 1])
}

#[test]
fn healthy_models_give_silence() {
    let (mut requests, mut trips, mut inconclusive) = (Vec::new(), Vec::new(), 0);
    each(
        |_| Fault::None,
        |sample, found| {
            let complaints: Vec<_> = found
                .checks
                .iter()
                .filter(|check| matches!(check.status, Status::Fail | Status::Warn))
                .collect();
            assert!(complaints.is_empty(), "{sample:#?}\n{complaints:#?}");
            assert_eq!(found.cause, None, "{sample:#?}");
            assert!(found.other_causes.is_empty(), "{sample:#?}\n{:#?}", found.other_causes);
            let excused = sample.tells_no_time();
            assert!(
                found.verdict == RunVerdict::Pass || excused,
                "{sample:#?}\n{:#?}",
                found.checks
            );
            inconclusive += usize::from(found.verdict == RunVerdict::Inconclusive);
            requests.push(found.observations.len());
            trips.push(found.round_trips);
        },
    );
    println!("healthy: requests {}, round trips {}", spread(requests), spread(trips));
    println!("inconclusive for want of any clock: {inconclusive}");
}

#[test]
fn healthy_models_with_a_limit_on_life_are_measured_in_silence() {
    let mut limits = [60, 90, 300, 900, 1800, 3600, 3000].into_iter().cycle();
    each(
        |_| Fault::None,
        |sample, _| {
            let limit = f64::from(limits.next().expect("a cycle never ends"));
            let mut sample = sample.clone();
            sample.verifier.max_remaining = Some(Seconds(limit + 5.0));
            let (mut subject, keyring) = interview::subject();
            subject.scope.odd_claims = true;
            let found = interview::interview(subject, &keyring, &sample);
            let fine = |check: &&Check| !matches!(check.status, Status::Fail | Status::Warn);
            assert!(found.checks.iter().all(|check| fine(&check)), "{sample:#?}\n{found:#?}");
            assert_eq!(found.cause, None, "{sample:#?}");
            let measured = found.expiration.max_lifetime.map_or(f64::NAN, |limit| limit.0);
            assert!((measured - limit - 5.0).abs() <= 3.0, "{sample:#?}\n{found:#?}");
            assert!(found.behaviour.claims.is_some(), "{sample:#?}");
        },
    );
}

#[test]
fn a_planted_fault_is_named_or_left_open_and_never_called_another() {
    let mut requests = Vec::new();
    let mut named: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    each(Fault::draw, |sample, found| {
        let planted = sample.fault.code().expect("a fault was planted");
        let row = named.entry(planted.code()).or_default();
        row.1 += 1;
        let causes = found.cause.iter().chain(&found.other_causes);
        let sure: Vec<CauseCode> =
            causes.filter(|cause| cause.confidence >= 0.5).map(|cause| cause.code).collect();
        row.0 += usize::from(sure.first() == Some(&planted));
        for code in &sure {
            assert!(
                *code == planted || *code == CauseCode::Unjudgeable,
                "planted {}, named {}: {sample:#?}\n{:#?} {:#?}",
                planted.code(),
                code.code(),
                found.cause,
                found.other_causes
            );
        }
        assert!(found.observations.len() <= 120, "{sample:#?}");
        requests.push(found.observations.len());
    });
    let (hits, all) = named.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    for (code, (hits, all)) in &named {
        println!("{code:26} {hits:5} of {all:5} named");
    }
    println!("named {hits} of {all}, the rest left open; requests {}", spread(requests));
}
