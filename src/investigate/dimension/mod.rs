//! The dimensions of the search: every single change that could turn a refused token into one
//! that is taken. Adding a row to a dimension widens the search.

mod bundle;
mod carrier;
mod claims;
mod pairs;
mod times;

use std::mem::discriminant;

use bundle::Bundles;

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

/// Sets of changes that mend one fault, likeliest first. What the service itself says of the reason only
/// moves a kind of change to the front; nothing is left out for it. Keys are left out only where the
/// answers show that the reference key is right.
pub(super) fn one(
    case: &Case,
    singles: &[Change],
    hint: Option<Hint>,
    signature: Signature,
) -> Vec<Vec<Change>> {
    let alone = |change: &Change| vec![change.clone()];
    let mut sets: Vec<Vec<Change>> = match signature {
        Signature::Passes => {
            let welcome = Bundles::of(case).welcome_alone();
            let others = singles.iter().filter(|change| !change.is_of_signature());
            welcome.into_iter().chain(others.map(alone)).collect()
        }
        Signature::Fails => {
            let (keys, others): (Vec<_>, Vec<_>) =
                singles.iter().partition(|change| matches!(change, Change::Key(_)));
            return keys.into_iter().chain(others).map(alone).collect();
        }
        Signature::Unknown => one_of_any(case, singles),
    };
    sets.sort_by_key(|set| !answers(set, hint));
    sets.extend(carrier::unlikely(case).into_iter().map(|place| vec![Change::Carrier(place)]));
    sets
}

/// Sets of changes that mend two faults, likeliest first; none where the service says that the key is
/// wrong: once it is found, its words lead on.
pub(super) fn two(
    case: &Case,
    singles: &[Change],
    hint: Option<Hint>,
    signature: Signature,
) -> Vec<Vec<Change>> {
    if signature == Signature::Fails {
        return Vec::new();
    }
    let mut sets = pairs::likeliest(case, singles, signature);
    sets.sort_by_key(|set| !answers(set, hint));
    sets
}

/// Whether a set starts with what mends a refusal that speaks of `hint`.
fn answers(set: &[Change], hint: Option<Hint>) -> bool {
    hint.is_some_and(|hint| set.first().is_some_and(|change| change.answers(hint)))
}

/// One change, whatever it is: what is likely alone, what a welcome token covers at once, and the many
/// keys that anybody may have, each with all that is welcome beside it.
fn one_of_any(case: &Case, singles: &[Change]) -> Vec<Vec<Change>> {
    let (public, likely): (Vec<_>, Vec<_>) =
        singles.iter().partition(|change| change.is_public_key());
    let (covered, likely): (Vec<_>, Vec<_>) =
        likely.into_iter().partition(|change| bundle::covers(case, change) || change.is_rare());
    let (first, then): (Vec<_>, Vec<_>) = likely.into_iter().partition(|change| change.is_first());
    let alone = |change: &Change| vec![change.clone()];
    let signed = first.iter().copied().filter(|change| change.is_common());
    let bundles = Bundles::of(case);
    let signed: Vec<_> = signed.map(|change| bundles.welcome(&[change])).collect();
    let all = first.into_iter().map(alone).chain(bundles.welcome_alone()).chain(signed);
    let all = all.chain(then.into_iter().map(alone));
    let all = all.chain(public.into_iter().map(|key| bundles.welcome(&[key])));
    all.chain(covered.into_iter().map(alone)).collect()
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
    let [near, far, begun] = times::rows();
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
        .chain(far.iter().chain(begun).copied().chain(by_its_date).map(Change::Times))
        .chain(claims::edits(case).into_iter().map(Change::Claims))
        .chain(claims::covered(subject).into_iter().map(Change::Claims))
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
    /// Whether it is tried before what a welcome token covers: the likeliest.
    fn is_first(&self) -> bool {
        match self {
            Self::Times(times) => times.is_near(),
            _ => self.is_of_signature(),
        }
    }

    /// Whether it decides the signature and is so common that it is tried early beside all that is
    /// welcome, too.
    fn is_common(&self) -> bool {
        matches!(
            self,
            Self::Key(KeyName::Own | KeyName::Previous(0)) | Self::Algorithm(Algorithm::HS512)
        )
    }

    /// Whether hardly any verifier wants it: a scheme in lower case alone (RFC 9110 section 11.1 lets case
    /// not count), a scheme in a header of another name, or no `typ`.
    fn is_rare(&self) -> bool {
        match self {
            Self::Carrier(Carrier::Header { name, scheme: Some(scheme) }) => {
                scheme == "bearer" || name != "Authorization"
            }
            Self::Claims(edits) => matches!(edits.as_slice(), [edit] if claims::is_rare(edit)),
            _ => false,
        }
    }

    /// Whether it decides the signature.
    pub(super) fn is_of_signature(&self) -> bool {
        matches!(self, Self::Key(_) | Self::Algorithm(_))
    }

    /// Whether it is one of the many keys that can be tried on any service.
    fn is_public_key(&self) -> bool {
        matches!(self, Self::Key(KeyName::Reading(_) | KeyName::Default(_) | KeyName::Empty))
    }
}
