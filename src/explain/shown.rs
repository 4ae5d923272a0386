//! Header members and claims in, the text that may be shown of them out: keys are scrubbed, what
//! is long or looks like a secret is shortened. Control characters are the reports' affair.

use serde_json::Value;

use super::dates::{self, Date};
use super::members::Members;
use crate::explanation::ShownMember;
use crate::scrub::Scrubber;
use crate::time::UnixTime;

/// Characters of a value that are shown.
const LONGEST: usize = 72;
/// Characters of a secret that are shown: too few to be of use.
const SECRET_SHOWN: usize = 4;
/// Shorter text is no secret worth the name.
const SECRET_LENGTH: usize = 20;
/// Members whose values are names that everybody may know.
const PUBLIC: [&str; 10] =
    ["alg", "typ", "cty", "kid", "iss", "aud", "type", "token_type", "scope", "azp"];
/// Parts of names that announce a secret.
const TELLING: [&str; 7] = ["secret", "password", "passwd", "api_key", "apikey", "token", "hash"];

/// Every member in its order.
pub(super) fn members(members: &Members, now: UnixTime, scrubber: &Scrubber) -> Vec<ShownMember> {
    let shown = members.iter().map(|member| ShownMember {
        name: shortened(&scrubber.clean(&member.name, None).0, LONGEST),
        value: match &member.value {
            Some(value) => json(&member.name, value, scrubber),
            None => "a value too deep or too large to be read".to_owned(),
        },
        note: note(&member.name, members, now),
    });
    shown.collect()
}

/// A value as JSON text that may be shown.
pub(super) fn json(name: &str, value: &Value, scrubber: &Scrubber) -> String {
    shortened(&harmless(name, value, scrubber).to_string(), LONGEST)
}

/// The value with keys scrubbed and secrets shortened, all the way down.
fn harmless(name: &str, value: &Value, scrubber: &Scrubber) -> Value {
    match value {
        Value::String(text) => {
            let clean = scrubber.clean(text, None).0;
            let kept = if looks_secret(name, &clean) { SECRET_SHOWN } else { LONGEST };
            shortened(&clean, kept).into()
        }
        Value::Array(items) => items.iter().map(|item| harmless(name, item, scrubber)).collect(),
        Value::Object(inner) => {
            let inner = inner.iter().map(|(name, value)| {
                let shown = scrubber.clean(name, None).0;
                (shown, harmless(name, value, scrubber))
            });
            Value::Object(inner.collect())
        }
        other => other.clone(),
    }
}

/// The beginning of a text, and how long all of it is.
fn shortened(text: &str, kept: usize) -> String {
    let length = text.chars().count();
    if length <= kept {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(kept).collect();
    format!("{beginning}… ({length} characters)")
}

fn looks_secret(name: &str, text: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if PUBLIC.contains(&lower.as_str()) || is_uuid(text) {
        return false;
    }
    if TELLING.iter().any(|word| lower.contains(word)) && text.len() > SECRET_SHOWN {
        return true;
    }
    let unbroken = !text.contains(|c: char| c.is_whitespace() || matches!(c, ':' | '@'));
    let mixed = text.contains(|c: char| c.is_ascii_digit())
        && text.contains(|c: char| c.is_ascii_alphabetic());
    text.len() >= SECRET_LENGTH && unbroken && mixed
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

/// What a time claim means to a person.
fn note(name: &str, members: &Members, now: UnixTime) -> Option<String> {
    if !dates::CLAIMS.contains(&name) {
        return None;
    }
    match dates::date(members, name) {
        Date::At(moment) => Some(format!("{}, {}", dates::calendar(moment), distance(moment, now))),
        Date::Milliseconds(moment) => {
            Some(format!("milliseconds: {}, {}", dates::calendar(moment), distance(moment, now)))
        }
        Date::Text => Some("text, not a number".to_owned()),
        Date::Absent | Date::Other => None,
    }
}

fn distance(moment: UnixTime, now: UnixTime) -> String {
    let ahead = moment - now;
    let span = crate::time::Seconds(ahead.0.round()).in_words();
    if ahead.0 < 0.0 { format!("{span} ago") } else { format!("in {span}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::secret::Secret;

    #[test]
    fn what_is_long_or_secret_is_shortened_and_the_rest_is_not() {
        let key = Secret::new("canary-key-0123456789");
        let scrubber = Scrubber::new([&key]);
        for (name, value, shown) in [
            ("sub", json!("alice@example.com"), r#""alice@example.com""#),
            (
                "sub",
                json!("2f1c1d4e-9d1b-4a52-8d8e-0a4f8f0f7a11"),
                r#""2f1c1d4e-9d1b-4a52-8d8e-0a4f8f0f7a11""#,
            ),
            (
                "iss",
                json!("https://login7.example.com/realms/main"),
                r#""https://login7.example.com/realms/main""#,
            ),
            ("aud", json!(["a", "b"]), r#"["a","b"]"#),
            ("api_key", json!("hunter2"), r#""hunt… (7 characters)""#),
            ("jti", json!("9f86d081884c7d659a2feaa0c55ad015"), r#""9f86… (32 characters)""#),
            ("x", json!({"password": "hunter2"}), r#"{"password":"hunt… (7 characters)"}"#),
            ("x", json!("is canary-key-0123456789 it"), r#""is [redacted] it""#),
            ("exp", json!(12), "12"),
        ] {
            assert_eq!(super::json(name, &value, &scrubber), shown);
        }
        let long = super::json("text", &json!("word ".repeat(40)), &scrubber);
        assert!(long.chars().count() < 100, "{long}");
    }
}
