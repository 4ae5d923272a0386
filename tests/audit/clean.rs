//! Trees with nothing to mend.

use crate::tree::Tree;

const TABLE: &str = "
  service      development        staging            production
  main         ✓ source of truth  ✓ source of truth  ✓ source of truth
  autoscraper  ✓ same             ✓ same             ✓ same
  admin        ✓ same             ✓ same             ✓ same

✓ nothing to mend
";

#[test]
fn a_clean_tree_gives_its_table_and_one_line() {
    let run = Tree::new().audit(&[]);
    run.assert_exit(0);
    let (title, rest) = run.stdout.split_once('\n').unwrap();
    assert_eq!(title.trim_end(), "authprobe audit · project · 3 services · 3 environments");
    let rest: Vec<&str> = rest.lines().map(str::trim_end).collect();
    assert_eq!(rest, TABLE.lines().collect::<Vec<_>>());
    assert!(run.stderr.is_empty(), "{}", run.stderr);
}

#[test]
fn a_clean_tree_gives_no_finding_in_json() {
    let tree = Tree::new();
    let report = tree.json(&[]);
    assert_eq!(report["schema"], "authprobe.audit/1");
    assert_eq!(report["verdict"], "pass");
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
    assert_eq!(report["assumptions"].as_array().unwrap().len(), 0);
    let places = &report["environments"][2]["keys"];
    assert_eq!(places[0]["agreement"], "truth");
    assert_eq!(places[2]["source"], "remotehive-admin/.env.production");
    assert_eq!(places[2]["dialect"], "dotenv");
    assert_eq!(places[2]["agreement"], "same");
}

#[test]
fn one_environment_can_be_looked_at_alone() {
    let tree = Tree::new();
    tree.change("remotehive-admin/.env.staging", "JWT_SECRET=", "JWT_SECRET_OLD=");
    tree.audit(&["-e", "production"]).assert_exit(0);
    tree.audit(&["-e", "staging"]).assert_exit(1);
    let run = tree.audit(&["-e", "live"]);
    run.assert_exit(2);
    assert_eq!(
        run.stderr,
        "authprobe: there is no environment \"live\"\n  help: known: development, staging, production\n"
    );
}

#[test]
fn nothing_is_written() {
    let tree = Tree::new();
    let before = std::fs::read_dir(tree.project.path("")).unwrap().count();
    tree.audit(&[]).assert_exit(0);
    assert_eq!(std::fs::read_dir(tree.project.path("")).unwrap().count(), before);
    assert!(!tree.project.path("../home/.local").exists());
}
