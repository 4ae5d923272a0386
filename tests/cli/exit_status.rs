//! The exit status is a contract with scripts.

use crate::server::{Server, Silent};
use crate::setting::Setting;

#[test]
fn every_check_passed_is_0() {
    let setting = Setting::new();
    let server = Server::with_key(setting.key.text());
    let setting = setting.with_main_at(&server.url());
    setting.project.authprobe(["check"]).run().assert_exit(0);
    assert!(server.requests() > 10, "only {} requests", server.requests());
}

#[test]
fn a_failed_check_is_1() {
    let setting = Setting::new();
    let other = setting.project.canary();
    let server = Server::with_key(other.text());
    let setting = setting.with_main_at(&server.url());
    let run = setting.project.authprobe(["check"]).run();
    run.assert_exit(1);
    assert!(run.stdout.contains("main fails"), "{}", run.stdout);
}

#[test]
fn a_wrong_configuration_is_2_and_nothing_is_sent() {
    let server = Silent::start();
    let setting = Setting::new().with_main_at(&server.url());
    let broken = format!("{}\nclaimz: {{}}\n", crate::setting::probes(&server.url()));
    setting.project.write("broken.yaml", &broken);
    for arguments in [
        &["check", "-c", "broken.yaml"][..],
        &["check", "-c", "missing.yaml"],
        &["check", "mian"],
        &["check", "-e", "staging"],
        &["check", "-o", "yaml"],
        &["check", "-o", "json=no/such/folder/report.json"],
        &["check", "--key-env", "JWT_SECRET_KEY"],
        &["check", "main", "https://127.0.0.1:1/me", "--key-env", "JWT_SECRET_KEY"],
        &["check", "--nonsense"],
        &["mint", "mian"],
    ] {
        let run = setting.project.authprobe(arguments).run();
        run.assert_exit(2);
        assert!(run.stdout.is_empty(), "{arguments:?}: {}", run.stdout);
        assert!(!run.stderr.is_empty(), "{arguments:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_cannot_be_judged_is_3() {
    let server = Server::always(429);
    let setting = Setting::new().with_main_at(&server.url());
    setting.project.authprobe(["check"]).run().assert_exit(3);
}
