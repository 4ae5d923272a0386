//! The text of a body in, the same text without what changes from answer to answer out: times,
//! identifiers, counters. So that two refusals for one reason read the same. Never for display.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexBuilder};

/// What changes from answer to answer: a pattern, what stands for it, and what else must hold.
/// The order counts: a later row sees what the earlier ones left.
const VOLATILE: &[(&str, &str, Holds)] = &[
    // Error pages repeat the address; a token in its query is masked by now.
    (r"(?:\?|&|&amp;|%3F|%26)[A-Za-z_]+(?:=|%3D)\[redacted\]", "", always),
    (r"authprobe-(?:garbage-)?[0-9a-f]{16,}", "<id>", always),
    (r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<id>", always),
    (
        concat!(
            r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (?:\d{1,2}[ -])?",
            r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*",
            r"(?:[ -]\d{1,2})?[ -]\d{2,4},? \d{2}:\d{2}:\d{2}",
        ),
        "<time>",
        always,
    ),
    (
        concat!(
            r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?",
            r"(?:Z|[+-]\d{2}:?\d{2}\b)?",
        ),
        "<time>",
        always,
    ),
    (r"\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?", "<time>", always),
    (r"(?i)\b[0-9a-f]{8,}\b", "<id>", has_digit),
    (r"\b[A-Za-z0-9_-]{16,}={0,2}", "<id>", looks_random),
    (r"\b\d+[.,]\d{3,}\b", "<n>", always),
    (r"\b\d{4,}\b", "<n>", always),
];

type Holds = fn(&str) -> bool;

struct Row {
    pattern: Regex,
    mark: &'static str,
    holds: Holds,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    // Without Unicode classes, because their word boundaries are slow on text beyond ASCII.
    let compile = |pattern| RegexBuilder::new(pattern).unicode(false).build().ok();
    let row =
        |&(pattern, mark, holds): &(_, _, _)| Some(Row { pattern: compile(pattern)?, mark, holds });
    VOLATILE.iter().filter_map(row).collect()
});

/// The text with a mark in the place of each volatile part.
pub(super) fn normalise(text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    for row in ROWS.iter() {
        let replaced = row.pattern.replace_all(&text, |found: &Captures<'_>| {
            let found = &found[0];
            if (row.holds)(found) { row.mark.to_owned() } else { found.to_owned() }
        });
        if let Cow::Owned(replaced) = replaced {
            text = Cow::Owned(replaced);
        }
    }
    text.into_owned()
}

fn always(_: &str) -> bool {
    true
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a word is an identifier rather than prose: random base64 changes between upper case,
/// lower case and digits at about two characters of three, base 36 at two of five, names such as
/// `IDX10503-signature-validation-failed` at one of five.
fn looks_random(text: &str) -> bool {
    let kind =
        |byte: u8| (byte.is_ascii_uppercase(), byte.is_ascii_lowercase(), byte.is_ascii_digit());
    let bytes = text.as_bytes();
    let changes = bytes.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    has_digit(text) && changes * 10 >= bytes.len() * 3
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn what_changes_from_answer_to_answer_is_replaced() {
        for (text, expected) in [
            ("jti authprobe-0f1e2d3c4b5a69788796a5b4c3d2e1f0 seen", "jti <id> seen"),
            ("authprobe-garbage-0f1e2d3c4b5a69788796a5b4c3d2e1f0", "<id>"),
            ("id 0192f0c4-7a1e-7cc3-98c4-dc0c0c07398f", "id <id>"),
            ("id 0192F0C4-7A1E-7CC3-98C4-DC0C0C07398F", "id <id>"),
            (
                "\"traceId\":\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00\"",
                "\"traceId\":\"00-<id>-<id>-00\"",
            ),
            ("request 5f1b8a52", "request <id>"),
            ("csrf=\"dGhpcyBpcyBhIHRva2VuIDEyMw==\"", "csrf=\"<id>\""),
            ("nonce V1StGXR8Z5jdHi6BmyT91", "nonce <id>"),
            ("ULID 01ARZ3NDEKTSV4RRFFQ69G5FAV", "ULID <id>"),
            ("at 2026-11-23T12:00:00.123Z", "at <time>"),
            ("at 2026-11-23 12:00:00+01:00 ok", "at <time> ok"),
            ("on 2026-11-23", "on <time>"),
            ("since Mon, 23 Nov 2026 12:00:00 GMT", "since <time> GMT"),
            ("Mon Nov 23 2026 12:00:00 GMT+0000", "<time> GMT+<n>"),
            ("12:00:00.5 up", "<time> up"),
            ("expired at 1795435200", "expired at <id>"),
            ("attempt 1024", "attempt <n>"),
            ("took 0.00312 s", "took <n> s"),
            ("GET /me?access_token=[redacted] failed", "GET /me failed"),
            ("/login?next=%2Fme%3Ftoken%3D[redacted]", "/login?next=%2Fme"),
            ("/me?query=x&amp;token=[redacted]", "/me?query=x"),
        ] {
            assert_eq!(normalise(text), expected, "{text}");
        }
    }

    #[test]
    fn what_tells_one_refusal_from_another_stays() {
        for text in [
            "",
            "Could not validate credentials",
            "IDX10503: Signature validation failed.",
            "IDX10503-signature-validation-failed",
            "https://example.com/probs/401-invalid-signature-error",
            "HTTP 401 Unauthorized, code 403, error 42",
            "JsonWebTokenError: invalid signature",
            "TokenExpiredError",
            "urn:ietf:params:oauth:error:invalid_token",
            "error_description=\"The token expired\"",
            "0x80090326",
            "[redacted] is not a token",
            "version 1.10",
            "Ungültige Signatur – 認証に失敗しました",
        ] {
            assert_eq!(normalise(text), text);
        }
    }

    #[test]
    fn every_row_of_the_table_compiles() {
        assert_eq!(super::ROWS.len(), super::VOLATILE.len());
    }
}
