//! The other commands of the binary do what they are for, and leak no key.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use common::authprobe::Project;
use real::fastapi::FastApi;
use real::fleet::Fleet;
use real::started;

#[test]
fn a_text_report_names_the_cause_and_leaks_no_key() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.previous.text()).start());
    fleet.check(&[("main", &service.url())]).assert_exit(1);
    let run = fleet.project.authprobe(["check", "main", "-vv"]).traced().run();
    run.assert_exit(1);
    assert!(run.stdout.contains("key-previous"), "{}", run.stdout);
}

#[test]
fn the_demo_finds_the_faults_that_it_plants() {
    Project::new().authprobe(["demo"]).traced().run().assert_exit(0);
}

#[test]
fn the_binary_explains_itself() {
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["check", "--help"],
        &["demo", "--help"],
        &["schema"],
        &["schema", "report"],
        &["completions", "bash"],
        &["man"],
    ] {
        let run = Project::new().authprobe(arguments).run();
        run.assert_exit(0);
        assert!(run.stdout.contains("authprobe"), "{arguments:?}: {}", run.stdout);
    }
}

#[test]
fn a_fresh_key_is_printed_in_the_form_of_the_seed_document() {
    let run = Project::new().authprobe(["keygen"]).run();
    run.assert_exit(0);
    let key = run.stdout.trim_end().strip_prefix("JWT_SECRET_KEY=").unwrap();
    assert!(key.len() == 64 && key.bytes().all(|digit| digit.is_ascii_hexdigit()), "{key}");
}

#[test]
fn a_minted_token_is_taken_by_the_service_it_is_for() {
    let fleet = Fleet::new();
    let service = started!(FastApi::with_key(fleet.reference.text()).start());
    fleet.check(&[("main", &service.url())]).assert_exit(0);
    let run = fleet.project.authprobe(["mint", "main"]).showing_tokens().run();
    run.assert_exit(0);
    let header = ("Authorization", format!("Bearer {}", run.stdout.trim_end()));
    let answer = common::http::get(&format!("{}/api/v1/auth/me", service.url()), Some(header));
    assert_eq!(answer.status, 200, "{answer:?}");
}
