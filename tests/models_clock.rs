//! `clock` against model verifiers, sampled by the thousand: whatever is reported holds the truth, a
//! clock within the policy is never called wrong, and one beyond it never right.
//!
//! `MODELS_SEED` and `MODELS_COUNT` choose another sample; figures are printed with `--nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a test stops at the first surprise, and uses a part of what models have in common"
)]

#[path = "models/mod.rs"]
mod models;

use authprobe::cause::CauseCode;
use authprobe::clock_reading::ClockReading;
use authprobe::demo::dialect::DateStamp;
use authprobe::demo::times::TimeRule;
use authprobe::diagnosis::{Measured, RunVerdict, ServiceDiagnosis};
use authprobe::plan::{About, ClockScope, Scope};

use models::interview::{diagnose, interview, subject};
use models::sample::{Fault, Sample};

const POLICY: f64 = 5.0;
/// What the sums of seconds since 1970 lose in an f64.
const LOST: f64 = 1e-5;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn measure(sample: &Sample, about: About) -> ServiceDiagnosis {
    let (mut subject, keyring) = subject();
    subject.scope = Scope { about, clock: ClockScope::Precise, ..Scope::default() };
    interview(subject, &keyring, sample)
}

fn each(fault: fn(&mut fastrand::Rng) -> Fault, mut look: impl FnMut(&Sample)) {
    let (seed, count) = (setting("MODELS_SEED", 20_261_125), setting("MODELS_COUNT", 400));
    println!("seed {seed}, {count} models");
    let mut rng = fastrand::Rng::with_seed(seed);
    for _ in 0..count {
        let fault = fault(&mut rng);
        look(&Sample::draw(fault, &mut rng));
    }
}

fn holds(measured: Measured, truth: f64) -> bool {
    (measured.value.0 - truth).abs() <= measured.error.0 + LOST
}

/// Whether the skew, or one of the readings beside it, holds the truth.
fn is_told(found: &ServiceDiagnosis, truth: f64) -> bool {
    let clock = &found.clock;
    let mut readings: Vec<ClockReading> = Vec::new();
    if let Some(precise) = &clock.precise {
        readings.push(precise.reading);
        readings.extend(&precise.rivals);
    }
    clock.skew.is_none_or(|skew| holds(skew, truth))
        || readings.iter().any(|reading| holds(reading.skew, truth))
}

/// Whether nothing but tokens could show this clock, and they do not.
fn by_a_proxys_date(sample: &Sample) -> bool {
    let proxy = matches!(sample.dialect.date, DateStamp::Proxy(_));
    proxy && sample.verifier.nbf == TimeRule::Ignored
}

#[test]
fn what_is_reported_holds_the_truth_and_a_clock_within_the_policy_is_not_accused() {
    let (mut errors, mut requests) = (Vec::new(), Vec::new());
    each(
        |_| Fault::None,
        |sample| {
            let found = measure(sample, About::Clock);
            let truth = sample.verifier.skew.0;
            assert_ne!(found.verdict, RunVerdict::Fail, "{sample:#?}\n{:#?}", found.checks);
            assert!(found.cause.is_none() && found.other_causes.is_empty(), "{sample:#?}");
            let told = by_a_proxys_date(sample) || is_told(&found, truth);
            assert!(told, "{sample:#?}\n{:#?}", found.clock);
            requests.push(found.observations.len());
            let proxied = matches!(sample.dialect.date, DateStamp::Proxy(_));
            if sample.verifier.nbf != TimeRule::Ignored && !proxied {
                let skew = found.clock.skew.expect("nbf tells it");
                // A server reads its clock within the round trip; timers are exact here.
                let width = (1.2 * sample.round_trip + 0.002).max(0.004);
                assert!(holds(skew, truth), "{sample:#?}\n{:#?}", found.clock);
                assert!(skew.error.0 <= width / 2.0 + LOST, "{sample:#?}\n{skew:?}");
                errors.push((skew.value.0 - truth).abs() * 1e3);
            }
        },
    );
    errors.sort_by(f64::total_cmp);
    requests.sort_unstable();
    let (most, half) = (errors.len() - 1, errors.len() / 2);
    println!("error in ms: median {:.2}, most {:.2}", errors[half], errors[most]);
    println!("requests: median {}, most {:?}", requests[requests.len() / 2], requests.last());
}

