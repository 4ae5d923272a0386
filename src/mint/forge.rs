//! Bytes and a key in, a compact token (RFC 7515 section 7.1) out: signs exactly what it is given,
//! and puts together what is signed otherwise or not at all. Never makes a claim of its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use zeroize::Zeroizing;

use super::MintError;
use crate::plan::Algorithm;
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
