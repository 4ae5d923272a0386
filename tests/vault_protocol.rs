//! Keys in Vault: no Vault can be had for the tests, so its answers are those that dev servers of Vault
//! 1.x and `OpenBao` 2.x were recorded to give. The service that verifies with the key is a real one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;
#[path = "vault/server.rs"]
mod server;

use common::authprobe::{Project, Run};
use common::canary::Canary;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use real::fastapi::FastApi;
use real::started;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use server::{Answer, Server};

const SOURCE: &str = "vault: secret/remotehive/jwt, field: JWT";
const PATH: &str = "/v1/secret/data/remotehive/jwt";

const ABSENT: &str = r#"{"errors":[]}"#;
const NO_MOUNT: &str =
    r#"{"errors":["no handler for route \"secret/data/remotehive/jwt\". route entry not found."]}"#;
const SEALED: &str = r#"{"errors":["Vault is sealed"]}"#;
const INVALID_TOKEN: &str =
    r#"{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}"#;
const NOT_ALLOWED: &str = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;
/// Before Vault 1.17, for a bad token and for one that may not read.
const DENIED: &str = r#"{"errors":["permission denied"]}"#;
const LOOKED_UP: &str = r#"{"data":{"policies":["default"],"ttl":3600,"type":"service"}}"#;

/// A read of a version, of which `data` says what is left.
fn version(data: &str, deletion_time: &str, destroyed: bool) -> String {
    format!(
        r#"{{"request_id":"r","lease_id":"","renewable":false,"lease_duration":0,"data":{{"data":{data},
        "metadata":{{"created_time":"2026-10-03T21:22:01.141165509Z","custom_metadata":null,
        "deletion_time":"{deletion_time}","destroyed":{destroyed},"version":2}}}},"wrap_info":null,
        "warnings":null,"auth":null,"mount_type":"kv"}}"#
    )
}

fn holding(key: &Canary) -> String {
    version(&format!(r#"{{"JWT":"{key}","PORT":8000}}"#), "", false)
}

fn configure(project: &Project, url: &str, source: &str) {
    let probes = format!(
        "version: 1\ntoken: {{ claims: {{ sub: authprobe, iss: RemoteHive, aud: RemoteHive-Services, \
         type: service, service: authprobe }} }}\nservices:\n  - name: main\n    endpoint: \
         /api/v1/auth/me\n    key: {{ {source} }}\nenvironments:\n  development:\n    urls: {{ main: \
         \"{url}\" }}\n"
    );
    project.write("probes.yaml", &probes);
}

fn check(project: &Project, variables: &[(&str, &str)]) -> Run {
    let check = project.authprobe(["check", "-o", "json"]).traced();
    let check =
        check.env("http_proxy", "http://127.0.0.1:9").env("HTTPS_PROXY", "http://127.0.0.1:9");
    variables.iter().fold(check, |check, (name, value)| check.env(name, *value)).run()
}

#[track_caller]
fn assert_passes(run: &Run) {
    run.assert_exit(0);
    assert_eq!(run.service("main")["key"]["matches"], "reference", "{}", run.stdout);
}

/// Asserts that no service was asked, and that the one message says this.
#[track_caller]
fn assert_refused(run: &Run, message: &str) {
    run.assert_exit(2);
    assert!(run.stderr.contains(message), "{message} is not in {}", run.stderr);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.matches("error:").count()),
        ("", 1),
        "{}",
        run.stderr
    );
}

