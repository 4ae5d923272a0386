//! `authprobe check` against real verifiers: it passes what is healthy and names what is not. Every
//! key is a canary, every run logs at trace level, and all it leaves behind is searched for keys.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use serde_json::Value;

use common::authprobe::Run;
use common::service::free_port;
use real::fastapi::FastApi;
use real::fleet::Fleet;
use real::nginx::Nginx;
use real::node::Node;
use real::started;

/// Asserts that the run found nothing wrong with the service, and gives what it says of it.
#[track_caller]
fn assert_healthy(run: &Run, service: &str) -> Value {
    run.assert_exit(0);
    let found = run.service(service);
    assert_eq!(run.json()["verdict"], "pass", "{found:#}");
    assert_eq!(found["verdict"], "pass", "{found:#}");
    assert_eq!(found["cause"], Value::Null, "{found:#}");
    assert_eq!(found["accepts_baseline"], true, "{found:#}");
    for check in found["checks"].as_array().unwrap() {
        let status = check["status"].as_str().unwrap();
        assert!(!["fail", "warn", "undecided"].contains(&status), "{service}: {check:#}");
    }
    assert!(found["checks"].as_array().unwrap().len() > 10, "{found:#}");
    found
}

/// Asserts that the run names this cause for the service, and gives what it says of it.
#[track_caller]
fn assert_cause(run: &Run, service: &str, code: &str) -> Value {
    run.assert_exit(1);
    let found = run.service(service);
    assert_eq!(found["cause"]["code"], code, "{found:#}");
    assert_eq!(found["verdict"], "fail", "{found:#}");
    assert_ne!(found["cause"]["fix"], "", "{found:#}");
    assert!(!found["cause"]["evidence"].as_array().unwrap().is_empty(), "{found:#}");
    found
}

/// Asserts that the measured skew holds the truth and is on one side of the policy of 5 seconds.
#[track_caller]
fn assert_skew(found: &Value, truth: f64) {
    let clock = &found["clock"];
    let (skew, error) = (clock["skew_s"].as_f64().unwrap(), clock["error_s"].as_f64().unwrap());
    assert!((skew - truth).abs() <= error, "{truth} is not within {clock:#}");
    assert!(skew.abs() - error > 5.0, "the policy is not decided by {clock:#}");
}

#[test]
fn a_healthy_fastapi_service_passes() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.reference.text()).start());
    let found = assert_healthy(&fleet.check(&[("main", &service.url())]), "main");
    assert_eq!(found["key"]["matches"], "reference");
    assert_eq!(found["algorithm"]["accepted"], serde_json::json!(["HS256"]));
    assert_eq!(found["algorithm"]["unsigned_accepted"], false);
    assert_eq!(found["expiration"]["enforced"], true);
    assert_eq!(found["expiration"]["leeway_s"], 0.0);
}

#[test]
fn a_healthy_node_service_passes() {
    let fleet = Fleet::new();
    let service = started!(Node::with_key(fleet.reference.text()).start());
    assert_healthy(&fleet.check(&[("admin", &service.url())]), "admin");
}

#[test]
fn a_whole_healthy_fleet_with_its_keys_in_env_files_passes() {
    let fleet = Fleet::new();
    let main = started!(FastApi::with_env_file(&fleet.project.path(".env.development")).start());
    let own = fleet.project.path("autoscraper-service/.env.development");
    let autoscraper = started!(FastApi::with_env_file(&own).start());
    let own = fleet.project.path("remotehive-admin/.env.development");
    let admin = started!(Node::with_env_file(&own).start());
    let run = fleet.check(&[
        ("main", &main.url()),
        ("autoscraper", &autoscraper.url()),
        ("admin", &admin.url()),
    ]);
    for service in ["main", "autoscraper", "admin"] {
        assert_healthy(&run, service);
    }
    let pairs = run.json()["fleet"]["pairs"].take();
    assert!(pairs.as_array().unwrap().iter().all(|pair| pair["works"] == true), "{pairs:#}");
}

#[test]
fn a_previous_key_is_named() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.previous.text()).start());
    let found = assert_cause(&fleet.check(&[("main", &service.url())]), "main", "key-previous");
    assert_eq!(found["key"]["matches"], "previous");
}

