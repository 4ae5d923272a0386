//! `authprobe explain` against the demo fleet: tokens made by another library, right and wrong in
//! one way each, and what is said of them. No signature and no piece of a key ever comes out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;

use authprobe::demo::{self, Fleet, Plant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use common::authprobe::{Project, Run};
use common::token::{Token, now};

/// A running fleet and an empty project to run the binary in.
struct World {
    // The fleet stops before its runtime does.
    fleet: Fleet,
    _runtime: Runtime,
    project: Project,
}

impl World {
    fn with(faults: &[&str]) -> Self {
        let plants: Vec<Plant> = faults.iter().map(|fault| demo::parse(fault).unwrap()).collect();
        Self::of(&plants)
    }

    fn of(plants: &[Plant]) -> Self {
        let runtime = Runtime::new().unwrap();
        let fleet = runtime.block_on(Fleet::start(plants)).unwrap();
        Self { fleet, _runtime: runtime, project: Project::new() }
    }

    fn key(&self, file: &str) -> String {
        let folder = self.fleet.config_path();
        let text = fs::read_to_string(folder.with_file_name("").join(file)).unwrap();
        let line = text.lines().find_map(|line| line.split_once('=')).expect("a key");
        line.1.to_owned()
    }

    fn reference(&self) -> String {
        self.key(".env.development")
    }

    fn explain(&self, pasted: &str, options: &[&str]) -> Run {
        let config = self.fleet.config_path().to_str().unwrap().to_owned();
        let arguments = ["explain", "-c", &config].into_iter().chain(options.iter().copied());
        let run = self.project.authprobe(arguments).input(pasted).traced().run();
        self.assert_no_key_in(&run);
        run
    }

    /// What is said of a token, by service.
    fn report(&self, pasted: &str) -> Value {
        let report = self.explain(pasted, &["-o", "json", "-vv"]).json();
        let schema: Value =
            serde_json::from_str(&self.project.authprobe(["schema", "explanation"]).run().stdout)
                .unwrap();
        jsonschema::validate(&schema, &report).unwrap();
        report
    }

    fn assert_no_key_in(&self, run: &Run) {
        for file in [".env.development", ".env.development.previous", ".env.staging"] {
            for piece in self.key(file).as_bytes().windows(8) {
                let piece = std::str::from_utf8(piece).unwrap();
                assert!(!run.stdout.contains(piece), "a piece of {file} in the report");
                assert!(!run.stderr.contains(piece), "a piece of {file} in the log");
            }
        }
    }
}

fn service<'r>(report: &'r Value, name: &str) -> &'r Value {
    report["services"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()
}

/// The codes and members of the reasons at one service.
fn reasons(report: &Value, name: &str) -> Vec<String> {
    let reasons = service(report, name)["reasons"].as_array().unwrap();
    let said = |reason: &Value| match reason["member"].as_str() {
        Some(member) => format!("{} {member}", reason["code"].as_str().unwrap()),
        None => reason["code"].as_str().unwrap().to_owned(),
    };
    reasons.iter().map(said).collect()
}

/// A token whose header and claims are exactly this text.
fn written(header: &str, claims: &str, key: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let input = format!("{}.{}", encode(header), encode(claims));
    let key = jsonwebtoken::EncodingKey::from_secret(key.as_bytes());
    let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{input}.{signature}")
}

#[test]
fn a_right_token_is_accepted_by_all_and_the_exit_status_says_so() {
    let world = World::with(&[]);
    let token = Token::right().signed_with(&world.reference());
    let run = world.explain(&token, &[]);
    run.assert_exit(0);
    for name in ["main", "autoscraper", "admin"] {
        assert!(run.stdout.contains(&format!("✓ {name} accepts it.")), "{}", run.stdout);
    }
    let offline = world.explain(&token, &["--offline"]);
    offline.assert_exit(0);
    assert!(offline.stdout.starts_with("✓ Nothing is wrong with the token"), "{}", offline.stdout);
}

