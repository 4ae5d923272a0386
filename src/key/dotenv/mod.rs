//! The bytes of an env file in, its variables out, as the loader of a dialect reads it.
//! Never expands from the process environment, never runs what `$(...)` says, never shows a value.

mod direnv;
mod expansion;
mod found;
mod golang;
mod lines;
mod make;
mod node;
mod npm;
mod php;
mod place;
mod properties;
mod python;
mod ruby;
mod rust;
mod set;
mod shell;
mod symfony;
mod systemd;
mod table;
mod text;
mod words;
mod writing;

use std::fmt;

use crate::secret::Secret;
use found::{Found, Value};
use text::Text;

pub use place::lines_of;
pub use set::SetError;
pub use table::DIALECTS;
pub use writing::Writing;

/// A variable and its value; it has none where its line gives none, or none that can be known.
pub type Binding = (String, Option<Secret>);

/// One loader's way to read an env file.
pub struct Dialect {
    /// The name in probes.yaml: the loader's own.
    pub name: &'static str,
    /// How the bytes become characters and back.
    text: Text,
    /// Which of several lines for one variable counts.
    counts: Counts,
    /// Every variable in the text, in its order.
    parse: fn(&str) -> Result<Found, DotenvError>,
}

/// Which of several lines for one variable counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    First,
    Last,
}

impl Dialect {
    /// The dialect of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        DIALECTS.iter().find(|dialect| dialect.name == name)
    }

    /// The value that a file's bytes give the variable; `None` if they do not set it.
    ///
    /// # Errors
    /// When this loader refuses the whole file, or only a run of the loader could tell the value.
    pub fn value(&self, file: &[u8], variable: &str) -> Result<Option<Secret>, DotenvError> {
        let mut lines = self.found(file)?.into_iter().filter(|(name, _)| name == variable);
        let counting = match self.counts {
            Counts::First => lines.next(),
            Counts::Last => lines.next_back(),
        };
        match counting.map(|(_, value)| value) {
            None | Some(Value::Absent) => Ok(None),
            Some(Value::Known(text)) => Ok(self.text.encoded(&text)),
            Some(Value::Unknown) => Err(DotenvError::Unknown),
            Some(Value::Refused) => Err(DotenvError::Reference),
        }
    }

    /// Every variable that it finds in a file's bytes, in the order of the file.
    ///
    /// # Errors
    /// When this loader refuses the whole file.
    pub fn bindings(&self, file: &[u8]) -> Result<Vec<Binding>, DotenvError> {
        let secret = |value| match value {
            Value::Known(text) => self.text.encoded(&text),
            Value::Absent | Value::Unknown | Value::Refused => None,
        };
        let mut found = self.found(file)?;
        if self.counts == Counts::First {
            found.reverse();
        }
        Ok(found.into_iter().map(|(name, value)| (name, secret(value))).collect())
    }

    /// Whether the first of several lines for one variable counts, not the last.
    #[must_use]
    pub fn takes_first(&self) -> bool {
        self.counts == Counts::First
    }

    fn found(&self, file: &[u8]) -> Result<Vec<(String, Value)>, DotenvError> {
        let Some(text) = self.text.decoded(file)? else { return Ok(Vec::new()) };
        Ok((self.parse)(&text)?.into_bindings())
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

/// Why a loader gives no value of an env file, or none that can be told.
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
    /// A line is none of this loader's grammar.
    #[error("line {0} is no line for this loader, so the file is refused")]
    Line(usize),
    /// A quote is never closed.
    #[error("a quote that opens on line {0} is never closed, so the file is refused")]
    Quote(usize),
    /// There is a NUL byte.
    #[error("there is a NUL byte in it, so the file is refused")]
    Nul,
    /// The variable stands there twice.
    #[error("line {0} sets a variable again, so the file is refused")]
    Duplicate(usize),
    /// The value refers to a variable that the file does not set.
    #[error("the value refers to a variable that the file does not set")]
    Reference,
    /// The value is what a command prints, or hangs on the shell's own state.
    #[error("its value can only be known by running the loader")]
    Unknown,
}
