//! What came back for one question: an answer, or the stage at which there was none. No judgement.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::question::Question;
use crate::time::{Seconds, UnixTime};
use crate::variant::ClaimTimes;

/// One request and its outcome.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The position among the service's observations, from 1.
    pub number: usize,
    /// What was asked.
    pub question: Question,
    /// The times in the token that was sent.
    pub times: ClaimTimes,
    /// Just before the request was written.
    pub sent_at: UnixTime,
    /// When the head of the answer was there, or the failure was known.
    pub received_at: UnixTime,
    /// What came back.
    pub outcome: Outcome,
}

impl Observation {
    /// The answer, if there was one.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answer(answer) => Some(answer),
            Outcome::Failure(_) => None,
        }
    }

    /// The time between sending and the head of the answer.
    #[must_use]
    pub fn round_trip(&self) -> Seconds {
        self.received_at - self.sent_at
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// An HTTP response, at least its head.
    Answer(Answer),
    /// No response.
    Failure(Failure),
}

/// An HTTP response, free of tokens and keys: what the service echoed is scrubbed.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Every `WWW-Authenticate` field, in order (RFC 9110 section 11.6.1).
    pub challenges: Vec<String>,
    /// The `Location` field. Redirects are never followed.
    pub location: Option<String>,
    /// The media type without parameters, lower case.
    pub content_type: Option<String>,
    /// What the `Date` field says.
    pub date: DateField,
    /// The `Age` field in seconds, or zero where a cache says that it answered.
    pub age: Option<u64>,
    /// Every other field by lower-case name; cookies and repeats are left out. At most 64.
    pub fields: Vec<(String, String)>,
    /// What `Retry-After` asks for (RFC 9110 section 10.2.3), uncapped.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Body,
    /// The address that answered.
    pub remote: Option<SocketAddr>,
}

impl Answer {
    /// A field by its lower-case name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A response body, cut and scrubbed.
#[derive(Debug, Clone, Default)]
pub struct Body {
    /// The first 4 KiB as text, invalid bytes replaced, tokens and keys scrubbed.
    pub text: String,
    /// A digest of all that was read (64 KiB at most), with volatile parts normalised away.
    pub digest: u64,
    /// Whether the body went on after the limit, or broke off.
    pub truncated: bool,
    /// Whether the service echoed the token that was sent.
    pub echoed_token: bool,
}

/// The `Date` field (RFC 9110 section 6.6.1).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum DateField {
    /// There is none.
    #[default]
    Missing,
    /// One date, to the second.
    At(UnixTime),
    /// Several, or one that is no HTTP date: worthless as a clock.
    Broken,
}

/// Why there was no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How far the request came.
    pub stage: Stage,
    /// What went wrong, as a lower-case fact without secrets.
    pub detail: String,
}

/// How far a request came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The host name has no address.
    Name,
    /// No connection.
    Connect,
    /// The TLS handshake failed; no token was sent.
    Tls,
    /// No complete head of an answer within the limits.
    Timeout,
    /// The connection broke before an answer.
    Reset,
    /// What came back is not HTTP as we know it.
    Protocol,
}

impl Stage {
    /// The stage's name in the JSON report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Protocol => "protocol",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
