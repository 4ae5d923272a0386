//! `$NAME` and `${NAME}` as loaders outside the shells read them: a value and what stands above it
//! in, the expanded value out. What the file does not set is empty, as in an empty environment.

use zeroize::Zeroizing;

use super::found::{Chars, Found, Unclear};

/// What one reference, from after its `$`, becomes: its length and its text.
pub(super) type Reading = fn(after: &str, found: &Found) -> Result<(usize, Chars), Unclear>;

/// Replaces every `$` by what `reading` makes of it. `escape` is what stands before a `$` that means
/// itself.
pub(super) fn replaced(
    value: &str,
    found: &Found,
    reading: Reading,
    escape: &str,
) -> Result<Chars, Unclear> {
    let mut plain = Zeroizing::new(String::with_capacity(value.len()));
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        if let Some(before) = before.strip_suffix(escape).filter(|_| !escape.is_empty()) {
            plain.push_str(before);
            plain.push('$');
            rest = after;
            continue;
        }
        plain.push_str(before);
        let (length, text) = reading(after, found)?;
        plain.push_str(&text);
        rest = &after[length..];
    }
    plain.push_str(rest);
    Ok(plain)
}

/// The text of a variable, or nothing.
pub(super) fn text_of(name: &str, found: &Found) -> Result<Chars, Unclear> {
    Ok(Zeroizing::new(found.text(name)?.unwrap_or_default().to_owned()))
}

/// How many bytes at the beginning fit.
pub(super) fn length_while(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c| !fits(c)).unwrap_or(text.len())
}

/// Deno: `$` and letters or digits, `${...}`; a `$` alone is empty too.
pub(super) fn deno_references(value: &str, found: &Found) -> Result<Chars, Unclear> {
    let reading: Reading = |after, found| {
        let Some(inner) = after.strip_prefix('{') else {
            let length = length_while(after, |c| c.is_ascii_alphanumeric());
            return Ok((length, text_of(&after[..length], found)?));
        };
        match inner.find('}') {
            Some(end) => Ok((end + 2, text_of(&inner[..end], found)?)),
            None => Ok((after.len(), text_of(inner, found)?)),
        }
    };
    replaced(value, found, reading, "\\")
}