#[test]
fn the_recorded_answer_for_a_secret_gives_a_key_that_a_real_service_verifies_with() {
    let project = Project::new();
    let (key, token) = (project.canary(), project.canary());
    let service = started!(FastApi::with_key(key.text()).start());
    let body = holding(&key);
    let vault = Server::answering(move |_| (200, body.clone(), ""));
    configure(&project, &service.url(), SOURCE);
    let url = vault.url();
    assert_passes(&check(&project, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", token.text())]));
    let [head] = &vault.heads()[..] else { panic!("{} requests", vault.heads().len()) };
    assert!(head.starts_with(&format!("GET {PATH} HTTP/1.1\r\n")), "{head}");
    let head = head.to_lowercase();
    assert!(head.contains(&format!("x-vault-token: {}\r\n", token.text().to_lowercase())));
    assert!(head.contains("x-vault-request: true\r\n") && !head.contains("x-vault-namespace"));
}

#[test]
fn mount_namespace_and_the_places_of_a_token_are_as_the_client_of_vault_has_them() {
    let project = Project::new();
    let (key, token) = (project.canary(), project.canary());
    let service = started!(FastApi::with_key(key.text()).start());
    let body = holding(&key);
    let vault = Server::answering(move |_| (200, body.clone(), ""));
    let url = vault.url();
    let source = "vault: jwt key, mount: team/kv, field: JWT, namespace: eu/a, token_file: token";
    configure(&project, &service.url(), source);
    project.write("token", &format!("{token}\n"));
    assert_passes(&check(&project, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", "other")]));
    configure(&project, &service.url(), &format!("{SOURCE}, address: \"{url}/\""));
    let left_by_login = project.write("home/.vault-token", &format!("{token}\n"));
    let home = left_by_login.parent().unwrap().to_str().unwrap();
    assert_passes(&check(&project, &[("VAULT_ADDR", "http://127.0.0.1:9"), ("HOME", home)]));
    let heads = vault.heads();
    assert!(heads[0].starts_with("GET /v1/team/kv/data/jwt%20key HTTP/1.1\r\n"), "{}", heads[0]);
    assert!(heads[0].to_lowercase().contains("x-vault-namespace: eu/a\r\n"));
    assert!(heads[1].starts_with(&format!("GET {PATH} ")), "{}", heads[1]);
    assert!(heads.iter().all(|head| head.contains(token.text())), "another token was sent");
}

#[test]
fn each_refusal_as_it_was_recorded_has_its_own_message() {
    let project = Project::new();
    let (key, token) = (project.canary(), project.canary());
    let deleted = version("null", "2026-10-03T21:22:01.220348343Z", false);
    let destroyed = version("null", "", true);
    let no_versions = format!(r#"{{"lease_duration":2764800,"data":{{"JWT":"{key}"}}}}"#);
    let other = version(&format!(r#"{{"KEY":"{key}","PORT":8000}}"#), "", false);
    let number = version(r#"{"JWT":5}"#, "", false);
    let may_not = "the token may not read Vault secret/remotehive/jwt";
    let either = "the token is expired, or may not read it";
    let rows: [(u16, &str, u16, &str, &str); 15] = [
        (403, INVALID_TOKEN, 403, INVALID_TOKEN, "does not know the token: it is wrong, expired"),
        (403, NOT_ALLOWED, 200, LOOKED_UP, may_not),
        (403, DENIED, 200, LOOKED_UP, may_not),
        (403, DENIED, 403, DENIED, either),
        (403, NOT_ALLOWED, 403, NOT_ALLOWED, either),
        (404, ABSENT, 0, "", "there is no secret at Vault secret/remotehive/jwt"),
        (404, NO_MOUNT, 0, "", "no secrets engine is mounted for Vault secret/remotehive/jwt"),
        (404, &deleted, 0, "", "the latest version of Vault secret/remotehive/jwt is deleted"),
        (404, &destroyed, 0, "", "the latest version of Vault secret/remotehive/jwt is destroyed"),
        (503, SEALED, 0, "", "is sealed"),
        (200, &no_versions, 0, "", "is not in a key-value engine of version 2"),
        (200, &other, 0, "", "has no such field; the fields it has: KEY, PORT"),
        (200, &number, 0, "", "the field of Vault secret/remotehive/jwt holds no text"),
        (200, "<html>", 0, "", "does not answer like a secret store"),
        (502, "<html>", 0, "", "answered 502"),
    ];
    configure(&project, "http://127.0.0.1:9", SOURCE);
    for (status, body, lookup, looked_up, message) in rows {
        let (body, looked_up) = (body.to_owned(), looked_up.to_owned());
        let vault = Server::answering(move |path| match path {
            PATH => (status, body.clone(), ""),
            "/v1/auth/token/lookup-self" if lookup != 0 => (lookup, looked_up.clone(), ""),
            other => panic!("nobody asks for {other}"),
        });
        let url = vault.url();
        let run = check(&project, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", token.text())]);
        assert_refused(&run, message);
        assert!(run.stderr.contains("help:") || status == 502, "{}", run.stderr);
    }
}

#[test]
fn the_token_follows_no_redirect() {
    let project = Project::new();
    let token = project.canary();
    let elsewhere = Server::answering(|_| (200, String::new(), ""));
    let location = format!("Location: {}{PATH}\r\n", elsewhere.url());
    let location: &'static str = location.leak();
    configure(&project, "http://127.0.0.1:9", SOURCE);
    for status in [301, 302, 303, 307, 308] {
        let vault = Server::answering(move |_| (status, String::new(), location));
        let url = vault.url();
        let run = check(&project, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", token.text())]);
        assert_refused(&run, "redirects to another address, and the login is not sent there");
    }
    assert_eq!(elsewhere.heads(), [""; 0]);
}

/// A certificate for loopback and the authority behind it.
fn certified() -> (ServerConfig, String) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = CertifiedIssuer::self_signed(authority, key).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap().der().clone();
    let provider = rustls::crypto::aws_lc_rs::default_provider().into();
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    (config.with_single_cert(vec![certificate], key).unwrap(), authority.pem())
}

#[test]
fn a_server_that_is_not_trusted_sees_no_token() {
    let project = Project::new();
    let (key, token) = (project.canary(), project.canary());
    let service = started!(FastApi::with_key(key.text()).start());
    let (config, authority) = certified();
    let body = holding(&key);
    let vault = Server::over_tls(config, move |_| -> Answer { (200, body.clone(), "") });
    let url = vault.url();
    let variables = [("VAULT_ADDR", url.as_str()), ("VAULT_TOKEN", token.text())];
    configure(&project, &service.url(), SOURCE);
    let run = check(&project, &[&variables[..], &[("VAULT_SKIP_VERIFY", "true")]].concat());
    assert_refused(&run, "cannot be trusted: invalid peer certificate: UnknownIssuer");
    assert_eq!(vault.heads(), [""; 0]);
    let file = project.write("ca.pem", &authority);
    let file = file.to_str().unwrap();
    assert_passes(&check(&project, &[&variables[..], &[("VAULT_CACERT", file)]].concat()));
    configure(&project, &service.url(), &format!("{SOURCE}, ca: ca.pem"));
    assert_passes(&check(&project, &variables));
}

#[test]
fn a_server_that_is_away_or_silent_or_without_end_is_named_once_for_all_services() {
    let project = Project::new();
    let token = project.canary();
    let endless = Server::answering(|_| (200, " ".repeat(10_000_001), ""));
    let silent = Server::silent();
    let away = format!("http://127.0.0.1:{}", common::service::free_port());
    let probes = format!(
        "version: 1\nservices:\n  - {{ name: a, source_of_truth: true, endpoint: /a, key: {{ {SOURCE} \
         }} }}\n  - {{ name: b, endpoint: /b, key: {{ {SOURCE} }} }}\nenvironments:\n  \
         development:\n    urls: {{ a: \"http://127.0.0.1:9\", b: \"http://127.0.0.1:9\" }}\n"
    );
    project.write("probes.yaml", &probes);
    for (url, message) in [
        (&away, "cannot be reached: Connection refused"),
        (&silent.url(), "cannot be reached: no answer within 5 s"),
        (&endless.url(), "answered with more than 10 MB"),
    ] {
        let run = check(&project, &[("VAULT_ADDR", url), ("VAULT_TOKEN", token.text())]);
        assert_refused(&run, message);
    }
    assert_eq!(endless.heads().len(), 1);
}
