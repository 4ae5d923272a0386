//! probes.yaml as users write it: one bad file a rule with its exact message, good files in tables,
//! files that are no files, and the schema.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use authprobe::load::{self, Selection};

const BAD: &str = "tests/load/bad";

fn selection_for(name: &str) -> Selection {
    let mut selection = Selection { variables: variables(), ..Selection::default() };
    match name {
        "environment-selected-unknown" => selection.environment = Some("prodution".to_owned()),
        "service-selected-unknown" => {
            selection.services = vec!["main".to_owned(), "mian".to_owned(), "x".to_owned()];
        }
        _ => {}
    }
    selection
}

fn variables() -> HashMap<String, String> {
    let path = std::env::var("PATH").unwrap_or_default();
    HashMap::from([("PATH".to_owned(), path)])
}

fn bad_files() -> Vec<PathBuf> {
    let entries = fs::read_dir(BAD).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "yaml")).collect();
    files.sort();
    files
}

#[test]
fn every_bad_file_gets_its_exact_message_and_none_shows_a_secret() {
    let mut wrong = Vec::new();
    let files = bad_files();
    assert!(files.len() >= 60, "only {} bad files were found", files.len());
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let Err(problems) = load::plan(&file, &selection_for(name)) else {
            wrong.push(format!("{name}: loaded"));
            continue;
        };
        let (shown, golden) = (format!("{problems}\n"), file.with_extension("txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &shown).unwrap();
        }
        let everything = format!("{shown}{}{problems:?}", problems.coloured());
        if everything.to_lowercase().contains("canary") {
            wrong.push(format!("{name}: shows a secret\n{shown}"));
        }
        if fs::read_to_string(&golden).unwrap_or_default() != shown {
            wrong.push(format!("{name}:\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
#[test] fn sch() { println!("{}", load::schema()); }
