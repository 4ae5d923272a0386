//! The reasons that a refusal can give, in the order of how telling they are.

/// The reason that a text speaks of, the more telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Hint {
    /// The signature is wrong.
    Signature,
    /// `exp` has passed.
    Expired,
    /// `nbf` or `iat` is in the future.
    Early,
    /// `aud` is missing or wrong.
    Audience,
    /// `iss` is missing or wrong.
    Issuer,
    /// The algorithm is not allowed.
    Algorithm,
    /// Another claim or header member is missing or wrong.
    Claim,
    /// There was no token.
    Missing,
    /// The text in the token's place is no token.
    Malformed,
    /// The token is fine, the subject is not.
    Subject,
    /// Too many attempts.
    Locked,
}

impl Hint {
    /// The hint in words, for the report's observations.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Missing => "it says that no token came",
            Self::Malformed => "it says that this is no token",
            Self::Algorithm => "it says that the algorithm is not allowed",
            Self::Signature => "it says that the signature is wrong",
            Self::Expired => "it says that the token has expired",
            Self::Early => "it says that the token is not yet valid",
            Self::Audience => "it says that the audience is wrong",
            Self::Issuer => "it says that the issuer is wrong",
            Self::Claim => "it says that a claim is missing or wrong",
            Self::Subject => "it says that the subject is unknown or may not do this",
            Self::Locked => "it says that there were too many attempts",
        }
    }
}
