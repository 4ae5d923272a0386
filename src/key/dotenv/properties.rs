//! `java.util.Properties` (Java 17), which also stands for Spring's `.env[.properties]`: no quotes,
//! no comments behind a value, backslash escapes. Latin-1 text in, variables out.

use super::DotenvError;
use super::found::{Found, Value};

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str) -> Result<Found, DotenvError> {
    let mut found = Found::default();
    for (at, line) in logical_lines(text) {
        let (name, value) = parts(&line);
        let name = unescaped(name).ok_or(DotenvError::Line(at))?;
        let value = unescaped(value).ok_or(DotenvError::Line(at))?;
        found.push(&name, Value::known(value));
    }
    Ok(found)
}

/// Lines that end in an odd number of backslashes go on in the next, without its leading blanks.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (index, line) in text.split('\n').enumerate() {
        let line = line.trim_start_matches(is_blank);
        if !goes_on && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        let more = backslashes % 2 == 1;
        let line = if more { &line[..line.len() - 1] } else { line };
        match lines.last_mut().filter(|_| goes_on) {
            Some((_, before)) => before.push_str(line),
            None => lines.push((index + 1, line.to_owned())),
        }
        goes_on = more;
    }
    lines
}

/// Name and value: the first `=`, `:` or blank that no backslash stands before parts them.
fn parts(line: &str) -> (&str, &str) {
    let mut rest = line.char_indices();
    while let Some((at, c)) = rest.next() {
        if c == '\\' {
            rest.next();
        } else if c == '=' || c == ':' || is_blank(c) {
            let after = line[at..].trim_start_matches(is_blank);
            let after = after.strip_prefix(['=', ':']).unwrap_or(after);
            return (&line[..at], after.trim_start_matches(is_blank));
        }
    }
    (line, "")
}

/// `None` where `\u` is not followed by four hexadecimal digits.
fn unescaped(text: &str) -> Option<String> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = if c == '\\' { rest.next() } else { None };
        let plain = match (c, next) {
            ('\\', None) => break,
            ('\\', Some('u')) => {
                let digits = rest.as_str().get(..4)?;
                units.push(u16::from_str_radix(digits, 16).ok()?);
                rest = rest.as_str()[4..].chars();
                continue;
            }
            ('\\', Some('t')) => '\t',
            ('\\', Some('n')) => '\n',
            ('\\', Some('r')) => '\r',
            ('\\', Some('f')) => '\u{c}',
            ('\\', Some(other)) => other,
            (c, _) => c,
        };
        units.extend_from_slice(plain.encode_utf16(&mut [0; 2]));
    }
    Some(String::from_utf16_lossy(&units))
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{c}')
}
