//! godotenv 1.5 and what Docker Compose made of it: one grammar, a table of what the two differ in.
//! A reference to a variable that the file does not set is empty.

use zeroize::Zeroizing;

use super::DotenvError;
use super::expansion::{Reading, length_while, replaced, text_of};
use super::found::{Chars, Found, Unclear, Value};
use super::text::line_of;

/// What the two differ in.
pub(super) struct Rules {
    /// What a name may hold beside letters, digits, `_` and `.`.
    in_names: &'static str,
    /// A name without `=`.
    bare: Bare,
    /// Where a comment begins in a value without quotes.
    uncommented: fn(&str) -> &str,
    /// Between quotes: the quote, and the text between it and the next.
    quoted: fn(char, &str) -> String,
    /// How `$` is read.
    references: fn(&str, &Found) -> Result<Chars, Unclear>,
}

#[derive(PartialEq, Eq)]
enum Bare {
    Refused,
    Inherited,
}

/// godotenv 1.5.1.
pub(super) const GODOTENV: Rules = Rules {
    in_names: "",
    bare: Bare::Refused,
    uncommented: |value| {
        let mut begins = value.match_indices('#').map(|(at, _)| at);
        let at = begins.find(|at| value[..*at].ends_with(is_space));
        at.map_or(value, |at| &value[..at])
    },
    quoted: |quote, inner| {
        let inner = inner.trim_matches(quote);
        if quote == '\'' { inner.to_owned() } else { without_escapes(inner) }
    },
    references: |value, found| replaced(value, found, godotenv_reference, "\\"),
};

/// compose-go 2.13.
pub(super) const COMPOSE: Rules = Rules {
    in_names: "-[]",
    bare: Bare::Inherited,
    uncommented: |value| value.split(" #").next().unwrap_or_default(),
    quoted: |quote, inner| match quote {
        '\'' => inner.replace(r"\'", "'"),
        _ => with_compose_escapes(inner),
    },
    references: compose_references,
};

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str, rules: &Rules) -> Result<Found, DotenvError> {
    let text = Zeroizing::new(text.replace("\r\n", "\n"));
    let mut found = Found::default();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if rest.starts_with('#') {
            rest = rest.find('\n').map_or("", |end| rest[end..].trim_start());
            continue;
        }
        let line = line_of(&text, rest);
        let (name, end) = rules.name(after_export(rest), line)?;
        let Some(after) = end else {
            rest = after_export(rest)[name.len()..].trim_start();
            continue;
        };
        let (value, after) = rules.value(after.trim_start_matches(is_space), &found, line)?;
        found.push(name.trim_end(), value);
        rest = after.trim_start();
    }
    Ok(found)
}

impl Rules {
    /// A name, and what comes after its `=` or `:`; `None` where the line ends without one.
    fn name<'t>(
        &self,
        text: &'t str,
        line: usize,
    ) -> Result<(&'t str, Option<&'t str>), DotenvError> {
        let fits = |c: char| {
            is_space(c) || c.is_alphanumeric() || c == '_' || c == '.' || self.in_names.contains(c)
        };
        let end = length_while(text, fits);
        let (name, after) = text.split_at(end);
        match after.chars().next() {
            Some('=' | ':') if self.bare == Bare::Inherited && name.trim_end().contains(' ') => {
                Err(DotenvError::WhiteSpace(line))
            }
            Some('=' | ':') => Ok((name, Some(&after[1..]))),
            None | Some('\n') if self.bare == Bare::Inherited => Ok((name, None)),
            _ => Err(DotenvError::Line(line)),
        }
    }

    fn value<'t>(
        &self,
        text: &'t str,
        found: &Found,
        line: usize,
    ) -> Result<(Value, &'t str), DotenvError> {
        let Some(quote) = text.chars().next().filter(|c| ['\'', '"'].contains(c)) else {
            let end = text.find('\n').unwrap_or(text.len());
            let value = (self.uncommented)(&text[..end]).trim_end();
            return Ok(((self.references)(value, found).into(), &text[end..]));
        };
        let inner = &text[1..];
        let mut ends = inner.match_indices(quote).map(|(at, _)| at);
        let end = ends.find(|at| !inner[..*at].ends_with('\\'));
        let end = end.ok_or(DotenvError::Quote(line))?;
        let value = Zeroizing::new((self.quoted)(quote, &inner[..end]));
        let value = match quote {
            '"' => (self.references)(&value, found).into(),
            _ => Value::Known(value),
        };
        Ok((value, &inner[end + 1..]))
    }
}

