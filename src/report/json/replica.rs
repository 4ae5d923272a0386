//! One address of a service's name: what it answered by itself, and how that is drawn.

use schemars::JsonSchema;
use serde::Serialize;

use super::number::seconds;
use super::vocabulary;
use crate::diagnosis::KeyMatch;
use crate::replica;

#[derive(Serialize, JsonSchema)]
pub(super) struct Replica {
    /// The address and the port.
    address: String,
    /// Whether the token that the service takes elsewhere is taken here; null if there was no clear
    /// answer.
    taken: Option<bool>,
    /// The key that it verifies with, by name; null if that was not told, or is none of those known.
    #[schemars(schema_with = "vocabulary::key_match")]
    key: Option<String>,
    /// Its clock minus ours by its `Date` fields, true to about a second.
    date_skew_s: Option<f64>,
    /// Why it gave no answer at all.
    failure: Option<String>,
}

impl Replica {
    pub(super) fn of(replica: &replica::Replica) -> Self {
        let failure = replica.failure.as_ref();
        Self {
            address: replica.address.to_string(),
            taken: replica.taken,
            key: replica.key.clone().map(|name| KeyMatch::Known(name).code()),
            date_skew_s: replica.date_skew.and_then(seconds),
            failure: failure.map(|failure| format!("{}: {}", failure.stage, failure.detail)),
        }
    }
}
