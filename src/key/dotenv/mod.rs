//! The bytes of an env file in, its variables out, as the loader of a dialect reads it.
//! Never expands from the process environment, never runs what `$(...)` says, never shows a value.

mod docker;
mod python;
mod set;

use std::fmt;

pub use set::{SetError, set};

use crate::secret::Secret;

/// A variable and its value; a name without `=` has none.
pub type Binding = (String, Option<Secret>);

/// One loader's way to read an env file.
pub struct Dialect {
    /// The name in probes.yaml: the loader's own.
    pub name: &'static str,
    /// Every variable that it finds in a file's bytes, in the order of the file.
    pub bindings: fn(file: &[u8]) -> Result<Vec<Binding>, DotenvError>,
}

/// Every dialect; the first is the default.
pub const DIALECTS: &[Dialect] = &[
    Dialect { name: "python-dotenv", bindings: python::bindings },
    Dialect { name: "docker", bindings: docker::bindings },
];

impl Dialect {
    /// The dialect of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        DIALECTS.iter().find(|dialect| dialect.name == name)
    }

    /// The last value that a file's bytes give the variable; `None` if they do not set it.
    ///
    /// # Errors
    /// When this loader refuses the whole file.
    pub fn value(&self, file: &[u8], variable: &str) -> Result<Option<Secret>, DotenvError> {
        let last = (self.bindings)(file)?.into_iter().rev().find(|(name, _)| name == variable);
        Ok(last.and_then(|(_, value)| value))
    }
}

impl PartialEq for Dialect {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Dialect {}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Why a loader refuses a whole env file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DotenvError {
    /// It is not text.
    #[error("byte {0} is not UTF-8, so the file is refused")]
    NotUtf8(usize),
    /// A line names no variable.
    #[error("line {0} names no variable, so the file is refused")]
    NoVariable(usize),
    /// There is white space in a variable's name.
    #[error("line {0} has white space before its `=`, so the file is refused")]
    WhiteSpace(usize),
}

/// The file as text without its byte order mark.
fn text(file: &[u8]) -> Result<&str, DotenvError> {
    let text =
        std::str::from_utf8(file).map_err(|error| DotenvError::NotUtf8(error.valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
