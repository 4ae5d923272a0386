//! What stands between a request and a model verifier: nothing, or a fault that no verifier has.
//! A token or none in, a whole HTTP answer out.

use serde_json::json;

use super::dialect::{Dialect, respond};
use super::page::Page;
use super::verifier::{Claims, Verifier};
use crate::observation::Answer;
use crate::time::UnixTime;

/// What a request meets before the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Front {
    /// The verifier itself.
    Direct,
    /// Nothing is verified: everyone gets in.
    Open,
    /// A proxy that drops the token: the verifier never sees one.
    Stripping,
    /// No such route, whatever the token.
    NotFound,
    /// Another place, whatever the token.
    Elsewhere,
    /// A proxy that asks for a password before anything else.
    OtherScheme,
    /// A failure, whatever the token.
    Failing,
    /// A rate limit that is always exceeded.
    Throttled,
}

impl Front {
    /// The answer of a service with this front to a request with this token, or without one, at
    /// the true moment `now`.
    #[must_use]
    pub fn respond(
        self,
        verifier: &Verifier,
        dialect: Dialect,
        token: Option<&str>,
        now: UnixTime,
    ) -> Answer {
        let page = match self {
            Self::Direct => return respond(verifier, dialect, token, now),
            Self::Stripping => return respond(verifier, dialect, None, now),
            Self::Open => dialect.style.accepted(&anyone()),
            Self::NotFound => Page::json(404, &json!({ "detail": "Not Found" })),
            Self::Elsewhere => Page::empty(308).location("/maintenance"),
            Self::OtherScheme => Page::plain(401, "Unauthorized").challenge("Basic realm=\"ops\""),
            Self::Failing => Page::plain(500, "Internal Server Error"),
            Self::Throttled => {
                Page::json(429, &json!({ "error": "Too Many Requests" })).field("retry-after", "1")
            }
        };
        page.answer(dialect.date(verifier, now), token, now)
    }
}

fn anyone() -> Claims {
    Claims::from_iter([("sub".to_owned(), "anonymous".into())])
}
