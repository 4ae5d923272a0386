//! `authprobe check` without `dialect:` against real services that were really started in a way that
//! python-dotenv does not read: the files around the env file tell it. With the wrong dialect, and where
//! loaders contest, the report tells the truth.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use std::path::Path;

use serde_json::Value;

use common::authprobe::{Project, Run};
use common::service::Service;
use real::fastapi::FastApi;
use real::node::Node;
use real::setup::Unavailable;
use real::{docker, fastapi, node, started};

const PROBES: &str = "version: 1
token: { claims: { iss: RemoteHive, aud: RemoteHive-Services } }
services:
  - name: main
    source_of_truth: true
    endpoint: ENDPOINT
    SEND
    key: { dotenv: service/.env, variable: VARIABLEDIALECT }
environments: { development: { urls: { main: \"URL\" } } }
";

/// How a service takes its token and names its key.
struct Kind {
    endpoint: &'static str,
    send: &'static str,
    variable: &'static str,
}

const NODE: Kind = Kind {
    endpoint: node::ENDPOINT,
    send: "send: { cookie: access_token }",
    variable: "JWT_SECRET",
};
const FASTAPI: Kind = Kind { endpoint: fastapi::ENDPOINT, send: "", variable: "JWT_SECRET_KEY" };

fn check(project: &Project, kind: &Kind, service: &Service, dialect: &str, more: &[&str]) -> Run {
    let probes = PROBES
        .replace("ENDPOINT", kind.endpoint)
        .replace("SEND", kind.send)
        .replace("VARIABLE", kind.variable)
        .replace("DIALECT", dialect)
        .replace("URL", &service.url());
    project.write("probes.yaml", &probes);
    project.authprobe(["check"].iter().chain(more)).run()
}

/// What the JSON report says of the service.
fn report(project: &Project, kind: &Kind, service: &Service, dialect: &str) -> (Run, Value) {
    let run = check(project, kind, service, dialect, &["-o", "json"]);
    let found = run.service("main");
    (run, found)
}

#[track_caller]
fn assert_variant(run: &Run, found: &Value, code: &str, dialect: &str) -> String {
    run.assert_exit(1);
    assert_eq!(found["cause"]["code"], "key-variant", "{found:#}");
    assert_eq!(found["cause"]["details"]["variant"], code, "{found:#}");
    assert_eq!(found["cause"]["details"]["dialect"], dialect, "{found:#}");
    found["cause"]["fix"].as_str().unwrap().to_owned()
}

/// A Node service that node --env-file starts, and the key in its file: node ends it at the #.
fn by_node(project: &Project) -> Result<Service, Unavailable> {
    let (key, tail) = (project.canary(), project.canary());
    let file = project.write("service/.env", &format!("JWT_SECRET={key}#{tail}\n"));
    let script = r#"{"scripts":{"start":"node --env-file=.env server.js"}}"#;
    project.write("service/package.json", script);
    Node::with_env_file_option(&file).start()
}

#[test]
fn a_service_that_node_env_file_starts_is_read_as_node_reads() {
    let project = Project::new();
    let service = started!(by_node(&project));
    let (run, found) = report(&project, &NODE, &service, "");
    run.assert_exit(0);
    let loader = &found["key"]["loader"];
    assert_eq!(loader["dialect"], "node-env-file", "{found:#}");
    let reason = "guessed from service/package.json, which hands it to node --env-file";
    assert_eq!(loader["reason"], reason);
}

#[test]
fn the_log_tells_the_loader_and_a_healthy_report_does_not() {
    let project = Project::new();
    let service = started!(by_node(&project));
    let run = check(&project, &NODE, &service, "", &["-v"]);
    run.assert_exit(0);
    let told = "service/.env is read as node-env-file (guessed from service/package.json, which \
                hands it to node --env-file)";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    for word in ["guess", "dialect", "node"] {
        assert!(!run.stdout.contains(word), "{}", run.stdout);
    }
}

#[test]
fn with_the_wrong_dialect_the_variant_is_named_and_the_loader_that_makes_it() {
    let project = Project::new();
    let service = started!(by_node(&project));
    let (run, found) = report(&project, &NODE, &service, ", dialect: python-dotenv");
    let fix = assert_variant(&run, &found, "cut-at-hash", "node-env-file");
    let told = "node-env-file reads service/.env so, and service/package.json hands it to node \
                --env-file: if that starts main, say dialect: node-env-file for its key in \
                probes.yaml instead.";
    assert!(fix.ends_with(told), "{fix}");
    assert_eq!(found["key"]["loader"]["known"], "configured", "{found:#}");
    assert_eq!(found["key"]["loader"]["others"][0]["reads"], "another-key", "{found:#}");
}

/// A `FastAPI` service with the environment that docker makes of its env file, quotes and all.
fn by_docker(project: &Project) -> Result<Service, Unavailable> {
    let key = project.canary();
    let file = project.write("service/.env", &format!("JWT_SECRET_KEY=\"{key}\" # key\n"));
    FastApi::with_key(&given(&file)?).start()
}

fn given(file: &Path) -> Result<String, Unavailable> {
    let all = docker::environment(file)?;
    let value = all.iter().find_map(|one| one.strip_prefix("JWT_SECRET_KEY="));
    Ok(value.expect("docker read the variable").to_owned())
}

#[test]
fn a_service_that_docker_run_starts_is_read_as_docker_reads() {
    let project = Project::new();
    let service = started!(by_docker(&project));
    project.write("up.sh", "#!/bin/sh\nexec docker run --rm --env-file service/.env main\n");
    let (run, found) = report(&project, &FASTAPI, &service, "");
    run.assert_exit(0);
    assert_eq!(found["key"]["loader"]["dialect"], "docker", "{found:#}");
}

#[test]
fn an_image_alone_is_no_guess_but_told_where_it_explains_the_fault() {
    let project = Project::new();
    let service = started!(by_docker(&project));
    project.write("service/Dockerfile", "FROM python:3.12\n");
    project.write("service/requirements.txt", "python-dotenv\n");
    let (run, found) = report(&project, &FASTAPI, &service, "");
    let fix = assert_variant(&run, &found, "as-written", "docker");
    let told = "docker reads service/.env so, and service/Dockerfile may be started by docker run \
                --env-file: if that starts main, say dialect: docker for its key in probes.yaml \
                instead.";
    assert!(fix.ends_with(told), "{fix}");
}

#[test]
fn loaders_with_equal_right_fall_back_and_both_are_told() {
    let project = Project::new();
    let service = started!(by_docker(&project));
    project.write("up.sh", "docker run --env-file service/.env main\n");
    project.write("main.service", "[Service]\nEnvironmentFile=service/.env\n");
    let (run, found) = report(&project, &FASTAPI, &service, "");
    assert_variant(&run, &found, "as-written", "docker");
    let loader = &found["key"]["loader"];
    assert_eq!(
        (&loader["dialect"], &loader["known"]),
        (&"python-dotenv".into(), &"contested".into())
    );
    let reason = "the default, for loaders are named with equal right: systemd by main.service, \
                  docker by up.sh";
    assert_eq!(loader["reason"], reason);
}

/// Two services; the second has its key in an env file of its own, and what is beside it differs.
const PAIR: &str = "version: 1
token: { claims: { iss: RemoteHive, aud: RemoteHive-Services } }
services:
  - name: truth
    source_of_truth: true
    endpoint: /api/v1/auth/me
    key: { dotenv: .env, variable: JWT_SECRET_KEY }
  - name: main
    endpoint: /api/v1/auth/me
    key: { dotenv: service/.env, variable: JWT_SECRET_KEY }
environments: { development: { urls: { truth: \"URL\", main: \"URL\" } } }
";

#[test]
fn a_key_that_only_another_loader_finds_in_its_own_file_is_told() {
    let project = Project::new();
    let key = project.canary();
    project.write(".env", &format!("JWT_SECRET_KEY={key}\n"));
    let file = project.write("service/.env", &format!("JWT_SECRET_KEY=\"{key}\"\n"));
    project.write("service/up.sh", "docker run --env-file .env main\n");
    project.write("service/requirements.txt", "python-dotenv\n");
    let quoted = started!(given(&file));
    let service = started!(FastApi::with_key(&quoted).start());
    project.write("probes.yaml", &PAIR.replace("URL", &service.url()));
    let run = project.authprobe(["check", "main", "-o", "json"]).run();
    let found = run.assert_exit(1).service("main");
    assert_eq!(found["cause"]["code"], "key-own-file", "{found:#}");
    let told = "For python-dotenv, which service/requirements.txt speaks for, service/.env holds the \
                shared key; for docker it does not (guessed from service/up.sh, which hands it to \
                docker run).";
    assert!(found["cause"]["fix"].as_str().unwrap().contains(told), "{found:#}");
}

#[test]
fn a_loader_that_finds_no_key_is_told_where_a_default_is_used() {
    let project = Project::new();
    project.write("service/.env", &format!("export JWT_SECRET={}\n", project.canary()));
    project.write("main.service", "[Service]\nEnvironmentFile=/opt/hive/service/.env\n");
    // systemd passes over what begins with export, so the service has no key and takes its default.
    let service = started!(Node::with_key("").start());
    let (run, found) = report(&project, &NODE, &service, ", dialect: dotenv");
    run.assert_exit(1);
    assert_eq!(found["cause"]["code"], "key-default", "{found:#}");
    let told = "Mind that systemd reads no key in service/.env, and main.service names it as \
                EnvironmentFile.";
    assert!(found["cause"]["fix"].as_str().unwrap().ends_with(told), "{found:#}");
}

#[test]
fn a_reading_that_was_tried_and_refused_is_not_told() {
    let project = Project::new();
    project.write("service/.env", &format!("JWT_SECRET_KEY=\"{}\"\n", project.canary()));
    project.write("service/Dockerfile", "FROM python:3.12\n");
    let verifier = FastApi::with_key(project.canary().text()).refusal("telling-401");
    let service = started!(verifier.start());
    let (run, found) = report(&project, &FASTAPI, &service, "");
    run.assert_exit(1);
    assert_eq!(found["cause"]["code"], "key-mismatch", "{found:#}");
    assert!(!found["cause"]["fix"].as_str().unwrap().contains("docker"), "{found:#}");
    assert_eq!(found["key"]["loader"]["others"][0]["reads"], "another-key", "{found:#}");
}
