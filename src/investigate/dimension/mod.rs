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

    /// The token travels in these places at once.
    pub(super) fn at(places: &[Carrier]) -> Self {
        match places {
            [place] => Self::Carrier(place.clone()),
            several => Self::Carrier(Carrier::Together(several.to_vec())),
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

    /// Whether it answers a demand that excludes what most services want: one audience or none, one
    /// unit of dates, one length of life.
    fn is_a_demand(&self) -> bool {
        match self {
            Self::Times(times) => !times.is_welcome(),
            Self::Claims(edits) => edits.len() == 1,
            Self::Key(_) | Self::Algorithm(_) | Self::Carrier(_) => false,
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

/// Sets of changes to try, likeliest first.
pub(super) struct Sets {
    /// Each mends one fault.
    pub(super) one: Vec<Vec<Change>>,
    /// Each mends two.
    pub(super) two: Vec<Vec<Change>>,
}

/// Every set of changes to try. What the service itself says of the reason only moves a kind of change
/// to the front; nothing is left out for it. Keys are left out only where the answers show that the
/// reference key is right.
pub(super) fn sets(case: &Case, hint: Option<Hint>, signature: Signature) -> Sets {
    let singles = singles(case);
    let alone = |change: &Change| vec![change.clone()];
    let mut one: Vec<Vec<Change>> = match signature {
        Signature::Passes => singles.iter().filter(|c| !c.is_of_signature()).map(alone).collect(),
        Signature::Fails => {
            let (keys, others): (Vec<_>, Vec<_>) =
                singles.iter().partition(|change| matches!(change, Change::Key(_)));
            let one = keys.into_iter().chain(others).map(alone).collect();
            return Sets { one, two: Vec::new() };
        }
        Signature::Unknown => {
            let (public, likely): (Vec<_>, Vec<_>) =
                singles.iter().partition(|change| change.is_public_key());
            let welcomed = |change: &&Change| welcome(case, &[*change]);
            let keys = likely.iter().filter(|change| matches!(change, Change::Key(_)));
            let algorithms = likely.iter().filter(|change| matches!(change, Change::Algorithm(_)));
            let welcome = keys.chain(&public).chain(algorithms).map(welcomed);
            likely.iter().copied().map(alone).chain(welcome).collect()
        }
    };
    let mut two = pairs(case, &singles);
    if let Some(hint) = hint {
        let answers = |set: &Vec<Change>| set.first().is_some_and(|change| change.answers(hint));
        one.sort_by_key(|set| !answers(set));
        two.sort_by_key(|set| !answers(set));
    }
    one.extend(carrier::unlikely(case).into_iter().map(|place| vec![Change::Carrier(place)]));
    Sets { one, two }
}

/// A change with the times, the claims and the places that are hardest to refuse: a search through many
/// keys finds one beside a clock that is ahead, a claim that frameworks want or a place that nobody
/// expects, at no further request.
fn welcome(case: &Case, changes: &[&Change]) -> Vec<Change> {
    let conventional = claims::conventional(&case.subject);
    let mut set: Vec<Change> = changes.iter().map(|change| (*change).clone()).collect();
    let claims = set.iter_mut().find_map(|change| match change {
        Change::Claims(edits) => Some(edits),
        _ => None,
    });
    match claims {
        Some(edits) => {
            let more = conventional.into_iter().filter(|edit| !names(edits, edit));
            *edits = edits.iter().cloned().chain(more).collect();
        }
        None => set.push(Change::Claims(conventional)),
    }
    let together = carrier::together(case).filter(|_| !carrier::too_large(case));
    let further = std::iter::once(Change::Times(times::begun(ahead(case))))
        .chain(together.map(Change::Carrier));
    for change in further {
        if !set.iter().any(|other| other.same_dimension(&change)) {
            set.push(change);
        }
    }
    set
}

/// Whether one of these edits is of the same member.
fn names(edits: &[Edit], edit: &Edit) -> bool {
    edits.iter().any(|other| other.part == edit.part && other.name == edit.name)
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
        .chain(carrier::together(case).into_iter().map(Change::Carrier))
        .chain(carrier::likely(case).into_iter().map(Change::Carrier))
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

/// Two faults at once, likeliest first, each pair with what is hardest to refuse beside it.
fn pairs(case: &Case, singles: &[Change]) -> Vec<Vec<Change>> {
    let of_signature: Vec<_> = singles
        .iter()
        .filter(|change| change.is_of_signature() && !change.is_public_key())
        .collect();
    let demands: Vec<_> = singles.iter().filter(|change| change.is_a_demand()).collect();
    let mut pairs: Vec<Vec<&Change>> = demands.iter().map(|change| vec![*change]).collect();
    let mut two: Vec<(usize, Vec<&Change>)> = Vec::new();
    for (rank, one) in of_signature.iter().enumerate() {
        let others = of_signature[rank + 1..].iter().chain(&demands).enumerate();
        let others = others.filter(|(_, other)| !other.same_dimension(one));
        two.extend(others.map(|(place, other)| (rank + place, vec![*one, *other])));
    }
    for (rank, one) in demands.iter().enumerate() {
        let others = demands[rank + 1..].iter().enumerate();
        let others = others.filter(|(_, other)| !other.same_dimension(one));
        two.extend(others.map(|(place, other)| (8 + rank + place, vec![*one, *other])));
    }
    two.sort_by_key(|(rank, _)| *rank);
    pairs.extend(two.into_iter().map(|(_, pair)| pair));
    pairs.into_iter().map(|pair| welcome(case, &pair)).collect()
}