#[test]
fn a_key_file_that_differs_from_the_source_of_truth_is_named() {
    let fleet = Fleet::new();
    let own = fleet.project.canary();
    let file = fleet.set("autoscraper-service/.env.development", "JWT_SECRET_KEY", &own);
    let service = started!(FastApi::with_env_file(&file).start());
    let run = fleet.check(&[("autoscraper", &service.url())]);
    let found = assert_cause(&run, "autoscraper", "key-own-file");
    assert_eq!(found["key"]["matches"], "own");
    let told = format!("{}{}", found["cause"]["summary"], found["cause"]["fix"]);
    assert!(told.contains("autoscraper-service/.env.development"), "{told}");
}

#[test]
fn the_key_of_another_environment_is_named() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.staging.text()).start());
    let run = fleet.check(&[("main", &service.url())]);
    let found = assert_cause(&run, "main", "key-other-environment");
    assert_eq!(found["key"]["matches"], "environment:staging");
}

#[test]
fn a_hard_coded_fallback_is_named_with_the_variable_that_is_missing() {
    let fleet = Fleet::new();
    // The rotation wrote the name that the other services read.
    let file = fleet.set("remotehive-admin/.env.development", "JWT_SECRET_KEY", &fleet.reference);
    let service = started!(Node::with_env_file(&file).start());
    let found = assert_cause(&fleet.check(&[("admin", &service.url())]), "admin", "key-default");
    assert_eq!(found["key"]["matches"], "default");
    let fix = found["cause"]["fix"].as_str().unwrap();
    assert!(
        fix.contains("JWT_SECRET") && fix.contains("remotehive-admin/.env.development"),
        "{fix}"
    );
}

#[test]
fn a_key_that_nobody_knows_is_called_a_mismatch_where_the_service_says_why() {
    let fleet = Fleet::new();
    let verifier = FastApi::with_key(fleet.unknown_key().text()).refusal("telling-401");
    let service = started!(verifier.start());
    assert_cause(&fleet.check(&[("main", &service.url())]), "main", "key-mismatch");
}

#[test]
fn a_key_that_nobody_knows_is_the_first_candidate_where_every_answer_is_the_same() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.unknown_key().text()).start());
    // One text for all: another key and an unknown subject look alike, and it must not guess.
    let found = assert_cause(&fleet.check(&[("main", &service.url())]), "main", "unjudgeable");
    assert_eq!(found["other_causes"][0]["code"], "key-mismatch", "{found:#}");
}

#[test]
fn a_clock_ahead_is_measured() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.reference.text()).clock_offset(95).start());
    let found = assert_cause(&fleet.check(&[("main", &service.url())]), "main", "clock-skew");
    assert_skew(&found, 95.0);
}

#[test]
fn a_clock_behind_is_measured() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.reference.text()).clock_offset(-40).start());
    let found = assert_cause(&fleet.check(&[("main", &service.url())]), "main", "clock-skew");
    assert_skew(&found, -40.0);
}

#[test]
fn the_clock_of_an_application_is_measured_through_a_proxy_that_stamps_its_own_date() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.reference.text()).clock_offset(95).start());
    let nginx = started!(Nginx::before(&service));
    let found = assert_cause(&fleet.check(&[("main", &nginx.url())]), "main", "clock-skew");
    assert_skew(&found, 95.0);
    assert_eq!(found["clock"]["source"], "token");
}

#[test]
fn a_leeway_of_five_minutes_is_measured() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.reference.text()).leeway(300).start());
    let found = assert_cause(&fleet.check(&[("main", &service.url())]), "main", "leeway-excessive");
    let expiration = &found["expiration"];
    let leeway = expiration["leeway_s"].as_f64().unwrap();
    let error = expiration["leeway_error_s"].as_f64().unwrap();
    assert!((leeway - 300.0).abs() <= error && error <= 2.0, "{expiration:#}");
}

#[test]
fn a_verifier_of_another_algorithm_is_named() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.reference.text()).algorithms("HS512").start());
    let run = fleet.check(&[("main", &service.url())]);
    let found = assert_cause(&run, "main", "algorithm-mismatch");
    assert_eq!(found["algorithm"]["accepted"], serde_json::json!(["HS512"]));
}

