//! npm's dotenv as its versions read a file (18 to 16 by one pattern, 14 and 8 line by line), and
//! what dotenv-expand and Next.js make of `$` in it. A command in `$(...)` is never run.

use std::sync::LazyLock;

use regex::Regex;
use zeroize::Zeroizing;

use super::DotenvError;
use super::found::{Chars, Found, Unclear, Value};
use super::text::{is_javascript_space, unquoted};

/// White space of JavaScript inside a class.
const SPACE: &str =
    r"\t\n\x0B\f\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";

/// A pattern in which `S` stands for white space of JavaScript.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(&text.replace("<S>", &format!("[{SPACE}]"))).ok()
}

/// One assignment: name and value. Quoted values may run over several lines.
static ASSIGNMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"(?m)^<S>*(?:export<S>+)?([A-Za-z0-9_.-]+)(?:<S>*=<S>*?|:<S>+?)",
        r#"(<S>*'(?:\\'|[^'])*'|<S>*"(?:\\"|[^"])*"|<S>*`(?:\\`|[^`])*`|[^#\r\n]+)?"#,
        r"<S>*(?:#.*)?$",
    ))
});

/// dotenv 16 to 18.
pub(super) fn current(text: &str) -> Found {
    let text = Zeroizing::new(text.replace("\r\n", "\n").replace('\r', "\n"));
    let mut found = Found::default();
    // To JavaScript these two end a line, and no key has them.
    let foreign = text.contains(['\u{2028}', '\u{2029}']);
    for line in ASSIGNMENT.iter().flat_map(|pattern| pattern.captures_iter(&text)) {
        let value =
            line.get(2).map_or("", |value| value.as_str()).trim_matches(is_javascript_space);
        let plain = unquoted(value, &['\'', '"', '`']).map_or(value, |(_, inner)| inner);
        let value = if value.starts_with('"') {
            plain.replace(r"\n", "\n").replace(r"\r", "\r")
        } else {
            plain.to_owned()
        };
        let value = if foreign { Value::Unknown } else { Value::known(value) };
        found.push(&line[1], value);
    }
    found
}

/// A version that reads one line at a time.
pub(super) struct ByLine(fn() -> Option<&'static Regex>);

/// dotenv 14.
pub(super) const VERSION_14: ByLine = ByLine(|| {
    static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(r#"^<S>*([A-Za-z0-9_.-]+)<S>*=<S>*("[^"]*"|'[^']*'|.*?)(?:<S>+#.*)?$"#)
    });
    LINE.as_ref()
});

/// dotenv 8.
pub(super) const VERSION_8: ByLine = ByLine(|| {
    static LINE: LazyLock<Option<Regex>> =
        LazyLock::new(|| pattern(r"^<S>*([A-Za-z0-9_.-]+)<S>*=<S>*(.*)?<S>*$"));
    LINE.as_ref()
});

/// Every variable that such a version finds.
pub(super) fn by_line(text: &str, version: &ByLine) -> Found {
    let mut found = Found::default();
    let Some(pattern) = (version.0)() else { return found };
    for line in text.split(['\n', '\r']) {
        let Some(line) = pattern.captures(line) else { continue };
        let value = line.get(2).map_or("", |value| value.as_str());
        let value = match unquoted(value, &['\'', '"']) {
            Some(('"', inner)) => inner.replace(r"\n", "\n"),
            Some((_, inner)) => inner.to_owned(),
            None => value.trim_matches(is_javascript_space).to_owned(),
        };
        found.push(&line[1], Value::known(value));
    }
    found
}

/// How often a value may be expanded again before its end is taken for unknown.
const ROUNDS: usize = 64;
/// The longest value that is expanded again.
const LONGEST: usize = 1 << 16;

/// dotenv with dotenv-expand 12, as `expand(config())` does it.
pub(super) fn expanded(text: &str) -> Found {
    let written = current(text).into_object();
    let mut found = Found::default();
    for (name, value) in written.iter() {
        found.push(name, known(value).and_then(|value| expand_all(value, &written)).into());
    }
    found
}

/// dotenv with dotenv-expand 1000, which runs `$(...)` too.
pub(super) fn expanded_with_commands(text: &str) -> Found {
    let mut found = Found::default();
    let (written, expanded) = (current(text).into_object(), expanded(text));
    for ((name, before), (_, after)) in written.iter().zip(expanded.iter()) {
        let runs = |value: &Value| matches!(value, Value::Known(text) if text.contains("$("));
        let value = if runs(before) || runs(after) { Value::Unknown } else { after.clone() };
        found.push(name, value);
    }
    found
}

