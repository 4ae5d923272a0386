//! `authprobe clock` and `check --precise` against real verifiers whose clocks are shifted by known
//! amounts: the truth lies in what is reported, every time. Every key is a canary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking
#![allow(clippy::print_stdout, reason = "the table of errors is what it measures")]

mod common;
mod real;

use serde_json::Value;

use common::authprobe::{Project, Run};
use common::canary::Canary;
use common::service::Service;
use real::fastapi::{self, FastApi};
use real::nginx::Nginx;
use real::node::{self, Node};
use real::rust::{self, Rust};
use real::setup::Unavailable;
use real::started;

/// The clocks of the services minus ours, in seconds.
const OFFSETS: [f64; 6] = [0.0, 0.25, -0.7, 3.37, 95.5, -3600.123];
/// What libfaketime and the clock behind it are off by at most.
const FAKED: f64 = 0.0002;
/// The largest error on loopback.
const LOOPBACK: f64 = 0.005;
/// What timers and figures to the millisecond add to an error of half of 1.2 round trips.
const ROUNDED: f64 = 0.002;

/// A service that is shifted by an offset, and the proxy before it, which has our clock.
struct Shifted {
    offset: f64,
    service: Service,
    nginx: Nginx,
}

/// One of each offset.
fn shifted(
    start: impl Fn(f64) -> Result<Service, Unavailable>,
) -> Result<Vec<Shifted>, Unavailable> {
    let each = OFFSETS.into_iter().map(|offset| {
        let service = start(offset)?;
        let nginx = Nginx::before(&service)?;
        Ok(Shifted { offset, service, nginx })
    });
    each.collect()
}

/// What is to be told of a family of services beside the skew.
struct Family<'a> {
    name: &'a str,
    endpoint: &'a str,
    options: &'a [&'a str],
    leeway: i64,
    inclusive: bool,
}

impl Family<'_> {
    /// Measures all in one run and holds every figure against the truth.
    fn measure(&self, project: &Project, key: &Canary, services: &[Shifted]) {
        let address = |url: String| format!("{url}{}", self.endpoint);
        let direct: Vec<_> = services.iter().map(|one| address(one.service.url())).collect();
        let proxied: Vec<_> = services.iter().map(|one| address(one.nginx.url())).collect();
        let urls = direct.iter().chain(&proxied).map(String::as_str);
        let fixed = ["clock", "--key-env", "KEY", "-o", "json"];
        let arguments = fixed.into_iter().chain(self.options.iter().copied()).chain(urls);
        let run = project.authprobe(arguments).env("KEY", key.text()).traced().run();
        run.assert_exit(1);
        for (urls, path) in [(&direct, "direct"), (&proxied, "nginx")] {
            for (url, shifted) in urls.iter().zip(services) {
                let found = at(&run, url);
                self.hold(&run, &found, path, shifted.offset);
                let relation = found["clock"]["date_relation"].as_str().unwrap();
                let told = if path == "direct" || (0.0..1.1).contains(&shifted.offset) {
                    relation != "other"
                } else {
                    relation == "other"
                };
                assert!(told, "Date is {relation}: {path} {found:#}");
            }
        }
    }

    fn hold(&self, run: &Run, found: &Value, path: &str, truth: f64) {
        let (skew, error) = skew(found);
        let (requests, seconds) = (&found["requests"], found["elapsed_ms"].as_f64().unwrap() / 1e3);
        let round_trip = round_trip(run, found);
        println!(
            "{:8} {path:6} {truth:+10.3} s  off by {:+6.1} ms of ±{:.0}, {requests} requests, \
             {seconds:.1} s, round trip {:.1} ms",
            self.name,
            (skew - truth) * 1e3,
            error * 1e3,
            round_trip * 1e3
        );
        assert!((skew - truth).abs() <= error + FAKED, "{truth} is not within {found:#}");
        // A busy machine answers late, and the error says so by itself.
        assert!(
            error <= LOOPBACK.max(0.6 * round_trip + ROUNDED),
            "{error} with {round_trip}: {found:#}"
        );
        let expiration = &found["expiration"];
        assert_eq!(expiration["leeway_s"].as_f64(), Some(self.leeway as f64), "{found:#}");
        assert_eq!(expiration["leeway_nbf_s"], self.leeway, "{found:#}");
        assert_eq!(expiration["inclusive"], self.inclusive, "{found:#}");
        let verdict = if truth.abs() < 5.0 { "pass" } else { "fail" };
        assert_eq!(found["verdict"], verdict, "{found:#}");
        assert_eq!(found["clock"]["rivals"].as_array().unwrap().len(), 0, "{found:#}");
    }
}

