//! Tokens against the examples of the RFCs, against `jsonwebtoken` itself, and against what each
//! question asks for.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::collections::HashSet;
use std::time::Duration;

use authprobe::mint::{MintError, forge, mint};
use authprobe::plan::{Algorithm, KeyName, Keyring, TokenSpec};
use authprobe::question::{
    Credential, DateForm, Edit, Forgery, Moment, Part, Question, TokenShape,
};
use authprobe::secret::Secret;
use authprobe::time::UnixTime;
use authprobe::variant::{ClaimTimes, Variant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const KEY: &[u8] = b"a reference key of thirty-two bytes";
const NOW: UnixTime = UnixTime(1_795_435_200.75);
const SECOND: i64 = 1_795_435_200;

fn spec() -> TokenSpec {
    TokenSpec {
        algorithm: Algorithm::HS256,
        lifetime: Duration::from_mins(1),
        claims: object(json!({ "sub": "authprobe", "aud": "RemoteHive-Services" })),
        header: object(json!({ "kid": "2026-11" })),
        not_before: Some(-30),
        issued_at: true,
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => unreachable!("{other} is no object"),
    }
}

fn keyring() -> Keyring {
    let mut keyring = Keyring::default();
    keyring.insert(KeyName::Reference, Secret::new(KEY));
    keyring
}

fn minted(shape: TokenShape) -> Variant {
    mint(&Question::token(shape), &spec(), &keyring(), NOW).unwrap()
}

fn text(variant: &Variant) -> String {
    String::from_utf8(variant.credential.as_ref().unwrap().expose().to_vec()).unwrap()
}

/// Header text, payload text and signature of a compact token.
fn parts(token: &str) -> (String, String, String) {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        unreachable!("{token} has no three parts")
    };
    let read = |part| String::from_utf8(BASE64URL.decode(part).unwrap()).unwrap();
    (read(header), read(payload), signature.into())
}

fn payload(variant: &Variant) -> Map<String, Value> {
    serde_json::from_str(&parts(&text(variant)).1).unwrap()
}

fn library(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    algorithm.name().parse().unwrap()
}

fn verifies(token: &str, key: &[u8], algorithm: Algorithm) -> bool {
    let mut validation = Validation::new(library(algorithm));
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    decode::<Value>(token, &DecodingKey::from_secret(key), &validation).is_ok()
}

/// Whether the signature is right, whatever stands in the token.
fn signed(token: &str, algorithm: Algorithm) -> bool {
    let (input, signature) = token.rsplit_once('.').unwrap();
    let key = DecodingKey::from_secret(KEY);
    jsonwebtoken::crypto::verify(signature, input.as_bytes(), &key, library(algorithm)).unwrap()
}

fn baseline() -> TokenShape {
    TokenShape::baseline(Algorithm::HS256)
}

fn forged(forgery: Forgery) -> TokenShape {
    TokenShape { forgery: Some(forgery), ..baseline() }
}

