//! Keys that are not there: no file, no variable, no bytes, no way to read it; and a variable that one
//! file sets twice. Key files in, findings out.

use super::view::{AuditView, EnvironmentView, Held, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;

/// What is missing, empty, unreadable or there twice.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for environment in view.environments.iter().filter(|one| one.is_looked_at) {
        for key in &environment.keys {
            found.extend(absence(view, environment, key));
            found.extend(duplicate(view, environment, key));
        }
    }
    found
}

fn absence(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
) -> Option<Finding> {
    let (service, variable, file) = (&key.file.service, key.variable(), &key.file.name);
    let (code, status, summary, fix) = match &key.held {
        Held::Key(_) => return None,
        Held::NoFile | Held::Unset if key.file.if_exists => return None,
        Held::NoFile => (
            AuditCode::KeyMissing,
            Status::Fail,
            format!("{service}'s key file is not there"),
            match whence(view, environment, key) {
                Whence::Value(place) => {
                    format!("Create {file} and set {variable} there to the value of {place}.")
                }
                Whence::Nowhere => format!(
                    "Copy {file} from where {} runs; or, for a new key, create it with {}.",
                    environment.name(),
                    key_made(key)
                ),
            },
        ),
        // Without a configuration, the service may get it from elsewhere here.
        Held::Unset if view.ground.configuration.is_none() => (
            AuditCode::KeyMissing,
            Status::Undecided,
            format!("{service}'s env file does not set {variable}, as its other ones do"),
            format!(
                "Set {variable} in {file}, if {service} gets its key from no other place there."
            ),
        ),
        Held::Unset => (
            AuditCode::KeyMissing,
            Status::Fail,
            format!("{service}'s key file does not set {variable}"),
            set(view, environment, key),
        ),
        Held::Empty => (
            AuditCode::KeyEmpty,
            Status::Fail,
            format!("{service}'s key is empty"),
            set(view, environment, key),
        ),
        Held::Unreadable(why) => (
            AuditCode::KeyUnreadable,
            Status::Undecided,
            format!("{service}'s key cannot be read: {why}"),
            format!("Run this as a user who may read {file}, and see that its loader can."),
        ),
    };
    Some(Finding { summary, fix, ..view.finding(code, status, environment, key) })
}

/// Where the right value is to be had.
enum Whence {
    /// From this place.
    Value(String),
    /// No other place of the environment has it.
    Nowhere,
}

/// What to set a variable to in a file that is there.
fn set(view: &AuditView<'_>, environment: &EnvironmentView<'_>, key: &KeyView<'_>) -> String {
    let (variable, file) = (key.variable(), &key.file.name);
    match whence(view, environment, key) {
        Whence::Value(place) => format!("Set {variable} in {file} to the value of {place}."),
        Whence::Nowhere => format!(
            "Set {variable} in {file} to the key that {} runs with; or, for a new key, to {}.",
            environment.name(),
            key_made(key)
        ),
    }
}

/// The source of truth, then any place with a key; where there is none, all wait for the first place of
/// the source of truth, so that one key is made and not several.
fn whence(view: &AuditView<'_>, environment: &EnvironmentView<'_>, key: &KeyView<'_>) -> Whence {
    let phrase = |key: &KeyView<'_>| format!("{} in {}", key.variable(), key.file.name);
    let is_truth = |name: &str| view.ground.service(name).is_some_and(|one| one.source_of_truth);
    let mut elsewhere = environment.inventory.elsewhere.iter();
    let elsewhere = elsewhere.find(|one| is_truth(&one.service));
    let first = environment.keys.iter().find(|key| key.file.source_of_truth);
    match (environment.reference(), elsewhere, first) {
        (Some((known, _)), None, _) => Whence::Value(phrase(known)),
        (_, Some(elsewhere), _) => Whence::Value(elsewhere.place.to_string()),
        (None, None, Some(first)) if !std::ptr::eq(first, key) => {
            Whence::Value(format!("{}, once that has one", phrase(first)))
        }
        (None, None, _) => Whence::Nowhere,
    }
}

/// What makes a key as the file is to hold it.
fn key_made(key: &KeyView<'_>) -> String {
    match key.file.place.variable() {
        Some(name) => format!("what `authprobe keygen --variable {name}` prints"),
        None => "what `authprobe keygen | cut -d= -f2 | tr -d '\\n'` prints".to_owned(),
    }
}

/// Loaders take one line or the other, and people edit the wrong one.
fn duplicate(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
) -> Option<Finding> {
    let mut values = key.every_value();
    values.dedup();
    let (variable, file) = (key.file.place.variable()?, &key.file.name);
    if values.len() < 2 {
        return None;
    }
    let lines: Vec<String> = key.lines.iter().map(ToString::to_string).collect();
    let taken = if key.dialect()?.takes_first() { "first" } else { "last" };
    let summary = format!("{file} sets {variable} more than once, to different values");
    let fix = format!(
        "Keep one of the lines {}: {} takes the {taken}, other loaders do not.",
        lines.join(" and "),
        key.dialect()?.name
    );
    let found = view.finding(AuditCode::KeyDuplicate, Status::Warn, environment, key);
    Some(Finding { summary, fix, ..found })
}
