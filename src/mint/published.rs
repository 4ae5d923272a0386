//! A key pair that everyone knows: the example of RFC 7515 appendix A.3. It signs tokens that bring
//! or name their own key. Never used for anything that a service should take.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use super::MintError;

const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
/// The private half: RFC 7515 prints it, so it is no secret.
const D: &str = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";

/// The key's identifier in tokens and key sets.
pub const KEY_ID: &str = "authprobe-published";

/// The public half as a JWK (RFC 7517).
#[must_use]
pub fn jwk() -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "x": X, "y": Y,
        "alg": "ES256", "use": "sig", "kid": KEY_ID,
    })
}

/// A self-signed certificate for the key, as `x5c` has it: base64 of its DER (RFC 7515 section 4.1.6).
///
/// # Errors
/// When the certificate cannot be made.
pub fn certificate() -> Result<String, MintError> {
    Ok(STANDARD.encode(self_signed()?.der()))
}

/// The same certificate in PEM, as `x5u` points at it (RFC 7515 section 4.1.5).
///
/// # Errors
/// When the certificate cannot be made.
pub fn certificate_pem() -> Result<String, MintError> {
    Ok(self_signed()?.pem())
}

fn self_signed() -> Result<rcgen::Certificate, MintError> {
    let pkcs8 = key_pair()?.to_pkcs8v1()?;
    let key = KeyPair::try_from(pkcs8.as_ref())?;
    Ok(CertificateParams::new([KEY_ID.to_owned()])?.self_signed(&key)?)
}

/// An ES256 signature: `r` and `s`, 32 bytes each (RFC 7518 section 3.4).
///
/// # Errors
/// When the library will not sign.
pub(super) fn sign(input: &[u8]) -> Result<Vec<u8>, MintError> {
    Ok(key_pair()?.sign(&SystemRandom::new(), input)?.as_ref().to_vec())
}

fn key_pair() -> Result<EcdsaKeyPair, MintError> {
    let decoded = |text| URL_SAFE_NO_PAD.decode(text).map_err(|_| aws_lc_rs::error::Unspecified);
    // An uncompressed point (SEC 1 section 2.3.3).
    let public = [vec![4], decoded(X)?, decoded(Y)?].concat();
    EcdsaKeyPair::from_private_key_and_public_key(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        &decoded(D)?,
        &public,
    )
    .map_err(|_| aws_lc_rs::error::Unspecified.into())
}
