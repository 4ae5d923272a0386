//! Bytes in, the bytes that decoding, encoding, hashing or cutting makes of them out; `None` where
//! they are not of the kind that is decoded.
//!
//! Keys filled up with zeros are not here: HMAC itself fills its key up (RFC 2104 section 2), so a
//! service that does so verifies with the key.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::alphabet::{self, Alphabet};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode;

use super::text::as_text;

const DECODING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// The bytes of base64 text in this alphabet, padded or not; everything else is refused.
pub(super) fn base64_decoded(alphabet: &Alphabet, key: &[u8]) -> Option<Vec<u8>> {
    GeneralPurpose::new(alphabet, DECODING).decode(key).ok()
}

/// As Node's `Buffer.from(key, 'base64')`: both alphabets, up to the first `=`, all else ignored.
pub(super) fn base64_decoded_by_node(key: &[u8]) -> Vec<u8> {
    let text = key.iter().take_while(|byte| **byte != b'=');
    packed(text.filter_map(|byte| match byte {
        b'-' => sextet(b'+'),
        b'_' => sextet(b'/'),
        other => sextet(*other),
    }))
}

/// As Python's `b64decode`: what is not of the alphabet is ignored, padding ends the text.
pub(super) fn base64_decoded_by_python(key: &[u8]) -> Option<Vec<u8>> {
    let (mut digits, mut pads) = (Vec::new(), 0);
    for byte in key {
        match sextet(*byte) {
            Some(digit) => {
                digits.push(digit);
                pads = 0;
            }
            None if *byte == b'=' => {
                let place = digits.len() % 4;
                pads += usize::from(place >= 2);
                if place >= 2 && place + pads >= 4 {
                    return Some(packed(digits));
                }
            }
            None => {}
        }
    }
    if digits.len() % 4 == 0 { Some(packed(digits)) } else { None }
}

/// As Java's `DatatypeConverter`: what is not of the alphabet is ignored, an unfinished group of
/// four digits is dropped.
pub(super) fn base64_decoded_by_jaxb(key: &[u8]) -> Option<Vec<u8>> {
    if key.contains(&b'=') {
        return None;
    }
    let mut digits: Vec<u8> = key.iter().filter_map(|byte| sextet(*byte)).collect();
    digits.truncate(digits.len() / 4 * 4);
    Some(packed(digits))
}

/// The value of a base64 digit.
fn sextet(digit: u8) -> Option<u8> {
    let place = alphabet::STANDARD.as_str().bytes().position(|known| known == digit)?;
    u8::try_from(place).ok()
}

/// Whole bytes from six-bit digits; what is left over is dropped.
fn packed(digits: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in digits {
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

/// The bytes of hexadecimal digits, with or without 0x before them.
pub(super) fn hex_decoded(key: &[u8]) -> Option<Vec<u8>> {
    hex::decode(without_0x(key).unwrap_or(key)).ok()
}

/// As Node's `Buffer.from(key, 'hex')`: up to the first pair that is not hexadecimal.
pub(super) fn hex_decoded_by_node(key: &[u8]) -> Vec<u8> {
    key.chunks_exact(2).map_while(|pair| hex::decode(pair).ok()).flatten().collect()
}

/// The digits after 0x.
pub(super) fn without_0x(key: &[u8]) -> Option<&[u8]> {
    let digits = key.strip_prefix(b"0x").or_else(|| key.strip_prefix(b"0X"))?;
    is_hex(digits).then_some(digits)
}

/// The key with `change` made to it, if it is hexadecimal digits.
pub(super) fn hex_digits(key: &[u8], change: fn(&[u8]) -> Vec<u8>) -> Option<Vec<u8>> {
    is_hex(key).then(|| change(key))
}

fn is_hex(key: &[u8]) -> bool {
    !key.is_empty() && key.iter().all(u8::is_ascii_hexdigit)
}

/// `%2B` and the like read as in an address.
pub(super) fn percent_decoded(key: &[u8]) -> Option<Vec<u8>> {
    key.contains(&b'%').then(|| percent_decode(key).collect())
}

/// `+` read as a blank, as in a form.
pub(super) fn plus_as_space(key: &[u8]) -> Option<Vec<u8>> {
    let blank = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
    as_text(key).map(|text| text.as_bytes().iter().map(blank).collect())
}

/// The text in 16-bit units, each as these two bytes.
pub(super) fn utf16(key: &[u8], bytes: fn(u16) -> [u8; 2]) -> Option<Vec<u8>> {
    as_text(key).map(|text| text.encode_utf16().flat_map(bytes).collect())
}

/// The first bytes of a longer key.
pub(super) fn cut_to(length: usize, key: &[u8]) -> Option<Vec<u8>> {
    key.get(..length).map(<[u8]>::to_vec)
}

/// The hash of it. HMAC itself hashes a key that is longer than a block (RFC 2104 section 2).
pub(super) fn sha256(key: &[u8]) -> Option<Vec<u8>> {
    const BLOCK: usize = 64;
    (key.len() <= BLOCK).then(|| sha256_of_any(key))
}

/// The hash of it as hexadecimal digits.
pub(super) fn sha256_hex(key: &[u8]) -> Vec<u8> {
    hex::encode(sha256_of_any(key)).into_bytes()
}

fn sha256_of_any(key: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, key).as_ref().to_vec()
}
