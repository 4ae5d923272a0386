//! Which keys a plan holds for each service, in which order, and how each source is read.

use std::collections::HashMap;

use authprobe::key::{Encoding, Origin, Source, defaults};
use authprobe::load::Selection;
use authprobe::plan::{KeyFact, KeyName, OwnKey, Plan};
use authprobe::secret::Secret;

use crate::folder::{Folder, KEY, one_service, service};

/// The names of a service's other keys without readings and the well-known ones.
fn names(plan: &Plan, name: &str) -> Vec<KeyName> {
    let keys = service(plan, name).subject.other_keys.iter().map(|label| label.name.clone());
    keys.filter(|name| !matches!(name, KeyName::Default(_) | KeyName::Reading(_))).collect()
}

/// The kinds of a service's other keys, in their order, each kind once.
fn kinds(plan: &Plan, name: &str) -> Vec<&'static str> {
    let mut kinds: Vec<_> = service(plan, name)
        .subject
        .other_keys
        .iter()
        .map(|label| match label.name {
            KeyName::Own => "own",
            KeyName::OwnVariable(_) => "own variable",
            KeyName::Previous(_) => "previous",
            KeyName::Environment(_) => "environment",
            KeyName::Reading(_) => "reading",
            KeyName::Default(_) => "default",
            KeyName::Empty => "empty",
            KeyName::Reference | KeyName::Random | KeyName::Public(_) => "none of them",
        })
        .collect();
    kinds.dedup();
    kinds
}

/// How many keys of a service are readings, and how many stand for well-known keys.
fn counts(plan: &Plan, name: &str) -> (usize, usize) {
    let others = &service(plan, name).subject.other_keys;
    let count = |test: fn(&KeyName) -> bool| others.iter().filter(|key| test(&key.name)).count();
    (
        count(|name| matches!(name, KeyName::Reading(_))),
        count(|name| matches!(name, KeyName::Default(_))),
    )
}

#[test]
fn a_previous_key_keeps_its_name_where_a_service_still_has_it_in_its_file() {
    let folder = Folder::of_the_fleet();
    let old = folder.plan();
    let old = service(&old, "main").keyring.get(&KeyName::Previous(0)).unwrap().clone();
    let text = String::from_utf8(old.expose().to_vec()).unwrap();
    folder.write("autoscraper-service/.env.development", &format!("JWT_SECRET_KEY='{text}'\n"));
    let plan = folder.plan();
    let ring = &service(&plan, "autoscraper").keyring;
    assert_eq!(ring.get(&KeyName::Own), Some(&old));
    assert_eq!(ring.get(&KeyName::Previous(0)), Some(&old));
    // It is tried once, under the name that says more.
    assert!(!names(&plan, "autoscraper").contains(&KeyName::Previous(0)));
}

#[test]
fn keys_are_tried_in_order_and_equal_bytes_once() {
    let folder = Folder::of_the_fleet();
    folder.write(".env.staging", "JWT_SECRET_KEY=canary staging\n");
    folder.write(".env.production", "JWT_SECRET_KEY='canary staging'\n");
    folder.write("autoscraper-service/.env.development", "JWT_SECRET_KEY=canary stale\n");
    let plan = folder.plan();
    let [own, previous] = [KeyName::Own, KeyName::Previous(0)];
    let staging = KeyName::Environment("staging".to_owned());
    let empty = KeyName::Empty;
    assert_eq!(names(&plan, "main"), [previous.clone(), staging.clone(), empty.clone()]);
    assert_eq!(names(&plan, "autoscraper"), [own, previous, staging, empty]);
    let subject = &service(&plan, "autoscraper").subject;
    assert!(matches!(subject.own_key, OwnKey::Differs(_)));
    // Three well-known keys are also what an unexpanded JWT_SECRET_KEY would be.
    assert_eq!(counts(&plan, "autoscraper").1, defaults::TABLE.len() - 3);
    assert_eq!(subject.other_keys.last().unwrap().name, KeyName::Empty);
}

#[test]
fn own_variables_come_after_the_own_key_and_readings_before_what_everybody_knows() {
    let folder = Folder::of_the_fleet();
    folder.write(".env.staging", "JWT_SECRET_KEY=canary staging\n");
    let file = "DEBUG=true\nJWT_SECRET_KEY=canary own\nSECRET_KEY=canary other\nPORT=8001\n";
    folder.write("autoscraper-service/.env.development", file);
    let plan = folder.plan();
    let all = ["own", "own variable", "previous", "environment", "reading", "default", "empty"];
    assert_eq!(kinds(&plan, "autoscraper"), all);
    let others = &service(&plan, "autoscraper").subject.other_keys;
    let variable = KeyName::OwnVariable("SECRET_KEY".to_owned());
    let label = others.iter().find(|label| label.name == variable).unwrap();
    assert_eq!(label.place.to_string(), "SECRET_KEY in autoscraper-service/.env.development");
}

