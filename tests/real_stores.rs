//! Keys in Kubernetes manifests and secret stores: made by kubectl, boto3 and moto, read by authprobe,
//! proved by a real service that verifies with them. Every key is a canary and every run is searched.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;
#[path = "vault/server.rs"]
mod server;

use common::authprobe::{Project, Run};
use common::canary::Canary;
use real::fastapi::FastApi;
use real::kubectl;
use real::moto::Moto;
use real::started;
use server::Server;

/// No keys before the present one.
const NO_PREVIOUS: &str = "[]";

/// Writes a probes.yaml with one service, its key source and its previous keys.
fn configure(project: &Project, url: &str, key: &str, previous: &str) {
    let probes = format!(
        "version: 1\ntoken: {{ claims: {{ sub: authprobe, iss: RemoteHive, aud: RemoteHive-Services, \
         type: service, service: authprobe }} }}\nservices:\n  - name: main\n    endpoint: \
         /api/v1/auth/me\n    key: {key}\nenvironments:\n  development:\n    urls: {{ main: \"{url}\" \
         }}\n    previous_keys: {previous}\n"
    );
    project.write("probes.yaml", &probes);
}

/// Checks the service with these variables, and with a proxy that must not be used.
fn check(project: &Project, variables: &[(&str, &str)]) -> Run {
    let check = project.authprobe(["check", "-o", "json"]).traced();
    let check =
        check.env("http_proxy", "http://127.0.0.1:9").env("HTTPS_PROXY", "http://127.0.0.1:9");
    variables.iter().fold(check, |check, (name, value)| check.env(name, *value)).run()
}

#[track_caller]
fn assert_passes(run: &Run) {
    run.assert_exit(0);
    let service = run.service("main");
    assert_eq!(
        (&service["verdict"], &service["cause"]),
        (&"pass".into(), &().into()),
        "{service:#}"
    );
    assert_eq!(service["key"]["matches"], "reference", "{service:#}");
}

/// Asserts that nothing was sent, and that the message says this.
#[track_caller]
fn assert_refused(run: &Run, message: &str) {
    run.assert_exit(2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains(message), "{message} is not in {}", run.stderr);
    assert_eq!(run.stderr.matches("error:").count(), 1, "{}", run.stderr);
}

fn codes(run: &Run) -> Vec<String> {
    let findings = run.json()["fleet"]["findings"].take();
    let code = |finding: &serde_json::Value| finding["code"].as_str().unwrap().to_owned();
    findings.as_array().unwrap().iter().map(code).collect()
}

#[test]
fn secrets_that_kubectl_made_are_read_as_yaml_and_json() {
    let project = Project::new();
    let key = project.canary();
    let service = started!(FastApi::with_key(key.text()).start());
    project.write("key", key.text());
    let from_file = format!("--from-file=JWT={}", project.path("key").display());
    for format in ["yaml", "json"] {
        let other = started!(kubectl::secret("other", &["--from-literal=JWT=no"], "yaml"));
        let made = started!(kubectl::secret("jwt", &[&from_file], format));
        project.write("secret.yaml", &made);
        project.write("all.yaml", &format!("{other}---\n{made}\n"));
        for source in ["secret.yaml, field: JWT", "all.yaml, name: jwt, field: JWT"] {
            let key = format!("{{ kubernetes_secret: {source} }}");
            configure(&project, &service.url(), &key, NO_PREVIOUS);
            let run = check(&project, &[]);
            assert_passes(&run);
            assert_eq!(codes(&run), [""; 0], "{source}");
        }
    }
}

#[test]
fn the_line_feed_of_echo_in_a_secret_that_kubectl_made_is_pointed_out() {
    let project = Project::new();
    let key = project.canary();
    let echoed = format!("{key}\n");
    let service = started!(FastApi::with_key(&echoed).start());
    project.write("key", &echoed);
    let from_file = format!("--from-file=JWT={}", project.path("key").display());
    project.write("secret.yaml", &started!(kubectl::secret("jwt", &[&from_file], "yaml")));
    let key = "{ kubernetes_secret: secret.yaml, field: JWT }";
    configure(&project, &service.url(), key, NO_PREVIOUS);
    let run = check(&project, &[]);
    assert_passes(&run);
    assert_eq!(codes(&run), ["key-ends-with-newline"]);
    let finding = &run.json()["fleet"]["findings"][0];
    assert_eq!(finding["status"], "warn");
    let summary = finding["summary"].as_str().unwrap();
    assert!(summary.ends_with("ends with a line feed: JWT in secret.yaml"), "{summary}");
}

