//! The investigation against model verifiers, sampled by the thousand: the cause that is named must
//! be the one that was planted, or none; a healthy model gets no failure and no warning.
//!
//! `MODELS_SEED` and `MODELS_COUNT` choose another sample; figures are printed with `--nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a test stops at the first surprise"
)]

#[path = "models/mod.rs"]
mod models;

use authprobe::cause::CauseCode;
use authprobe::check::{Check, Status};
use authprobe::diagnosis::{RunVerdict, ServiceDiagnosis};
use authprobe::time::Seconds;

use models::interview::{self, diagnose};
use models::sample::{Fault, Sample};
use models::{pairs, tally};

/// One fault is named within so many requests.
const MOST_REQUESTS: usize = 120;
/// Two faults, replicas that disagree, or what no token shows, are worth the whole quota.
const MOST_OF_TWO: usize = 360;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Draws samples with these faults, diagnoses each, and hands all over with what it was drawn from.
fn each(
    faults: fn(&mut fastrand::Rng) -> Vec<Fault>,
    mut look: impl FnMut(&Sample, &ServiceDiagnosis, u64),
) {
    let (seed, count) = (setting("MODELS_SEED", 20_261_123), setting("MODELS_COUNT", 300));
    println!("seed {seed}, {count} models");
    let mut rng = fastrand::Rng::with_seed(seed);
    for _ in 0..count {
        let faults = faults(&mut rng);
        let drawn = rng.u64(..);
        let sample = Sample::with(faults, &mut fastrand::Rng::with_seed(drawn));
        look(&sample, &diagnose(&sample), drawn);
    }
}

#[test]
fn healthy_models_give_silence() {
    let (mut requests, mut trips, mut inconclusive) = (tally::Row::default(), 0, 0);
    each(
        |_| Vec::new(),
        |sample, found, _| {
            assert!(tally::is_silent(found), "{sample:#?}\n{:#?}", found.checks);
            let excused = sample.tells_no_time();
            assert!(
                found.verdict == RunVerdict::Pass || excused,
                "{sample:#?}\n{:#?}",
                found.checks
            );
            inconclusive += usize::from(found.verdict == RunVerdict::Inconclusive);
            requests.add(tally::Outcome::Named, found.observations.len());
            trips = trips.max(found.round_trips);
        },
    );
    println!("healthy: requests {:?}, round trips at most {trips}", requests.requests());
    println!("inconclusive for want of any clock: {inconclusive}");
}

/// Judges every sample; none may be called what it is not, or cost more than a fault may.
fn named(faults: fn(&mut fastrand::Rng) -> Vec<Fault>) {
    let mut all = tally::Row::default();
    each(faults, |sample, found, drawn| {
        let outcome = tally::judge(sample, found, drawn);
        let causes = (&found.cause, &found.other_causes);
        assert!(outcome != tally::Outcome::Wrong, "{sample:#?}\n{causes:#?}");
        let named = outcome == tally::Outcome::Named;
        let one_fault = named && sample.faults.len() == 1 && sample.replica.is_none();
        let most = if one_fault { MOST_REQUESTS } else { MOST_OF_TWO };
        let asked = found.observations.len();
        assert!(asked <= most, "{asked} requests: {sample:#?}\n{causes:#?}");
        all.add(outcome, found.observations.len());
    });
    println!("{}\n{}", tally::head(""), tally::line("all", &all));
}

#[test]
fn healthy_models_with_a_limit_on_life_are_measured_in_silence() {
    let mut limits = [60, 90, 300, 900, 1800, 3600, 3000].into_iter().cycle();
    each(
        |_| vec![Fault::None],
        |sample, _, _| {
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
    named(|rng| vec![Fault::any(rng)]);
}

#[test]
fn of_two_planted_faults_none_is_called_another() {
    named(pairs::draw);
}

#[test]
fn a_token_that_is_taken_and_tells_nothing_is_not_called_refused() {
    let mut rng = fastrand::Rng::with_seed(20_261_128);
    let mut sample = Sample::draw(Fault::None, &mut rng);
    let wanted = authprobe::demo::claims::Wanted::Present;
    let part = authprobe::question::Part::Payload;
    let begins = authprobe::demo::claims::Member { part, name: "nbf".to_owned(), wanted };
    sample.verifier.members.push(begins);
    let found = diagnose(&sample);
    let cause = found.cause.clone().expect("the configured token is refused");
    assert_eq!(cause.code, CauseCode::Unjudgeable, "{cause:#?}");
    assert!(!cause.summary.contains("every token"), "{cause:#?}");
    assert!(cause.summary.starts_with("model takes one token (HS256 token signed with"));
    assert!(cause.fix.contains("token.not_before"), "{cause:#?}");
    let others: Vec<_> = found.other_causes.iter().map(|other| other.code).collect();
    assert_eq!(others[0], CauseCode::ClaimRequired, "{others:?}");
}

/// A token for exactly two hours would end right where this clock stands: it would be taken now, and
/// refused a moment later. Drawn from the seed of such a case.
#[test]
fn a_clock_that_is_two_hours_ahead_to_the_second_is_not_called_replicas() {
    let mut rng = fastrand::Rng::with_seed(7_898_538_637_288_834_968);
    let sample = Sample::draw(Fault::LocalTime(7_200.0), &mut rng);
    let found = diagnose(&sample);
    let code = found.cause.as_ref().map(|cause| cause.code);
    assert_eq!(code, Some(CauseCode::ClockSkew), "{:#?}\n{:#?}", found.cause, found.checks);
}