#[test]
fn a_reading_is_placed_in_words_and_named_by_its_code() {
    let plan = Folder::of_the_fleet().plan();
    let others = &service(&plan, "main").subject.other_keys;
    let label = others.iter().find(|label| label.name == KeyName::Reading("trailing-newline"));
    assert_eq!(label.unwrap().place.to_string(), "the shared key plus a line feed");
}

/// Each costs a request where the fault is none of them.
#[test]
fn a_key_of_64_hexadecimal_digits_has_a_modest_number_of_readings() {
    let folder = Folder::of_the_fleet();
    let key = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e1";
    folder.write(".env.development", &format!("JWT_SECRET_KEY={key}\n"));
    let (readings, _) = counts(&folder.plan(), "main");
    assert!((20..=36).contains(&readings), "{readings} readings");
}

#[test]
fn the_keyring_holds_the_bytes_of_every_name_and_of_the_reference() {
    let plan = Folder::of_the_fleet().plan();
    let main = service(&plan, "main");
    assert_eq!(main.keyring.get(&KeyName::Reference).unwrap().expose(), KEY.as_bytes());
    for label in &main.subject.other_keys {
        let secret = main.keyring.get(&label.name).unwrap();
        assert_eq!(secret.len() * 8, label.bits, "{}", label.name);
    }
    assert!(!format!("{plan:?}").contains("canary"));
}

#[test]
fn a_key_that_is_a_default_of_its_own_or_empty_is_listed_once() {
    let folder = Folder::of_the_fleet();
    folder.write("autoscraper-service/.env.development", "JWT_SECRET_KEY=changeme\n");
    folder.write("remotehive-admin/.env.development", "JWT_SECRET=\n");
    let plan = folder.plan();
    let own = KeyName::Own;
    assert_eq!(names(&plan, "autoscraper"), [own.clone(), KeyName::Previous(0), KeyName::Empty]);
    assert_eq!(counts(&plan, "autoscraper").1, defaults::TABLE.len() - 4);
    assert_eq!(names(&plan, "admin"), [own, KeyName::Previous(0)]);
}

#[test]
fn facts_about_the_reference_key_need_no_service() {
    let shared = KeyFact::SharedWithEnvironment("production".to_owned());
    let rows: [(&str, &str, Vec<KeyFact>); 4] = [
        (KEY, "other", vec![]),
        (KEY, KEY, vec![shared]),
        ("short key", "other", vec![KeyFact::TooShort { bits: 72, wanted: 256 }]),
        ("secret", "other", vec![KeyFact::TooShort { bits: 48, wanted: 256 }, KeyFact::WellKnown]),
    ];
    for (here, production, facts) in rows {
        let folder = Folder::of_the_fleet();
        folder.write(".env.development", &format!("JWT_SECRET_KEY={here}\n"));
        folder.write(".env.production", &format!("JWT_SECRET_KEY={production}\n"));
        assert_eq!(folder.plan().key_facts, facts);
    }
}

#[test]
fn the_keys_of_other_environments_are_passed_over_where_they_cannot_be_read() {
    let folder = Folder::of_the_fleet();
    folder.write(".env.staging", "OTHER=1\n");
    folder.write(".env.production/is-a-folder", "");
    assert_eq!(names(&folder.plan(), "main"), [KeyName::Previous(0), KeyName::Empty]);
}

#[test]
fn a_service_without_a_key_source_has_no_own_key() {
    let yaml = one_service("source_of_truth: true\nkey: { file: jwt.key }").replace(
        "environments",
        "  - { name: other, endpoint: \"http://127.0.0.1:1/me\" }\nenvironments",
    );
    let folder = Folder::with(&[("probes.yaml", &yaml), ("jwt.key", KEY)]);
    let plan = folder.plan();
    assert_eq!(service(&plan, "other").subject.own_key, OwnKey::NotConfigured);
    assert!(matches!(service(&plan, "main").subject.own_key, OwnKey::SameAsReference(_)));
}