#[test]
fn the_examples_of_rfc_7515_and_rfc_7520_come_out_byte_for_byte() {
    for (name, header, payload, key, expected) in [
        (
            "RFC 7515 appendix A.1",
            "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ),
        (
            "RFC 7520 section 4.4",
            "{\"alg\":\"HS256\",\"kid\":\"018c0ae5-4d9b-471b-bfd6-eef314bc7037\"}",
            "It\u{2019}s a dangerous business, Frodo, going out your door. You step onto the road, and if you don't keep your feet, there\u{2019}s no knowing where you might be swept off to.",
            "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
            "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
        ),
    ] {
        let key = Secret::new(BASE64URL.decode(key).unwrap());
        let token = forge::sign(header.as_bytes(), payload.as_bytes(), &key, Algorithm::HS256);
        assert_eq!(std::str::from_utf8(token.unwrap().expose()), Ok(expected), "{name}");
    }
}

#[test]
fn the_mac_agrees_with_project_wycheproof() {
    let vectors: Value =
        serde_json::from_str(include_str!("vectors/wycheproof_hmac.json")).unwrap();
    let mut checked = HashSet::new();
    for vector in vectors["tests"].as_array().unwrap() {
        let hexed = |name: &str| hex::decode(vector[name].as_str().unwrap()).unwrap();
        let algorithm = vector["algorithm"].as_str().unwrap();
        let signature = jsonwebtoken::crypto::sign(
            &hexed("msg"),
            &EncodingKey::from_secret(&hexed("key")),
            algorithm.parse().unwrap(),
        );
        let agrees = BASE64URL.decode(signature.unwrap()).unwrap() == hexed("tag");
        assert_eq!(agrees, vector["result"] == "valid", "{vector}");
        checked.insert((algorithm, agrees));
    }
    assert_eq!(checked.len(), 5, "valid and invalid ones: {checked:?}");
}

#[test]
fn an_honest_token_is_what_jsonwebtoken_itself_makes() {
    for algorithm in Algorithm::ALL {
        let token = text(&minted(TokenShape::baseline(algorithm)));
        let claims: Map<String, Value> = serde_json::from_str(&parts(&token).1).unwrap();
        let mut header = Header::new(library(algorithm));
        header.kid = Some("2026-11".into());
        assert_eq!(token, encode(&header, &claims, &EncodingKey::from_secret(KEY)).unwrap());
    }
}

#[test]
fn a_baseline_token_carries_the_configured_claims_and_times() {
    let variant = minted(baseline());
    let claims = payload(&variant);
    assert_eq!(claims["sub"], "authprobe");
    assert_eq!(claims["aud"], "RemoteHive-Services");
    assert_eq!(claims["iat"], SECOND);
    assert_eq!(claims["nbf"], SECOND - 30);
    assert_eq!(claims["exp"], SECOND + 60);
    let jti = claims["jti"].as_str().unwrap();
    assert!(jti.starts_with("authprobe-") && jti.len() == 42, "{jti}");
    let times = ClaimTimes {
        expires: Some((SECOND + 60) as f64),
        not_before: Some((SECOND - 30) as f64),
        issued: Some(SECOND as f64),
    };
    assert_eq!(variant.times, times);
}

#[test]
fn each_moment_stands_in_the_token_as_asked_and_only_seconds_are_times() {
    let exp = |variant: &Variant| payload(variant).get("exp").cloned();
    for (moment, expected, time) in [
        (Moment::Absent, None, None),
        (Moment::FromNow(-5), Some(json!(SECOND - 5)), Some((SECOND - 5) as f64)),
        (Moment::FromNow(i64::MAX), Some(json!(i64::MAX)), None),
        (
            Moment::Written(30, DateForm::Fractional),
            Some(json!((SECOND + 30) as f64 + 0.5)),
            Some((SECOND + 30) as f64 + 0.5),
        ),
        (Moment::Written(30, DateForm::Text), Some(json!((SECOND + 30).to_string())), None),
        (Moment::Written(30, DateForm::Milliseconds), Some(json!((SECOND + 30) * 1000)), None),
    ] {
        let variant = minted(TokenShape { expires: moment, ..baseline() });
        assert_eq!(exp(&variant), expected, "{moment:?}");
        assert_eq!(variant.times.expires, time, "{moment:?}");
    }
    let bare = minted(TokenShape::most_acceptable(Algorithm::HS256));
    assert!(!payload(&bare).contains_key("iat") && !payload(&bare).contains_key("nbf"));
}

#[test]
fn an_edit_sets_or_removes_a_member_of_its_own_part() {
    let edit = |part, name: &str, value| Edit { part, name: name.into(), value };
    let variant = minted(TokenShape {
        edits: vec![
            edit(Part::Payload, "sub", None),
            edit(Part::Payload, "aud", Some(json!(["RemoteHive-Admin"]))),
            edit(Part::Payload, "jti", None),
            edit(Part::Header, "kid", None),
            edit(Part::Header, "typ", Some(json!("at+jwt"))),
        ],
        ..baseline()
    });
    let (header, _, _) = parts(&text(&variant));
    assert_eq!(header, r#"{"typ":"at+jwt","alg":"HS256"}"#);
    let claims = payload(&variant);
    assert_eq!(claims["aud"], json!(["RemoteHive-Admin"]));
    assert!(!claims.contains_key("sub") && !claims.contains_key("jti"));
}

#[test]
fn unsigned_tokens_end_with_a_dot_and_say_what_they_are() {
    let none = parts(&text(&minted(forged(Forgery::AlgNone))));
    assert_eq!(none.0, r#"{"typ":"JWT","alg":"none","kid":"2026-11"}"#);
    assert_eq!(none.2, "");
    let removed = parts(&text(&minted(forged(Forgery::SignatureRemoved))));
    assert_eq!(removed.0, r#"{"typ":"JWT","alg":"HS256","kid":"2026-11"}"#);
    assert_eq!(removed.2, "");
}

#[test]
fn a_padded_signature_is_the_right_one_with_what_base64url_leaves_out() {
    let token = text(&minted(forged(Forgery::SignaturePadded)));
    let bare = token.strip_suffix('=').unwrap();
    assert!(verifies(bare, KEY, Algorithm::HS256));
    assert_eq!(parts(&token).2.len() % 4, 0);
}

#[test]
fn a_header_that_lies_is_signed_with_the_algorithm_of_the_shape() {
    let token = text(&minted(forged(Forgery::HeaderNames(Algorithm::HS512))));
    assert!(parts(&token).0.contains(r#""alg":"HS512""#));
    assert!(!verifies(&token, KEY, Algorithm::HS512));
    assert!(signed(&token, Algorithm::HS256));
}

#[test]
fn a_token_changed_after_signing_differs_in_its_jti_alone() {
    let token = text(&minted(forged(Forgery::PayloadChanged)));
    assert!(!verifies(&token, KEY, Algorithm::HS256));
    let (_, payload, signature) = parts(&token);
    assert_eq!(signature.len(), 43);
    let mut claims: Map<String, Value> = serde_json::from_str(&payload).unwrap();
    let mut honest = self::payload(&minted(baseline()));
    assert!(claims["jti"].as_str().unwrap().starts_with("authprobe-"));
    claims.remove("jti");
    honest.remove("jti");
    assert_eq!(claims, honest);
}

#[test]
fn a_duplicate_claim_stands_twice_and_the_signature_is_right() {
    for (claim, value) in [("sub", json!("other")), ("exp", json!(1)), ("role\"", json!("admin"))] {
        let shape = forged(Forgery::DuplicateClaim(claim.into(), value.clone()));
        let token = text(&minted(shape));
        let written = parts(&token).1;
        let name = Value::from(claim).to_string();
        assert_eq!(written.matches(&format!("{name}:")).count(), 2, "{written}");
        assert!(written.ends_with(&format!(",{name}:{value}}}")), "{written}");
        assert!(signed(&token, Algorithm::HS256));
    }
}

#[test]
fn no_token_garbage_and_an_unknown_key_are_told_apart() {
    let ask = |credential| mint(&Question::once(credential), &spec(), &keyring(), NOW);
    assert!(ask(Credential::Absent).unwrap().credential.is_none());
    let garbage = text(&ask(Credential::Garbage).unwrap());
    assert!(garbage.starts_with("authprobe-garbage-") && !garbage.contains('.'), "{garbage}");
    let unknown = ask(Credential::Token(Box::new(TokenShape { key: KeyName::Own, ..baseline() })));
    assert!(matches!(unknown, Err(MintError::UnknownKey(KeyName::Own))));
    assert_eq!(
        unknown.unwrap_err().to_string(),
        "no key is known by the name of the key in its own file"
    );
}

#[test]
fn a_caught_token_is_sent_byte_for_byte_and_shows_in_no_debug_output() {
    let question = Question::once(Credential::Caught);
    let now = UnixTime(1_790_000_000.0);
    let nothing = mint(&question, &spec(), &keyring(), now);
    assert!(matches!(nothing, Err(MintError::NothingCaught)));
    let mut keyring = keyring();
    keyring.catch(Secret::new("caught.in-the.wild"));
    let variant = mint(&question, &spec(), &keyring, now).unwrap();
    assert_eq!(text(&variant), "caught.in-the.wild");
    assert!(keyring.secrets().any(|secret| secret.expose() == b"caught.in-the.wild"));
    assert!(!format!("{question:?} {question} {keyring:?} {variant:?}").contains("wild"));
}

#[test]
fn an_empty_key_signs_and_a_random_key_is_never_the_same() {
    let empty = minted(TokenShape { key: KeyName::Empty, ..baseline() });
    assert!(verifies(&text(&empty), b"", Algorithm::HS256));
    // With the claims held still, only the key is left to make two signatures differ.
    let still = Edit { part: Part::Payload, name: "jti".into(), value: None };
    let random = TokenShape { key: KeyName::Random, edits: vec![still], ..baseline() };
    let signatures: HashSet<String> =
        (0..50).map(|_| parts(&text(&minted(random.clone()))).2).collect();
    assert_eq!(signatures.len(), 50);
}

proptest! {
    #[test]
    fn every_honest_token_verifies_with_its_key_and_with_no_other(
        key in prop::collection::vec(any::<u8>(), 0..100),
        other in prop::collection::vec(any::<u8>(), 0..100),
        subject in any::<String>(),
        kid in any::<String>(),
        now in 0.0..4e9_f64,
        life in 0_u64..1_000_000,
        algorithm in prop::sample::select(Algorithm::ALL.to_vec()),
    ) {
        // HMAC pads short keys with zeros (RFC 2104 section 2): such pairs are one key.
        let padded = |key: &[u8]| key.iter().rev().skip_while(|byte| **byte == 0).count();
        prop_assume!(key[..padded(&key)] != other[..padded(&other)]);
        let mut keyring = Keyring::default();
        keyring.insert(KeyName::Reference, Secret::new(key.clone()));
        let spec = TokenSpec {
            lifetime: Duration::from_secs(life),
            claims: object(json!({ "sub": subject })),
            header: object(json!({ "kid": kid })),
            ..spec()
        };
        let question = Question::token(TokenShape::baseline(algorithm));
        let variant = mint(&question, &spec, &keyring, UnixTime(now)).unwrap();
        let token = text(&variant);
        prop_assert!(verifies(&token, &key, algorithm));
        prop_assert!(!verifies(&token, &other, algorithm));
        prop_assert_eq!(variant.times.expires, Some(now.floor() + life as f64));
        prop_assert_eq!(&payload(&variant)["sub"], &subject);
    }
}
