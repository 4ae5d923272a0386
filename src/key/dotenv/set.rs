//! An env file, a variable and a new value in, the same file with nothing else changed out. What comes
//! out has been read again by the dialect: it is right, or there is an error.

use zeroize::Zeroizing;

use super::{Dialect, DotenvError};
use crate::secret::Secret;

/// Changes the value that the dialect reads for the variable; no other byte of the file changes, and
/// the quotes around the value stay. Of several assignments the one that counts is changed.
///
/// # Errors
/// When the file does not set the variable, or the dialect would not read the new value there.
pub fn set(
    file: &[u8],
    variable: &str,
    value: &Secret,
    dialect: &Dialect,
) -> Result<Secret, SetError> {
    let names = names(dialect, file)?;
    if dialect.value(file, variable)?.is_none() {
        return Err(SetError::Unset);
    }
    for span in spans(file, variable, dialect).into_iter().rev() {
        let changed = [&file[..span.start], value.expose(), &file[span.end..]].concat();
        let changed = Secret::new(changed);
        let is_read = |read: Option<Secret>| read.as_ref() == Some(value);
        if dialect.value(changed.expose(), variable).is_ok_and(is_read)
            && self::names(dialect, changed.expose()).as_ref() == Ok(&names)
        {
            return Ok(changed);
        }
    }
    Err(SetError::CannotHold(dialect.name))
}

fn names(dialect: &Dialect, file: &[u8]) -> Result<Vec<String>, DotenvError> {
    Ok((dialect.bindings)(file)?.into_iter().map(|(name, _)| name).collect())
}

/// Where values of the variable may stand; whether they do, reading again will tell.
fn spans(file: &[u8], variable: &str, dialect: &Dialect) -> Vec<std::ops::Range<usize>> {
    let Ok(text) = std::str::from_utf8(file) else { return Vec::new() };
    let is_end = |c: char| c == '\n' || (c == '\r' && dialect.name != "docker");
    let mut spans = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(is_end) {
        if let Some(value) = value_of(line, variable) {
            let from = start + value;
            spans.push(if dialect.name == "docker" {
                from..from + line[value..].trim_end_matches(['\r', '\n']).len()
            } else {
                quotable(text, from, start + line.len())
            });
        }
        start += line.len();
    }
    spans
}

/// Where the value begins in a line that assigns the variable, blanks included.
fn value_of(line: &str, variable: &str) -> Option<usize> {
    let name = line.trim_start_matches('\u{feff}').trim_start();
    let name = name.strip_prefix("export").map_or(name, |rest| {
        let bare = rest.trim_start();
        if bare.len() < rest.len() { bare } else { name }
    });
    let value = name.strip_prefix(variable)?.trim_start().strip_prefix('=')?;
    Some(line.len() - value.len())
}

/// The inside of quotes, or up to a comment, between `from` and the line's end.
fn quotable(text: &str, from: usize, end: usize) -> std::ops::Range<usize> {
    let line = &text[from..end];
    let from = from + (line.len() - line.trim_start_matches([' ', '\t']).len());
    if let Some(quote @ ('"' | '\'')) = text[from..].chars().next() {
        let inside = from + 1;
        let mut before = None;
        for (index, c) in text[inside..].char_indices() {
            if c == quote && before != Some('\\') {
                return inside..inside + index;
            }
            before = Some(c);
        }
    }
    let value = Zeroizing::new(text[from..end].to_owned());
    let comment = value
        .match_indices('#')
        .find(|(index, _)| value[..*index].chars().next_back().is_some_and(char::is_whitespace));
    let value = comment.map_or(value.as_str(), |(index, _)| &value[..index]);
    from..from + value.trim_end().len()
}

/// Why a value cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// The loader refuses the file as it is.
    #[error(transparent)]
    Dotenv(#[from] DotenvError),
    /// There is nothing to change.
    #[error("it does not set the variable")]
    Unset,
    /// The loader of this name would read something else.
    #[error("{0} would not read the new key there as it is")]
    CannotHold(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &[(&str, &str, &str)] = &[
        ("python-dotenv", "K=old\n", "K=new\n"),
        ("python-dotenv", "K=old", "K=new"),
        ("python-dotenv", "K=\nL=1\n", "K=new\nL=1\n"),
        ("python-dotenv", "export K = 'old' # c\r\nL=2\r\n", "export K = 'new' # c\r\nL=2\r\n"),
        ("python-dotenv", "\u{feff}K=\"o\\\"ld\"\n", "\u{feff}K=\"new\"\n"),
        (
            "python-dotenv",
            "K=first\n#K=no\nXK=1\nK_X=1\nK=old  # c",
            "K=first\n#K=no\nXK=1\nK_X=1\nK=new  # c",
        ),
        ("python-dotenv", "A='\nK=no\n'\nK=old\n", "A='\nK=no\n'\nK=new\n"),
        ("python-dotenv", "K=old\nA='\nK=no\n'\n", "K=new\nA='\nK=no\n'\n"),
        ("docker", "K=\"old\" # c\nL=K=1\n", "K=new\nL=K=1\n"),
        ("docker", " K=old\r\n", " K=new\r\n"),
    ];

    #[test]
    fn only_the_value_that_counts_changes() {
        for (dialect, file, expected) in ROWS {
            let dialect = Dialect::named(dialect).unwrap();
            let changed = set(file.as_bytes(), "K", &Secret::new("new"), dialect).unwrap();
            assert_eq!(std::str::from_utf8(changed.expose()).unwrap(), *expected, "{file:?}");
        }
    }

    #[test]
    fn what_the_dialect_would_read_otherwise_is_refused() {
        let rows = [
            ("python-dotenv", "L=1\n", "new", SetError::Unset),
            ("python-dotenv", "K\n", "new", SetError::Unset),
            ("python-dotenv", "K=old\n", "a # b", SetError::CannotHold("python-dotenv")),
            ("python-dotenv", "K='old'\n", "it's", SetError::CannotHold("python-dotenv")),
            ("docker", "K=old\n", "a\nb", SetError::CannotHold("docker")),
            ("docker", "A B=1\nK=old\n", "new", SetError::Dotenv(DotenvError::WhiteSpace(1))),
        ];
        for (dialect, file, value, expected) in rows {
            let dialect = Dialect::named(dialect).unwrap();
            let refused = set(file.as_bytes(), "K", &Secret::new(value), dialect);
            assert_eq!(refused, Err(expected), "{file:?}");
        }
    }
}