/// What a run says of the service at this URL.
fn at(run: &Run, url: &str) -> Value {
    let report = run.json();
    let services = report["services"].as_array().unwrap();
    services.iter().find(|service| service["url"] == url).unwrap().clone()
}

fn skew(found: &Value) -> (f64, f64) {
    let clock = &found["clock"];
    (clock["skew_s"].as_f64().unwrap(), clock["error_s"].as_f64().unwrap())
}

/// What the slower of the service's latest round trips took, in seconds.
fn round_trip(run: &Run, found: &Value) -> f64 {
    let report = run.json();
    let of_service = report["observations"].as_array().unwrap().iter().rev();
    let of_service = of_service.filter(|seen| seen["service"] == found["name"]);
    let mut latest: Vec<f64> =
        of_service.take(12).map(|seen| seen["rtt_ms"].as_f64().unwrap()).collect();
    latest.sort_by(f64::total_cmp);
    latest[latest.len() * 3 / 4] / 1e3
}

const CLAIMS: [&str; 4] = ["--claim", "iss=RemoteHive", "--claim", "aud=RemoteHive-Services"];

#[test]
fn the_truth_lies_in_the_interval_for_uvicorn_node_and_rust_direct_and_behind_nginx() {
    let project = Project::new();
    let key = project.canary();
    let uvicorn = |offset| FastApi::with_key(key.text()).leeway(30).clock_offset(offset).start();
    let services = started!(shifted(uvicorn));
    let endpoint = fastapi::ENDPOINT;
    let family =
        Family { name: "uvicorn", endpoint, options: &CLAIMS, leeway: 30, inclusive: false };
    family.measure(&project, &key, &services);
    drop(services);

    let node = |offset| Node::with_key(key.text()).leeway(10).clock_offset(offset).start();
    let services = started!(shifted(node));
    let (endpoint, options) = (node::ENDPOINT, &["--cookie", "access_token"]);
    let family = Family { name: "node", endpoint, options, leeway: 10, inclusive: false };
    family.measure(&project, &key, &services);
    drop(services);

    let rust = |offset| Rust::with_key(key.text()).clock_offset(offset).start();
    let services = started!(shifted(rust));
    let endpoint = rust::ENDPOINT;
    let family = Family { name: "rust", endpoint, options: &CLAIMS, leeway: 60, inclusive: true };
    family.measure(&project, &key, &services);
}

/// A project, its key, and a run of these arguments with the key at hand.
fn probe(
    command: &[&str],
    url: &str,
    start: impl Fn(&str) -> Result<Service, Unavailable>,
) -> Option<Run> {
    let project = Project::new();
    let key = project.canary();
    let service = match start(key.text()) {
        Ok(service) => service,
        Err(reason) => {
            real::setup::skip(&reason);
            return None;
        }
    };
    let url = format!("{}{url}", service.url());
    let arguments = command.iter().copied().chain([url.as_str(), "-o", "json"]);
    Some(project.authprobe(arguments).env("KEY", key.text()).traced().run())
}

