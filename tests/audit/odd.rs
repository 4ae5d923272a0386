//! Files that are no env files: pipes, devices, huge ones, links that go round, bytes that are no text.
//! The audit ends, says what it could not read, and judges the rest.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::tree::{Tree, fields};

const ADMIN: &str = "remotehive-admin/.env.production";

/// What a link in the place of a key file leads to, and why it cannot be read. The odd files are outside
/// of the project, for whoever searches that for keys would wait for the pipe, too.
type Row = (fn(&Path), &'static str);

const ROWS: &[Row] = &[
    (
        |path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        "it is not a regular file",
    ),
    (|path| symlink("/dev/zero", path).unwrap(), "it is not a regular file"),
    (|path| fs::create_dir(path).unwrap(), "it is a folder"),
    (|path| File::create(path).unwrap().set_len(1 << 30).unwrap(), "it is larger than 1 MiB"),
    (
        |path| symlink(path, path).unwrap(),
        "filesystem loop or indirection limit (e.g. symlink loop)",
    ),
];

#[test]
fn what_is_no_file_is_not_judged_and_the_rest_is() {
    for (make, why) in ROWS {
        let tree = Tree::new();
        let path = tree.project.path(ADMIN);
        fs::remove_file(&path).unwrap();
        let outside = tempfile::tempdir().unwrap();
        make(&outside.path().join("odd"));
        symlink(outside.path().join("odd"), &path).unwrap();
        let findings = tree.findings();
        let unreadable: Vec<_> =
            findings.iter().filter(|one| one["code"] == "key-unreadable").collect();
        let summary = format!("admin's key cannot be read: {why}");
        assert_eq!(fields(unreadable[0], &["summary"]), [summary], "{findings:#?}");
        assert_eq!(fields(unreadable[0], &["status"]), ["undecided"]);
    }
}

#[test]
fn a_file_that_its_loader_refuses_is_told_by_its_byte() {
    let tree = Tree::new();
    let path = tree.project.path("autoscraper-service/.env.production");
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend(b"NAME=caf\xe9\n");
    let at = bytes.len() - 2;
    fs::write(&path, bytes).unwrap();
    let run = tree.project.authprobe(["audit", "-o", "json"]);
    // The file was changed behind the project's back, so the key in it is not where it was written.
    tree.project.keys_may_stand_in("autoscraper-service/.env.production");
    let run = run.run();
    run.assert_exit(3);
    let told =
        format!("autoscraper's key cannot be read: byte {at} is not UTF-8, so the file is refused");
    assert_eq!(run.json()["findings"][0]["summary"], told);
}

#[test]
fn a_tree_of_many_folders_is_looked_at_up_to_a_bound() {
    let tree = Tree::without_probes();
    for number in 0..600 {
        fs::create_dir(tree.project.path(&format!("folder-{number:03}"))).unwrap();
    }
    symlink("..", tree.project.path("round")).unwrap();
    let report = tree.json(&[]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{report:#}");
}
