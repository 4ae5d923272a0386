//! What concerns several services, found on real ones: tokens of one clock at another, one key in
//! two environments, the odd key out, leeways apart, and our own clock.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use serde_json::{Value, json};

use common::authprobe::Run;
use real::fastapi::FastApi;
use real::fleet::Fleet;
use real::node::Node;
use real::started;

#[track_caller]
fn pair(run: &Run, issuer: &str, verifier: &str) -> Value {
    let pairs = run.json()["fleet"]["pairs"].take();
    let is_it = |pair: &&Value| pair["issuer"] == issuer && pair["verifier"] == verifier;
    pairs.as_array().unwrap().iter().find(is_it).expect("every pair is told").clone()
}

#[track_caller]
fn finding(run: &Run, code: &str) -> Value {
    let found = run.json()["fleet"]["findings"].take();
    let named = found.as_array().unwrap().iter().find(|finding| finding["code"] == code);
    named.unwrap_or_else(|| panic!("no {code} in {found:#}")).clone()
}

fn codes(run: &Run) -> Vec<String> {
    let found = run.json()["fleet"]["findings"].take();
    let codes = found.as_array().unwrap().iter().map(|finding| finding["code"].clone());
    codes.map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// What was sent for a pair, by the ids that it names.
#[track_caller]
fn sent(run: &Run, pair: &Value) -> Value {
    let id = pair["evidence"][0].clone();
    let all = run.json()["observations"].take();
    all.as_array().unwrap().iter().find(|seen| seen["id"] == id).expect("it is there").clone()
}

#[test]
fn a_token_of_a_clock_that_is_ahead_is_refused_by_a_strict_service_and_taken_by_others() {
    let fleet = Fleet::new();
    let key = fleet.reference.text();
    let main = started!(FastApi::with_key(key).clock_offset(17).start());
    let autoscraper = started!(FastApi::with_key(key).leeway(5).start());
    let admin = started!(Node::with_key(key).start());
    let services =
        [("main", main.url()), ("autoscraper", autoscraper.url()), ("admin", admin.url())];
    let services = services.each_ref().map(|(name, url)| (*name, url.as_str()));
    let run = fleet.check(&services);

    let strict = pair(&run, "main", "autoscraper");
    assert_eq!((&strict["works"], &strict["checked"]), (&json!(false), &json!(true)), "{strict:#}");
    let seconds = strict["refused_for_s"].as_f64().unwrap();
    assert!((seconds - 12.0).abs() < 2.5, "{strict:#}");
    assert_eq!(sent(&run, &strict)["status"], 401);
    assert!(sent(&run, &strict)["variant"].as_str().unwrap().contains("iat +1"), "{run:?}");

    // jsonwebtoken of npm does not look at iat.
    let blind = pair(&run, "main", "admin");
    assert_eq!((&blind["works"], &blind["checked"]), (&json!(true), &json!(true)), "{blind:#}");
    assert_eq!(sent(&run, &blind)["status"], 200);

    let told = finding(&run, "issued-too-early");
    let summary = told["summary"].as_str().unwrap();
    assert!(summary.starts_with("main's clock is 1"), "{summary}");
    assert!(summary.contains("autoscraper forgives 5 s"), "{summary}");
    assert_eq!(told["services"], json!(["main", "autoscraper"]));
    assert_eq!(run.service("autoscraper")["verdict"], "pass");
}

#[test]
fn a_healthy_fleet_is_asked_nothing_for_its_pairs_and_told_nothing() {
    let fleet = Fleet::new();
    let key = fleet.reference.text();
    let main = started!(FastApi::with_key(key).start());
    let autoscraper = started!(FastApi::with_key(key).start());
    let admin = started!(Node::with_key(key).start());
    let services =
        [("main", main.url()), ("autoscraper", autoscraper.url()), ("admin", admin.url())];
    let services = services.each_ref().map(|(name, url)| (*name, url.as_str()));
    let run = fleet.check(&services);
    run.assert_exit(0);
    assert_eq!(codes(&run), Vec::<String>::new());
    for (issuer, _) in services {
        for (verifier, _) in services {
            let pair = pair(&run, issuer, verifier);
            assert_eq!(
                (&pair["works"], &pair["checked"]),
                (&json!(true), &json!(true)),
                "{pair:#}"
            );
            // The token as configured, from the opening of the investigation.
            assert_eq!(pair["evidence"][0], format!("{verifier}-4"));
        }
    }
}

#[test]
fn the_odd_key_out_is_named_with_the_file_to_look_at() {
    let fleet = Fleet::new();
    let own = fleet.project.canary();
    let file = fleet.set("autoscraper-service/.env.development", "JWT_SECRET_KEY", &own);
    let key = fleet.reference.text();
    let main = started!(FastApi::with_key(key).start());
    let autoscraper = started!(FastApi::with_env_file(&file).start());
    let admin = started!(Node::with_key(key).start());
    let run = fleet.check(&[
        ("main", &main.url()),
        ("autoscraper", &autoscraper.url()),
        ("admin", &admin.url()),
    ]);
    run.assert_exit(1);
    let summary = finding(&run, "odd-key-out")["summary"].clone();
    assert_eq!(
        summary,
        "main and admin verify with one key, autoscraper with another: JWT_SECRET_KEY in \
         autoscraper-service/.env.development is what to look at"
    );
    let refused = pair(&run, "main", "autoscraper");
    assert_eq!((&refused["works"], &refused["reason"]), (&json!(false), &json!("key")));
    assert_eq!(refused["checked"], true, "it had been asked with the reference key: {refused:#}");
    assert_eq!(pair(&run, "main", "admin")["works"], true);
}

#[test]
fn a_key_that_opens_two_environments_is_found_by_the_services_own_answers() {
    let fleet = Fleet::new();
    let main = started!(FastApi::with_key(fleet.reference.text()).start());
    let admin = started!(Node::with_key(fleet.staging.text()).start());
    let run = fleet.check(&[("main", &main.url()), ("admin", &admin.url())]);
    let found = finding(&run, "key-opens-two-environments");
    assert_eq!(found["services"], json!(["admin"]));
    assert!(found["summary"].as_str().unwrap().contains("the key of staging opens development"));
}

#[test]
fn leeways_apart_are_told_and_fail_nothing() {
    let fleet = Fleet::new();
    let key = fleet.reference.text();
    let main = started!(FastApi::with_key(key).start());
    let autoscraper = started!(FastApi::with_key(key).leeway(30).start());
    let run = fleet.check(&[("main", &main.url()), ("autoscraper", &autoscraper.url())]);
    run.assert_exit(0);
    let found = finding(&run, "leeway-spread");
    assert_eq!(found["status"], "pass");
    assert!(found["summary"].as_str().unwrap().starts_with("main forgives 0 s, autoscraper 30 s"));
}

#[test]
fn our_own_clock_is_suspected_where_all_real_services_are_off_by_the_same() {
    let fleet = Fleet::new();
    let key = fleet.reference.text();
    let main = started!(FastApi::with_key(key).start());
    let autoscraper = started!(FastApi::with_key(key).start());
    let admin = started!(Node::with_key(key).start());
    let libfaketime = match real::fastapi::libfaketime() {
        Ok(path) => path,
        Err(reason) => return real::setup::skip(&reason),
    };
    let run = fleet.check_in_time(
        &[("main", &main.url()), ("autoscraper", &autoscraper.url()), ("admin", &admin.url())],
        Some((&libfaketime, "-90s")),
    );
    run.assert_exit(3);
    assert_eq!(codes(&run), ["own-clock"]);
    for name in ["main", "autoscraper", "admin"] {
        assert_eq!(run.service(name)["cause"], Value::Null, "{name}");
    }
}
