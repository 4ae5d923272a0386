//! What harmless oddities tell of real libraries: with `--claims` the right library or its group is
//! told and nothing is accused; a number in `sub` is explained where the library refuses it; limits
//! on life and age are measured.

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
    pub(super) use super::real::libraries::*;
}

/// What the oddities tell of a family: the group and the one library, none where they tell too
/// little; the claims that it does not look at; whether it refuses a number in `sub`.
struct Told {
    group: Option<&'static str>,
    family: Option<&'static str>,
    ignored: &'static [&'static str],
    refuses_number: bool,
}

/// Declares the tests of each family.
macro_rules! families {
    ($($family:ident $told:expr;)*) => {
        $(mod $family {
            use super::*;

            #[test]
            fn healthy_with_claims_is_told_and_not_accused() {
                super::healthy_with_claims(verifiers::$family, &$told);
            }

            #[test]
            fn a_number_in_sub_is_explained() {
                super::number_in_sub(verifiers::$family, &$told);
            }
        })*
    };
}

const NEW_PYJWT: Option<&str> = Some("PyJWT 2.12 or later, or a library on top of it");
const FREE: &[&str] = &["sub", "token_type", "user_id", "typ", "kid"];

families! {
    flask Told { group: NEW_PYJWT, family: Some("Flask-JWT-Extended"), ignored: &["token_type", "user_id", "typ", "kid"], refuses_number: true };
    simplejwt Told { group: Some("djangorestframework-simplejwt"), family: Some("simplejwt"), ignored: &["sub", "typ", "kid"], refuses_number: true };
    joserfc Told { group: Some("joserfc"), family: Some("joserfc"), ignored: &["token_type", "user_id", "typ", "kid"], refuses_number: true };
    express_jwt Told { group: Some("jsonwebtoken of npm, or express-jwt"), family: Some("jsonwebtoken of npm"), ignored: FREE, refuses_number: false };
    fastify_jwt Told { group: Some("fast-jwt, or @fastify/jwt"), family: Some("fast-jwt"), ignored: FREE, refuses_number: false };
    jose Told { group: Some("jose of npm"), family: Some("jose of npm"), ignored: FREE, refuses_number: false };
    ruby_jwt Told { group: Some("ruby-jwt"), family: Some("ruby-jwt"), ignored: FREE, refuses_number: false };
    golang_jwt Told { group: Some("golang-jwt"), family: Some("golang-jwt"), ignored: FREE, refuses_number: true };
    haproxy Told { group: Some("HAProxy"), family: Some("HAProxy"), ignored: FREE, refuses_number: false };
    haproxy_alone Told { group: Some("HAProxy"), family: Some("HAProxy"), ignored: FREE, refuses_number: false };
    pyjwt_2_9 Told { group: Some("PyJWT 2.7 to 2.9, or a library on top of it"), family: Some("PyJWT"), ignored: &["iss", "sub", "token_type", "user_id", "typ", "kid"], refuses_number: false };
    pyjwt_2_10 Told { group: Some("PyJWT 2.10 or 2.11, or a library on top of it"), family: Some("PyJWT"), ignored: &["iss", "sub", "token_type", "user_id", "typ", "kid"], refuses_number: true };
    python_jose Told { group: Some("python-jose"), family: Some("python-jose"), ignored: &["iss", "sub", "token_type", "user_id", "typ", "kid"], refuses_number: true };
    authlib Told { group: Some("Authlib"), family: Some("Authlib"), ignored: &["iss", "sub", "token_type", "user_id", "typ", "kid"], refuses_number: false };
}

fn healthy_with_claims(family: Family, told: &Told) {
    let solo = Solo::new();
    let service = started!(family(&Setting::with_key(solo.reference.text())));
    let run = solo.check_with_claims(&service.url());
    let found = run.service(NAME);
    assert_eq!((run.status, &found["verdict"]), (Some(0), &json!("pass")), "{}", story(&run));
    assert_eq!((&found["cause"], &found["other_causes"]), (&Value::Null, &json!([])));
    let verifier = &found["verifier"];
    assert_eq!(verifier["group"], json!(told.group), "{}", story(&run));
    assert_eq!(verifier["family"], json!(told.family), "{}", story(&run));
    assert_eq!(found["claims"]["ignored"], json!(told.ignored), "{}", story(&run));
}

fn number_in_sub(family: Family, told: &Told) {
    let solo = Solo::new();
    let service = started!(family(&Setting::with_key(solo.reference.text())));
    let run = solo.check_but(&service.url(), "sub: authprobe", "sub: 2000000042");
    let found = run.service(NAME);
    if !told.refuses_number {
        assert_eq!((run.status, &found["cause"]), (Some(0), &Value::Null), "{}", story(&run));
        return;
    }
    let cause = &found["cause"];
    let named = (&cause["code"], &cause["details"]["claim"], &cause["details"]["wanted"]);
    let right = (&json!("claim-required"), &json!("sub"), &json!("2000000042"));
    assert_eq!(named, right, "{}", story(&run));
    let fix = cause["fix"].as_str().unwrap();
    assert!(fix.contains("refuses a sub that is a number"), "{fix}\n{}", story(&run));
    assert!(fix.contains(told.group.unwrap()), "{fix}");
    assert!(found["requests"].as_u64().unwrap() <= 120, "{}", found["requests"]);
}

#[test]
fn a_clock_that_is_behind_is_told_with_the_rule_of_the_library_that_refuses_for_it() {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text());
    for (offset, told) in [(-40, true), (95, false)] {
        let service = started!(verifiers::flask(&setting.clone().clock_offset(offset)));
        let run = solo.check(&service.url());
        let cause = run.service(NAME)["cause"].take();
        assert_eq!(cause["code"], "clock-skew", "{}", story(&run));
        let fix = cause["fix"].as_str().unwrap();
        assert_eq!(fix.contains("refuses a token whose iat lies ahead"), told, "{fix}");
    }
}

