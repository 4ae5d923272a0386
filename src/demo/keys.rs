//! The keys of one demo run: fresh random ones in the form of the seed document, 64 hexadecimal
//! digits, and the fallback that is compiled into the services.

use crate::key;
use crate::secret::Secret;

/// What the services fall back to when their variable is not set: the placeholder of many
/// templates, which stayed in the code.
pub const FALLBACK: &str = "your-secret-key";

/// Fresh keys.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    /// The key of development, which all three services should hold.
    pub(super) reference: Secret,
    /// The key of development before the last rotation.
    pub(super) previous: Secret,
    /// The key of staging.
    pub(super) staging: Secret,
    /// The key of production.
    pub(super) production: Secret,
    /// A key that nobody else knows.
    pub(super) stray: Secret,
}

impl Keys {
    /// # Errors
    /// When the system has no random bytes to give.
    pub(super) fn fresh() -> Result<Self, getrandom::Error> {
        Ok(Self {
            reference: fresh()?,
            previous: fresh()?,
            staging: fresh()?,
            production: fresh()?,
            stray: fresh()?,
        })
    }
}

fn fresh() -> Result<Secret, getrandom::Error> {
    let key = key::generate(32)?;
    Ok(Secret::new(hex::encode(key.expose())))
}
