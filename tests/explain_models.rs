//! Tokens with planted faults on trial at model verifiers, sampled by the thousand: every fault that
//! the model looks at is named, and no other is, whatever its dialect, leeway and clock.
//!
//! `MODELS_SEED` and `MODELS_COUNT` choose another sample; figures are printed with `--nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a test stops at the first surprise, and shares files of which it uses a part"
)]

#[path = "models/mod.rs"]
mod models;

use authprobe::demo::verifier::Verifier;
use authprobe::explain::{self, Step, Token};
use authprobe::explanation::{Ruling, ServiceExplanation};
use authprobe::investigate;
use authprobe::plan::{Service, Target, Timeouts, Tls};
use authprobe::secret::Secret;
use authprobe::time::UnixTime;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};

use models::interview::{ask, diagnose, subject};
use models::keys::{PREVIOUS, REFERENCE};
use models::sample::{Fault, Sample};

/// A fault of a token: its reason and member as reports name them.
const FAULTS: [(&str, Option<&str>); 8] = [
    ("expired", Some("exp")),
    ("not-yet-valid", Some("nbf")),
    ("claim", Some("iss")),
    ("claim", Some("aud")),
    ("other-key", None),
    ("unknown-key", None),
    ("algorithm", None),
    ("claim", Some("tenant")),
];

/// A token that is right but for these faults.
fn token(faults: &[usize], now: f64) -> String {
    let has = |fault| faults.contains(&fault);
    let now = now as i64;
    let claims = json!({
        "sub": "authprobe", "iss": "RemoteHive", "aud": "RemoteHive-Services",
        "iat": now - 1, "exp": now + 60,
    });
    let Value::Object(mut claims): Value = claims else { unreachable!("an object") };
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    for fault in faults {
        match FAULTS[*fault] {
            ("expired", _) => set("exp", (now - 4000).into()),
            ("not-yet-valid", _) => set("nbf", (now + 4000).into()),
            ("claim", Some(name)) => set(name, "elsewhere".into()),
            _ => None,
        };
    }
    let key = match (has(4), has(5)) {
        (true, _) => PREVIOUS,
        (_, true) => "nobody-knows-this-one-either",
        _ => REFERENCE,
    };
    let algorithm = if has(6) { Algorithm::HS512 } else { Algorithm::HS256 };
    sign(algorithm, &claims, key)
}

fn sign(algorithm: Algorithm, claims: &Map<String, Value>, key: &str) -> String {
    let key = EncodingKey::from_secret(key.as_bytes());
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
}

fn try_at(sample: &Sample, text: &str) -> ServiceExplanation {
    try_with(sample, text, &mut || &sample.verifier)
}

/// Asks until the trial is done; `next` is the model that the next request meets.
fn try_with<'s>(
    sample: &'s Sample,
    text: &str,
    next: &mut dyn FnMut() -> &'s Verifier,
) -> ServiceExplanation {
    let (subject, mut keyring) = subject();
    keyring.catch(Secret::new(text));
    let target = Target {
        url: "http://model/".parse().unwrap(),
        method: "GET".into(),
        headers: Vec::new(),
        body: None,
        timeouts: Timeouts::default(),
        tls: Tls::default(),
        proxy: None,
        addresses: Vec::new(),
    };
    let service = Service { subject, target, keyring };
    let token = Token::read(&Secret::new(text)).unwrap();
    let services = std::slice::from_ref(&service);
    let mut trial = explain::trial(&token, &service, services, "http://model/".into());
    let spec = &service.subject.token;
    let mut now = sample.start;
    loop {
        match trial.step(&investigate::judge(&service.subject, trial.observations())) {
            Step::Ask(questions) => {
                assert!(!questions.is_empty(), "a step without questions never ends");
                for question in questions {
                    trial.tell(ask(sample, next(), &question, spec, &service.keyring, now));
                    now += 0.001;
                }
                now += sample.round_trip;
            }
            Step::Diagnose => trial.tell_diagnosis(diagnose(sample)),
            Step::Done(explanation) => return *explanation,
        }
    }
}

/// Two replicas behind one address: each request meets either.
fn try_at_replicas(
    replicas: [&Sample; 2],
    text: &str,
    rng: &mut fastrand::Rng,
) -> ServiceExplanation {
    try_with(replicas[0], text, &mut || &replicas[rng.usize(0..2)].verifier)
}

/// What the model itself says of a token.
fn takes(sample: &Sample, text: &str) -> bool {
    sample.verifier.verify(text, UnixTime(sample.start)).is_ok()
}

