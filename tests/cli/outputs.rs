//! Where reports go: standard output, files, nowhere.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::server::{Server, Silent};
use crate::setting::Setting;

/// A fleet in which nothing is wrong.
fn healthy() -> (Setting, Server) {
    let setting = Setting::new();
    let server = Server::with_key(setting.key.text());
    (setting.with_main_at(&server.url()), server)
}

#[test]
fn json_takes_the_place_of_text_on_standard_output() {
    let (setting, _server) = healthy();
    let run = setting.project.authprobe(["check", "-o", "json"]).run();
    run.assert_exit(0);
    assert_eq!(run.json()["schema"], "authprobe.report/1");
    assert!(run.stderr.is_empty(), "{}", run.stderr);
}

#[test]
fn a_report_in_a_file_is_for_its_owner_alone_and_text_still_shows() {
    let (setting, _server) = healthy();
    setting.project.write("old.json", "what a run before left behind, longer than nothing");
    let old = setting.project.path("old.json");
    fs::set_permissions(&old, Permissions::from_mode(0o644)).unwrap();
    let outputs = ["check", "-o", "json=new.json", "-o", "json=old.json", "-o", "text=report.txt"];
    let run = setting.project.authprobe(outputs).run();
    run.assert_exit(0);
    assert!(run.stdout.contains("main passes"), "{}", run.stdout);
    for name in ["new.json", "old.json", "report.txt"] {
        let path = setting.project.path(name);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        let text = fs::read_to_string(&path).unwrap();
        if path.extension().is_some_and(|extension| extension == "json") {
            let report: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(report["verdict"], "pass", "{name}");
        } else {
            assert!(text.contains("main passes") && !text.contains('\x1b'), "{text}");
        }
    }
}

#[test]
fn nothing_is_left_beside_a_report_in_a_file() {
    let (setting, _server) = healthy();
    fs::create_dir(setting.project.path("reports")).unwrap();
    setting.project.authprobe(["check", "-o", "json=reports/a.json"]).run().assert_exit(0);
    assert_eq!(fs::read_dir(setting.project.path("reports")).unwrap().count(), 1);
}

#[test]
fn a_report_can_go_to_a_device() {
    let (setting, _server) = healthy();
    let run = setting.project.authprobe(["check", "-q", "-o", "json=/dev/stdout"]).run();
    run.assert_exit(0);
    assert_eq!(run.json()["verdict"], "pass");
}

#[test]
fn a_report_that_cannot_be_written_is_found_out_before_anything_is_sent() {
    let server = Silent::start();
    let setting = Setting::new().with_main_at(&server.url());
    fs::create_dir(setting.project.path("folder")).unwrap();
    for (output, why) in [
        ("json=no/such/folder/a.json", "No such file or directory"),
        ("json=folder", "Is a directory"),
    ] {
        let run = setting.project.authprobe(["check", "-o", output]).run();
        run.assert_exit(2);
        assert!(run.stderr.contains("cannot write the report to"), "{}", run.stderr);
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert!(!run.stderr.contains(".authprobe-"), "{}", run.stderr);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn quiet_leaves_only_what_was_named() {
    let (setting, _server) = healthy();
    let run = setting.project.authprobe(["check", "-q"]).run();
    run.assert_exit(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let run = setting.project.authprobe(["check", "-q", "-o", "json=a.json"]).run();
    run.assert_exit(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert!(setting.project.path("a.json").is_file());
}

#[test]
fn an_unknown_format_is_met_with_the_known_ones() {
    let (setting, server) = healthy();
    let run = setting.project.authprobe(["check", "-o", "yaml"]).run();
    run.assert_exit(2);
    assert!(run.stderr.contains("known are text and json"), "{}", run.stderr);
    assert_eq!(server.requests(), 0);
}

#[test]
fn the_log_is_for_who_asks_for_it_and_no_variable_turns_it_on() {
    let (setting, _server) = healthy();
    let silent = setting.project.authprobe(["check"]).traced().run();
    assert_eq!(silent.stderr, "");
    for verbose in ["-v", "-vv"] {
        // The run itself is searched for keys and tokens.
        let run = setting.project.authprobe(["check", verbose]).traced().run();
        run.assert_exit(0);
        assert!(run.stderr.contains("asked=") && run.stderr.contains("status=200"));
        assert!(!run.stderr.contains("hyper") && !run.stderr.contains("rustls"));
        assert!(!run.stdout.contains("asked="));
    }
}
