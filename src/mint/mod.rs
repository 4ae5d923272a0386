//! A question and a keyring in, a token out. Never decides what to ask, never sends, never keeps
//! what it made. One path makes every token, because only own bytes can also be damaged; the tests
//! hold its honest tokens equal, byte for byte, to those of `jsonwebtoken::encode`.

mod claims;
mod damage;
pub mod forge;
mod hostile;
mod jwe;
pub mod published;

use std::borrow::Cow;

use crate::plan::{Algorithm, KeyName, Keyring, TokenSpec};
use crate::question::{Credential, Question, TokenShape};
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::variant::{ClaimTimes, Variant};

/// Marks everything that authprobe sends as its own, for whoever reads the service's log.
const MARK: &str = "authprobe-";

/// Makes what the question describes, with times counted from `now`, a fresh `jti`, and a random
/// key where the question names [`KeyName::Random`].
///
/// # Errors
/// When the keyring has no key of that name, or the system gives no random bytes.
pub fn mint(
    question: &Question,
    spec: &TokenSpec,
    keyring: &Keyring,
    now: UnixTime,
) -> Result<Variant, MintError> {
    match &question.credential {
        Credential::Absent => Ok(Variant { credential: None, times: ClaimTimes::default() }),
        Credential::Garbage => {
            let garbage = format!("{MARK}garbage-{}", random_hex()?);
            Ok(Variant { credential: Some(Secret::new(garbage)), times: ClaimTimes::default() })
        }
        Credential::Token(shape) => token(shape, spec, keyring, now),
        Credential::Caught => {
            let caught = keyring.caught().cloned().ok_or(MintError::NothingCaught)?;
            Ok(Variant { credential: Some(caught), times: ClaimTimes::default() })
        }
    }
}

fn token(
    shape: &TokenShape,
    spec: &TokenSpec,
    keyring: &Keyring,
    now: UnixTime,
) -> Result<Variant, MintError> {
    let header = claims::header(shape, spec);
    let payload = claims::payload(shape, spec, now, fresh_jti()?);
    let times = claims::times(&payload);
    let key = signing_key(shape, keyring)?;
    let credential = match &shape.forgery {
        None => forge::sign(&json(&header), &json(&payload), &key, shape.algorithm)?,
        Some(damage) => damage::damaged(damage, &header, payload, &key, shape.algorithm)?,
    };
    Ok(Variant { credential: Some(credential), times })
}

/// The key that a shape names. A random one is as long as its hash (RFC 7518 section 3.2).
fn signing_key<'a>(shape: &TokenShape, keyring: &'a Keyring) -> Result<Cow<'a, Secret>, MintError> {
    if shape.key == KeyName::Random {
        return Ok(Cow::Owned(Secret::new(random(match shape.algorithm {
            Algorithm::HS256 => 32,
            Algorithm::HS384 => 48,
            Algorithm::HS512 => 64,
        })?)));
    }
    match keyring.get(&shape.key) {
        Some(key) => Ok(Cow::Borrowed(key)),
        None if shape.key == KeyName::Empty => Ok(Cow::Owned(Secret::new([]))),
        None => Err(MintError::UnknownKey(shape.key.clone())),
    }
}

fn json(members: &claims::Members) -> Vec<u8> {
    serde_json::Value::Object(members.clone()).to_string().into_bytes()
}

fn fresh_jti() -> Result<String, MintError> {
    Ok(format!("{MARK}{}", random_hex()?))
}

fn random_hex() -> Result<String, MintError> {
    random(16).map(hex::encode)
}

fn random(length: usize) -> Result<Vec<u8>, MintError> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Why a token could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The keyring has no such key.
    #[error("no key is known by the name of {0}")]
    UnknownKey(KeyName),
    /// The keyring holds no caught token.
    #[error("no token was caught")]
    NothingCaught,
    /// The library would not sign.
    #[error("the token cannot be signed: {0}")]
    Unsignable(#[from] jsonwebtoken::errors::Error),
    /// The cryptographic library refused.
    #[error("the key pair or the cipher cannot be used")]
    Unusable(#[from] aws_lc_rs::error::Unspecified),
    /// The certificate could not be made.
    #[error("the certificate cannot be made: {0}")]
    NoCertificate(#[from] rcgen::Error),
    /// The operating system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    NoRandomness(#[from] getrandom::Error),
}
