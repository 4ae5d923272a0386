//! Text in, the text that a loader, a shell or a careless hand makes of it out; `None` where there
//! is nothing of the kind in it. Keys that are no text have no such readings.

use super::Bytes;
use crate::key::dotenv::Dialect;

/// The key between two pieces of text. Bytes that are no text are never written in quotes or lines.
pub(super) fn between(before: &str, key: &[u8], after: &str) -> Option<Vec<u8>> {
    as_text(key).map(|key| [before, key, after].concat().into_bytes())
}

/// The key as text, if it is text.
pub(super) fn as_text(key: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(key).ok()?;
    let is_binary = text.contains(|c: char| c.is_control() && !c.is_whitespace());
    (!is_binary).then_some(text)
}

/// Without the line end that it has.
pub(super) fn without_line_end(key: &[u8]) -> Option<Vec<u8>> {
    let short = key.strip_suffix(b"\r\n").or_else(|| key.strip_suffix(b"\n"));
    short.map(<[u8]>::to_vec)
}

/// Without white space at both ends.
pub(super) fn trimmed(key: &[u8]) -> Option<Vec<u8>> {
    as_text(key).map(|text| text.trim().into())
}

/// Without the quotes around it.
pub(super) fn unquoted(key: &[u8]) -> Option<Vec<u8>> {
    let text = as_text(key)?.trim();
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    ['"', '\'', '`'].into_iter().find_map(inside).map(Into::into)
}

/// What stands before a mark, without the blanks that end it.
pub(super) fn cut_at(mark: &str, key: &[u8]) -> Option<Vec<u8>> {
    let (before, _) = as_text(key)?.split_once(mark)?;
    Some(before.trim_end().into())
}

/// What stands before the first reference to a variable.
pub(super) fn cut_at_reference(key: &[u8]) -> Option<Vec<u8>> {
    let text = as_text(key)?;
    let starts = text.match_indices('$').map(|(start, _)| start);
    let first = starts.into_iter().find(|start| reference(&text[*start..]).is_some())?;
    Some(text[..first].into())
}

/// What is left of the references to variables that are not set.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum References {
    /// `$NAME` and `${NAME}` vanish.
    Both,
    /// `${NAME}` vanishes.
    Braced,
    /// `$NAME` and `${NAME}` vanish, and two dollar signs become one.
    Compose,
    /// Two dollar signs become one, and that is all.
    Halved,
}

/// The key after references to unset variables were put in.
pub(super) fn interpolated(rule: References, key: &[u8]) -> Option<Vec<u8>> {
    let mut plain = String::new();
    let mut rest = as_text(key).filter(|text| text.contains('$'))?;
    while let Some(start) = rest.find('$') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        let halves = matches!(rule, References::Compose | References::Halved);
        let length = reference(rest).filter(|_| rule != References::Halved);
        let length = length.filter(|_| rule != References::Braced || rest.starts_with("${"));
        if halves && rest.starts_with("$$") {
            plain.push('$');
            rest = &rest[2..];
        } else if let Some(length) = length {
            rest = &rest[length..];
        } else {
            plain.push('$');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    Some(plain.into_bytes())
}

/// The length of the reference that a text begins with: `$NAME` or `${NAME}`.
fn reference(text: &str) -> Option<usize> {
    let after = text.strip_prefix('$')?;
    if let Some(braced) = after.strip_prefix('{') {
        return braced.find('}').filter(|end| *end > 0).map(|end| end + 3);
    }
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
    after.starts_with(is_first).then_some(end + 1)
}

/// With line ends written in another way.
pub(super) fn line_ends(written: &str, key: &[u8]) -> Option<Vec<u8>> {
    let text = as_text(key)?.trim_end().replace("\r\n", "\n");
    text.contains('\n').then(|| text.replace('\n', written).into_bytes())
}

/// With backslash sequences read as between double quotes.
pub(super) fn unescaped(key: &[u8]) -> Option<Vec<u8>> {
    without_backslashes(key, |letter| match letter {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '\\' | '"' | '\'' | '$' => Some(letter),
        _ => None,
    })
}

/// With each backslash gone and what it stood before kept, as a shell does outside quotes.
pub(super) fn shell_unescaped(key: &[u8]) -> Option<Vec<u8>> {
    without_backslashes(key, Some)
}

fn without_backslashes(key: &[u8], meaning: fn(char) -> Option<char>) -> Option<Vec<u8>> {
    let mut rest = as_text(key).filter(|text| text.contains('\\'))?.chars();
    let mut plain = String::new();
    while let Some(c) = rest.next() {
        let escaped = (c == '\\').then(|| rest.clone().next()).flatten().and_then(meaning);
        if escaped.is_some() {
            rest.next();
        }
        plain.push(escaped.unwrap_or(c));
    }
    Some(plain.into_bytes())
}

/// The name of the variable between two pieces of text, without any key.
pub(super) fn name(before: &str, from: &Bytes<'_>, after: &str) -> Option<Vec<u8>> {
    from.variable.map(|name| [before, name, after].concat().into_bytes())
}

/// The assignment with this word before it.
pub(super) fn assignment(before: &str, from: &Bytes<'_>) -> Option<Vec<u8>> {
    between(&format!("{before}{}=", from.variable?), from.key, "")
}

/// All that follows the `=`, as loaders read it that know neither quotes nor comments.
pub(super) fn as_written(from: &Bytes<'_>) -> Option<Vec<u8>> {
    let value = Dialect::named("docker")?.value(from.file?, from.variable?).ok()??;
    Some(value.expose().to_vec())
}

/// The whole line that sets the variable.
pub(super) fn whole_line(from: &Bytes<'_>) -> Option<Vec<u8>> {
    let (file, variable) = (as_text(from.file?)?, from.variable?);
    let sets = |line: &&str| {
        let line = line.trim_start().trim_start_matches("export ");
        line.strip_prefix(variable).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    file.lines().rfind(sets).map(Into::into)
}

/// As Python shows bytes.
pub(super) fn python_literal(key: &[u8]) -> Option<Vec<u8>> {
    let plain = as_text(key)?.chars().all(|c| matches!(c, ' '..='~') && c != '\'' && c != '\\');
    if plain { between("b'", key, "'") } else { None }
}
