//! The dimensions of the search: every single change that could turn a refused token into one
//! that is taken. Adding a row here widens the search.

use crate::plan::{Algorithm, KeyName, Subject};
use crate::question::{Moment, TokenShape};

/// One change to the most acceptable token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Another key.
    Key(KeyName),
    /// Another algorithm.
    Algorithm(Algorithm),
    /// Other times: a row of [`TIMES`].
    Times(&'static Times),
}

/// Times that suit a verifier whose clock is off, or which wants claims that are left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Times {
    expires: i64,
    start: Option<i64>,
}

/// Each row reaches a clock that is further off; the last two carry `iat` and `nbf` as well.
static TIMES: [Times; 5] = [
    Times { expires: 600, start: None },
    Times { expires: 7_200, start: None },
    Times { expires: 7_200, start: Some(-7_200) },
    Times { expires: 60, start: Some(-60) },
    Times { expires: 90_000, start: None },
];

impl Change {
    /// The shape with this change.
    pub(super) fn apply(&self, shape: TokenShape) -> TokenShape {
        match self {
            Self::Key(key) => TokenShape { key: key.clone(), ..shape },
            Self::Algorithm(algorithm) => TokenShape { algorithm: *algorithm, ..shape },
            Self::Times(times) => TokenShape {
                expires: Moment::FromNow(times.expires),
                not_before: times.start.map_or(Moment::Absent, Moment::FromNow),
                issued: times.start.map_or(Moment::Absent, Moment::FromNow),
                ..shape
            },
        }
    }

    /// Whether two changes exclude one another.
    pub(super) fn same_dimension(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Whether this change is likely enough to stand together with another fault.
    pub(super) fn combines(&self) -> bool {
        match self {
            Self::Key(_) => false,
            Self::Algorithm(_) => true,
            Self::Times(times) => times.expires == 7_200,
        }
    }
}

/// Every single change, likeliest first: a clock a little off, the keys at hand, the algorithm,
/// larger clock faults, well-known defaults.
pub(super) fn changes(subject: &Subject) -> Vec<Change> {
    let (defaults, known): (Vec<_>, Vec<_>) = subject
        .other_keys
        .iter()
        .map(|label| label.name.clone())
        .partition(|name| matches!(name, KeyName::Default(_) | KeyName::Empty));
    let (near, far) = TIMES.split_at(2);
    let algorithms = Algorithm::ALL.into_iter().filter(|other| *other != subject.token.algorithm);
    near.iter()
        .map(Change::Times)
        .chain(known.into_iter().map(Change::Key))
        .chain(algorithms.map(Change::Algorithm))
        .chain(far.iter().map(Change::Times))
        .chain(defaults.into_iter().map(Change::Key))
        .collect()
}
