//! A question and a keyring in, a token out. Never decides what to ask, never sends.

use crate::plan::{KeyName, Keyring, TokenSpec};
use crate::question::Question;
use crate::time::UnixTime;
use crate::variant::Variant;

/// Makes what the question describes, with times counted from `now`, a fresh `jti`, and a random
/// key where the question names [`KeyName::Random`].
///
/// # Errors
/// When the keyring has no key of that name or a token cannot be signed.
pub fn mint(
    question: &Question,
    spec: &TokenSpec,
    keyring: &Keyring,
    now: UnixTime,
) -> Result<Variant, MintError> {
    let _ = (question, spec, keyring, now);
    Err(MintError::UnknownKey(KeyName::Reference))
}

/// Why a token could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The keyring has no such key.
    #[error("no key is known by the name of {0}")]
    UnknownKey(KeyName),
}
