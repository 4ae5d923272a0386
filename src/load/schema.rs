//! The records of `raw` in, the JSON Schema of probes.yaml out. Each field's words are its doc comment.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::decode::Named;
use super::raw::Configuration;
use super::tree::Placed;

/// The JSON Schema (draft 2020-12) of probes.yaml.
#[must_use]
pub fn schema() -> String {
    format!("{:#}", schemars::schema_for!(Configuration).as_value())
}

/// A place adds nothing to the schema of what stands there.
impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        BTreeMap::<String, T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }
}
