//! direnv 2.32's `dotenv`: Ruby's pattern with no blanks in a bare value, references as Go's
//! `os.Expand` reads them. A line outside the pattern refuses the file.

use std::sync::LazyLock;

use regex::Regex;
use zeroize::Zeroizing;

use super::DotenvError;
use super::expansion::{Reading, length_while, replaced, text_of};
use super::found::{Chars, Found, Unclear, Value};
use super::ruby::without_escapes;
use super::text::unquoted;

/// One assignment: name and value.
static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^[\t\n\f\r ]*(?:export[\t\n\f\r ]+)?([A-Za-z0-9_.]+)",
        r"(?:[\t\n\f\r ]*=[\t\n\f\r ]*|:[\t\n\f\r ]+?)",
        r#"('.*'|".*"|[^\t\n\f\r #]+)?[\t\n\f\r ]*(?:#.*)?$"#,
    ))
    .ok()
});

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str) -> Result<Found, DotenvError> {
    let mut found = Found::default();
    for (index, line) in text.split(['\n', '\r']).enumerate() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let parts = LINE.as_ref().and_then(|pattern| pattern.captures(line));
        let parts = parts.ok_or(DotenvError::Line(index + 1))?;
        let value = parts.get(2).map_or("", |value| value.as_str());
        let value = match unquoted(value, &['\'', '"']) {
            Some(('\'', inner)) => Value::known(inner),
            // Which of backslash and `$` is read first was not measured.
            Some((_, inner)) if inner.contains(r"\$") => Value::Unknown,
            Some((_, inner)) => expanded(&without_escapes(inner), &found).into(),
            None => expanded(value, &found).into(),
        };
        found.push(&parts[1], value);
    }
    Ok(found)
}

fn expanded(value: &str, found: &Found) -> Result<Chars, Unclear> {
    let reading: Reading = |after, found| {
        let nothing = || Zeroizing::new(String::new());
        if let Some(inner) = after.strip_prefix('{') {
            return match inner.find('}') {
                Some(end) => Ok((end + 2, braced(&inner[..end], found)?)),
                None => Ok((1, nothing())),
            };
        }
        if after.starts_with(|c: char| "*#$@!?-".contains(c) || c.is_ascii_digit()) {
            return Ok((1, nothing()));
        }
        match length_while(after, |c| c.is_ascii_alphanumeric() || c == '_') {
            0 => Ok((0, Zeroizing::new("$".to_owned()))),
            length => Ok((length, text_of(&after[..length], found)?)),
        }
    };
    replaced(value, found, reading, "")
}

/// A name, or a name and what stands for it where it is not set.
fn braced(expression: &str, found: &Found) -> Result<Chars, Unclear> {
    let length = length_while(expression, |c| c.is_ascii_alphanumeric() || c == '_');
    let (name, rest) = expression.split_at(length);
    if rest.is_empty() {
        return text_of(name, found);
    }
    let default = rest.strip_prefix(":-").ok_or(Unclear)?;
    let text = text_of(name, found)?;
    Ok(if text.is_empty() { Zeroizing::new(default.to_owned()) } else { text })
}
