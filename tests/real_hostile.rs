//! `authprobe check --hostile` against real verifiers: what is healthy is not accused, and what a
//! library or a program really falls for is named. A healthy row says which true weakness of its
//! library it shows, if any; each was looked up in the library's code,
//! that of the proxy only seen in its answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use serde_json::Value;

use common::authprobe::{Project, Run};
use real::families::{Family, Setting};
use real::fastapi::FastApi;
use real::node::Node;
use real::solo::{NAME, Solo};
use real::started;

/// Everything that can be started.
mod verifiers {
    pub(super) use super::real::families::*;
    pub(super) use super::real::gateway::*;
}

/// The rows of the report with one of these statuses, as `id status: summary`.
fn told(run: &Run, statuses: &[&str]) -> Vec<String> {
    let rows = run.service(NAME)["hostile"].take();
    let rows = rows.as_array().unwrap().iter();
    rows.filter(|row| statuses.contains(&row["status"].as_str().unwrap()))
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            format!("{} {}: {}", text("id"), text("status"), text("summary"))
        })
        .collect()
}

/// Declares a test for each healthy family: what it shows, and the exit status.
macro_rules! healthy {
    ($($family:ident $exit:literal [$($shown:literal),*];)*) => {
        mod healthy { $(
            #[test] fn $family() {
                super::healthy(super::verifiers::$family, $exit, &[$($shown),*]);
            }
        )* }
    };
}

healthy! {
    // PyJWT gives the payload to json.loads as bytes, and that detects UTF-16 by itself
    // (jwt/api_jwt.py, decode_complete); RFC 8725 section 3.7 wants UTF-8 only.
    flask 0 ["H55d warn: accepted"];
    simplejwt 0 ["H55d warn: accepted"];
    // An empty crit passes the loop of check_crit_header (joserfc/registry.py). json.loads raises
    // RecursionError, which no ValueError covers, and detects UTF-16 by itself.
    joserfc 0 [
        "H50b warn: accepted",
        "H55c warn: does not fail closed: a server error (500)",
        "H55d warn: accepted"
    ];
    // No file of jsonwebtoken and jws has the word crit.
    express_jwt 0 ["H50a warn: accepted", "H50b warn: accepted", "H50c warn: accepted"];
    // @fastify/jwt turns some codes of fast-jwt into 401 and lets the others through, which Fastify
    // answers with 500 (index.js, the end of requestVerify): invalid algorithm, crit, payload and types
    // of claims among them.
    fastify_jwt 0 [
        "H41d warn: does not fail closed: a server error (500)",
        "H45a warn: does not fail closed: a server error (500)",
        "H45c warn: does not fail closed: a server error (500)",
        "H46a warn: does not fail closed: a server error (500)",
        "H46b warn: does not fail closed: a server error (500)",
        "H50a warn: does not fail closed: a server error (500)",
        "H50b warn: does not fail closed: a server error (500)",
        "H50c warn: does not fail closed: a server error (500)",
        "H55b warn: does not fail closed: a server error (500)",
        "H56a warn: does not fail closed: a server error (500)",
        "H56b warn: does not fail closed: a server error (500)",
        "H57a warn: does not fail closed: a server error (500)",
        "H57b warn: does not fail closed: a server error (500)"
    ];
    jose 0 [];
    // ruby-jwt 2.5 knows no crit, and asks a list for ['aud'] as if it were a hash (jwt/verify.rb).
    ruby_jwt 0 [
        "H50a warn: accepted",
        "H50b warn: accepted",
        "H50c warn: accepted",
        "H55b warn: does not fail closed: a server error (500)"
    ];
    // No file of golang-jwt has the member crit; for HAProxy that was seen in its answers only.
    golang_jwt 0 ["H50a warn: accepted", "H50b warn: accepted", "H50c warn: accepted"];
    haproxy 0 ["H50a warn: accepted", "H50b warn: accepted", "H50c warn: accepted"];
    haproxy_alone 0 ["H50a warn: accepted", "H50b warn: accepted", "H50c warn: accepted"];
}

