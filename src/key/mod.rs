//! Knowledge about keys: where they are read, well-known defaults, new ones. Key sources in,
//! [`Secret`]s out. Never prints one, never runs a shell, never reads the process environment.

pub mod defaults;
pub mod dotenv;
pub mod encoding;
pub mod file;
pub mod source;

mod command;

pub use command::CommandError;
pub use encoding::Encoding;
pub use source::{Origin, ReadError, Source};

use crate::secret::Secret;

/// The length of a key in bits, for the length rule of RFC 7518 section 3.2. A key of 64
/// hexadecimal digits that a service takes as text has 512 bits here, though fewer are random.
#[must_use]
pub fn bits(key: &Secret) -> usize {
    key.len() * 8
}

/// A new key: this many random bytes from the operating system, as hexadecimal digits, which no
/// env-file dialect reads differently. 32 bytes are what HS256 asks for.
///
/// # Errors
/// When the operating system has no random bytes to give.
pub fn generate(bytes: usize) -> Result<Secret, getrandom::Error> {
    let mut random = zeroize::Zeroizing::new(vec![0; bytes]);
    getrandom::fill(&mut random)?;
    Ok(Secret::new(hex::encode(&*random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_keys_are_hex_digits_and_never_the_same() {
        let (one, other) = (generate(32), generate(32));
        assert_ne!(one, other);
        let one = one.map(|key| (bits(&key), key.expose().iter().all(u8::is_ascii_hexdigit)));
        assert_eq!(one, Ok((512, true)));
    }
}
