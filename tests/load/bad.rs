//! One bad file a rule, each with its exact message beside it. To write the messages anew after a
//! change of words, run the test with BLESS=1 and read the difference.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use authprobe::load::{self, Selection};

/// What the user asked for on the command line, where that is what is wrong.
fn selection_for(name: &str) -> Selection {
    let path = std::env::var("PATH").unwrap_or_default();
    let variables = HashMap::from([("PATH".to_owned(), path)]);
    let (environment, services): (Option<&str>, &[&str]) = match name {
        "environment-selected-unknown" => (Some("prodution"), &[]),
        "service-selected-unknown" => (None, &["main", "mian", "x"]),
        _ => (None, &[]),
    };
    let services = services.iter().map(|&name| name.to_owned()).collect();
    Selection { environment: environment.map(str::to_owned), services, variables }
}

fn bad_files() -> Vec<PathBuf> {
    let entries = fs::read_dir("tests/load/bad").unwrap().map(|entry| entry.unwrap().path());
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "yaml");
    let mut files: Vec<_> = entries.filter(is_yaml).collect();
    files.sort();
    files
}

#[test]
fn every_bad_file_gets_its_exact_message_and_no_message_shows_a_secret() {
    let files = bad_files();
    assert!(files.len() >= 75, "only {} bad files were found", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let Err(problems) = load::plan(&file, &selection_for(name)) else {
            wrong.push(format!("{name} is taken"));
            continue;
        };
        let (shown, golden) = (format!("{problems}\n"), file.with_extension("txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &shown).unwrap();
        }
        let everything = format!("{shown}{}{problems:?}", problems.coloured());
        if everything.to_lowercase().contains("canary") {
            wrong.push(format!("{name} shows a secret:\n{shown}"));
        }
        if fs::read_to_string(&golden).unwrap_or_default() != shown {
            wrong.push(format!("{name} gets another message:\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_coloured_message_says_the_same_as_the_plain_one() {
    let file = PathBuf::from("tests/load/bad/several.yaml");
    let problems = load::plan(&file, &Selection::default()).expect_err("several problems");
    let coloured = problems.coloured();
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), problems.to_string());
}
