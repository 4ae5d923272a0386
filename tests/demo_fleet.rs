//! The demo fleet, spoken to as any client would: plain requests, tokens signed with the keys that
//! stand in its files. Healthy services judge rightly; each fault shows just what it says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use authprobe::cause::CauseCode;
use authprobe::demo::{self, FAULTS, Fleet, Plant, PlantError, ServiceName};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::header::{AUTHORIZATION, COOKIE, DATE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::{Value, json};

/// The placeholder that stayed in the services' code.
const FALLBACK: &str = "your-secret-key";
/// What every healthy service takes.
const HEALTHY: &[&str] = &["right", "an hour", "own file", "no exp"];

struct Client {
    http: reqwest::Client,
    folder: PathBuf,
    probes: Value,
}

/// The part of an answer that the tests look at.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    body: String,
    date: i64,
    challenge: Option<String>,
    location: Option<String>,
    retry_after: Option<String>,
}

impl Client {
    fn of(fleet: &Fleet) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        let text = fs::read_to_string(fleet.config_path()).unwrap();
        let folder = fleet.config_path().parent().unwrap().to_owned();
        Self { http, folder, probes: serde_saphyr::from_str(&text).unwrap() }
    }

    fn url(&self, service: ServiceName) -> String {
        let name = service.name();
        let base = &self.probes["environments"]["development"]["urls"][name];
        let services = self.probes["services"].as_array().unwrap();
        let service = services.iter().find(|service| service["name"] == name).unwrap();
        format!("{}{}", base.as_str().unwrap(), service["endpoint"].as_str().unwrap())
    }

    async fn send(
        &self,
        service: ServiceName,
        token: Option<&str>,
    ) -> Result<Answer, reqwest::Error> {
        let request = self.http.get(self.url(service));
        let request = match (service, token) {
            (_, None) => request,
            (ServiceName::Admin, Some(token)) => {
                request.header(COOKIE, format!("theme=dark; access_token={token}"))
            }
            (_, Some(token)) => request.header(AUTHORIZATION, format!("Bearer {token}")),
        };
        let response = request.send().await?;
        let field = |name| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
        let date = httpdate::parse_http_date(&field(DATE).unwrap()).unwrap();
        Ok(Answer {
            status: response.status().as_u16(),
            date: whole_seconds(date),
            challenge: field(WWW_AUTHENTICATE),
            location: field(LOCATION),
            retry_after: field(RETRY_AFTER),
            body: response.text().await?,
        })
    }

    /// The value of a variable in a file of the fleet's folder.
    fn key(&self, file: &str, variable: &str) -> Option<String> {
        let text = fs::read_to_string(self.folder.join(file)).unwrap();
        let prefix = format!("{variable}=");
        text.lines().find_map(|line| line.strip_prefix(&prefix)).map(str::to_owned)
    }

    fn reference(&self) -> String {
        let written = self.key(".env.development", "JWT_SECRET_KEY").unwrap();
        written.trim_matches('"').to_owned()
    }

    /// Every token of the tests, by name.
    fn tokens(&self, service: ServiceName) -> BTreeMap<&'static str, String> {
        let (folder, variable) = match service {
            ServiceName::Main => ("", "JWT_SECRET_KEY"),
            ServiceName::Autoscraper => ("autoscraper-service/", "JWT_SECRET_KEY"),
            ServiceName::Admin => ("remotehive-admin/", "JWT_SECRET"),
        };
        let reference = self.reference();
        let own = self.key(&format!("{folder}.env.development"), variable);
        let staging = self.key(&format!("{folder}.env.staging"), variable).unwrap();
        let previous = self.key(".env.development.previous", "JWT_SECRET_KEY").unwrap();
        let (hs256, live) = (Algorithm::HS256, || claims(Some(60)));
        let right = sign(hs256, &reference, &live());
        let (signed, _) = right.rsplit_once('.').unwrap();
        let payload = signed.split_once('.').unwrap().1;
        BTreeMap::from([
            ("unsigned", format!("{signed}.")),
            ("alg none", format!("eyJhbGciOiJub25lIn0.{payload}.")),
            ("right", right.clone()),
            ("an hour", sign(hs256, &reference, &claims(Some(3600)))),
            ("no exp", sign(hs256, &reference, &claims(None))),
            ("expired", sign(hs256, &reference, &claims(Some(-10)))),
            ("long expired", sign(hs256, &reference, &claims(Some(-1000)))),
            ("HS384", sign(Algorithm::HS384, &reference, &live())),
            ("HS512", sign(Algorithm::HS512, &reference, &live())),
            ("stranger", sign(hs256, "a key that nobody has", &live())),
            ("fallback", sign(hs256, FALLBACK, &live())),
            ("previous", sign(hs256, &previous, &live())),
            ("staging", sign(hs256, &staging, &live())),
            ("own file", sign(hs256, own.as_deref().unwrap_or("nobody's either"), &live())),
            ("garbage", "garbage".to_owned()),
        ])
    }

    /// The names of the tokens that a service answers with 200.
    async fn taken(&self, service: ServiceName) -> Vec<&'static str> {
        let mut taken = Vec::new();
        for (name, token) in self.tokens(service) {
            if self.send(service, Some(&token)).await.unwrap().status == 200 {
                taken.push(name);
            }
        }
        taken
    }
}

