//! `authprobe check` against real replicas: `FastAPI` with `PyJWT` behind a real `HAProxy`, or at
//! addresses of their own. The replica that differs must be named, and nothing where all agree.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use std::net::SocketAddr;

use serde_json::{Value, json};

use common::authprobe::{Project, Run};
use common::canary::Canary;
use common::service::Service;
use real::balancer::{Balancer, Turns};
use real::fastapi::FastApi;
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
    previous_keys: [ { dotenv: .env.previous, variable: JWT_SECRET_KEY } ]
"#;

/// A project with a reference key and the one before it.
struct Keys {
    project: Project,
    reference: Canary,
    previous: Canary,
}

impl Keys {
    fn new() -> Self {
        let project = Project::new();
        let [reference, previous] = [(); 2].map(|()| project.canary());
        project.write(".env", &format!("JWT_SECRET_KEY={reference}\n"));
        project.write(".env.previous", &format!("JWT_SECRET_KEY={previous}\n"));
        Self { project, reference, previous }
    }

    fn check(&self, url: &str) -> Run {
        self.check_at(url, "")
    }

    fn check_at(&self, url: &str, addresses: &str) -> Run {
        let probes = PROBES.replace("URL", url).replace("ADDRESSES", addresses);
        self.project.write("probes.yaml", &probes);
        self.project.authprobe(["check", "-o", "json"]).traced().run()
    }
}

fn check<'v>(service: &'v Value, id: &str) -> &'v Value {
    let checks = service["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap()
}