#[test]
fn each_source_yields_its_bytes() {
    let folder = Folder::with(&[
        ("jwt.key", "canary\n"),
        ("jwt.hex", "00ff"),
        ("env", "A=canary # comment\nB=${A}!\n"),
    ]);
    let path = std::env::var("PATH").unwrap_or_default();
    let variables = [("KEY", "AP8"), ("PATH", path.as_str()), ("HOME", "/home/x")];
    let variables: HashMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let file = |name: &str| Origin::File { file: name.to_owned() };
    let env = |name: &str| Origin::Env { variable: name.to_owned() };
    let dotenv = |variable: &str, dialect| Origin::Dotenv {
        file: "env".to_owned(),
        variable: variable.to_owned(),
        dialect,
    };
    let command = |arguments: &[&str]| Origin::Command {
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
    };
    let named = |name| authprobe::key::dotenv::Dialect::named(name).unwrap();
    let (python, docker) = (named("python-dotenv"), named("docker"));
    let rows: Vec<(Origin, Encoding, Option<&[u8]>)> = vec![
        (file("jwt.key"), Encoding::Raw, Some(b"canary\n")),
        (file("jwt.hex"), Encoding::Hex, Some(&[0, 255])),
        (env("KEY"), Encoding::Raw, Some(b"AP8")),
        (env("KEY"), Encoding::Base64, Some(&[0, 255])),
        (env("KEY"), Encoding::Base64url, Some(&[0, 255])),
        (env("NO_SUCH"), Encoding::Raw, None),
        (dotenv("B", python), Encoding::Raw, Some(b"canary!")),
        (dotenv("B", docker), Encoding::Raw, Some(b"${A}!")),
        (dotenv("C", docker), Encoding::Raw, None),
        (command(&["printf", "a b\n\n"]), Encoding::Raw, Some(b"a b\n")),
        (command(&["printf", "%s", "$HOME"]), Encoding::Raw, Some(b"$HOME")),
        (command(&["sh", "-c", "printf %s \"$HOME$KEY\""]), Encoding::Raw, Some(b"/home/x")),
        (command(&["cat", "jwt.hex"]), Encoding::Hex, Some(&[0, 255])),
    ];
    for (origin, encoding, wanted) in rows {
        let source = Source { origin, encoding };
        let read = source.read(folder.path(), &variables).unwrap();
        assert_eq!(read.as_ref().map(Secret::expose), wanted, "{source:?}");
    }
}

/// Only what cannot be read is suspected to be a key itself.
#[test]
fn a_file_whose_name_looks_like_a_key_is_read() {
    let name = "secrets/JwtSigningKeyOf2026";
    let yaml = one_service(&format!("key: {{ file: {name} }}"));
    let plan = Folder::with(&[("probes.yaml", &yaml), (name, KEY)]).plan();
    assert_eq!(plan.services[0].subject.reference.place.to_string(), name);
}

#[test]
fn a_command_that_prints_too_much_is_cut_off() {
    let yaml = one_service("key: { command: [yes, canary] }");
    let folder = Folder::with(&[("probes.yaml", &yaml)]);
    let path = std::env::var("PATH").unwrap_or_default();
    let variables = HashMap::from([("PATH".to_owned(), path)]);
    let selection = Selection { variables, ..Selection::default() };
    let problems = folder.load(&selection).expect_err("yes never ends").to_string();
    assert!(problems.starts_with("error: this program printed more than 1 MiB"), "{problems}");
    assert!(!problems.contains("canary"));
}

fn manifest(name: &str, data: &str) -> String {
    format!("apiVersion: v1\nkind: Secret\nmetadata: {{ name: {name} }}\n{data}\n")
}

#[test]
fn a_kubernetes_secret_gives_the_key_and_those_of_other_environments() {
    let field = "key: { kubernetes_secret: \"{environment}.yaml\", name: \"jwt-{environment}\", field: KEY }";
    let yaml = one_service(field).replace(" } }\n", " }, staging: {} }\n");
    let here = manifest("jwt-development", &format!("stringData: {{ KEY: {KEY} }}"));
    let there = manifest("jwt-staging", "data: { KEY: Y2FuYXJ5LXN0YWdpbmc= }");
    let folder = Folder::with(&[
        ("probes.yaml", &yaml),
        ("development.yaml", &here),
        ("staging.yaml", &there),
    ]);
    let plan = folder.load(&in_development()).unwrap_or_else(|problems| panic!("{problems}"));
    let main = service(&plan, "main");
    assert_eq!(main.keyring.get(&KeyName::Reference).unwrap().expose(), KEY.as_bytes());
    let place = main.subject.reference.place.to_string();
    assert_eq!(place, "KEY in development.yaml (Secret jwt-development)");
    let staging = KeyName::Environment("staging".to_owned());
    assert_eq!(main.keyring.get(&staging).unwrap().expose(), b"canary-staging");
    assert_eq!(plan.key_facts, []);
}

fn in_development() -> Selection {
    Selection { environment: Some("development".to_owned()), ..Selection::default() }
}

/// An editor ends a file with a line feed; a value in a manifest has it from `echo`.
#[test]
fn a_line_feed_at_the_end_is_pointed_out_in_a_manifest_and_not_in_a_file() {
    let newline = |fields: &str, file: &str| {
        let text = format!("{KEY}\n");
        let secret = manifest("jwt", &format!("stringData:\n  KEY: |\n    {KEY}"));
        let yaml = one_service(fields);
        let text = if file == "jwt.key" { text } else { secret };
        let plan = Folder::with(&[("probes.yaml", &yaml), (file, &text)]).plan();
        assert_eq!(plan.services[0].subject.reference.bits, KEY.len() * 8 + 8);
        plan.key_facts
    };
    assert_eq!(newline("key: { file: jwt.key }", "jwt.key"), []);
    let facts = newline("key: { kubernetes_secret: jwt.yaml, field: KEY }", "jwt.yaml");
    let [KeyFact::EndsWithNewline { place, mend }] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!(place.to_string(), "KEY in jwt.yaml");
    assert!(mend.contains("printf %s"), "{mend}");
}
