//! What is no regular file, or too large for a configuration, is refused at once and by name.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::folder::{Folder, KEY, one_service};

fn folder_with_key_file() -> Folder {
    Folder::with(&[("probes.yaml", &one_service("key: { file: jwt.key }"))])
}

fn make_pipe(folder: &Folder, name: &str) {
    let status = Command::new("mkfifo").arg(folder.path().join(name)).status().unwrap();
    assert!(status.success());
}

fn make_larger_than_a_mebibyte(folder: &Folder, name: &str) {
    File::create(folder.path().join(name)).unwrap().set_len((1 << 20) + 1).unwrap();
}

#[test]
fn a_key_file_that_is_no_regular_file_is_refused_without_waiting() {
    type Make = fn(&Folder);
    let rows: [(Make, &str); 6] = [
        (|folder| make_pipe(folder, "jwt.key"), "it is not a regular file"),
        (|folder| fs::create_dir(folder.path().join("jwt.key")).unwrap(), "it is a folder"),
        (|folder| make_larger_than_a_mebibyte(folder, "jwt.key"), "it is larger than 1 MiB"),
        (
            |folder| symlink("/dev/zero", folder.path().join("jwt.key")).unwrap(),
            "it is not a regular file",
        ),
        (
            |folder| symlink("jwt.key", folder.path().join("jwt.key")).unwrap(),
            "filesystem loop or indirection limit (e.g. symlink loop)",
        ),
        (|_| {}, "there is no such file"),
    ];
    for (make, reason) in rows {
        let folder = folder_with_key_file();
        make(&folder);
        let problems = folder.problems();
        let expected = format!("error: cannot read jwt.key: {reason}\n --> probes.yaml:5:18");
        assert!(problems.starts_with(&expected), "{problems}");
    }
}

#[test]
fn a_configuration_that_is_no_regular_file_is_refused_without_waiting() {
    type Make = fn(&Folder);
    let rows: [(Make, &str); 5] = [
        (
            |folder| make_pipe(folder, "probes.yaml"),
            "cannot read probes.yaml: it is not a regular file",
        ),
        (
            |folder| fs::create_dir(folder.probes()).unwrap(),
            "cannot read probes.yaml: it is a folder",
        ),
        (
            |folder| make_larger_than_a_mebibyte(folder, "probes.yaml"),
            "cannot read probes.yaml: it is larger than 1 MiB",
        ),
        (|_| {}, "cannot read probes.yaml: there is no such file"),
        (
            |folder| fs::write(folder.probes(), b"version: 1 # \xff canary\n").unwrap(),
            "probes.yaml is not UTF-8: byte 13 is wrong",
        ),
    ];
    for (make, message) in rows {
        let folder = Folder::with(&[]);
        make(&folder);
        let problems = folder.problems();
        assert!(problems.starts_with(&format!("error: {message}")), "{problems}");
        assert!(!problems.contains("canary"));
    }
}

#[test]
fn a_configuration_of_too_many_or_too_deep_values_is_refused() {
    let many = format!("version: 1\nx: [{}]\n", "1, ".repeat(30_000));
    let deep = format!("version: 1\nx: {}{}\n", "[".repeat(100), "]".repeat(100));
    for text in [many, deep] {
        let problems = Folder::with(&[("probes.yaml", &text)]).problems();
        let message = "error: the file is larger or deeper than a configuration can be";
        assert!(problems.starts_with(message), "{problems}");
    }
}

#[test]
fn a_key_file_behind_a_link_is_read() {
    let folder = folder_with_key_file();
    folder.write("real.key", KEY);
    symlink("real.key", folder.path().join("jwt.key")).unwrap();
    assert_eq!(folder.plan().services.len(), 1);
}