/// Up to two faults, never two of the signature.
fn draw(rng: &mut fastrand::Rng) -> Vec<usize> {
    let mut faults: Vec<usize> = (0..rng.usize(0..3)).map(|_| rng.usize(0..FAULTS.len())).collect();
    faults.sort_unstable();
    faults.dedup();
    let of_signature = faults.iter().filter(|fault| (4..7).contains(*fault)).count();
    if of_signature > 1 { vec![faults[0]] } else { faults }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn a_healthy_service_refuses_a_token_for_its_faults_and_nothing_else_is_blamed() {
    let (seed, count) = (setting("MODELS_SEED", 20_261_123), setting("MODELS_COUNT", 1_000));
    let mut rng = fastrand::Rng::with_seed(seed);
    let (mut undecided, mut most) = (0, 0);
    for _ in 0..count {
        let sample = Sample::draw(Fault::None, &mut rng);
        let faults = draw(&mut rng);
        let text = token(&faults, sample.start);
        let found = try_at(&sample, &text);
        most = most.max(found.requests);
        let context = format!("{faults:?} {sample:?} {found:#?}");
        if found.ruling == Ruling::Undecided {
            undecided += 1;
            continue;
        }
        assert_eq!(found.ruling == Ruling::Accepted, takes(&sample, &text), "{context}");
        // What the model looks at, it refuses by itself.
        let mut wanted: Vec<_> = faults
            .iter()
            .filter(|fault| !takes(&sample, &token(&[**fault], sample.start)))
            .map(|fault| FAULTS[*fault])
            .collect();
        // A signature that cannot be made again is not blamed beside a fault that is proven.
        if wanted.len() > 1 {
            wanted.retain(|(code, _)| *code != "unknown-key");
        }
        let mut named: Vec<_> =
            found.reasons.iter().map(|reason| (reason.code, reason.member.as_deref())).collect();
        wanted.sort_unstable();
        named.sort_unstable();
        assert_eq!(named, wanted, "{context}");
    }
    println!("seed {seed}: {count} trials, {undecided} undecided, at most {most} requests");
    assert!(undecided * 100 <= count, "{undecided} of {count} undecided");
}

#[test]
fn at_a_faulty_service_a_right_token_is_blamed_only_for_what_the_service_gets_wrong() {
    let (seed, count) = (setting("MODELS_SEED", 20_261_123), setting("MODELS_COUNT", 600));
    let mut rng = fastrand::Rng::with_seed(seed);
    for _ in 0..count {
        let fault = Fault::draw(&mut rng);
        let sample = Sample::draw(fault.clone(), &mut rng);
        let text = token(&[], sample.start);
        let found = try_at(&sample, &text);
        let context = format!("{sample:?} {found:#?}");
        if found.ruling != Ruling::Undecided {
            assert_eq!(found.ruling == Ruling::Accepted, takes(&sample, &text), "{context}");
        }
        for reason in &found.reasons {
            let blamed = matches!(
                (&fault, reason.code),
                (Fault::Key(..), "other-key")
                    | (Fault::Algorithm(_), "algorithm")
                    | (Fault::Skew(_), "expired" | "issued-in-future" | "claim")
                    | (Fault::NoAudience | Fault::Usual(..) | Fault::UnknownClaim, "claim")
            );
            let said = fault.code().is_some_and(|code| code.code() == reason.code);
            // A cause that a diagnosis names is its own affair; here nothing else may be added.
            let of_service =
                authprobe::cause::CauseCode::ALL.iter().any(|code| code.code() == reason.code);
            assert!(blamed || said || of_service, "{context}");
        }
    }
}

#[test]
fn replicas_that_disagree_do_not_let_a_right_token_be_blamed() {
    let (seed, count) = (setting("MODELS_SEED", 20_261_123), setting("MODELS_COUNT", 600));
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut blamed = 0_u64;
    for _ in 0..count {
        let one = Sample::draw(Fault::None, &mut rng);
        let mut other = one.clone();
        other.verifier.keys = vec![Secret::new(PREVIOUS)];
        let found = try_at_replicas([&one, &other], &token(&[], one.start), &mut rng);
        let of_token = |code| FAULTS.iter().any(|(known, _)| *known == code);
        blamed += u64::from(found.reasons.iter().any(|reason| of_token(reason.code)));
    }
    println!("seed {seed}: a right token is blamed in {blamed} of {count} trials");
    assert!(blamed * 100 <= count, "{blamed} of {count}");
}
