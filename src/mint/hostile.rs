//! A trick, header members and claims in, the token that an attacker would send out. Privileges are
//! never among its claims, and nothing is signed with the service's key that the trick does not need.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::claims::Members;
use super::forge::{compact, mac, sign, signing_input};
use super::{MintError, json, jwe, published, random};
use crate::hostile::{End, KeyHint, OddPayload, Trick};
use crate::plan::Algorithm;
use crate::secret::Secret;

/// How deep the lists of [`OddPayload::Deep`] are nested.
const DEPTH: usize = 10_000;

/// The token that a trick makes; `key` and `algorithm` are those of the shape.
///
/// # Errors
/// When a library will not sign, or the system gives no random bytes.
pub(super) fn token(
    trick: Trick,
    header: &Members,
    payload: &Members,
    key: &Secret,
    algorithm: Algorithm,
) -> Result<Secret, MintError> {
    let (head, body) = (json(header), json(payload));
    match trick {
        Trick::SignatureKept => {
            let before = with(header, "alg", algorithm.name().into());
            let old = mac(&signing_input(&json(&before), &body), key, algorithm)?;
            Ok(compact(&signing_input(&head, &body), &old))
        }
        Trick::TwoParts => Ok(Secret::new(signing_input(&head, &body))),
        Trick::TwoAlgorithms(first, last) => {
            Ok(compact(&signing_input(&two_algorithms(header, first, last), &body), ""))
        }
        Trick::Keyed(text) => sign(&head, &body, &Secret::new(text), algorithm),
        Trick::PublishedKey(hint) => published_key(hint, header, &body),
        Trick::EmbeddedSecret => embedded_secret(header, &body, algorithm),
        Trick::ZeroSignature(bytes) => {
            let head = json(&with(header, "alg", "ES256".into()));
            Ok(compact(&signing_input(&head, &body), &URL_SAFE_NO_PAD.encode(bytes)))
        }
        Trick::LongKeyId(bytes) => {
            sign(&json(&with(header, "kid", "k".repeat(bytes).into())), &body, key, algorithm)
        }
        Trick::LongClaim(bytes) => {
            let long = with(payload, "authprobe_padding", "x".repeat(bytes).into());
            sign(&head, &json(&long), key, algorithm)
        }
        Trick::Payload(odd) => sign(&head, &odd_payload(odd, payload), key, algorithm),
        Trick::JsonForm => json_form(&head, &body, key, algorithm),
        Trick::Nested => nested(header, &body, key, algorithm),
        Trick::StretchedPassword => jwe::stretched_password(),
        Trick::ZipBomb => jwe::zip_bomb(key),
        Trick::WrongByte(end) => wrong_byte(end, &signing_input(&head, &body), key, algorithm),
    }
}

fn with(members: &Members, name: &str, value: Value) -> Members {
    let mut members = members.clone();
    members.insert(name.into(), value);
    members
}

/// The header's text with `alg` in its first and in its last place.
fn two_algorithms(header: &Members, first: &str, last: &str) -> Vec<u8> {
    let mut others = String::new();
    for (name, value) in header.iter().filter(|(name, _)| *name != "alg") {
        // Writing to a String cannot fail.
        let _ = write!(others, "{}:{value},", Value::from(name.as_str()));
    }
    format!("{{\"alg\":\"{first}\",{others}\"alg\":\"{last}\"}}").into_bytes()
}

fn published_key(hint: KeyHint, header: &Members, payload: &[u8]) -> Result<Secret, MintError> {
    let mut header = with(header, "alg", "ES256".into());
    match hint {
        KeyHint::Jwk => header.insert("jwk".into(), published::jwk()),
        KeyHint::X5c => header.insert("x5c".into(), json!([published::certificate()?])),
        KeyHint::Edits => None,
    };
    let input = signing_input(&json(&header), payload);
    let signature = published::sign(input.as_bytes())?;
    Ok(compact(&input, &URL_SAFE_NO_PAD.encode(signature)))
}

fn embedded_secret(
    header: &Members,
    payload: &[u8],
    algorithm: Algorithm,
) -> Result<Secret, MintError> {
    let bytes = random(64)?;
    let jwk = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(&bytes) });
    sign(&json(&with(header, "jwk", jwk)), payload, &Secret::new(bytes), algorithm)
}

fn odd_payload(odd: OddPayload, payload: &Members) -> Vec<u8> {
    let claims = Value::Object(payload.clone());
    match odd {
        OddPayload::NotJson => b"authprobe: this is no JSON".to_vec(),
        OddPayload::List => json!([claims]).to_string().into_bytes(),
        OddPayload::Deep => ["[".repeat(DEPTH), "]".repeat(DEPTH)].concat().into_bytes(),
        OddPayload::Utf16 => claims.to_string().encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

fn json_form(
    header: &[u8],
    payload: &[u8],
    key: &Secret,
    algorithm: Algorithm,
) -> Result<Secret, MintError> {
    let signature = mac(&signing_input(header, payload), key, algorithm)?;
    let form = json!({
        "payload": URL_SAFE_NO_PAD.encode(payload),
        "protected": URL_SAFE_NO_PAD.encode(header),
        "signature": signature.as_str(),
    });
    Ok(Secret::new(form.to_string()))
}

fn nested(
    header: &Members,
    payload: &[u8],
    key: &Secret,
    algorithm: Algorithm,
) -> Result<Secret, MintError> {
    let inner = [signing_input(br#"{"alg":"none"}"#, payload), ".".into()].concat();
    sign(&json(&with(header, "cty", "JWT".into())), inner.as_bytes(), key, algorithm)
}

/// The right signature with one of its bytes turned over.
fn wrong_byte(
    end: End,
    input: &str,
    key: &Secret,
    algorithm: Algorithm,
) -> Result<Secret, MintError> {
    let right = mac(input, key, algorithm)?;
    let mut bytes = URL_SAFE_NO_PAD.decode(right.as_bytes()).unwrap_or_default();
    let byte = match end {
        End::First => bytes.first_mut(),
        End::Last => bytes.last_mut(),
    };
    if let Some(byte) = byte {
        *byte ^= 0xff;
    }
    Ok(compact(input, &URL_SAFE_NO_PAD.encode(bytes)))
}
