//! Tokens that meet many demands at once: changes in, the same changes out with all beside them that
//! does not exclude them. A search through many keys then finds one beside a clock that is off, a claim
//! that frameworks want or a place that nobody expects, at no further request.

use super::times::Times;
use super::{Case, Change, Edit, ahead, carrier, claims, times};

/// Changes with what hardly any verifier refuses and some want.
pub(super) fn welcome(case: &Case, changes: &[&Change]) -> Vec<Change> {
    everywhere(case, filled(changes, claims::welcome(&case.subject), times::roomy(ahead(case))))
}

/// Changes with what few verifiers want and few refuse as well.
pub(super) fn odd(case: &Case, changes: &[&Change]) -> Vec<Change> {
    let edits = claims::odd(&case.subject).into_iter().chain(claims::welcome(&case.subject));
    everywhere(case, filled(changes, edits.collect(), times::roomiest(ahead(case))))
}

/// What is welcome and nothing else, in the configured place, and in every place at once: a token in
/// several places is too much for some.
pub(super) fn welcome_alone(case: &Case) -> Vec<Vec<Change>> {
    let here = filled(&[], claims::welcome(&case.subject), times::roomy(ahead(case)));
    let mut sets = vec![here.clone(), everywhere(case, here)];
    sets.dedup();
    sets
}

/// Whether a welcome token meets the demand that this change meets.
pub(super) fn covers(case: &Case, change: &Change) -> bool {
    match change {
        Change::Times(times) => times.is_covered(),
        Change::Claims(edits) => claims::covered(&case.subject).contains(edits),
        Change::Key(_) | Change::Algorithm(_) | Change::Carrier(_) => false,
    }
}

/// The changes, and beside them claims and times, where they have none of the same.
fn filled(changes: &[&Change], more: Vec<Edit>, times: Times) -> Vec<Change> {
    let mut set: Vec<Change> = changes.iter().map(|change| (*change).clone()).collect();
    let claims = set.iter_mut().find_map(|change| match change {
        Change::Claims(edits) => Some(edits),
        _ => None,
    });
    match claims {
        Some(edits) => {
            let more = more.into_iter().filter(|edit| !names(edits, edit));
            *edits = edits.iter().cloned().chain(more).collect();
        }
        None => set.push(Change::Claims(more)),
    }
    if !set.iter().any(|change| matches!(change, Change::Times(_))) {
        set.push(Change::Times(times));
    }
    set
}

/// Whether one of these edits is of the same member.
fn names(edits: &[Edit], edit: &Edit) -> bool {
    edits.iter().any(|other| other.part == edit.part && other.name == edit.name)
}

/// In every place that one request can fill, unless a place is among the changes.
fn everywhere(case: &Case, mut set: Vec<Change>) -> Vec<Change> {
    if !set.iter().any(|change| matches!(change, Change::Carrier(_))) {
        let together = carrier::together(case).filter(|_| !carrier::too_large(case));
        set.extend(together.map(Change::Carrier));
    }
    set
}