#[test]
fn a_limit_on_life_is_measured_and_nbf_and_iat_are_learnt_within_it() {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).fault("life-limited");
    let service = started!(verifiers::pyjwt_2_10(&setting));
    let run = solo.check(&service.url());
    let found = run.service(NAME);
    assert_eq!((run.status, &found["cause"]), (Some(0), &Value::Null), "{}", story(&run));
    about(&found["expiration"]["max_lifetime_s"], 3600.0, &run);
    assert_eq!(found["expiration"]["not_before_enforced"], true, "{}", story(&run));
    assert_eq!(found["expiration"]["issued_at_enforced"], true, "{}", story(&run));
    assert_eq!(found["expiration"]["leeway_s"], 0.0, "{}", story(&run));
}

#[test]
fn tokens_that_live_too_long_are_told_with_the_limit() {
    for fault in ["life-limited", "life-limited-since-issue", "life-limited-since-required-issue"] {
        let solo = Solo::new();
        let setting = Setting::with_key(solo.reference.text()).fault(fault);
        let service = started!(verifiers::pyjwt_2_10(&setting));
        let run = solo.check_but(&service.url(), "60s", "7200s");
        let found = run.service(NAME);
        assert_eq!(found["cause"]["code"], "lifetime-limit", "{fault}\n{}", story(&run));
        about(&found["expiration"]["max_lifetime_s"], 3600.0, &run);
        let summary = found["cause"]["summary"].as_str().unwrap();
        assert!(summary.ends_with("yours live 7200 s"), "{summary}");
        assert_eq!(found["other_causes"], json!([]), "{fault}\n{}", story(&run));
        assert!(found["requests"].as_u64().unwrap() <= 120, "{}", found["requests"]);
    }
}

#[test]
fn the_oldest_age_that_jsonwebtoken_takes_is_measured() {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).fault("age-limited");
    let service = started!(verifiers::express_jwt(&setting));
    let run = solo.check_with_claims(&service.url());
    let found = run.service(NAME);
    assert_eq!((run.status, &found["cause"]), (Some(0), &Value::Null), "{}", story(&run));
    about(&found["expiration"]["max_age_s"], 3600.0, &run);
    assert_eq!(found["expiration"]["max_lifetime_s"], Value::Null, "{}", story(&run));
}

#[test]
fn a_limit_that_counts_from_iat_is_told_from_an_age() {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).fault("life-limited-since-issue");
    let service = started!(verifiers::pyjwt_2_10(&setting));
    let run = solo.check_with_claims(&service.url());
    let found = run.service(NAME);
    assert_eq!((run.status, &found["cause"]), (Some(0), &Value::Null), "{}", story(&run));
    about(&found["expiration"]["max_lifetime_s"], 3600.0, &run);
    assert_eq!(found["expiration"]["max_age_s"], Value::Null, "{}", story(&run));
}

/// A figure in whole seconds, asked by a clock that goes on between minting and verifying.
#[track_caller]
fn about(figure: &Value, truth: f64, run: &Run) {
    let figure = figure.as_f64().unwrap_or(f64::NAN);
    assert!((figure - truth).abs() <= 1.0, "{figure} is not {truth}\n{}", story(run));
}

/// What was concluded and what it rests on, for whoever looks into a failure.
fn story(run: &Run) -> String {
    let (report, found) = (run.json(), run.service(NAME));
    let mut lines = vec![
        format!("cause {}", found["cause"]),
        format!("other {}", found["other_causes"]),
        format!("verifier {} claims {}", found["verifier"], found["claims"]),
        format!("expiration {} requests {}", found["expiration"], found["requests"]),
    ];
    lines.extend(report["observations"].as_array().unwrap().iter().map(|seen| {
        format!("{} {} {} {}", seen["id"], seen["variant"], seen["status"], seen["verdict"])
    }));
    lines.join("\n")
}

/// A server of a few lines around `decode` of the Rust crate, in this process.
mod rust_crate {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
    use serde_json::Value;

    /// Serves until the process ends; gives the address.
    pub(super) fn serve(key: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = DecodingKey::from_secret(key.as_bytes());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let key = key.clone();
                thread::spawn(move || answer(stream, &key));
            }
        });
        url
    }

    fn answer(mut stream: TcpStream, key: &DecodingKey) {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&["RemoteHive-Services"]);
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let mut token = String::new();
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some((_, bearer)) = line.split_once("Bearer ") {
                bearer.clone_into(&mut token);
            }
            if !line.is_empty() {
                continue;
            }
            let right = decode::<Value>(&token, key, &validation).is_ok();
            let status = if right { "200 OK" } else { "401 Unauthorized" };
            let date = httpdate::fmt_http_date(std::time::SystemTime::now());
            let head = format!("HTTP/1.1 {status}\r\nDate: {date}\r\nContent-Length: 2\r\n\r\nok");
            if stream.write_all(head.as_bytes()).is_err() {
                return;
            }
            token.clear();
        }
    }
}

#[test]
fn the_rust_crate_is_told_by_what_it_takes_and_refuses() {
    let solo = Solo::new();
    let url = rust_crate::serve(solo.reference.text());
    let run = solo.check_with_claims(&url);
    let found = run.service(NAME);
    assert_eq!((run.status, &found["cause"]), (Some(0), &Value::Null), "{}", story(&run));
    assert_eq!(found["verifier"]["group"], "jsonwebtoken of Rust", "{}", story(&run));
}
