//! The key that a service verifies with in, the cause and its mend in words out, where that is not
//! the reference key. Asks nothing.

use super::findings::{Detailed, shown};
use super::other_loaders;
use crate::cause::{Cause, CauseCode};
use crate::key::Reading;
use crate::plan::{KeyName, OwnKey, Subject};

/// The cause for a service that verifies with `key` instead of the reference key.
pub(super) fn cause(subject: &Subject, key: &KeyName, evidence: Vec<usize>) -> Cause {
    let name = &subject.name;
    let place = place_of(subject, key);
    if let KeyName::Reading(code) = key
        && let Some(reading) = Reading::of(code)
    {
        return misread(subject, reading, evidence);
    }
    let (code, summary) = match key {
        KeyName::Previous(_) => {
            (CauseCode::KeyPrevious, format!("{name} still verifies with {key}"))
        }
        KeyName::Own => (
            CauseCode::KeyOwnFile,
            format!("{name} verifies with the key in its own file, which is not the shared key"),
        ),
        KeyName::Environment(other) => (
            CauseCode::KeyOtherEnvironment,
            format!("{name} verifies with the key of {other}, not with this environment's"),
        ),
        KeyName::OwnVariable(variable) => {
            return other_variable(subject, variable, place, evidence);
        }
        KeyName::Reading(_) => (CauseCode::KeyVariant, format!("{name} verifies with {key}")),
        KeyName::Empty => {
            (CauseCode::KeyDefault, format!("{name} verifies with an empty key: it has none"))
        }
        KeyName::Default(_) | KeyName::Reference | KeyName::Random | KeyName::Public(_) => (
            CauseCode::KeyDefault,
            format!("{name} verifies with a framework default, not with the shared key"),
        ),
    };
    let fix = match code {
        CauseCode::KeyOwnFile => other_loaders::finding_it(subject, mend_key(subject)),
        CauseCode::KeyDefault => other_loaders::minding_none(subject, mend_key(subject)),
        _ => mend_key(subject),
    };
    shown(code, summary, fix, evidence).detail("key", place)
}

/// None of the known keys is the one: by elimination, so with less than certainty.
pub(super) fn unknown(subject: &Subject, confidence: f64, number: usize) -> Cause {
    let name = &subject.name;
    Cause {
        confidence,
        ..shown(
            CauseCode::KeyMismatch,
            format!("{name} verifies with a key that is none of those known here"),
            other_loaders::minding(subject, mend_key(subject)),
            vec![number],
        )
    }
}

/// The shared key, read otherwise: the row of the reading says how it comes about.
fn misread(subject: &Subject, reading: &Reading, evidence: Vec<usize>) -> Cause {
    let name = &subject.name;
    let Reading { code, what, origin, mend, .. } = reading;
    let summary = format!("{name} verifies with {what}: {origin}");
    let fix = format!("{mend} Then restart {name}.");
    let Some(other) = other_loaders::reading_so(subject, code) else {
        return shown(CauseCode::KeyVariant, summary, fix, evidence)
            .detail("key", *what)
            .detail("variant", *code);
    };
    let fix = format!("{fix} {}", other_loaders::explained(subject, other));
    shown(CauseCode::KeyVariant, summary, fix, evidence)
        .detail("key", *what)
        .detail("variant", *code)
        .detail("dialect", other.clue.dialect)
}

/// The value of another variable of its own file.
fn other_variable(subject: &Subject, variable: &str, place: String, evidence: Vec<usize>) -> Cause {
    let name = &subject.name;
    let reference = &subject.reference.place;
    let beside = match &subject.own_key {
        OwnKey::SameAsReference(place) => place.variable.as_deref(),
        OwnKey::NotConfigured | OwnKey::Unset(_) | OwnKey::Differs(_) => None,
    };
    let summary = format!("{name} verifies with the value of {variable}, not with the shared key");
    let fix = match beside {
        Some(right) => format!("Let {name} read {right} instead of {variable}; restart {name}."),
        None => format!("Set {place} to the value of {reference}; restart {name}."),
    };
    shown(CauseCode::KeyOwnFile, summary, fix, evidence)
        .detail("key", place)
        .detail("variable", variable)
}

/// The key in words that fit after "verifies with".
pub(super) fn words(key: &KeyName) -> String {
    let reading = match key {
        KeyName::Reading(code) => Reading::of(code),
        _ => None,
    };
    reading.map_or_else(|| key.to_string(), |reading| reading.what.to_owned())
}

/// Where the key was read, or its name.
pub(super) fn place_of(subject: &Subject, key: &KeyName) -> String {
    let label = subject.other_keys.iter().find(|label| label.name == *key);
    label.map_or_else(|| key.to_string(), |label| label.place.to_string())
}

/// How to give a service the reference key, from what is known of its key file.
pub(super) fn mend_key(subject: &Subject) -> String {
    let name = &subject.name;
    let reference = &subject.reference.place;
    match &subject.own_key {
        OwnKey::NotConfigured => {
            format!("Give {name} the value of {reference}; restart {name}.")
        }
        OwnKey::Unset(place) => {
            let variable = place.variable.as_deref().unwrap_or("its key");
            format!(
                "{name} reads {variable}, and {source} does not set it. Set {variable} there to \
                 the value of {reference}; restart {name}.",
                source = place.source
            )
        }
        OwnKey::Differs(place) => {
            format!("Set {place} to the value of {reference}; restart {name}.")
        }
        OwnKey::SameAsReference(place) if subject.source_of_truth => format!(
            "{place} is the reference key, and the running {name} has another one: restart \
             {name}. If that does not help, look for a variable in its environment that shadows \
             the file."
        ),
        OwnKey::SameAsReference(place) => format!(
            "{place} already holds the shared key, and the running {name} has another one: \
             restart {name}. If that does not help, look for a variable in its environment that \
             shadows the file."
        ),
    }
}
