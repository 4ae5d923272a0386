//! A check without a configuration: the same reports, from URLs and one key.

use axum::extract::Request;
use jsonwebtoken::Algorithm;

use crate::common::authprobe::{Project, Run};
use crate::common::canary::Canary;
use crate::server::{self, Server, Silent};

/// A project with a key and no configuration.
fn project() -> (Project, Canary) {
    let project = Project::new();
    let key = project.canary();
    (project, key)
}

#[test]
fn the_key_comes_from_the_environment() {
    let (project, key) = project();
    let server = Server::with_key(key.text());
    let arguments = ["check", &server.url(), "--key-env", "SHARED", "-o", "json"];
    let run = project.authprobe(arguments).env("SHARED", key.text()).run();
    run.assert_exit(0);
    let service = run.service(&server.name());
    assert_eq!(
        (service["verdict"].as_str(), &service["key"]["matches"]),
        (Some("pass"), &"reference".into())
    );
    assert_eq!(run.json()["environment"], "ad-hoc");
}

#[test]
fn the_key_comes_from_a_file_and_from_an_env_file() {
    let (project, key) = project();
    let server = Server::with_key(key.text());
    project.write("key.txt", key.text());
    project.write(".env", &format!("OTHER=1\nJWT_SECRET='{key}'\n"));
    let url = server.url();
    let file = project.authprobe(["check", &url, "--key-file", "key.txt"]).run();
    file.assert_exit(0);
    assert!(file.stderr.is_empty(), "{}", file.stderr);
    let dotenv = project.authprobe(["check", &url, "--key-dotenv", ".env:JWT_SECRET"]).run();
    dotenv.assert_exit(0);
}

#[test]
fn the_key_comes_from_standard_input_byte_for_byte() {
    let (project, key) = project();
    let server = Server::with_key(&format!("{key}\n"));
    let url = server.url();
    let with_newline = format!("{key}\n");
    let run = project.authprobe(["check", &url, "--key-file", "-"]).input(with_newline).run();
    run.assert_exit(0);
    assert!(run.stderr.contains("standard input ends with a newline"), "{}", run.stderr);
    let run = project.authprobe(["check", &url, "--key-file", "-"]).input(key.text()).run();
    assert_ne!(run.status, Some(0), "the newline belongs to this service's key");
}

#[test]
fn a_newline_at_the_end_of_a_key_file_is_pointed_out() {
    let (project, key) = project();
    let server = Server::with_key(key.text());
    project.write("key.txt", &format!("{key}\n"));
    let arguments = ["check", &server.url(), "--key-file", "key.txt"];
    let run = project.authprobe(arguments).run();
    assert!(run.stderr.contains("key.txt ends with a newline"), "{}", run.stderr);
    assert!(run.stderr.contains("tr -d '\\n' < key.txt | authprobe"), "{}", run.stderr);
    let quiet = project.authprobe(arguments.into_iter().chain(["-q"])).run();
    assert!(quiet.stderr.is_empty(), "{}", quiet.stderr);
}

#[test]
fn the_text_of_a_key_may_be_encoded() {
    let (project, key) = project();
    let server = Server::with_key(key.text());
    project.write("key.hex", &hex::encode(key.text()));
    let arguments = ["check", &server.url(), "--key-file", "key.hex", "--encoding", "hex"];
    project.authprobe(arguments).run().assert_exit(0);
}

#[test]
fn the_token_travels_where_it_should() {
    type Place = fn(&Request) -> Option<String>;
    let places: [(&[&str], Place); 4] = [
        (&["--cookie", "access_token"], server::cookie),
        (&["--query", "token"], server::query),
        (&["--header", "X-Access-Token"], server::bare_header),
        (&["--header", "Authorization: Bearer"], server::bearer),
    ];
    for (options, place) in places {
        let (project, key) = project();
        let server = Server::verifying(key.text(), Algorithm::HS256, place);
        let url = server.url();
        let arguments = [&["check", &*url, "--key-env", "SHARED"], options].concat();
        project.authprobe(arguments).env("SHARED", key.text()).run().assert_exit(0);
    }
}

#[test]
fn the_algorithm_that_is_asked_for_is_the_one_that_should_be_accepted() {
    let (project, key) = project();
    let server = Server::verifying(key.text(), Algorithm::HS512, server::bearer);
    let url = server.url();
    let run = |algorithm| {
        let arguments = ["check", &url, "--key-env", "SHARED", "--alg", algorithm];
        project.authprobe(arguments).env("SHARED", key.text()).run()
    };
    run("HS512").assert_exit(0);
    let other = run("HS256");
    other.assert_exit(1);
    assert!(other.stdout.contains("algorithm-mismatch"), "{}", other.stdout);
}

#[test]
fn claims_are_json_where_they_can_be() {
    let (project, key) = project();
    let server = Server::verifying(key.text(), Algorithm::HS256, server::bearer);
    let url = server.url();
    let token = |claims: &[&str]| {
        let options = claims.iter().flat_map(|claim| ["--claim", claim]);
        let arguments = ["check", &url, "--key-env", "SHARED"].into_iter().chain(options);
        project.authprobe(arguments).env("SHARED", key.text()).run()
    };
    token(&["iss=RemoteHive", "aud=[\"a\",\"b\"]", "level=3", "sub=null"]).assert_exit(0);
    let reserved = token(&["exp=3"]);
    reserved.assert_exit(2);
    assert!(reserved.stderr.contains("authprobe sets \"exp\" itself"), "{}", reserved.stderr);
    let twice = token(&["iss=a", "iss=b"]);
    twice.assert_exit(2);
    assert!(twice.stderr.contains("the field \"iss\" stands here twice"), "{}", twice.stderr);
}

