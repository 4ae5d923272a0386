//! Which configuration counts, and what is said when there is none.

use std::fs;

use crate::common::authprobe::Project;
use crate::server::Server;
use crate::setting::{Setting, probes};

#[test]
fn without_a_configuration_the_next_thing_to_type_is_named() {
    let run = Project::new().authprobe(["check"]).run();
    run.assert_exit(2);
    assert_eq!(
        run.stderr,
        "authprobe: no probes.yaml here or in any folder above\n  help: name one with --config \
         FILE, or see one work first: authprobe demo\n"
    );
}

#[test]
fn a_configuration_is_searched_upward_and_its_key_files_are_beside_it() {
    let setting = Setting::new();
    let server = Server::with_key(setting.key.text());
    let setting = setting.with_main_at(&server.url());
    fs::create_dir_all(setting.project.path("deep/below")).unwrap();
    setting.project.authprobe(["check"]).inside("deep/below").run().assert_exit(0);
}

#[test]
fn a_named_configuration_goes_before_one_that_is_near() {
    let setting = Setting::new();
    let server = Server::with_key(setting.key.text());
    let setting = setting.with_main_at("http://127.0.0.1:1/me");
    setting.project.write("other.yaml", &probes(&server.url()));
    setting.project.authprobe(["check", "-c", "other.yaml"]).run().assert_exit(0);
}

#[test]
fn an_unknown_name_is_met_with_the_known_ones() {
    let setting = Setting::new().with_main_at("http://127.0.0.1:1/me");
    let said = |arguments: &[&str]| setting.project.authprobe(arguments).run().stderr;
    let service = said(&["check", "mian"]);
    assert!(service.contains("there is no service \"mian\"; did you mean \"main\"?"), "{service}");
    let environment = said(&["check", "-e", "prod"]);
    assert!(environment.contains("there is no environment \"prod\""), "{environment}");
    assert!(environment.contains("known: development"), "{environment}");
}

#[test]
fn a_key_typed_as_a_name_is_not_repeated() {
    let setting = Setting::new().with_main_at("http://127.0.0.1:1/me");
    let hex = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7";
    let token = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl";
    for arguments in [["check", hex], ["check", token], ["mint", token]] {
        let run = setting.project.authprobe(arguments).run();
        run.assert_exit(2);
        assert!(run.stderr.contains("there is no service of this name"), "{}", run.stderr);
        assert!(!run.stderr.contains(arguments[1]), "{}", run.stderr);
    }
}

#[test]
fn a_command_that_prints_a_key_finds_its_programs_and_its_home() {
    let setting = Setting::new();
    let server = Server::with_key(setting.key.text());
    setting.project.write("key.txt", &format!("{}\n", setting.key));
    let command = "key: { command: [sh, -c, 'test -d \"$HOME\" && cat key.txt'] }";
    let dotenv = "key: { dotenv: \".env.{environment}\", variable: JWT_SECRET_KEY }";
    let probes = probes(&server.url());
    assert!(probes.contains(dotenv));
    setting.project.write("probes.yaml", &probes.replace(dotenv, command));
    setting.project.authprobe(["check"]).run().assert_exit(0);
}
