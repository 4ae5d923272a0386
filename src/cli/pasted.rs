//! What somebody pasted or typed: it may be a token, so it is held as a secret from the first moment.

use crate::secret::Secret;

/// A text that may be a token, or a word of one.
#[derive(Debug, Clone)]
pub(super) struct Pasted(Secret);

impl Pasted {
    /// Reads an argument; every text will do.
    #[expect(clippy::unnecessary_wraps, reason = "the form of a value parser")]
    pub(super) fn parse(text: &str) -> Result<Self, std::convert::Infallible> {
        Ok(Self(Secret::new(text)))
    }

    /// Words that a shell took apart.
    pub(super) fn joined(words: &[Self]) -> Self {
        let texts: Vec<&[u8]> = words.iter().map(|word| word.0.expose()).collect();
        Self(Secret::new(texts.join(&b' ')))
    }

    /// Whether it stands for standard input.
    pub(super) fn is_stdin(&self) -> bool {
        self.0.expose() == b"-"
    }

    /// Whether there is nothing in it.
    pub(super) fn is_blank(&self) -> bool {
        self.0.expose().iter().all(u8::is_ascii_whitespace)
    }

    /// The text as what it may be.
    pub(super) fn into_secret(self) -> Secret {
        self.0
    }
}

impl From<Vec<u8>> for Pasted {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Secret::new(bytes))
    }
}