#[test]
fn a_previous_key_must_be_refused() {
    let (project, key) = project();
    let previous = project.canary();
    let server = Server::with_key(previous.text());
    project.write("old.txt", previous.text());
    let url = server.url();
    let arguments = ["check", &url, "--key-env", "SHARED", "--previous-key-file", "old.txt"];
    let run = project.authprobe(arguments).env("SHARED", key.text()).run();
    run.assert_exit(1);
    assert!(run.stdout.contains("key-previous"), "{}", run.stdout);
}

#[test]
fn services_that_share_a_host_are_told_apart_by_their_paths() {
    let (project, key) = project();
    let server = Server::with_key(key.text());
    let other = format!("{}/other", server.url());
    let arguments = ["check", &server.url(), &other, "--key-env", "SHARED", "-o", "json"];
    let run = project.authprobe(arguments).env("SHARED", key.text()).run();
    run.assert_exit(0);
    for path in ["/me", "/me/other"] {
        run.service(&format!("{}{path}", server.name()));
    }
}

/// A check that is refused before anything is sent, and what is said.
#[track_caller]
fn refused(arguments: &[&str]) -> Run {
    let (project, key) = project();
    let all = ["check"].iter().chain(arguments);
    let run = project.authprobe(all).env("SHARED", key.text()).run();
    run.assert_exit(2);
    assert!(run.stdout.is_empty(), "{}", run.stdout);
    run
}

#[test]
fn what_does_not_go_together_is_refused_with_the_next_thing_to_type() {
    let server = Silent::start();
    let url = server.url();
    let rows: [(&[&str], &str); 8] = [
        (&[&url], "add --key-env VAR, --key-file FILE (- for standard input)"),
        (&[&url, "main", "--key-env", "SHARED"], "cannot be checked in one run"),
        (&["main", "--key-env", "SHARED"], "these options need a URL"),
        (&["--claim", "a=b"], "these options need a URL"),
        (&[&url, "--key-env", "SHARED", "-c", "probes.yaml"], "have no meaning for a URL"),
        (&[&url, "--key-env", "SHARED", "-e", "staging"], "have no meaning for a URL"),
        (&[&url, "--key-env", "SHARED", "--key-file", "-"], "cannot be used with"),
        (&[&url, "--key-env", "SHARED", "--header", "A", "--cookie", "b"], "cannot be used with"),
    ];
    for (arguments, expected) in rows {
        let run = refused(arguments);
        assert!(run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn problems_are_told_all_at_once_and_point_at_the_argument() {
    let run = refused(&[
        "http://user:hunter2@127.0.0.1:1/me",
        "http://127.0.0.1:1/me?token=hunter2",
        "ftp://127.0.0.1/me",
        "--key-file",
        "missing.txt",
        "--cookie",
        "access_token=hunter2",
        "--timeout",
        "soon",
        "--claim",
        "hunter2",
    ]);
    for expected in [
        "this url carries a user name or a password",
        "this url carries a credential in its query",
        "this is not an http or https url",
        "cannot read missing.txt: there is no such file",
        "this name has characters that cannot be sent",
        "--> command line:6:11\n  |\n6 | --timeout soon\n  |           ^^^^\n",
        "this claim has no name or no value",
    ] {
        assert!(run.stderr.contains(expected), "{expected}\n{}", run.stderr);
    }
    assert!(!run.stderr.contains("hunter"), "{}", run.stderr);
}

#[test]
fn addresses_that_cannot_stand_for_a_url_are_refused() {
    let url = "http://api.example/me";
    for (resolve, expected) in [
        ("api.example:10.0.0.1", "this is not HOST:PORT:ADDRESS"),
        ("api.example:http:10.0.0.1", "this is not HOST:PORT:ADDRESS"),
        ("api.example:80:replica-1", "this is not an IP address"),
        ("api.example:80:10.0.0.1,10.0.0.1:80", "this address stands here twice"),
        ("api.example:443:10.0.0.1", "no url has this host and this port"),
        ("other.example:80:10.0.0.1", "no url has this host and this port"),
    ] {
        let run = refused(&[url, "--key-env", "SHARED", "--resolve", resolve]);
        assert!(run.stderr.contains(expected), "{resolve}: {}", run.stderr);
    }
    let address =
        ["http://127.0.0.1:1/me", "--key-env", "SHARED", "--resolve", "127.0.0.1:1:127.0.0.2"];
    assert!(refused(&address).stderr.contains("is an address itself"));
}

#[test]
fn a_name_that_does_not_exist_is_told_as_such() {
    let (project, key) = project();
    let arguments = ["check", "http://authprobe.invalid/me", "--key-env", "SHARED"];
    let run = project.authprobe(arguments).env("SHARED", key.text()).run();
    run.assert_exit(1);
    // Where there is no name server at all, that is what is told.
    let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = ["there is no such name as authprobe.invalid", "no answer for authprobe.invalid"];
    assert!(words.iter().any(|words| told.contains(words)), "{}", run.stdout);
}

#[test]
fn a_key_where_its_place_should_be_named_is_not_repeated() {
    for arguments in [
        &["--key-env", "hunter2canary"][..],
        &["--key-env", "09d25e094faa6ca2556c818166b7a956"],
        &["--key-file", "09d25e094faa6ca2556c818166b7a956"],
        &["--key-env", "SHARED", "--header", "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9"],
        &["--key-env", "SHARED", "--header", "X-Api-Key: hunter2canary"],
    ] {
        let all: Vec<_> = ["http://127.0.0.1:1/me"].iter().chain(arguments).copied().collect();
        let run = refused(&all);
        for piece in ["hunter2", "09d25e09", "eyJhbGci"] {
            assert!(!run.stderr.contains(piece), "{arguments:?}: {}", run.stderr);
        }
    }
}
