//! Knowledge about keys: where they are read, well-known defaults, new ones. Key sources in,
//! [`Secret`]s out; of all servers, it asks secret stores only. Never prints a key, never runs a shell,
//! never reads the process environment.

pub mod defaults;
pub mod dotenv;
pub mod encoding;
pub mod file;
pub mod guess;
pub mod reading;
pub mod source;
pub mod store;
pub mod strength;

mod command;
mod kubernetes;
#[cfg(test)]
mod kubernetes_tests;
mod names;
mod neighbours;

pub use command::CommandError;
pub use encoding::Encoding;
pub use kubernetes::ManifestError;
pub use neighbours::neighbours;
pub use reading::Reading;
pub use source::{Origin, ReadError, Source};
pub use store::{AwsSecret, StoreError, VaultSecret};

use crate::secret::Secret;

/// The length of a key in bits, for the length rule of RFC 7518 section 3.2. A key of 64
/// hexadecimal digits that a service takes as text has 512 bits here, though fewer are random.
#[must_use]
pub fn bits(key: &Secret) -> usize {
    key.len() * 8
}

/// A new key in bytes from the operating system's random source. Written as hexadecimal digits no
/// env-file dialect reads it differently; 32 bytes are what HS256 asks for.
///
/// # Errors
/// When the operating system has no random bytes to give.
pub fn generate(bytes: usize) -> Result<Secret, getrandom::Error> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random)?;
    Ok(Secret::new(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_keys_are_as_long_as_asked_and_never_the_same() {
        let (one, other) = (generate(32), generate(32));
        assert_ne!(one, other);
        assert_eq!(one.map(|key| bits(&key)), Ok(256));
    }
}
