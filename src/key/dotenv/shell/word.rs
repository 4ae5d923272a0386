//! One word of a shell script: quotes taken off, `$NAME` put in. What a command would print, and what
//! the shell itself sets, leaves a mark in the text. Never runs anything.

use zeroize::Zeroizing;

use super::super::expansion::length_while;
use super::super::found::{Chars, Value};
use super::{DollarQuote, OWN, Script, Stop};

/// Stands in a word for what cannot be told; no file that is read byte by byte holds it.
pub(super) const UNCLEAR: char = '\u{10ffff}';

/// A word: its text, and how much of its beginning stood there without quotes.
pub(super) struct Word {
    pub(super) text: Chars,
    pub(super) bare: usize,
    pub(super) quotes: Quotes,
    pub(super) expands: Expands,
}

/// Whether any of a word is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    None,
    Some,
}

/// Whether a word expands something outside of quotes, which the shell would split again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expands {
    No,
    Bare,
}

/// Reads the word that the script goes on with.
pub(super) fn read(script: &mut Script<'_>) -> Result<Word, Stop> {
    let text = Zeroizing::new(String::new());
    let mut word = Word { text, bare: 0, quotes: Quotes::None, expands: Expands::No };
    let mut is_bare = true;
    while let Some(c) = script.rest.chars().next() {
        match c {
            ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
            '\'' | '"' | '\\' | '$' | '`' => {
                is_bare = false;
                match c {
                    '$' | '`' => word.expands = Expands::Bare,
                    _ => word.quotes = Quotes::Some,
                }
                script.rest = &script.rest[1..];
                special(c, script, &mut word.text)?;
            }
            c => {
                let value =
                    word.text.ends_with('=') && !word.text[..word.text.len() - 1].contains('=');
                let begins = value || word.text.is_empty() || word.text.ends_with(':');
                let own = value && script.rules.own_expansions.contains(&c);
                let tilde = c == '~' && begins;
                word.text.push(if own || tilde { UNCLEAR } else { c });
                script.rest = &script.rest[c.len_utf8()..];
            }
        }
        if is_bare {
            word.bare = word.text.len();
        }
    }
    Ok(word)
}

/// A quote, a backslash or a `$` outside of quotes.
fn special(c: char, script: &mut Script<'_>, text: &mut String) -> Result<(), Stop> {
    match c {
        '\'' => {
            let (inner, after) = script.rest.split_once('\'').ok_or(Stop::Quote)?;
            text.push_str(inner);
            script.rest = after;
        }
        '"' => double_quoted(script, text)?,
        '\\' => match script.rest.chars().next() {
            None => text.push('\\'),
            Some(next) => {
                text.extend(Some(next).filter(|next| *next != '\n'));
                script.rest = &script.rest[next.len_utf8()..];
            }
        },
        '`' => {
            text.push(UNCLEAR);
            script.rest = after_backtick(script.rest)?;
        }
        _ if script.rest.starts_with(['\'', '"']) => match script.rules.dollar_quote {
            DollarQuote::Escapes => return Err(Stop::Unknown),
            DollarQuote::Nothing => text.push('$'),
        },
        _ => dollar(script, text)?,
    }
    Ok(())
}

fn double_quoted(script: &mut Script<'_>, text: &mut String) -> Result<(), Stop> {
    loop {
        let c = script.rest.chars().next().ok_or(Stop::Quote)?;
        script.rest = &script.rest[c.len_utf8()..];
        match c {
            '"' => return Ok(()),
            '$' => dollar(script, text)?,
            '`' => {
                text.push(UNCLEAR);
                script.rest = after_backtick(script.rest)?;
            }
            '\\' => {
                let next = script.rest.chars().next().ok_or(Stop::Quote)?;
                script.rest = &script.rest[next.len_utf8()..];
                if !matches!(next, '$' | '`' | '"' | '\\' | '\n') {
                    text.push('\\');
                }
                text.extend(Some(next).filter(|next| *next != '\n'));
            }
            c => text.push(c),
        }
    }
}

/// What comes after a command in backticks, which is only looked for where nothing in it is quoted.
fn after_backtick(text: &str) -> Result<&str, Stop> {
    let end = text.find(['`', '\'', '"', '\\', '$', '#', '(', ')', ';', '&', '\n']);
    let end = end.ok_or(Stop::Unknown)?;
    text[end..].strip_prefix('`').ok_or(Stop::Unknown)
}

/// What a `$` begins. A command's end is only looked for where nothing in it is nested or quoted.
fn dollar(script: &mut Script<'_>, text: &mut String) -> Result<(), Stop> {
    let rest = script.rest;
    if let Some(inner) = rest.strip_prefix('(') {
        let end = inner.find([')', '(', '\'', '"', '\\', '`', '#']).ok_or(Stop::Unknown)?;
        script.rest = inner[end..].strip_prefix(')').ok_or(Stop::Unknown)?;
        text.push(UNCLEAR);
        return Ok(());
    }
    if let Some(inner) = rest.strip_prefix('{') {
        let end = inner.find(['}', '{', '$', '\'', '"', '\\', '`', '\n']).ok_or(Stop::Unknown)?;
        script.rest = inner[end..].strip_prefix('}').ok_or(Stop::Unknown)?;
        return braced(&inner[..end], script, text);
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let length = match rest.chars().next() {
        Some(digit @ '1'..='9') => digit.len_utf8(),
        Some('0' | '$' | '!' | '?' | '#' | '@' | '*' | '-' | '[') => {
            text.push(UNCLEAR);
            script.rest = &rest[1..];
            return if rest.starts_with('[') { Err(Stop::Unknown) } else { Ok(()) };
        }
        _ => length_while(rest, is_name),
    };
    script.rest = &rest[length..];
    let modified = length > 0 && script.rest.starts_with(script.rules.modifiers);
    match length {
        _ if modified => text.push(UNCLEAR),
        0 => text.push('$'),
        _ => text.push_str(&variable(&rest[..length], script).unwrap_or_default()),
    }
    Ok(())
}

/// `${NAME}`, `${NAME:-word}`, `${NAME-word}`; what else there is cannot be told.
fn braced(expression: &str, script: &Script<'_>, text: &mut String) -> Result<(), Stop> {
    let length = length_while(expression, |c| c.is_ascii_alphanumeric() || c == '_');
    let (name, rest) = expression.split_at(length);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Stop::Unknown);
    }
    let value = variable(name, script);
    let by = match (rest.strip_prefix(":-"), rest.strip_prefix('-')) {
        (None, None) if rest.is_empty() => value.unwrap_or_default(),
        (Some(word), _) => value.filter(|v| !v.is_empty()).unwrap_or_else(|| default(word)),
        (_, Some(word)) => value.unwrap_or_else(|| default(word)),
        _ => Zeroizing::new(UNCLEAR.to_string()),
    };
    text.push_str(&by);
    Ok(())
}

fn default(word: &str) -> Chars {
    let word = if word.starts_with('~') { UNCLEAR.to_string() } else { word.to_owned() };
    Zeroizing::new(word)
}

/// The text of a variable; `None` if nothing sets it.
fn variable(name: &str, script: &Script<'_>) -> Option<Chars> {
    let unclear = || Zeroizing::new(UNCLEAR.to_string());
    match script.variable(name) {
        Some(Value::Known(text)) => Some(text.clone()),
        Some(Value::Absent | Value::Refused) => None,
        Some(Value::Unknown) => Some(unclear()),
        None => OWN.split_whitespace().any(|own| own == name).then(unclear),
    }
}
