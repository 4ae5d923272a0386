//! dotenvy 0.15 and dotenv 0.15 of crates.io: one grammar for a line; dotenvy joins the lines of a
//! quoted value first. A line outside the grammar refuses the file.

use zeroize::Zeroizing;

use super::DotenvError;
use super::expansion::text_of;
use super::found::{Chars, Found, Unclear, Value};
use super::text::is_blank;

/// How a file is parted into lines.
pub(super) struct Rules(fn(&str) -> Result<Lines, DotenvError>);

/// Lines, each with its number.
type Lines = Vec<(usize, String)>;

/// dotenvy: a quoted value may run over several lines.
pub(super) const DOTENVY: Rules = Rules(joined);

/// dotenv: a line is a line.
pub(super) const DOTENV: Rules = Rules(|text| {
    Ok(text.lines().map(str::to_owned).zip(1..).map(|(line, at)| (at, line)).collect())
});

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str, rules: &Rules) -> Result<Found, DotenvError> {
    let mut found = Found::default();
    for (at, line) in (rules.0)(text)? {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = assignment(line).ok_or(DotenvError::Line(at))?;
        let value = match value {
            value if value.is_empty() || value.starts_with('#') => Value::known(""),
            value => match parsed(value, &found).ok_or(DotenvError::Line(at))? {
                Ok(text) => Value::Known(text),
                Err(Unclear) => Value::Unknown,
            },
        };
        found.push(name, value);
    }
    Ok(found)
}

/// Name and value; `export` may be a prefix or the name.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, after) = name(line)?;
    if let Some(value) = after.strip_prefix('=') {
        return Some((name, value.trim_start()));
    }
    let (name, after) = Some(after).filter(|_| name == "export").and_then(self::name)?;
    after.strip_prefix('=').map(|value| (name, value.trim_start()))
}

fn name(text: &str) -> Option<(&str, &str)> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins.then(|| (&text[..end], text[end..].trim_start()))
}

/// What the loader is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Single,
    Double,
}

/// The value, or `None` where the line is refused.
fn parsed(text: &str, found: &Found) -> Option<Result<Chars, Unclear>> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut inside = Inside::Nothing;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match (inside, c) {
            (Inside::Single, '\'') | (Inside::Double, '"') => inside = Inside::Nothing,
            (Inside::Single, c) => plain.push(c),
            (_, '$') => match reference(rest, found)? {
                Ok((length, text)) => {
                    plain.push_str(&text);
                    rest = &rest[length..];
                }
                Err(Unclear) => return Some(Err(Unclear)),
            },
            (_, '\\') => {
                let Some(next) = rest.chars().next() else { break };
                plain.push(match next {
                    '\\' | '\'' | '"' | '$' | ' ' => next,
                    'n' => '\n',
                    _ => return None,
                });
                rest = &rest[1..];
            }
            (Inside::Nothing, '\'') => inside = Inside::Single,
            (Inside::Nothing, '"') => inside = Inside::Double,
            (Inside::Nothing, c) if is_blank(c) => {
                let rest = rest.trim_start_matches(is_blank);
                return (rest.is_empty() || rest.starts_with('#')).then_some(Ok(plain));
            }
            (_, c) => plain.push(c),
        }
    }
    (inside == Inside::Nothing).then_some(Ok(plain))
}

/// What a `$` becomes, from after it: the length and the text; `None` where a brace never closes.
/// The character that ends a bare name is taken as it is, a quote too, unless it is a `$`.
fn reference(after: &str, found: &Found) -> Option<Result<(usize, Chars), Unclear>> {
    if let Some(inner) = after.strip_prefix('{') {
        let end = inner.find('}')?;
        return Some(text_of(&inner[..end], found).map(|text| (end + 2, text)));
    }
    let end = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
    let text = text_of(&after[..end], found);
    let ending = after[end..].chars().next().filter(|c| *c != '$');
    Some(text.map(|mut text| {
        text.extend(ending);
        (end + ending.map_or(0, char::len_utf8), text)
    }))
}

/// What a line leaves open, so that the next one belongs to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    No,
    Blank,
    Escape,
    Quote(char),
    QuoteEscape(char),
}

/// The lines, those of a quoted value joined, each with the number of its first.
fn joined(text: &str) -> Result<Lines, DotenvError> {
    let mut lines = Vec::new();
    let (mut pending, mut first, mut open) = (String::new(), 1, Open::No);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if pending.is_empty() {
            first = index + 1;
        }
        let start = pending.len();
        pending.push_str(line);
        if pending.trim_start().starts_with('#') {
            pending.clear();
            open = Open::No;
            continue;
        }
        let comment;
        (open, comment) = left_open(open, line);
        if let Some(comment) = comment {
            pending.truncate(start + comment);
        }
        if open == Open::No {
            let line = pending.strip_suffix('\n').unwrap_or(&pending);
            lines.push((first, line.strip_suffix('\r').unwrap_or(line).to_owned()));
            pending.clear();
        }
    }
    if pending.is_empty() { Ok(lines) } else { Err(DotenvError::Quote(first)) }
}

/// What is open at the end of a line, and where a comment begins.
fn left_open(before: Open, line: &str) -> (Open, Option<usize>) {
    let mut open = before;
    for (at, c) in line.char_indices() {
        open = match (open, c) {
            (Open::Blank, '#') => return (Open::No, Some(at)),
            (Open::No | Open::Blank, '\\') => Open::Escape,
            (Open::No | Open::Blank, '"' | '\'') => Open::Quote(c),
            (Open::No, c) if c.is_whitespace() && c != '\n' && c != '\r' => Open::Blank,
            (Open::No | Open::Blank | Open::Escape, _) => Open::No,
            (Open::Quote(quote), '\\') => Open::QuoteEscape(quote),
            (Open::Quote(quote), c) if c == quote => Open::No,
            (Open::Quote(quote) | Open::QuoteEscape(quote), _) => Open::Quote(quote),
        };
    }
    (open, None)
}
