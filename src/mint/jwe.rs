//! Encrypted tokens (RFC 7516) that cost whoever opens them. Small on the wire, and never with
//! claims inside.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{MintError, random};
use crate::secret::Secret;

/// Some seconds of work for whoever does not limit the count. The largest number that fits, 2³¹-1,
/// would show no more and would hold a service that falls for it for half an hour.
const COUNT: u32 = 20_000_000;

/// The start and the end of 4 MiB of spaces in DEFLATE; between them stand zeros only.
const BOMB_START: &[u8] = &[
    0xed, 0xc1, 0x81, 0x00, 0x00, 0x00, 0x00, 0xc3, 0x20, 0x95, 0xf9, 0x53, 0x1e, 0xe4, 0x55, 0x01,
];
const BOMB_END: &[u8] = &[0x7c, 0x1b];
const BOMB_LENGTH: usize = 4081;

/// A token under a password of ours, whose `p2c` asks for very many rounds (RFC 7518 section 4.8.1.2).
///
/// # Errors
/// When the system gives no random bytes.
pub(super) fn stretched_password() -> Result<Secret, MintError> {
    let salt = URL_SAFE_NO_PAD.encode(random(16)?);
    let header =
        format!(r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"{salt}","p2c":{COUNT}}}"#);
    let parts = [random(24)?, random(12)?, random(64)?, random(16)?];
    let parts = parts.map(|part| URL_SAFE_NO_PAD.encode(part));
    Ok(Secret::new(format!("{}.{}", URL_SAFE_NO_PAD.encode(header), parts.join("."))))
}

/// A token that unpacks to 4 MiB of spaces. It opens with the service's own key where that has the
/// 32 bytes that the cipher needs, and with none otherwise.
///
/// # Errors
/// When the system gives no random bytes.
pub(super) fn zip_bomb(key: &Secret) -> Result<Secret, MintError> {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#);
    let mut text = BOMB_START.to_vec();
    text.resize(BOMB_LENGTH - BOMB_END.len(), 0);
    text.extend_from_slice(BOMB_END);
    let cipher = match UnboundKey::new(&AES_256_GCM, key.expose()) {
        Ok(fitting) => fitting,
        Err(_) => UnboundKey::new(&AES_256_GCM, &random(32)?)?,
    };
    let nonce: [u8; 12] = random(12)?.try_into().unwrap_or_default();
    let aad = Aad::from(header.as_bytes());
    let tag = LessSafeKey::new(cipher).seal_in_place_separate_tag(
        Nonce::assume_unique_for_key(nonce),
        aad,
        &mut text,
    )?;
    let [nonce, text, tag] =
        [&nonce[..], &text, tag.as_ref()].map(|part| URL_SAFE_NO_PAD.encode(part));
    Ok(Secret::new(format!("{header}..{nonce}.{text}.{tag}")))
}