#[test]
fn a_clock_beyond_the_policy_is_named_or_left_open() {
    let (mut named, mut all) = (0, 0);
    each(
        |rng| Fault::Skew(if rng.bool() { 1.0 } else { -1.0 } * 10f64.powf(0.9 + 2.9 * rng.f64())),
        |sample| {
            let found = measure(sample, About::Clock);
            let truth = sample.verifier.skew.0;
            if by_a_proxys_date(sample) {
                return;
            }
            assert!(is_told(&found, truth), "{sample:#?}\n{:#?}", found.clock);
            assert!(found.verdict != RunVerdict::Pass || truth.abs() <= POLICY, "{sample:#?}");
            all += 1;
            named += usize::from(found.verdict == RunVerdict::Fail);
        },
    );
    println!("{named} of {all} named, the rest left open");
    assert!(named * 10 >= all * 9, "{named} of {all}");
}

#[test]
fn a_clock_that_is_days_off_is_not_taken_for_one_in_milliseconds() {
    let (mut named, mut all) = (0, 0);
    each(
        |rng| {
            Fault::Skew(if rng.bool() { 1.0 } else { -1.0 } * 86_400.0 * (1.0 + 60.0 * rng.f64()))
        },
        |sample| {
            // The usual check, which searches for whatever it may be.
            let found = diagnose(sample);
            let code = found.cause.as_ref().map(|cause| cause.code);
            assert_ne!(code, Some(CauseCode::ClaimRequired), "{sample:#?}\n{:#?}", found.cause);
            all += 1;
            named += usize::from(code == Some(CauseCode::ClockSkew));
        },
    );
    println!("{named} of {all} named, the rest left open");
    assert!(named * 2 >= all, "{named} of {all}");
}

#[test]
fn a_date_of_its_own_holds_the_truth_without_any_token() {
    each(
        |_| Fault::None,
        |sample| {
            let found = measure(sample, About::DateClock);
            let own = matches!(sample.dialect.date, DateStamp::Own | DateStamp::Late(_));
            assert!(!own || is_told(&found, sample.verifier.skew.0), "{sample:#?}");
            assert!(found.observations.len() <= 45, "{}", found.observations.len());
            for judged in &found.observations {
                assert!(judged.observation.question.shape().is_none(), "no token is sent");
            }
        },
    );
}

#[test]
fn what_check_says_of_a_healthy_clock_holds_the_truth() {
    let (mut errors, mut requests) = (Vec::new(), Vec::new());
    each(
        |_| Fault::None,
        |sample| {
            let found = diagnose(sample);
            requests.push(found.observations.len());
            let forgiven = |leeway: Measured| holds(leeway, sample.leeway());
            // A proxy's Date that suits the tokens is believed here: only `clock` tells them apart.
            let proxied = matches!(sample.dialect.date, DateStamp::Proxy(_));
            let Some(skew) = found.clock.skew.filter(|_| !proxied) else { return };
            let truth = sample.verifier.skew.0;
            let least = skew.value.0 - skew.error.0 - LOST;
            let told = if found.clock.at_least { truth >= least } else { holds(skew, truth) };
            assert!(told, "{sample:#?}\n{:#?}", found.clock);
            assert!(found.expiration.leeway.is_none_or(forgiven), "{sample:#?}\n{found:#?}");
            errors.push(skew.error.0);
        },
    );
    errors.sort_by(f64::total_cmp);
    requests.sort_unstable();
    println!(
        "error in s: median {:.2}, most {:.2}",
        errors[errors.len() / 2],
        errors.last().unwrap()
    );
    println!("requests: median {}, most {:?}", requests[requests.len() / 2], requests.last());
}
