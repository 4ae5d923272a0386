//! What authprobe says of itself: help, the manual page, completions.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::common::authprobe::Project;
use crate::signals::skip;

const COMMANDS: &[&str] = &[
    "check",
    "clock",
    "explain",
    "demo",
    "audit",
    "rotate",
    "smoke",
    "mint",
    "keygen",
    "schema",
    "completions",
    "man",
];
/// The rows and columns of the smallest terminal that is in use.
const SCREEN: (usize, &str) = (24, "80");

fn said(arguments: &[&str]) -> String {
    let run = Project::new().authprobe(arguments).env("COLUMNS", SCREEN.1).run();
    run.assert_exit(0);
    assert!(run.stderr.is_empty(), "{arguments:?}: {}", run.stderr);
    run.stdout
}

#[test]
fn short_help_fits_on_a_screen() {
    let helps = COMMANDS.iter().map(|command| vec![*command, "-h"]).chain([vec!["-h"]]);
    for arguments in helps {
        let help = said(&arguments);
        assert!(help.lines().count() <= SCREEN.0, "{arguments:?}:\n{help}");
    }
}

#[test]
fn long_help_has_examples_and_the_exit_status() {
    for command in COMMANDS {
        let help = said(&[command, "--help"]);
        assert!(help.contains(&format!("\n  authprobe {command}")), "{help}");
        assert!(help.contains("Exit status:"), "{help}");
        assert_eq!(said(&["help", command]), help);
    }
    let help = said(&["--help"]);
    for part in ["Examples:", "Exit status:", "authprobe demo"] {
        assert!(help.contains(part), "{help}");
    }
}

#[test]
fn help_speaks_of_the_users_world() {
    let helps =
        COMMANDS.iter().map(|command| said(&[command, "--help"])).chain([said(&["--help"])]);
    for help in helps {
        for word in help.split(|c: char| !c.is_alphanumeric()) {
            let inside = ["diagnosis", "subject", "keyring", "variant", "investigation", "clap"];
            assert!(!inside.contains(&word.to_lowercase().as_str()), "{word}:\n{help}");
        }
    }
}

#[test]
fn no_option_takes_a_key_or_a_token() {
    // `--key-from` takes where a key is read, and refuses what is no such place.
    let allowed = ["env", "file", "dotenv", "from"];
    for command in COMMANDS {
        let help = said(&[command, "--help"]);
        for option in help.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
            let last = option.rsplit('-').next().unwrap();
            let secret = ["key", "secret", "token", "password"].iter().any(|s| option.contains(s));
            assert!(!secret || allowed.contains(&last.trim_end_matches([',', ';'])), "--{option}");
        }
    }
}

#[test]
fn the_manual_page_has_a_section_for_each_command() {
    let page = said(&["man"]);
    assert!(page.contains(".TH authprobe 1"), "{page}");
    for command in COMMANDS {
        assert!(page.contains(&format!(".SS authprobe {command}\n")), "{command}");
    }
    for text in [
        r"\-\-key\-env",
        r"\-\-fault",
        r"\-\-variable",
        "EXIT STATUS",
        "must be refused now",
        r"\-\-config",
    ] {
        assert!(page.contains(text), "{text} is not in\n{page}");
    }
}

#[test]
fn the_manual_page_is_right_roff() {
    let page = said(&["man"]);
    let formatters: [(&str, &[&str]); 2] =
        [("mandoc", &["-T", "lint", "-W", "warning"]), ("groff", &["-man", "-Tutf8", "-ww", "-z"])];
    for (program, arguments) in formatters {
        let Some((status, output)) = fed(program, arguments, &page) else { continue };
        assert!(status && output.is_empty(), "{program}: {output}");
        return;
    }
    skip("neither mandoc nor groff");
}

#[test]
fn shells_take_their_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let script = said(&["completions", shell]);
        assert!(script.contains("key-env") && script.contains("authprobe"), "{shell}");
        match fed(shell, &["-n"], &script) {
            Some((status, output)) => assert!(status && output.is_empty(), "{shell}: {output}"),
            None => skip(shell),
        }
    }
}

/// Whether a program takes this on standard input, and what it says; `None` if it is not there.
fn fed(program: &str, arguments: &[&str], input: &str) -> Option<(bool, String)> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}
