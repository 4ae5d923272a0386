//! The dimensions of the search: every single change that could turn a refused token into one
//! that is taken. Adding a row to a dimension widens the search.

mod carrier;
mod claims;
mod times;

use std::mem::discriminant;

use super::case::Case;
use super::message::Hint;
use crate::clock::DateBox;
use crate::plan::{Algorithm, Carrier, KeyName, TokenSpec};
use crate::question::{Edit, TokenShape};

pub(super) use carrier::arrives_unseen;
pub(super) use times::Times;

/// A clock that is so many seconds off by its `Date` is beyond the rows of times that every service
/// is tried with.
const FAR_OFF: u64 = 600;

/// One change to the most acceptable token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Another key.
    Key(KeyName),
    /// Another algorithm.
    Algorithm(Algorithm),
    /// Other times.
    Times(Times),
    /// Other claims or header members.
    Claims(Vec<Edit>),
    /// The token travels elsewhere.
    Carrier(Carrier),
}

impl Change {
    /// The shape with this change.
    pub(super) fn apply(&self, shape: TokenShape) -> TokenShape {
        match self {
            Self::Key(key) => TokenShape { key: key.clone(), ..shape },
            Self::Algorithm(algorithm) => TokenShape { algorithm: *algorithm, ..shape },
            Self::Times(times) => times.apply(shape),
            Self::Claims(edits) => TokenShape { edits: edits.clone(), ..shape },
            Self::Carrier(carrier) => TokenShape { carrier: Some(carrier.clone()), ..shape },
        }
    }

    /// Whether two changes exclude one another.
    pub(super) fn same_dimension(&self, other: &Self) -> bool {
        discriminant(self) == discriminant(other)
    }

    /// Whether it is another change of the same kind; of places: a header, a cookie or a parameter.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let kind = match (self, other) {
            (Self::Carrier(one), Self::Carrier(other)) => discriminant(one) == discriminant(other),
            _ => discriminant(self) == discriminant(other),
        };
        kind && self != other
    }

    /// How likely the change stands together with another fault; 0 is the likeliest.
    fn rank_in_pairs(&self) -> Option<u8> {
        match self {
            Self::Key(KeyName::Own | KeyName::Previous(_) | KeyName::Environment(_)) => Some(0),
            Self::Times(times) if times.is_far() => Some(0),
            Self::Key(KeyName::Default(row)) if *row < 6 => Some(1),
            Self::Key(KeyName::Empty | KeyName::OwnVariable(_)) => Some(2),
            Self::Algorithm(_) => Some(1),
            _ => None,
        }
    }

    /// Whether a refusal that speaks of `hint` would be mended by this kind of change.
    pub(super) fn answers(&self, hint: Hint) -> bool {
        match self {
            Self::Key(_) => hint == Hint::Signature,
            Self::Algorithm(_) => hint == Hint::Algorithm,
            Self::Times(_) => matches!(hint, Hint::Expired | Hint::Early),
            Self::Claims(_) => {
                matches!(hint, Hint::Audience | Hint::Issuer | Hint::Claim | Hint::Subject)
            }
            Self::Carrier(_) => hint == Hint::Missing,
        }
    }
}

/// What the controls tell of the signature of the right token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signature {
    /// The right token gets another answer than the same token under a random key: it passed.
    Passes,
    /// The service says that the signature is wrong, and says something else to garbage.
    Fails,
    /// Nothing.
    Unknown,
}

/// Every set of changes to try, likeliest first. What the service itself says of the reason only
/// moves a kind of change to the front; nothing is left out for it. Keys are left out only where
/// the answers show that the reference key is right.
pub(super) fn sets(case: &Case, hint: Option<Hint>, signature: Signature) -> Vec<Vec<Change>> {
    let singles = singles(case);
    let alone = |change: &Change| vec![change.clone()];
    let mut sets: Vec<Vec<Change>> = match signature {
        Signature::Passes => singles.iter().filter(|c| !c.is_of_signature()).map(alone).collect(),
        Signature::Fails => {
            let (keys, others): (Vec<_>, Vec<_>) =
                singles.iter().partition(|change| matches!(change, Change::Key(_)));
            return keys.into_iter().chain(others).map(alone).collect();
        }
        Signature::Unknown => {
            let (tail, likely): (Vec<_>, Vec<_>) =
                singles.iter().partition(|change| change.is_public_key());
            let with_welcome = |wanted: fn(&Change) -> bool| {
                let changes = likely.iter().filter(move |change| wanted(change));
                changes.map(|change| welcome(case, change)).collect::<Vec<_>>()
            };
            let named = with_welcome(|change| matches!(change, Change::Key(_)));
            let algorithms = with_welcome(|change| matches!(change, Change::Algorithm(_)));
            let public = tail.into_iter().map(|key| welcome(case, key));
            let likely = likely.iter().copied().map(alone);
            likely.chain(named).chain(public).chain(algorithms).collect()
        }
    };
    sets.extend(pairs(&singles));
    if let Some(hint) = hint {
        sets.sort_by_key(|set| !set.first().is_some_and(|change| change.answers(hint)));
    }
    sets
}

