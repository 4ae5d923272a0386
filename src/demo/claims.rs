//! What a model verifier wants of claims and header members that are no times.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::question::Part;

/// What a verifier wants of `aud` (RFC 7519 section 4.1.3: a text or a list of texts).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// It is not looked at.
    Ignored,
    /// None may be there, because none is expected: `PyJWT` without `audience`.
    Unexpected,
    /// If it is there, it names one of these: the Rust crate `jsonwebtoken`.
    IfPresent(Vec<String>),
    /// It is there and names one of these.
    Required(Vec<String>),
}

impl Audience {
    pub(super) fn check(&self, audience: Option<&Value>) -> Result<(), Refusal> {
        let right = match (self, audience) {
            (Self::Ignored, _) | (Self::Unexpected | Self::IfPresent(_), None) => true,
            (Self::Unexpected, Some(_)) | (Self::Required(_), None) => false,
            (Self::IfPresent(wanted) | Self::Required(wanted), Some(audience)) => {
                names(audience).iter().any(|name| wanted.iter().any(|known| known == name))
            }
        };
        if right { Ok(()) } else { Err(Refusal::Audience) }
    }
}

/// The audiences in a claim; none where it has another type.
fn names(audience: &Value) -> Vec<&str> {
    match audience {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What a verifier wants of one claim or header member.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Where the member stands.
    pub part: Part,
    /// Its name.
    pub name: String,
    /// What it must be.
    pub wanted: Wanted,
}

/// What a member must be.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Present, with any value.
    Present,
    /// A text, if it is there: `PyJWT` asks this of `sub` and `jti`.
    TextIfPresent,
    /// Not there: a `crit` that names what nobody knows (RFC 7515 section 4.1.11).
    Absent,
    /// One of these values.
    OneOf(Vec<Value>),
}

impl Member {
    /// A claim with one of these values.
    #[must_use]
    pub fn claim(name: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| Value::from(*value)).collect();
        Self { part: Part::Payload, name: name.to_owned(), wanted: Wanted::OneOf(values) }
    }

    pub(super) fn check(&self, members: &Map<String, Value>) -> Result<(), Refusal> {
        let value = members.get(&self.name);
        let right = match &self.wanted {
            Wanted::Present => value.is_some(),
            Wanted::Absent => value.is_none(),
            Wanted::TextIfPresent => value.is_none_or(Value::is_string),
            Wanted::OneOf(values) => value.is_some_and(|value| values.contains(value)),
        };
        if right { Ok(()) } else { Err(Refusal::Claim(self.name.clone())) }
    }
}
