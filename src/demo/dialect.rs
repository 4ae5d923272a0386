//! How a model verifier answers: its judgement of one token in, a whole HTTP answer out, in the
//! manner of a real framework. Never reads a clock, never does I/O.

use serde_json::{Value, json};

use super::page::Page;
use super::refusal::Refusal;
use super::verifier::{Claims, Verifier};
use super::wording;
use crate::observation::{Answer, DateField};
use crate::time::{Seconds, UnixTime};

/// How a service answers, and which clock its `Date` shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dialect {
    /// Statuses, fields and bodies.
    pub style: Style,
    /// The `Date` field.
    pub date: DateStamp,
}

/// The `Date` field of an answer (RFC 9110 section 6.6.1); always whole seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DateStamp {
    /// The verifier's own clock.
    Own,
    /// The verifier's own clock as it was a while ago, as servers write it that keep a date for
    /// reuse.
    Late(Seconds),
    /// The clock of a proxy in front, off by so much.
    Proxy(Seconds),
    /// No `Date`.
    Missing,
}

/// The manner of answering of one framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// `FastAPI`: 401 with one text whatever the reason.
    OneText401,
    /// `FastAPI` before 0.115 with `HTTPBearer`: a missing header is 403, the rest as above.
    OneText401Missing403,
    /// 401 with the message of `PyJWT`.
    Telling401,
    /// 401 with a challenge that tells error and description (RFC 6750 section 3).
    Rfc6750,
    /// Spring Security: 403 without a challenge, with a timestamp in the body.
    Forbidden403,
    /// Flask-JWT-Extended: 422, but 401 for a missing or expired token.
    Unprocessable422,
    /// 400 with a request id in the body.
    BadRequest400,
    /// Nobody catches the library's exception: a bad token is a 500.
    ServerError500,
    /// 200 with an error and a request id in the body.
    OkWithError200,
    /// 200 and no user, as session endpoints answer.
    OkNullUser200,
    /// 302 to a login page.
    RedirectToLogin302,
    /// Express or Next.js: 401 with one text, another for a missing token.
    NodeJson,
    /// Express or Next.js: 401 with the message of npm's `jsonwebtoken`.
    TellingNode401,
    /// Dropwizard: 401 with one and the same plain text for everything.
    DropwizardPlain,
}

impl Style {
    /// Every style.
    pub const ALL: [Self; 14] = [
        Self::OneText401,
        Self::OneText401Missing403,
        Self::Telling401,
        Self::Rfc6750,
        Self::Forbidden403,
        Self::Unprocessable422,
        Self::BadRequest400,
        Self::ServerError500,
        Self::OkWithError200,
        Self::OkNullUser200,
        Self::RedirectToLogin302,
        Self::NodeJson,
        Self::TellingNode401,
        Self::DropwizardPlain,
    ];

    /// Whether the answer to a refused token tells why it was refused.
    #[must_use]
    pub fn tells_reasons(self) -> bool {
        matches!(
            self,
            Self::Telling401 | Self::Rfc6750 | Self::Unprocessable422 | Self::TellingNode401
        )
    }

    /// The answer to a token that is taken.
    pub(super) fn accepted(self, claims: &Claims) -> Page {
        let name = claims.get("sub").and_then(Value::as_str).unwrap_or("unknown");
        let user = json!({ "id": name, "type": claims.get("type") });
        match self {
            Self::OneText401 | Self::OneText401Missing403 | Self::Telling401 => {
                Page::json(200, &json!({ "username": name, "is_active": true, "role": "service" }))
            }
            Self::OkWithError200 => Page::json(
                200,
                &json!({ "success": true, "data": user, "request_id": "{request_id}" }),
            ),
            Self::NodeJson | Self::TellingNode401 => {
                Page::json(200, &json!({ "valid": true, "user": user }))
            }
            Self::RedirectToLogin302 => {
                Page::html(200, &format!("<h1>Dashboard</h1><p>Welcome, {}.</p>", escaped(name)))
            }
            _ => Page::json(200, &json!({ "user": user })),
        }
    }