fn healthy(family: Family, exit: i32, shown: &[&str]) {
    let solo = Solo::new();
    let service = started!(family(&Setting::with_key(solo.reference.text())));
    let run = solo.check_hostile(&service.url(), "");
    assert_eq!(told(&run, &["warn", "fail", "undecided"]), shown, "{}", sent(&run));
    run.assert_exit(exit);
}

#[test]
fn the_services_of_the_seed_document_are_not_accused() {
    let project = Project::new();
    let key = project.canary();
    project.write("key", key.text());
    let main = started!(FastApi::with_key(key.text()).start());
    let admin = started!(Node::with_key(key.text()).start());
    let claims = ["iss=RemoteHive", "aud=RemoteHive-Services", "type=service"];
    for (url, more) in [
        (format!("{}{}", main.url(), "/api/v1/auth/me"), &[][..]),
        (format!("{}{}", admin.url(), real::node::ENDPOINT), &["--cookie", "access_token"][..]),
    ] {
        let mut arguments = vec!["check", &url, "--key-file", "key", "--hostile", "-o", "json"];
        arguments.extend(claims.iter().flat_map(|claim| ["--claim", claim]));
        arguments.extend(more);
        let run = project.authprobe(arguments).run();
        run.assert_exit(0);
        let report = run.json();
        let rows = report["services"][0]["hostile"].as_array().unwrap();
        let wrong =
            rows.iter().filter(|row| row["status"] == "fail" || row["status"] == "undecided");
        assert_eq!(wrong.count(), 0, "{rows:#?}");
        assert!(rows.len() > 40, "{rows:#?}");
    }
}

/// Runs a weak program: the rows that fail, the code of the cause, and the run.
fn weak(family: Family, fault: &'static str) -> Result<(Vec<String>, Value, Run), String> {
    let solo = Solo::new();
    let service = family(&Setting::with_key(solo.reference.text()).fault(fault))?;
    let run = solo.check_hostile(&service.url(), "");
    let code = run.service(NAME)["cause"]["code"].take();
    Ok((told(&run, &["fail"]), code, run))
}

/// Declares a test for each weak program: the rows that fail, and the cause.
macro_rules! weak {
    ($($test:ident: $family:ident $fault:literal $code:literal [$($shown:literal),*];)*) => { $(
        #[test] fn $test() {
            let (shown, code, run) = started!(weak(verifiers::$family, $fault));
            assert_eq!(shown, [$($shown),*] as [&str; _], "{}", sent(&run));
            assert_eq!(code, $code);
            run.assert_exit(1);
        }
    )* };
}

weak! {
    a_key_inside_the_token_that_is_believed_is_found: weak_node "embedded-jwk" "forgery-accepted"
        ["H45a fail: accepted", "H45b fail: accepted"];
    an_address_of_keys_that_is_believed_is_found: weak_node "jku-followed" "forgery-accepted"
        ["H46a fail: the service called the address in the token"];
    an_address_that_is_only_called_is_found: weak_node "jku-called" "forgery-accepted"
        ["H46a fail: the service called the address in the token"];
    a_kid_that_is_a_path_is_found_in_node: weak_node "kid-path" "forgery-accepted"
        ["H47a fail: accepted", "H47c fail: accepted"];
    a_kid_that_is_a_path_is_found_in_python: weak_python "kid-path" "forgery-accepted"
        ["H47c fail: accepted"];
    a_kid_that_is_run_as_a_command_is_found: weak_node "kid-command" "forgery-accepted"
        [
            "H47a fail: accepted",
            "H47c fail: accepted",
            "H48f fail: it takes seconds longer to answer",
            "H48g fail: it takes seconds longer to answer"
        ];
    a_key_of_a_tutorial_beside_the_right_one_is_found: weak_node "default-key" "key-default"
        ["H49 fail: accepted"];
    a_list_that_only_forbids_none_is_found: weak_node "none-forbidden" "unsigned-accepted"
        ["H41a fail: accepted", "H41b fail: accepted", "H41c fail: accepted"];
    a_password_that_is_stretched_without_limit_is_found: weak_node "password-stretched"
        "forgery-accepted" ["H53 fail: it takes seconds longer to answer"];
}