#[test]
fn unpinned_algorithms_are_a_warning() {
    let fleet = Fleet::new();
    let service = started!(Node::with_key(fleet.reference.text()).algorithms("").start());
    let run = fleet.check(&[("admin", &service.url())]);
    run.assert_exit(0);
    let found = run.service("admin");
    assert_eq!(found["verdict"], "pass", "{found:#}");
    assert_eq!(found["algorithm"]["accepted"], serde_json::json!(["HS256", "HS384", "HS512"]));
    let checks = found["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == "other-algorithms-refused").unwrap();
    assert_eq!(check["status"], "warn", "{found:#}");
    let causes = found["other_causes"].as_array().unwrap().iter().chain([&found["cause"]]);
    let codes: Vec<&str> = causes.filter_map(|cause| cause["code"].as_str()).collect();
    assert_eq!(codes, ["algorithm-permissive"], "{found:#}");
}

#[test]
fn decoding_without_verification_is_named() {
    let fleet = Fleet::new();
    let verifier = FastApi::with_key(fleet.reference.text()).fault("decoded-without-verification");
    let service = started!(verifier.start());
    let run = fleet.check(&[("main", &service.url())]);
    assert_cause(&run, "main", "signature-not-verified");
}

#[test]
fn an_ignored_expiry_is_named() {
    let fleet = Fleet::new();
    let verifier = FastApi::with_key(fleet.reference.text()).fault("expiry-ignored");
    let service = started!(verifier.start());
    let run = fleet.check(&[("main", &service.url())]);
    let found = assert_cause(&run, "main", "expiry-not-enforced");
    assert_eq!(found["expiration"]["enforced"], false);
}

#[test]
fn a_port_where_nothing_listens_is_unreachable() {
    let run = Fleet::new().check(&[("main", &format!("http://127.0.0.1:{}", free_port()))]);
    let found = assert_cause(&run, "main", "unreachable");
    assert_eq!(found["cause"]["details"]["stage"], "connect", "{found:#}");
    assert_eq!(found["reachable"], false);
}

#[test]
fn a_path_that_does_not_exist_is_named() {
    let fleet = Fleet::new();
    let service = started!(Node::with_key(fleet.reference.text()).start());
    // What listens here is admin, which has no such path.
    let run = fleet.check(&[("main", &service.url())]);
    assert_cause(&run, "main", "wrong-endpoint");
}

/// The refusals of the `FastAPI` service, each with the words of a real framework.
const FASTAPI_REFUSALS: [&str; 5] =
    ["one-text-401", "telling-401", "missing-403", "flask-422", "unhandled-500"];

/// The refusals of the Node service.
const NODE_REFUSALS: [&str; 4] = ["one-text-401", "telling-401", "login-302", "error-in-200"];

#[test]
fn a_healthy_service_passes_in_every_dialect_of_refusal() {
    for refusal in FASTAPI_REFUSALS {
        let fleet = Fleet::new();
        let verifier = FastApi::with_key(fleet.reference.text()).refusal(refusal);
        let service = started!(verifier.start());
        assert_healthy(&fleet.check(&[("main", &service.url())]), "main");
    }
    for refusal in NODE_REFUSALS {
        let fleet = Fleet::new();
        let service = started!(Node::with_key(fleet.reference.text()).refusal(refusal).start());
        assert_healthy(&fleet.check(&[("admin", &service.url())]), "admin");
    }
}

#[test]
fn a_previous_key_is_named_in_every_dialect_of_refusal() {
    for refusal in FASTAPI_REFUSALS {
        let fleet = Fleet::new();
        let verifier = FastApi::with_key(fleet.previous.text()).refusal(refusal);
        let service = started!(verifier.start());
        assert_cause(&fleet.check(&[("main", &service.url())]), "main", "key-previous");
    }
    for refusal in NODE_REFUSALS {
        let fleet = Fleet::new();
        let service = started!(Node::with_key(fleet.previous.text()).refusal(refusal).start());
        assert_cause(&fleet.check(&[("admin", &service.url())]), "admin", "key-previous");
    }
}

#[test]
fn a_healthy_service_behind_nginx_passes() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.reference.text()).start());
    let nginx = started!(Nginx::before(&service));
    assert_healthy(&fleet.check(&[("main", &nginx.url())]), "main");
}

#[test]
fn a_proxy_that_loses_the_header_is_never_mistaken_for_a_wrong_key() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.reference.text()).start());
    let nginx = started!(Nginx::stripping_authorization(&service));
    let run = fleet.check(&[("main", &nginx.url())]);
    let found = run.service("main");
    let code = found["cause"]["code"].as_str().unwrap_or("none");
    assert!(["header-stripped", "unjudgeable"].contains(&code), "{found:#}");
    assert!([Some(1), Some(3)].contains(&run.status), "{found:#}");
}
