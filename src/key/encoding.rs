//! The text of a key in, its bytes out. Never shows either.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use schemars::JsonSchema;

use crate::secret::Secret;

/// How the text of a key becomes the bytes that sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Encoding {
    /// As it is.
    #[default]
    Raw,
    /// Hexadecimal digits, two a byte.
    Hex,
    /// Base64 (RFC 4648 section 4), padding optional.
    Base64,
    /// Base64 with the URL and filename safe alphabet (RFC 4648 section 5), padding optional.
    Base64url,
}

/// Every encoding by its name in probes.yaml.
pub const NAMES: [(&str, Encoding); 4] = [
    ("raw", Encoding::Raw),
    ("hex", Encoding::Hex),
    ("base64", Encoding::Base64),
    ("base64url", Encoding::Base64url),
];

const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const BASE64URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

impl Encoding {
    /// The bytes behind the text.
    ///
    /// # Errors
    /// When the text is not in this encoding.
    pub fn decode(self, text: Secret) -> Result<Secret, NotEncoded> {
        let bytes = match self {
            Self::Raw => return Ok(text),
            Self::Hex => hex::decode(text.expose()).ok(),
            Self::Base64 => BASE64.decode(text.expose()).ok(),
            Self::Base64url => BASE64URL.decode(text.expose()).ok(),
        };
        bytes.map(Secret::new).ok_or(NotEncoded(self.name()))
    }

    /// The text of these bytes: what [`Self::decode`] turns into them.
    #[must_use]
    pub fn encode(self, key: &Secret) -> Secret {
        match self {
            Self::Raw => key.clone(),
            Self::Hex => Secret::new(hex::encode(key.expose())),
            Self::Base64 => Secret::new(BASE64.encode(key.expose())),
            Self::Base64url => Secret::new(URL_SAFE_NO_PAD.encode(key.expose())),
        }
    }

    /// The encoding of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, encoding)| *encoding)
    }

    /// The encoding's name in probes.yaml.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, encoding)| *encoding == self).map_or("", |(name, _)| name)
    }
}

/// The text is not in the encoding of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key is not {0}")]
pub struct NotEncoded(&'static str);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_reads_what_it_wrote() {
        let key = Secret::new([0, 251, 255, b'a', 7]);
        for (name, encoding) in NAMES {
            assert_eq!(encoding.decode(encoding.encode(&key)), Ok(key.clone()), "{name}");
            assert_eq!(Encoding::named(name), Some(encoding));
        }
    }

    #[test]
    fn each_encoding_reads_its_own_text_and_refuses_others() {
        let rows: &[(Encoding, &str, Option<&[u8]>)] = &[
            (Encoding::Raw, "00ff", Some(b"00ff")),
            (Encoding::Hex, "00fF", Some(&[0, 255])),
            (Encoding::Hex, "00f", None),
            (Encoding::Hex, "zz", None),
            (Encoding::Base64, "+/8=", Some(&[251, 255])),
            (Encoding::Base64, "+/8", Some(&[251, 255])),
            (Encoding::Base64, "-_8", None),
            (Encoding::Base64url, "-_8", Some(&[251, 255])),
            (Encoding::Base64url, "+/8=", None),
        ];
        for (encoding, text, wanted) in rows {
            let wanted = wanted.map(Secret::new).ok_or(NotEncoded(encoding.name()));
            assert_eq!(encoding.decode(Secret::new(*text)), wanted, "{encoding:?} {text}");
        }
    }
}