/// jsonwebtoken takes an unsigned token where none is on the list; in the pinned `PyJWT`,
/// `NoneAlgorithm.verify` always says no, even where none is on the list.
#[test]
fn none_among_the_algorithms_is_found_where_the_library_honours_it() {
    let (_, code, run) = started!(weak(verifiers::weak_node, "none-allowed"));
    assert_eq!(code, "unsigned-accepted", "{}", sent(&run));
    run.assert_exit(1);
    let (shown, code, run) = started!(weak(verifiers::weak_python, "none-allowed"));
    assert_eq!((shown.len(), code), (0, Value::Null), "{}", sent(&run));
    run.assert_exit(0);
}

#[test]
fn where_no_signature_is_verified_no_hostile_token_is_sent() {
    let (shown, code, run) = started!(weak(verifiers::weak_python, "signature-ignored"));
    assert_eq!((shown.len(), code), (0, "signature-not-verified".into()));
    assert!(told(&run, &["pass"]).is_empty(), "{}", sent(&run));
}

#[test]
fn a_public_key_taken_for_an_hmac_key_is_found_in_the_old_library_only() {
    for (fault, exit, shown) in
        [("confused-8", 1, &["H44 fail: accepted"][..]), ("confused-9", 0, &[])]
    {
        let solo = Solo::new();
        let public = rcgen::KeyPair::generate().unwrap().public_key_pem();
        let file = solo.write("public.pem", &public);
        let setting = Setting::with_key(solo.reference.text()).fault(fault).public_key(&file);
        let service = started!(verifiers::weak_node(&setting));
        let run = solo.check_hostile(&service.url(), "    public_key: public.pem\n");
        assert_eq!(told(&run, &["fail"]), shown, "{}", sent(&run));
        run.assert_exit(exit);
        assert_eq!(told(&run, &["skip"]).iter().filter(|row| row.starts_with("H44")).count(), 0);
    }
}

#[test]
fn a_service_that_a_token_ends_is_left_alone_afterwards() {
    let (_, code, run) = started!(weak(verifiers::weak_node, "kid-crash"));
    assert_eq!(code, "forgery-accepted", "{}", sent(&run));
    let check = check(&run);
    assert_eq!(check["status"], "fail");
    assert!(check["summary"].as_str().unwrap().contains("H48d"), "{check:#}");
    let unsent = told(&run, &["undecided"]);
    assert!(unsent.iter().any(|row| row.starts_with("H53 undecided: not sent")), "{unsent:#?}");
    run.assert_exit(1);
}

#[test]
fn a_lockout_ends_it_and_is_no_accusation() {
    let (shown, code, run) = started!(weak(verifiers::weak_node, "locks-out"));
    assert_eq!((shown.len(), code), (0, Value::Null), "{}", sent(&run));
    assert_eq!(check(&run)["status"], "undecided");
    run.assert_exit(3);
}

/// The check that sums the rows up.
fn check(run: &Run) -> Value {
    let checks = run.service(NAME)["checks"].take();
    let found = checks.as_array().unwrap().iter().find(|check| check["id"] == "hostile-refused");
    found.unwrap().clone()
}

/// What was sent and how it was answered, for whoever looks into a failure.
fn sent(run: &Run) -> String {
    let report = run.json();
    let seen = report["observations"].as_array().unwrap().iter();
    let lines = seen
        .filter(|seen| !seen["variant"].as_str().unwrap().contains("byte of its signature"))
        .map(|seen| {
            let ms = &seen["rtt_ms"];
            format!("{} {} {} {ms}", seen["variant"], seen["status"], seen["reason"])
        });
    let skipped: Vec<String> = told(run, &["skip"]);
    format!("{}\n{skipped:#?}", lines.collect::<Vec<_>>().join("\n"))
}
