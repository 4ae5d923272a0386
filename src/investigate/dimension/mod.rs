//! The dimensions of the search: every single change that could turn a refused token into one
//! that is taken. Adding a row to a dimension widens the search.

mod carrier;
mod claims;
mod times;

use super::case::Case;
use super::message::Hint;
use crate::plan::{Algorithm, Carrier, KeyName};
use crate::question::{Edit, TokenShape};

pub(super) use times::Times;

/// One change to the most acceptable token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Another key.
    Key(KeyName),
    /// Another algorithm.
    Algorithm(Algorithm),
    /// Other times.
    Times(&'static Times),
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
        std::mem::discriminant(self) == std::mem::discriminant(other)
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
    fn answers(&self, hint: Hint) -> bool {
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

/// Every set of changes to try, likeliest first. What the service itself says of the reason only
/// moves a kind of change to the front; nothing is left out for it.
pub(super) fn sets(case: &Case, hint: Option<Hint>) -> Vec<Vec<Change>> {
    let singles = singles(case);
    let mut sets: Vec<Vec<Change>> =
        singles.iter().filter(|change| change.is_likely()).map(|c| vec![c.clone()]).collect();
    sets.extend(pairs(&singles));
    sets.extend(singles.iter().filter(|change| !change.is_likely()).map(|c| vec![c.clone()]));
    if let Some(hint) = hint {
        sets.sort_by_key(|set| !set.iter().any(|change| change.answers(hint)));
    }
    sets
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
    let keys = |names: Vec<KeyName>| names.into_iter().map(Change::Key);
    near.iter()
        .map(Change::Times)
        .chain(keys(known))
        .chain(algorithms.map(Change::Algorithm))
        .chain(carrier::others(case).into_iter().map(Change::Carrier))
        .chain(far.iter().map(Change::Times))
        .chain(claims::edits(case).into_iter().map(Change::Claims))
        .chain(interleaved(readings, defaults).into_iter().map(Change::Key))
        .collect()
}

/// Readings and defaults in turn: both are ordered by likelihood, and neither should wait for the
/// tail of the other.
fn interleaved(readings: Vec<KeyName>, defaults: Vec<KeyName>) -> Vec<KeyName> {
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
    /// Whether it comes before the pairs: all but the tail of the well-known defaults.
    fn is_likely(&self) -> bool {
        !matches!(self, Self::Key(KeyName::Default(row)) if *row >= 16)
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
