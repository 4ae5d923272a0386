//! What makes two answers the same answer: volatile parts are left out.

use std::sync::LazyLock;

use regex::Regex;

use crate::observation::Answer;

/// The lasting features of an answer; equal fingerprints form a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint {
    pub(super) status: u16,
    challenges: Vec<String>,
    location: Option<String>,
    content_type: Option<String>,
    body: BodyMark,
}

/// How a body takes part in a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
enum BodyMark {
    /// By its normalised digest.
    Digest(u64),
    /// Not at all: the service's bodies change from answer to answer.
    Volatile,
}

/// How bodies are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bodies {
    /// Equal questions gave equal bodies so far.
    Stable,
    /// Equal questions gave different bodies: they tell nothing.
    Volatile,
}

impl Fingerprint {
    pub(super) fn of(answer: &Answer, bodies: Bodies) -> Self {
        Self {
            status: answer.status,
            challenges: answer.challenges.iter().map(|text| lasting(text)).collect(),
            location: answer.location.as_deref().map(lasting),
            content_type: answer.content_type.clone(),
            body: match bodies {
                Bodies::Stable => BodyMark::Digest(answer.body.digest),
                Bodies::Volatile => BodyMark::Volatile,
            },
        }
    }
}

/// Header text without nonces, ids and times.
fn lasting(text: &str) -> String {
    #[expect(clippy::expect_used, reason = "a constant pattern, covered by the test below")]
    static VOLATILE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[0-9a-fA-F-]{16,}|[A-Za-z0-9+/_=-]{32,}|\d{4,}").expect("the pattern is valid")
    });
    // A way to log in and back repeats the address; a token in its query is masked by now.
    #[expect(clippy::expect_used, reason = "a constant pattern, covered by the test below")]
    static REPEATED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:\?|&|%3F|%26)\w+(?:=|%3D)\[redacted\]").expect("the pattern is valid")
    });
    VOLATILE.replace_all(&REPEATED.replace_all(text, ""), "_").into_owned()
}

#[cfg(test)]
mod tests {
    use super::lasting;

    #[test]
    fn nonces_and_times_do_not_tell_answers_apart() {
        let first = r#"Digest nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ts=1789000000"#;
        let second = r#"Digest nonce="1f2e3d4c5b6a79880f1e2d3c4b5a6978aa", ts=1789000009"#;
        assert_eq!(lasting(first), lasting(second));
        let back = "/login?next=%2Fme%3Faccess_token%3D[redacted]";
        assert_eq!(lasting(back), lasting("/login?next=%2Fme"));
        assert_ne!(lasting(r#"Bearer error="invalid_token""#), lasting("Bearer"));
    }
}
