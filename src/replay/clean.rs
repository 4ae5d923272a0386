//! What a service sent in, text that can be shown out: free of secrets, of control characters, and
//! short. Never decides what is kept.

use crate::scrub::Scrubber;
use crate::secret::Secret;

/// Where a field's value is cut, in bytes.
const FIELD_LENGTH: usize = 2048;

/// Takes secrets and control characters out of what a service sent.
pub(super) struct Cleaner<'a> {
    /// Knows the keys.
    pub(super) scrubber: &'a Scrubber,
    /// The token that was sent.
    pub(super) credential: Option<&'a Secret>,
}

impl Cleaner<'_> {
    /// Scrubbed text, and whether the token was in it. Control characters are still there.
    pub(super) fn scrub(&self, bytes: &[u8]) -> (String, bool) {
        self.scrubber.clean(&String::from_utf8_lossy(bytes), self.credential)
    }

    /// A header field, short, scrubbed and with its control characters spelled out.
    pub(super) fn field(&self, bytes: &[u8]) -> String {
        cut(escape(&self.scrub(bytes).0), FIELD_LENGTH)
    }
}

/// The text with control characters, and those that turn the direction of writing, spelled out.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => escaped.push(character),
            '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {
                escaped.extend(character.escape_unicode());
            }
            _ if character.is_control() => escaped.extend(character.escape_unicode()),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// The text, cut to at most this many bytes between two characters.
pub(super) fn cut(mut text: String, length: usize) -> String {
    text.truncate(text.floor_char_boundary(length));
    text
}
