//! The command as users meet it: the plan, what is done and what is said of it, the ways to name a key,
//! restarts, and what stays in the state folder.

use std::fs;

use serde_json::Value;

use crate::common::canary::{Canary, Search};
use crate::fleet::{Fleet, Held};

fn json(fleet: &Fleet, arguments: &[&str]) -> Value {
    let mut command = fleet.scrubbed(env!("CARGO_BIN_EXE_authprobe"));
    let output = command.args(arguments).args(["-o", "json"]).output().unwrap();
    let (_, said) = fleet.told(&output);
    let schema = fleet.run(&["schema", "rotation"]).1;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    report
}

#[test]
fn the_plan_names_every_place_and_changes_nothing() {
    let fleet = Fleet::new();
    let (status, said) = fleet.run(&["rotate"]);
    assert_eq!(status, Some(0), "{said}");
    let lines: Vec<&str> = said.lines().map(str::trim_end).collect();
    assert_eq!(lines[0], "authprobe rotate · production · the plan; nothing was changed");
    for line in [
        "  main     .env.production          JWT_SECRET_KEY  ✓ to get the new key (source)",
        "  main     .env.local               JWT_SECRET_KEY  · is not there, which is fine",
        "  scraper  scraper/jwt.key          whole file      ✓ to get the new key",
        "  admin    admin/.env               JWT_SECRET      ✓ to get the new key",
        "  next  authprobe rotate --apply --environment production",
    ] {
        assert!(lines.contains(&line), "{line}\n{said}");
    }
    assert_eq!(fleet.all(), Ok(Held::Old));
    assert!(!fleet.state().exists());
    let report = json(&fleet, &["rotate"]);
    assert_eq!(report["state"], "planned");
    assert_eq!(report["places"].as_array().unwrap().len(), 6);
    assert_eq!(report["places"][2]["standing"], "missing");
    assert_eq!(report["written"].as_array().unwrap().len(), 5);
}

#[test]
fn a_place_that_holds_another_key_is_told_and_brought_into_line() {
    let fleet = Fleet::new();
    let drifted = Canary::new();
    fs::write(fleet.path("scraper/jwt.key"), drifted.text()).unwrap();
    let report = json(&fleet, &["rotate"]);
    assert_eq!(report["places"][4]["standing"], "differs");
    assert_eq!(fleet.run(&Fleet::APPLY).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::New));
    assert_eq!(fleet.run(&["rotate", "--rollback"]).0, Some(0));
    assert_eq!(fs::read_to_string(fleet.path("scraper/jwt.key")).unwrap(), drifted.text());
}

