//! The search for leaked keys finds what it must find: each form in which a key could come out is
//! planted and found, and what is no leak is left alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;

use std::collections::HashSet;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use common::authprobe::Project;
use common::canary::{Canary, Search};
use common::token::Token;

fn finds(canary: &Canary, text: &str) -> bool {
    !Search::new([canary]).in_bytes("here", text.as_bytes()).is_empty()
}

#[test]
fn a_key_is_found_in_every_form() {
    let canary = Canary::new();
    let key = canary.text();
    let reversed: String = key.chars().rev().collect();
    let with_secret_around = format!("?{key}!");
    let planted = [
        ("raw", key.to_owned()),
        ("inside a line", format!("JWT_SECRET_KEY=\"{key}\"")),
        ("base64", STANDARD.encode(key)),
        ("base64url", URL_SAFE_NO_PAD.encode(key)),
        ("base64 of more", STANDARD.encode(&with_secret_around)),
        ("base64 of even more", STANDARD.encode(format!("?{with_secret_around}"))),
        ("hex", hex::encode(key)),
        ("hex in capitals", hex::encode_upper(key)),
        ("URL-encoded", url::form_urlencoded::byte_serialize(key.as_bytes()).collect()),
        ("JSON-escaped", key.replace('/', "\\/").replace('&', "\\u0026")),
        ("HTML-escaped", key.replace('&', "&amp;")),
        ("reversed", reversed),
    ];
    for (form, text) in planted {
        assert!(finds(&canary, &format!("some words {text} and more")), "not found {form}");
    }
}

#[test]
fn any_eight_bytes_of_a_key_are_found() {
    let canary = Canary::new();
    for piece in canary.text().as_bytes().windows(8) {
        let piece = std::str::from_utf8(piece).unwrap();
        assert!(finds(&canary, &format!("key begins {piece}…")), "not found {piece}");
        assert!(finds(&canary, &hex::encode(piece)), "not found in hex {piece}");
    }
}

#[test]
fn seven_bytes_another_key_and_ordinary_text_are_no_leak() {
    let canary = Canary::new();
    assert!(!finds(&canary, &canary.text()[..7]));
    assert!(!finds(&canary, Canary::new().text()));
    assert!(!finds(&canary, include_str!("common/canary.rs")));
}

#[test]
fn a_signed_token_is_found_and_a_token_without_signature_is_not() {
    let token = Token::right().signed_with("whatever");
    let search = Search::new([]);
    assert_eq!(search.in_bytes("log", format!("sent {token}").as_bytes())[0].form, "signed token");
    let unsigned = &token[..=token.rfind('.').unwrap()];
    assert_eq!(search.in_bytes("log", unsigned.as_bytes()), []);
    assert_eq!(search.without_tokens().in_bytes("log", token.as_bytes()), []);
}

#[test]
fn files_file_names_and_links_are_searched() {
    let canary = Canary::new();
    let name = &canary.text()[..8];
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deep")).unwrap();
    fs::write(folder.path().join("deep/core"), [&[0, 255], canary.text().as_bytes()].concat())
        .unwrap();
    fs::write(folder.path().join(name), "").unwrap();
    std::os::unix::fs::symlink(name, folder.path().join("link")).unwrap();
    let found = Search::new([&canary]).in_tree(folder.path(), &|_| false);
    let places: HashSet<&str> = found.iter().map(|leak| leak.place.as_str()).collect();
    assert_eq!(places.len(), 3, "{found:?}");
}

#[test]
#[should_panic(expected = "let secrets out")]
fn a_run_of_the_binary_that_leaks_a_key_fails_the_test() {
    let project = Project::new();
    let key = project.canary();
    // The binary has nothing to do with this file: it stands for one that it would leave behind.
    fs::write(project.path("left-behind"), key.text()).unwrap();
    project.authprobe(["--version"]).run();
}

#[test]
fn a_key_file_that_the_test_wrote_is_no_leak_while_nobody_changes_it() {
    let project = Project::new();
    let key = project.canary();
    project.write(".env", &format!("JWT_SECRET_KEY={key}\n"));
    project.authprobe(["--version"]).run();
}