#[test]
fn each_single_fault_of_a_token_is_named_and_nothing_else_is() {
    let world = World::with(&[]);
    let key = world.reference();
    let previous = world.key(".env.development.previous");
    let right = Token::right().signed_with(&key);
    let (signed, signature) = right.rsplit_once('.').unwrap();
    let mut tampered = Token::right().claim("sub", "root").signed_with(&key);
    tampered.replace_range(tampered.rfind('.').unwrap() + 1.., signature);
    let payload = signed.split_once('.').unwrap().1;
    let none = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
    let exp = now() + 60;
    let twice = format!(
        r#"{{"sub":"authprobe","iss":"Other","iss":"RemoteHive","aud":"RemoteHive-Services","type":"service","exp":{exp}}}"#
    );
    // The reasons at main, which looks at issuer, audience and type, and at admin, which does not.
    let rows: [(&str, String, &[&str], &[&str]); 13] = [
        (
            "expired",
            Token::right().expires_in(-12).signed_with(&key),
            &["expired exp"],
            &["expired exp"],
        ),
        ("previous key", Token::right().signed_with(&previous), &["other-key"], &["other-key"]),
        (
            "default key",
            Token::right().signed_with("your-secret-key"),
            &["other-key"],
            &["other-key"],
        ),
        (
            "random key",
            Token::right().signed_with("nobody has this key"),
            &["unknown-key"],
            &["unknown-key"],
        ),
        ("tampered", tampered, &["unknown-key"], &["unknown-key"]),
        (
            "audience",
            Token::right().claim("aud", "Elsewhere").signed_with(&key),
            &["claim aud"],
            &[],
        ),
        ("type", Token::right().claim("type", "refresh").signed_with(&key), &["claim type"], &[]),
        (
            "nbf",
            Token::right().claim("nbf", now() + 600).signed_with(&key),
            &["not-yet-valid nbf"],
            &["not-yet-valid nbf"],
        ),
        (
            "iat",
            Token::right().claim("iat", now() + 600).signed_with(&key),
            &["issued-in-future iat"],
            &[],
        ),
        ("alg none", none, &["unsigned"], &["unsigned"]),
        ("no signature", format!("{signed}."), &["unsigned"], &["unsigned"]),
        (
            "HS512",
            Token::right().algorithm(Algorithm::HS512).signed_with(&key),
            &["algorithm"],
            &["algorithm"],
        ),
        ("two issuers", written(r#"{"alg":"HS256"}"#, &twice, &key), &[], &[]),
    ];
    for (fault, token, at_main, at_admin) in rows {
        let report = world.report(&token);
        for (name, expected) in [("main", at_main), ("autoscraper", at_main), ("admin", at_admin)] {
            let context = format!("{fault} at {name}: {:#}", service(&report, name));
            assert_eq!(reasons(&report, name), expected, "{context}");
            let ruling = if expected.is_empty() { "accepted" } else { "refused" };
            assert_eq!(service(&report, name)["ruling"], ruling, "{context}");
        }
    }
}

#[test]
fn two_faults_of_one_token_are_both_named() {
    let world = World::with(&[]);
    let key = world.reference();
    for (token, expected) in [
        (
            Token::right().claim("aud", "Elsewhere").expires_in(-30).signed_with(&key),
            vec!["expired exp", "claim aud"],
        ),
        (
            Token::right().expires_in(-30).signed_with(&world.key(".env.staging")),
            vec!["other-key", "expired exp"],
        ),
        (
            Token::right().claim("iss", "Elsewhere").claim("type", "refresh").signed_with(&key),
            vec!["claim iss", "claim type"],
        ),
    ] {
        let report = world.report(&token);
        assert_eq!(reasons(&report, "main"), expected, "{:#}", service(&report, "main"));
    }
    // A signature that cannot be made again is no proven reason beside one that is.
    let report = world.report(&Token::right().expires_in(-30).signed_with("nobody has this key"));
    assert_eq!(reasons(&report, "main"), ["expired exp"]);
    let sentence = service(&report, "main")["sentence"].as_str().unwrap();
    assert!(sentence.contains("may be a further reason"), "{sentence}");
}

#[test]
fn the_sentence_names_the_key_the_span_and_the_services_clock() {
    let world = World::with(&["autoscraper=clock-skew"]);
    let key = world.reference();
    let report = world.report(&Token::right().signed_with(&world.key(".env.development.previous")));
    assert_eq!(
        service(&report, "main")["sentence"],
        "main refuses it because it is signed with the previous key (JWT_SECRET_KEY in \
         .env.development.previous)."
    );
    // A minute is over for a clock that is 95 s ahead, and for no other.
    let report = world.report(&Token::right().signed_with(&key));
    assert_eq!(service(&report, "main")["sentence"], "main accepts it.");
    let sentence = service(&report, "autoscraper")["sentence"].as_str().unwrap();
    let (expired, clock) = sentence.split_once(" ago by autoscraper's clock ").expect(sentence);
    let expired = expired.strip_prefix("autoscraper refuses it because it expired ").unwrap();
    let seconds: f64 = expired.strip_suffix(" s").unwrap().parse().unwrap();
    assert!((33.0..=40.0).contains(&seconds), "{sentence}");
    let ahead = clock.strip_prefix("(its clock is ").unwrap().strip_suffix(" s ahead).").unwrap();
    assert!((93.0..=97.0).contains(&ahead.parse::<f64>().unwrap()), "{sentence}");
    let fix = service(&report, "autoscraper")["fix"].as_str().unwrap();
    assert!(fix.contains("clock"), "{fix}");
}

#[test]
fn a_service_at_fault_is_told_from_a_token_at_fault() {
    let world = World::of(&demo::story());
    let key = world.reference();
    let report = world.report(&Token::right().signed_with(&key));
    assert_eq!(report["ruling"], "refused");
    assert_eq!(
        service(&report, "admin")["sentence"],
        "admin refuses it because it is signed with the reference key (JWT_SECRET_KEY in \
         .env.development), and admin verifies with a well-known default key, the commonest \
         placeholder of templates (hyphens)."
    );
    assert_eq!(service(&report, "autoscraper")["ruling"], "accepted");
    assert_eq!(report["token"]["findings"][0]["status"], "warn", "the claim service is left out");
    // The token that admin takes is the one that is wrong.
    let report = world.report(&Token::right().signed_with("your-secret-key"));
    assert_eq!(service(&report, "admin")["ruling"], "accepted");
    assert_eq!(reasons(&report, "main"), ["other-key"]);
    assert_eq!(report["token"]["findings"][0]["code"], "other-key");
    assert_eq!(report["token"]["signer"]["key"], "default");
}

#[test]
fn what_cannot_be_told_is_said_to_be_so() {
    for (fault, ruling, word) in [
        ("admin=unreachable", "undecided", "cannot be asked"),
        ("admin=unprotected", "undecided", "without any token"),
        ("admin=redirected", "undecided", ""),
        ("admin=header-stripped", "refused", "right token as well"),
        ("admin=key-mismatch", "refused", ""),
        ("admin=signature-not-verified", "accepted", "does not verify signatures"),
    ] {
        let world = World::with(&[fault]);
        let report = world.report(&Token::right().signed_with(&world.reference()));
        let admin = service(&report, "admin");
        assert_eq!(admin["ruling"], ruling, "{fault}: {admin:#}");
        assert!(admin["sentence"].as_str().unwrap().contains(word), "{fault}: {admin:#}");
        assert_eq!(service(&report, "main")["ruling"], "accepted", "{fault}");
        let reasons = reasons(&report, "admin");
        let blamed = ["expired exp", "other-key", "unknown-key", "algorithm", "unsigned"];
        assert!(
            !reasons.iter().any(|reason| blamed.contains(&reason.as_str())),
            "{fault}: {admin:#}"
        );
    }
    let world = World::with(&["admin=unreachable"]);
    let token = Token::right().signed_with(&world.reference());
    world.explain(&token, &["--service", "admin"]).assert_exit(3);
    world.explain(&token, &["--service", "main"]).assert_exit(0);
    world.explain(&token, &["--service", "nobody"]).assert_exit(2);
}

#[test]
fn the_token_is_found_in_whatever_it_was_pasted_with() {
    let world = World::with(&[]);
    let token = Token::right().signed_with(&world.reference());
    for pasted in [
        format!("  {token}\n\n"),
        format!("\"{token}\""),
        format!("Bearer {token}"),
        format!("Authorization: Bearer {token}\r\n"),
        format!("Cookie: theme=dark; access_token={token}; lang=de"),
        format!("curl -sS -H 'Authorization: Bearer {token}' http://127.0.0.1:8000/api/v1/auth/me"),
        format!("{{\"access_token\":\"{token}\",\"token_type\":\"bearer\"}}"),
    ] {
        world.explain(&pasted, &["--offline"]).assert_exit(0);
        world.explain(&pasted, &["--offline", "-"]).assert_exit(0);
    }
    for arguments in [vec![token.clone()], vec!["Authorization:".into(), "Bearer".into(), token]] {
        let mut options = vec!["--offline"];
        options.extend(arguments.iter().map(String::as_str));
        let run = world.explain("", &options);
        run.assert_exit(0);
        assert!(run.stderr.contains("other users of this machine can read"), "{}", run.stderr);
    }
    world.explain(" \n", &[]).assert_exit(2);
}

#[test]
fn offline_findings_name_what_is_wrong_by_itself() {
    let world = World::with(&[]);
    let key = world.reference();
    let milliseconds = (now() + 60) * 1000;
    let no_exp = r#"{"sub":"authprobe","iss":"RemoteHive","aud":"RemoteHive-Services","type":"service","service":"authprobe"}"#;
    let hs256 = r#"{"alg":"HS256"}"#;
    for (token, codes, exit) in [
        (Token::right().expires_in(-12).signed_with(&key), vec!["expired", "claims"], 1),
        (
            Token::right().claim("exp", milliseconds).signed_with(&key),
            vec!["milliseconds", "claims"],
            1,
        ),
        (Token::right().claim("exp", "soon").signed_with(&key), vec!["date-form", "claims"], 1),
        (
            Token::right().claim("nbf", now() + 600).signed_with(&key),
            vec!["not-yet-valid", "claims"],
            1,
        ),
        (
            Token::right().claim("iat", now() + 600).signed_with(&key),
            vec!["issued-in-future", "claims"],
            1,
        ),
        (Token::right().expires_in(365 * 86_400).signed_with(&key), vec!["long-life", "claims"], 0),
        (Token::right().claim("aud", "x").signed_with(&key), vec!["aud", "claims"], 1),
        (
            Token::right().claim("aud", json!(["x", "RemoteHive-Services"])).signed_with(&key),
            vec!["claims"],
            0,
        ),
        (
            Token::right().algorithm(Algorithm::HS512).signed_with(&key),
            vec!["algorithm", "claims"],
            1,
        ),
        (Token::right().signed_with("undefined"), vec!["other-key", "claims"], 1),
        (Token::right().signed_with("nobody"), vec!["unknown-key", "claims"], 1),
        (written(hs256, no_exp, &key), vec!["no-exp"], 0),
        (written(r#"{"alg":"HS512"}"#, no_exp, &key), vec!["algorithm", "no-exp"], 1),
        (
            written(r#"{"alg":"RS256"}"#, no_exp, "nobody"),
            vec!["not-verified", "algorithm", "no-exp"],
            1,
        ),
        (written(r#"{"typ":"JWT"}"#, no_exp, &key), vec!["algorithm", "no-exp"], 1),
        (written(hs256, r#"{"exp":1,"exp":9999999999}"#, &key), vec!["duplicate"], 1),
    ] {
        let run = world.explain(&token, &["--offline", "-o", "json"]);
        let report = run.json();
        let findings = report["token"]["findings"].as_array().unwrap();
        let found: Vec<&str> = findings.iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert!(codes.iter().all(|code| found.contains(code)), "{codes:?} of {findings:#?}");
        let more = found.iter().filter(|code| !codes.contains(code));
        let more: Vec<_> =
            more.filter(|code| !["iss", "aud", "claims", "long-life"].contains(code)).collect();
        assert!(more.is_empty(), "{codes:?} and {more:?}");
        assert_eq!(report["services"], json!([]));
        run.assert_exit(exit);
    }
}

#[test]
fn a_token_signed_with_a_misread_key_names_the_reading() {
    let world = World::with(&[]);
    let key = world.reference();
    for (misread, words) in [
        (format!("{key}\n"), "line feed"),
        (format!("\"{key}\""), "quotes"),
        (key.to_uppercase(), "upper"),
    ] {
        let report = world.report(&Token::right().signed_with(&misread));
        assert_eq!(report["token"]["signer"]["key"], "variant");
        let sentence = service(&report, "main")["sentence"].as_str().unwrap();
        assert!(sentence.starts_with("main refuses it because it is signed with "), "{sentence}");
        assert!(sentence.contains(words), "{sentence}");
        assert_eq!(reasons(&report, "main"), ["other-key"]);
    }
}

#[test]
fn offline_nothing_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let project = Project::new();
    let key = project.canary();
    project.write(".env", &format!("KEY={key}\n"));
    project.write(
        "probes.yaml",
        &format!(
            "version: 1\ndefault_environment: dev\nservices:\n  - {{ name: main, source_of_truth: true, \
             endpoint: /me, key: {{ dotenv: .env, variable: KEY }} }}\nenvironments:\n  dev:\n    urls: \
             {{ main: \"http://{}\" }}\n",
            listener.local_addr().unwrap()
        ),
    );
    let token = Token::right().claim("leak", key.text()).signed_with(key.text());
    // The key stands in a claim, and still no eight bytes of it come out.
    for options in [vec![], vec!["-o", "json"]] {
        let arguments = ["explain", "--offline", "-vv"].into_iter().chain(options);
        let run = project.authprobe(arguments).input(token.clone()).traced().run();
        run.assert_exit(0);
        assert!(run.stdout.contains("leak"), "{}", run.stdout);
    }
    project.authprobe(["explain"]).input("no.token").run().assert_exit(1);
    let connection = listener.accept().map_err(|error| error.kind());
    assert_eq!(connection.unwrap_err(), ErrorKind::WouldBlock, "somebody connected");
}

#[test]
fn without_a_configuration_the_token_is_decoded_and_no_key_is_known() {
    let project = Project::new();
    let key = project.canary();
    let token = Token::right().signed_with(key.text());
    let run = project.authprobe(["explain"]).input(token).run();
    run.assert_exit(3);
    assert!(run.stdout.starts_with("? The token could not be verified"), "{}", run.stdout);
    assert!(run.stdout.contains("RemoteHive-Services"), "{}", run.stdout);
    assert!(run.stderr.contains("no key is known"), "{}", run.stderr);
    let expired = Token::right().expires_in(-600).signed_with(key.text());
    let run = project.authprobe(["explain"]).input(expired).run();
    run.assert_exit(1);
    assert!(run.stdout.starts_with("✗ The token expired 10 min ago."), "{}", run.stdout);
    project.authprobe(["explain", "-e", "staging"]).input("x").run().assert_exit(2);
}

#[test]
fn control_characters_of_a_token_never_reach_the_terminal() {
    let project = Project::new();
    let claims = r#"{"sub":"\u001b[2J\u202eevil","\u0007":1}"#;
    let token = written(r#"{"alg":"HS256\u001b"}"#, claims, "nobody has this");
    for options in [vec![], vec!["-o", "json"]] {
        let arguments = ["explain"].into_iter().chain(options);
        let run = project.authprobe(arguments).input(token.clone()).run();
        let strange = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!run.stdout.contains(strange), "{:?}", run.stdout);
    }
}
