//! A rotation for machines, schema `authprobe.rotation/1`. Field by field, so that no change of a noun
//! can rename a field. Names and places only.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::pretty;
use crate::inventory::{InFile, KeyFile};
use crate::rotation as noun;
use crate::rotation::{RestartState, RotationState, Standing};

/// The version of the form; fields may be added to it, never renamed.
const SCHEMA: &str = "authprobe.rotation/1";

/// The rotation for machines, with a final newline.
#[must_use]
pub fn rotation(rotation: &noun::Rotation) -> String {
    pretty(&Rotation::of(rotation))
}

/// The JSON Schema (draft 2020-12) of a rotation for machines, with a final newline.
#[must_use]
pub fn rotation_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    pretty(&generator.into_root_schema_for::<Rotation>())
}

/// What a run of `rotate` planned or did. Paths are absolute.
#[derive(Serialize, JsonSchema)]
struct Rotation {
    /// The version of this form.
    #[schemars(schema_with = "form")]
    schema: &'static str,
    tool: Tool,
    environment: String,
    /// How far this run went.
    #[schemars(schema_with = "state")]
    state: &'static str,
    /// Every place where the key stands; empty where the run did not look at them.
    places: Vec<Place>,
    /// The files that were written, without links; for a plan, those that would be.
    written: Vec<String>,
    restarts: Vec<Restart>,
    /// Services for which the configuration names no key.
    unconfigured: Vec<String>,
    /// The file with the previous key, until the rotation is finished or rolled back.
    previous_key_file: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Place {
    service: String,
    file: String,
    /// The variable; `null` where the whole file is the key.
    variable: Option<String>,
    /// The loader whose reading counts; `null` where the whole file is the key.
    dialect: Option<&'static str>,
    /// How the loader is known, in words; `null` where the whole file is the key.
    dialect_reason: Option<String>,
    encoding: &'static str,
    source_of_truth: bool,
    if_exists: bool,
    /// How the place stood before: the key of the source of truth, another one, or none.
    #[schemars(schema_with = "standing")]
    standing: &'static str,
    /// Other environments whose key stands at the very same place.
    also_in: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Restart {
    service: String,
    command: Vec<String>,
    #[schemars(schema_with = "restart_state")]
    state: &'static str,
    /// Why it failed.
    reason: Option<String>,
}

impl Rotation {
    fn of(rotation: &noun::Rotation) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            environment: rotation.environment.clone(),
            state: rotation.state.code(),
            places: rotation.places.iter().map(Place::of).collect(),
            written: rotation.written.iter().map(|file| file.display().to_string()).collect(),
            restarts: rotation.restarts.iter().map(Restart::of).collect(),
            unconfigured: rotation.unconfigured.clone(),
            previous_key_file: rotation
                .previous_key_file
                .as_ref()
                .map(|file| file.display().to_string()),
        }
    }
}

impl Place {
    fn of((file, standing): &(KeyFile, Standing)) -> Self {
        let dialect = match &file.place {
            InFile::Variable { dialect, .. } => Some(*dialect),
            InFile::Whole => None,
        };
        Self {
            service: file.service.clone(),
            file: file.path.display().to_string(),
            variable: file.place.variable().map(str::to_owned),
            dialect,
            dialect_reason: file.loader_reason.as_ref().map(ToString::to_string),
            encoding: file.encoding,
            source_of_truth: file.source_of_truth,
            if_exists: file.if_exists,
            standing: standing.code(),
            also_in: file.also_in.clone(),
        }
    }
}

impl Restart {
    fn of((restart, state): &(crate::inventory::Restart, RestartState)) -> Self {
        let (state, reason) = match state {
            RestartState::Planned => ("planned", None),
            RestartState::Done => ("done", None),
            RestartState::Failed(why) => ("failed", Some(why.clone())),
        };
        Self { service: restart.service.clone(), command: restart.arguments.clone(), state, reason }
    }
}

fn one_of<const N: usize>(words: [&str; N]) -> Schema {
    json_schema!({ "type": "string", "enum": words.to_vec() })
}

fn form(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "const": SCHEMA })
}

fn state(_: &mut SchemaGenerator) -> Schema {
    one_of(RotationState::ALL.map(RotationState::code))
}

fn standing(_: &mut SchemaGenerator) -> Schema {
    one_of(Standing::ALL.map(Standing::code))
}

fn restart_state(_: &mut SchemaGenerator) -> Schema {
    one_of(["planned", "done", "failed"])
}
