//! What happens when somebody loses patience, goes away, or watches at a terminal.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use crate::common::authprobe::Project;
use crate::server::{Server, Silent};
use crate::setting::Setting;
use crate::started::{Started, command, scrub, temporary};

#[test]
fn an_interrupted_check_ends_with_130_and_leaves_nothing() {
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let server = Silent::start();
        let setting = Setting::new().with_main_at(&server.url());
        let arguments = ["check", "-o", "text", "-o", "json=report.json"];
        let started = Started::new(&setting.project, &arguments);
        server.wait_until_asked();
        started.signal(signal);
        let (code, stderr) = started.finish();
        assert_eq!(code, Some(status), "{signal}: {stderr}");
        assert_eq!(stderr, "authprobe: interrupted; no report\n");
        assert_eq!(fs::read_to_string(setting.project.path("stdout")).unwrap(), "");
        fs::remove_file(setting.project.path("stdout")).unwrap();
        assert_eq!(names(&setting.project.path("")), [".env.development", "probes.yaml"]);
        assert!(names(&temporary(&setting.project)).is_empty());
    }
}

#[test]
fn a_kept_fleet_runs_until_it_is_interrupted_and_then_takes_its_folder_away() {
    for signal in ["INT", "TERM"] {
        let project = Project::new();
        let mut started = Started::new(&project, &["demo", "--keep", "--healthy"]);
        started.wait_for("the fleet runs until Ctrl-C");
        assert_eq!(names(&temporary(&project)).len(), 1);
        started.signal(signal);
        let (code, stderr) = started.finish();
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{signal}");
        assert!(names(&temporary(&project)).is_empty());
    }
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let setting = Setting::new();
    let server = Server::with_key(setting.key.text());
    let setting = setting.with_main_at(&server.url());
    for arguments in [
        &["check"][..],
        &["check", "-o", "json"],
        &["check", "-v"],
        &["schema"],
        &["man"],
        &["completions", "bash"],
        &["keygen"],
        &["--help"],
        &["demo", "--list"],
    ] {
        let mut command = command(&setting.project, arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let project = Project::new();
    let mut command = command(&project, &["schema"]);
    let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.starts_with("authprobe: cannot write to standard output"), "{stderr}");
}

/// `script` of util-linux gives a program a terminal of its own.
#[test]
fn at_a_terminal_progress_is_shown_and_ctrl_c_takes_it_away() {
    let project = Project::new();
    let mut script = Command::new("script");
    scrub(&mut script, &project);
    let Ok(version) = script.arg("--version").output() else { return skip("script") };
    if !String::from_utf8_lossy(&version.stdout).contains("util-linux") {
        return skip("script of util-linux");
    }
    let server = Silent::start();
    let setting = Setting::new().with_main_at(&server.url());
    let mut script = Command::new("script");
    scrub(&mut script, &setting.project);
    let line = format!("{} check", env!("CARGO_BIN_EXE_authprobe"));
    script.env("TERM", "xterm").args(["-q", "-e", "-c", &line, "/dev/null"]);
    script.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = script.spawn().unwrap();
    let mut keyboard = child.stdin.take().unwrap();
    let mut screen = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&seen).contains("probing main") {
        assert_eq!(screen.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&seen));
        seen.push(byte[0]);
    }
    keyboard.write_all(b"\x03").unwrap();
    screen.read_to_end(&mut seen).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let seen = String::from_utf8_lossy(&seen).into_owned();
    let (_, last) = seen.rsplit_once("requests answered").unwrap();
    assert!(last.contains("\x1b[2K"), "the line of progress is taken away: {last:?}");
    assert!(last.trim_end().ends_with("authprobe: interrupted; no report"), "{last:?}");
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Says visibly that a test cannot run here, in spite of captured output.
pub(crate) fn skip(program: &str) {
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "SKIPPED {name}: {program} is not there");
}
