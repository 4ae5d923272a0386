//! Tokens that meet many demands at once: changes in, the same changes out with all beside them that
//! does not exclude them. A search through many keys then finds one beside a clock that is off, a claim
//! that frameworks want or a place that nobody expects, at no further request.

use super::times::Times;
use super::{Case, Change, Edit, ahead, carrier, claims, times};
use crate::plan::Carrier;

/// What bundles of a case are made from.
pub(super) struct Bundles {
    welcome: Vec<Edit>,
    odd: Vec<Edit>,
    roomy: Times,
    roomiest: Times,
    together: Option<Carrier>,
}

impl Bundles {
    pub(super) fn of(case: &Case) -> Self {
        let welcome = claims::welcome(&case.subject);
        let odd = claims::odd(&case.subject).into_iter().chain(welcome.iter().cloned()).collect();
        let ahead = ahead(case);
        Self {
            welcome,
            odd,
            roomy: times::roomy(ahead),
            roomiest: times::roomiest(ahead),
            together: carrier::together(case).filter(|_| !carrier::too_large(case)),
        }
    }

    /// Changes with what hardly any verifier refuses and some want.
    pub(super) fn welcome(&self, changes: &[&Change]) -> Vec<Change> {
        self.everywhere(filled(changes, &self.welcome, self.roomy))
    }

    /// Changes with what few verifiers want and few refuse as well.
    pub(super) fn odd(&self, changes: &[&Change]) -> Vec<Change> {
        self.everywhere(filled(changes, &self.odd, self.roomiest))
    }

    /// What is welcome and nothing else, in the configured place, and in every place at once: a token in
    /// several places is too much for some.
    pub(super) fn welcome_alone(&self) -> Vec<Vec<Change>> {
        let here = filled(&[], &self.welcome, self.roomy);
        let mut sets = vec![here.clone(), self.everywhere(here)];
        sets.dedup();
        sets
    }

    /// In every place that one request can fill, unless a place is among the changes.
    fn everywhere(&self, mut set: Vec<Change>) -> Vec<Change> {
        if !set.iter().any(|change| matches!(change, Change::Carrier(_))) {
            set.extend(self.together.clone().map(Change::Carrier));
        }
        set
    }
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
fn filled(changes: &[&Change], more: &[Edit], times: Times) -> Vec<Change> {
    let mut set: Vec<Change> = changes.iter().map(|change| (*change).clone()).collect();
    let claims = set.iter_mut().find_map(|change| match change {
        Change::Claims(edits) => Some(edits),
        _ => None,
    });
    match claims {
        Some(edits) => {
            let more = more.iter().filter(|edit| !names(edits, edit)).cloned().collect::<Vec<_>>();
            edits.extend(more);
        }
        None => set.push(Change::Claims(more.to_vec())),
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
