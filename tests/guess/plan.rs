//! The guess where keys are read: in a plan, in an inventory, and what an explicit `dialect:` does to it.

use authprobe::inventory::InFile;
use authprobe::load::{self, Selection};
use authprobe::loader::OtherReading;
use authprobe::plan::{KeyName, Service};

use crate::tree::Tree;

/// One service; KEY stands for what else its key says.
const PROBES: &str = "version: 1
default_environment: development
services:
  - name: main
    source_of_truth: true
    endpoint: /me
    key: { dotenv: \".env.{environment}\", variable: JWT_SECRET_KEYKEY }
    key_copies: [ { dotenv: copy/.env } ]
environments:
  development:
    urls: { main: \"http://127.0.0.1:1\" }
    previous_keys: [ { dotenv: .env.previous, variable: JWT_SECRET_KEY } ]
";

fn tree(key: &str, files: &[(&str, &str)]) -> Tree {
    let tree = Tree::with(files);
    tree.write("probes.yaml", &PROBES.replace("KEYKEY", &format!("KEY{key}")));
    tree.write(".env.previous", "JWT_SECRET_KEY=\"canary of last year\"\n");
    tree.write(".env.development", "JWT_SECRET_KEY=\"canary of this year\"\n");
    tree
}

fn main_of(tree: &Tree) -> Service {
    let plan = load::plan(&tree.path().join("probes.yaml"), &Selection::default()).unwrap();
    plan.services.into_iter().next().unwrap()
}

fn key_of(service: &Service, name: &KeyName) -> String {
    String::from_utf8(service.keyring.get(name).unwrap().expose().to_vec()).unwrap()
}

const NODE: &str = r#"{"dependencies":{"dotenv":"^17"}}"#;
const RUN: (&str, &str) = ("up.sh", "docker run --env-file .env.$STAGE main\n");

#[test]
fn the_key_and_the_keys_before_it_are_read_as_guessed() {
    let service = main_of(&tree("", &[RUN]));
    assert_eq!(key_of(&service, &KeyName::Reference), "\"canary of this year\"");
    assert_eq!(key_of(&service, &KeyName::Previous(0)), "\"canary of last year\"");
    let loader = service.subject.loader.unwrap();
    let told =
        ".env.development is read as docker (guessed from up.sh, which hands it to docker run)";
    assert_eq!(loader.to_string(), told);
    assert_eq!(loader.others, []);
}

#[test]
fn an_explicit_dialect_wins_and_what_was_guessed_is_told_with_what_it_reads() {
    let service = main_of(&tree(", dialect: python-dotenv", &[RUN]));
    assert_eq!(key_of(&service, &KeyName::Reference), "canary of this year");
    assert_eq!(key_of(&service, &KeyName::Previous(0)), "canary of last year");
    let loader = service.subject.loader.unwrap();
    assert_eq!(loader.reason.code(), "configured");
    let other = &loader.others[0];
    assert_eq!((other.clue.dialect, other.clue.file.as_str()), ("docker", "up.sh"));
    assert_eq!(other.reads, OtherReading::Differs { variant: Some("double-quoted") });
}

#[test]
fn another_loader_that_reads_the_same_is_told_so() {
    let tree = tree(
        "",
        &[("requirements.txt", "python-dotenv"), ("run.sh", "set -a; source .env.development")],
    );
    let loader = main_of(&tree).subject.loader.unwrap();
    assert_eq!(loader.dialect, "bash");
    assert_eq!(loader.others[0].clue.dialect, "python-dotenv");
    assert_eq!(loader.others[0].reads, OtherReading::Same);
}

#[test]
fn every_file_of_an_inventory_has_its_loader_and_its_reason() {
    let files = [RUN, ("copy/go.mod", "require github.com/joho/godotenv v1.5.1\n")];
    let tree = tree("", &files);
    let path = tree.path().join("probes.yaml");
    let inventory = load::inventory(&path, &Selection::default()).unwrap();
    let read = |index: usize| {
        let file = &inventory.files[index];
        let InFile::Variable { dialect, .. } = &file.place else { panic!("an env file") };
        (*dialect, file.loader_reason.as_ref().unwrap().to_string())
    };
    assert_eq!(read(0).0, "docker");
    let godotenv = "guessed from copy/go.mod, which requires godotenv";
    assert_eq!(read(1), ("godotenv", godotenv.to_owned()));
}

#[test]
fn without_a_configuration_the_key_is_read_as_the_files_beside_it_tell() {
    let tree = Tree::with(&[
        (".env", "JWT_SECRET_KEY=canary#of this year\n"),
        ("package.json", r#"{"scripts":{"start":"node --env-file=.env x.js"}}"#),
    ]);
    let key = format!("{}:JWT_SECRET_KEY", tree.path().join(".env").display());
    let direct = load::Direct {
        urls: vec!["http://127.0.0.1:1/me".to_owned()],
        key: load::KeyArgument::Dotenv(key),
        previous_keys: Vec::new(),
        encoding: None,
        claims: Vec::new(),
        algorithm: None,
        carrier: None,
        public_key: None,
        timeout: None,
        resolve: Vec::new(),
        variables: std::collections::HashMap::new(),
    };
    let service = load::direct(&direct).unwrap().services.into_iter().next().unwrap();
    assert_eq!(key_of(&service, &KeyName::Reference), "canary");
    assert_eq!(service.subject.loader.unwrap().dialect, "node-env-file");
}

#[test]
fn each_environment_is_read_as_its_own_file_is() {
    let compose = "services: { main: { env_file: .env.development } }";
    let tree = tree("", &[("compose.yaml", compose), ("package.json", NODE)]);
    let probes = std::fs::read_to_string(tree.path().join("probes.yaml")).unwrap();
    let more = format!("{probes}  staging: {{ urls: {{ main: \"http://127.0.0.1:2\" }} }}\n");
    tree.write("probes.yaml", &more);
    tree.write(".env.staging", "JWT_SECRET_KEY=canary of staging#\n");
    tree.write(".env.development", "JWT_SECRET_KEY=canary of development#\n");
    let service = main_of(&tree);
    // Compose keeps the # and dotenv ends the value there.
    assert_eq!(key_of(&service, &KeyName::Reference), "canary of development#");
    let staging = KeyName::Environment("staging".to_owned());
    assert_eq!(key_of(&service, &staging), "canary of staging");
}
