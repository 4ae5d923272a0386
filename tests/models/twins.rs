//! Whether anybody could have told: a service and a twin of it with another cause, asked everything
//! that the configuration allows. Equal answers to all of it mean that nobody could.

use authprobe::cause::CauseCode;
use authprobe::demo::times::TimeRule;
use authprobe::demo::verifier::Verifier;
use authprobe::observation::{Observation, Outcome};
use authprobe::plan::{Algorithm, KeyName, Subject};
use authprobe::question::{
    Credential, DateForm, Edit, Forgery, Moment, Part, Question, TokenShape,
};
use serde_json::{Value, json};

use super::interview::{ask, knowing};
use super::keys::places;
use super::sample::{Fault, Sample};

/// Another cause in the place of one that is not `named`, under which the same service, drawn from
/// `seed`, answers everything alike.
pub fn of(sample: &Sample, named: &[CauseCode], seed: u64) -> Option<Fault> {
    let (subject, keyring) = knowing(sample.reference);
    let questions = everything(&subject);
    let is_named = |fault: &Fault| fault.code().is_some_and(|code| named.contains(&code));
    let places = (0..sample.faults.len()).filter(|place| !is_named(&sample.faults[*place]));
    let pairs = places.flat_map(|place| {
        rivals(sample, &sample.faults[place]).into_iter().map(move |rival| (place, rival))
    });
    pairs.into_iter().find_map(|(place, rival)| {
        let mut faults = sample.faults.clone();
        faults[place] = rival.clone();
        let twin = Sample::with(faults, &mut fastrand::Rng::with_seed(seed));
        let indistinct = questions.iter().all(|question| {
            let answer = |sample: &Sample, verifier: &Verifier| {
                ask(sample, verifier, question, &subject.token, &keyring, sample.start)
            };
            alike(&answer(sample, &sample.verifier), &answer(&twin, &twin.verifier))
        });
        indistinct.then_some(rival)
    })
}

/// The causes that are easily taken for this fault.
fn rivals(sample: &Sample, fault: &Fault) -> Vec<Fault> {
    let unchecked_start = sample.verifier.nbf == TimeRule::Ignored;
    let mut rivals = match fault {
        Fault::Leeway(leeway) if unchecked_start => vec![Fault::Behind(f64::from(*leeway))],
        Fault::Skew(skew) | Fault::LocalTime(skew) if unchecked_start && *skew < 0.0 => {
            vec![Fault::Forgives(-skew, sample.dialect.date)]
        }
        _ => vec![Fault::UnknownKey, Fault::UnknownClaim, Fault::UnknownSubject],
    };
    rivals.retain(|rival| rival.code() != fault.code());
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

/// Every key, algorithm, damage, time, claim and place; every two of them together, and with the keys
/// of the configuration every four.
fn everything(subject: &Subject) -> Vec<Question> {
    let mut shapes = Vec::new();
    let base = TokenShape::most_acceptable(subject.token.algorithm);
    let names = subject.other_keys.iter().map(|label| label.name.clone());
    for key in [KeyName::Reference, KeyName::Random].into_iter().chain(names) {
        let public = matches!(key, KeyName::Reading(_) | KeyName::Default(_) | KeyName::Empty);
        let plain = TokenShape { key, ..base.clone() };
        for algorithm in Algorithm::ALL {
            let plain = TokenShape { algorithm, ..plain.clone() };
            let alone = plain.algorithm == base.algorithm;
            shapes.extend(if public && !alone { vec![plain] } else { varied(&plain, public) });
        }
        shapes.extend(edges(&plain));
    }
    for forgery in [Forgery::AlgNone, Forgery::SignatureRemoved, Forgery::PayloadChanged] {
        shapes.extend(varied(&TokenShape { forgery: Some(forgery), ..base.clone() }, false));
    }
    for place in places() {
        let plain = TokenShape { carrier: Some(place), ..base.clone() };
        shapes.extend(varied(&plain, true));
        let names = subject.other_keys.iter().map(|label| label.name.clone());
        shapes.extend(names.map(|key| TokenShape { key, ..plain.clone() }));
    }
    let bare = [Credential::Absent, Credential::Garbage].map(Question::once);
    bare.into_iter().chain(shapes.into_iter().map(Question::token)).collect()
}

/// Every time and every claim; where `apart`, one of them at a time.
fn varied(plain: &TokenShape, apart: bool) -> Vec<TokenShape> {
    let timed = |shape: &TokenShape| {
        let times = TIMES.into_iter().map(|(expires, start)| TokenShape {
            expires,
            not_before: start,
            issued: start,
            ..shape.clone()
        });
        times.collect::<Vec<_>>()
    };
    let edited = edits().into_iter().map(|edits| TokenShape { edits, ..plain.clone() });
    if apart {
        return edited.chain(timed(plain)).collect();
    }
    edited.flat_map(|shape| timed(&shape)).collect()
}

/// Lives that reach every clock and every limit, and the milliseconds that nobody should want.
const TIMES: [(Moment, Moment); 7] = [
    (Moment::Configured, Moment::Absent),
    (Moment::FromNow(15), Moment::Absent),
    (Moment::FromNow(7_200), Moment::Absent),
    (Moment::FromNow(315_360_000), Moment::Absent),
    (Moment::FromNow(7_200), Moment::FromNow(-7_200)),
    (Moment::Absent, Moment::Absent),
    (Moment::Written(600, DateForm::Milliseconds), Moment::Absent),
];

/// Expired tokens by the second, for the keys of the configuration.
fn edges(plain: &TokenShape) -> Vec<TokenShape> {
    if matches!(plain.key, KeyName::Reading(_) | KeyName::Default(_) | KeyName::Random) {
        return Vec::new();
    }
    let offsets = (-600..60).step_by(7).chain([-40_000, -20_000, -9_000, -4_000, -1_300]);
    offsets.map(|n| TokenShape { expires: Moment::FromNow(n), ..plain.clone() }).collect()
}

/// Nothing, what frameworks want, and the configured claims left out or in another form.
fn edits() -> Vec<Vec<Edit>> {
    let claim = |name: &str, value: Option<Value>| Edit {
        part: Part::Payload,
        name: name.to_owned(),
        value,
    };
    let member = |name: &str, value: &str| Edit {
        part: Part::Header,
        name: name.to_owned(),
        value: Some(value.into()),
    };
    let usual = ["type", "token_type", "user_id", "username", "scope", "roles", "email", "sid"];
    let more = ["client_id", "name"];
    vec![
        Vec::new(),
        usual.into_iter().chain(more).map(|name| claim(name, Some("access".into()))).collect(),
        vec![claim("aud", None), claim("iss", None)],
        vec![claim("aud", None)],
        vec![claim("aud", Some(json!(["RemoteHive-Services"])))],
        vec![claim("iss", Some("RemoteHive/".into()))],
        vec![claim("sub", Some(json!(1)))],
        vec![member("typ", "at+jwt")],
        vec![member("kid", "authprobe")],
    ]
}
