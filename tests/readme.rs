//! The README says what the program does: every cause with its meaning and the sentence that the
//! report has for it, every command that exists. `UPDATE_README=1` writes the table of causes anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::env;
use std::fs;
use std::thread;

use assert_cmd::Command;
use authprobe::cause::CauseCode;
use serde_json::Value;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const HEAD: &str = "| code | meaning | what the report says, for example |\n|---|---|---|\n";

/// The sentence that the demo's report has for a cause that is planted on admin.
fn sentence(code: &str) -> String {
    if code == HOSTILE.0 {
        return HOSTILE.1.to_owned();
    }
    let mut demo = Command::cargo_bin("authprobe").unwrap();
    let plant = format!("admin={code}");
    let output = demo.args(["demo", "--fault", &plant, "-o", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let services = report["services"].as_array().unwrap();
    let admin = services.iter().find(|service| service["name"] == "admin").unwrap();
    let others = admin["other_causes"].as_array().unwrap();
    let named = [&admin["cause"]].into_iter().chain(others).find(|cause| cause["code"] == code);
    let cause = named.unwrap_or_else(|| panic!("{code} was not named: {admin:#}"));
    cause["summary"].as_str().unwrap().to_owned()
}

/// The demo sends no hostile tokens; `real_hostile.rs` has verifiers that fall for them.
const HOSTILE: (&str, &str) = (
    "forgery-accepted",
    "admin falls for a hostile token: kid climbs to /dev/null, empty key (accepted)",
);

/// The table as it should stand; each row is a fleet that is started and probed.
fn table() -> String {
    let rows: Vec<_> = CauseCode::ALL
        .chunks(4)
        .flat_map(|chunk| {
            let row = |cause: &CauseCode| {
                let (code, meaning) = (cause.code(), cause.meaning());
                thread::spawn(move || format!("| `{code}` | {meaning} | {} |\n", sentence(code)))
            };
            let running: Vec<_> = chunk.iter().map(row).collect();
            running.into_iter().map(|row| row.join().unwrap()).collect::<Vec<_>>()
        })
        .collect();
    format!("{HEAD}{}", rows.concat())
}

/// What was measured differs a little in each run: figures are not compared.
fn without_figures(text: &str) -> String {
    let mut words = text.to_owned();
    words.retain(|letter| !letter.is_ascii_digit());
    words
}

#[test]
fn every_cause_is_in_the_table_with_what_the_report_says() {
    let readme = fs::read_to_string(FILE).unwrap();
    let start = readme.find("| code | meaning |").expect("the README has a table of causes");
    let length = readme[start..].find("\n\n").unwrap() + 1;
    let (shown, wanted) = (&readme[start..start + length], table());
    if env::var_os("UPDATE_README").is_some() {
        fs::write(FILE, readme.replace(shown, &wanted)).unwrap();
        return;
    }
    for (shown, wanted) in shown.lines().zip(wanted.lines()) {
        assert_eq!(without_figures(shown), without_figures(wanted), "UPDATE_README=1 mends it");
    }
    assert_eq!(shown.lines().count(), wanted.lines().count());
}

#[test]
fn every_command_is_in_the_readme() {
    let readme = fs::read_to_string(FILE).unwrap();
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
        assert!(readme.contains(&format!("authprobe {name}")), "the README lacks {name}");
    }
}
