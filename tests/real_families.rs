//! `authprobe check` against verifiers of many families, each a real library: silence where it is
//! healthy, the right name for each fault. A row below is a test; its name says what was planted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use serde_json::{Value, json};

use common::authprobe::Run;
use real::families::{Family, Setting};
use real::solo::{NAME, Solo};
use real::started;

/// Everything that can be started.
mod verifiers {
    pub(super) use super::real::families::*;
    pub(super) use super::real::gateway::*;
}

/// Declares the tests: for each family, what is planted in it.
macro_rules! families {
    ($($family:ident { $($planted:ident $(($($argument:expr),+))?,)* })*) => {
        $(mod $family {
            $(#[test] fn $planted() { super::$planted(super::verifiers::$family $($(, $argument)+)?); })*
        })*
    };
}

families! {
    flask {
        healthy, previous_key, key_of_another_environment, default_key, unknown_key, other_algorithm,
        unpinned_algorithms("HS256,HS384,HS512"), generous_leeway, clock_ahead, clock_behind,
        ignored_expiry, ignored_signature, other_audience,
    }
    simplejwt {
        healthy, previous_key, key_of_another_environment, default_key, unknown_key, other_algorithm,
        generous_leeway, clock_ahead, clock_behind, ignored_signature, other_audience,
    }
    joserfc {
        healthy, previous_key, key_of_another_environment, default_key, unknown_key, other_algorithm,
        unpinned_algorithms("HS256,HS384,HS512"), generous_leeway, clock_ahead, clock_behind,
        ignored_expiry, ignored_signature, other_audience,
    }
    express_jwt {
        healthy, previous_key, key_of_another_environment, default_key, unknown_key, other_algorithm,
        unpinned_algorithms("HS256,HS384,HS512"), generous_leeway, clock_ahead, clock_behind,
        ignored_expiry, ignored_signature, other_audience,
    }
    fastify_jwt {
        healthy, previous_key, key_of_another_environment, default_key, unknown_key, other_algorithm,
        unpinned_algorithms(""), generous_leeway, clock_ahead, clock_behind, ignored_expiry,
        ignored_signature, other_audience,
    }
    jose {
        healthy, previous_key, key_of_another_environment, default_key, unknown_key, other_algorithm,
        unpinned_algorithms(""), generous_leeway, clock_ahead, clock_behind, ignored_expiry,
        ignored_signature, other_audience,
    }
    ruby_jwt {
        healthy, previous_key, key_of_another_environment, default_key, unknown_key, other_algorithm,
        unpinned_algorithms("HS256,HS384,HS512"), generous_leeway, clock_ahead, clock_behind,
        ignored_expiry, ignored_signature, other_audience,
    }
    golang_jwt {
        healthy, previous_key, key_of_another_environment, default_key, unknown_key, other_algorithm,
        unpinned_algorithms(""), generous_leeway, clock_ahead, clock_behind, ignored_expiry,
        ignored_signature, other_audience,
    }
    haproxy {
        healthy, previous_key, key_of_another_environment, unknown_key, other_algorithm,
        unpinned_algorithms(""), generous_leeway, clock_ahead, clock_behind, ignored_expiry,
        ignored_signature, other_audience,
    }
    haproxy_alone {
        healthy, clock_ahead, unpinned_algorithms(""), previous_key, unknown_key, other_algorithm, ignored_expiry, ignored_signature, other_audience,
    }
}

fn healthy(family: Family) {
    let solo = Solo::new();
    let service = started!(family(&Setting::with_key(solo.reference.text())));
    let run = solo.check(&service.url());
    let found = passed(&run);
    assert_eq!(found["cause"], Value::Null, "{found:#}");
    assert_eq!(found["other_causes"], json!([]), "{found:#}");
    assert_eq!(found["accepts_baseline"], true, "{found:#}");
    assert_eq!(found["key"]["matches"], "reference", "{found:#}");
    for check in found["checks"].as_array().unwrap() {
        let status = check["status"].as_str().unwrap();
        assert!(!["fail", "warn", "undecided"].contains(&status), "{check:#}\n{}", story(&run));
    }
}

fn previous_key(family: Family) {
    let solo = Solo::new();
    let service = started!(family(&Setting::with_key(solo.previous.text())));
    named(&solo.check(&service.url()), "key-previous");
}

fn key_of_another_environment(family: Family) {
    let solo = Solo::new();
    let service = started!(family(&Setting::with_key(solo.staging.text())));
    named(&solo.check(&service.url()), "key-other-environment");
}

fn default_key(family: Family) {
    let service = started!(family(&Setting::without_key()));
    named(&Solo::new().check(&service.url()), "key-default");
}

/// Where one refusal covers every reason, that nothing is guessed is right too.
fn unknown_key(family: Family) {
    let solo = Solo::new();
    let service = started!(family(&Setting::with_key(solo.unknown_key().text())));
    let run = solo.check(&service.url());
    run.assert_exit(1);
    let code = run.service(NAME)["cause"]["code"].take();
    let right = ["key-mismatch", "unjudgeable"].contains(&code.as_str().unwrap_or("none"));
    assert!(right, "{code}\n{}", story(&run));
}

fn other_algorithm(family: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).algorithms("HS512");
    let service = started!(family(&setting));
    let found = named(&solo.check(&service.url()), "algorithm-mismatch");
    assert_eq!(found["algorithm"]["accepted"], json!(["HS512"]), "{found:#}");
}

