//! Whether every service holds the key of the source of truth: equality, and sameness once a key is read
//! otherwise. Never tells how two keys differ.

use super::view::{AuditView, COPIES, EnvironmentView, Held, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::audit_outcome::Agreement;
use crate::check::Status;
use crate::key::reading::{Reading, Written, readings};
use crate::secret::Secret;

/// So many services are named.
const SHOWN: usize = 5;

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
pub(super) fn agreement(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
) -> Agreement {
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
    match twist(reference, known, key, own) {
        Some(twist) => Agreement::SameOnce(twist.reading().code),
        None if is_told_to_be_one(view, reference, key) => Agreement::Differs,
        None => Agreement::Unrelated,
    }
}

/// Every place with another key than the reference.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for environment in &view.environments {
        let Some((reference, known)) = environment.reference() else { continue };
        let mut unrelated: Vec<&KeyView<'_>> = Vec::new();
        for key in &environment.keys {
            let Some(own) = key.key().filter(|own| *own != known) else { continue };
            match twist(reference, known, key, own) {
                Some(twist) => found.push(twisted(view, environment, key, twist)),
                None if is_told_to_be_one(view, reference, key) => {
                    found.push(other(view, environment, key, own));
                }
                None => unrelated.push(key),
            }
        }
        found.extend(several(view, environment, &unrelated));
    }
    found
}

/// A key that is the shared one in another reading. Where no configuration says how it is decoded, the
/// service may do so by itself.
fn twisted(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
    twist: Twist,
) -> Finding {
    let (service, reading) = (&key.file.service, twist.reading());
    let summary = match twist {
        Twist::OfReference(reading) => {
            format!("{service}'s key is not the shared key but {}", reading.what)
        }
        Twist::OfOwn(reading) => format!(
            "{service}'s key is the shared key only once it is read otherwise ({})",
            reading.code
        ),
    };
    let may_decode = reading.code.contains("coded") || reading.code.starts_with("sha");
    let is_sure = view.ground.configuration.is_some() || !may_decode;
    let status = if is_sure { Status::Fail } else { Status::Undecided };
    let fix = format!("{} {} is right.", reading.mend, shared(environment));
    Finding { summary, fix, ..view.finding(AuditCode::KeyDiffers, status, environment, key) }
}

fn other(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
    own: &Secret,
) -> Finding {
    let (service, file) = (&key.file.service, &key.file.name);
    let truth = environment.reference().map_or("the others", |(truth, _)| &truth.file.service);
    let summary = match owner(view, environment, own) {
        Some(name) => {
            format!("{service} holds the key of {name}, not that of {}", environment.name())
        }
        None => format!("{service} holds another key than {truth}"),
    };
    let fix = format!(
        "Set {} in {file} to the value of {}, or give both a new one: `{}`.",
        key.variable(),
        shared(environment),
        view.new_key(environment.name())
    );
    Finding { summary, fix, ..view.finding(AuditCode::KeyDiffers, Status::Fail, environment, key) }
}

/// Keys of which nothing says that they should be one.
fn several(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    unrelated: &[&KeyView<'_>],
) -> Option<Finding> {
    let first = unrelated.first()?;
    let mut names: Vec<&str> = Vec::new();
    for key in unrelated {
        if !names.contains(&key.file.service.as_str()) {
            names.push(&key.file.service);
        }
    }
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let (verb, reference) = (if names.len() == 1 { "holds" } else { "hold" }, shared(environment));
    let found = view.finding(AuditCode::KeyDiffers, Status::Undecided, environment, first);
    Some(Finding {
        service: (unrelated.len() == 1).then(|| first.file.service.clone()),
        summary: format!("{}{more} {verb} another key than {reference}", names.join(", ")),
        fix: "Say in a probes.yaml which services share a key: then this can be judged.".to_owned(),
        ..found
    })
}

/// A configuration says what is one key. Files that were found by their names may hold keys that have
/// nothing to do with one another.
fn is_told_to_be_one(view: &AuditView<'_>, reference: &KeyView<'_>, key: &KeyView<'_>) -> bool {
    let is_jwt = |key: &KeyView<'_>| key.variable().contains("JWT");
    let is_top = reference.file.source_of_truth && !view.ground.assumes_truth();
    view.ground.configuration.is_some() || (is_top && is_jwt(reference) && is_jwt(key))
}

/// Where the right value stands.
fn shared(environment: &EnvironmentView<'_>) -> String {
    environment.reference().map_or_else(String::new, |(reference, _)| {
        format!("{} in {}", reference.variable(), reference.file.name)
    })
}

/// The other environment whose key it is.
fn owner<'a>(view: &AuditView<'a>, here: &EnvironmentView<'_>, own: &Secret) -> Option<&'a str> {
    let others = view.environments.iter().filter(|other| other.name() != here.name());
    let others = others.filter(|other| other.reference().is_some_and(|(_, key)| key == own));
    others.map(EnvironmentView::name).max_by_key(|name| !COPIES.contains(name))
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
