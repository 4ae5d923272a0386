//! Keys that are not there: no file, no variable, no bytes, no way to read it; and a variable that one
//! file sets twice. Key files in, findings out.

use super::view::{AuditView, EnvironmentView, Held, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;

/// What is missing, empty, unreadable or there twice.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for environment in &view.environments {
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
            format!(
                "Create {file} and set {variable} there to the value of {}.",
                truth(environment)
            ),
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
            format!("Set {variable} in {file} to the value of {}.", truth(environment)),
        ),
        Held::Empty => (
            AuditCode::KeyEmpty,
            Status::Fail,
            format!("{service}'s key is empty"),
            format!("Set {variable} in {file} to the value of {}.", truth(environment)),
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

/// Where the right value stands, as a phrase.
fn truth(environment: &EnvironmentView<'_>) -> String {
    let truth = environment.keys.iter().find(|key| key.file.source_of_truth);
    truth.map_or_else(
        || "the other services".to_owned(),
        |key| format!("{} in {}", key.variable(), key.file.name),
    )
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