fn known(value: &Value) -> Result<&str, Unclear> {
    match value {
        Value::Known(text) => Ok(text),
        Value::Absent | Value::Unknown | Value::Refused => Err(Unclear),
    }
}

/// The first reference is replaced until there is none; what it brings in is looked through again.
fn expand_all(value: &str, written: &Found) -> Result<Chars, Unclear> {
    let mut seen: Vec<Chars> = Vec::new();
    let mut result = Zeroizing::new(value.to_owned());
    for _ in 0..ROUNDS {
        let Some((range, name, default)) = first_reference(&result) else {
            return Ok(Zeroizing::new(result.replace(r"\$", "$")));
        };
        seen.push(result.clone());
        let text = written.text(name)?.filter(|text| !text.is_empty());
        let repeated = text.is_some_and(|text| seen.iter().any(|seen| seen.as_str() == text));
        let by = text.filter(|_| !repeated).unwrap_or(default);
        // JavaScript's `replace` takes `$` in the new text for more references.
        if by.contains('$') && !repeated && ["$$", "$&", "$`", "$'"].iter().any(|p| by.contains(p))
        {
            return Err(Unclear);
        }
        let template = &result[range];
        let next = Zeroizing::new(result.replacen(template, by, 1));
        if next.len() > LONGEST {
            return Err(Unclear);
        }
        result = next;
    }
    Err(Unclear)
}

/// The first `$NAME` or `${NAME...}` that no backslash stands before: where, name, default.
fn first_reference(text: &str) -> Option<(std::ops::Range<usize>, &str, &str)> {
    let dollars = text.match_indices('$').map(|(at, _)| at);
    for at in dollars.filter(|at| !text[..*at].ends_with('\\')) {
        let after = &text[at + 1..];
        if let Some(inner) = after.strip_prefix('{') {
            let end =
                inner.find(['{', '}']).filter(|end| *end > 0 && inner[*end..].starts_with('}'));
            let Some(end) = end else { continue };
            let (name, default) = operator(&inner[..end]);
            return Some((at..at + end + 3, name, default));
        }
        let length =
            after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
        if length > 0 && !after.starts_with(|c: char| c.is_ascii_digit()) {
            return Some((at..at + 1 + length, &after[..length], ""));
        }
    }
    None
}

/// The default after `-` or `:-`. What `+` brings in hangs on the environment and counts as none.
fn operator(expression: &str) -> (&str, &str) {
    match expression.find(['-', '+']) {
        Some(at) if expression[at..].starts_with('-') => {
            let name = &expression[..at];
            (name.strip_suffix(':').unwrap_or(name), &expression[at + 1..])
        }
        Some(at) => (expression[..at].trim_end_matches(':'), ""),
        None => (expression, ""),
    }
}

/// Next.js: from the last `$` to the first, each once, with what has been expanded above. A value that
/// refers to itself costs it the whole file.
pub(super) fn next(text: &str) -> Result<Found, DotenvError> {
    let written = current(text).into_object();
    let mut found = Found::default();
    for (name, value) in written.iter() {
        let value = known(value).and_then(|value| interpolated(value, &found, &written));
        found.push(name, Value::Known(value.map_err(|Unclear| DotenvError::Unknown)?));
    }
    Ok(found)
}

fn interpolated(value: &str, found: &Found, written: &Found) -> Result<Chars, Unclear> {
    let mut result = Zeroizing::new(value.to_owned());
    for _ in 0..ROUNDS {
        let last =
            result.rmatch_indices('$').map(|(at, _)| at).find(|at| !result[..*at].ends_with('\\'));
        let Some((template, name, default)) = last.and_then(|at| reference(&result[at..])) else {
            return Ok(Zeroizing::new(result.replace(r"\$", "$")));
        };
        let above = found.get(name).map_or_else(|| written.text(name), |_| found.text(name));
        let by = if default.is_empty() { above?.unwrap_or_default() } else { default };
        if by.contains('$') || template.len() > 1 && result.len() + by.len() > LONGEST {
            return Err(Unclear);
        }
        result = Zeroizing::new(result.replacen(template, by, 1));
    }
    Err(Unclear)
}

/// `$NAME`, `${NAME}` or `${NAME:-default}` at the beginning; the braces need not match.
fn reference(text: &str) -> Option<(&str, &str, &str)> {
    static REFERENCE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^\$\{?([A-Za-z0-9_]+)(?::-([^}\\]*))?\}?").ok());
    let found = REFERENCE.as_ref()?.captures(text)?;
    let part = |n| found.get(n).map_or("", |part| part.as_str());
    Some((part(0), part(1), part(2)))
}
