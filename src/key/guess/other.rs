//! A source, its env file and another loader in, what the other makes of the same variable out. Never
//! shows what either reads.

use crate::key::dotenv::{Dialect, DotenvError};
use crate::key::reading::{Written, readings};
use crate::key::{Origin, Source};
use crate::loader::OtherReading;
use crate::secret::Secret;

/// What `other` makes of the variable that a source reads of its env file, beside what the source's
/// own loader makes of it.
#[must_use]
pub fn other_reading(
    source: &Source,
    file: &Secret,
    reference: &Secret,
    other: &Dialect,
) -> OtherReading {
    let Origin::Dotenv { variable, dialect, .. } = &source.origin else {
        return OtherReading::Unknown;
    };
    let value = |dialect: &Dialect| dialect.value(file.expose(), variable);
    let ours = value(dialect).ok().flatten();
    let theirs = match value(other) {
        Ok(Some(theirs)) => theirs,
        Err(DotenvError::Unknown) => return OtherReading::Unknown,
        Ok(None) | Err(_) => return OtherReading::Nothing,
    };
    if ours.as_ref() == Some(&theirs) {
        return OtherReading::Same;
    }
    if source.encoding.decode(theirs.clone()).is_ok_and(|key| key == *reference) {
        return OtherReading::Reference;
    }
    let made = ours.and_then(|key| {
        let written = Written { key: &key, variable: Some(variable), file: Some(file) };
        readings(written).into_iter().find(|(_, made)| *made == theirs)
    });
    OtherReading::Differs { variant: made.map(|(reading, _)| reading.code) }
}
