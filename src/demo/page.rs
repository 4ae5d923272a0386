//! An answer before it is sent: status, fields and a body that may hold a `{timestamp}` and a
//! `{request_id}`, which differ from answer to answer as they do in real services.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::SecondsFormat;
use serde_json::Value;

use crate::observation::{Answer, Body, DateField};
use crate::time::UnixTime;

/// An answer whose volatile parts are not yet filled in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Page {
    status: u16,
    challenge: Option<String>,
    location: Option<String>,
    content_type: Option<&'static str>,
    body: String,
    fields: Vec<(String, String)>,
}

impl Page {
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status,
            challenge: None,
            location: None,
            content_type: None,
            body: String::new(),
            fields: Vec::new(),
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::empty(status).body("application/json", body.to_string())
    }

    pub(super) fn plain(status: u16, body: &str) -> Self {
        Self::empty(status).body("text/plain", body.to_owned())
    }

    pub(super) fn html(status: u16, body: &str) -> Self {
        Self::empty(status).body("text/html", body.to_owned())
    }

    pub(super) fn challenge(self, challenge: &str) -> Self {
        Self { challenge: Some(challenge.to_owned()), ..self }
    }

    pub(super) fn location(self, location: &str) -> Self {
        Self { location: Some(location.to_owned()), ..self }
    }

    /// A further field, by its lower-case name.
    pub(super) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    fn body(self, content_type: &'static str, body: String) -> Self {
        Self { content_type: Some(content_type), body, ..self }
    }

    /// The finished answer to a request with this token at the true moment `now`. The digest is
    /// that of the body without its volatile parts.
    pub(super) fn answer(self, date: DateField, token: Option<&str>, now: UnixTime) -> Answer {
        let retry_after = self.fields.iter().find(|(name, _)| name == "retry-after");
        let retry_after = retry_after.and_then(|(_, value)| value.parse().ok());
        Answer {
            status: self.status,
            challenges: self.challenge.into_iter().collect(),
            location: self.location,
            content_type: self.content_type.map(str::to_owned),
            date,
            retry_after: retry_after.map(std::time::Duration::from_secs),
            body: Body {
                digest: hash(&self.body),
                text: fill(&self.body, token, now),
                truncated: false,
                echoed_token: false,
            },
            fields: self.fields,
            ..Answer::default()
        }
    }
}

fn fill(body: &str, token: Option<&str>, now: UnixTime) -> String {
    let timestamp = now.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true);
    body.replace("{timestamp}", &timestamp).replace("{request_id}", &request_id(token, now))
}

/// In the form of a UUID; another for each request.
fn request_id(token: Option<&str>, now: UnixTime) -> String {
    let (high, low) = (hash(&(token, now.0.to_bits())), hash(&(now.0.to_bits(), token)));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0xfff,
        low & 0xffff_ffff_ffff
    )
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
