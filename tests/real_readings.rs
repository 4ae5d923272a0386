//! `authprobe check` against real verifiers that read the shared key otherwise than it was written:
//! each by a mechanism met in the field, each named by its reading.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use std::process::Command;

use serde_json::Value;

use common::authprobe::{Project, Run};
use common::canary::Canary;
use real::fastapi::{ENDPOINT, FastApi};
use real::fleet::Fleet;
use real::node::Node;
use real::started;

/// Asserts that the run names this reading and nothing else, and gives what it says.
#[track_caller]
fn assert_reading(run: &Run, service: &str, code: &str) -> Value {
    run.assert_exit(1);
    let found = run.service(service);
    assert_eq!(found["cause"]["code"], "key-variant", "{found:#}");
    assert_eq!(found["cause"]["details"]["variant"], code, "{found:#}");
    assert_eq!(found["key"]["matches"], "variant", "{found:#}");
    assert_eq!(found["key"]["variant"], code, "{found:#}");
    assert_eq!(found["other_causes"], serde_json::json!([]), "{found:#}");
    assert!(found["requests"].as_u64().unwrap() <= 120, "{found:#}");
    found
}

/// What a POSIX shell prints for this script, which finds the text in `$TEXT`.
fn shell(script: &str, text: &str) -> String {
    let output = Command::new("sh").args(["-c", script]).env("TEXT", text).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_kubernetes_secret_made_with_echo_is_named() {
    let fleet = Fleet::new();
    // The manifest's data is made by the first two, and decoded by the kubelet.
    let mounted = shell(r#"echo "$TEXT" | base64 | base64 -d"#, fleet.reference.text());
    let service = started!(FastApi::with_key(&mounted).start());
    let run = fleet.check(&[("autoscraper", &service.url())]);
    let found = assert_reading(&run, "autoscraper", "trailing-newline");
    let summary = found["cause"]["summary"].as_str().unwrap();
    assert!(summary.contains("plus a line feed") && summary.contains("echo"), "{summary}");
}

#[test]
fn an_env_file_whose_quotes_are_kept_is_named() {
    let fleet = Fleet::new();
    let line = format!("JWT_SECRET=\"{}\"\n", fleet.reference);
    let file = fleet.project.write("remotehive-admin/.env.development", &line);
    // As docker run --env-file: the words of the file become the environment, quotes and all.
    let kept = shell(r#"env $(cat "$TEXT") printenv JWT_SECRET"#, &file.to_string_lossy());
    let service = started!(Node::with_key(kept.trim_end()).start());
    let run = fleet.check(&[("admin", &service.url())]);
    assert_reading(&run, "admin", "double-quoted");
}

#[test]
fn an_env_file_with_windows_line_ends_read_by_a_shell_is_named() {
    let fleet = Fleet::new();
    let line = format!("JWT_SECRET='{}'\r\n", fleet.reference);
    let file = fleet.project.write("remotehive-admin/.env.development", &line);
    let sourced = shell(r#". "$TEXT" && printf %s "$JWT_SECRET""#, &file.to_string_lossy());
    let service = started!(Node::with_key(&sourced).start());
    let run = fleet.check(&[("admin", &service.url())]);
    assert_reading(&run, "admin", "trailing-carriage-return");
}

#[test]
fn a_verifier_that_decodes_the_text_of_its_key_from_base64_is_named() {
    let fleet = Fleet::with_hexadecimal_key();
    let verifier = FastApi::with_key(fleet.reference.text()).key_encoding("base64");
    let service = started!(verifier.start());
    let run = fleet.check(&[("main", &service.url())]);
    assert_reading(&run, "main", "base64-decoded");
}

#[test]
fn a_verifier_that_decodes_the_text_of_its_key_from_hexadecimal_is_named() {
    let fleet = Fleet::with_hexadecimal_key();
    let verifier = Node::with_key(fleet.reference.text()).key_encoding("hex");
    let service = started!(verifier.start());
    let run = fleet.check(&[("admin", &service.url())]);
    assert_reading(&run, "admin", "hex-decoded");
}

#[test]
fn what_node_makes_of_a_key_with_marks_in_it_as_base64_is_named() {
    let fleet = Fleet::new();
    let verifier = Node::with_key(fleet.reference.text()).key_encoding("base64");
    let service = started!(verifier.start());
    let run = fleet.check(&[("admin", &service.url())]);
    assert_reading(&run, "admin", "base64-decoded-by-node");
}

/// One service; its key is what docker makes of the file.
const PROBES: &str = "version: 1
token: { claims: { iss: RemoteHive, aud: RemoteHive-Services } }
services:
  - name: main
    source_of_truth: true
    endpoint: ENDPOINT
    key: { dotenv: .env, variable: JWT_SECRET_KEY, dialect: docker }
environments: { development: { urls: { main: \"URL\" } } }
";

#[test]
fn a_dollar_reference_that_python_dotenv_puts_in_is_named() {
    let project = Project::new();
    let key = project.search_for(Canary::around("${x9}"));
    let file = project.write(".env", &format!("JWT_SECRET_KEY={key}\n"));
    let service = started!(FastApi::with_env_file(&file).start());
    let probes = PROBES.replace("ENDPOINT", ENDPOINT).replace("URL", &service.url());
    project.write("probes.yaml", &probes);
    let run = project.authprobe(["check", "-o", "json"]).traced().run();
    assert_reading(&run, "main", "references-removed");
}

#[test]
fn another_variable_of_the_same_file_is_named_and_its_value_is_not() {
    let fleet = Fleet::new();
    let other = fleet.unknown_key();
    let lines = format!("DEBUG=false\nSECRET_KEY={other}\nJWT_SECRET_KEY={}\n", fleet.reference);
    let file = fleet.project.write("autoscraper-service/.env.development", &lines);
    let service = started!(FastApi::with_shadowed_env_file(&file).start());
    let run = fleet.check(&[("autoscraper", &service.url())]);
    run.assert_exit(1);
    let found = run.service("autoscraper");
    assert_eq!(found["cause"]["code"], "key-own-file", "{found:#}");
    assert_eq!(found["cause"]["details"]["variable"], "SECRET_KEY", "{found:#}");
    assert_eq!(found["key"]["matches"], "own", "{found:#}");
}
