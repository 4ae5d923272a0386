//! What the keys of several services and environments mean together: who differs from the others,
//! and which key opens two environments. By names and keyrings, never by bytes.

use std::collections::BTreeMap;

use super::prediction::Pairing;
use crate::check::{Severity, Status};
use crate::diagnosis::{FleetFinding, KeyMatch, ServiceDiagnosis};
use crate::plan::{KeyFact, KeyName, Plan, Service};
use crate::verdict::Verdict;

/// What the files alone say.
pub(super) fn of_files(plan: &Plan, fact: &KeyFact) -> FleetFinding {
    let environment = &plan.environment;
    let services = plan.services.iter().map(|service| service.subject.name.clone()).collect();
    let (code, status, severity, summary, fix) = match fact {
        KeyFact::SharedWithEnvironment(other) => (
            "key-shared-between-environments",
            Status::Fail,
            Severity::High,
            format!("{environment} and {other} have the same key"),
            format!("Give {other} a key of its own: `authprobe keygen`."),
        ),
        KeyFact::TooShort { bits, wanted } => (
            "key-too-short",
            Status::Warn,
            Severity::Medium,
            format!(
                "the reference key of {environment} has {} bits, the policy asks for {wanted} \
                 (RFC 7518 section 3.2)",
                class(*bits)
            ),
            "Rotate to a key made by `authprobe keygen`.".to_owned(),
        ),
        KeyFact::WellKnown => (
            "key-well-known",
            Status::Fail,
            Severity::Critical,
            format!("the reference key of {environment} is a published default or example"),
            "Rotate to a key made by `authprobe keygen` at once.".to_owned(),
        ),
        KeyFact::EndsWithNewline { place, mend } => (
            "key-ends-with-newline",
            Status::Warn,
            Severity::Low,
            format!("the reference key of {environment} ends with a line feed: {place}"),
            format!(
                "Every byte counts. If nobody means this one, write the key without it: {mend}."
            ),
        ),
    };
    FleetFinding { code, status, severity, summary, fix, services }
}

/// Lengths are told in classes only, so that they say little about the key.
fn class(bits: usize) -> &'static str {
    match bits {
        0..112 => "fewer than 112",
        112..256 => "112 to 255",
        _ => "256 or more",
    }
}

/// Services that live in this environment and take tokens of another, by their own answers.
pub(super) fn of_other_environments(
    plan: &Plan,
    services: &[ServiceDiagnosis],
) -> Vec<FleetFinding> {
    let mut opened: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for service in services.iter().filter(|service| service.key.is_some()) {
        for seen in &service.observations {
            let shape = seen.observation.question.shape().filter(|shape| shape.forgery.is_none());
            let Some(KeyName::Environment(other)) = shape.map(|shape| &shape.key) else { continue };
            let names = opened.entry(other).or_default();
            if seen.verdict == Verdict::Accepted && !names.contains(&service.name.as_str()) {
                names.push(&service.name);
            }
        }
    }
    opened.retain(|_, names| !names.is_empty());
    let here = &plan.environment;
    let finding = |(other, names): (&str, Vec<&str>)| FleetFinding {
        code: "key-opens-two-environments",
        status: Status::Fail,
        severity: Severity::High,
        summary: format!(
            "the key of {other} opens {here}, too: {} {} tokens that are signed with it",
            listed(&names),
            if names.len() == 1 { "takes" } else { "take" }
        ),
        fix: format!(
            "Let each environment have a key of its own; whoever holds {other}'s is in here."
        ),
        services: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    opened.into_iter().map(finding).collect()
}

/// All services but one verify with one key.
pub(super) fn odd_one_out(plan: &Plan, services: &[ServiceDiagnosis]) -> Option<FleetFinding> {
    let known: Vec<_> =
        plan.services.iter().zip(services).filter(|(_, found)| found.key.is_some()).collect();
    let reference = Some(KeyMatch::Known(KeyName::Reference));
    if known.len() < 3 || known.iter().all(|(_, found)| found.key == reference) {
        return None;
    }
    let mut classes: Vec<Vec<(&Service, &ServiceDiagnosis)>> = Vec::new();
    for verifier in known {
        let same =
            |class: &&mut Vec<_>| Pairing { issuer: class[0], verifier }.same_key() == Some(true);
        match classes.iter_mut().find(same) {
            Some(class) => class.push(verifier),
            None => classes.push(vec![verifier]),
        }
    }
    classes.sort_by_key(Vec::len);
    let [odd, majority] = classes.as_slice() else { return None };
    let [(service, odd)] = odd.as_slice() else { return None };
    let majority: Vec<&str> = majority.iter().map(|(_, found)| found.name.as_str()).collect();
    let place = service
        .subject
        .own_key
        .place()
        .map_or_else(String::new, |place| format!(": {place} is what to look at"));
    let truth = if service.subject.source_of_truth { ", the source of truth," } else { "" };
    Some(FleetFinding {
        code: "odd-key-out",
        status: Status::Warn,
        severity: Severity::Info,
        summary: format!(
            "{} verify with one key, {}{truth} with another{place}",
            listed(&majority),
            odd.name
        ),
        fix: String::new(),
        services: services.iter().map(|service| service.name.clone()).collect(),
    })
}

/// `main`, `main and admin`, `main, admin and 7 more`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, second] => format!("{first} and {second}"),
        [first, second, third] => format!("{first}, {second} and {third}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}
