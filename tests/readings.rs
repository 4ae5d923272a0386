//! Every reading of a key: what it makes of which key, and that a model verifier which reads its key
//! so is told by the code of that reading and by no other cause.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a test stops at the first surprise; the models are shared with other tests"
)]

#[path = "models/mod.rs"]
mod models;
#[path = "readings/table.rs"]
mod table;

use authprobe::cause::CauseCode;
use authprobe::demo::dialect::Style;
use authprobe::demo::front::Front;
use authprobe::demo::verifier::Verifier;
use authprobe::diagnosis::{KeyMatch, ServiceDiagnosis};
use authprobe::key::Reading;
use authprobe::key::reading::{TABLE, Written};
use authprobe::load::{self, Selection};
use authprobe::plan::{KeyName, Service};
use authprobe::secret::Secret;

use models::interview::interview;
use models::keys;
use models::sample::{Path, Sample};

/// A fault is named within so many requests.
const REQUESTS: usize = 120;

/// Keys of several alphabets.
const KEYS: [(&str, &str); 12] = [
    ("hexadecimal", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("upper-case after 0x", "0x9F86D081884C7D659A2FEAA0C55AD015"),
    ("base64", "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="),
    ("base64url", "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"),
    ("dollars and hashes", "n4bQ$gYhM$$fWWaL${qg}xV #rQFa;O/Tx#sr%2BC4+Is"),
    ("several lines", "n4bQgYhMfWWaL\nqgxVrQFaOTxsrC4\nIs0V1sFbDwCgg\n"),
    ("quotes and backslashes", "\"n4bQgY\\nhMfWWaL\\xV'rQFa OTxsrC4Is0V1s\""),
    ("short", "correct horse battery"),
    ("blanks at both ends", " \tcorrect horse battery staple  "),
    ("upper-case hexadecimal", "9F86D081884C7D659A2FEAA0C55AD0159F86D081"),
    ("half hexadecimal", "deadbeef=n4bQ gY#hM #fWW???>~aLqgxVrQFaIs=O"),
    (
        "longer than a block",
        "n4bQgYhMfWWaLqgxVrQFaOTxsrC4Is0V1sFbDwCgg-n4bQgYhMfWWaLqgxVrQFaOTxsrC4",
    ),
];

/// A service whose env file holds this key, as `load` plans it.
fn service(key: &str) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let yaml = "version: 1\nservices:\n  - name: main\n    endpoint: /me\n    source_of_truth: true\n    \
        key: { dotenv: .env, variable: JWT_SECRET }\n\
        environments: { development: { urls: { main: \"http://127.0.0.1:8000\" } } }\n";
    std::fs::write(folder.path().join("probes.yaml"), yaml).unwrap();
    std::fs::write(folder.path().join(".env"), env_file(key)).unwrap();
    let plan = load::plan(&folder.path().join("probes.yaml"), &Selection::default());
    plan.unwrap_or_else(|problems| panic!("{problems}")).services.remove(0)
}

/// An env file in which python-dotenv finds this key. `${` is the one thing it has no way to write.
fn env_file(key: &str) -> String {
    let quoted = key.replace('\\', "\\\\").replace('\'', "\\'").replace("${", "${D:-$}{");
    format!("# settings\nSESSION_SECRET=a-value-of-its-own\nJWT_SECRET='{quoted}'\n")
}

fn model(key: &Secret, style: Style) -> Sample {
    Sample {
        replica: None,
        faults: Vec::new(),
        reference: keys::REFERENCE,
        place: keys::configured(),
        path: Path::Front(Front::Direct),
        verifier: Verifier::new(key.clone()),
        dialect: style.into(),
        start: 1_790_000_000.25,
        round_trip: 0.004,
    }
}

/// What tells two keys apart on the wire: HMAC takes some different keys for one.
fn mac(key: &Secret) -> String {
    let key = jsonwebtoken::EncodingKey::from_secret(key.expose());
    jsonwebtoken::crypto::sign(b"message", &key, jsonwebtoken::Algorithm::HS256).unwrap()
}

