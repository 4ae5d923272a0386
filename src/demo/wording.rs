//! What verifier libraries say about each refusal: one table a library. Only the wording; the
//! statuses are the dialect's.

use super::refusal::Refusal;

/// The messages of `PyJWT` 2.
pub(super) fn pyjwt(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Missing => "Not authenticated".into(),
        Refusal::Malformed => "Not enough segments".into(),
        Refusal::Algorithm => "The specified alg value is not allowed".into(),
        Refusal::Signature => "Signature verification failed".into(),
        Refusal::Expired => "Signature has expired".into(),
        Refusal::NotYetValid => "The token is not yet valid (nbf)".into(),
        Refusal::IssuedInFuture => "The token is not yet valid (iat)".into(),
        Refusal::Audience => "Audience doesn't match".into(),
        Refusal::Issuer => "Invalid issuer".into(),
        Refusal::Claim(name) => format!("Token is missing the \"{name}\" claim"),
        Refusal::LifetimeTooLong => "Token lifetime is too long".into(),
        Refusal::SubjectUnknown => "User not found".into(),
    }
}

/// The messages of npm's `jsonwebtoken` 9.
pub(super) fn node(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Missing => "jwt must be provided".into(),
        Refusal::Malformed => "jwt malformed".into(),
        Refusal::Algorithm => "invalid algorithm".into(),
        Refusal::Signature => "invalid signature".into(),
        Refusal::Expired => "jwt expired".into(),
        Refusal::NotYetValid => "jwt not active".into(),
        Refusal::IssuedInFuture => "jwt issued in the future".into(),
        Refusal::Audience => "jwt audience invalid".into(),
        Refusal::Issuer => "jwt issuer invalid".into(),
        Refusal::Claim(name) => format!("jwt {name} invalid"),
        Refusal::LifetimeTooLong => "maxAge exceeded".into(),
        Refusal::SubjectUnknown => "User not found".into(),
    }
}

/// Descriptions for the challenge of RFC 6750, as resource servers write them.
pub(super) fn oauth(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Missing => "No token was sent".into(),
        Refusal::Malformed => "The token is malformed".into(),
        Refusal::Algorithm => "The token's algorithm is not supported".into(),
        Refusal::Signature => "The signature is invalid".into(),
        Refusal::Expired => "The token expired".into(),
        Refusal::NotYetValid => "The token is not yet valid".into(),
        Refusal::IssuedInFuture => "The token was issued in the future".into(),
        Refusal::Audience => "The audience is invalid".into(),
        Refusal::Issuer => "The issuer is invalid".into(),
        Refusal::Claim(name) => format!("The {name} claim is not valid"),
        Refusal::LifetimeTooLong => "The token lives too long".into(),
        Refusal::SubjectUnknown => "The subject may not do this".into(),
    }
}

/// Status and message of Flask-JWT-Extended 4.
pub(super) fn flask(refusal: &Refusal) -> (u16, String) {
    match refusal {
        Refusal::Expired => (401, "Token has expired".into()),
        Refusal::SubjectUnknown => (401, "Error loading the user".into()),
        other => (422, pyjwt(other)),
    }
}
