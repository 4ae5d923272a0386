//! Env files whose loader no `dialect:` names: they are read and written as guessed, and the plan says so.

use std::fs;

use serde_json::Value;

use crate::fleet::Fleet;

/// The main service is started by node --env-file, for which a # ends a value. python-dotenv would take
/// the # and what follows for a part of the key, and so replace it.
fn by_node() -> Fleet {
    let fleet = Fleet::new();
    let script = r#"{"scripts":{"start":"node --env-file=.env.$STAGE --env-file=.env x.js"}}"#;
    fs::write(fleet.path("package.json"), script).unwrap();
    fs::write(fleet.path(".env.production"), text(fleet.old.text())).unwrap();
    fleet
}

fn text(key: &str) -> String {
    format!("A=1\nJWT_SECRET_KEY={key}#kept\n")
}

#[test]
fn a_rotation_reads_and_writes_as_guessed() {
    let fleet = by_node();
    let (status, said) = fleet.run(&Fleet::APPLY);
    assert_eq!(status, Some(0), "{said}");
    let now = fs::read_to_string(fleet.path(".env.production")).unwrap();
    assert!(now == text(fleet.new.text()), "the value alone is replaced");
    let (status, said) = fleet.run(&["rotate", "--rollback"]);
    assert_eq!(status, Some(0), "{said}");
    let now = fs::read_to_string(fleet.path(".env.production")).unwrap();
    assert!(now == text(fleet.old.text()), "and put back");
}

#[test]
fn the_plan_tells_which_loader_each_file_is_read_with_and_why() {
    let fleet = by_node();
    let (status, said) = fleet.run(&["rotate"]);
    assert_eq!(status, Some(0), "{said}");
    let said: Vec<&str> = said.split_whitespace().collect();
    let said = said.join(" ");
    for told in [
        "node-env-file (guessed from package.json, which hands it to node --env-file)",
        "admin/.env docker (the configuration says so)",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
    let mut command = fleet.scrubbed(env!("CARGO_BIN_EXE_authprobe"));
    let output = command.args(["rotate", "-o", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["places"][0]["dialect"], "node-env-file", "{report:#}");
    let reason = "guessed from package.json, which hands it to node --env-file";
    assert_eq!(report["places"][0]["dialect_reason"], reason);
}

#[test]
fn an_explicit_dialect_wins_over_the_guess() {
    let fleet = by_node();
    let probes = fs::read_to_string(fleet.path("probes.yaml")).unwrap();
    let key = "variable: JWT_SECRET_KEY }\n    key_copies: [ { dotenv: .env }";
    assert!(probes.contains(key));
    let named = key.replacen(" }", ", dialect: python-dotenv }", 1);
    fs::write(fleet.path("probes.yaml"), probes.replace(key, &named)).unwrap();
    let (status, said) = fleet.run(&Fleet::APPLY);
    assert_eq!(status, Some(0), "{said}");
    let now = fs::read_to_string(fleet.path(".env.production")).unwrap();
    assert!(now == format!("A=1\nJWT_SECRET_KEY={}\n", fleet.new.text()), "the # is replaced too");
}
