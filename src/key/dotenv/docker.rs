//! How `docker run --env-file` (28.2) reads an env file: everything after the first `=` counts,
//! quotes, comments and blanks included. Never takes a value from the process environment.

use super::{Binding, DotenvError, text};
use crate::secret::Secret;

/// The white space that docker refuses in a name.
const BLANKS: [char; 8] = [' ', '\t', '\n', '\u{b}', '\u{c}', '\r', '\u{85}', '\u{a0}'];

/// Every variable that the file sets, in its order.
pub(super) fn bindings(file: &[u8]) -> Result<Vec<Binding>, DotenvError> {
    let mut found = Vec::new();
    for (index, line) in text(file)?.lines().enumerate() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // A name alone passes a variable of docker's own environment on; that one is unknown here.
        let (name, value) = line.split_once('=').map_or((line, None), |(n, v)| (n, Some(v)));
        if name.is_empty() {
            return Err(DotenvError::NoVariable(index + 1));
        }
        if name.contains(BLANKS) {
            return Err(DotenvError::WhiteSpace(index + 1));
        }
        if let Some(value) = value {
            found.push((name.to_owned(), Some(Secret::new(value))));
        }
    }
    Ok(found)
}