#[test]
fn applied_rolled_back_applied_finished_and_the_history_tells_so_without_a_key() {
    let fleet = Fleet::new();
    let report = json(&fleet, &Fleet::APPLY);
    assert_eq!(report["state"], "applied");
    let kept = report["previous_key_file"].as_str().unwrap();
    assert_eq!(fs::read_to_string(kept).unwrap(), fleet.old.text());
    let (status, said) = fleet.run(&["rotate", "--apply"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("is not finished"), "{said}");
    assert_eq!(fleet.run(&["rotate"]).0, Some(1));
    assert_eq!(json(&fleet, &["rotate", "--rollback"])["state"], "rolled-back");
    assert_eq!(fleet.all(), Ok(Held::Old));
    assert!(!fleet.keeps_previous());
    assert_eq!(fleet.run(&["rotate", "--rollback"]).0, Some(2));
    assert_eq!(fleet.run(&Fleet::APPLY).0, Some(0));
    assert_eq!(json(&fleet, &["rotate", "--finish"])["state"], "finished");
    assert!(!fleet.keeps_previous());
    assert_eq!(fleet.all(), Ok(Held::New));
    fleet.leftovers().unwrap();
    let folder = fs::read_dir(fleet.state()).unwrap().next().unwrap().unwrap().path();
    let ledger = fs::read_to_string(folder.join("ledger.jsonl")).unwrap();
    let states: Vec<String> = ledger
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["state"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(states, ["applied", "rolled-back", "applied", "finished"]);
}

#[test]
fn a_key_that_is_made_here_is_the_same_in_every_file_and_comes_in_the_form_asked_for() {
    for (options, length) in [(&[][..], 64), (&["--format", "base64url", "--bytes", "48"], 64)] {
        let fleet = Fleet::new();
        let arguments = [&["rotate", "--apply"], options].concat();
        assert_eq!(fleet.run(&arguments).0, Some(0));
        let key = fs::read_to_string(fleet.path("scraper/jwt.key")).unwrap();
        assert_eq!(key.len(), length);
        for name in [".env.production", "shared/real.env", "admin/.env"] {
            assert!(fs::read_to_string(fleet.path(name)).unwrap().contains(&key), "{name}");
        }
    }
}

#[test]
fn a_key_is_taken_from_a_file_and_from_standard_input_and_never_from_an_argument() {
    let fleet = Fleet::new();
    let file = fleet.path("../key");
    fs::write(&file, fleet.new.text()).unwrap();
    let named = format!("file:{}", file.display());
    assert_eq!(fleet.run(&["rotate", "--apply", "--key-from", &named]).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::New));
    assert_eq!(fleet.run(&["rotate", "--rollback"]).0, Some(0));
    let script = format!(
        "exec \"{}\" rotate --apply --key-from - < ../key",
        env!("CARGO_BIN_EXE_authprobe")
    );
    let mut command = fleet.scrubbed("sh");
    let (status, said) = fleet.told(&command.args(["-c", &script]).output().unwrap());
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(fleet.all(), Ok(Held::New));
    let (status, said) = fleet.run(&["rotate", "--key-from", fleet.new.text()]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("env:VARIABLE"), "{said}");
}

#[test]
fn a_key_that_is_no_good_is_refused() {
    let long = "your-secret-key".repeat(4);
    for (key, why) in
        [("short", "fewer than 256 bits"), (&format!("{long}\n"), "ends with a newline")]
    {
        let fleet = Fleet::new();
        fs::write(fleet.path("../key"), key).unwrap();
        let (status, said) = fleet.run(&["rotate", "--apply", "--key-from", "file:../key"]);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(why), "{said}");
        assert_eq!(fleet.all(), Ok(Held::Old));
    }
    let fleet = Fleet::new();
    fs::write(fleet.path("../key"), fleet.old.text()).unwrap();
    let (status, said) = fleet.run(&["rotate", "--apply", "--key-from", "file:../key"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("is the present one"), "{said}");
}

/// The service's own words are shown, but no key that they hold; and a child gets none from us.
#[test]
fn services_are_restarted_with_a_clean_environment_and_a_failure_is_told() {
    let fleet = Fleet::new();
    let script = "env; tr '\\0' '\\n' < /proc/$PPID/cmdline; cat scraper/jwt.key; echo; exit 3";
    let restarts = format!(
        "restart: [sh, -c, \"{}\"]\n    key_copies: [ {{ dotenv: .env }}",
        script.replace('\\', "\\\\")
    );
    let probes = fs::read_to_string(fleet.path("probes.yaml")).unwrap();
    let probes = probes
        .replace("key_copies: [ { dotenv: .env }", &restarts)
        .replace("    key: { dotenv: admin", "    restart: [\"true\"]\n    key: { dotenv: admin");
    fs::write(fleet.path("probes.yaml"), probes).unwrap();
    let (status, said) = fleet.run(&Fleet::APPLY);
    assert_eq!(status, Some(1), "{said}");
    assert_eq!(fleet.all(), Ok(Held::New));
    assert!(said.contains("main: HOME=") && said.contains("main: [redacted]"), "{said}");
    assert!(!said.contains("NEW_KEY=") && !said.contains("AUTHPROBE_STATE="), "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("it failed (exit status: 3)"), "{said}");
    assert!(said.contains("restart main by hand") && said.contains("restart scraper"), "{said}");
    assert_eq!(json(&fleet, &["rotate", "--rollback"])["restarts"][1]["state"], "done");
}

/// Beside the two keys: what a file held that differed, and a key in a line that is too long to be shown.
#[test]
fn a_restart_shows_no_key_that_stood_in_a_file_and_no_half_of_one() {
    let fleet = Fleet::new();
    let drifted = Canary::new();
    fs::write(fleet.path("scraper/jwt.key"), drifted.text()).unwrap();
    fs::write(fleet.path("../drifted"), drifted.text()).unwrap();
    // The first half of the key ends where a line of 4 KiB would be cut, then one of 64 KiB.
    let script = "cat ../drifted; echo; for n in 4074 65514; do head -c $n /dev/zero | tr '\\\\0' x; \
                  cat scraper/jwt.key; echo; done; echo end";
    let probes = fs::read_to_string(fleet.path("probes.yaml")).unwrap();
    let restart = format!("restart: [sh, -c, \"{script}\"]\n    key: {{ dotenv: admin");
    fs::write(fleet.path("probes.yaml"), probes.replace("key: { dotenv: admin", &restart)).unwrap();
    for arguments in [&Fleet::APPLY[..], &["rotate", "--rollback"]] {
        let (status, said) = fleet.run(arguments);
        assert_eq!(status, Some(0), "{said}");
        assert!(said.contains("admin: end") && said.contains("admin: [redacted]"), "{said}");
        let leaks = Search::new([&drifted]).in_bytes("output", said.as_bytes());
        assert!(leaks.is_empty(), "{leaks:?}");
    }
}

#[test]
fn a_state_folder_inside_the_project_is_refused() {
    let fleet = Fleet::new();
    for state in ["state", ".", "admin/../deep/state"] {
        let (status, said) = fleet.run(&["rotate", "--apply", "--state", state]);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains("inside the folder of the configuration"), "{said}");
    }
    assert_eq!(fleet.all(), Ok(Held::Old));
    fleet.leftovers().unwrap();
}

#[test]
fn a_place_that_authprobe_cannot_write_is_refused_and_all_of_them_are_named() {
    let fleet = Fleet::new();
    let probes = fs::read_to_string(fleet.path("probes.yaml")).unwrap();
    let probes = probes.replace(
        "{ dotenv: admin/.env, variable: JWT_SECRET, dialect: docker }",
        "{ env: ADMIN_KEY }",
    );
    fs::write(fleet.path("probes.yaml"), probes).unwrap();
    fs::write(fleet.path("scraper/.env.production"), "PORT=1\n").unwrap();
    let (status, said) = fleet.run(&["rotate"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("admin reads its key from ADMIN_KEY in the environment"), "{said}");
    assert!(
        said.contains("scraper/.env.production (scraper): it does not set the variable"),
        "{said}"
    );
    assert!(said.contains("add a line JWT_SECRET_KEY= to it"), "{said}");
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let fleet = Fleet::new();
    let script = format!(
        "\"{}\" rotate --apply --key-from env:NEW_KEY | true",
        env!("CARGO_BIN_EXE_authprobe")
    );
    let mut command = fleet.scrubbed("bash");
    let command = command.args(["-c", &format!("set -o pipefail; {script}")]);
    assert_eq!(fleet.told(&command.output().unwrap()).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::New));
}
