//! What is said of a text that is no JWT: the exact message for each way of being wrong. The table
//! follows RFC 7515 sections 2, 3 and 7 and the kinds of damage that Project Wycheproof plants.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use authprobe::explain::Token;
use authprobe::secret::Secret;

/// `{"alg":"HS256"}`, `{"sub":"x"}` and nine bytes of signature.
const RIGHT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

fn said(text: &str) -> (&'static str, String) {
    match Token::read(&Secret::new(text)) {
        Ok(_) => ("token", String::new()),
        Err(flaw) => (flaw.code, flaw.summary),
    }
}

#[test]
fn a_right_token_is_read() {
    assert_eq!(said(RIGHT).0, "token");
    assert_eq!(said("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.").0, "token");
}

/// Text, code, message.
const FLAWS: &[(&str, &str, &str)] = &[
    ("", "empty", "there is no token in the input"),
    (
        "hello",
        "opaque",
        "this is no JWT: 5 characters without a dot, where three parts with dots between belong; an opaque token or a session id, perhaps",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9",
        "one-part",
        "the token ends after its first part: the payload and the signature are missing",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0",
        "two-parts",
        "the token has two parts instead of three: the second dot and the signature are missing",
    ),
    ("eyJhbGciOiJIUzI1NiJ9.a.b.c", "parts", "the token has 4 parts; a signed JWT has three"),
    (
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXY.Y2lwaGVy.dGFn",
        "jwe",
        "the token has five parts, so it is encrypted, as its header says (JWE, RFC 7516 section 7.1): only the service that holds the key can read it",
    ),
    (
        "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4R0NNIn0.a2V5.aXY.Y2lwaGVy.dGFn",
        "jwe",
        "the token has five parts, so it is encrypted, as its header says (JWE, RFC 7516 section 7.1): only the service that holds the key can read it",
    ),
    (
        "a.b.c.d.e",
        "jwe",
        "the token has five parts, so it is encrypted (JWE, RFC 7516 section 7.1): only the service that holds the key can read it",
    ),
    (
        r#"{"payload":"e30","protected":"e30","signature":"x"}"#,
        "json-serialization",
        "this is a signed message in JSON serialization (RFC 7515 section 7.2); a JWT is in compact serialization",
    ),
    (
        r#"{"ciphertext":"x"}"#,
        "json-serialization",
        "this is an encrypted token in JSON serialization (RFC 7516 section 7.2), no JWT",
    ),
    (r#"{"sub":"x"}"#, "json", "this is JSON, not a token: decoded claims, perhaps"),
    (
        "eyJhbGciOiJIUzI1NiJ9…dXJl",
        "shortened",
        "the token was shortened: there are dots in place of some of its text",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9...dXJl",
        "shortened",
        "the token was shortened: there are dots in place of some of its text",
    ),
    (".eyJzdWIiOiJ4In0.c2ln", "empty-part", "the header is empty"),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbg==",
        "padding",
        "the signature is padded with =, which RFC 7515 section 2 forbids",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4eSJ9.c2 ln",
        "blank",
        "there is a blank in the signature, at character 3",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJz\ndWIiOiJ4In0.c2ln",
        "line-break",
        "there is a line break in the payload, at character 5: it was wrapped when it was copied",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJz\r\ndWIiOiJ4In0.c2ln",
        "line-break",
        "there is a line break in the payload, at character 5: it was wrapped when it was copied",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln+/8",
        "alphabet",
        "the signature is base64, not base64url: there is a + at character 5, where - or _ belongs",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0%3D.c2ln",
        "percent",
        "there is a % in the payload, at character 16: the token was percent-encoded",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2?n",
        "character",
        "there is a “?” in the signature, at character 3, which base64url does not have",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2\u{1}n",
        "character",
        "there is a “\\u{1}” in the signature, at character 3, which base64url does not have",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnb",
        "length",
        "the signature is 5 long, which base64url never is: a character is missing or too many",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbh",
        "trailing-bits",
        "the last character of the signature carries bits that belong to no byte: it was changed or cut",
    ),
    ("eyJhbGciOiJIUzI1NiJ9._w.c2ln", "not-utf-8", "the payload is not UTF-8: byte 1 is wrong"),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4Ig.c2ln",
        "not-json",
        "the payload is not JSON: it breaks off at byte 10",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.aGVsbG8.c2ln",
        "not-json",
        "the payload is not JSON: it goes wrong at byte 1",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.WzFd.c2ln",
        "not-an-object",
        "the payload is JSON, but an array: it must be an object",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.bnVsbA.c2ln",
        "not-an-object",
        "the payload is JSON, but null: it must be an object",
    ),
    (
        "a.b.c",
        "length",
        "the header is 1 long, which base64url never is: a character is missing or too many",
    ),
];

#[test]
fn each_flaw_has_its_message() {
    for (text, code, message) in FLAWS {
        assert_eq!(said(text), (*code, (*message).to_owned()), "{text:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_no_token() {
    let flaw = Token::read(&Secret::new([0xff, 0xfe, b'.'])).unwrap_err();
    assert_eq!(flaw.code, "not-text");
}

#[test]
fn no_message_quotes_the_text() {
    for cut in 1..RIGHT.len() {
        let (_, summary) = said(&RIGHT[..cut]);
        for piece in RIGHT.as_bytes().windows(5) {
            assert!(!summary.contains(std::str::from_utf8(piece).unwrap()), "{summary}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*", cut in 0..50_usize) {
        let _ = Token::read(&Secret::new(text.as_str()));
        let _ = Token::read(&Secret::new(format!("{}{text}{}", &RIGHT[..cut], &RIGHT[cut..])));
    }
}
