//! The real verifiers behave as they are described, asked directly with tokens made by hand. What
//! `real_verifiers.rs` then says of authprobe rests on this.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use jsonwebtoken::Algorithm;

use common::canary::Canary;
use common::http::{Answer, get};
use common::service::Service;
use common::token::{Token, now};
use real::fastapi::{self, FastApi};
use real::nginx::Nginx;
use real::node::{self, FALLBACK_KEY, Node};
use real::started;

const RIGHT: &str = "right";
const OTHER_KEY: &str = "other key";
const EXPIRED: &str = "expired";
const HS512: &str = "HS512";
const EARLY: &str = "iat ahead";
const FOREIGN: &str = "other audience";

/// One token a name.
fn token(name: &str, key: &str) -> String {
    match name {
        RIGHT => Token::right().signed_with(key),
        OTHER_KEY => Token::right().signed_with(Canary::new().text()),
        EXPIRED => Token::right().expires_in(-30).signed_with(key),
        HS512 => Token::right().algorithm(Algorithm::HS512).signed_with(key),
        EARLY => Token::right().claim("iat", now() + 30).signed_with(key),
        FOREIGN => Token::right().claim("aud", "elsewhere").signed_with(key),
        unknown => panic!("no token is called {unknown}"),
    }
}

fn with_bearer(url: &str, token: Option<&str>) -> Answer {
    let header = token.map(|token| ("Authorization", format!("Bearer {token}")));
    get(&format!("{url}{}", fastapi::ENDPOINT), header)
}

fn with_cookie(service: &Service, token: Option<&str>) -> Answer {
    let header = token.map(|token| ("Cookie", format!("a=b; access_token={token}")));
    get(&format!("{}{}", service.url(), node::ENDPOINT), header)
}

/// The statuses that a `FastAPI` service answers to these tokens.
fn statuses<const N: usize>(service: &Service, key: &str, tokens: [&str; N]) -> [u16; N] {
    tokens.map(|name| with_bearer(&service.url(), Some(&token(name, key))).status)
}

