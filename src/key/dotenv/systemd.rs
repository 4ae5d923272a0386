//! systemd 252's `EnvironmentFile=`: quotes and backslashes, no references. Characters in, variables
//! out; a comment goes on behind a backslash, as it did up to version 253.

use super::found::{Found, Value};

/// Where in a line the loader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Name,
    BeforeValue,
    Value,
    ValueEscape,
    Single,
    Double,
    DoubleEscape,
    Comment,
    CommentEscape,
}

/// One assignment while it is read.
#[derive(Default)]
struct Line {
    name: String,
    value: zeroize::Zeroizing<String>,
    /// Where the blanks at the end of the value begin.
    end: Option<usize>,
}

impl Line {
    fn push(&mut self, c: char) {
        if !is_space(c) {
            self.end = None;
        } else if self.end.is_none() {
            self.end = Some(self.value.len());
        }
        self.value.push(c);
    }

    fn finish(&mut self, at: At, found: &mut Found) {
        let end = self.end.filter(|_| at == At::Value).unwrap_or(self.value.len());
        found.push(self.name.trim_end_matches(is_space), Value::known(&self.value[..end]));
        *self = Self::default();
    }
}

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str) -> Found {
    let mut found = Found::default();
    let mut line = Line::default();
    let mut at = At::Start;
    for c in text.chars() {
        let ends = c == '\n' || c == '\r';
        if ends && matches!(at, At::BeforeValue | At::Value) {
            line.finish(at, &mut found);
            at = At::Start;
        } else if ends && at == At::Name {
            line = Line::default();
            at = At::Start;
        } else {
            at = step(at, c, &mut line);
        }
    }
    if !matches!(at, At::Start | At::Name | At::Comment | At::CommentEscape) {
        line.finish(at, &mut found);
    }
    found
}

fn step(at: At, c: char, line: &mut Line) -> At {
    let ends = c == '\n' || c == '\r';
    match (at, c) {
        (At::Start, '#' | ';') => return At::Comment,
        (At::Start, c) if is_space(c) => return At::Start,
        (At::Name, '=') | (At::Single, '\'') | (At::Double, '"') => return At::BeforeValue,
        (At::Start | At::Name, c) => {
            line.name.push(c);
            return At::Name;
        }
        (At::BeforeValue, '\'') => return At::Single,
        (At::BeforeValue, '"') => return At::Double,
        (At::BeforeValue, c) if is_space(c) => return At::BeforeValue,
        (At::BeforeValue | At::Value, '\\') => {
            line.end = None;
            return At::ValueEscape;
        }
        (At::Double, '\\') => return At::DoubleEscape,
        (At::Comment, '\\') => return At::CommentEscape,
        (At::Comment, _) if ends => return At::Start,
        (At::Comment | At::CommentEscape, _) => return At::Comment,
        (At::BeforeValue | At::Value, c) => line.push(c),
        (At::ValueEscape, c) if !ends => line.value.push(c),
        (At::DoubleEscape, '"' | '\\' | '`' | '$') | (At::Single | At::Double, _) => {
            line.value.push(c);
        }
        (At::DoubleEscape, c) if c != '\n' => line.value.extend(['\\', c]),
        (At::ValueEscape | At::DoubleEscape, _) => {}
    }
    match at {
        At::Single => At::Single,
        At::Double | At::DoubleEscape => At::Double,
        _ => At::Value,
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}
