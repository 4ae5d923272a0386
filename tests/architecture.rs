//! The shape of the source holds: who may import whom, who may print, exit, read the environment or
//! open a secret, and how long a file may be. `rules.rs` has the rules, `source.rs` reads the code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::fs;
use std::path::Path;

use rules::{
    LINES, LONGER, MAY_EXPOSE, RIM_ONLY, forbidden_imports, forbidden_words, import_cycle, too_long,
};
use source::File;

const NOTHING: [String; 0] = [];

/// Every Rust file below `src`.
fn source_files() -> Vec<File> {
    fn collect(folder: &Path, root: &Path, files: &mut Vec<File>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, root, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.push(File { path: name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    assert!(files.len() > 20, "the source is where it was");
    files
}

#[test]
fn every_module_imports_only_what_its_rank_allows() {
    assert_eq!(forbidden_imports(&source_files()), NOTHING);
}

#[test]
fn no_imports_form_a_cycle() {
    assert_eq!(import_cycle(&source_files()), None);
}

#[test]
fn only_the_command_line_prints_exits_and_reads_the_environment() {
    let rim = |file: &File| matches!(file.module(), "cli" | "main");
    assert_eq!(forbidden_words(&source_files(), RIM_ONLY, rim), NOTHING);
}

#[test]
fn few_files_open_a_secret() {
    let may = |file: &File| MAY_EXPOSE.contains(&file.path.as_str());
    assert_eq!(forbidden_words(&source_files(), &[".expose()", "Secret::expose"], may), NOTHING);
}

#[test]
fn no_exception_outlives_its_reason() {
    let files = source_files();
    let text =
        |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    for path in MAY_EXPOSE {
        assert!(text(path).is_some_and(|text| text.contains("expose")), "{path} opens no secret");
    }
    for (path, _) in LONGER {
        let lines = text(path).map_or(0, |text| text.lines().count());
        assert!(lines > LINES, "{path} has only {lines} lines");
    }
}

#[test]
fn no_file_is_too_long() {
    assert_eq!(too_long(&source_files()), NOTHING);
}

/// A small crate with one more file in it.
fn crate_with(path: &str, text: &str) -> Vec<File> {
    let fine = [
        ("lib.rs", "pub mod plan;"),
        ("main.rs", "fn main() { authprobe::cli::main() }"),
        ("plan.rs", "use crate::secret::Secret;"),
        ("secret.rs", "//! See [`crate::load`].\npub struct Secret;"),
        ("load/mod.rs", "mod raw;\nuse crate::{key, plan::Plan};\nuse raw::Raw;\n"),
        ("load/raw.rs", "use super::Problems;\nuse crate::plan::Plan;"),
        ("mint/mod.rs", "use std::env;\nuse crate::plan::Plan; // not crate::load"),
        ("key/mod.rs", "const A: &str = \"use crate::load::Plan\";"),
        ("pipeline.rs", "use crate::{load, mint};"),
        ("cli/mod.rs", "use crate::pipeline;\nfn f() { println!(\"{}\", std::env::var(\"A\")) }"),
    ];
    let files = fine.into_iter().filter(|(known, _)| *known != path).chain([(path, text)]);
    files.map(|(path, text)| File { path: path.into(), text: text.into() }).collect()
}

#[test]
fn a_planted_import_is_found() {
    for (path, text, found) in [
        ("replay/mod.rs", "use crate::mint::mint;", "replay/mod.rs imports mint"),
        ("replay/wire.rs", "use crate::{plan::Plan, load::{self}};", "replay/wire.rs imports load"),
        ("replay/wire.rs", "fn f() { crate::report::text() }", "replay/wire.rs imports report"),
        ("replay/wire.rs", "use super::super::mint;", "replay/wire.rs imports mint"),
        ("replay/wire.rs", "use crate::*;", "replay/wire.rs imports *"),
        ("replay/mod.rs", "use crate::cli;", "replay/mod.rs imports cli"),
        ("verdict.rs", "use super::load;", "verdict.rs imports load"),
        ("verdict.rs", "pub use crate::key::Key;", "verdict.rs imports key"),
        ("key/mod.rs", "use crate::clock::Skew;", "key/mod.rs imports clock"),
        ("demo/mod.rs", "use crate::load;", "demo/mod.rs imports load"),
        ("pipeline.rs", "use crate::demo;", "pipeline.rs imports demo"),
        ("main.rs", "fn main() { authprobe::load::plan(); }", "main.rs imports load"),
    ] {
        assert_eq!(forbidden_imports(&crate_with(path, text)), [found], "{text}");
    }
    for text in [
        "use crate::clock::Skew;",
        "mod tests { use super::mint; }",
        "mod tests { use super::super::plan; }",
    ] {
        assert_eq!(forbidden_imports(&crate_with("replay/mod.rs", text)), NOTHING, "{text}");
    }
    let above = crate_with("replay/mod.rs", "mod tests { use super::super::mint; }");
    assert_eq!(forbidden_imports(&above), ["replay/mod.rs imports mint"]);
}

#[test]
fn a_planted_cycle_is_found() {
    assert_eq!(import_cycle(&crate_with("verdict.rs", "use crate::plan::Plan;")), None);
    let nouns = import_cycle(&crate_with("secret.rs", "use crate::plan::Plan;"));
    assert_eq!(nouns, Some(vec!["plan.rs".into(), "secret.rs".into()]));
    let mut siblings = crate_with("load/tree.rs", "use super::raw::Raw;");
    assert_eq!(import_cycle(&siblings), None);
    siblings.retain(|file| file.path != "load/raw.rs");
    siblings.push(File { path: "load/raw.rs".into(), text: "use crate::load::tree::Tree;".into() });
    assert_eq!(import_cycle(&siblings), Some(vec!["load/raw.rs".into(), "load/tree.rs".into()]));
}

#[test]
fn a_planted_word_is_found() {
    let rim = |file: &File| matches!(file.module(), "cli" | "main");
    for (text, found) in [
        ("fn f() { println!(\"x\") }", "replay/mod.rs uses println!"),
        ("fn f() { std::process::exit(1) }", "replay/mod.rs uses process::exit"),
        ("use std::env;\nfn f() { env::var(\"A\") }", "replay/mod.rs uses env::var"),
    ] {
        assert_eq!(forbidden_words(&crate_with("replay/mod.rs", text), RIM_ONLY, rim), [found]);
    }
    let innocent = "// println!\nfn f() { writeln!(out, \"print! // env::var\"); sprint!() }";
    assert_eq!(forbidden_words(&crate_with("replay/mod.rs", innocent), RIM_ONLY, rim), NOTHING);
    let opened = crate_with("report/mod.rs", "fn f(key: &Secret) { key.expose() }");
    assert_eq!(
        forbidden_words(&opened, &[".expose()"], |_| false),
        ["report/mod.rs uses .expose()"]
    );
}

#[test]
fn a_file_that_is_too_long_is_found() {
    let long = "\n".repeat(LINES + 1);
    assert_eq!(too_long(&crate_with("verdict.rs", &long)), ["verdict.rs has 301 lines"]);
    assert_eq!(too_long(&crate_with("verdict.rs", &long[1..])), NOTHING);
}
