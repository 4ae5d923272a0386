//! Bytes to characters and back, as a loader does it: one table of what the loaders do with a byte
//! order mark, with bytes that are no UTF-8, and with NUL. Never shows a character.

use zeroize::Zeroizing;

use super::DotenvError;
use super::found::Chars;
use crate::secret::Secret;

/// How a loader takes bytes for text.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub(super) coding: Coding,
    pub(super) mark: Mark,
    pub(super) nul: Nul,
}

/// Bytes that are no UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Refused.
    Strict,
    /// The file counts as empty.
    Ignored,
    /// Replaced by U+FFFD.
    Lossy,
    /// Kept: each byte is a character of its own if any is no UTF-8.
    Kept,
    /// Each byte is a character of its own, always.
    Bytes,
    /// Each byte is the Latin-1 character of that number, which is written as UTF-8.
    Latin1,
}

/// The byte order mark of UTF-8 at the beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Dropped,
    Kept,
}

/// NUL bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nul {
    Kept,
    /// They end the value.
    Ends,
    /// They are left out of the file.
    LeftOut,
    /// The file is refused.
    Refused,
    /// The file counts as empty.
    Ignored,
    /// The variable is not set.
    Unset,
}

/// Bytes that stand as one character each carry this much on top, so that they are never taken for
/// the white space among the Latin-1 characters.
const BYTE: u32 = 0x0010_F700;

impl Text {
    /// The file as text; `None` where the loader takes it for empty.
    pub(super) fn decoded(self, file: &[u8]) -> Result<Option<Chars>, DotenvError> {
        let file = match self.mark {
            Mark::Dropped => file.strip_prefix("\u{feff}".as_bytes()).unwrap_or(file),
            Mark::Kept => file,
        };
        if file.contains(&0) && self.nul == Nul::Refused {
            return Err(DotenvError::Nul);
        }
        if file.contains(&0) && self.nul == Nul::Ignored {
            return Ok(None);
        }
        let mut text = match (self.coding, std::str::from_utf8(file)) {
            (Coding::Latin1, _) => file.iter().map(|byte| char::from(*byte)).collect(),
            (Coding::Bytes, _) | (Coding::Kept, Err(_)) => {
                file.iter().copied().map(as_char).collect()
            }
            (_, Ok(text)) => text.to_owned(),
            (Coding::Ignored, Err(_)) => return Ok(None),
            (Coding::Lossy, Err(_)) => String::from_utf8_lossy(file).into_owned(),
            (Coding::Strict, Err(error)) => {
                return Err(DotenvError::NotUtf8(error.valid_up_to()));
            }
        };
        if self.nul == Nul::LeftOut {
            text.retain(|c| c != '\0');
        }
        Ok(Some(Zeroizing::new(text)))
    }

    /// A value's text as the bytes that the service gets.
    pub(super) fn encoded(self, text: &str) -> Option<Secret> {
        let text = match (self.nul, text.find('\0')) {
            (Nul::Ends, Some(end)) => &text[..end],
            (Nul::Unset, Some(_)) => return None,
            _ => text,
        };
        let mut bytes = Vec::with_capacity(text.len());
        for c in text.chars() {
            match u32::from(c).checked_sub(BYTE).and_then(|byte| u8::try_from(byte).ok()) {
                Some(byte) => bytes.push(byte),
                None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        Some(Secret::new(bytes))
    }
}

fn as_char(byte: u8) -> char {
    let above = char::from_u32(BYTE + u32::from(byte));
    above.filter(|_| !byte.is_ascii()).unwrap_or(char::from(byte))
}

/// White space of JavaScript: `\s` and `trim`.
pub(super) fn is_javascript_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

/// The blanks that separate on one line.
pub(super) fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// The lines as Python's `splitlines` parts them.
pub(super) fn python_lines(text: &str) -> Vec<&str> {
    let ends = |c: char| {
        matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'
                ..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(ends) {
        lines.push(&rest[..end]);
        let after = &rest[end..];
        let width = if after.starts_with("\r\n") {
            2
        } else {
            after.chars().next().map_or(1, char::len_utf8)
        };
        rest = &after[width..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// The number of the line that begins at `rest`, a tail of `text`.
pub(super) fn line_of(text: &str, rest: &str) -> usize {
    text.get(..text.len() - rest.len()).map_or(1, |before| before.matches('\n').count() + 1)
}

/// The text between a pair of the same quotes around all of it.
pub(super) fn unquoted<'t>(text: &'t str, quotes: &[char]) -> Option<(char, &'t str)> {
    let quote = text.chars().next().filter(|c| quotes.contains(c))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    Some((quote, inner))
}