/// Within the HMAC family that is a warning, not a failure.
fn unpinned_algorithms(family: Family, algorithms: &'static str) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).algorithms(algorithms);
    let service = started!(family(&setting));
    let run = solo.check(&service.url());
    let found = passed(&run);
    let accepted = json!(["HS256", "HS384", "HS512"]);
    assert_eq!(found["algorithm"]["accepted"], accepted, "{}", story(&run));
    let causes = found["other_causes"].as_array().unwrap();
    let codes: Vec<&str> = causes.iter().filter_map(|cause| cause["code"].as_str()).collect();
    assert_eq!(codes, ["algorithm-permissive"], "{}", story(&run));
}

fn generous_leeway(family: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).leeway(300);
    let service = started!(family(&setting));
    let run = solo.check(&service.url());
    let expiration = named(&run, "leeway-excessive")["expiration"].take();
    let [leeway, error] =
        ["leeway_s", "leeway_error_s"].map(|name| expiration[name].as_f64().unwrap());
    // Where nothing but exp is looked at, the skew is as sure as a Date in whole seconds.
    assert!((leeway - 300.0).abs() <= error && error <= 3.0, "{expiration:#}\n{}", story(&run));
}

fn clock_ahead(family: Family) {
    skewed(family, 95);
}

fn clock_behind(family: Family) {
    skewed(family, -40);
}

fn skewed(family: Family, offset: i32) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).clock_offset(offset);
    let service = started!(family(&setting));
    let run = solo.check(&service.url());
    let clock = named(&run, "clock-skew")["clock"].take();
    let [skew, error] = ["skew_s", "error_s"].map(|name| clock[name].as_f64().unwrap());
    let truth = f64::from(offset);
    assert!((skew - truth).abs() <= error, "{truth} is not within {clock:#}\n{}", story(&run));
    assert!(skew.abs() - error > 5.0, "{clock:#} does not decide\n{}", story(&run));
}

fn ignored_expiry(family: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).fault("expiry-ignored");
    let service = started!(family(&setting));
    let found = named(&solo.check(&service.url()), "expiry-not-enforced");
    assert_eq!(found["expiration"]["enforced"], false, "{found:#}");
}

fn ignored_signature(family: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).fault("signature-ignored");
    let service = started!(family(&setting));
    named(&solo.check(&service.url()), "signature-not-verified");
}

/// Where one refusal covers every reason, that nothing is guessed is right too.
fn other_audience(family: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).audience("RemoteHive-Admin");
    let service = started!(family(&setting));
    let run = solo.check(&service.url());
    run.assert_exit(1);
    let cause = run.service(NAME)["cause"].take();
    let named = cause["code"] == "claim-required" && cause["details"]["claim"] == "aud";
    assert!(named || cause["code"] == "unjudgeable", "{}", story(&run));
    // Whoever says what it expects is believed once such a token was taken.
    if run.stdout.contains("RemoteHive-Admin") {
        assert_eq!(cause["details"]["wanted"], "RemoteHive-Admin", "{}", story(&run));
    }
}

/// The service of a run that found nothing to fail it for.
#[track_caller]
fn passed(run: &Run) -> Value {
    let found = run.service(NAME);
    assert_eq!((run.status, &found["verdict"]), (Some(0), &json!("pass")), "{}", story(run));
    assert_eq!(run.json()["verdict"], "pass", "{}", story(run));
    found
}

/// The service of a run that failed it for this cause.
#[track_caller]
fn named(run: &Run, code: &str) -> Value {
    let found = run.service(NAME);
    let told = (run.status, &found["cause"]["code"], &found["verdict"]);
    assert_eq!(told, (Some(1), &json!(code), &json!("fail")), "{}", story(run));
    assert_ne!(found["cause"]["fix"], "", "{found:#}");
    assert!(!found["cause"]["evidence"].as_array().unwrap().is_empty(), "{found:#}");
    found
}

/// What was concluded and what it rests on, for whoever looks into a failure.
fn story(run: &Run) -> String {
    let (report, found) = (run.json(), run.service(NAME));
    let causes = found["other_causes"].as_array().unwrap();
    let mut lines: Vec<String> =
        [&found["cause"]].into_iter().chain(causes).map(|cause| format!("cause {cause}")).collect();
    let complaints = found["checks"].as_array().unwrap().iter();
    lines.extend(
        complaints
            .filter(|check| check["status"] != "pass")
            .map(|check| format!("{} {}: {}", check["status"], check["id"], check["summary"])),
    );
    lines.extend(report["observations"].as_array().unwrap().iter().map(|seen| {
        format!(
            "{} {} {} {} {}",
            seen["id"], seen["variant"], seen["status"], seen["verdict"], seen["reason"]
        )
    }));
    lines.join("\n")
}
