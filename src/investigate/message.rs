//! What an answer says of the reason for a refusal: a text in, a hint out. A hint never outweighs
//! what the tokens show. What verifiers say is in [`super::phrases`].

use std::sync::LazyLock;

use regex::Regex;
use regex::bytes::{RegexSet, RegexSetBuilder};

pub(super) use super::hint::Hint;
use super::phrases::TABLE;
use crate::observation::Answer;

/// What the answer's challenge and text speak of, if a known verifier speaks like that.
pub(super) fn hint(answer: &Answer) -> Option<Hint> {
    let texts = answer.challenges.iter().chain(std::iter::once(&answer.body.text));
    texts.filter_map(|text| hint_in(text)).min()
}

/// What a text speaks of: the most telling of all that match.
pub(super) fn hint_in(text: &str) -> Option<Hint> {
    #[expect(clippy::expect_used, reason = "constant patterns, compiled by the tests below")]
    static PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| {
        // In lower case and without Unicode's tables they compile in a fraction of the time.
        RegexSetBuilder::new(TABLE.iter().map(|(pattern, _)| pattern.to_ascii_lowercase()))
            .unicode(false)
            .build()
            .expect("the patterns are valid")
    });
    let text = text.to_ascii_lowercase();
    PATTERNS.matches(text.as_bytes()).into_iter().map(|row| TABLE[row].1).min()
}

/// The claims that an answer names, with the value that it wants where it says so.
pub(super) fn claims_named(answer: &Answer) -> Vec<(String, Option<String>)> {
    let texts = answer.challenges.iter().chain(std::iter::once(&answer.body.text));
    texts.flat_map(|text| claims_named_in(text)).collect()
}

fn claims_named_in(text: &str) -> Vec<(String, Option<String>)> {
    // jsonwebtoken and express-jwt: `jwt audience invalid. expected: NAME`
    // ruby-jwt: `Invalid audience. Expected NAME, received`; jjwt: `Expected aud claim to be: NAME,`
    // PyJWT, jose, joserfc and others: `Token is missing the "NAME" claim`, `unexpected "NAME"`;
    // fast-jwt: `The NAME claim value is not allowed`
    #[expect(clippy::expect_used, reason = "constant patterns, covered by the test below")]
    static EXPECTED: LazyLock<Regex> = LazyLock::new(|| {
        let quote = r#"[\["\\]*"#;
        let value = r#"([^"\\,}\]]+)"#;
        Regex::new(&format!(
            r"(?i)(?:jwt (audience|issuer|subject) invalid\. expected: |invalid (audience|issuer|subject)\. expected |expected (aud|iss|sub) claim to be: ){quote}{value}"
        ))
        .expect("the pattern is valid")
    });
    #[expect(clippy::expect_used, reason = "constant patterns, covered by the test below")]
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        let quote = r#"[\\"'`]"#;
        let name = "([a-z_][a-z0-9_]{1,30})";
        Regex::new(&format!(
            "(?i)(?:missing (?:the |required |claim )?(?:claim:? )?|unexpected |claim:? ){quote}*{name}\
             |{quote}+{name}{quote}+ (?:claim|is required)|the {name} claim value|jwt {name} invalid"
        ))
        .expect("the pattern is valid")
    });
    let expected = EXPECTED.captures_iter(text).map(|found| {
        let word = (1..4).find_map(|group| found.get(group)).map_or("", |word| word.as_str());
        let claim = match word.to_ascii_lowercase().as_str() {
            "audience" | "aud" => "aud",
            "issuer" | "iss" => "iss",
            _ => "sub",
        };
        (claim.to_owned(), Some(found[4].trim().to_owned()))
    });
    let named = NAMED.captures_iter(text).filter_map(|found| {
        let name = (1..5).find_map(|group| found.get(group))?.as_str();
        (!NO_CLAIMS.contains(&name.to_ascii_lowercase().as_str())).then(|| (name.to_owned(), None))
    });
    expected.chain(named).collect()
}

