//! vlucas/phpdotenv 5.4: entries, of several lines where a double quote stays open, and what their
//! quotes, escapes and `${NAME}` mean. One bad entry refuses the file.

use zeroize::Zeroizing;

use super::DotenvError;
use super::found::{Chars, Found, Value};

/// Every variable that the file names, in its order.
pub(super) fn bindings(text: &str) -> Result<Found, DotenvError> {
    let mut found = Found::default();
    for (at, entry) in entries(text) {
        let (name, value) = match entry.split_once('=') {
            Some((name, value)) => (trimmed(name), Some(trimmed(value))),
            None => (trimmed(&entry), None),
        };
        let name = name_of(name).ok_or(DotenvError::Line(at))?;
        let Some(value) = value else {
            found.push(name, Value::Absent);
            continue;
        };
        let (mut text, references) = parsed(value).ok_or(DotenvError::Line(at))?;
        let mut clear = true;
        for at in references.into_iter().rev() {
            clear &= resolve(&mut text, at, &found);
        }
        found.push(name, if clear { Value::Known(text) } else { Value::Unknown });
    }
    Ok(found)
}

/// The entries and their lines: a line that opens a double quote runs on to the one that closes it.
fn entries(text: &str) -> Vec<(usize, String)> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut entries = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let starts = line.contains("=\"") && !closes(line, 2);
        if starts || !open.is_empty() {
            open.push(line);
            if closes(line, if starts { 2 } else { 1 }) {
                entries.push((index + 2 - open.len(), open.join("\n")));
                open.clear();
            }
        } else {
            entries.push((index + 1, line.to_owned()));
        }
    }
    entries.retain(|(_, entry)| !trimmed(entry).is_empty() && !trimmed(entry).starts_with('#'));
    entries
}

/// Whether so many double quotes stand behind a character that is no backslash.
fn closes(line: &str, wanted: usize) -> bool {
    let plain = line.replace(r"\\", "");
    let quotes =
        plain.match_indices('"').filter(|(at, _)| *at > 0 && !plain[..*at].ends_with('\\'));
    line == "\"" || quotes.count() >= wanted
}

fn name_of(name: &str) -> Option<&str> {
    let after = name.strip_prefix("export").filter(|_| name.len() > 8);
    let after = after.filter(|after| after.starts_with(is_space));
    let name = after.map_or(name, |after| after.trim_start_matches(is_space));
    let name = super::text::unquoted(name, &['\'', '"']).map_or(name, |(_, inner)| inner);
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    (!name.is_empty() && name.chars().all(fits)).then_some(name)
}

/// The value, and where in it references may begin; `None` where the entry is refused.
fn parsed(value: &str) -> Option<(Chars, Vec<usize>)> {
    let mut plain = Zeroizing::new(String::with_capacity(value.len()));
    let mut references = Vec::new();
    let Some(quote) = value.chars().next().filter(|c| ['\'', '"'].contains(c)) else {
        let end = value.find(|c| is_space(c) || c == '#').unwrap_or(value.len());
        references.extend(value[..end].match_indices('$').map(|(at, _)| at));
        plain.push_str(&value[..end]);
        return only_comment(&value[end..]).then_some((plain, references));
    };
    let mut rest = value[1..].chars();
    loop {
        match rest.next()? {
            c if c == quote => break,
            '\\' if quote == '"' => plain.push(escape(rest.next()?)?),
            '$' if quote == '"' => {
                references.push(plain.len());
                plain.push('$');
            }
            c => plain.push(c),
        }
    }
    only_comment(rest.as_str()).then_some((plain, references))
}

fn escape(letter: char) -> Option<char> {
    match letter {
        '"' | '\\' | '$' => Some(letter),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\u{b}'),
        _ => None,
    }
}

fn only_comment(text: &str) -> bool {
    let text = text.trim_start_matches(is_space);
    text.is_empty() || text.starts_with('#')
}

/// Puts a variable in where `${NAME}` stands; one that is not set stays as it is written. Gives
/// whether that can be told.
fn resolve(text: &mut Chars, at: usize, found: &Found) -> bool {
    let Some(inner) = text[at..].strip_prefix("${") else { return true };
    let Some(end) = inner.find('}') else { return true };
    match found.text(&inner[..end]) {
        Ok(None) => true,
        Ok(Some(by)) => {
            let by = Zeroizing::new(by.to_owned());
            text.replace_range(at..at + end + 3, &by);
            true
        }
        Err(_) => false,
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c| is_space(c) && c != '\u{c}' || c == '\0')
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}
