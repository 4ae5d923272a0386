//! keygen, mint and schema: each does one thing, on standard output.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::common::authprobe::Project;
use crate::server::Server;
use crate::setting::Setting;

fn keygen(options: &[&str]) -> String {
    let run = Project::new().authprobe(["keygen"].iter().chain(options)).run();
    run.assert_exit(0);
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 1);
    run.stdout.trim_end().to_owned()
}

#[test]
fn a_new_key_comes_in_the_form_that_is_asked_for() {
    let hex = keygen(&[]);
    let digits = hex.strip_prefix("JWT_SECRET_KEY=").unwrap();
    assert!(digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    assert_ne!(keygen(&[]), hex);
    let longer = keygen(&["--bytes", "64", "--variable", "JWT_SECRET"]);
    assert_eq!(longer.strip_prefix("JWT_SECRET=").unwrap().len(), 128);
    let base64url = keygen(&["--format", "base64url", "--bytes", "48"]);
    let text = base64url.strip_prefix("JWT_SECRET_KEY=").unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(text).unwrap().len(), 48);
}

#[test]
fn a_name_that_no_env_file_could_hold_is_refused() {
    for name in ["", "A B", "A=B", "A\nB", "1A"] {
        let run = Project::new().authprobe(["keygen", "--variable", name]).run();
        run.assert_exit(2);
        assert!(run.stderr.contains("--variable"), "{name:?}: {}", run.stderr);
    }
}

#[test]
fn what_makes_no_report_takes_no_place_for_one() {
    let commands = [&["mint"][..], &["keygen"], &["schema"], &["completions", "bash"], &["man"]];
    for command in commands {
        let run = Project::new().authprobe(command.iter().chain(&["-o", "json=a.json"])).run();
        run.assert_exit(2);
        assert!(run.stdout.is_empty(), "{}", run.stdout);
        assert!(run.stderr.contains("makes no report"), "{command:?}: {}", run.stderr);
    }
}

#[test]
fn one_token_is_printed_and_what_it_is_is_said_beside_it() {
    let setting = Setting::new();
    let server = Server::with_key(setting.key.text());
    let setting = setting.with_main_at(&server.url());
    let run = setting.project.authprobe(["mint"]).showing_tokens().run();
    run.assert_exit(0);
    let [token] = run.stdout.lines().collect::<Vec<_>>()[..] else { panic!("{}", run.stdout) };
    let parts: Vec<_> = token.split('.').collect();
    let part = |index: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[index]).unwrap()).unwrap()
    };
    assert_eq!(parts.len(), 3);
    assert_eq!(part(0)["alg"], "HS256");
    assert_eq!(part(1)["sub"], "authprobe");
    let said = "HS256 for main (development), signed with JWT_SECRET_KEY in .env.development, sent \
                as header Authorization: Bearer; it dies at ";
    assert!(run.stderr.starts_with(said), "{}", run.stderr);
    assert!(run.stderr.ends_with(" UTC\n") && run.stderr.lines().count() == 1, "{}", run.stderr);
    assert_eq!(server.requests(), 0);
    let quiet = setting.project.authprobe(["mint", "-q"]).showing_tokens().run();
    assert!(quiet.stderr.is_empty(), "{}", quiet.stderr);
}

#[test]
fn a_schema_is_json() {
    for of in ["probes", "report"] {
        let run = Project::new().authprobe(["schema", of]).run();
        run.assert_exit(0);
        assert!(run.json()["$schema"].is_string());
    }
}
