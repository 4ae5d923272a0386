//! The age of a key by the rotation ledger: a real rotation, its line in the ledger moved into the past.

use std::fs;
use std::path::PathBuf;

use chrono::{Days, SecondsFormat, Utc};

use crate::common::canary::Canary;
use crate::tree::{Tree, fields};

/// Runs the binary outside of the project's search, for a rotation keeps the old key until it is finished.
fn rotate(tree: &Tree, deed: &str) {
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_authprobe"))
        .args(["rotate", deed, "-e", "production"])
        .current_dir(tree.project.path(""))
        .env("HOME", tree.project.path("../home"))
        .env_remove("XDG_STATE_HOME")
        .env_remove("AUTHPROBE_STATE")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn ledger(tree: &Tree) -> PathBuf {
    let state = tree.project.path("../home/.local/state/authprobe");
    let folder = fs::read_dir(state).unwrap().next().unwrap().unwrap();
    folder.path().join("ledger.jsonl")
}

/// Makes every line of the ledger so many days older.
fn age(tree: &Tree, days: u64) {
    let path = ledger(tree);
    let then = Utc::now().checked_sub_days(Days::new(days)).unwrap();
    let then = then.to_rfc3339_opts(SecondsFormat::Secs, true);
    let text = fs::read_to_string(&path).unwrap();
    let aged = text.lines().map(|line| {
        let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
        record["at"] = then.as_str().into();
        record.to_string()
    });
    let aged = aged.collect::<Vec<_>>().join("\n");
    fs::write(path, aged).unwrap();
}

#[test]
fn a_key_is_as_old_as_the_rotation_that_wrote_it() {
    let tree = Tree::new();
    rotate(&tree, "--apply");
    rotate(&tree, "--finish");
    assert_eq!(tree.findings().len(), 0);
    age(&tree, 89);
    assert_eq!(tree.findings().len(), 0);
    age(&tree, 100);
    let findings = tree.findings();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(
        fields(&findings[0], &["code", "file", "summary"]),
        [
            "key-old",
            ".env.production",
            "the key is 100 days old, by the rotation ledger; policy 90 days",
        ]
    );
    assert_eq!(findings[0]["environments"], serde_json::json!(["production"]));
}

#[test]
fn the_ledger_says_nothing_of_a_key_that_was_written_by_hand_since() {
    let tree = Tree::new();
    rotate(&tree, "--apply");
    rotate(&tree, "--finish");
    age(&tree, 100);
    let newer = tree.project.search_for(Canary::hexadecimal());
    for (folder, variable) in crate::tree::SERVICES {
        tree.write(&format!("{folder}.env.production"), &format!("{variable}={}\n", newer.text()));
    }
    assert_eq!(tree.findings().len(), 0);
}

#[test]
fn a_ledger_that_cannot_be_understood_says_nothing() {
    let tree = Tree::new();
    rotate(&tree, "--apply");
    rotate(&tree, "--finish");
    age(&tree, 100);
    let path = ledger(&tree);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{{}}\nno JSON\n{text}")).unwrap();
    assert_eq!(tree.findings().len(), 1);
    fs::write(&path, text.replace("\"at\":\"", "\"at\":\"once ")).unwrap();
    assert_eq!(tree.findings().len(), 0);
}
