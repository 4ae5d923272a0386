//! The one type that holds a key or a token. It never prints what it holds;
//! `expose` is the only way in, and a test limits the files that may call it.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// Secret bytes: a signing key or a whole token. Clones share one copy, which is zeroed when the
/// last of them is dropped; `Debug` and `Display` are stars.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<Zeroizing<Vec<u8>>>);

impl Secret {
    /// Takes ownership of the bytes, so that no second copy stays behind.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Arc::new(Zeroizing::new(bytes.into())))
    }

    /// The bytes themselves. Only for signing, sending and comparing.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The length in bytes; the only property of a key that reports may use, and only in classes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the last byte is a line feed: a key file that an editor wrote ends so, and its owner
    /// rarely knows.
    #[must_use]
    pub fn ends_with_newline(&self) -> bool {
        self.0.last() == Some(&b'\n')
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_and_display_show_stars_only() {
        let secret = Secret::new("canary-7f3a");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
    }
}
