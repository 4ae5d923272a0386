//! The smoke test at a terminal and in scripts: a table that goes away, lines where there is no
//! terminal, silence where silence is asked for.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use crate::server::Server;
use crate::setting::Setting;
use crate::signals::skip;
use crate::started::scrub;

/// A service that does not know the new key.
fn stale() -> (Setting, Server) {
    let setting = Setting::new();
    let server = Server::with_key(setting.project.canary().text());
    (setting.with_main_at(&server.url()), server)
}

#[test]
fn at_a_terminal_the_table_is_drawn_while_it_waits_and_ctrl_c_leaves_the_report_alone() {
    let (setting, _server) = stale();
    let mut script = Command::new("script");
    scrub(&mut script, &setting.project);
    let Ok(version) = script.arg("--version").output() else { return skip("script") };
    if !String::from_utf8_lossy(&version.stdout).contains("util-linux") {
        return skip("script of util-linux");
    }
    let mut script = Command::new("script");
    scrub(&mut script, &setting.project);
    let line = format!("{} smoke --new-only --wait 10m", env!("CARGO_BIN_EXE_authprobe"));
    script.env("TERM", "xterm").args(["-q", "-e", "-c", &line, "/dev/null"]);
    script.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = script.spawn().unwrap();
    let mut keyboard = child.stdin.take().unwrap();
    let mut screen = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&seen).contains("not on the new key alone yet") {
        assert_eq!(screen.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&seen));
        seen.push(byte[0]);
    }
    let table = String::from_utf8_lossy(&seen).into_owned();
    assert!(table.contains("service  new key  old key  since"), "{table}");
    keyboard.write_all(b"\x03").unwrap();
    screen.read_to_end(&mut seen).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let seen = String::from_utf8_lossy(&seen).into_owned();
    let (_, after) = seen.rsplit_once("not on the new key alone yet").unwrap();
    assert!(after.contains("\x1b[2K"), "the table is taken away: {after:?}");
    assert!(after.contains("main refuses the new key"), "{after:?}");
    assert!(
        after.contains("interrupted; so far: 1 of 1 not on the new key alone: main"),
        "{after:?}"
    );
}

#[test]
fn without_a_terminal_each_change_is_a_line_and_quiet_means_quiet() {
    let (setting, _server) = stale();
    let smoke = |arguments: &[&str]| {
        let all = [&["smoke", "--new-only"][..], arguments].concat();
        let run = setting.project.authprobe(all).run();
        run.assert_exit(1);
        run
    };
    let run = smoke(&["--wait", "3s"]);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.ends_with(" main: not on the new key alone yet\n"), "{}", run.stderr);
    let run = smoke(&["--wait", "1s", "--quiet"]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert_eq!(smoke(&[]).stderr, "");
}

#[test]
fn no_more_is_asked_than_was_allowed() {
    let (setting, server) = stale();
    let run = setting.project.authprobe(["smoke", "--wait", "2s", "--max-requests", "12"]).run();
    run.assert_exit(1);
    assert_eq!(server.requests(), 12);
}
