//! Whether anybody could have told: a service and a twin of it with another cause, asked everything
//! that the configuration allows. Equal answers to all of it mean that nobody could.

use authprobe::demo::times::TimeRule;
use authprobe::demo::verifier::Verifier;
use authprobe::observation::{Observation, Outcome};
use authprobe::plan::{Algorithm, KeyName, Subject};
use authprobe::question::{Credential, Edit, Forgery, Moment, Part, Question, TokenShape};
use serde_json::{Value, json};

use super::interview::{ask, knowing};
use super::keys::places;
use super::pairs::opaque;
use super::sample::{Fault, Sample};

/// Another cause under which the same service, drawn from `seed`, answers everything alike.
pub fn of(sample: &Sample, seed: u64) -> Option<Fault> {
    let (subject, keyring) = knowing(sample.reference);
    let questions = everything(&subject);
    rivals(sample).into_iter().find(|rival| {
        let mut faults = sample.faults.clone();
        faults.retain(|fault| !opaque(fault) && faults_beside_an_opaque_one(sample));
        faults.push(rival.clone());
        let twin = Sample::with(faults, &mut fastrand::Rng::with_seed(seed));
        questions.iter().all(|question| {
            let answer = |sample: &Sample, verifier: &Verifier| {
                ask(sample, verifier, question, &subject.token, &keyring, sample.start)
            };
            alike(&answer(sample, &sample.verifier), &answer(&twin, &twin.verifier))
        })
    })
}

/// Beside a fault that lets no token through, the other fault stays as it is.
fn faults_beside_an_opaque_one(sample: &Sample) -> bool {
    sample.faults.iter().any(opaque)
}

/// The causes that are easily taken for the planted one.
fn rivals(sample: &Sample) -> Vec<Fault> {
    let mut rivals = vec![Fault::UnknownKey, Fault::UnknownClaim, Fault::UnknownSubject];
    for fault in sample.faults.iter().filter(|_| sample.verifier.nbf == TimeRule::Ignored) {
        match fault {
            Fault::Leeway(leeway) => rivals.push(Fault::Behind(f64::from(*leeway))),
            Fault::Skew(skew) | Fault::LocalTime(skew) if *skew < 0.0 => {
                rivals.push(Fault::Forgives(-skew));
            }
            _ => {}
        }
    }
    let planted: Vec<_> = sample.faults.iter().filter_map(Fault::code).collect();
    rivals.retain(|rival| rival.code().is_some_and(|code| !planted.contains(&code)));
    rivals
}

fn alike(one: &Observation, other: &Observation) -> bool {
    match (&one.outcome, &other.outcome) {
        (Outcome::Answer(one), Outcome::Answer(other)) => {
            one.status == other.status
                && one.challenges == other.challenges
                && one.location == other.location
                && one.content_type == other.content_type
                && one.date == other.date
                && one.body.digest == other.body.digest
        }
        (Outcome::Failure(one), Outcome::Failure(other)) => one == other,
        _ => false,
    }
}

/// Every key; every algorithm, damage, time and claim with the keys of the configuration.
fn everything(subject: &Subject) -> Vec<Question> {
    let mut questions =
        vec![Question::once(Credential::Absent), Question::once(Credential::Garbage)];
    let base = TokenShape::most_acceptable(subject.token.algorithm);
    let names = subject.other_keys.iter().map(|label| label.name.clone());
    for key in [KeyName::Reference, KeyName::Random].into_iter().chain(names) {
        let public = matches!(key, KeyName::Reading(_) | KeyName::Default(_) | KeyName::Empty);
        let plain = TokenShape { key, ..base.clone() };
        let algorithms = if public { vec![plain.algorithm] } else { Algorithm::ALL.to_vec() };
        for algorithm in algorithms {
            let few = if public { 2 } else { usize::MAX };
            for edits in edits().into_iter().take(few) {
                let shape = TokenShape { algorithm, edits, ..plain.clone() };
                let count = if public { 1 } else { usize::MAX };
                questions.extend(times(&shape).into_iter().take(count).map(Question::token));
            }
        }
    }
    for forgery in [Forgery::AlgNone, Forgery::SignatureRemoved, Forgery::PayloadChanged] {
        for edits in edits() {
            let forgery = Some(forgery.clone());
            questions.push(Question::token(TokenShape { forgery, edits, ..base.clone() }));
        }
    }
    let places =
        places().into_iter().map(|place| TokenShape { carrier: Some(place), ..base.clone() });
    questions.extend(places.map(Question::token));
    questions
}

fn times(shape: &TokenShape) -> Vec<TokenShape> {
    let expiring = |expires| TokenShape { expires, ..shape.clone() };
    let mut all = vec![shape.clone(), expiring(Moment::FromNow(7_200)), expiring(Moment::Absent)];
    if shape.key == KeyName::Reference && shape.edits.is_empty() {
        all.extend((-600..60).step_by(7).map(|offset| expiring(Moment::FromNow(offset))));
    }
    all
}

/// Nothing, what frameworks want, and the configured claims left out or in another form.
fn edits() -> Vec<Vec<Edit>> {
    let edit = |name: &str, value: Option<Value>| Edit {
        part: Part::Payload,
        name: name.to_owned(),
        value,
    };
    let usual = ["type", "token_type", "user_id", "username", "scope", "roles", "email", "sid"];
    vec![
        Vec::new(),
        usual.map(|name| edit(name, Some("access".into()))).to_vec(),
        vec![edit("aud", None), edit("iss", None)],
        vec![edit("sub", Some(json!(1)))],
    ]
}
