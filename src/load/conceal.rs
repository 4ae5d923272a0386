//! The configuration's text in, the same text with stars where secrets may stand out. Stars take
//! the place of bytes one by one, so every place in the text stays what it was.

use super::problem::Place;
use super::tree::{Node, Placed};

/// Random keys of 16 bytes and more are at least this long in any encoding.
const SHORTEST_KEY: usize = 22;

/// Stars in the given places.
pub(super) fn places(text: &str, places: &[Place]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for place in places {
        let end = place.end.min(bytes.len());
        for byte in &mut bytes[place.start.min(end)..end] {
            if !byte.is_ascii_whitespace() {
                *byte = b'*';
            }
        }
    }
    // Places cover whole characters; were it not so, nothing is shown rather than a part.
    String::from_utf8(bytes).unwrap_or_else(|_| stars(text))
}

/// Stars in every place that is not a field's name or YAML punctuation: for text that is no YAML,
/// where nobody knows what is a value.
pub(super) fn all_values(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let body = line.trim_start_matches([' ', '-', '{']);
        let after = body.trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '_');
        let named = after.strip_prefix(':').is_some_and(|rest| rest.starts_with([' ', '\r', '\n']));
        let kept = line.len() - if named { after.len() } else { body.len() };
        shown.push_str(&line[..kept]);
        shown.push_str(&stars(&line[kept..]));
    }
    shown
}

fn stars(text: &str) -> String {
    let star = |c: char| match c {
        '\n' | '\r' | '\t' | ' ' | '{' | '}' | '[' | ']' | ',' | ':' | '"' | '\'' => c.to_string(),
        other => "*".repeat(other.len_utf8()),
    };
    text.chars().map(star).collect()
}

/// The places of comments and of every value that looks like a key, a token or a url with more in
/// it than an address, wherever it stands.
pub(super) fn suspicious(text: &str, root: &Placed<Node>) -> Vec<Place> {
    let mut scalars = Vec::new();
    collect(root, &mut scalars);
    let mut places = comments(text, &scalars);
    for (place, value) in scalars {
        if let Some(value) = value {
            places.extend(telling(text.get(place.clone()).unwrap_or_default(), value, place.start));
        }
    }
    places
}

/// What of a scalar must not be shown: all of a key or a token; of a url, all before `@` and after `?`.
fn telling(written: &str, value: &str, start: usize) -> Vec<Place> {
    let whole = start..start + written.len();
    if looks_like_secret(value) {
        return vec![whole];
    }
    let is_address = value.contains("://") || value.starts_with('/');
    if !is_address && !value.contains('@') {
        return Vec::new();
    }
    if written.contains('\\') {
        return vec![whole];
    }
    let authority = written.find("//").map_or(0, |slashes| slashes + 2);
    let user = written.rfind('@').or_else(|| end_of_odd_authority(written, authority));
    let user = user.map(|end| start + authority.min(end)..start + end);
    let query = written.find('?').map(|mark| start + mark + 1..whole.end);
    user.into_iter().chain(query).collect()
}

/// Where a host and something that is no port end: a password may have lost its `@`.
fn end_of_odd_authority(written: &str, start: usize) -> Option<usize> {
    let rest = written.get(start..).filter(|rest| start > 0 && !rest.starts_with('['))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (_, port) = rest[..end].split_once(':')?;
    let odd = port.trim_end_matches(['"', '\'']).bytes().any(|byte| !byte.is_ascii_digit());
    odd.then_some(start + end)
}

type Scalar<'t> = (Place, Option<&'t str>);

fn collect<'t>(node: &'t Placed<Node>, scalars: &mut Vec<Scalar<'t>>) {
    match &node.value {
        Node::List(items) => items.iter().for_each(|item| collect(item, scalars)),
        Node::Map(entries) => entries.iter().for_each(|(key, value)| {
            collect(key, scalars);
            collect(value, scalars);
        }),
        Node::Text(text) => scalars.push((node.place.clone(), Some(text))),
        _ => scalars.push((node.place.clone(), None)),
    }
}

/// Scalars come in the order of the file, so what stands between two of them is no value.
fn comments(text: &str, scalars: &[Scalar<'_>]) -> Vec<Place> {
    let mut places = Vec::new();
    let mut from = 0;
    let end = text.len()..text.len();
    for scalar in scalars.iter().map(|(place, _)| place).chain(std::iter::once(&end)) {
        while let Some(start) = text.get(from..scalar.start).and_then(|gap| gap.find('#')) {
            let start = from + start;
            let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
            places.push(start + 1..end);
            from = end;
        }
        from = from.max(scalar.end);
    }
    places
}

/// Whether a text is rather a key or a token than anything else.
pub(super) fn looks_like_secret(text: &str) -> bool {
    looks_like_key(text) || text.starts_with("eyJ")
}

/// Whether a text is rather a key than the name of a file or a variable: long, without
/// punctuation, and mixed as only random text is.
pub(super) fn looks_like_key(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.bytes().any(|byte| test(&byte));
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte);
    let digits = has(u8::is_ascii_digit);
    text.len() >= SHORTEST_KEY
        && text.bytes().all(alphabet)
        && !text.starts_with('/')
        && digits
        && ((has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
            || text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_names() {
        let rows = [
            ("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", true),
            ("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", true),
            ("k9Jd_82mNs-aPq71LzXy0bVt", true),
            ("AUTOSCRAPER_JWT_SECRET_KEY_V2", false),
            ("autoscraper-service/.env.development", false),
            ("/api/v1/autoscraper/DashboardOf2026", false),
            ("JWT_SECRET_KEY", false),
        ];
        for (text, wanted) in rows {
            assert_eq!(looks_like_key(text), wanted, "{text}");
        }
    }

    #[test]
    fn text_that_is_no_yaml_shows_field_names_only() {
        let text = "services:\n  - name: main\n    key: {variable: hunter2\nhunter3\n";
        let shown = "services:\n  - name: ****\n    key: {********: *******\n*******\n";
        assert_eq!(all_values(text), shown);
    }
}
