//! A minted answer to a question: the token itself and the times that stand in it.

use crate::secret::Secret;

/// What goes on the wire in the token's place, with the times it carries.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The token or the garbage; `None` sends no credential.
    pub credential: Option<Secret>,
    /// The times that stand in the token.
    pub times: ClaimTimes,
}

/// The time claims of a minted token, in seconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ClaimTimes {
    /// `exp`, where it is a number of seconds.
    pub expires: Option<f64>,
    /// `nbf`.
    pub not_before: Option<f64>,
    /// `iat`.
    pub issued: Option<f64>,
}
