//! What a run may ask of a service, and what it makes of one that has had enough: quotas and pace,
//! lockouts, rate limits, and that everything sent says who sent it. On models and on real services.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking
#![allow(dead_code, unreachable_pub, reason = "shared with the tests of the models")]

mod common;
#[path = "models/mod.rs"]
mod models;
mod real;

use authprobe::cause::CauseCode;
use authprobe::diagnosis::{RunVerdict, ServiceDiagnosis};
use authprobe::investigate::{Investigation, Step};
use authprobe::observation::{Answer, Outcome};
use authprobe::plan::Quota;
use authprobe::question::Credential;
use serde_json::Value;

use common::http;
use common::token::Token;
use models::interview::{ask, subject};
use models::sample::{Fault, Sample};
use real::families::{Setting, flask, lockout};
use real::nginx::Nginx;
use real::solo::{NAME, Solo};
use real::started;

/// What a model says to somebody who is locked out.
type Locked = fn(&mut Answer);

const SAME_TEXT: Locked = |_| {};
const OTHER_TEXT: Locked = |answer| answer.body.digest ^= 1;
const UNAVAILABLE: Locked = |answer| answer.status = 503;

/// Interviews a model that locks us out after so many bad tokens; gives the diagnosis, and how many
/// answers the lockout gave.
fn locked_out(
    sample: &Sample,
    after: usize,
    locked: Locked,
    quota: Quota,
) -> (ServiceDiagnosis, usize) {
    let (mut subject, keyring) = subject();
    subject.quota = quota;
    let spec = subject.token.clone();
    let mut investigation = Investigation::new(subject, "http://model/".into());
    let (mut now, mut refused, mut lost, mut answers) = (sample.start, 0, 0, 0);
    let mut refusal = Answer::default();
    loop {
        match investigation.step() {
            Step::Ask(questions) => {
                for question in questions {
                    let mut seen = ask(sample, &sample.verifier, &question, &spec, &keyring, now);
                    answers += 1;
                    assert!(answers < 400, "it never ends");
                    let Outcome::Answer(answer) = &mut seen.outcome else { unreachable!() };
                    let date = answer.date;
                    if refused >= after {
                        *answer = Answer { date, ..refusal.clone() };
                        locked(answer);
                        lost += 1;
                    } else if answer.status >= 400 {
                        refused += usize::from(question.credential != Credential::Absent);
                        refusal = answer.clone();
                    }
                    investigation.tell(seen);
                    now += 0.01;
                }
            }
            Step::Done(found) => return (*found, lost),
        }
    }
}

fn model(fault: Fault, seed: u64) -> Sample {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut sample = Sample::draw(fault, &mut rng);
    sample.dialect.style = authprobe::demo::dialect::Style::OneText401;
    sample
}

#[test]
fn a_lockout_of_a_healthy_model_is_never_taken_for_a_fault() {
    let mut lockouts = 0;
    for after in 3..20 {
        for (seed, locked) in (0..).zip([SAME_TEXT, OTHER_TEXT, UNAVAILABLE]) {
            let sample = model(Fault::None, seed);
            let (found, lost) = locked_out(&sample, after, locked, Quota::default());
            let code = found.cause.as_ref().map(|cause| cause.code);
            let shown = format!("after {after}, {lost} lost: {:#?}", found.checks);
            assert!(code.is_none_or(|code| code == CauseCode::Unjudgeable), "{shown}");
            assert_ne!(found.verdict, RunVerdict::Fail, "{shown}");
            // Two refusals at the very end are what a healthy service may well give.
            if lost > 2 {
                assert_eq!(found.verdict, RunVerdict::Inconclusive, "{shown}");
                lockouts += 1;
            }
        }
    }
    assert!(lockouts >= 10, "only {lockouts} lockouts took place");
}

#[test]
fn a_lockout_in_mid_search_leaves_the_cause_open_and_ends_the_search() {
    for after in [10, 25, 40] {
        let sample = model(Fault::UnknownKey, 7);
        let (found, _) = locked_out(&sample, after, OTHER_TEXT, Quota::default());
        let cause = found.cause.unwrap();
        assert_eq!(cause.code, CauseCode::Unjudgeable, "{cause:#?}");
        assert!(cause.summary.contains("changed in mid-run"), "{}", cause.summary);
        let asked = found.observations.len();
        assert!(asked < after + 40, "{asked} requests for a lockout after {after} refusals");
    }
}

#[test]
fn a_quota_that_ends_in_mid_search_leaves_everything_open() {
    for requests in 10..40 {
        let quota = Quota { requests, spacing: None };
        let (found, _) = locked_out(&model(Fault::UnknownKey, 3), usize::MAX, SAME_TEXT, quota);
        assert!(found.observations.len() <= requests, "{requests}");
        assert_eq!(found.verdict, RunVerdict::Inconclusive, "{requests}: {:#?}", found.checks);
        let cause = found.cause.unwrap();
        assert_eq!(cause.code, CauseCode::Unjudgeable, "{requests}");
        assert_eq!(cause.details["max_requests"], requests);
        assert!(cause.fix.contains("--max-requests"), "{}", cause.fix);
    }
}

#[test]
fn a_quota_never_makes_a_healthy_model_fail() {
    for requests in 10..45 {
        let quota = Quota { requests, spacing: None };
        let (found, _) = locked_out(&model(Fault::None, 11), usize::MAX, SAME_TEXT, quota);
        assert!(found.observations.len() <= requests, "{requests}");
        assert_ne!(found.verdict, RunVerdict::Fail, "{requests}: {:#?}", found.checks);
    }
}

