//! The controls and the tokens derived from them: what is asked, in one place.

use std::net::SocketAddr;

use crate::plan::{Algorithm, KeyName, Policy, TokenSpec};
use crate::question::{Connection, Credential, Forgery, Moment, Question, TokenShape};

/// A timely token is valid for so many seconds at least, so that no slow answer is taken for a clock.
const LEAST_MARGIN: u64 = 5;

/// A token that starts so shortly before its end is judged by its start.
pub(super) const REST: i64 = 5;

/// Rounds from here on are controls in mid-run: a change in them is news, not a service whose bodies
/// vary.
pub(super) const CONTROL_ROUND: u16 = 100;

/// No credentials: must be refused.
pub(super) fn absent() -> Question {
    Question::once(Credential::Absent)
}

/// Garbage in the token's place: must be refused.
pub(super) fn garbage() -> Question {
    Question::once(Credential::Garbage)
}

/// The most acceptable token under a random key: must be refused.
pub(super) fn random_key(spec: &TokenSpec) -> Question {
    Question::token(random(spec))
}

/// The shape of that token.
pub(super) fn random(spec: &TokenSpec) -> TokenShape {
    TokenShape { key: KeyName::Random, ..most_acceptable(spec) }
}

/// The token hardest to refuse.
pub(super) fn most_acceptable(spec: &TokenSpec) -> TokenShape {
    TokenShape::most_acceptable(spec.algorithm)
}

/// The token as configured, as the services would issue it.
pub(super) fn baseline(spec: &TokenSpec) -> TokenShape {
    TokenShape::baseline(spec.algorithm)
}

/// The same token over a new connection to one address of the service's name.
pub(super) fn at(address: SocketAddr, shape: TokenShape) -> Question {
    Question { connection: Connection::To(address), ..Question::token(shape) }
}

/// The same token, valid for a few seconds around now: a verifier takes it whose clock is within
/// the policy, and refuses it if its clock is off by more than its leeway and those seconds.
pub(super) fn timely(base: &TokenShape, policy: &Policy) -> TokenShape {
    let allowed = policy.max_clock_skew.as_secs().max(LEAST_MARGIN).try_into().unwrap_or(0_i64);
    let margin = allowed + 1;
    TokenShape {
        not_before: Moment::FromNow(-margin),
        // A second more, for the one that has begun and for the way there.
        expires: Moment::FromNow(margin + 1),
        ..base.clone()
    }
}

/// The same token, damaged.
pub(super) fn forged(base: &TokenShape, forgery: Forgery) -> Question {
    Question::token(TokenShape { forgery: Some(forgery), ..base.clone() })
}

/// The same token without a signature, in both ways.
pub(super) fn unsigned(base: &TokenShape) -> Vec<Question> {
    [Forgery::AlgNone, Forgery::SignatureRemoved].map(|forgery| forged(base, forgery)).into()
}

/// The same token under another key.
pub(super) fn keyed(base: &TokenShape, key: KeyName) -> Question {
    Question::token(TokenShape { key, ..base.clone() })
}

/// The same token under another algorithm.
pub(super) fn signed(base: &TokenShape, algorithm: Algorithm) -> Question {
    Question::token(TokenShape { algorithm, ..base.clone() })
}

/// The same token with an `exp` so many seconds from now.
pub(super) fn expiring(base: &TokenShape, offset: i64) -> Question {
    Question::token(TokenShape { expires: Moment::FromNow(offset), ..base.clone() })
}

/// The same token without `exp`.
pub(super) fn without_expiry(base: &TokenShape) -> Question {
    Question::token(TokenShape { expires: Moment::Absent, ..base.clone() })
}

/// The same token with an `nbf` so many seconds from now, and a normal life after it.
pub(super) fn starting(base: &TokenShape, spec: &TokenSpec, offset: i64) -> Question {
    let shape = TokenShape { not_before: Moment::FromNow(offset), ..base.clone() };
    Question::token(outliving(shape, spec, offset))
}

/// The same token with an `iat` so many seconds from now, and a normal life after it.
pub(super) fn issued(base: &TokenShape, spec: &TokenSpec, offset: i64) -> Question {
    let shape = TokenShape { issued: Moment::FromNow(offset), ..base.clone() };
    Question::token(outliving(shape, spec, offset))
}

/// Moves `exp` so that the token lives on after `offset`: a question about the start of a life
/// must not be answered by its end.
fn outliving(shape: TokenShape, spec: &TokenSpec, offset: i64) -> TokenShape {
    let lifetime = spec.lifetime.as_secs().try_into().unwrap_or(i64::MAX);
    let usual = match shape.expires {
        Moment::FromNow(end) | Moment::Written(end, _) => end,
        Moment::Configured | Moment::Absent => lifetime,
    };
    if usual >= offset.saturating_add(REST) || shape.expires == Moment::Absent {
        return shape;
    }
    TokenShape { expires: Moment::FromNow(offset.saturating_add(lifetime)), ..shape }
}
