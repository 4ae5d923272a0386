//! What the environment says is not listened to: proxies, key logs, missing roots. Environments
//! belong to processes, so each case runs this test program again as a child of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod hostile_server;

use std::process::{Command, Output};

use authprobe::plan::Carrier;
use authprobe::replay::Clients;
use hostile_server::{Server, TOKEN, answer, bearer, replay, target};

const URL: &str = "AUTHPROBE_TEST_URL";

/// Runs the test of this name in a process with these variables.
async fn child(test: &'static str, variables: Vec<(&'static str, String)>) -> Output {
    let run = move || {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", test, "--ignored", "--nocapture"]).envs(variables).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[tokio::test]
#[ignore = "the child of other tests"]
async fn child_sends_the_token() {
    let target = target(&std::env::var(URL).unwrap());
    assert_eq!(answer(&target).await.status, 200);
}

#[tokio::test]
#[ignore = "the child of other tests"]
async fn child_logs_everything() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).init();
    let target = target(&std::env::var(URL).unwrap());
    for carrier in
        [bearer(), Carrier::Cookie { name: "jwt".into() }, Carrier::Query { name: "jwt".into() }]
    {
        replay(&target, &carrier).await;
    }
}

#[test]
#[ignore = "the child of other tests"]
fn child_makes_a_client_for_tls() {
    Clients::default().client(&target("https://service.example/")).unwrap();
}

#[tokio::test]
async fn proxy_variables_are_ignored() {
    let service = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let proxy = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let names =
        ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let mut variables = vec![(URL, service.target().url.to_string())];
    variables.extend(names.map(|name| (name, format!("http://{}", proxy.address))));
    child("child_sends_the_token", variables).await;
    assert_eq!(proxy.connections(), 0);
    assert_eq!(service.connections(), 1);
}

#[tokio::test]
async fn the_token_is_in_no_log_of_any_library_at_any_level() {
    let service = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let variables = vec![(URL, service.target().url.to_string())];
    let output = child("child_logs_everything", variables).await;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("TRACE"), "nothing was logged: {said}");
    for part in TOKEN.split('.') {
        assert!(!said.contains(part), "{said}");
    }
}

#[tokio::test]
async fn a_system_without_a_ca_bundle_still_gets_a_client() {
    let nowhere = || "/nowhere".to_owned();
    let variables = vec![("SSL_CERT_FILE", nowhere()), ("SSL_CERT_DIR", nowhere())];
    child("child_makes_a_client_for_tls", variables).await;
}
