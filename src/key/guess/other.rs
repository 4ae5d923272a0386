//! An env file, its loader and another one in, what the other makes of the same variable out. Never
//! shows what either reads.

use crate::key::dotenv::{Dialect, DotenvError};
use crate::key::reading::{Written, readings};
use crate::loader::OtherReading;
use crate::secret::Secret;

/// What `other` makes of a variable in a file that `dialect` reads.
#[must_use]
pub fn other_reading(
    file: &Secret,
    variable: &str,
    dialect: &Dialect,
    other: &Dialect,
) -> OtherReading {
    let value = |dialect: &Dialect| dialect.value(file.expose(), variable);
    match (value(dialect), value(other)) {
        (_, Err(DotenvError::Unknown)) => OtherReading::Unknown,
        (_, Err(_)) => OtherReading::Nothing,
        (Ok(ours), Ok(theirs)) if ours == theirs => OtherReading::Same,
        (_, Ok(None)) => OtherReading::Nothing,
        (Ok(Some(key)), Ok(Some(theirs))) => {
            let written = Written { key: &key, variable: Some(variable), file: Some(file) };
            let made = readings(written).into_iter().find(|(_, made)| *made == theirs);
            OtherReading::Differs { variant: made.map(|(reading, _)| reading.code) }
        }
        (Ok(None) | Err(_), Ok(Some(_))) => OtherReading::Differs { variant: None },
    }
}
