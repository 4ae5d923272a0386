//! `authprobe smoke` against real replicas: `FastAPI` with `PyJWT` behind a real `HAProxy`, at addresses
//! of their own, alone, and behind nginx with a rate limit. One is restarted late, one takes both
//! keys, one is dead: who lags must be named, and nobody else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

#[path = "cli/started.rs"]
mod process;

use std::fs;
use std::net::SocketAddr;

use serde_json::{Value, json};

use common::authprobe::{Project, Run};
use common::canary::{Canary, Search};
use common::service::{Service, free_port};
use process::Started;
use real::balancer::{Balancer, Turns};
use real::fastapi::FastApi;
use real::nginx::Nginx;
use real::started;

/// probes.yaml; URL stands for an address, ADDRESSES for what is named by hand.
const PROBES: &str = r#"version: 1
token:
  claims: { sub: authprobe, iss: RemoteHive, aud: RemoteHive-Services, type: service }
services:
  - name: main
    endpoint: /api/v1/auth/me
    key: { dotenv: .env, variable: JWT_SECRET_KEY }
environments:
  development:
    urls: { main: "URL" }
    ADDRESSES
    PREVIOUS
"#;
const PREVIOUS: &str = "previous_keys: [ { dotenv: .env.old, variable: JWT_SECRET_KEY } ]";
const BY_HAND: &str = "addresses: { main: [127.0.0.1, 127.0.0.2] }";

/// A project after a rotation: the new key in its file, the old one beside it.
struct Rotated {
    project: Project,
    new: Canary,
    old: Canary,
}

impl Rotated {
    fn new() -> Self {
        let project = Project::new();
        let [new, old] = [(); 2].map(|()| project.canary());
        project.write(".env", &format!("JWT_SECRET_KEY={new}\n"));
        project.write(".env.old", &format!("JWT_SECRET_KEY={old}\n"));
        Self { project, new, old }
    }

    fn at(&self, url: &str) -> &Self {
        self.configured(url, "", PREVIOUS)
    }

    fn configured(&self, url: &str, addresses: &str, previous: &str) -> &Self {
        let probes = PROBES.replace("URL", url).replace("ADDRESSES", addresses);
        self.project.write("probes.yaml", &probes.replace("PREVIOUS", previous));
        self
    }

    /// Runs it with the JSON report, which must be as its schema says.
    fn smoke(&self, arguments: &[&str]) -> Run {
        let all = [&["smoke", "-o", "json"][..], arguments].concat();
        let run = self.project.authprobe(all).traced().run();
        self.assert_valid(&run.json());
        run
    }