fn keyed(command: &'static str) -> Vec<&'static str> {
    [command, "--key-env", "KEY"].into_iter().chain(CLAIMS).collect()
}

#[test]
fn check_with_precision_tells_the_clock_as_finely() {
    let start = |key: &str| FastApi::with_key(key).clock_offset(3.37).start();
    let arguments: Vec<_> = keyed("check").into_iter().chain(["--precise"]).collect();
    let Some(run) = probe(&arguments, fastapi::ENDPOINT, start) else { return };
    run.assert_exit(0);
    let found = run.json()["services"][0].take();
    let (skew, error) = skew(&found);
    assert!((skew - 3.37).abs() <= error + FAKED && error <= 0.01, "{found:#}");
    assert_eq!(found["key"]["matches"], "reference", "the rest is checked as well");
}

#[test]
fn where_nbf_is_not_looked_at_every_reading_is_told() {
    let start = |key: &str| Rust::with_key(key).ignoring_nbf().clock_offset(0.25).start();
    let Some(run) = probe(&keyed("clock"), rust::ENDPOINT, start) else { return };
    run.assert_exit(0);
    let found = run.json()["services"][0].take();
    let (skew, error) = skew(&found);
    assert!((skew - 0.25).abs() <= error + FAKED, "{found:#}");
    assert_eq!(found["expiration"]["leeway_nbf_s"], Value::Null, "{found:#}");
    let clock = &found["clock"];
    let rivals = clock["rivals"].as_array().unwrap();
    assert!(!rivals.is_empty() && error > 0.4, "a Date may be a second late: {found:#}");
    assert_eq!(found["expiration"]["leeway_s"], 60.0, "{found:#}");
}

#[test]
fn where_exp_is_not_looked_at_nbf_tells_the_clock() {
    let start =
        |key: &str| FastApi::with_key(key).fault("expiry-ignored").clock_offset(-0.7).start();
    let Some(run) = probe(&keyed("clock"), fastapi::ENDPOINT, start) else { return };
    run.assert_exit(0);
    let found = run.json()["services"][0].take();
    let (skew, error) = skew(&found);
    assert!((skew + 0.7).abs() <= error + FAKED, "{found:#}");
    assert_eq!(found["expiration"]["inclusive"], Value::Null, "{found:#}");
    assert_eq!(found["expiration"]["leeway_nbf_s"], 0, "{found:#}");
}

#[test]
fn local_time_used_as_utc_is_called_so() {
    // As POSIX writes the zones of Kolkata and of St. John's in winter, with the sign turned.
    for (zone, hours) in [("IST-5:30", 5.5), ("NST3:30", -3.5)] {
        let start = |key: &str| FastApi::with_key(key).local_time_as_utc(zone).start();
        let Some(run) = probe(&keyed("clock"), fastapi::ENDPOINT, start) else { return };
        run.assert_exit(1);
        let found = run.json()["services"][0].take();
        let (skew, error) = skew(&found);
        assert!((skew - hours * 3600.0).abs() <= error, "{found:#}");
        assert_eq!(found["clock"]["date_relation"], "other", "{found:#}");
        let cause = &found["cause"];
        assert_eq!(cause["details"]["local_time"], true, "{found:#}");
        assert!(cause["summary"].as_str().unwrap().contains("local time used as UTC"), "{cause:#}");
    }
}

#[test]
fn without_a_key_the_date_clock_is_told_and_no_token_is_sent() {
    let start = |_: &str| Node::with_key("unknown to the run").clock_offset(3.37).start();
    let Some(run) = probe(&["clock"], "/nowhere", start) else { return };
    run.assert_exit(0);
    let report = run.json();
    let found = &report["services"][0];
    let (skew, error) = skew(found);
    assert!((skew - 3.37).abs() <= error, "{found:#}");
    assert!(error < 0.62, "{found:#}");
    assert_eq!(found["clock"]["source"], "date");
    let said = found["checks"][0]["summary"].as_str().unwrap();
    assert!(
        said.contains("the server's Date clock") && said.contains("could be 1.1 s more"),
        "{said}"
    );
    for seen in report["observations"].as_array().unwrap() {
        assert_eq!(seen["variant"], "no token", "{seen:#}");
    }
}

#[test]
fn without_a_key_nginx_is_known_to_write_each_date_anew() {
    let project = Project::new();
    let application = started!(Node::with_key("unknown to the run").start());
    let nginx = started!(Nginx::before(&application));
    let run = project.authprobe(["clock", &nginx.url(), "-o", "json"]).run();
    run.assert_exit(0);
    let found = run.json()["services"][0].take();
    let (skew, error) = skew(&found);
    assert!(skew.abs() <= error && error <= 0.06, "{found:#}");
}
