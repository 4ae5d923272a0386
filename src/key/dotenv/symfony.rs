//! symfony/dotenv 5.4: pieces of a value in any quotes, references, and commands, which are never
//! run here. One bad line refuses the file.

use zeroize::Zeroizing;

use super::DotenvError;
use super::expansion::length_while;
use super::found::{Chars, Found, Unclear, Value};
use super::text::{is_blank, line_of};

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str) -> Result<Found, DotenvError> {
    let text = Zeroizing::new(text.replace("\r\n", "\n").replace('\r', "\n"));
    let mut found = Found::default();
    let mut rest = after_empty_lines(&text);
    while !rest.is_empty() {
        let refused = DotenvError::Line(line_of(&text, rest));
        let (name, after) = name(rest).ok_or(refused)?;
        let (value, after) = value(after, &found).ok_or(refused)?;
        found.push(name, value);
        rest = after_empty_lines(after);
    }
    Ok(found)
}

fn after_empty_lines(text: &str) -> &str {
    let mut text = text.trim_start_matches(is_space);
    while text.starts_with('#') {
        let end = text.find('\n').unwrap_or(text.len());
        text = text[end..].trim_start_matches(is_space);
    }
    text
}

fn name(text: &str) -> Option<(&str, &str)> {
    let bare = text.strip_prefix("export").map(|after| (after, after.trim_start_matches(is_blank)));
    let text = bare.filter(|(all, after)| after.len() < all.len()).map_or(text, |(_, after)| after);
    let length = name_length(text);
    let after = text[length..].strip_prefix('=')?;
    (length > 0).then(|| (&text[..length], after))
}

/// `_` if there is one, a letter, then letters, digits and `_`.
fn name_length(text: &str) -> usize {
    let bare = text.strip_prefix('_').unwrap_or(text);
    if !bare.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return 0;
    }
    let rest = length_while(bare, |c| c.is_ascii_alphanumeric() || c == '_');
    text.len() - bare.len() + rest
}

/// The value and what comes after it; `None` where the line is refused.
fn value<'t>(text: &'t str, found: &Found) -> Option<(Value, &'t str)> {
    let bare = text.trim_start_matches(is_blank);
    if bare.is_empty() || bare.starts_with(['\n', '#']) {
        let end = bare.find('\n').unwrap_or(bare.len());
        return Some((Value::known(""), &bare[end..]));
    }
    if bare.len() < text.len() {
        return None;
    }
    let mut whole = Zeroizing::new(String::new());
    let mut clear = true;
    let mut rest = text;
    while !rest.is_empty() && !rest.starts_with('\n') {
        let (piece, after) = match rest.chars().next() {
            Some('\'') => {
                let (inner, after) = rest[1..].split_once('\'')?;
                (Ok(Zeroizing::new(inner.to_owned())), after)
            }
            Some('"') => double_quoted(&rest[1..], found)?,
            _ => bare_piece(rest, found)?,
        };
        match piece {
            Ok(piece) => whole.push_str(&piece),
            Err(Unclear) => clear = false,
        }
        rest = after;
        if rest.starts_with('#') && !text[..text.len() - rest.len()].ends_with(['\'', '"']) {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        }
    }
    Some((if clear { Value::Known(whole) } else { Value::Unknown }, rest))
}

/// A piece of a value, and what comes after it.
type Piece<'t> = Option<(Result<Chars, Unclear>, &'t str)>;

fn double_quoted<'t>(text: &'t str, found: &Found) -> Piece<'t> {
    let mut ends = text.match_indices('"').map(|(at, _)| at);
    let escaped = |at: &usize| text[..*at].ends_with('\\') && !text[..*at].ends_with(r"\\");
    let end = ends.find(|at| !escaped(at))?;
    let inner = text[..end].replace("\\\"", "\"").replace(r"\r", "\r").replace(r"\n", "\n");
    Some((resolved(&inner, found)?, &text[end + 1..]))
}

fn bare_piece<'t>(text: &'t str, found: &Found) -> Piece<'t> {
    let mut plain = Zeroizing::new(String::new());
    let mut rest = text;
    let mut depth = 0_usize;
    while let Some(c) = rest.chars().next() {
        let comment = c == '#' && plain.ends_with(is_blank) && depth == 0;
        if c == '\n' || depth == 0 && (c == '"' || c == '\'') || comment {
            break;
        }
        if depth == 0 && c == '\\' && rest[1..].starts_with(['"', '\'']) {
            rest = &rest[1..];
            continue_with(&mut plain, &mut rest);
            continue;
        }
        depth = match c {
            '(' if depth > 0 || plain.ends_with('$') => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => depth,
        };
        continue_with(&mut plain, &mut rest);
    }
    if depth > 0 {
        return None;
    }
    let trimmed = plain.trim_end_matches(|c| is_space(c) && c != '\u{c}' || c == '\0');
    let resolved = resolved(trimmed, found)?;
    // Blanks need quotes, unless the value has something to resolve.
    let unchanged = resolved.as_ref().is_ok_and(|text| text.as_str() == trimmed);
    if unchanged && trimmed.contains(is_space) {
        return None;
    }
    Some((resolved, rest))
}

fn continue_with(plain: &mut String, rest: &mut &str) {
    if let Some(c) = rest.chars().next() {
        plain.push(c);
        *rest = &rest[c.len_utf8()..];
    }
}

/// References and escapes; `None` where the loader refuses the line.
fn resolved(text: &str, found: &Found) -> Option<Result<Chars, Unclear>> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        if backslashes % 2 == 1 {
            plain.push_str(&before[..at - backslashes]);
            plain.push_str(&"\\".repeat(backslashes - 1));
            plain.push('$');
            rest = after;
            continue;
        }
        plain.push_str(before);
        if after.starts_with('(') && after.contains(')') {
            return Some(Err(Unclear));
        }
        match reference(after, found)? {
            Ok((length, text)) => {
                plain.push_str(&text);
                rest = &after[length..];
            }
            Err(Unclear) => return Some(Err(Unclear)),
        }
    }
    plain.push_str(rest);
    Some(Ok(Zeroizing::new(plain.replace(r"\\", "\\"))))
}

/// What a `$` becomes, from after it: the length and the text.
fn reference(after: &str, found: &Found) -> Option<Result<(usize, Chars), Unclear>> {
    let braced = after.strip_prefix('{');
    let inner = braced.unwrap_or(after);
    let length = name_length(inner);
    if length == 0 {
        let kept = Zeroizing::new("$".to_owned());
        return Some(if braced.is_some() { Err(Unclear) } else { Ok((0, kept)) });
    }
    let (name, rest) = inner.split_at(length);
    let default = [":-", ":="].iter().find_map(|sign| rest.strip_prefix(sign));
    let default = default.map(|text| &text[..text.find('}').unwrap_or(text.len())]);
    let default = default.filter(|text| !text.is_empty());
    let mut end = after.len() - rest.len() + default.map_or(0, |text| text.len() + 2);
    let closed = after[end..].starts_with('}');
    if braced.is_some() && !closed {
        return None;
    }
    let text = match found.text(name) {
        Ok(text) => text.filter(|text| !text.is_empty()),
        Err(Unclear) => return Some(Err(Unclear)),
    };
    if text.is_none() && default.is_some_and(|text| text.contains(['\'', '"', '{', '$'])) {
        return None;
    }
    if braced.is_some() {
        end += 1;
    }
    Some(Ok((end, Zeroizing::new(text.or(default).unwrap_or_default().to_owned()))))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}
