//! Loaders that split a file into words as a shell would and expand nothing: honcho by Python's
//! `shlex`, and `export $(grep -v '^#' .env | xargs)`.

use zeroize::Zeroizing;

use super::DotenvError;
use super::found::{Chars, Found, Value};
use super::text::python_lines;

/// honcho 2.0: the words of a line after its `=`, joined.
pub(super) fn honcho(text: &str) -> Result<Found, DotenvError> {
    let mut found = Found::default();
    for (index, line) in python_lines(text).into_iter().enumerate() {
        let tokens = tokens(line).ok_or(DotenvError::Quote(index + 1))?;
        let [name, sign, value @ ..] = tokens.as_slice() else { continue };
        let fits = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if sign.as_str() != "=" || !fits || value.is_empty() {
            continue;
        }
        let joined: String = value.iter().map(|token| token.as_str()).collect();
        let joined = Zeroizing::new(joined);
        found.push(name, Value::known(joined.replace(r"\n", "\n").replace(r"\t", "\t")));
    }
    Ok(found)
}

/// The tokens of `shlex` in POSIX mode; `None` where a quote or a backslash is left open.
fn tokens(line: &str) -> Option<Vec<Chars>> {
    let mut tokens: Vec<Chars> = Vec::new();
    let mut word: Option<Chars> = None;
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match c {
            '#' => break,
            '\'' | '"' => quoted(c, &mut rest, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(rest.next()?),
            c if is_word(c) => word.get_or_insert_default().push(c),
            c => {
                tokens.extend(word.take());
                if !matches!(c, ' ' | '\t' | '\r' | '\n') {
                    tokens.push(Zeroizing::new(c.to_string()));
                }
            }
        }
    }
    tokens.extend(word);
    Some(tokens)
}

/// What stands up to the closing quote; between double quotes a backslash frees itself and the quote.
fn quoted(quote: char, rest: &mut std::str::Chars<'_>, word: &mut Chars) -> Option<()> {
    loop {
        match rest.next()? {
            c if c == quote => return Some(()),
            '\\' if quote == '"' => {
                let next = rest.next()?;
                if next != '\\' && next != quote {
                    word.push('\\');
                }
                word.push(next);
            }
            c => word.push(c),
        }
    }
}

/// The word characters of `shlex`.
fn is_word(c: char) -> bool {
    let accented = ('\u{c0}'..='\u{ff}').contains(&c) && c != '\u{d7}' && c != '\u{f7}';
    c.is_ascii_alphanumeric() || c == '_' || accented
}

/// `export $(grep -v '^#' FILE | xargs)`: xargs takes quotes off, then the shell splits at blanks.
pub(super) fn xargs(text: &str) -> Found {
    let mut found = Found::default();
    let kept: Vec<&str> = text.split('\n').filter(|line| !line.starts_with('#')).collect();
    let kept = Zeroizing::new(kept.join("\n"));
    // An open quote ends xargs before it prints anything.
    let Some(printed) = printed(&kept) else { return found };
    for word in printed.split([' ', '\t', '\n']) {
        let Some((name, value)) = word.split_once('=') else { continue };
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let digit = name.starts_with(|c: char| c.is_ascii_digit());
        if name.is_empty() || digit || !name.chars().all(fits) {
            continue;
        }
        // The shell looks for files that such a word could mean.
        let pattern = value.contains(['*', '?', '[']);
        found.push(name, if pattern { Value::Unknown } else { Value::known(value) });
    }
    found
}

/// What xargs hands to echo, parted by blanks.
fn printed(text: &str) -> Option<Chars> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => plain.extend(rest.next()),
            '\'' | '"' => loop {
                match rest.next()? {
                    end if end == c => break,
                    '\n' => return None,
                    inner => plain.push(inner),
                }
            },
            c => plain.push(c),
        }
    }
    Some(plain)
}
