//! Keys and whole environments that are not on this machine: which of them is a finding, and where the
//! right key is to be had.

use crate::messages::everywhere;
use crate::tree::{Tree, fields};

/// A developer's checkout: nothing of staging and production but what is in version control.
fn checkout() -> Tree {
    let tree = Tree::new();
    for (folder, _) in crate::tree::SERVICES {
        for environment in ["staging", "production"] {
            std::fs::remove_file(tree.project.path(&format!("{folder}.env.{environment}")))
                .unwrap();
        }
    }
    tree
}

#[test]
fn an_environment_without_any_key_file_here_is_one_quiet_line() {
    let tree = checkout();
    let run = tree.audit(&[]);
    run.assert_exit(0);
    let lines: Vec<&str> = run.stdout.lines().map(str::trim_end).collect();
    assert_eq!(lines[0], "authprobe audit · project · 3 services · 1 environment");
    assert_eq!(lines[2], "  service      development");
    assert!(
        lines.contains(&"· staging, production: no key file is here; not looked at"),
        "{}",
        run.stdout
    );
    assert_eq!(lines.last(), Some(&"✓ nothing to mend"));
    let report = tree.json(&[]);
    let looked_at = report["environments"].as_array().unwrap().iter();
    let looked_at: Vec<_> = looked_at.map(|one| one["looked_at"].as_bool().unwrap()).collect();
    assert_eq!(looked_at, [true, false, false]);
}

#[test]
fn what_an_environment_lacks_is_told_once_it_is_named_or_one_of_its_files_is_here() {
    let tree = checkout();
    let report = tree.json(&["-e", "production"]);
    assert_eq!(report["environments"][0]["looked_at"], true);
    let findings = report["findings"].as_array().unwrap();
    let missing: Vec<_> = findings.iter().map(|one| fields(one, &["code", "file"])).collect();
    assert_eq!(
        missing,
        [
            ["key-missing", ".env.production"],
            ["key-missing", "autoscraper-service/.env.production"],
            ["key-missing", "remotehive-admin/.env.production"],
        ]
    );
    tree.write(".env.production", &format!("JWT_SECRET_KEY={}\n", tree.keys[2].text()));
    assert_eq!(tree.findings().len(), 2);
    std::fs::remove_file(tree.project.path(".env.production")).unwrap();
    std::os::unix::fs::symlink("gone", tree.project.path(".env.production")).unwrap();
    assert_eq!(tree.findings().iter().filter(|one| one["code"] == "key-missing").count(), 3);
}

#[test]
fn where_there_is_nothing_to_look_at_the_audit_does_not_pass() {
    let tree = checkout();
    for (folder, _) in crate::tree::SERVICES {
        std::fs::remove_file(tree.project.path(&format!("{folder}.env.development"))).unwrap();
    }
    let run = tree.audit(&[]);
    run.assert_exit(3);
    assert!(run.stdout.contains("? nothing was looked at"), "{}", run.stdout);
    tree.audit(&["-e", "development"]).assert_exit(1);
}

/// The fix for the source of truth itself never points at the source of truth.
#[test]
fn who_has_the_key_or_how_one_is_made_is_told_of_the_source_of_truth() {
    let fix = |spoil: fn(&Tree)| {
        let tree = Tree::new();
        spoil(&tree);
        let findings = tree.findings();
        let of_code = |one: &&serde_json::Value| {
            ["key-missing", "key-empty"].contains(&one["code"].as_str().unwrap())
        };
        let found = findings.iter().filter(of_code);
        found.map(|one| one["fix"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        fix(|tree| std::fs::remove_file(tree.project.path(".env.production")).unwrap()),
        ["Create .env.production and set JWT_SECRET_KEY there to the value of JWT_SECRET_KEY in \
          autoscraper-service/.env.production."]
    );
    assert_eq!(
        fix(|tree| everywhere(tree, "")),
        [
            "Set JWT_SECRET_KEY in .env.production to the key that production runs with; or, for a new \
             key, to what `authprobe keygen --variable JWT_SECRET_KEY` prints.",
            "Set JWT_SECRET_KEY in autoscraper-service/.env.production to the value of JWT_SECRET_KEY \
             in .env.production, once that has one.",
            "Set JWT_SECRET in remotehive-admin/.env.production to the value of JWT_SECRET_KEY in \
             .env.production, once that has one.",
        ]
    );
    assert_eq!(
        fix(|tree| {
            everywhere(tree, "");
            std::fs::remove_file(tree.project.path(".env.production")).unwrap();
        })[2],
        "Copy .env.production from where production runs; or, for a new key, create it with what \
         `authprobe keygen --variable JWT_SECRET_KEY` prints."
    );
}
