//! A key in, the other keys that a service makes of it when it reads it otherwise: each by the code
//! of its row, each with how it comes about and how it is mended. Never shows a key.

mod codec;
mod table;
mod text;

pub use table::TABLE;

use std::fmt;

use crate::secret::Secret;

/// One way to misread a key.
pub struct Reading {
    /// The stable code that reports use.
    pub code: &'static str,
    /// What the service has instead of the key, in words that fit after "verifies with".
    pub what: &'static str,
    /// How it comes about, in a clause of its own.
    pub origin: &'static str,
    /// What to do about it, in a sentence.
    pub mend: &'static str,
    /// The bytes that it makes; `None` where it does not apply.
    bytes: fn(&Bytes<'_>) -> Option<Vec<u8>>,
}

/// A key and what stands around it where a service reads it.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The key as it should be read.
    pub key: &'a Secret,
    /// The variable that should hold it, if it is in one.
    pub variable: Option<&'a str>,
    /// The whole file that it is in, if it is in one.
    pub file: Option<&'a Secret>,
}

/// The same, laid open for the rows of the table.
struct Bytes<'a> {
    key: &'a [u8],
    variable: Option<&'a str>,
    file: Option<&'a [u8]>,
}

impl Reading {
    /// The row of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<&'static Self> {
        TABLE.iter().find(|reading| reading.code == code)
    }

    /// What this reading makes of a key: `None` where it does not apply, changes nothing, or leaves
    /// nothing.
    #[must_use]
    pub fn read(&self, written: Written<'_>) -> Option<Secret> {
        let key = written.key.expose();
        let file = written.file.map(Secret::expose);
        let read = (self.bytes)(&Bytes { key, variable: written.variable, file });
        read.map(Secret::new).filter(|read| !read.is_empty() && read != written.key)
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// Every reading that makes other bytes of the key, likeliest first; of several that make the same
/// bytes only the first.
#[must_use]
pub fn readings(written: Written<'_>) -> Vec<(&'static Reading, Secret)> {
    let mut found: Vec<(&'static Reading, Secret)> = Vec::new();
    for reading in TABLE {
        let Some(secret) = reading.read(written) else { continue };
        if found.iter().all(|(_, known)| *known != secret) {
            found.push((reading, secret));
        }
    }
    found
}
