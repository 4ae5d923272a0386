//! How a service's env file is read, and how it is drawn. Names and places only.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::loader;
use crate::loader::{OtherReading, Reason};

/// The loader that counts for a service's env file.
#[derive(Serialize, JsonSchema)]
pub(super) struct Loader {
    /// The env file as the configuration names it.
    file: String,
    /// The loader whose reading counts, as under `dialect` in probes.yaml.
    dialect: &'static str,
    /// Whether the configuration names it, a file beside the env file tells it, several do with equal
    /// right, or none.
    #[schemars(schema_with = "known")]
    known: &'static str,
    /// The same in words.
    reason: String,
    /// Other loaders that the files around it speak of, likeliest first.
    others: Vec<Other>,
}

#[derive(Serialize, JsonSchema)]
struct Other {
    dialect: &'static str,
    /// The file that speaks of it.
    from: String,
    /// What it makes of the variable that holds the key, beside what counts.
    #[schemars(schema_with = "reads")]
    reads: &'static str,
}

impl Loader {
    pub(super) fn of(loader: &loader::Loader) -> Self {
        let others = loader.others.iter().map(|other| Other {
            dialect: other.clue.dialect,
            from: other.clue.file.clone(),
            reads: other.reads.code(),
        });
        Self {
            file: loader.file.clone(),
            dialect: loader.dialect,
            known: loader.reason.code(),
            reason: loader.reason.to_string(),
            others: others.collect(),
        }
    }
}

fn known(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Reason::CODES })
}

fn reads(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": OtherReading::CODES })
}
