//! Keys that are written into other files: each kind of file with its exact words, and never the key.

use std::fs;

use super::fleet::{Fleet, findings};
use crate::common::canary::Canary;

/// What an audit finds in one more file.
fn with(name: &str, text: impl FnOnce(&Canary) -> String) -> String {
    let fleet = Fleet::clean();
    let other = fleet.project.canary();
    fleet.project.write(name, &text(&other));
    fleet.finding()
}

#[test]
fn keys_in_compose_files_are_told() {
    let literal = "key-hard-coded fail docker-compose.prod.yml:4\n\
         JWT_SECRET_KEY is written into this compose file\n\
         Write JWT_SECRET_KEY: ${JWT_SECRET_KEY:?}, or give the service an env_file; then rotate the key.";
    let head = "services:\n  api:\n    environment:\n";
    let name = "docker-compose.prod.yml";
    assert_eq!(with(name, |key| format!("{head}      JWT_SECRET_KEY: {key}\n")), literal);
    assert_eq!(with(name, |key| format!("{head}      - JWT_SECRET_KEY={key}\n")), literal);
    assert_eq!(
        with(name, |key| format!("{head}      JWT_SECRET: ${{JWT_SECRET:-{key}}}\n")),
        "key-fallback warn docker-compose.prod.yml:4\n\
         this compose file has a fallback for JWT_SECRET, used where it is not set\n\
         Write ${JWT_SECRET:?}, so that nothing starts without its key."
    );
}

#[test]
fn keys_in_manifests_are_told() {
    let fix = "Keep it out of the tree: kubectl create secret generic --from-env-file, a SealedSecret or \
               an ExternalSecret; then rotate the key.";
    let head = "apiVersion: v1\nkind: Secret\nmetadata: { name: jwt }\n";
    let expected = format!(
        "key-hard-coded fail k8s/jwt.yaml:5\na Secret in this manifest holds JWT_SECRET_KEY\n{fix}"
    );
    let plain = |key: &Canary| format!("{head}stringData:\n  JWT_SECRET_KEY: {key}\n");
    assert_eq!(with("k8s/jwt.yaml", plain), expected);
    let encoded = |key: &Canary| {
        use base64::Engine as _;
        let encoded = base64::engine::general_purpose::STANDARD.encode(key.text());
        format!("{head}data:\n  JWT_SECRET_KEY: {encoded}\n")
    };
    assert_eq!(with("k8s/jwt.yaml", encoded), expected);
    assert_eq!(
        with("k8s/api.yaml", |key| format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: api\n      env:\n        - name: \
             JWT_SECRET\n          value: {key}\n"
        )),
        "key-hard-coded fail k8s/api.yaml:8\n\
         JWT_SECRET is written into a container's env in this manifest\n\
         Write valueFrom: secretKeyRef in place of value; then rotate the key."
    );
    assert_eq!(
        with("k8s/kustomization.yaml", |key| format!(
            "secretGenerator:\n  - name: jwt\n    literals:\n      - JWT_SECRET={key}\n"
        )),
        "key-hard-coded fail k8s/kustomization.yaml:4\n\
         JWT_SECRET is written into this kustomization\n\
         Write envs: with a file that git ignores; then rotate the key."
    );
}

#[test]
fn keys_in_dockerfiles_are_told() {
    assert_eq!(
        with("autoscraper-service/Dockerfile", |key| format!("FROM a\nENV JWT_SECRET_KEY={key}\n")),
        "key-hard-coded fail autoscraper-service/Dockerfile:2\n\
         this Dockerfile sets JWT_SECRET_KEY, so every image holds it\n\
         Take the line out and set it where the container is started; then rotate the key."
    );
}

#[test]
fn fallbacks_in_sources_are_told_with_the_strict_way_to_write_them() {
    assert_eq!(
        with("autoscraper-service/app/config.py", |key| format!(
            "import os\n\nSECRET = os.getenv(\n    \"JWT_SECRET_KEY\",\n    \"{key}\",\n)\n"
        )),
        "key-fallback warn autoscraper-service/app/config.py:5\n\
         the source has a fallback for JWT_SECRET_KEY, used where it is not set\n\
         Write os.environ[\"JWT_SECRET_KEY\"], so that the service does not start without its key."
    );
    assert_eq!(
        with("remotehive-admin/lib/auth.ts", |key| format!(
            "export const key = process.env.JWT_SECRET || '{key}';\n"
        )),
        "key-fallback warn remotehive-admin/lib/auth.ts:1\n\
         the source has a fallback for JWT_SECRET, used where it is not set\n\
         Write code that throws where process.env.JWT_SECRET is not set, so that the service does not \
         start without its key."
    );
}

#[test]
fn a_fallback_that_is_the_key_itself_fails_and_one_that_everyone_knows_is_named() {
    let fleet = Fleet::clean();
    let line = |key: &str| format!("key = os.getenv('JWT_SECRET_KEY', '{key}')\n");
    fleet.project.write("app.py", &line(fleet.key.text()));
    let found = fleet.finding();
    let expected = "key-fallback fail app.py:1\nthe source has a fallback for JWT_SECRET_KEY, used where it \
                    is not set; it is the key of production\n";
    assert!(found.starts_with(expected), "{found}");
    fleet.project.write("app.py", &line("changeme"));
    let found = fleet.finding();
    let expected = "key-fallback warn app.py:1\nthe source has a fallback for JWT_SECRET_KEY, used where it \
                    is not set; it is well known: a fallback that asks to be changed\n";
    assert!(found.starts_with(expected), "{found}");
}

#[test]
fn tests_templates_others_code_and_ignored_files_are_silent() {
    let fleet = Fleet::clean();
    let other = fleet.project.canary();
    let python = format!("key = os.getenv('JWT_SECRET_KEY', '{other}')\n");
    let compose = format!("services:\n  a:\n    environment:\n      JWT_SECRET_KEY: {other}\n");
    fleet.project.write(".gitignore", ".env*\nlocal.py\n");
    for name in [
        "tests/test_auth.py",
        "test_auth.py",
        "conftest.py",
        "venv/lib/a.py",
        "node_modules/a/a.py",
        "build/a.py",
        "local.py",
        "notes.md",
    ] {
        fleet.project.write(name, &python);
    }
    fleet.project.write("docker-compose.example.yml", &compose);
    assert_eq!(fleet.findings(), [""; 0]);
}

#[test]
fn a_tree_that_is_too_large_to_be_searched_is_undecided() {
    let fleet = Fleet::clean();
    for number in 0..65 {
        let file = fs::File::create(fleet.project.path(&format!("part{number}.py"))).unwrap();
        file.set_len(1 << 20).unwrap();
    }
    let run = fleet.project.authprobe(["audit", "-o", "json"]).run();
    let found = findings(&run).join("\n");
    let expected =
        "search-cut undecided \nthe search for keys in other files stopped at 64 MiB, in ";
    assert!(found.starts_with(expected), "{found}");
    run.assert_exit(3);
}
