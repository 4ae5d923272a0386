//! A key source and its env file in, the fact of which loader reads it and which others might out. Never
//! compares by anything but bytes, never shows them.

use super::sources::PlacedSource;
use crate::key::Origin;
use crate::key::dotenv::Dialect;
use crate::key::guess::{self, Guess};
use crate::loader::{Loader, OtherLoader, OtherReading, Reason};
use crate::secret::Secret;

/// How the env file of a source is read; `None` where it is no env file, or not in an environment.
pub(super) fn loader(
    placed: &PlacedSource,
    bytes: Option<&Secret>,
    reference: &Secret,
) -> Option<Loader> {
    let Origin::Dotenv { file, dialect, .. } = &placed.source.origin else { return None };
    let guess = placed.guess.as_ref()?;
    let others = guess.clues_but(dialect).into_iter().filter_map(|clue| {
        let other = Dialect::named(clue.dialect)?;
        let read = |bytes| guess::other_reading(&placed.source, bytes, reference, other);
        Some(OtherLoader { clue, reads: bytes.map_or(OtherReading::Unknown, read) })
    });
    Some(Loader {
        file: file.clone(),
        dialect: dialect.name,
        reason: reason(placed, guess),
        others: others.collect(),
    })
}

/// How the loader of a source is known.
pub(super) fn reason(placed: &PlacedSource, guess: &Guess) -> Reason {
    if placed.has_dialect { Reason::Configured } else { guess.reason.clone() }
}
