//! What an audit takes for left out by a `.dockerignore`, held against the matcher of docker build.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::fleet::{FILES, Fleet};
use crate::real::debian::packages;
use crate::real::setup::{Unavailable, once, step};
use crate::real::started;

/// Files that people write, and corners of the grammar. Docker takes a leading slash off before it
/// matches, in another library.
const IGNORE_FILES: &[&str] = &[
    "",
    ".env",
    ".env*",
    ".env.*",
    "*.env",
    "**/.env*",
    "**/.env.production",
    "**/*.production",
    "*",
    "**",
    "*\n!autoscraper-service",
    "*\n!remotehive-admin/**",
    "**/.env*\n!.env.production",
    "!.env.production",
    "./.env.production",
    "remotehive-admin",
    "remotehive-admin/",
    "remotehive-admin/*",
    "remotehive-*/.env*",
    "*/.env.production",
    "*/*",
    "**env*",
    "**.production",
    ".env**",
    "remotehive-admin/**/.env.production",
    "**/remotehive-admin/**",
    ".env.?roduction",
    ".env.[a-q]roduction",
    ".env.[^p]roduction",
    "\\.env.production",
    "autoscraper-service/../.env.production",
    "  .env.production  ",
    "a(b)+.env\n.env.production$",
];

/// The program, built once with the compiler and the library of the distribution.
fn matcher() -> Result<PathBuf, Unavailable> {
    let library =
        packages("moby-patternmatcher", &["golang-github-moby-patternmatcher-dev"], |root| {
            let library = root.join("usr/share/gocode/src/github.com/moby/patternmatcher");
            Some(library).filter(|library| library.is_dir())
        })?;
    // The same packages as for golang-jwt, so that the compiler is fetched once.
    let needed = ["golang-1.19-go", "golang-github-golang-jwt-jwt-dev"];
    let go = packages("golang", &needed, |root| {
        Some(root.join("usr/lib/go-1.19/bin/go")).filter(|path| path.is_file())
    })?;
    let built = once("left-out", include_str!("left_out.go"), |folder| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audit_files/left_out.go");
        let mut command = Command::new(&go.found);
        command.args(["build", "-o"]).arg(folder.join("left-out")).arg(source);
        command.env_clear().env("GOROOT", go.root.join("usr/lib/go-1.19"));
        command.env("GOPATH", library.root.join("usr/share/gocode")).env("GO111MODULE", "off");
        command.env("GOCACHE", folder.join("cache")).env("CGO_ENABLED", "0");
        step(&mut command).map(drop)
    })?;
    Ok(built.join("left-out"))
}

/// The key files that docker build would get.
fn sent(matcher: &Path, lines: &str) -> Vec<String> {
    let mut child = Command::new(matcher)
        .args(FILES.map(|(file, _)| file))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{lines:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().count(), FILES.len());
    let sent = printed.lines().filter_map(|line| line.strip_suffix(" false"));
    sent.map(str::to_owned).collect()
}

#[test]
fn what_a_dockerignore_leaves_out_is_what_docker_leaves_out() {
    let matcher = started!(matcher());
    let fleet = Fleet::clean();
    fleet.project.write("Dockerfile", "FROM scratch\nCOPY . /\n");
    let mut kinds = std::collections::BTreeSet::new();
    for lines in IGNORE_FILES {
        fleet.project.write(".dockerignore", lines);
        let sent = sent(&matcher, lines);
        let found = fleet.findings();
        let mut copied: Vec<&str> = found
            .iter()
            .filter_map(|found| found.strip_prefix("key-in-image warn ")?.split_once('\n'))
            .map(|(file, _)| file)
            .collect();
        copied.sort_by_key(|file| FILES.iter().position(|(known, _)| known == file));
        assert_eq!(copied, sent, "{lines:?}");
        kinds.insert(sent.len());
    }
    assert_eq!(Vec::from_iter(kinds), [0, 1, 2, 3], "the patterns leave out none, some and all");
}