/// Words that stand where a claim's name could, and are none.
const NO_CLAIMS: &[&str] = &[
    "the",
    "a",
    "an",
    "is",
    "in",
    "claim",
    "claims",
    "required",
    "token",
    "bearer",
    "authorization",
    "header",
    "jwt",
    "value",
    "to",
    "cookie",
    "credentials",
    "or",
    "this",
    "invalid",
    "audience",
    "issuer",
    "subject",
    "signature",
    "error",
    "valid",
];

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::TABLE;
    use super::{claims_named_in, hint_in};

    #[test]
    fn claims_that_a_verifier_names_are_read_from_its_words() {
        let wants = |name: &str, value: &str| vec![(name.to_owned(), Some(value.to_owned()))];
        let names = |name: &str| vec![(name.to_owned(), None)];
        for (text, found) in [
            (
                r#"{"error":"jwt audience invalid. expected: RemoteHive-Admin"}"#,
                wants("aud", "RemoteHive-Admin"),
            ),
            (
                "jwt issuer invalid. expected: https://id.example/",
                wants("iss", "https://id.example/"),
            ),
            (
                r#"{"error":"Invalid audience. Expected RemoteHive-Admin, received x"}"#,
                wants("aud", "RemoteHive-Admin"),
            ),
            (
                r#"{"error":"Invalid issuer. Expected [\"RemoteHive\"], received x"}"#,
                wants("iss", "RemoteHive"),
            ),
            (
                "Expected aud claim to be: RemoteHive-Admin, but was: x.",
                wants("aud", "RemoteHive-Admin"),
            ),
            ("The aud claim value is not allowed.", names("aud")),
            (r#"{"detail":"Token is missing the \"tenant\" claim"}"#, names("tenant")),
            (r#"unexpected "aud" claim value"#, names("aud")),
            (r#"{"msg":"Missing claim: fresh"}"#, names("fresh")),
            ("Could not validate credentials", vec![]),
            ("Missing Authorization Header", vec![]),
        ] {
            assert_eq!(claims_named_in(text), found, "{text}");
        }
    }

    /// Reasons and texts of real verifiers.
    fn said() -> impl Iterator<Item = (&'static str, &'static str)> {
        include_str!("../../tests/vectors/refusals.txt")
            .lines()
            .filter(|line| !line.starts_with(['#', '[']))
            .filter_map(|line| line.split_once(": "))
    }

    #[test]
    fn what_known_verifiers_say_is_understood() {
        assert!(said().count() > 150);
        for (reason, text) in said() {
            let hint = hint_in(text).map(|hint| format!("{hint:?}"));
            assert_eq!(hint.as_deref(), Some(reason), "{text}");
        }
    }

    #[test]
    fn what_tells_nothing_gives_no_hint() {
        for text in [
            "",
            "Could not validate credentials",
            "Unauthorized",
            "invalid token...",
            r#"{"errors":[{"message":"User is not authenticated"}]}"#,
            "Authorization token is invalid: something new",
            // simplejwt says this whatever the reason.
            r#"{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is invalid"}]}"#,
            // nginx and Apache say this of every 401, whatever the reason.
            "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/1.22.1</center>",
            "This server could not verify that you are authorized to access the document requested.",
            r#"{"user":{"sub":"authprobe"}}"#,
            r#"{"token_type":"access","expires_in":3600}"#,
        ] {
            assert_eq!(hint_in(text), None, "{text}");
        }
    }

    #[test]
    fn the_patterns_mean_the_same_in_lower_case() {
        for (pattern, _) in TABLE {
            let mut pairs = pattern.chars().zip(pattern.chars().skip(1));
            assert!(!pairs.any(|(a, b)| a == '\\' && b.is_ascii_uppercase()), "{pattern}");
        }
    }

    #[test]
    fn every_row_of_the_table_is_said_by_somebody() {
        for (pattern, hint) in TABLE {
            let pattern = regex::RegexBuilder::new(pattern).case_insensitive(true).build().unwrap();
            assert!(said().any(|(_, text)| pattern.is_match(text)), "{pattern} ({hint:?})");
        }
    }
}
