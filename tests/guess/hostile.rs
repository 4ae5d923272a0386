//! Trees that no project has: the guess ends, and what cannot be read tells nothing.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::tree::Tree;

#[track_caller]
fn assert_untold(tree: &Tree) {
    let guess = tree.guess("a/.env");
    assert_eq!((guess.dialect.name, guess.reason.code()), ("python-dotenv", "default"));
}

#[test]
fn a_file_of_a_hundred_megabytes_is_not_read() {
    let tree = Tree::with(&[("a/.env", "")]);
    for name in ["package.json", "compose.yaml", "run.sh", "requirements.txt"] {
        File::create(tree.path().join("a").join(name)).unwrap().set_len(100 << 20).unwrap();
    }
    assert_untold(&tree);
}

#[test]
fn values_in_values_without_end_tell_nothing() {
    let deep = format!("services: {}{}", "[".repeat(50_000), "]".repeat(50_000));
    let json = format!("{{\"scripts\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let indented: Vec<_> = (0..900).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let bomb: String = (1..30).fold("a0: &a0 [x,x]\n".to_owned(), |text, n| {
        format!("{text}a{n}: &a{n} [*a{0},*a{0},*a{0},*a{0},*a{0}]\n", n - 1)
    });
    let tree = Tree::with(&[
        ("a/compose.yaml", &deep),
        ("a/compose.deep.yaml", &indented.concat()),
        ("a/compose.bomb.yaml", &format!("{bomb}services: {{ a: {{ env_file: .env }} }}")),
        ("a/package.json", &json),
        ("a/deno.json", "{"),
        ("a/composer.json", "[]"),
        ("a/compose.list.yaml", "services: [ { env_file: [[.env]] } ]"),
    ]);
    assert_untold(&tree);
}

#[test]
fn links_in_circles_pipes_and_closed_files_tell_nothing() {
    let tree = Tree::with(&[("a/.env", ""), ("a/requirements.txt", "python-decouple")]);
    let here = tree.path().join("a");
    symlink("package.json", here.join("package.json")).unwrap();
    symlink(".", here.join("scripts")).unwrap();
    symlink("..", here.join("deploy")).unwrap();
    symlink("/dev/zero", here.join("Makefile")).unwrap();
    assert!(Command::new("mkfifo").arg(here.join("run.sh")).status().unwrap().success());
    fs::create_dir(here.join("Cargo.toml")).unwrap();
    fs::write(here.join("Gemfile"), b"gem 'dotenv' \xff").unwrap();
    fs::set_permissions(here.join("requirements.txt"), PermissionsExt::from_mode(0o000)).unwrap();
    let is_root = fs::read(here.join("requirements.txt")).is_ok();
    if is_root {
        // Whoever may read everything cannot be kept out.
        fs::remove_file(here.join("requirements.txt")).unwrap();
    }
    assert_untold(&tree);
}

#[test]
fn a_folder_of_many_files_is_read_in_part() {
    let tree = Tree::with(&[("a/.env", "")]);
    for number in 0..6000 {
        tree.write(&format!("a/{number}.sh"), "exit\n");
    }
    tree.write("a/zz.sh", "docker run --env-file .env x\n");
    assert_untold(&tree);
}

#[test]
fn files_that_are_long_together_are_read_in_part() {
    let tree = Tree::with(&[("a/.env", "")]);
    let long = format!("# {}\n", "x".repeat(998)).repeat(1000);
    for number in 0..6 {
        tree.write(&format!("a/{number}.sh"), &long);
    }
    tree.write("a/zz.sh", "docker run --env-file .env x\n");
    assert_untold(&tree);
}

#[test]
fn paths_that_are_none_and_long_lines_tell_nothing() {
    let path = "../".repeat(4000);
    let long = format!("docker run --env-file {path} --env-file={} x\n", "$".repeat(100_000));
    let words = ". ".repeat(200_000);
    let folders = "cd a && . ./$X.env\n".repeat(10_000);
    let tree = Tree::with(&[
        ("a/run.sh", &long),
        ("a/up.sh", &words),
        ("a/cd.sh", &folders),
        ("a/Makefile", "include\n"),
    ]);
    assert_untold(&tree);
    for file in ["", ".", "..", "/", "../..", "\0"] {
        assert_eq!(tree.guess(file).dialect.name, "python-dotenv", "{file:?}");
    }
}
