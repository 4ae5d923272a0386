//! Ruby's dotenv 2.4: one pattern a line, `$NAME` from the lines above. A command is never run.

use std::sync::LazyLock;

use regex::Regex;
use zeroize::Zeroizing;

use super::DotenvError;
use super::expansion::{Reading, length_while, replaced, text_of};
use super::found::{Chars, Found, Unclear, Value};
use super::text::unquoted;

/// One assignment: name and value.
static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^[\t-\r ]*(?:export[\t-\r ]+)?([A-Za-z0-9_.]+)(?:[\t-\r ]*=[\t-\r ]*|:[\t-\r ]+?)",
        r#"('.*'|".*"|[^#\n]+)?[\t-\r ]*(?:#.*)?$"#,
    ))
    .ok()
});

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str) -> Result<Found, DotenvError> {
    let mut found = Found::default();
    for (index, line) in text.split(['\n', '\r']).enumerate() {
        let Some(parts) = LINE.as_ref().and_then(|pattern| pattern.captures(line)) else {
            let mut words = line.split_ascii_whitespace();
            let exports = words.next() == Some("export");
            if exports && words.any(|name| found.get(name).is_none()) {
                return Err(DotenvError::Line(index + 1));
            }
            continue;
        };
        let value = parts.get(2).map_or("", |value| value.as_str());
        let value =
            value.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}' || c == '\0');
        let value = match unquoted(value, &['\'', '"']) {
            Some(('\'', inner)) => Value::known(inner),
            Some((_, inner)) => expanded(&without_escapes(inner), &found).into(),
            None => expanded(value, &found).into(),
        };
        found.push(&parts[1], value);
    }
    Ok(found)
}

/// `\n` and `\r` are meant wherever they stand, then every other backslash goes, but for one before `$`.
pub(super) fn without_escapes(text: &str) -> Chars {
    let text = Zeroizing::new(text.replace(r"\n", "\n").replace(r"\r", "\r"));
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next()) {
            ('\\', Some('$')) | (_, None) => plain.push(c),
            ('\\', Some(next)) => {
                rest.next();
                plain.push(next);
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// References first, commands second; a backslash keeps either from being read.
fn expanded(value: &str, found: &Found) -> Result<Chars, Unclear> {
    let reading: Reading = |after, found| {
        if after.starts_with('(') {
            return if after.contains(')') { Err(Unclear) } else { Ok((0, dollar(""))) };
        }
        let open = usize::from(after.starts_with('{'));
        let length = length_while(&after[open..], |c| c.is_ascii_alphanumeric() || c == '_');
        let end = open + length;
        let end = end + usize::from(after[end..].starts_with('}'));
        if length == 0 {
            return Ok((end, dollar(&after[..end])));
        }
        Ok((end, text_of(&after[open..open + length], found)?))
    };
    let plain = replaced(value, found, reading, "\\")?;
    if plain.contains("$(") && !value.contains("$(") {
        return Err(Unclear);
    }
    Ok(plain)
}

fn dollar(after: &str) -> Chars {
    Zeroizing::new(format!("${after}"))
}