fn after_export(text: &str) -> &str {
    let bare = text.strip_prefix("export").unwrap_or(text);
    let after = bare.trim_start_matches(is_space);
    if after.len() < bare.len() { after } else { text }
}

/// White space of Go that does not end a line.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// `\n` and `\r` are meant, every other backslash goes, but for the one before `$`.
pub(super) fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next()) {
            ('\\', Some('$')) | (_, None) => plain.push(c),
            ('\\', Some(next)) => {
                rest.next();
                plain.push(match next {
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                });
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// The escapes of a shell's `$'...'`, but for octal numbers, which no key has.
fn with_compose_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let meaning =
            (c == '\\').then(|| rest.clone().next()).flatten().and_then(|next| match next {
                'a' => Some("\u{7}"),
                'b' => Some("\u{8}"),
                'f' => Some("\u{c}"),
                'n' => Some("\n"),
                'r' => Some("\r"),
                't' => Some("\t"),
                'v' => Some("\u{b}"),
                '\\' => Some("\\"),
                '"' => Some("\""),
                '$' => Some("$$"),
                _ => None,
            });
        match meaning {
            Some(meaning) => {
                rest.next();
                plain.push_str(meaning);
            }
            None => plain.push(c),
        }
    }
    plain
}

/// Only names of capitals, digits and `_` are references; the braces need not match.
fn godotenv_reference(after: &str, found: &Found) -> Result<(usize, Chars), Unclear> {
    let kept = |length: usize| Ok((length, Zeroizing::new(format!("${}", &after[..length]))));
    if after.starts_with('(') {
        return kept(0);
    }
    let open = usize::from(after.starts_with('{'));
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let length = length_while(&after[open..], fits);
    let end = open + length;
    let end = end + usize::from(after[end..].starts_with('}'));
    if length == 0 {
        return kept(end);
    }
    Ok((end, text_of(&after[open..open + length], found)?))
}

/// The template language of Compose. A `$` that begins none of it stays, and then what else stands
/// there cannot be told.
fn compose_references(value: &str, found: &Found) -> Result<Chars, Unclear> {
    let reading: Reading = |after, found| {
        if after.starts_with('$') {
            return Ok((1, Zeroizing::new("$".to_owned())));
        }
        if let Some(inner) = after.strip_prefix('{') {
            let end = inner.find(['}', '{', '$']).filter(|end| inner[*end..].starts_with('}'));
            let end = end.ok_or(Unclear)?;
            return Ok((end + 2, braced(&inner[..end], found)?));
        }
        let length = length_while(after, is_name);
        if length == 0 || after.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(Unclear);
        }
        Ok((length, text_of(&after[..length], found)?))
    };
    match replaced(value, found, reading, "") {
        Err(Unclear) if !has_reference(value) => Ok(Zeroizing::new(value.to_owned())),
        read => read,
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether any `$` begins what Compose would replace.
fn has_reference(value: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || "_{$".contains(c);
    value.match_indices('$').any(|(at, _)| value[at + 1..].starts_with(begins))
}

/// What stands between braces: a name, or a name, an operator and a word.
fn braced(expression: &str, found: &Found) -> Result<Chars, Unclear> {
    let length = length_while(expression, is_name);
    let (name, operator) = expression.split_at(length);
    let text = text_of(name, found)?;
    let set = found.text(name)?.is_some();
    let (operator, filled) = match operator.strip_prefix(':') {
        Some(operator) => (operator, !text.is_empty()),
        None => (operator, set),
    };
    let word = || Zeroizing::new(operator[1..].to_owned());
    match (operator.chars().next(), filled) {
        _ if name.is_empty() => Err(Unclear),
        (None, _) | (Some('-' | '?'), true) => Ok(text),
        (Some('-'), false) | (Some('+'), true) => Ok(word()),
        (Some('+'), false) => Ok(Zeroizing::new(String::new())),
        _ => Err(Unclear),
    }
}