    /// The answer to a request without a token.
    pub(super) fn missing(self) -> Page {
        match self {
            Self::OneText401 | Self::Telling401 => {
                Page::json(401, &json!({ "detail": "Not authenticated" })).challenge("Bearer")
            }
            Self::OneText401Missing403 => {
                Page::json(403, &json!({ "detail": "Not authenticated" }))
            }
            Self::Rfc6750 => Page::empty(401).challenge("Bearer realm=\"api\""),
            Self::Unprocessable422 => {
                Page::json(401, &json!({ "msg": "Missing Authorization Header" }))
            }
            Self::ServerError500 => Page::json(401, &json!({ "message": "Unauthorized" })),
            Self::NodeJson | Self::TellingNode401 => {
                Page::json(401, &json!({ "error": "No token provided" }))
            }
            Self::Forbidden403
            | Self::BadRequest400
            | Self::OkWithError200
            | Self::OkNullUser200
            | Self::RedirectToLogin302
            | Self::DropwizardPlain => self.refused(&Refusal::Missing),
        }
    }

    /// The answer to a token that is refused.
    pub(super) fn refused(self, refusal: &Refusal) -> Page {
        match self {
            Self::OneText401 | Self::OneText401Missing403 => {
                Page::json(401, &json!({ "detail": "Could not validate credentials" }))
                    .challenge("Bearer")
            }
            Self::Telling401 => {
                Page::json(401, &json!({ "detail": wording::pyjwt(refusal) })).challenge("Bearer")
            }
            Self::Rfc6750 => oauth(refusal),
            Self::Forbidden403 => Page::json(
                403,
                &json!({ "timestamp": "{timestamp}", "status": 403, "error": "Forbidden" }),
            ),
            Self::Unprocessable422 => {
                let (status, message) = wording::flask(refusal);
                Page::json(status, &json!({ "msg": message }))
            }
            Self::BadRequest400 => Page::json(
                400,
                &json!({ "error": "invalid_request", "request_id": "{request_id}" }),
            ),
            Self::ServerError500 => Page::plain(500, "Internal Server Error"),
            Self::OkWithError200 => Page::json(
                200,
                &json!({ "success": false, "error": "Invalid or expired token", "request_id": "{request_id}" }),
            ),
            Self::OkNullUser200 => Page::json(200, &json!({ "user": null })),
            Self::RedirectToLogin302 => Page::empty(302).location("/login"),
            Self::NodeJson => Page::json(401, &json!({ "error": "Invalid token" })),
            Self::TellingNode401 => Page::json(401, &json!({ "error": wording::node(refusal) })),
            Self::DropwizardPlain => {
                Page::plain(401, "Credentials are required to access this resource.")
                    .challenge("Bearer realm=\"realm\"")
            }
        }
    }
}

/// RFC 6750 section 3.1: an unknown subject lacks a right, all else is a bad token.
fn oauth(refusal: &Refusal) -> Page {
    let (status, error) = match refusal {
        Refusal::SubjectUnknown => (403, "insufficient_scope"),
        _ => (401, "invalid_token"),
    };
    let description = wording::oauth(refusal).replace('"', "'");
    Page::empty(status).challenge(&format!(
        "Bearer realm=\"api\", error=\"{error}\", error_description=\"{description}\""
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

impl Dialect {
    /// The moment in the `Date` field of an answer that is sent at the true moment `now`.
    #[must_use]
    pub fn date(self, verifier: &Verifier, now: UnixTime) -> DateField {
        let shown = match self.date {
            DateStamp::Own => verifier.clock(now),
            DateStamp::Late(span) => verifier.clock(now) + -span,
            DateStamp::Proxy(skew) => now + skew,
            DateStamp::Missing => return DateField::Missing,
        };
        DateField::At(UnixTime(shown.0.floor()))
    }
}

impl From<Style> for Dialect {
    /// The style with a `Date` from the verifier's own clock.
    fn from(style: Style) -> Self {
        Self { style, date: DateStamp::Own }
    }
}

/// The answer of a service with this verifier and this dialect to a request with this token, or
/// without one, at the true moment `now`.
#[must_use]
pub fn respond(
    verifier: &Verifier,
    dialect: Dialect,
    token: Option<&str>,
    now: UnixTime,
) -> Answer {
    let page = match token.map(|token| verifier.verify(token, now)) {
        None => dialect.style.missing(),
        Some(Ok(claims)) => dialect.style.accepted(&claims),
        Some(Err(refusal)) => dialect.style.refused(&refusal),
    };
    page.answer(dialect.date(verifier, now), token, now)
}
