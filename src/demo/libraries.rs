//! Model verifiers that judge as real libraries do with their defaults: a key in, a verifier out.
//! What each row says was measured against the library or read in its source.

use super::claims::{Audience, Member, Wanted};
use super::times::{DateReading, Expiry, Resolution, TimeRule};
use super::verifier::Verifier;
use crate::question::Part;
use crate::secret::Secret;
use crate::time::Seconds;

/// Checked where it is present, without leeway.
const CHECKED: TimeRule = TimeRule::IfPresent { leeway: Seconds(0.0) };

impl Verifier {
    /// `PyJWT` 2.15: `jwt.decode(token, key, algorithms=["HS256"])`. It refuses an `iat` in the
    /// future, a number in `sub` or `jti`, a critical extension, and an `aud` that nobody expects.
    #[must_use]
    pub fn pyjwt(key: Secret) -> Self {
        Self {
            resolution: Resolution::Fractional,
            dates: DateReading::Truncated,
            exp: CHECKED,
            audience: Audience::Unexpected,
            members: vec![text_if_present("sub"), text_if_present("jti"), no_critical_extension()],
            ..Self::new(key)
        }
    }

    /// npm's `jsonwebtoken` 9: `jwt.verify(token, key, { algorithms: ["HS256"] })`. It looks at
    /// neither `iat` nor `aud`.
    #[must_use]
    pub fn npm_jsonwebtoken(key: Secret) -> Self {
        Self { exp: CHECKED, iat: TimeRule::Ignored, ..Self::new(key) }
    }

    /// The Rust crate `jsonwebtoken`: `Validation::new(Algorithm::HS256)`. It requires `exp`,
    /// forgives a minute and a second of it, looks at neither `nbf` nor `iat`, and refuses an
    /// `aud` that nobody expects.
    #[must_use]
    pub fn rust_jsonwebtoken(key: Secret) -> Self {
        Self {
            dates: DateReading::Rounded,
            expiry: Expiry::Inclusive,
            exp: TimeRule::Required { leeway: Seconds(60.0) },
            nbf: TimeRule::Ignored,
            iat: TimeRule::Ignored,
            audience: Audience::Unexpected,
            ..Self::new(key)
        }
    }
}

fn no_critical_extension() -> Member {
    Member { part: Part::Header, name: "crit".into(), wanted: Wanted::Absent }
}

fn text_if_present(name: &str) -> Member {
    Member { part: Part::Payload, name: name.to_owned(), wanted: Wanted::TextIfPresent }
}
