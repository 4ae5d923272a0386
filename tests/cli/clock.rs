//! `authprobe clock` as scripts meet it: the exit status and what stands in the table.

use crate::common::authprobe::Project;
use crate::common::service::free_port;
use crate::server::Server;

#[test]
fn a_clock_within_the_policy_ends_with_zero_and_a_row() {
    let project = Project::new();
    let key = project.canary();
    let server = Server::with_key(key.text());
    let arguments = ["clock", &server.url(), "--key-env", "KEY"];
    let run = project.authprobe(arguments).env("KEY", key.text()).run();
    run.assert_exit(0);
    let row = run.stdout.lines().find(|line| line.contains("tokens")).unwrap();
    assert!(row.contains("✓ ") && row.contains(" s ±") && row.contains("inclusive"), "{row}");
    assert!(!run.stdout.contains("Troubleshooting checklist"), "{}", run.stdout);
}

#[test]
fn a_clock_that_cannot_be_told_ends_with_three_and_the_reason() {
    let project = Project::new();
    let key = project.canary();
    let other = project.canary();
    let server = Server::with_key(other.text());
    let nowhere = format!("http://127.0.0.1:{}/", free_port());
    for (url, reason) in [(server.url(), "no token tells"), (nowhere, "cannot be reached")] {
        let arguments = ["clock", &url, "--key-env", "KEY", "-o", "json"];
        let run = project.authprobe(arguments).env("KEY", key.text()).run();
        run.assert_exit(3);
        let report = run.json();
        assert_eq!(
            (&report["command"], &report["schema"]),
            (&"clock".into(), &"authprobe.report/1".into())
        );
        let check = &report["services"][0]["checks"][0];
        assert!(check["summary"].as_str().unwrap().contains(reason), "{check:#}");
        assert_eq!(report["services"][0]["cause"], serde_json::Value::Null);
    }
}

#[test]
fn without_a_key_nothing_that_cannot_be_reached_is_accused() {
    let url = format!("http://127.0.0.1:{}/", free_port());
    let run = Project::new().authprobe(["clock", &url]).run();
    run.assert_exit(3);
    assert!(run.stdout.contains("cannot be reached"), "{}", run.stdout);
}

#[test]
fn options_for_urls_without_a_url_are_a_mistake() {
    let run = Project::new().authprobe(["clock", "--claim", "iss=Hive"]).run();
    run.assert_exit(2);
    assert!(run.stderr.contains("these options need a URL"), "{}", run.stderr);
}
