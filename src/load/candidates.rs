//! What could be the key of a service beside the keys that the configuration names: the other values
//! of its env file, the reference key read otherwise, what everybody knows. Never shows a value.

use std::sync::LazyLock;

use super::conceal;
use super::loaders;
use super::sources::PlacedSource;
use super::surroundings::Surroundings;
use crate::key::reading::{Written, readings};
use crate::key::{self, defaults, neighbours};
use crate::loader::Loader;
use crate::plan::{KeyLabel, KeyName, KeyPlace};
use crate::secret::Secret;

/// A key that can be tried.
#[derive(Debug, Clone)]
pub(super) struct KnownKey {
    pub(super) name: KeyName,
    pub(super) place: KeyPlace,
    pub(super) secret: Secret,
}

impl KnownKey {
    pub(super) fn label(&self) -> KeyLabel {
        let bits = key::bits(&self.secret);
        KeyLabel { name: self.name.clone(), place: self.place.clone(), bits }
    }
}

/// Where a key is read, and all that stands there.
#[derive(Debug)]
pub(super) struct Site {
    placed: PlacedSource,
    file: Option<Secret>,
}

impl Site {
    pub(super) fn of(placed: PlacedSource, around: &Surroundings<'_>) -> Self {
        let file = placed.source.whole_file(around.folder);
        Self { placed, file }
    }

    /// How the file is read, if it is an env file.
    pub(super) fn loader(&self, reference: &Secret) -> Option<Loader> {
        loaders::loader(&self.placed, self.file.as_ref(), reference)
    }

    /// The other values in the env file that could be a key. A name that looks like a key itself
    /// comes from a file that is no env file, and is not repeated.
    pub(super) fn other_variables(&self) -> Vec<KnownKey> {
        let found = self.file.iter().flat_map(|file| neighbours(&self.placed.source, file));
        let known = |(variable, secret): (String, Secret)| KnownKey {
            place: KeyPlace { variable: Some(variable.clone()), ..self.placed.source.place() },
            name: KeyName::OwnVariable(variable),
            secret,
        };
        found.filter(|(variable, _)| !conceal::looks_like_key(variable)).map(known).collect()
    }

    /// What the reference key becomes when it is read otherwise here.
    pub(super) fn readings(&self, reference: &Secret) -> Vec<KnownKey> {
        let variable = self.placed.source.place().variable;
        let file = self.file.as_ref();
        let written = Written { key: reference, variable: variable.as_deref(), file };
        let known = |(reading, secret): (&'static key::Reading, Secret)| KnownKey {
            name: KeyName::Reading(reading.code),
            place: KeyPlace { source: reading.what.into(), variable: None },
            secret,
        };
        readings(written).into_iter().map(known).collect()
    }
}

/// Well-known keys, and no key at all: one copy for all services.
pub(super) fn known_to_all() -> impl Iterator<Item = KnownKey> {
    static KNOWN: LazyLock<Vec<KnownKey>> = LazyLock::new(|| public().collect());
    KNOWN.iter().cloned()
}

fn public() -> impl Iterator<Item = KnownKey> {
    let defaults = defaults::TABLE.iter().enumerate().map(|(index, row)| KnownKey {
        name: KeyName::Default(index),
        place: KeyPlace { source: row.label.into(), variable: None },
        secret: row.secret(),
    });
    let nothing = KnownKey {
        name: KeyName::Empty,
        place: KeyPlace { source: "no bytes at all".into(), variable: None },
        secret: Secret::new(Vec::new()),
    };
    defaults.chain([nothing])
}

/// Each only where its bytes are neither those of the reference key nor of one before it.
pub(super) fn distinct(
    reference: &KnownKey,
    candidates: impl Iterator<Item = KnownKey>,
) -> Vec<KnownKey> {
    let mut distinct: Vec<KnownKey> = Vec::new();
    for candidate in candidates {
        let is_new = |known: &KnownKey| known.secret != candidate.secret;
        if is_new(reference) && distinct.iter().all(is_new) {
            distinct.push(candidate);
        }
    }
    distinct
}
