//! No configuration: services, files and variables by their names, and what is taken for granted said.

use crate::common::canary::Canary;
use crate::tree::{Tree, fields};

#[test]
fn a_clean_tree_without_configuration_passes_and_says_what_was_assumed() {
    let tree = Tree::without_probes();
    let run = tree.audit(&[]);
    run.assert_exit(0);
    for line in [
        "  service              development        staging            production",
        "  project              ✓ source of truth  ✓ source of truth  ✓ source of truth",
        "  remotehive-admin     ✓ same             ✓ same             ✓ same",
        "✓ nothing to mend",
        "           source of truth: project (the top folder)",
    ] {
        let mut lines = run.stdout.lines().map(str::trim_end);
        assert!(lines.any(|known| known == line), "{line}\n{}", run.stdout);
    }
    let report = tree.json(&[]);
    assert_eq!(report["configuration"], serde_json::Value::Null);
    assert_eq!(
        report["assumptions"][2],
        "variables: project JWT_SECRET_KEY, autoscraper-service JWT_SECRET_KEY, remotehive-admin \
         JWT_SECRET"
    );
}

#[test]
fn the_env_file_for_all_environments_may_be_a_copy_of_one() {
    let tree = Tree::without_probes();
    for folder in ["", "autoscraper-service/"] {
        let key = tree.keys[0].text();
        tree.write(&format!("{folder}.env"), &format!("JWT_SECRET_KEY={key}\n"));
    }
    assert_eq!(tree.findings().len(), 0);
}

#[test]
fn a_key_that_differs_from_the_top_folders_is_told() {
    let tree = Tree::without_probes();
    let other = tree.project.search_for(Canary::hexadecimal());
    tree.change("autoscraper-service/.env.staging", tree.keys[1].text(), other.text());
    let findings = tree.findings();
    let told = fields(&findings[0], &["code", "status", "summary"]);
    assert_eq!(told, ["key-differs", "fail", "autoscraper-service holds another key than project"]);
    assert_eq!(findings.len(), 1);
}

#[test]
fn a_secret_key_of_a_general_name_is_not_accused() {
    let tree = Tree::without_probes();
    let other = tree.project.search_for(Canary::hexadecimal());
    for environment in ["development", "staging", "production"] {
        tree.write(&format!("shop/.env.{environment}"), "DEBUG=false\n");
    }
    tree.write("shop/.env.production", &format!("SECRET_KEY={}\n", other.text()));
    let findings = tree.findings();
    let of_key: Vec<_> = findings.iter().filter(|one| one["code"] == "key-differs").collect();
    assert_eq!(
        fields(of_key[0], &["status", "summary"]),
        ["undecided", "shop holds another key than JWT_SECRET_KEY in .env.production"]
    );
    assert!(findings.iter().all(|one| one["status"] == "undecided"), "{findings:#?}");
}

#[test]
fn a_folder_without_keys_is_a_matter_of_usage() {
    let project = crate::common::authprobe::Project::new();
    project.write("notes.txt", "nothing");
    let run = project.authprobe(["audit"]).run();
    run.assert_exit(2);
    assert!(run.stderr.starts_with("authprobe: no probes.yaml here or in any folder above"));
    assert!(run.stdout.is_empty());
}

#[test]
fn a_configuration_that_is_wrong_is_told_as_check_tells_it() {
    let tree = Tree::without_probes();
    tree.project.write("probes.yaml", "version: 2\n");
    tree.audit(&[]).assert_exit(2);
}