/// A key or an algorithm with the times and claims that are hardest to refuse: a search through many keys finds
/// one beside a clock that is ahead or a claim that frameworks want, at no further request.
fn welcome(case: &Case, change: &Change) -> Vec<Change> {
    let ahead = ahead(case);
    let claims = claims::conventional(&case.subject);
    vec![change.clone(), Change::Times(times::begun(ahead)), Change::Claims(claims)]
}

/// How far the service's clock is ahead by its first `Date`.
fn ahead(case: &Case) -> i64 {
    let early = case.observations().iter().take(2);
    DateBox::of(early).map_or(0.0, DateBox::guess).ceil() as i64
}

/// Every single change, likeliest first within its kind.
pub(super) fn singles(case: &Case) -> Vec<Change> {
    let subject = &case.subject;
    let (defaults, known): (Vec<_>, Vec<_>) = subject
        .other_keys
        .iter()
        .map(|label| label.name.clone())
        .partition(|name| matches!(name, KeyName::Default(_) | KeyName::Empty));
    let (readings, known): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|name| matches!(name, KeyName::Reading(_)));
    let algorithms = Algorithm::ALL.into_iter().filter(|other| *other != subject.token.algorithm);
    let (near, far) = times::rows();
    let off = Some(ahead(case)).filter(|ahead| ahead.unsigned_abs() > FAR_OFF);
    let by_its_date = off.map(times::around);
    let keys = |names: Vec<KeyName>| names.into_iter().map(Change::Key);
    near.iter()
        .copied()
        .map(Change::Times)
        .chain(keys(known))
        .chain(algorithms.map(Change::Algorithm))
        .chain(carrier::others(case).into_iter().map(Change::Carrier))
        .chain(far.iter().copied().chain(by_its_date).map(Change::Times))
        .chain(claims::edits(case).into_iter().map(Change::Claims))
        .chain(interleaved(readings, defaults).into_iter().map(Change::Key))
        .collect()
}

/// Every other place and algorithm.
pub(super) fn alternatives(spec: &TokenSpec) -> impl Iterator<Item = Change> {
    let algorithms = Algorithm::ALL.into_iter().filter(|other| *other != spec.algorithm);
    carrier::places().map(Change::Carrier).chain(algorithms.map(Change::Algorithm))
}

/// Readings and defaults in turn: both are ordered by likelihood, and neither should wait for the
/// tail of the other.
fn interleaved(readings: Vec<KeyName>, mut defaults: Vec<KeyName>) -> Vec<KeyName> {
    // A variable that is not set is as common as the commonest placeholder.
    defaults.sort_by_key(|name| *name != KeyName::Empty);
    let (mut readings, mut defaults) = (readings.into_iter(), defaults.into_iter());
    let mut all = Vec::new();
    loop {
        let (reading, default) = (readings.next(), defaults.next());
        if reading.is_none() && default.is_none() {
            return all;
        }
        all.extend(reading);
        all.extend(default);
    }
}

impl Change {
    /// Whether it decides the signature.
    fn is_of_signature(&self) -> bool {
        matches!(self, Self::Key(_) | Self::Algorithm(_))
    }

    /// Whether it is one of the many keys that can be tried on any service.
    fn is_public_key(&self) -> bool {
        matches!(self, Self::Key(KeyName::Reading(_) | KeyName::Default(_) | KeyName::Empty))
    }
}

/// Two faults at once, likeliest first.
fn pairs(singles: &[Change]) -> Vec<Vec<Change>> {
    let ranked: Vec<(u8, &Change)> =
        singles.iter().filter_map(|change| Some((change.rank_in_pairs()?, change))).collect();
    let mut pairs = Vec::new();
    for (index, (rank, first)) in ranked.iter().enumerate() {
        for (other_rank, second) in &ranked[index + 1..] {
            if !first.same_dimension(second) {
                pairs.push((rank + other_rank, vec![(*first).clone(), (*second).clone()]));
            }
        }
    }
    pairs.sort_by_key(|(rank, _)| *rank);
    pairs.into_iter().map(|(_, pair)| pair).collect()
}
