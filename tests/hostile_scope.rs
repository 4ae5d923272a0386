//! How far a run goes: every token that reaches a service is captured, and nothing hostile is among
//! them unless flag and configuration both ask for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use common::authprobe::{Project, Run};

const PROBES: &str = "version: 1
default_environment: development
token: { claims: { sub: authprobe } }
services:
  - name: main
    source_of_truth: true
    endpoint: /me
    key: { dotenv: .env, variable: KEY }
    ALLOW
environments:
  development:
    urls: { main: \"URL\" }
    previous_keys: [ { dotenv: .env.previous, variable: KEY } ]
";

/// What one run sent, and what it said.
struct Sent {
    tokens: Vec<String>,
    key: String,
    run: Run,
}

impl Sent {
    /// Runs `check` with these options against a service that verifies as it should.
    fn by(options: &[&str], allow: &str) -> Self {
        let project = Project::new();
        let [key, previous] = [(); 2].map(|()| project.canary());
        project.write(".env", &format!("KEY={key}\n"));
        project.write(".env.previous", &format!("KEY={previous}\n"));
        let tokens = Arc::<Mutex<Vec<String>>>::default();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let url = runtime.block_on(serve(key.text().to_owned(), Arc::clone(&tokens)));
        project.write("probes.yaml", &PROBES.replace("URL", &url).replace("ALLOW", allow));
        let arguments = ["check", "-o", "json"].iter().chain(options).copied();
        let run = project.authprobe(arguments.collect::<Vec<_>>()).run();
        let tokens = tokens.lock().unwrap().clone();
        Self { tokens, key: key.text().to_owned(), run }
    }

    /// The headers of the tokens, as far as they are JSON.
    fn headers(&self) -> Vec<Value> {
        let decoded = |token: &String| {
            let header = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
            serde_json::from_slice(&header).ok()
        };
        self.tokens.iter().filter_map(decoded).collect()
    }

    /// Whether a token of three parts was sent that this service's key did not sign.
    fn foreign(&self) -> usize {
        let foreign = |token: &&String| {
            token.split('.').count() == 3 && !is_signed(token, &self.key, &Validation::default())
        };
        self.tokens.iter().filter(foreign).count()
    }

    fn check(&self, id: &str) -> Value {
        let checks = self.run.service("main")["checks"].take();
        let found = checks.as_array().unwrap().iter().find(|check| check["id"] == id).cloned();
        found.unwrap_or(Value::Null)
    }
}

/// A service that takes what `key` signed under HS256, and captures everything.
async fn serve(key: String, tokens: Arc<Mutex<Vec<String>>>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = async move |headers: HeaderMap| {
        let value = headers.get("authorization").map(|value| value.as_bytes().to_vec());
        let value = String::from_utf8(value.unwrap_or_default()).unwrap();
        let Some(token) = value.strip_prefix("Bearer ") else { return StatusCode::UNAUTHORIZED };
        tokens.lock().unwrap().push(token.to_owned());
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.validate_nbf = true;
        if is_signed(token, &key, &validation) { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
    };
    tokio::spawn(async { axum::serve(listener, Router::new().fallback(answer)).await });
    url
}

/// Whether the key verifies it; without claims to validate, whatever they say.
fn is_signed(token: &str, key: &str, validation: &Validation) -> bool {
    let mut validation = validation.clone();
    if !validation.validate_nbf {
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        validation.algorithms = vec![Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
    }
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(key.as_bytes());
    jsonwebtoken::decode::<Value>(token, &key, &validation).is_ok()
}

#[track_caller]
fn assert_nothing_hostile(sent: &Sent) {
    for header in sent.headers() {
        let names: BTreeSet<_> = header.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(names.is_subset(&["typ", "alg"].into()), "{header}");
        let alg = header["alg"].as_str().unwrap();
        assert!(["HS256", "HS384", "HS512", "none"].contains(&alg), "{header}");
    }
    let parts = sent.tokens.iter().filter(|token| token.starts_with("ey"));
    assert!(parts.clone().all(|token| token.split('.').count() == 3));
    assert_eq!(sent.run.service("main")["hostile"], Value::Array(Vec::new()));
    assert_eq!(sent.check("hostile-refused"), Value::Null);
}

#[test]
fn without_the_flag_nothing_hostile_is_sent_even_where_it_is_allowed() {
    let sent = Sent::by(&[], "allow_hostile: true");
    sent.run.assert_exit(0);
    assert_nothing_hostile(&sent);
    assert!(!sent.run.stderr.contains("hostile"), "{}", sent.run.stderr);
    // A random key, a changed payload, no signature twice, a previous key, both other algorithms are
    // the reference key's own.
    assert_eq!(sent.foreign(), 5, "{:?}", sent.headers());
}

#[test]
fn without_an_entry_the_flag_sends_the_usual_set_and_says_so() {
    let sent = Sent::by(&["--hostile"], "");
    sent.run.assert_exit(0);
    assert_nothing_hostile(&sent);
    let said = &sent.run.stderr;
    assert!(said.contains("no hostile tokens to main") && said.contains("allow_hostile"), "{said}");
}

#[test]
fn with_both_they_are_sent_after_a_warning_and_a_right_service_passes() {
    let sent = Sent::by(&["--hostile"], "allow_hostile: true");
    sent.run.assert_exit(0);
    assert!(sent.run.stderr.contains("sending hostile tokens to main"), "{}", sent.run.stderr);
    let members: BTreeSet<String> = sent
        .headers()
        .iter()
        .flat_map(|header| header.as_object().unwrap().keys().cloned())
        .collect();
    for member in ["jwk", "jku", "x5c", "x5u", "kid", "crit", "b64", "cty", "p2c", "zip"] {
        assert!(members.contains(member), "no token had {member}: {members:?}");
    }
    let rows = sent.run.service("main")["hostile"].take();
    let rows = rows.as_array().unwrap();
    let skipped: Vec<_> = rows.iter().filter(|row| row["status"] == "skip").collect();
    assert!(skipped.iter().any(|row| row["id"] == "H44"), "{skipped:#?}");
    for row in rows {
        assert!(["pass", "skip", "warn"].contains(&row["status"].as_str().unwrap()), "{row:#}");
    }
}

#[test]
fn a_gentle_run_sends_no_forged_token_but_the_control() {
    let sent = Sent::by(&["--gentle"], "allow_hostile: true");
    sent.run.assert_exit(0);
    assert_nothing_hostile(&sent);
    assert!(sent.headers().iter().all(|header| header["alg"] != "none"));
    assert!(sent.tokens.iter().all(|token| !token.ends_with('.')));
    assert_eq!(sent.foreign(), 1, "the random key's token alone: {:?}", sent.headers());
    for id in ["unsigned-refused", "payload-integrity", "previous-key-refused"] {
        let check = sent.check(id);
        assert_eq!(check["status"], "skip", "{check:#}");
        assert_eq!(check["summary"], "not sent: --gentle");
    }
}

#[test]
fn every_row_of_hostile_tokens_has_its_own_id_and_a_citation() {
    let sent = Sent::by(&["--hostile"], "allow_hostile: true");
    let rows = sent.run.service("main")["hostile"].take();
    let rows = rows.as_array().unwrap();
    let ids: BTreeSet<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rows.len());
    // All of H41 to H58.
    let numbers: BTreeSet<u32> = ids.iter().map(|id| id[1..3].parse().unwrap()).collect();
    assert_eq!(numbers, (41..=58).collect());
    assert!(rows.iter().all(|row| !row["citation"].as_str().unwrap().is_empty()));
}

#[test]
fn a_public_key_that_is_none_is_a_configuration_error_and_nothing_is_sent() {
    let sent = Sent::by(&["--hostile"], "public_key: .env");
    sent.run.assert_exit(2);
    assert!(sent.run.stderr.contains("holds no public key"), "{}", sent.run.stderr);
    assert!(sent.tokens.is_empty());
}