/// The causes that a run claims.
fn claimed(service: &Value) -> Vec<String> {
    let others = service["other_causes"].as_array().unwrap().iter();
    let sure = others.filter(|cause| cause["confidence"].as_f64().unwrap() >= 0.5);
    let all = [&service["cause"]].into_iter().filter(|cause| !cause.is_null()).chain(sure);
    all.map(|cause| cause["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_real_service_that_locks_us_out_is_left_alone_and_not_accused() {
    for (after, locked, codes) in [
        (6, "401-same-text", &["unjudgeable"][..]),
        (6, "401-other-text", &["unjudgeable"]),
        (6, "429", &["rate-limited"]),
        (6, "429-for-long", &["rate-limited"]),
        (40, "401-same-text", &[]),
    ] {
        let solo = Solo::new();
        let service = started!(lockout(solo.reference.text(), after, locked));
        let run = solo.check(&service.url());
        let found = run.service(NAME);
        assert_eq!(claimed(&found), codes, "{locked} after {after}: {found:#}");
        run.assert_exit(if codes.is_empty() { 0 } else { 3 });
        // It was well before and it is locked now: the run saw the one turn into the other.
        let right = Token::right().signed_with(solo.reference.text());
        let header = ("Authorization", format!("Bearer {right}"));
        let now = http::get(&format!("{}/me", service.url()), Some(header)).status;
        assert_eq!(
            now == 200,
            codes.is_empty(),
            "{locked} after {after}: {found:#}\n{}",
            service.log()
        );
        assert!(found["requests"].as_u64().unwrap() < 40, "{locked}: {}", found["requests"]);
    }
}

#[test]
fn a_real_lockout_in_mid_search_is_told_as_such() {
    let solo = Solo::new();
    let unknown = solo.unknown_key();
    let service = started!(lockout(unknown.text(), 30, "401-other-text"));
    let run = solo.check(&service.url());
    let found = run.assert_exit(3).service(NAME);
    assert_eq!(claimed(&found), ["unjudgeable"], "{found:#}");
    let summary = found["cause"]["summary"].as_str().unwrap();
    assert!(summary.contains("changed in mid-run"), "{summary}");
    assert!(found["requests"].as_u64().unwrap() < 70, "{}", found["requests"]);
}

#[test]
fn a_real_nginx_that_limits_requests_is_obeyed_and_not_accused() {
    for (limit, codes) in [
        ("limit_req zone=slow burst=5 nodelay;", &["server-error", "unjudgeable"][..]),
        ("limit_req zone=slow burst=5 nodelay; limit_req_status 429;", &["rate-limited"]),
    ] {
        let solo = Solo::new();
        let service = started!(flask(&Setting::with_key(solo.reference.text())));
        let nginx = started!(Nginx::limiting(&service.url(), limit));
        let run = solo.check(&nginx.url());
        let found = run.assert_exit(3).service(NAME);
        let named = claimed(&found);
        assert!(!named.is_empty(), "{limit} {found:#}");
        assert!(named.iter().all(|code| codes.contains(&code.as_str())), "{limit} {found:#}");
    }
}

#[test]
fn a_run_held_to_the_rate_that_nginx_allows_never_meets_its_limit() {
    let limit = "limit_req zone=one burst=3 nodelay; limit_req_status 429;";
    for (options, meets) in [(&[][..], true), (&["--rate", "4/s"], false)] {
        let solo = Solo::new();
        let service = started!(flask(&Setting::with_key(solo.reference.text())));
        let nginx = started!(Nginx::limiting(&service.url(), limit));
        let run = solo.check_with(&nginx.url(), options);
        let log = nginx.access_log();
        assert_eq!(log.lines().any(|line| line.starts_with("429")), meets, "{options:?}\n{log}");
        if !meets {
            run.assert_exit(0);
        }
    }
}

#[test]
fn no_request_goes_beyond_the_most() {
    let solo = Solo::new();
    let service = started!(flask(&Setting::with_key(solo.reference.text())));
    let nginx = started!(Nginx::limiting(&service.url(), ""));
    let run = solo.check_with(&nginx.url(), &["--max-requests", "12"]);
    assert_eq!(nginx.access_log().lines().count(), 12);
    let found = run.assert_exit(3).service(NAME);
    assert_eq!(claimed(&found), ["unjudgeable"]);
    assert_eq!(found["cause"]["details"]["max_requests"], 12);
}

#[test]
fn everything_that_is_sent_says_who_sent_it() {
    let solo = Solo::new();
    let service = started!(flask(&Setting::with_key(solo.reference.text())));
    let nginx = started!(Nginx::limiting(&service.url(), ""));
    let sent = solo.check(&nginx.url()).service(NAME)["requests"].as_u64().unwrap();
    let log = nginx.access_log();
    assert_eq!(log.lines().count() as u64, sent);
    let ours = format!("\"authprobe/{} (JWT auth probe)\"", env!("CARGO_PKG_VERSION"));
    assert!(log.lines().all(|line| line.ends_with(&ours)), "{log}");
}

#[test]
fn the_id_of_every_token_says_who_made_it_in_a_real_services_own_log() {
    let solo = Solo::new();
    let service = started!(lockout(solo.reference.text(), usize::MAX >> 1, "429"));
    let sent = solo.check(&service.url()).service(NAME)["requests"].as_u64().unwrap();
    let log = service.log();
    let ids: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix("asked with ")).collect();
    // All but the request without a token.
    assert_eq!(ids.len() as u64, sent - 1, "{log}");
    let strangers: Vec<_> = ids.iter().filter(|id| !id.starts_with("authprobe-")).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
}
