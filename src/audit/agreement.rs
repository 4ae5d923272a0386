//! Whether every service holds the key of the source of truth: equality, and sameness once a key is read
//! otherwise. Never tells how two keys differ.

use super::view::{AuditView, EnvironmentView, Held, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::audit_outcome::Agreement;
use crate::check::Status;
use crate::key::reading::{Reading, Written, readings};
use crate::secret::Secret;

/// Another reading that makes one key of two.
#[derive(Debug, Clone, Copy)]
enum Twist {
    /// The service's key is this reading of the reference.
    OfReference(&'static Reading),
    /// The reference is this reading of the service's key.
    OfOwn(&'static Reading),
}

impl Twist {
    fn reading(self) -> &'static Reading {
        match self {
            Self::OfReference(reading) | Self::OfOwn(reading) => reading,
        }
    }
}

/// How a place stands beside the reference key of its environment.
pub(super) fn agreement(environment: &EnvironmentView<'_>, key: &KeyView<'_>) -> Agreement {
    let own = match &key.held {
        Held::Key(own) => own,
        Held::Empty => return Agreement::Empty,
        Held::NoFile | Held::Unset => return Agreement::Missing,
        Held::Unreadable(_) => return Agreement::Unreadable,
    };
    let Some((reference, known)) = environment.reference() else { return Agreement::Untold };
    if std::ptr::eq(reference, key) {
        return Agreement::Truth;
    }
    if own == known {
        return Agreement::Same;
    }
    twist(reference, known, key, own)
        .map_or(Agreement::Differs, |twist| Agreement::SameOnce(twist.reading().code))
}

/// Every place with another key than the reference.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for environment in &view.environments {
        for key in &environment.keys {
            found.extend(finding(view, environment, key));
        }
    }
    found
}

fn finding(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
) -> Option<Finding> {
    let (reference, known) = environment.reference()?;
    let own = key.key().filter(|own| *own != known)?;
    let twist = twist(reference, known, key, own);
    let service = &key.file.service;
    let shared = format!("{} in {}", reference.variable(), reference.file.name);
    let (summary, fix) = match twist {
        Some(Twist::OfReference(reading)) => (
            format!("{service}'s key is not the shared key but {}", reading.what),
            format!("{} {} is right.", reading.mend, shared),
        ),
        Some(Twist::OfOwn(reading)) => (
            format!(
                "{service}'s key is the shared key only once it is read otherwise ({})",
                reading.code
            ),
            format!("{} {} is right.", reading.mend, shared),
        ),
        None => (
            format!(
                "{service} holds another key than {}{}",
                reference.file.service,
                whose(view, environment, own)
            ),
            format!(
                "Set {} in {} to the value of {shared}, or give both a new one: `{}`.",
                key.variable(),
                key.file.name,
                view.new_key(environment.name())
            ),
        ),
    };
    let status =
        if is_sure(view, reference, key, twist) { Status::Fail } else { Status::Undecided };
    let fix = match status {
        Status::Undecided => format!("If {service} is to take the same tokens: {fix}"),
        _ => fix,
    };
    Some(Finding { summary, fix, ..view.finding(AuditCode::KeyDiffers, status, environment, key) })
}

/// A configuration says what is one key. Files that were found by their names may hold keys that have
/// nothing to do with one another, or that a service decodes by itself.
fn is_sure(
    view: &AuditView<'_>,
    reference: &KeyView<'_>,
    key: &KeyView<'_>,
    twist: Option<Twist>,
) -> bool {
    let decoded = twist.is_some_and(|twist| {
        let code = twist.reading().code;
        code.contains("coded") || code.starts_with("sha")
    });
    let is_general = |key: &KeyView<'_>| !key.variable().contains("JWT");
    let told = reference.file.source_of_truth && !view.ground.assumes_truth();
    view.ground.configuration.is_some()
        || (told && !decoded && !is_general(reference) && !is_general(key))
}

/// Which other environment's key it is, in words.
fn whose(view: &AuditView<'_>, here: &EnvironmentView<'_>, own: &Secret) -> String {
    let others = view.environments.iter().filter(|other| other.name() != here.name());
    let mut others = others.filter(|other| other.reference().is_some_and(|(_, key)| key == own));
    others.next().map_or_else(String::new, |other| format!(": that of {}", other.name()))
}

fn twist(
    reference: &KeyView<'_>,
    known: &Secret,
    key: &KeyView<'_>,
    own: &Secret,
) -> Option<Twist> {
    let making = |from: &KeyView<'_>, key: &Secret, wanted: &Secret| {
        let variable = from.file.place.variable();
        let written = Written { key, variable, file: from.text.as_ref() };
        let found = readings(written).into_iter().find(|(_, read)| read == wanted);
        found.map(|(reading, _)| reading)
    };
    making(reference, known, own)
        .map(Twist::OfReference)
        .or_else(|| making(key, own, known).map(Twist::OfOwn))
}