/// Every reading that makes another key of this one, with its bytes.
fn misread(service: &Service, key: &str) -> Vec<(&'static Reading, Secret)> {
    let reference = service.keyring.get(&KeyName::Reference).unwrap();
    assert_eq!(reference.expose(), key.as_bytes(), "the env file holds the key");
    let file = Secret::new(env_file(key));
    let written = Written { key: reference, variable: Some("JWT_SECRET"), file: Some(&file) };
    let readings = TABLE.iter().filter_map(|row| Some((row, row.read(written)?)));
    readings.filter(|(_, secret)| mac(secret) != mac(reference)).collect()
}

fn assert_named(found: &ServiceDiagnosis, service: &Service, planted: &str, secret: &Secret) {
    let cause = found.cause.as_ref().unwrap_or_else(|| panic!("{planted}: {found:#?}"));
    assert_eq!(cause.code, CauseCode::KeyVariant, "{planted}: {cause:#?}");
    let code = cause.details["variant"].as_str().unwrap();
    let name = KeyName::Reading(Reading::of(code).unwrap().code);
    let named = service.keyring.get(&name).unwrap();
    assert_eq!(mac(named), mac(secret), "{planted} was called {code}");
    assert_eq!(found.key, Some(KeyMatch::Known(name)), "{planted}");
    let row = Reading::of(code).unwrap();
    assert!(cause.summary.contains(row.what) && cause.summary.contains(row.origin));
    assert!(cause.fix.starts_with(row.mend) && cause.fix.contains("restart main"));
    let sure: Vec<_> = found.other_causes.iter().filter(|other| other.confidence >= 0.5).collect();
    assert!(sure.is_empty(), "{planted}: {sure:#?}");
}

#[test]
fn a_model_that_misreads_its_key_is_told_by_the_reading_within_120_requests() {
    let mut requests = Vec::new();
    let mut styles = [Style::OneText401, Style::Telling401].into_iter().cycle();
    for (alphabet, key) in KEYS {
        let service = service(key);
        for (row, secret) in misread(&service, key) {
            let sample = model(&secret, styles.next().unwrap());
            let found = interview(service.subject.clone(), &service.keyring, &sample);
            assert_named(&found, &service, &format!("{} of {alphabet}", row.code), &secret);
            requests.push(found.observations.len());
        }
    }
    requests.sort_unstable();
    let (median, most) = (requests[requests.len() / 2], requests[requests.len() - 1]);
    println!("{} models, requests: median {median}, maximum {most}", requests.len());
    assert!(most <= REQUESTS, "{most} requests");
}

#[test]
fn every_row_is_told_apart_for_some_key() {
    let mut missing: Vec<&str> = TABLE.iter().map(|row| row.code).collect();
    for (_, key) in KEYS {
        let service = service(key);
        for label in &service.subject.other_keys {
            missing.retain(|code| label.name != KeyName::Reading(code));
        }
    }
    assert!(missing.is_empty(), "{missing:?} are never the first to make their bytes");
}

#[test]
fn a_model_with_another_value_of_its_env_file_is_told_by_the_name_of_the_variable() {
    let service = service(KEYS[0].1);
    let wrong = KeyName::OwnVariable("SESSION_SECRET".to_owned());
    let secret = service.keyring.get(&wrong).unwrap().clone();
    let sample = model(&secret, Style::OneText401);
    let found = interview(service.subject.clone(), &service.keyring, &sample);
    let cause = found.cause.expect("a fault was planted");
    assert_eq!(cause.code, CauseCode::KeyOwnFile);
    assert_eq!(cause.details["variable"], "SESSION_SECRET");
    assert_eq!(cause.fix, "Let main read JWT_SECRET instead of SESSION_SECRET; restart main.");
    assert_eq!(found.key, Some(KeyMatch::Known(wrong)));
}

#[test]
fn a_model_that_reads_its_key_rightly_is_never_sent_a_reading() {
    for (_, key) in KEYS {
        let service = service(key);
        let sample = model(&Secret::new(key), Style::OneText401);
        let found = interview(service.subject.clone(), &service.keyring, &sample);
        assert_eq!(found.cause, None);
        let asked = format!(
            "{:?}",
            found
                .observations
                .iter()
                .map(|judged| &judged.observation.question)
                .collect::<Vec<_>>()
        );
        assert!(!asked.contains("Reading") && !asked.contains("OwnVariable"), "{asked}");
    }
}
