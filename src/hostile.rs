//! Hostile tokens: what attackers send, sent to see that it is refused. How one is made, and how a
//! service took it. Knows nothing of signing, sending or judging.

use std::fmt;

use crate::check::{Severity, Status};
use crate::keyring::PublicKeyForm;

/// How a token is damaged when no change of key, claims or header members alone does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trick {
    /// The signature is that of the same token before its header was changed.
    SignatureKept,
    /// Two parts instead of three: `header.payload`.
    TwoParts,
    /// `alg` stands twice, first with the one value, then with the other; no signature
    /// (RFC 7515 section 4).
    TwoAlgorithms(&'static str, &'static str),
    /// HMAC under a key that this text is: what a file or a query that the token names would give.
    Keyed(&'static str),
    /// Signed with a key pair that everyone knows (RFC 7515 appendix A.3), told so in the header.
    PublishedKey(KeyHint),
    /// HMAC under a key that the header carries as a JWK.
    EmbeddedSecret,
    /// ES256 with these bytes as a signature that holds for every key in CVE-2022-21449.
    ZeroSignature(&'static [u8]),
    /// `kid` is so many bytes long.
    LongKeyId(usize),
    /// Rightly signed, over a claim of so many bytes.
    LongClaim(usize),
    /// Rightly signed, over a payload that is no set of claims.
    Payload(OddPayload),
    /// Rightly signed, and written as a JSON object (RFC 7515 section 7.2.2).
    JsonForm,
    /// Rightly signed, and inside it an unsigned token (`cty`, RFC 7519 section 5.2).
    Nested,
    /// Encrypted under a password that is stretched very many times (`p2c`, RFC 7518 section 4.8).
    StretchedPassword,
    /// Encrypted, and a thousand times as large when it is unpacked (`zip`, RFC 7516 section 4.1.3).
    ZipBomb,
    /// Rightly signed, but for one byte of the signature.
    WrongByte(End),
}

/// How a header tells which key pair was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyHint {
    /// By the key itself, in `jwk`.
    Jwk,
    /// By a certificate, in `x5c`.
    X5c,
    /// By what the shape's own header members say.
    Edits,
}

/// A payload that is no JSON object in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OddPayload {
    /// No JSON.
    NotJson,
    /// JSON, but a list.
    List,
    /// Ten thousand lists, one in the other.
    Deep,
    /// The claims in UTF-16.
    Utf16,
}

/// An end of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// Its first byte.
    First,
    /// Its last byte.
    Last,
}

impl fmt::Display for Trick {
    /// The kind of token in words, with its article left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignatureKept => f.write_str("token changed under its old signature"),
            Self::TwoParts => f.write_str("token of two parts"),
            Self::TwoAlgorithms(first, last) => {
                write!(f, "unsigned token with two alg members, {first} and {last}")
            }
            Self::Keyed(_) => f.write_str("token signed with what it names as the key"),
            Self::PublishedKey(KeyHint::Jwk) => f.write_str("token that brings its own key (jwk)"),
            Self::PublishedKey(KeyHint::X5c) => {
                f.write_str("token that brings its own certificate (x5c)")
            }
            Self::PublishedKey(KeyHint::Edits) => f.write_str("token that says where its key is"),
            Self::EmbeddedSecret => f.write_str("token that brings its own HMAC key (jwk)"),
            Self::ZeroSignature(_) => f.write_str("ES256 token with zeros as its signature"),
            Self::LongKeyId(bytes) => write!(f, "token with a kid of {bytes} bytes"),
            Self::LongClaim(bytes) => write!(f, "token with a claim of {bytes} bytes"),
            Self::Payload(OddPayload::NotJson) => f.write_str("token whose payload is no JSON"),
            Self::Payload(OddPayload::List) => f.write_str("token whose payload is a list"),
            Self::Payload(OddPayload::Deep) => {
                f.write_str("token whose payload is 10000 lists deep")
            }
            Self::Payload(OddPayload::Utf16) => f.write_str("token whose payload is UTF-16"),
            Self::JsonForm => f.write_str("token in the JSON form"),
            Self::Nested => f.write_str("token around an unsigned token"),
            Self::StretchedPassword => f.write_str("encrypted token with a huge p2c"),
            Self::ZipBomb => f.write_str("encrypted token that unpacks to megabytes"),
            Self::WrongByte(End::First) => {
                f.write_str("token with the first byte of its signature changed")
            }
            Self::WrongByte(End::Last) => {
                f.write_str("token with the last byte of its signature changed")
            }
        }
    }
}

/// What a run offers hostile tokens to work with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostileGround {
    /// The address of a listener of ours that the service could reach, if one was opened.
    pub listener: Option<String>,
    /// The forms of the service's public key that the keyring holds.
    pub public_key: Vec<PublicKeyForm>,
}

/// How a service took one kind of hostile token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostileOutcome {
    /// The row's id, such as `H41a`.
    pub id: &'static str,
    /// What was sent.
    pub title: &'static str,
    /// How it came out; `Pass` is a refusal.
    pub status: Status,
    /// How bad it is to accept it.
    pub severity: Severity,
    /// What rules it.
    pub citation: &'static str,
    /// What was found, as a short fact.
    pub summary: String,
    /// The numbers of the observations it rests on.
    pub evidence: Vec<usize>,
}