fn now() -> i64 {
    whole_seconds(SystemTime::now())
}

fn whole_seconds(moment: SystemTime) -> i64 {
    i64::try_from(moment.duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn claims(exp: Option<i64>) -> Value {
    let mut claims = json!({
        "sub": "authprobe", "iss": "RemoteHive", "aud": "RemoteHive-Services",
        "type": "service", "service": "authprobe", "iat": now() - 2000,
    });
    if let Some(offset) = exp {
        claims["exp"] = json!(now() + offset);
    }
    claims
}

fn sign(algorithm: Algorithm, key: &str, claims: &Value) -> String {
    let key = EncodingKey::from_secret(key.as_bytes());
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
}

/// The fault on every service that can have it.
fn everywhere(code: CauseCode) -> Vec<Plant> {
    let fault = demo::Fault::of(code).unwrap();
    fault.services.iter().map(|service| Plant { service: *service, fault }).collect()
}

fn sorted(names: &[&'static str]) -> Vec<&'static str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn healthy_services_take_right_tokens_only() {
    let fleet = Fleet::start(&[]).await.unwrap();
    let client = Client::of(&fleet);
    for service in ServiceName::ALL {
        assert_eq!(client.taken(service).await, sorted(HEALTHY), "{}", service.name());
    }
    fleet.shutdown().await.unwrap();
}

#[tokio::test]
async fn healthy_services_refuse_as_remotehive_does() {
    let fleet = Fleet::start(&[]).await.unwrap();
    let client = Client::of(&fleet);
    let one_text = r#"{"detail":"Could not validate credentials"}"#;
    let rows = [
        (ServiceName::Main, None, r#"{"detail":"Not authenticated"}"#, Some("Bearer")),
        (ServiceName::Main, Some("expired"), one_text, Some("Bearer")),
        (ServiceName::Autoscraper, Some("stranger"), one_text, Some("Bearer")),
        (ServiceName::Admin, None, r#"{"error":"No token provided"}"#, None),
        (ServiceName::Admin, Some("expired"), r#"{"error":"Invalid token"}"#, None),
    ];
    for (service, name, body, challenge) in rows {
        let token = name.map(|name| client.tokens(service)[name].clone());
        let answer = client.send(service, token.as_deref()).await.unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (401, body));
        assert_eq!(answer.challenge.as_deref(), challenge);
    }
}

#[tokio::test]
async fn main_looks_at_issuer_audience_and_type_and_admin_does_not() {
    let fleet = Fleet::start(&[]).await.unwrap();
    let client = Client::of(&fleet);
    for (name, value) in [("iss", "RemoteHive/"), ("aud", "other"), ("type", "refresh")] {
        let mut claims = claims(Some(60));
        claims[name] = json!(value);
        let token = sign(Algorithm::HS256, &client.reference(), &claims);
        assert_eq!(client.send(ServiceName::Main, Some(&token)).await.unwrap().status, 401);
        assert_eq!(client.send(ServiceName::Admin, Some(&token)).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn a_fault_of_the_verifier_changes_what_it_says_and_nothing_else() {
    use CauseCode as C;
    let beside = |more: &[&'static str]| [HEALTHY, more].concat();
    let unverified = &["stranger", "fallback", "previous", "staging", "HS384", "HS512"];
    let rows = [
        (C::SignatureNotVerified, [&beside(unverified)[..], &["unsigned", "alg none"]].concat()),
        (C::KeyPrevious, vec!["previous"]),
        (C::KeyOwnFile, vec!["own file"]),
        (C::KeyOtherEnvironment, vec!["staging"]),
        (C::KeyDefault, vec!["fallback"]),
        (C::KeyVariant, vec!["own file"]),
        (C::KeyMismatch, vec![]),
        (C::AlgorithmMismatch, vec!["HS512"]),
        (C::AlgorithmPermissive, beside(&["HS384", "HS512"])),
        (C::UnsignedAccepted, beside(&["unsigned", "alg none"])),
        (C::ExpiryNotEnforced, beside(&["expired", "long expired"])),
        (C::LeewayExcessive, beside(&["expired"])),
        (C::ClockSkew, vec!["an hour", "no exp"]),
        (C::ClaimRequired, vec![]),
        (C::SubjectUnknown, vec![]),
    ];
    for (code, taken) in rows {
        let plants = everywhere(code);
        let fleet = Fleet::start(&plants).await.unwrap();
        let client = Client::of(&fleet);
        for plant in plants {
            assert_eq!(client.taken(plant.service).await, sorted(&taken), "{plant}");
            assert_eq!(client.send(plant.service, None).await.unwrap().status, 401, "{plant}");
        }
    }
}

#[tokio::test]
async fn a_fault_of_the_path_gives_every_request_one_answer() {
    use CauseCode as C;
    let rows = [
        (C::WrongEndpoint, 404, None, None),
        (C::Unprotected, 200, None, None),
        (C::HeaderStripped, 401, None, None),
        (C::RateLimited, 429, None, Some("1")),
        (C::ServerError, 500, None, None),
        (C::Redirected, 308, Some("/maintenance"), None),
    ];
    for (code, status, location, retry_after) in rows {
        let plants = everywhere(code);
        let fleet = Fleet::start(&plants).await.unwrap();
        let client = Client::of(&fleet);
        for plant in plants {
            let first = client.send(plant.service, None).await.unwrap();
            assert_eq!(first.status, status, "{plant}");
            assert_eq!(first.location.as_deref(), location, "{plant}");
            assert_eq!(first.retry_after.as_deref(), retry_after, "{plant}");
            for token in client.tokens(plant.service).values() {
                let answer = client.send(plant.service, Some(token)).await.unwrap();
                assert_eq!(Answer { date: first.date, ..answer }, first, "{plant}");
            }
        }
    }
}

#[tokio::test]
async fn an_unreachable_service_refuses_connections() {
    let plants = everywhere(CauseCode::Unreachable);
    let fleet = Fleet::start(&plants).await.unwrap();
    let client = Client::of(&fleet);
    for plant in plants {
        assert!(client.send(plant.service, None).await.unwrap_err().is_connect());
    }
}

#[tokio::test]
async fn faults_that_refuse_a_right_token_for_its_claims_say_so() {
    let rows = [
        (CauseCode::ClaimRequired, "Audience doesn't match", "jwt audience invalid"),
        (CauseCode::SubjectUnknown, "User not found", "User not found"),
    ];
    for (code, python, node) in rows {
        let fleet = Fleet::start(&everywhere(code)).await.unwrap();
        let client = Client::of(&fleet);
        for (service, text) in [(ServiceName::Main, python), (ServiceName::Admin, node)] {
            let token = client.tokens(service)["right"].clone();
            let answer = client.send(service, Some(&token)).await.unwrap();
            assert!(answer.body.contains(text), "{}", answer.body);
        }
    }
}

#[tokio::test]
async fn the_story_plants_a_fallback_key_and_a_skewed_forgiving_clock() {
    let fleet = Fleet::start(&demo::story()).await.unwrap();
    let client = Client::of(&fleet);
    assert_eq!(client.taken(ServiceName::Main).await, sorted(HEALTHY));
    assert_eq!(client.taken(ServiceName::Admin).await, ["fallback"]);
    let forgiven = [HEALTHY, &["expired"]].concat();
    assert_eq!(client.taken(ServiceName::Autoscraper).await, sorted(&forgiven));
    assert_eq!(client.key("remotehive-admin/.env.development", "JWT_SECRET"), None);
    for (service, skew) in [(ServiceName::Main, 0), (ServiceName::Autoscraper, 95)] {
        let earliest = now() + skew;
        let date = client.send(service, None).await.unwrap().date;
        assert!((earliest..=now() + skew).contains(&date), "{}", service.name());
    }
}

#[tokio::test]
async fn the_folder_is_its_owners_alone_and_goes_with_the_fleet() {
    let fleet = Fleet::start(&[]).await.unwrap();
    let folder = fleet.config_path().parent().unwrap().to_owned();
    let mut files = 0;
    assert_private(&folder, &mut files);
    assert_eq!(files, 11); // probes.yaml, three services in three environments, the previous key
    fleet.shutdown().await.unwrap();
    assert!(!folder.exists());

    let fleet = Fleet::start(&[]).await.unwrap();
    let folder = fleet.config_path().parent().unwrap().to_owned();
    drop(fleet);
    assert!(!folder.exists());
}

fn assert_private(path: &Path, files: &mut usize) {
    let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
    if path.is_file() {
        *files += 1;
        assert_eq!(mode, 0o600, "{}", path.display());
        return;
    }
    assert_eq!(mode, 0o700, "{}", path.display());
    for entry in fs::read_dir(path).unwrap() {
        assert_private(&entry.unwrap().path(), files);
    }
}

#[tokio::test]
async fn a_kept_folder_outlives_the_fleet() {
    let mut fleet = Fleet::start(&[]).await.unwrap();
    let folder = fleet.config_path().parent().unwrap().to_owned();
    fleet.keep();
    fleet.shutdown().await.unwrap();
    assert!(folder.join("probes.yaml").exists());
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn every_run_has_fresh_keys_that_differ_between_environments() {
    let (one, two) = (Fleet::start(&[]).await.unwrap(), Fleet::start(&[]).await.unwrap());
    let mut keys = Vec::new();
    for client in [Client::of(&one), Client::of(&two)] {
        for file in [".env.development", ".env.development.previous", ".env.staging"] {
            let key = client.key(file, "JWT_SECRET_KEY").unwrap();
            assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
            keys.push(key);
        }
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 6);
}

#[tokio::test]
async fn the_services_stop_with_the_fleet() {
    let fleet = Fleet::start(&[]).await.unwrap();
    let client = Client::of(&fleet);
    let token = client.tokens(ServiceName::Main)["right"].clone();
    assert_eq!(client.send(ServiceName::Main, Some(&token)).await.unwrap().status, 200);
    fleet.shutdown().await.unwrap();
    // Whoever has the port by now, if anybody, does not know this fleet's key.
    let after = client.send(ServiceName::Main, Some(&token)).await;
    assert!(after.is_err() || after.is_ok_and(|answer| answer.status != 200));
}

#[test]
fn every_fault_is_planted_by_its_code() {
    for fault in FAULTS {
        for service in fault.services {
            let text = format!("{}={}", service.name(), fault.code.code());
            let plant = demo::parse(&text).unwrap();
            assert_eq!((plant.service, plant.fault.code), (*service, fault.code));
            assert_eq!(plant.to_string(), text);
        }
    }
}

#[test]
fn a_plant_that_cannot_be_says_what_to_type() {
    let rows = [
        ("admin", "\"admin\" does not say which service and which fault", "write SERVICE=FAULT"),
        ("amin=key-default", "the demo fleet has no service \"amin\"", "did you mean admin?"),
        ("x=key-default", "has no service \"x\"", "the services are main, autoscraper, admin"),
        ("admin=key-defualt", "there is no fault \"key-defualt\"", "did you mean key-default?"),
        ("admin=zzz", "there is no fault \"zzz\"", "the faults are unreachable, wrong-endpoint"),
        (
            "main=key-own-file",
            "main cannot have the fault key-own-file",
            "plant it on autoscraper or admin",
        ),
    ];
    for (text, message, help) in rows {
        let error = demo::parse(text).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.help().starts_with(help), "{}", error.help());
    }
}

#[tokio::test]
async fn two_faults_that_hide_each_other_are_not_planted() {
    let plants = |texts: &[&str]| -> Vec<_> {
        texts.iter().map(|text| demo::parse(text).unwrap()).collect()
    };
    let hidden = plants(&["admin=clock-skew", "main=key-default", "admin=unreachable"]);
    let error = Fleet::start(&hidden).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "admin cannot have clock-skew and unreachable at once: one hides the other"
    );
    let keys = plants(&["admin=key-default", "admin=key-previous"]);
    assert!(matches!(
        Fleet::start(&keys).await.unwrap_err(),
        demo::DemoError::Plant(PlantError::Collision { .. })
    ));
    let both = plants(&["admin=key-default", "admin=clock-skew", "main=key-default"]);
    assert_eq!(Fleet::start(&both).await.unwrap().planted(), both);
}
