//! Loaders that take a file line by line and a line at its first `=`: docker, kubectl, decouple,
//! starlette, django-environ. One parser, one table of what they differ in. Never expands.

use super::DotenvError;
use super::found::{Found, Value};
use super::text::{python_lines, unquoted};

/// What such a loader does.
pub(super) struct Rules {
    /// What is cut off a line before anything else, and off names and values.
    trim: Trim,
    /// A name without `=`.
    bare: Bare,
    /// What a name may be made of.
    names: Names,
    /// Quotes that are taken off a value which they enclose.
    quotes: &'static [char],
    /// A variable that is set again.
    again: Again,
}

enum Trim {
    Start,
    Both,
}

enum Bare {
    /// It is passed on from the loader's own environment, which is unknown here.
    Inherited,
    /// It is passed on likewise, and is empty where there is none.
    Empty,
    Skipped,
}

enum Names {
    NotBlank,
    Checked,
    Any,
}

enum Again {
    Replaces,
    Refused,
}

/// `docker run --env-file` (28.2).
pub(super) const DOCKER: Rules = Rules {
    trim: Trim::Start,
    bare: Bare::Inherited,
    names: Names::NotBlank,
    quotes: &[],
    again: Again::Replaces,
};

/// `kubectl create secret generic --from-env-file`.
pub(super) const KUBECTL: Rules =
    Rules { bare: Bare::Empty, names: Names::Checked, again: Again::Refused, ..DOCKER };

/// python-decouple 3.8 and starlette 1.10.
pub(super) const PYTHON: Rules = Rules {
    trim: Trim::Both,
    bare: Bare::Skipped,
    names: Names::Any,
    quotes: &['\'', '"'],
    again: Again::Replaces,
};

/// The white space that docker refuses in a name.
const BLANKS: [char; 8] = [' ', '\t', '\n', '\u{b}', '\u{c}', '\r', '\u{85}', '\u{a0}'];

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str, rules: &Rules) -> Result<Found, DotenvError> {
    let mut found = Found::default();
    for (index, line) in rules.lines(text).into_iter().enumerate() {
        let line = rules.trimmed(line);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else {
            rules.names.check(line, index + 1)?;
            if matches!(rules.bare, Bare::Empty) {
                rules.add(&mut found, (line, ""), index + 1)?;
            }
            continue;
        };
        let name = match rules.trim {
            Trim::Start => name,
            Trim::Both => name.trim(),
        };
        rules.names.check(name, index + 1)?;
        rules.add(&mut found, (name, rules.value(value)), index + 1)?;
    }
    Ok(found)
}

impl Rules {
    /// Python's text files end lines at a lone carriage return too.
    fn lines<'t>(&self, text: &'t str) -> Vec<&'t str> {
        match self.trim {
            Trim::Start => text.lines().collect(),
            Trim::Both => text.split(['\n', '\r']).collect(),
        }
    }

    fn trimmed<'t>(&self, line: &'t str) -> &'t str {
        match self.trim {
            Trim::Start => line.trim_start(),
            Trim::Both => line.trim(),
        }
    }

    fn value<'t>(&self, value: &'t str) -> &'t str {
        match self.trim {
            Trim::Start => value,
            Trim::Both => {
                let value = value.trim();
                unquoted(value, self.quotes).map_or(value, |(_, inner)| inner)
            }
        }
    }

    fn add(&self, found: &mut Found, line: (&str, &str), at: usize) -> Result<(), DotenvError> {
        let (name, value) = line;
        if matches!(self.again, Again::Refused) && found.get(name).is_some() {
            return Err(DotenvError::Duplicate(at));
        }
        found.push(name, Value::known(value));
        Ok(())
    }
}

impl Names {
    fn check(&self, name: &str, line: usize) -> Result<(), DotenvError> {
        match self {
            Self::NotBlank if name.is_empty() => return Err(DotenvError::NoVariable(line)),
            Self::NotBlank if name.contains(BLANKS) => return Err(DotenvError::WhiteSpace(line)),
            Self::Any | Self::NotBlank => return Ok(()),
            Self::Checked => {}
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let starts_with_digit = name.starts_with(|c: char| c.is_ascii_digit());
        if name.is_empty() || starts_with_digit || !name.chars().all(fits) {
            return Err(DotenvError::Line(line));
        }
        Ok(())
    }
}

/// django-environ 0.14: no blanks round `=`, and a value that begins with `$` names another variable.
pub(super) fn django_environ(text: &str) -> Found {
    let mut written = Found::default();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for line in python_lines(&text) {
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else { continue };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            continue;
        }
        let value = unquoted(value, &['\'']).map_or(value, |(_, inner)| inner);
        let value = match unquoted(value, &['"']) {
            Some((_, inner)) => without_backslashes(inner),
            None => value.to_owned(),
        };
        written.push(name, Value::known(value));
    }
    let mut found = Found::default();
    for (name, value) in written.iter() {
        found.push(name, followed(value, &written));
    }
    found
}

/// A backslash goes, but for those of `\r`, `\n` and `\t`.
fn without_backslashes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next()) {
            ('\\', Some(next)) => {
                rest.next();
                if matches!(next, 'r' | 'n' | 't') {
                    plain.push('\\');
                }
                plain.push(next);
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// The value that a chain of `$NAME` ends at.
fn followed(value: &Value, written: &Found) -> Value {
    let mut value = value;
    for _ in 0..16 {
        let Value::Known(text) = value else { return Value::Refused };
        let Some(name) = text.strip_prefix('$') else { return value.clone() };
        let Some(next) = written.get(name.trim_start_matches('$')) else { return Value::Refused };
        value = next;
    }
    Value::Refused
}
