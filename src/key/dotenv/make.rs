//! GNU make 4.3 with `include FILE` and `export`: logical lines, comments anywhere, `$(NAME)` read
//! when the value is asked for. Functions and conditions are not run: what hangs on them is unknown.

use zeroize::Zeroizing;

use super::DotenvError;
use super::found::{Chars, Found, Unclear, Value};
use super::text::is_blank;

/// Lines that begin so change what other lines mean.
const DIRECTIVES: [&str; 15] = [
    "ifeq", "ifneq", "ifdef", "ifndef", "else", "endif", "define", "endef", "include", "-include",
    "sinclude", "undefine", "vpath", "load", "private",
];

/// Variables that make itself sets.
const OWN: [&str; 12] = [
    "MAKE",
    "MAKEFLAGS",
    "MAKEFILES",
    "MAKEFILE_LIST",
    "MAKELEVEL",
    "CURDIR",
    "SHELL",
    "CC",
    "CXX",
    "AR",
    "AS",
    "LD",
];

/// How deep references may lead.
const DEEPEST: usize = 16;

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str) -> Result<Found, DotenvError> {
    let mut written = Found::default();
    for (at, line) in logical_lines(text) {
        let line = without_comment(&line);
        let bare = line.trim_matches(is_space);
        // A line that begins with a tab belongs to a rule.
        if bare.is_empty() || line.starts_with('\t') && !bare.contains('=') {
            continue;
        }
        assign(line.trim_start_matches(is_space), at, &mut written)?;
    }
    let mut found = Found::default();
    for (name, value) in written.iter() {
        // make expands all of them to export them, and one that refers to itself ends it.
        let text = match value {
            Value::Known(text) => expanded(text, &written, DEEPEST),
            Value::Absent | Value::Unknown | Value::Refused => Err(Unclear),
        };
        let text = text.map_err(|Unclear| DotenvError::Unknown)?;
        found.push(name, Value::Known(text));
    }
    Ok(found)
}

/// The lines, each joined with the next where a backslash ends it. A NUL ends a line's text.
fn logical_lines(text: &str) -> Vec<(usize, Chars)> {
    let mut lines: Vec<(usize, Chars)> = Vec::new();
    let mut goes_on = false;
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let line = line.split('\0').next().unwrap_or_default();
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        let more = backslashes % 2 == 1;
        let line = if more { line[..line.len() - 1].trim_end_matches(is_blank) } else { line };
        match lines.last_mut().filter(|_| goes_on) {
            Some((_, before)) => {
                before.push(' ');
                before.push_str(line.trim_start_matches(is_blank));
            }
            None => lines.push((index + 1, Zeroizing::new(line.to_owned()))),
        }
        goes_on = more;
    }
    lines
}

/// A `#` begins a comment; `\#` is a `#`, and `$#` a reference.
fn without_comment(line: &str) -> Chars {
    let mut plain = Zeroizing::new(String::with_capacity(line.len()));
    for c in line.chars() {
        let dollars = plain.len() - plain.trim_end_matches('$').len();
        if c == '#' && plain.ends_with('\\') {
            plain.pop();
        } else if c == '#' && dollars.is_multiple_of(2) {
            break;
        }
        plain.push(c);
    }
    plain
}

fn assign(line: &str, at: usize, written: &mut Found) -> Result<(), DotenvError> {
    let first = line.split(is_blank).next().unwrap_or_default();
    let Some(end) = line.find(['=', ':']) else {
        return match first {
            "export" | "unexport" => Ok(()),
            word if DIRECTIVES.contains(&word) || line.contains('$') => Err(DotenvError::Unknown),
            _ => Err(DotenvError::Line(at)),
        };
    };
    if DIRECTIVES.contains(&first) || line[..end].contains('$') {
        return Err(DotenvError::Unknown);
    }
    let (name, value) = match line[end..].trim_start_matches(':').strip_prefix('=') {
        Some(value) => (&line[..end], value),
        // A rule for a target of that name, unless it is one of the rarer kinds.
        None if line[end + 1..].contains([':', '=', '%', ';']) => return Err(DotenvError::Unknown),
        None => return Ok(()),
    };
    let immediate = line[end..].starts_with(':');
    let (name, sign) =
        name.strip_suffix(['?', '+', '!']).map_or((name, ""), |n| (n, &name[n.len()..]));
    let name = name.trim_matches(is_space);
    let word =
        |prefix| name.strip_prefix(prefix).filter(|after: &&str| after.starts_with(is_blank));
    let name =
        word("export").or_else(|| word("override")).unwrap_or(name).trim_start_matches(is_blank);
    if name.is_empty() || name.contains(is_blank) {
        return Err(DotenvError::Line(at));
    }
    let value = value.trim_start_matches(is_space);
    let value = match (sign, written.get(name)) {
        ("!", _) | ("+", Some(_)) => Value::Unknown,
        ("?", Some(_)) => return Ok(()),
        _ if immediate => match expanded(value, written, DEEPEST) {
            // It is expanded once; make would not look at what came out of it again.
            Ok(text) if !text.contains('$') => Value::Known(text),
            _ => Value::Unknown,
        },
        _ => Value::known(value),
    };
    written.push(name, value);
    Ok(())
}

/// The value with its references, as deep as they go.
fn expanded(value: &str, written: &Found, depth: usize) -> Result<Chars, Unclear> {
    let depth = depth.checked_sub(1).ok_or(Unclear)?;
    let mut plain = Zeroizing::new(String::with_capacity(value.len()));
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some(c) = after.chars().next() else {
            plain.push('$');
            return Ok(plain);
        };
        rest = &after[c.len_utf8()..];
        match c {
            '$' => plain.push('$'),
            '(' | '{' => {
                let close = if c == '(' { ')' } else { '}' };
                let end = rest.find(close).ok_or(Unclear)?;
                plain.push_str(&variable(&rest[..end], written, depth)?);
                rest = &rest[end + 1..];
            }
            _ => plain.push_str(&variable(&after[..c.len_utf8()], written, depth)?),
        }
    }
    plain.push_str(rest);
    Ok(plain)
}

/// What a name between the parentheses becomes.
fn variable(name: &str, written: &Found, depth: usize) -> Result<Chars, Unclear> {
    let substitutes = name.contains(':') && name.contains('=');
    let of_rule = matches!(name, "@" | "<" | "^" | "*" | "?" | "+" | "%" | "|");
    let calls = name.split_once(is_blank).is_some_and(|(word, _)| is_function(word));
    if name.contains(['$', '(', '{']) || substitutes || of_rule || calls || OWN.contains(&name) {
        return Err(Unclear);
    }
    match written.text(name)? {
        Some(text) => expanded(text, written, depth),
        None => Ok(Zeroizing::new(String::new())),
    }
}

/// Functions of make are words of small letters; `echo` and other programs are none.
fn is_function(word: &str) -> bool {
    const FUNCTIONS: &str = "abspath addprefix addsuffix and basename call dir error eval file \
        filter filter-out findstring firstword flavor foreach guile if info intcmp join lastword \
        let notdir or origin patsubst realpath shell sort strip subst suffix value warning \
        wildcard word wordlist words";
    FUNCTIONS.split_whitespace().any(|function| function == word)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}
