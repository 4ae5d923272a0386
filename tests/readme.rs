//! The README says what the program does: every cause with its meaning, every command that exists.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use assert_cmd::Command;
use authprobe::cause::CauseCode;

const README: &str = include_str!("../README.md");

#[test]
fn every_cause_is_in_the_table_with_its_meaning() {
    for cause in CauseCode::ALL {
        let row = format!("| `{}` | {} |", cause.code(), cause.meaning());
        assert!(README.contains(&row), "the README lacks: {row}");
    }
}

#[test]
fn every_command_is_in_the_readme() {
    let help = Command::cargo_bin("authprobe").unwrap().arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let names: Vec<_> = commands
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() >= 7, "{names:?}");
    for name in names {
        assert!(README.contains(&format!("authprobe {name}")), "the README lacks {name}");
    }
}
