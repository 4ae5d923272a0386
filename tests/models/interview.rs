//! An investigation of a model in memory: questions are minted for real and answered by the model
//! at moments of a clock that the test moves.

use std::time::Duration;

use authprobe::demo::verifier::Verifier;
use authprobe::diagnosis::ServiceDiagnosis;
use authprobe::investigate::{Investigation, Step};
use authprobe::mint;
use authprobe::observation::{Failure, Observation, Outcome};
use authprobe::plan::{
    Algorithm, Conditions, HostileGround, KeyLabel, KeyName, KeyPlace, Keyring, OwnKey, Policy,
    Quota, Scope, Subject, TokenSpec,
};
use authprobe::question::{Connection, Question};
use authprobe::secret::Secret;
use authprobe::time::UnixTime;

use super::keys;
use super::sample::{Path, Sample};

/// Asks what the configuration of every model lets it ask, until the investigation is done.
pub fn diagnose(sample: &Sample) -> ServiceDiagnosis {
    let (subject, keyring) = knowing(sample.reference);
    interview(subject, &keyring, sample)
}

/// Asks until the investigation is done.
pub fn interview(subject: Subject, keyring: &Keyring, sample: &Sample) -> ServiceDiagnosis {
    let spec = subject.token.clone();
    let mut investigation = Investigation::new(subject, "http://model/".into());
    let mut now = sample.start;
    let mut balancer = Balancer::default();
    loop {
        match investigation.step() {
            Step::Ask(questions) => {
                assert!(!questions.is_empty(), "a step without questions never ends");
                for question in questions {
                    now = due(&question, now);
                    let verifier = balancer.choose(sample, &question);
                    investigation.tell(ask(sample, verifier, &question, &spec, keyring, now));
                    now += 0.001 + sample.round_trip / 3.0;
                }
                now += sample.round_trip;
            }
            Step::Done(found) => return *found,
        }
    }
}

/// Leads every second fresh connection, and one of four kept ones, to the second replica.
#[derive(Default)]
struct Balancer {
    fresh: usize,
    kept: usize,
}

impl Balancer {
    fn choose<'s>(&mut self, sample: &'s Sample, question: &Question) -> &'s Verifier {
        let turn = match question.connection {
            Connection::Fresh => &mut self.fresh,
            Connection::Kept | Connection::To(_) => &mut self.kept,
        };
        *turn += 1;
        let every = if question.connection == Connection::Fresh { 2 } else { 4 };
        let second = sample.replica.as_ref().filter(|_| *turn % every == 0);
        second.unwrap_or(&sample.verifier)
    }
}

/// The moment at which a question may be sent.
fn due(question: &Question, now: f64) -> f64 {
    let Some(thousandths) = question.at_fraction else { return now };
    let ahead = f64::from(thousandths) / 1000.0 - now.fract();
    now + if ahead < 0.0 { ahead + 1.0 } else { ahead }
}

/// One question, answered by the model.
pub fn ask(
    sample: &Sample,
    verifier: &Verifier,
    question: &Question,
    spec: &TokenSpec,
    keyring: &Keyring,
    now: f64,
) -> Observation {
    let variant = mint::mint(question, spec, keyring, UnixTime(now)).expect("the keys are there");
    let token = variant.credential.as_ref();
    let token = token.map(|token| std::str::from_utf8(token.expose()).expect("tokens are text"));
    let sent = question.shape().and_then(|shape| shape.carrier.clone());
    let token = token.filter(|_| sent.unwrap_or_else(keys::configured).holds(&sample.place));
    let read_at = UnixTime(now + 0.0001 + sample.round_trip / 2.0);
    Observation {
        number: 0,
        question: question.clone(),
        times: variant.times,
        sent_at: UnixTime(now + 0.0001),
        received_at: UnixTime(now + 0.0001 + sample.round_trip),
        outcome: outcome(sample, verifier, token, read_at),
    }
}

fn outcome(sample: &Sample, verifier: &Verifier, token: Option<&str>, at: UnixTime) -> Outcome {
    match sample.path {
        Path::Front(front) => Outcome::Answer(front.respond(verifier, sample.dialect, token, at)),
        Path::Broken(stage) => Outcome::Failure(Failure { stage, detail: "as planted".to_owned() }),
    }
}

/// What the configuration knows of a model with the usual reference key.
pub fn subject() -> (Subject, Keyring) {
    knowing(keys::REFERENCE)
}

/// What the configuration knows of a model with this reference key.
pub fn knowing(reference: &str) -> (Subject, Keyring) {
    let known = keys::known(reference);
    let place = |name: &KeyName| KeyPlace { source: name.to_string().into(), variable: None };
    let label = |name: &KeyName, key: &Secret| KeyLabel {
        name: name.clone(),
        place: place(name),
        bits: key.len() * 8,
    };
    let secret = Secret::new(reference);
    let reference = label(&KeyName::Reference, &secret);
    let other_keys = known.iter().map(|(name, key)| label(name, key)).collect();
    let mut keyring = Keyring::default();
    keyring.insert(KeyName::Reference, secret);
    for (name, key) in known {
        keyring.insert(name, key);
    }
    let subject = Subject {
        name: "model".into(),
        source_of_truth: false,
        token: TokenSpec {
            algorithm: Algorithm::HS256,
            lifetime: Duration::from_mins(1),
            claims: serde_json::from_str(
                r#"{ "sub": "authprobe", "iss": "RemoteHive", "aud": "RemoteHive-Services" }"#,
            )
            .expect("valid JSON"),
            header: serde_json::Map::new(),
            not_before: None,
            issued_at: true,
        },
        policy: Policy::default(),
        carrier: keys::configured(),
        conditions: Conditions::default(),
        reference,
        other_keys,
        own_key: OwnKey::Differs(place(&KeyName::Own)),
        loader: None,
        hostile_allowed: false,
        hostile_ground: HostileGround::default(),
        scope: Scope::default(),
        quota: Quota::default(),
    };
    (subject, keyring)
}