/// A moto server with a login for it, as variables.
fn aws<'a>(moto: &'a str, login: &'a (String, String)) -> [(&'a str, &'a str); 5] {
    [
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", moto),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", &login.0),
        ("AWS_SECRET_ACCESS_KEY", &login.1),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
}

#[test]
fn the_current_and_the_previous_version_of_an_aws_secret_are_told_apart() {
    let project = Project::new();
    let (key, previous) = (project.canary(), project.canary());
    let moto = started!(Moto::with(&[("remotehive/jwt", &[previous.text(), key.text()])]));
    let (url, login) = (moto.url(), moto.login("reader"));
    let source = "{ aws_secretsmanager: remotehive/jwt }";
    let before = "[{ aws_secretsmanager: remotehive/jwt, stage: AWSPREVIOUS }]";
    let rotated = started!(FastApi::with_key(key.text()).start());
    configure(&project, &rotated.url(), source, before);
    assert_passes(&check(&project, &aws(&url, &login)));
    let late = started!(FastApi::with_key(previous.text()).start());
    configure(&project, &late.url(), source, before);
    let run = check(&project, &aws(&url, &login));
    run.assert_exit(1);
    assert_eq!(run.service("main")["cause"]["code"], "key-previous", "{}", run.stdout);
}

#[test]
fn a_field_of_an_aws_secret_is_read_with_the_login_of_a_profile() {
    let project = Project::new();
    let key = project.canary();
    let json = format!(r#"{{"user":"x","JWT":"{key}"}}"#);
    let moto = started!(Moto::with(&[("remotehive/jwt", &[&json])]));
    let service = started!(FastApi::with_key(key.text()).start());
    let (id, secret) = moto.login("reader");
    let login = format!("[audit]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    project.write("home/.aws/credentials", &login);
    project.write("home/.aws/config", "[profile audit]\nregion = eu-central-1\n");
    let home = project.path("home");
    let home = home.to_str().unwrap();
    let source = "{ aws_secretsmanager: remotehive/jwt, field: JWT }";
    configure(&project, &service.url(), source, NO_PREVIOUS);
    let url = moto.url();
    let run =
        check(&project, &[("AWS_ENDPOINT_URL", &url), ("AWS_PROFILE", "audit"), ("HOME", home)]);
    assert_passes(&run);
    assert!(!format!("{}{}", run.stdout, run.stderr).contains(&secret), "the login came out");
}

/// The credentials of a container, in the form that the metadata service of ECS and EKS gives them.
#[test]
fn an_aws_secret_is_read_with_the_login_of_a_container() {
    let project = Project::new();
    let key = project.canary();
    let moto = started!(Moto::with(&[("remotehive/jwt", &[key.text()])]));
    let service = started!(FastApi::with_key(key.text()).start());
    let login = moto.login_of_container();
    let container = Server::answering(move |_| (200, login.clone(), ""));
    let (url, credentials) = (moto.url(), format!("{}/login", container.url()));
    let source = "{ aws_secretsmanager: remotehive/jwt, region: eu-central-1 }";
    configure(&project, &service.url(), source, NO_PREVIOUS);
    let variables =
        [("AWS_ENDPOINT_URL", url.as_str()), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &credentials)];
    assert_passes(&check(&project, &variables));
    assert_eq!(container.heads().len(), 1);
}

#[test]
fn each_way_in_which_aws_keeps_a_secret_has_its_own_message() {
    let project = Project::new();
    let key = project.canary();
    let json = format!(r#"{{"JWT":"{key}","PORT":8000}}"#);
    let moto = started!(Moto::with(&[("remotehive/jwt", &[&json]), ("plain", &[key.text()])]));
    let url = moto.url();
    let (reader, other) = (moto.login("reader"), moto.login("other"));
    let wrong = (reader.0.clone(), Canary::new().text().to_owned());
    let unknown = ("AKIAAAAAAAAAAAAAAAAA".to_owned(), Canary::new().text().to_owned());
    let nobody = (String::new(), String::new());
    let rows = [
        ("remotehive/jwt", &reader, "is a JSON object and no key; the fields it has: JWT, PORT"),
        ("remotehive/jwt, field: KEY", &reader, "has no such field; the fields it has: JWT, PORT"),
        (
            "remotehive/jwt, field: PORT",
            &reader,
            "the field of AWS secret remotehive/jwt holds no text",
        ),
        ("plain, field: JWT", &reader, "AWS secret plain is no JSON object"),
        ("plain, stage: AWSPREVIOUS", &reader, "there is no AWS secret plain (AWSPREVIOUS)"),
        ("missing", &reader, "there is no AWS secret missing"),
        ("deleted", &reader, "AWS secret deleted is marked for deletion"),
        ("plain", &other, "the AWS login may not read AWS secret plain"),
        ("plain", &wrong, "AWS does not take the login: SignatureDoesNotMatch"),
        ("plain", &unknown, "AWS does not take the login: InvalidClientTokenId"),
        ("plain", &nobody, "no AWS login was found, or it is expired"),
    ];
    for (source, login, message) in rows {
        let source = format!("{{ aws_secretsmanager: {source} }}");
        configure(&project, "http://127.0.0.1:9", &source, NO_PREVIOUS);
        assert_refused(&check(&project, &aws(&url, login)), message);
    }
    let gone = format!("http://127.0.0.1:{}", common::service::free_port());
    configure(&project, "http://127.0.0.1:9", "{ aws_secretsmanager: plain }", NO_PREVIOUS);
    assert_refused(&check(&project, &aws(&gone, &reader)), "cannot be reached: Connection refused");
}

/// moto writes errors as XML; these are in the JSON of AWS's own protocol, as its API reference has it.
#[test]
fn each_refusal_in_the_json_that_aws_documents_has_its_own_message() {
    let project = Project::new();
    let login = ("AKIAAAAAAAAAAAAAAAAA".to_owned(), project.canary().text().to_owned());
    configure(&project, "http://127.0.0.1:9", "{ aws_secretsmanager: jwt }", NO_PREVIOUS);
    let rows = [
        (400, "ExpiredTokenException", "x", "AWS does not take the login: ExpiredTokenException"),
        (400, "InvalidSignatureException", "Signature expired", "login: InvalidSignatureException"),
        (400, "AccessDeniedException", "x", "the AWS login may not read AWS secret jwt"),
        (
            400,
            "com.amazonaws.secretsmanager#ResourceNotFoundException",
            "x",
            "there is no AWS secret",
        ),
        (400, "ResourceNotFoundException:http://a/", "x", "there is no AWS secret jwt"),
        (400, "DecryptionFailure", "x", "its KMS key is out of reach"),
        (400, "InvalidRequestException", "it was marked for deletion.", "is marked for deletion"),
        (400, "InvalidRequestException", "x", "AWS secret jwt: InvalidRequestException"),
        (500, "InternalServiceError", "x", "AWS secret jwt: InternalServiceError"),
        (503, "<no name>", "x", "answered 503"),
        (307, "", "", "redirects to another address"),
    ];
    for (status, name, text, message) in rows {
        let body = serde_json::json!({ "__type": name, "message": text }).to_string();
        let aws_itself = Server::answering(move |_| (status, body.clone(), ""));
        let url = aws_itself.url();
        assert_refused(&check(&project, &aws(&url, &login)), message);
        let [head] = &aws_itself.heads()[..] else { panic!("asked more than once") };
        let head = head.to_lowercase();
        assert!(head.contains("x-amz-target: secretsmanager.getsecretvalue\r\n"), "{head}");
        assert_eq!(head.matches("host:").count(), 1, "{head}");
    }
}
