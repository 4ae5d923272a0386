//! Hostile tokens are what their rows say: checked with libraries that had no part in making them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use authprobe::hostile::{End, KeyHint, OddPayload, Trick};
use authprobe::mint::{mint, published};
use authprobe::plan::{Algorithm, KeyName, Keyring, TokenSpec};
use authprobe::question::{Edit, Forgery, Part, Question, TokenShape};
use authprobe::secret::Secret;
use authprobe::time::UnixTime;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::{Map, Value, json};

/// As long as A256GCM wants it.
const KEY: &[u8] = b"a reference key of 32 bytes, yes";
const NOW: UnixTime = UnixTime(1_795_435_200.75);

fn minted(trick: Trick, edits: Vec<Edit>) -> String {
    let spec = TokenSpec {
        algorithm: Algorithm::HS256,
        lifetime: Duration::from_mins(1),
        claims: Map::from_iter([("sub".to_owned(), json!("authprobe"))]),
        header: Map::new(),
        not_before: None,
        issued_at: true,
    };
    let mut keyring = Keyring::default();
    keyring.insert(KeyName::Reference, Secret::new(KEY));
    let forgery = Some(Forgery::Hostile(trick));
    let shape = TokenShape { forgery, edits, ..TokenShape::baseline(Algorithm::HS256) };
    let variant = mint(&Question::token(shape), &spec, &keyring, NOW).unwrap();
    String::from_utf8(variant.credential.unwrap().expose().to_vec()).unwrap()
}

fn header(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    String::from_utf8(BASE64URL.decode(header).unwrap()).unwrap()
}

fn validation(algorithm: jsonwebtoken::Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation
}

/// Whether the service's own key verifies it.
fn is_rightly_signed(token: &str) -> bool {
    let key = DecodingKey::from_secret(KEY);
    jsonwebtoken::crypto::verify(
        token.rsplit_once('.').unwrap().1,
        token.rsplit_once('.').unwrap().0.as_bytes(),
        &key,
        jsonwebtoken::Algorithm::HS256,
    )
    .unwrap()
}

#[test]
fn the_key_in_jwk_verifies_the_token_that_brings_it() {
    let token = minted(Trick::PublishedKey(KeyHint::Jwk), Vec::new());
    let members: Value = serde_json::from_str(&header(&token)).unwrap();
    assert_eq!(members["jwk"], published::jwk());
    let jwk: Jwk = serde_json::from_value(members["jwk"].clone()).unwrap();
    let key = DecodingKey::from_jwk(&jwk).unwrap();
    let found = decode::<Value>(&token, &key, &validation(jsonwebtoken::Algorithm::ES256)).unwrap();
    assert_eq!(found.claims["sub"], "authprobe");
}

#[test]
fn the_certificate_in_x5c_is_one_for_the_published_key() {
    let token = minted(Trick::PublishedKey(KeyHint::X5c), Vec::new());
    let members: Value = serde_json::from_str(&header(&token)).unwrap();
    let der = base64::engine::general_purpose::STANDARD
        .decode(members["x5c"][0].as_str().unwrap())
        .unwrap();
    let x = BASE64URL.decode(published::jwk()["x"].as_str().unwrap()).unwrap();
    assert!(der.windows(x.len()).any(|window| window == x), "the point is not in it");
}

#[test]
fn the_embedded_secret_verifies_and_is_not_the_services_key() {
    let token = minted(Trick::EmbeddedSecret, Vec::new());
    let members: Value = serde_json::from_str(&header(&token)).unwrap();
    let secret = BASE64URL.decode(members["jwk"]["k"].as_str().unwrap()).unwrap();
    let key = DecodingKey::from_secret(&secret);
    decode::<Value>(&token, &key, &validation(jsonwebtoken::Algorithm::HS256)).unwrap();
    assert!(!is_rightly_signed(&token));
}

#[test]
fn a_forged_token_never_carries_a_signature_of_the_services_key_over_itself() {
    let none = Edit { part: Part::Header, name: "alg".into(), value: Some(json!("none")) };
    for trick in [
        Trick::SignatureKept,
        Trick::TwoAlgorithms("HS256", "none"),
        Trick::TwoAlgorithms("none", "HS256"),
        Trick::Keyed("authprobe"),
        Trick::PublishedKey(KeyHint::Edits),
        Trick::ZeroSignature(&[0; 64]),
        Trick::WrongByte(End::First),
        Trick::WrongByte(End::Last),
    ] {
        let token = minted(trick, vec![none.clone()]);
        assert_eq!(token.split('.').count(), 3, "{trick}");
        assert!(!is_rightly_signed(&token), "{trick}");
    }
}

#[test]
fn two_alg_members_stand_in_the_order_that_is_asked_for() {
    let text = header(&minted(Trick::TwoAlgorithms("HS256", "none"), Vec::new()));
    assert_eq!(text, r#"{"alg":"HS256","typ":"JWT","alg":"none"}"#);
}

#[test]
fn odd_payloads_are_rightly_signed_and_odd() {
    for (odd, start) in [
        (OddPayload::NotJson, &b"authprobe"[..]),
        (OddPayload::List, b"[{"),
        (OddPayload::Deep, b"[[[["),
        (OddPayload::Utf16, b"\0{\0\""),
    ] {
        let token = minted(Trick::Payload(odd), Vec::new());
        assert!(is_rightly_signed(&token), "{odd:?}");
        let payload = BASE64URL.decode(token.split('.').nth(1).unwrap()).unwrap();
        assert!(payload.starts_with(start), "{odd:?}");
    }
}

#[test]
fn only_one_byte_of_a_signature_is_wrong() {
    for (end, place) in [(End::First, 0), (End::Last, 31)] {
        let token = minted(Trick::WrongByte(end), Vec::new());
        let (input, signature) = token.rsplit_once('.').unwrap();
        let mut bytes = BASE64URL.decode(signature).unwrap();
        bytes[place] ^= 0xff;
        assert!(is_rightly_signed(&format!("{input}.{}", BASE64URL.encode(bytes))), "{end:?}");
    }
}

#[test]
fn the_zip_bomb_is_small_and_unpacks_to_four_megabytes() {
    let token = minted(Trick::ZipBomb, Vec::new());
    assert!(token.len() < 6_000, "{} bytes on the wire", token.len());
    let parts: Vec<&str> = token.split('.').collect();
    let decoded = |place: usize| BASE64URL.decode(parts[place]).unwrap();
    let nonce = Nonce::try_assume_unique_for_key(&decoded(2)).unwrap();
    let mut text = [decoded(3), decoded(4)].concat();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, KEY).unwrap());
    let packed = key.open_in_place(nonce, Aad::from(parts[0].as_bytes()), &mut text).unwrap();
    let program = "import sys, zlib; print(len(zlib.decompress(sys.stdin.buffer.read(), -15)))";
    let mut python = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the tests need python3");
    python.stdin.take().unwrap().write_all(packed).unwrap();
    let said = python.wait_with_output().unwrap().stdout;
    assert_eq!(String::from_utf8(said).unwrap().trim(), "4194304");
}
