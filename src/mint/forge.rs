//! Bytes and a key in, a compact token (RFC 7515 section 7.1) out: signs exactly what it is given,
//! and does the damage that a JWT library rightly refuses to do. Never makes a claim of its own
//! beyond the one that the damage is about.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde_json::Value;
use zeroize::Zeroizing;

use super::claims::Members;
use super::{MintError, fresh_jti, hostile, json};
use crate::plan::Algorithm;
use crate::question::Forgery;
use crate::secret::Secret;

/// `BASE64URL(header) . BASE64URL(payload) . BASE64URL(MAC)`, over exactly these bytes.
///
/// # Errors
/// When `jsonwebtoken` will not sign.
pub fn sign(
    header: &[u8],
    payload: &[u8],
    key: &Secret,
    algorithm: Algorithm,
) -> Result<Secret, MintError> {
    let input = signing_input(header, payload);
    let mac = mac(&input, key, algorithm)?;
    Ok(compact(&input, &mac))
}

/// A token that is damaged in this way.
pub(super) fn damaged(
    damage: &Forgery,
    header: &Members,
    mut payload: Members,
    key: &Secret,
    algorithm: Algorithm,
) -> Result<Secret, MintError> {
    let members = header;
    let header = json(members);
    match damage {
        Forgery::AlgNone | Forgery::SignatureRemoved => {
            Ok(compact(&signing_input(&header, &json(&payload)), ""))
        }
        Forgery::SignaturePadded => {
            let input = signing_input(&header, &json(&payload));
            let mut mac = mac(&input, key, algorithm)?;
            while mac.len() % 4 != 0 {
                mac.push('=');
            }
            Ok(compact(&input, &mac))
        }
        Forgery::HeaderNames(_) => sign(&header, &json(&payload), key, algorithm),
        Forgery::PayloadChanged => {
            let old = mac(&signing_input(&header, &json(&payload)), key, algorithm)?;
            // The identifier, because a service that does not look at the signature must have no
            // other reason to refuse.
            payload.insert("jti".into(), fresh_jti()?.into());
            Ok(compact(&signing_input(&header, &json(&payload)), &old))
        }
        Forgery::Hostile(trick) => hostile::token(*trick, members, &payload, key, algorithm),
        Forgery::DuplicateClaim(name, value) => {
            sign(&header, &with_duplicate(payload, name, value), key, algorithm)
        }
    }
}

/// The claims as JSON text in which `name` stands twice, the second time with `value`.
fn with_duplicate(mut payload: Members, name: &str, value: &Value) -> Vec<u8> {
    payload.entry(name).or_insert_with(|| value.clone());
    let mut text = json(&payload);
    text.pop(); // the closing brace; at least one claim stands before it
    text.extend_from_slice(format!(",{}:{value}}}", Value::from(name)).as_bytes());
    text
}

pub(super) fn signing_input(header: &[u8], payload: &[u8]) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

pub(super) fn mac(
    input: &str,
    key: &Secret,
    algorithm: Algorithm,
) -> Result<Zeroizing<String>, MintError> {
    let key = EncodingKey::from_secret(key.expose());
    let algorithm = match algorithm {
        Algorithm::HS256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::HS384 => jsonwebtoken::Algorithm::HS384,
        Algorithm::HS512 => jsonwebtoken::Algorithm::HS512,
    };
    Ok(jsonwebtoken::crypto::sign(input.as_bytes(), &key, algorithm).map(Zeroizing::new)?)
}

pub(super) fn compact(input: &str, signature: &str) -> Secret {
    Secret::new([input, ".", signature].concat())
}