    fn assert_valid(&self, report: &Value) {
        let schema = self.project.authprobe(["schema", "smoke"]).run().json();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(report).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{report:#}");
    }

    /// Starts it and leaves it running.
    fn start(&self, arguments: &[&str]) -> Started {
        Started::new(&self.project, &[&["smoke", "-o", "json"][..], arguments].concat())
    }

    /// The report of a run that was started, and what is said of `main`; neither key may be in it.
    fn left_behind(&self, said: &str) -> (Value, Value) {
        let text = fs::read_to_string(self.project.path("stdout")).unwrap();
        let search = Search::new([&self.new, &self.old]);
        for bytes in [text.as_bytes(), said.as_bytes()] {
            assert!(search.in_bytes("output", bytes).is_empty(), "{text}{said}");
        }
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{said}"));
        self.assert_valid(&report);
        let main = report["services"][0].clone();
        (report, main)
    }
}

fn replica(key: &Canary) -> Result<Service, String> {
    FastApi::with_key(key.text()).start()
}

#[track_caller]
fn assert_holds(share: &Value, truth: f64) {
    let part = |name: &str| share[name].as_f64().unwrap();
    assert!(part("low") <= truth && truth <= part("high"), "{share:#}");
}

#[test]
fn replicas_on_the_new_key_have_converged_at_once() {
    let rotated = Rotated::new();
    let (one, two) = (started!(replica(&rotated.new)), started!(replica(&rotated.new)));
    for turns in [Turns::NamedRequests, Turns::Connections] {
        let balancer = started!(Balancer::before(&[&one, &two], turns));
        let run = rotated.at(&balancer.url()).smoke(&[]);
        run.assert_exit(0);
        let main = run.service("main");
        assert_eq!(main["state"], "converged", "{main:#}");
        assert_eq!(main["new"], json!({ "accepted": 29, "refused": 0, "undecided": 0 }));
        assert_eq!(main["old"], json!({ "accepted": 0, "refused": 29, "undecided": 0 }));
        assert_eq!((&main["requests"], &main["lag_s"]), (&json!(64), &Value::Null));
        assert_eq!(run.json()["old_key"], "configuration");
    }
    let text = rotated.at(&one.url()).project.authprobe(["smoke"]).run();
    text.assert_exit(0);
    assert!(text.stdout.contains("main has converged"), "{}", text.stdout);
    assert_eq!(text.stderr, "");
}

#[test]
fn a_stale_replica_is_found_whoever_takes_turns_and_named_where_a_field_names_it() {
    let rotated = Rotated::new();
    let fresh = started!(replica(&rotated.new));
    let stale = started!(replica(&rotated.old));
    for turns in [Turns::Requests, Turns::NamedRequests, Turns::Connections] {
        let balancer = started!(Balancer::before(&[&fresh, &stale], turns));
        let run = rotated.at(&balancer.url()).smoke(&[]);
        run.assert_exit(1);
        let main = run.service("main");
        assert_eq!(main["state"], "on-old-key", "{main:#}");
        assert_holds(&main["replicas"]["on_new"], 0.5);
        assert_holds(&main["replicas"]["on_old"], 0.5);
        if turns == Turns::NamedRequests {
            let each = json!([
                { "name": "replica-0", "holds": "new" }, { "name": "replica-1", "holds": "old" }
            ]);
            assert_eq!(main["replicas"]["each"], each);
            let summary = main["summary"].as_str().unwrap();
            let words = "the replica with x-served-by: replica-1 of main still verifies";
            assert!(summary.starts_with(words), "{summary}");
        }
    }
}

#[test]
fn the_stale_one_of_two_addresses_is_named() {
    let rotated = Rotated::new();
    let fresh = started!(replica(&rotated.new));
    let port = fresh.address().port();
    let stale = FastApi::with_key(rotated.old.text());
    let stale = stale.listening_on(SocketAddr::from(([127, 0, 0, 2], port)));
    let _stale = started!(stale.start());
    rotated.configured(&format!("http://main.example:{port}"), BY_HAND, PREVIOUS);
    let run = rotated.smoke(&[]);
    run.assert_exit(1);
    let main = run.service("main");
    let names = [format!("127.0.0.1:{port}"), format!("127.0.0.2:{port}")];
    assert_eq!(main["addresses"], json!(names));
    let words = format!("{} of main still verifies with the old key", names[1]);
    assert!(main["summary"].as_str().unwrap().starts_with(&words), "{main:#}");
}

#[test]
fn a_replica_that_is_restarted_late_is_waited_for_and_its_lag_is_told() {
    let rotated = Rotated::new();
    let fresh = started!(replica(&rotated.new));
    let stale = started!(replica(&rotated.old));
    let address = stale.address();
    let balancer = started!(Balancer::before(&[&fresh, &stale], Turns::Requests));
    let mut running = rotated.at(&balancer.url()).start(&["--wait", "2m"]);
    running.wait_for("main: not on the new key alone yet");
    drop(stale);
    let restarted = FastApi::with_key(rotated.new.text()).listening_on(address);
    let _restarted = started!(restarted.start());
    let (status, said) = running.finish();
    let (report, main) = rotated.left_behind(&said);
    assert_eq!(status, Some(0), "{report:#}\n{said}");
    assert_eq!(main["state"], "converged", "{main:#}");
    assert!(said.contains("main: on the new key"), "{said}");
    assert!(main["lag_s"].as_f64().unwrap() > 0.0, "{main:#}");
    let (sign, converged) = (&main["last_sign_at"], &main["converged_at"]);
    assert!(sign.as_str().unwrap() < converged.as_str().unwrap(), "{main:#}");
    assert_eq!(main["sample"], json!({ "needed": 29, "new": 29, "old": 29 }));
    assert!(main["old"]["accepted"].as_u64().unwrap() > 0, "{main:#}");
}

#[test]
fn a_service_alone_that_is_restarted_late_is_waited_for_though_it_is_gone_for_a_moment() {
    let rotated = Rotated::new();
    let stale = started!(replica(&rotated.old));
    let address = stale.address();
    let mut running = rotated.at(&stale.url()).start(&["--wait", "2m"]);
    running.wait_for("main: not on the new key alone yet");
    drop(stale);
    running.wait_for("main: cannot be told yet (no-answer)");
    let restarted = FastApi::with_key(rotated.new.text()).listening_on(address);
    let _restarted = started!(restarted.start());
    let (status, said) = running.finish();
    let (report, main) = rotated.left_behind(&said);
    assert_eq!(status, Some(0), "{report:#}\n{said}");
    assert_eq!(main["state"], "converged", "{main:#}");
    assert_eq!(main["new"]["accepted"], 29, "{main:#}");
    assert!(main["new"]["refused"].as_u64().unwrap() >= 4, "{main:#}");
}

#[test]
fn a_replica_that_is_never_restarted_fails_at_the_end_of_the_wait() {
    let rotated = Rotated::new();
    let fresh = started!(replica(&rotated.new));
    let stale = started!(replica(&rotated.old));
    let balancer = started!(Balancer::before(&[&fresh, &stale], Turns::Requests));
    let run = rotated.at(&balancer.url()).smoke(&["--wait", "4s"]);
    run.assert_exit(1);
    let main = run.service("main");
    assert_eq!(main["state"], "on-old-key", "{main:#}");
    assert!(main["lag_s"].as_f64().unwrap() >= 4.0, "{main:#}");
    assert!(main["summary"].as_str().unwrap().ends_with("s after this run began"), "{main:#}");
    // The last look is a whole one, for the estimate.
    assert_holds(&main["replicas"]["on_old"], 0.5);
    assert_eq!(main["replicas"]["on_old"]["asked"], 29);
}

#[test]
fn the_old_key_beside_the_new_one_is_allowed_in_the_overlap_alone() {
    let rotated = Rotated::new();
    let both = FastApi::with_key(rotated.new.text()).also_taking(rotated.old.text());
    let both = started!(both.start());
    rotated.at(&both.url());
    let run = rotated.smoke(&["--overlap", "1h"]);
    run.assert_exit(0);
    assert_eq!(run.service("main")["state"], "overlap");
    assert!(run.json()["old_key_allowed_until"].is_string());
    for arguments in [&[][..], &["--wait", "3s", "--overlap", "1s"]] {
        let run = rotated.smoke(arguments);
        run.assert_exit(1);
        let main = run.service("main");
        assert_eq!(main["state"], "on-both-keys", "{main:#}");
        let words = "main takes the old key beside the new one";
        assert!(main["summary"].as_str().unwrap().starts_with(words), "{main:#}");
    }
}

#[test]
fn without_an_old_key_only_the_new_one_is_judged_unless_that_is_all_that_is_asked() {
    let rotated = Rotated::new();
    let fresh = started!(replica(&rotated.new));
    rotated.configured(&fresh.url(), "", "");
    let run = rotated.smoke(&[]);
    run.assert_exit(3);
    let main = run.service("main");
    assert_eq!((&main["reason"], &main["old"]), (&json!("no-old-key"), &Value::Null), "{main:#}");
    let run = rotated.smoke(&["--new-only"]);
    run.assert_exit(0);
    assert_eq!(run.json()["old_key"], "left-out");
    // With one it is judged, wherever that is.
    rotated.project.write("old.key", rotated.old.text());
    for old in ["file:old.key", "dotenv:.env.old:JWT_SECRET_KEY"] {
        let run = rotated.smoke(&["--old", old]);
        run.assert_exit(0);
        assert_eq!(run.json()["old_key"], "option");
    }
    let run = rotated.smoke(&["--new", "file:old.key", "--new-only"]);
    run.assert_exit(1);
    assert_eq!(run.service("main")["state"], "refuses-new-key");
}

#[test]
fn the_previous_key_that_a_rotation_keeps_is_the_old_one_and_its_moment_counts() {
    let rotated = Rotated::new();
    let stale = started!(replica(&rotated.new));
    rotated.configured(&stale.url(), "", "");
    let next = rotated.project.canary();
    let state = rotated.project.path("../state").to_string_lossy().into_owned();
    rotated.project.keys_may_stand_in(".env");
    let apply = ["rotate", "--apply", "--key-from", "env:NEXT", "--state", &state];
    // The state folder holds the previous key, and is no place where a key has leaked to.
    let mut command = process::command(&rotated.project, &apply);
    assert!(command.env("NEXT", next.text()).output().unwrap().status.success());
    let smoke = |arguments: &[&str]| {
        let all = [&["smoke", "-o", "json", "--state", &state][..], arguments].concat();
        let output = process::command(&rotated.project, &all).output().unwrap();
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        let leaks = Search::new([&rotated.new, &next]).in_bytes("output", &said);
        assert!(leaks.is_empty(), "{leaks:?}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), report)
    };
    let (status, report) = smoke(&[]);
    assert_eq!((status, &report["old_key"]), (Some(1), &json!("rotation")), "{report:#}");
    assert_eq!(report["services"][0]["state"], "on-old-key", "{report:#}");
    assert!(report["rotated_at"].is_string(), "{report:#}");
    let summary = report["services"][0]["summary"].as_str().unwrap();
    assert!(summary.ends_with("after the rotation"), "{summary}");
    // Whoever asks `check` first is told the same.
    let check = ["check", "-o", "json", "--state", &state];
    let output = process::command(&rotated.project, &check).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    assert_eq!(report["services"][0]["cause"]["code"], "key-previous", "{report:#}");
    let leaks = Search::new([&rotated.new, &next]).in_bytes("output", &output.stdout);
    assert!(leaks.is_empty(), "{leaks:?}");
    let address = stale.address();
    drop(stale);
    let _restarted = started!(FastApi::with_key(next.text()).listening_on(address).start());
    assert_eq!(smoke(&[]).0, Some(0));
    // Once the previous key is deleted, it can no longer be asked for; the moment is still known.
    let finish = ["rotate", "--finish", "--state", &state];
    assert!(process::command(&rotated.project, &finish).output().unwrap().status.success());
    let (status, report) = smoke(&["--new-only"]);
    assert_eq!(status, Some(0), "{report:#}");
    assert!(report["rotated_at"].is_string(), "{report:#}");
    assert_eq!(smoke(&[]).0, Some(3));
}

#[test]
fn a_token_that_is_refused_for_another_reason_is_no_matter_of_keys() {
    let rotated = Rotated::new();
    let telling = FastApi::with_key(rotated.new.text()).refusal("telling-401");
    let telling = started!(telling.start());
    rotated.at(&telling.url());
    let probes = fs::read_to_string(rotated.project.path("probes.yaml")).unwrap();
    rotated
        .project
        .write("probes.yaml", &probes.replace("RemoteHive-Services", "RemoteHive-Admin"));
    let run = rotated.smoke(&[]);
    run.assert_exit(3);
    assert_eq!(run.service("main")["reason"], "other-reason");
}

#[test]
fn a_service_that_looks_at_no_signature_fails() {
    let rotated = Rotated::new();
    let open = FastApi::with_key(rotated.new.text()).fault("decoded-without-verification");
    let open = started!(open.start());
    let run = rotated.at(&open.url()).smoke(&[]);
    run.assert_exit(1);
    assert_eq!(run.service("main")["state"], "takes-any-key");
}

#[test]
fn a_dead_service_is_not_told_and_hardly_asked() {
    let rotated = Rotated::new();
    let run = rotated.at(&format!("http://127.0.0.1:{}", free_port())).smoke(&[]);
    run.assert_exit(3);
    let main = run.service("main");
    assert_eq!((&main["state"], &main["reason"]), (&json!("undecided"), &json!("no-answer")));
    assert_eq!(main["requests"], 2);
}

#[test]
fn a_rate_limit_is_obeyed_and_never_taken_for_a_refusal() {
    let rotated = Rotated::new();
    let fresh = started!(replica(&rotated.new));
    for (limit, status) in [
        ("limit_req zone=one burst=3 nodelay; limit_req_status 429;", &[0, 3][..]),
        ("limit_req zone=slow burst=5 nodelay; limit_req_status 429;", &[3]),
        ("limit_req zone=slow burst=9 nodelay;", &[3]),
    ] {
        let nginx = started!(Nginx::limiting(&fresh.url(), limit));
        let run = rotated.at(&nginx.url()).smoke(&[]);
        let main = run.service("main");
        assert!(status.contains(&run.status.unwrap()), "{limit}: {main:#}");
        assert_eq!((&main["new"]["refused"], &main["old"]["accepted"]), (&json!(0), &json!(0)));
    }
    let nginx = started!(Nginx::limiting(&fresh.url(), "limit_req zone=one burst=2 nodelay;"));
    rotated.at(&nginx.url()).smoke(&["--rate", "4/s"]).assert_exit(0);
}

#[test]
fn ctrl_c_ends_with_what_was_known_by_then() {
    let rotated = Rotated::new();
    let stale = started!(replica(&rotated.old));
    for (signal, expected) in [("INT", 130), ("TERM", 143)] {
        let mut running = rotated.at(&stale.url()).start(&["--wait", "10m"]);
        running.wait_for("main: not on the new key alone yet");
        running.signal(signal);
        let (status, said) = running.finish();
        assert_eq!(status, Some(expected), "{said}");
        let (report, main) = rotated.left_behind(&said);
        assert_eq!(report["interrupted"], true);
        assert_eq!(main["state"], "on-old-key", "{main:#}");
        assert!(main["old"]["accepted"].as_u64().unwrap() > 0, "{main:#}");
        assert!(said.ends_with("interrupted; the report tells what was known by then\n"), "{said}");
    }
}

#[test]
fn what_cannot_be_asked_is_a_usage_error_and_nothing_is_sent() {
    let rotated = Rotated::new();
    rotated.project.write("same.key", rotated.new.text());
    rotated.project.write("line.key", &format!("{}\n", rotated.old));
    rotated.at(&format!("http://127.0.0.1:{}", free_port()));
    for (arguments, words) in [
        (&["mian"][..], "mian"),
        (&["--old", "file:same.key"], "the old key is the new key"),
        (&["--old", "file:line.key"], "ends with a newline"),
        (&["--old", "env:NOWHERE"], "there is no NOWHERE in the environment"),
        (&["--old", "file:missing.key"], "missing.key"),
        (&["--old", rotated.old.text()], "the key itself is never an argument"),
        (&["--old", "env:OLD", "--new-only"], "cannot be used with"),
        (&["--wait", "0s"], "a duration up to 24h"),
        (&["--wait", "soon"], "a duration up to 24h"),
    ] {
        let all = [&["smoke"][..], arguments].concat();
        let run = rotated.project.authprobe(all).run();
        run.assert_exit(2);
        assert!(run.stdout.is_empty() && run.stderr.contains(words), "{words}: {}", run.stderr);
    }
}