#[test]
fn fastapi_takes_a_right_token_and_refuses_all_others_with_one_text() {
    let key = Canary::new();
    let service = started!(FastApi::with_key(key.text()).start());
    let taken = with_bearer(&service.url(), Some(&token(RIGHT, key.text())));
    assert_eq!(
        (taken.status, taken.body.as_str()),
        (200, r#"{"sub":"authprobe","type":"service"}"#)
    );
    for name in [OTHER_KEY, EXPIRED, HS512, EARLY, FOREIGN] {
        let refused = with_bearer(&service.url(), Some(&token(name, key.text())));
        assert_eq!(refused.status, 401, "{name}");
        assert_eq!(refused.body, r#"{"detail":"Could not validate credentials"}"#, "{name}");
        assert_eq!(refused.fields["www-authenticate"], "Bearer", "{name}");
    }
    assert_eq!(with_bearer(&service.url(), None).status, 401);
    assert_eq!(get(&format!("{}/elsewhere", service.url()), None).status, 404);
}

#[test]
fn fastapi_reads_its_key_from_an_env_file() {
    let key = Canary::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, format!("JWT_SECRET_KEY={key}\n")).unwrap();
    let service = started!(FastApi::with_env_file(&file).start());
    assert_eq!(statuses(&service, key.text(), [RIGHT, OTHER_KEY]), [200, 401]);
}

#[test]
fn fastapi_can_tell_why() {
    let key = Canary::new();
    let service = started!(FastApi::with_key(key.text()).refusal("telling-401").start());
    let why = |name| with_bearer(&service.url(), Some(&token(name, key.text()))).body;
    assert_eq!(why(OTHER_KEY), r#"{"detail":"Signature verification failed"}"#);
    assert_eq!(why(EXPIRED), r#"{"detail":"Signature has expired"}"#);
    assert_eq!(why(EARLY), r#"{"detail":"The token is not yet valid (iat)"}"#);
}

#[test]
fn fastapi_has_the_leeway_the_algorithms_and_the_faults_it_is_given() {
    let key = Canary::new();
    let key = key.text();
    let asked = [RIGHT, OTHER_KEY, EXPIRED, HS512];
    let lenient = started!(FastApi::with_key(key).leeway(300).start());
    assert_eq!(statuses(&lenient, key, asked), [200, 401, 200, 401]);
    let other_algorithm = started!(FastApi::with_key(key).algorithms("HS512").start());
    assert_eq!(statuses(&other_algorithm, key, asked), [401, 401, 401, 200]);
    let blind = started!(FastApi::with_key(key).fault("decoded-without-verification").start());
    assert_eq!(statuses(&blind, key, asked), [200, 200, 200, 200]);
    let timeless = started!(FastApi::with_key(key).fault("expiry-ignored").start());
    assert_eq!(statuses(&timeless, key, asked), [200, 401, 200, 401]);
}

#[test]
fn fastapi_speaks_the_dialects_of_refusal() {
    let key = Canary::new();
    for (refusal, missing, other_key, expired) in [
        ("one-text-401", 401, 401, 401),
        ("missing-403", 403, 401, 401),
        ("flask-422", 401, 422, 401),
        ("unhandled-500", 401, 500, 500),
    ] {
        let service = started!(FastApi::with_key(key.text()).refusal(refusal).start());
        assert_eq!(with_bearer(&service.url(), None).status, missing, "{refusal}");
        let answers = statuses(&service, key.text(), [RIGHT, OTHER_KEY, EXPIRED]);
        assert_eq!(answers, [200, other_key, expired], "{refusal}");
    }
}

#[test]
fn fastapi_lives_in_the_time_it_is_given() {
    let key = Canary::new();
    for offset in [95, -40] {
        let service = started!(FastApi::with_key(key.text()).clock_offset(offset).start());
        // Thirty seconds on either side of where the edges must be.
        for (expires_in, status) in [(offset + 30, 200), (offset - 30, 401)] {
            let token = Token::right().expires_in(expires_in.into()).signed_with(key.text());
            let answer = with_bearer(&service.url(), Some(&token));
            assert_eq!(answer.status, status, "clock {offset:+} s, exp {expires_in:+} s");
        }
        let date = with_bearer(&service.url(), None).fields["date"].clone();
        let date = httpdate::parse_http_date(&date).unwrap();
        let ahead =
            date.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().cast_signed() - now();
        assert!(
            (ahead - i64::from(offset)).abs() <= 3,
            "Date is {ahead:+} s ahead, not {offset:+}"
        );
    }
}

#[test]
fn node_takes_the_token_from_its_cookie_and_looks_at_no_audience() {
    let key = Canary::new();
    let service = started!(Node::with_key(key.text()).start());
    let answer = with_cookie(&service, Some(&token(RIGHT, key.text())));
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, r#"{"success":true,"user":"authprobe"}"#)
    );
    assert_eq!(with_cookie(&service, None).status, 401);
    for (name, status) in
        [(OTHER_KEY, 401), (EXPIRED, 401), (HS512, 401), (EARLY, 200), (FOREIGN, 200)]
    {
        assert_eq!(with_cookie(&service, Some(&token(name, key.text()))).status, status, "{name}");
    }
    let header = ("Authorization", format!("Bearer {}", token(RIGHT, key.text())));
    let url = format!("{}{}", service.url(), node::ENDPOINT);
    assert_eq!(get(&url, Some(header)).status, 401, "the header is not its place");
}

#[test]
fn node_takes_every_hmac_algorithm_where_none_is_pinned() {
    let key = Canary::new();
    let service = started!(Node::with_key(key.text()).algorithms("").start());
    assert_eq!(with_cookie(&service, Some(&token(HS512, key.text()))).status, 200);
    assert_eq!(with_cookie(&service, Some(&token(OTHER_KEY, key.text()))).status, 401);
}

#[test]
fn node_falls_back_to_its_hard_coded_key_where_its_file_names_another_variable() {
    let key = Canary::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, format!("JWT_SECRET_KEY={key}\n")).unwrap();
    let service = started!(Node::with_env_file(&file).start());
    assert_eq!(with_cookie(&service, Some(&token(RIGHT, key.text()))).status, 401);
    assert_eq!(with_cookie(&service, Some(&token(RIGHT, FALLBACK_KEY))).status, 200);
    std::fs::write(&file, format!("JWT_SECRET={key}\n")).unwrap();
    let service = started!(Node::with_env_file(&file).start());
    assert_eq!(with_cookie(&service, Some(&token(RIGHT, key.text()))).status, 200);
}

#[test]
fn node_speaks_the_dialects_of_refusal() {
    let key = Canary::new();
    for (refusal, status, body) in [
        ("one-text-401", 401, r#"{"error":"Invalid token"}"#),
        ("telling-401", 401, r#"{"error":"invalid signature"}"#),
        ("login-302", 302, "{}"),
        ("error-in-200", 200, r#"{"success":false,"error":"Invalid token"}"#),
    ] {
        let service = started!(Node::with_key(key.text()).refusal(refusal).start());
        let refused = with_cookie(&service, Some(&token(OTHER_KEY, key.text())));
        assert_eq!((refused.status, refused.body.as_str()), (status, body), "{refusal}");
        assert_eq!(refused.fields.contains_key("location"), status == 302, "{refusal}");
        let taken = with_cookie(&service, Some(&token(RIGHT, key.text())));
        assert_eq!((taken.status, taken.body.contains("true")), (200, true), "{refusal}");
    }
}

#[test]
fn nginx_passes_the_token_on_and_stamps_its_own_date() {
    let key = Canary::new();
    let service = started!(FastApi::with_key(key.text()).clock_offset(-40).start());
    let nginx = started!(Nginx::before(&service));
    let right = Token::right().signed_with(key.text());
    let answer = with_bearer(&nginx.url(), Some(&right));
    assert_eq!(answer.status, 200);
    assert!(answer.fields["server"].starts_with("nginx"));
    let date = httpdate::parse_http_date(&answer.fields["date"]).unwrap();
    let date = date.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().cast_signed();
    assert!((date - now()).abs() <= 3, "nginx has our clock");
    let edge = Token::right().expires_in(-10).signed_with(key.text());
    assert_eq!(with_bearer(&nginx.url(), Some(&edge)).status, 200, "the application has not");
}

#[test]
fn nginx_can_lose_the_authorization_field() {
    let key = Canary::new();
    let service = started!(FastApi::with_key(key.text()).start());
    let nginx = started!(Nginx::stripping_authorization(&service));
    let right = Token::right().signed_with(key.text());
    assert_eq!(with_bearer(&nginx.url(), Some(&right)).status, 401);
    assert_eq!(with_bearer(&service.url(), Some(&right)).status, 200);
}
