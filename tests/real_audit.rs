//! What an audit says of env files, held against the libraries that read them: two keys are called the
//! same where a real token passes between them, and two loaders are said to disagree where they do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use std::fmt::Write as _;

use serde_json::Value;

use common::authprobe::Project;
use common::canary::Canary;
use real::audited::verified;
use real::loaders::{LOADERS, Reading, write};
use real::started;

/// How many pairs of files.
const PAIRS: usize = 120;
/// Ways to write a key: some are read as the key by everyone, some by nobody.
const WRITINGS: [&str; 16] = [
    "{}",
    "{}",
    "\"{}\"",
    "'{}'",
    "{} # rotated",
    "\"{}\" # rotated",
    " {} ",
    "{}\\n",
    "\"{}\\n\"",
    "'{}\\n'",
    "{}#1",
    "{}=",
    "\"'{}'\"",
    "`{}`",
    "${X}{}",
    "",
];
/// What a key looks like beside a plain one: none of it is read alike by all.
const MIDDLES: [&str; 6] = ["", "", "$a", "#b", " c", "\\n"];

fn line(random: &mut fastrand::Rng, key: &Canary) -> String {
    let value = random.choice(WRITINGS).unwrap().replace("{}", key.text());
    format!("JWT_SECRET={value}\n")
}

fn findings<'r>(report: &'r Value, code: &str) -> Vec<&'r Value> {
    let all = report["findings"].as_array().unwrap().iter();
    all.filter(|finding| finding["code"] == code).collect()
}

fn probes(services: &str) -> String {
    let mut text = format!("version: 1\nservices:\n{services}environments:\n");
    for number in 0..PAIRS {
        writeln!(text, "  e{number}: {{ urls: {{}} }}").unwrap();
    }
    text
}

#[test]
fn keys_are_called_the_same_exactly_where_a_token_passes_between_the_services() {
    let mut random = fastrand::Rng::with_seed(11);
    let project = Project::new();
    for number in 0..PAIRS {
        let key = project.search_for(Canary::around(random.choice(MIDDLES).unwrap()));
        let (main, admin) = (line(&mut random, &key), line(&mut random, &key));
        project.write(&format!(".env.e{number}"), &main);
        project.write(&format!("admin/.env.e{number}"), &admin);
    }
    project.write(
        "probes.yaml",
        &probes(
            "  - name: main\n    source_of_truth: true\n    endpoint: /me\n    key: { dotenv: \
             '.env.{environment}', variable: JWT_SECRET, dialect: python-dotenv }\n  - name: admin\n    \
             endpoint: /me\n    key: { dotenv: 'admin/.env.{environment}', variable: JWT_SECRET, \
             dialect: dotenv }\n",
        ),
    );
    let passes = started!(verified(&project.path(""), PAIRS));
    let report = project.authprobe(["audit", "-o", "json"]).run().json();
    let mut same = 0;
    for (environment, passes) in report["environments"].as_array().unwrap().iter().zip(passes) {
        let agreement = environment["keys"][1]["agreement"].as_str().unwrap();
        let main = environment["keys"][0]["agreement"].as_str().unwrap();
        let is_same = main == "truth" && agreement == "same";
        assert_eq!(is_same, passes, "{}: {main} {agreement}", environment["name"]);
        same += usize::from(passes);
    }
    assert!((PAIRS / 8..PAIRS - PAIRS / 8).contains(&same), "{same} of {PAIRS} pairs are the same");
}

/// What a loader of `LOADERS` makes of the files.
fn read(dialect: &str, project: &Project, count: usize) -> Result<Vec<Reading>, String> {
    let folder = tempfile::tempdir().unwrap();
    let text = |number| std::fs::read_to_string(project.path(&format!(".env.e{number}"))).unwrap();
    write(folder.path(), &(0..count).map(text).collect::<Vec<_>>());
    let loader = LOADERS.iter().find(|loader| loader.dialect == dialect).unwrap();
    (loader.read)(folder.path(), count)
}

#[test]
fn loaders_are_said_to_disagree_exactly_where_they_do_and_agree_once_it_is_mended_as_told() {
    let mut random = fastrand::Rng::with_seed(12);
    let project = Project::new();
    let mut keys = Vec::new();
    let mut script = "#!/bin/bash\n".to_owned();
    for number in 0..PAIRS {
        let key = project.search_for(Canary::around(random.choice(MIDDLES).unwrap()));
        project.write(&format!(".env.e{number}"), &line(&mut random, &key));
        writeln!(script, ". ./.env.e{number}").unwrap();
        keys.push(key);
    }
    project.write("start.sh", &script);
    project.write(
        "probes.yaml",
        &probes(
            "  - name: main\n    source_of_truth: true\n    endpoint: /me\n    key: { dotenv: \
             '.env.{environment}', variable: JWT_SECRET, dialect: python-dotenv }\n",
        ),
    );
    let [python, bash] = ["python-dotenv", "bash"].map(|name| read(name, &project, PAIRS));
    let (python, bash) = (started!(python), started!(bash));
    let report = project.authprobe(["audit", "-o", "json"]).run().json();
    let found = findings(&report, "loaders-disagree");
    let mut mended = Vec::new();
    for number in 0..PAIRS {
        let (python, bash) = (&python[number], &bash[number]);
        // Without a key, or with a file that is refused, there is nothing to compare; and what a command
        // prints, bash alone can tell.
        let has_key =
            matches!(python, Reading::Value(value) if !value.is_empty() && value[0] != b'`');
        let differ = has_key && python != bash && *bash != Reading::Refused;
        let file = format!(".env.e{number}");
        let told = found.iter().find(|finding| finding["file"] == file.as_str());
        assert_eq!(told.is_some(), differ, "{file}: {python:?} {bash:?}");
        let (Some(told), Reading::Value(value)) = (told, python) else { continue };
        let (fix, value) = (told["fix"].as_str().unwrap(), String::from_utf8_lossy(value));
        let text = if fix.contains(" bare") {
            format!("JWT_SECRET={value}\n")
        } else if fix.contains("single quotes") {
            format!("JWT_SECRET='{value}'\n")
        } else if fix.contains("double quotes") {
            format!("JWT_SECRET=\"{value}\"\n")
        } else {
            assert!(fix.contains("rotate"), "{fix}");
            continue;
        };
        project.write(&file, &text);
        mended.push((number, Reading::Value(value.into_owned().into_bytes())));
    }
    assert!(mended.len() > PAIRS / 10, "{} of {PAIRS} mended", mended.len());
    for dialect in ["python-dotenv", "bash"] {
        let readings = started!(read(dialect, &project, PAIRS));
        for (number, value) in &mended {
            assert_eq!(&readings[*number], value, "{dialect} .env.e{number}");
        }
    }
    let report = project.authprobe(["audit", "-o", "json"]).run().json();
    for (number, _) in mended {
        let file = format!(".env.e{number}");
        let left = findings(&report, "loaders-disagree");
        assert!(left.iter().all(|finding| finding["file"] != file.as_str()), "{file}");
    }
}
