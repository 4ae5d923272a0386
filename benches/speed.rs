//! What the performance figures of the README rest on: whole processes against a loopback server,
//! numbers printed, nothing asserted. Run with `cargo bench --bench speed`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program for people, which stops at the first surprise"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use futures_util::StreamExt as _;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

const KEY: &str = "bench-key-0123456789abcdef0123456789abcdef";
const RUNS: usize = 7;
const MANY: usize = 1000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|argument| argument == "bare") {
        bare(&arguments[2], arguments[3].parse().unwrap());
        return;
    }
    let url = serve();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), format!("JWT_SECRET_KEY={KEY}\n")).unwrap();

    row("authprobe --version", &times(|| probe(&["--version"], folder.path())));
    for count in [3, MANY] {
        fs::write(folder.path().join("probes.yaml"), configuration(&url, count)).unwrap();
        let check = || probe(&["check", "-q", "-o", "json=report.json"], folder.path());
        let ours = times(check);
        row(&format!("check of {count} healthy services"), &ours);
        let report = fs::read_to_string(folder.path().join("report.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let requests = describe(&report);
        let theirs = times(|| start_bare(&url, requests));
        row(&format!("  bare reqwest loop, {requests} requests"), &theirs);
        println!("  ratio of medians {:.2}", median(&ours) / median(&theirs));
    }
}

/// One measured process.
struct Run {
    seconds: f64,
    peak_kib: u64,
}

fn times(run: impl Fn() -> Child) -> Vec<Run> {
    (0..=RUNS).map(|_| measure(run())).skip(1).collect()
}

/// Waits for a process; its peak memory is what the kernel last said of it.
fn measure(mut child: Child) -> Run {
    let started = Instant::now();
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak_kib = peak_kib.max(kib.unwrap_or(0));
        if child.try_wait().unwrap().is_some() {
            return Run { seconds: started.elapsed().as_secs_f64(), peak_kib };
        }
        sleep(Duration::from_micros(200));
    }
}

fn median(runs: &[Run]) -> f64 {
    let mut seconds: Vec<f64> = runs.iter().map(|run| run.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

fn row(name: &str, runs: &[Run]) {
    let seconds = runs.iter().map(|run| run.seconds);
    let least = seconds.clone().fold(f64::INFINITY, f64::min);
    let most = seconds.fold(0.0, f64::max);
    let peak = runs.iter().map(|run| run.peak_kib).max().unwrap_or(0);
    println!(
        "{name:44} median {:8.1} ms  ({:.1} to {:.1})  peak {:.1} MiB",
        median(runs) * 1e3,
        least * 1e3,
        most * 1e3,
        peak as f64 / 1024.0
    );
}

fn probe(arguments: &[&str], folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_authprobe"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Prints what a report says of cost, and gives the number of requests.
fn describe(report: &Value) -> usize {
    let services = report["services"].as_array().unwrap();
    let figure = |name: &str| -> Vec<u64> {
        let mut all: Vec<u64> = services.iter().map(|s| s[name].as_u64().unwrap()).collect();
        all.sort_unstable();
        all
    };
    let (requests, trips) = (figure("requests"), figure("round_trips"));
    println!(
        "  verdict {}; requests a service: median {}, most {}; dependent round trips: median {}, most {}",
        report["verdict"],
        requests[requests.len() / 2],
        requests.last().unwrap(),
        trips[trips.len() / 2],
        trips.last().unwrap()
    );
    requests.iter().sum::<u64>().try_into().unwrap()
}

fn configuration(url: &str, count: usize) -> String {
    let mut yaml = String::from("version: 1\ndefault_environment: bench\nservices:\n");
    let mut urls = String::new();
    for n in 0..count {
        let truth = if n == 0 { ", source_of_truth: true" } else { "" };
        let key = "{ dotenv: .env, variable: JWT_SECRET_KEY }";
        writeln!(yaml, "  - {{ name: s{n}, endpoint: /me{truth}, key: {key} }}").unwrap();
        writeln!(urls, "      s{n}: {url}").unwrap();
    }
    write!(yaml, "environments:\n  bench:\n    urls:\n{urls}").unwrap();
    yaml
}

/// A healthy service on loopback, in a thread of its own.
fn serve() -> String {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
            axum::serve(listener, Router::new().route("/me", get(me))).await.unwrap();
        });
    });
    told.recv().unwrap()
}

async fn me(headers: HeaderMap) -> (StatusCode, &'static str) {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.leeway = 0;
    rules.validate_nbf = true;
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let key = DecodingKey::from_secret(KEY.as_bytes());
    match jsonwebtoken::decode::<Value>(token, &key, &rules) {
        Ok(_) => (StatusCode::OK, "{\"ok\":true}"),
        Err(_) => (StatusCode::UNAUTHORIZED, "{\"detail\":\"Could not validate credentials\"}"),
    }
}

fn start_bare(url: &str, requests: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["bare", url, &requests.to_string()])
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The least that any client must do: mint, send, read, with the same number under way.
fn bare(url: &str, requests: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let key = EncodingKey::from_secret(KEY.as_bytes());
        let exp = chrono::Utc::now().timestamp() + 60;
        let all = futures_util::stream::iter(0..requests).map(|n| {
            let claims = json!({ "sub": "bench", "jti": n.to_string(), "exp": exp });
            let token = jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap();
            let request = client.get(format!("{url}/me")).bearer_auth(token);
            async move { request.send().await.unwrap().bytes().await.unwrap().len() }
        });
        let under_way = if requests > 100 { 64 } else { 12 };
        let bytes: usize = all.buffer_unordered(under_way).fold(0, async |a, b| a + b).await;
        assert!(bytes > 0);
    });
}
