//! Whether each environment has a key of its own. The reference keys of all environments in, findings
//! out: names of environments, never a key.

use super::view::{AuditView, COPIES, EnvironmentView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;

/// One finding for each key that several environments share.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let is_found = view.ground.configuration.is_none();
    let own =
        |environment: &&EnvironmentView<'_>| !(is_found && COPIES.contains(&environment.name()));
    let mut left: Vec<&EnvironmentView<'_>> = view.environments.iter().filter(own).collect();
    let mut found = Vec::new();
    while !left.is_empty() {
        let first = left.remove(0);
        let Some((_, key)) = first.reference() else { continue };
        let (same, others) = left.into_iter().partition(|other: &&EnvironmentView<'_>| {
            other.reference().is_some_and(|(_, other)| other == key)
        });
        left = others;
        found.extend(finding(view, first, &same));
    }
    found
}

fn finding(
    view: &AuditView<'_>,
    first: &EnvironmentView<'_>,
    others: &[&EnvironmentView<'_>],
) -> Option<Finding> {
    let (last, _) = others.last()?.reference()?;
    let last_name = others.last()?.name();
    let mut names = vec![first.name()];
    names.extend(others.iter().map(|other| other.name()));
    let (all, end) = (names[..names.len() - 1].join(", "), names.last()?);
    Some(Finding {
        code: AuditCode::KeySharedBetweenEnvironments,
        status: Status::Fail,
        environments: names.iter().map(ToString::to_string).collect(),
        service: None,
        place: Some(view.place(last)),
        summary: format!("{all} and {end} have the same key"),
        fix: format!("Give {last_name} a key of its own: `{}`.", view.new_key(last_name)),
    })
}