#[track_caller]
fn assert_silent(run: &Run) {
    run.assert_exit(0);
    let service = run.service("main");
    assert_eq!(service["cause"], Value::Null, "{service:#}");
    let complaints: Vec<_> = service["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| ["fail", "warn", "undecided"].contains(&check["status"].as_str().unwrap()))
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// The cause, which must have this code.
#[track_caller]
fn cause(run: &Run, code: &str) -> Value {
    run.assert_exit(1);
    let service = run.service("main");
    assert_eq!(service["cause"]["code"], code, "{:#}", service["cause"]);
    service["cause"].clone()
}

#[track_caller]
fn assert_half(cause: &Value) {
    let part = |name: &str| cause["details"][name].as_f64().unwrap();
    assert!(part("fraction_low") <= 0.5 && part("fraction_high") >= 0.5, "{cause:#}");
}

#[test]
fn a_healthy_pair_behind_a_balancer_gives_silence() {
    let keys = Keys::new();
    let [one, two] = [(); 2].map(|()| FastApi::with_key(keys.reference.text()).start());
    let (one, two) = (started!(one), started!(two));
    for turns in [Turns::Requests, Turns::NamedRequests, Turns::Connections] {
        let balancer = started!(Balancer::before(&[&one, &two], turns));
        let run = keys.check(&balancer.url());
        assert_silent(&run);
        let service = run.service("main");
        assert!(service["requests"].as_u64().unwrap() <= 24, "{}", service["requests"]);
        assert_eq!(service["addresses"], json!([]));
    }
}

#[test]
fn a_replica_with_the_previous_key_is_named_by_the_field_that_tells_replicas_apart() {
    let keys = Keys::new();
    let right = started!(FastApi::with_key(keys.reference.text()).start());
    let stale = started!(FastApi::with_key(keys.previous.text()).start());
    let balancer = started!(Balancer::before(&[&right, &stale], Turns::NamedRequests));
    let cause = cause(&keys.check(&balancer.url()), "key-mixed-replicas");
    assert_eq!(
        cause["summary"],
        "main's replicas hold different keys: the replica with x-served-by: replica-1 verifies with \
         the previous key, the replica with x-served-by: replica-0 verifies with the reference key"
    );
    assert_eq!(cause["details"]["told_apart_by"], "x-served-by");
    assert_half(&cause);
}

#[test]
fn a_replica_with_the_previous_key_is_found_where_nothing_tells_replicas_apart() {
    let keys = Keys::new();
    let right = started!(FastApi::with_key(keys.reference.text()).start());
    let stale = started!(FastApi::with_key(keys.previous.text()).start());
    for turns in [Turns::Requests, Turns::Connections] {
        let balancer = started!(Balancer::before(&[&right, &stale], turns));
        let run = keys.check(&balancer.url());
        let cause = cause(&run, "key-mixed-replicas");
        let summary = cause["summary"].as_str().unwrap();
        assert!(summary.contains("the previous key"), "{summary}");
        assert_half(&cause);
    }
}

#[test]
fn a_replica_with_a_key_of_its_own_is_named() {
    let keys = Keys::new();
    let right = started!(FastApi::with_key(keys.reference.text()).start());
    let own = started!(FastApi::with_key(keys.project.canary().text()).start());
    let balancer = started!(Balancer::before(&[&right, &own], Turns::NamedRequests));
    let cause = cause(&keys.check(&balancer.url()), "key-mixed-replicas");
    let summary = cause["summary"].as_str().unwrap();
    assert!(summary.contains("replica-1 refuses every key known here"), "{summary}");
    assert!(cause["confidence"].as_f64().unwrap() < 1.0);
}

#[test]
fn a_replica_whose_clock_is_behind_is_named_and_its_key_is_not_blamed() {
    let keys = Keys::new();
    let right = started!(FastApi::with_key(keys.reference.text()).start());
    let behind = FastApi::with_key(keys.reference.text()).clock_offset(-95);
    let behind = started!(behind.start());
    for turns in [Turns::NamedRequests, Turns::Requests, Turns::Connections] {
        let balancer = started!(Balancer::before(&[&right, &behind], turns));
        let run = keys.check(&balancer.url());
        let cause = cause(&run, "clock-skew");
        let skew = cause["details"]["skew_s"].as_f64().unwrap();
        assert!((skew + 95.0).abs() < 2.0, "{cause:#}");
        assert_half(&cause);
        let service = run.service("main");
        assert_eq!(check(&service, "key-match")["status"], "pass");
        assert_eq!(service["other_causes"], json!([]));
        if turns == Turns::NamedRequests {
            let summary = cause["summary"].as_str().unwrap();
            assert!(summary.contains("x-served-by: replica-1 is 9"), "{summary}");
        }
    }
}

#[test]
fn keys_and_clocks_that_both_differ_are_told_apart() {
    let keys = Keys::new();
    let right = started!(FastApi::with_key(keys.reference.text()).start());
    let stale = started!(FastApi::with_key(keys.previous.text()).start());
    let behind = FastApi::with_key(keys.reference.text()).clock_offset(-95);
    let behind = started!(behind.start());
    let replicas = [&right, &stale, &behind];
    let balancer = started!(Balancer::before(&replicas, Turns::NamedRequests));
    let run = keys.check(&balancer.url());
    let cause = cause(&run, "key-mixed-replicas");
    let summary = cause["summary"].as_str().unwrap();
    assert!(summary.contains("replica-1 verifies with the previous key"), "{summary}");
    let other = &run.service("main")["other_causes"][0];
    assert_eq!(other["code"], "clock-skew");
    assert!(other["summary"].as_str().unwrap().contains("replica-2"), "{other:#}");
}

/// Two services on one port of 127.0.0.1 and 127.0.0.2.
fn pair(one: FastApi, two: FastApi) -> Result<(Service, Service, u16), String> {
    let one = one.start()?;
    let port = one.address().port();
    let two = two.listening_on(SocketAddr::from(([127, 0, 0, 2], port))).start()?;
    Ok((one, two, port))
}

const BY_HAND: &str = "addresses: { main: [127.0.0.1, 127.0.0.2] }";

#[test]
fn the_stale_one_of_two_addresses_is_named_whichever_it_is() {
    let keys = Keys::new();
    let with = |key: &Canary| FastApi::with_key(key.text());
    for (first, second, stale) in [
        (&keys.reference, &keys.previous, "127.0.0.2"),
        (&keys.previous, &keys.reference, "127.0.0.1"),
    ] {
        let (_one, _two, port) = started!(pair(with(first), with(second)));
        let run = keys.check_at(&format!("http://main.example:{port}"), BY_HAND);
        let cause = cause(&run, "key-mixed-replicas");
        let right = if stale == "127.0.0.2" { "127.0.0.1" } else { "127.0.0.2" };
        assert_eq!(
            cause["summary"],
            format!(
                "main's replicas hold different keys: {stale}:{port} verifies with the previous key, \
                 {right}:{port} verifies with the reference key"
            )
        );
        assert_eq!(cause["confidence"], 1.0);
        assert_eq!(cause["details"]["told_apart_by"], "address");
        let addresses = run.service("main")["addresses"].clone();
        let key = |address: &str| {
            let all = addresses.as_array().unwrap();
            let name = format!("{address}:{port}");
            all.iter().find(|one| one["address"] == name).unwrap()["key"].clone()
        };
        assert_eq!((key(stale), key(right)), (json!("previous"), json!("reference")));
    }
}

#[test]
fn an_unknown_key_at_the_first_address_does_not_hide_the_second() {
    let keys = Keys::new();
    let own = FastApi::with_key(keys.project.canary().text());
    let (_one, _two, port) = started!(pair(own, FastApi::with_key(keys.reference.text())));
    let run = keys.check_at(&format!("http://main.example:{port}"), BY_HAND);
    let cause = cause(&run, "key-mixed-replicas");
    let summary = cause["summary"].as_str().unwrap();
    assert!(
        summary.contains(&format!("127.0.0.1:{port} refuses every key known here")),
        "{summary}"
    );
}

#[test]
fn the_one_of_two_addresses_whose_clock_is_off_is_named() {
    let keys = Keys::new();
    for (offset, words) in [(-95, "behind"), (95, "ahead")] {
        let right = FastApi::with_key(keys.reference.text());
        let off = FastApi::with_key(keys.reference.text()).clock_offset(offset);
        let (_one, _two, port) = started!(pair(right, off));
        let run = keys.check_at(&format!("http://main.example:{port}"), BY_HAND);
        let cause = cause(&run, "clock-skew");
        let summary = cause["summary"].as_str().unwrap();
        assert!(summary.contains(&format!("127.0.0.2:{port} is 9")), "{summary}");
        assert!(summary.ends_with(&format!("s {words}")), "{summary}");
        assert_eq!(check(&run.service("main"), "key-match")["status"], "pass");
    }
}

#[test]
fn a_dead_address_is_told_and_not_hidden_by_the_other() {
    let keys = Keys::new();
    let one = started!(FastApi::with_key(keys.reference.text()).start());
    let port = one.address().port();
    for addresses in [BY_HAND, "addresses: { main: [127.0.0.2, 127.0.0.1] }"] {
        let run = keys.check_at(&format!("http://main.example:{port}"), addresses);
        run.assert_exit(3);
        let service = run.service("main");
        assert_eq!(service["cause"], Value::Null);
        let agree = check(&service, "replicas-agree");
        assert_eq!(agree["status"], "undecided");
        assert_eq!(
            agree["summary"],
            format!(
                "127.0.0.2:{port} gives no answer, though other addresses do (nothing listens on \
                 127.0.0.2:{port})"
            )
        );
    }
}

#[test]
fn a_healthy_pair_of_addresses_costs_one_request_each() {
    let keys = Keys::new();
    let [one, two] = [(); 2].map(|()| FastApi::with_key(keys.reference.text()));
    let (one, _two, port) = started!(pair(one, two));
    let name = format!("http://main.example:{port}");
    let alone = least_cost(|| keys.check(&one.url()));
    let both = least_cost(|| keys.check_at(&name, BY_HAND));
    assert_eq!(both, Cost { requests: alone.requests + 2, round_trips: alone.round_trips });
}

/// What a service was asked.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    requests: u64,
    round_trips: u64,
}

/// The least that healthy runs cost. Where a second of the clock begins between the two questions about
/// time, one in thirty or so, a run needs three more.
fn least_cost(mut run: impl FnMut() -> Run) -> Cost {
    let costs = (0..5).map(|_| {
        let run = run();
        assert_silent(&run);
        let number = |name: &str| run.service("main")[name].as_u64().unwrap();
        Cost { requests: number("requests"), round_trips: number("round_trips") }
    });
    costs.min().unwrap()
}

#[test]
fn addresses_may_have_ports_of_their_own_on_the_command_line_too() {
    let keys = Keys::new();
    let right = started!(FastApi::with_key(keys.reference.text()).start());
    let stale = started!(FastApi::with_key(keys.previous.text()).start());
    let resolve = format!("main.example:80:{},{}", right.address(), stale.address());
    keys.project.write("key", keys.reference.text());
    keys.project.write("previous", keys.previous.text());
    let arguments = [
        "check",
        "http://main.example/api/v1/auth/me",
        "--key-file",
        "key",
        "--previous-key-file",
        "previous",
        "--claim",
        "iss=RemoteHive",
        "--claim",
        "aud=RemoteHive-Services",
        "--resolve",
        &resolve,
    ];
    let run = keys.project.authprobe(arguments).run();
    run.assert_exit(1);
    let words = format!("{} verifies with the previous key", stale.address());
    let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains(&words), "{}", run.stdout);
}

#[test]
fn a_name_of_two_families_with_a_service_on_one_of_them_gives_silence() {
    let keys = Keys::new();
    let one = started!(FastApi::with_key(keys.reference.text()).start());
    let url = format!("http://localhost:{}", one.address().port());
    for addresses in ["", "addresses: { main: [\"::1\", 127.0.0.1] }"] {
        assert_silent(&keys.check_at(&url, addresses));
    }
}
