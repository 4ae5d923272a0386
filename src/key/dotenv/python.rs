//! How python-dotenv 1.2 reads an env file: the grammar of its `parser.py`, rule by rule. `${NAME}`
//! means the variables that the file itself has set above, never those of the process environment.

use zeroize::Zeroizing;

use super::found::{Chars, Found, Unclear, Value};

/// Every variable that the file names, in its order.
pub(super) fn interpolated(text: &str) -> Found {
    bindings(text, with_references)
}

/// The same with `interpolate=False`.
pub(super) fn raw(text: &str) -> Found {
    bindings(text, |value, _| Ok(Zeroizing::new(value.to_owned())))
}

/// How a value and what stands above it become the value that counts.
type Finish = fn(&str, &Found) -> Result<Chars, Unclear>;

fn bindings(text: &str, finish: Finish) -> Found {
    // Python reads text files with universal newlines.
    let text = Zeroizing::new(text.replace("\r\n", "\n").replace('\r', "\n"));
    let mut found = Found::default();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        match binding(rest) {
            Ok((name, value, after)) => {
                let value = value.map(|value| finish(&value, &found));
                found.push(name, value.map_or(Value::Absent, Value::from));
                rest = after.trim_start();
            }
            Err(reached) => rest = after_line(reached).trim_start(),
        }
    }
    found
}

/// One binding and what comes after its line, or the place from which the line is passed over.
fn binding(line: &str) -> Result<(&str, Option<Chars>, &str), &str> {
    let line = after_export(line);
    let (name, after) = name(line).ok_or(line)?;
    let line = after_blanks(after);
    let (value, line) = match line.strip_prefix('=') {
        // `KEY= # comment` is empty, `KEY=#x` is not.
        Some(line)
            if line.len() > after_blanks(line).len() && after_blanks(line).starts_with('#') =>
        {
            (Some(Chars::default()), line)
        }
        Some(line) => right_side(after_blanks(line)).map(|(value, line)| (Some(value), line))?,
        None => (None, line),
    };
    let end = after_blanks(line);
    if end.is_empty() || end.starts_with(['\n', '#']) {
        Ok((name, value, after_line(end)))
    } else {
        Err(line)
    }
}

/// A name in single quotes, or everything up to `=`, `#` or white space.
fn name(line: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = line.strip_prefix('\'') {
        return quoted.split_once('\'').filter(|(name, _)| !name.is_empty());
    }
    let end = line.find(|c: char| c == '=' || c == '#' || c.is_whitespace()).unwrap_or(line.len());
    (end > 0).then(|| line.split_at(end))
}

fn right_side(line: &str) -> Result<(Chars, &str), &str> {
    if let Some(quote @ ('\'' | '"')) = line.chars().next() {
        let (value, after) = quoted(&line[1..], quote).ok_or(line)?;
        return Ok((unescaped(value, quote), after));
    }
    let (value, after) = line.split_at(line.find('\n').unwrap_or(line.len()));
    Ok((Zeroizing::new(without_comment(value).trim_end().to_owned()), after))
}

/// Up to the quote that closes: a backslash always takes the character after it along.
fn quoted(text: &str, quote: char) -> Option<(&str, &str)> {
    let mut rest = text.char_indices();
    while let Some((index, c)) = rest.next() {
        if c == quote {
            return Some((&text[..index], &text[index + 1..]));
        }
        if c == '\\' {
            rest.next();
        }
    }
    None
}

/// A comment begins with a `#` that has white space before it.
fn without_comment(value: &str) -> &str {
    let mut blank = false;
    for (index, c) in value.char_indices() {
        if c == '#' && blank {
            return &value[..index];
        }
        blank = c.is_whitespace();
    }
    value
}

/// Backslash sequences: a few letters between double quotes, quotes and backslashes in both.
fn unescaped(value: &str, quote: char) -> Chars {
    let mut plain = Zeroizing::new(String::with_capacity(value.len()));
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        let escape = (c == '\\').then(|| rest.clone().next()).flatten();
        if let Some(meaning) = escape.and_then(|letter| meaning(letter, quote)) {
            rest.next();
            plain.push(meaning);
        } else {
            plain.push(c);
        }
    }
    plain
}

fn meaning(letter: char, quote: char) -> Option<char> {
    match (letter, quote) {
        ('\\' | '\'', _) | ('"', '"') => Some(letter),
        ('a', '"') => Some('\u{7}'),
        ('b', '"') => Some('\u{8}'),
        ('f', '"') => Some('\u{c}'),
        ('n', '"') => Some('\n'),
        ('r', '"') => Some('\r'),
        ('t', '"') => Some('\t'),
        ('v', '"') => Some('\u{b}'),
        _ => None,
    }
}

/// `${NAME}` and `${NAME:-default}` from what the file has set above; empty if it has not.
fn with_references(value: &str, found: &Found) -> Result<Chars, Unclear> {
    let mut plain = Zeroizing::new(String::with_capacity(value.len()));
    let mut rest = value;
    while let Some(start) = rest.find("${") {
        plain.push_str(&rest[..start]);
        let Some((name, default, after)) = reference(&rest[start + 2..]) else {
            plain.push_str("${");
            rest = &rest[start + 2..];
            continue;
        };
        match found.get(name) {
            None => plain.push_str(default),
            Some(_) => plain.push_str(found.text(name)?.unwrap_or_default()),
        }
        rest = after;
    }
    plain.push_str(rest);
    Ok(plain)
}

/// The name, the default and what follows, from after the opening brace.
fn reference(text: &str) -> Option<(&str, &str, &str)> {
    let (name, after) = text.split_at(text.find(['}', ':'])?);
    if let Some(after) = after.strip_prefix('}') {
        return Some((name, "", after));
    }
    let (default, after) = after.strip_prefix(":-")?.split_once('}')?;
    Some((name, default, after))
}

fn after_export(line: &str) -> &str {
    let bare = line.strip_prefix("export").unwrap_or(line);
    let after = after_blanks(bare);
    if after.len() < bare.len() { after } else { line }
}

fn after_blanks(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() && c != '\n')
}

fn after_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, after)| after)
}
