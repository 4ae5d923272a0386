//! The reasons for which a model verifier refuses a token.

/// Why a verifier refuses.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// There was no token.
    Missing,
    /// It is no JWT in compact form (RFC 7519 section 7.2).
    Malformed,
    /// Its `alg` is not taken.
    Algorithm,
    /// The signature is wrong.
    Signature,
    /// `exp` is past.
    Expired,
    /// `nbf` is in the future.
    NotYetValid,
    /// `iat` is in the future.
    IssuedInFuture,
    /// `aud` is missing, wrong, or unexpected.
    Audience,
    /// `iss` is missing or wrong.
    Issuer,
    /// This claim or header member is missing, wrong, or of a wrong type.
    Claim(String),
    /// It lives too long.
    LifetimeTooLong,
    /// `sub` names nobody who is known.
    SubjectUnknown,
}
