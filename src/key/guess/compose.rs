//! A compose file in, whether compose reads the env file for it out: under `env_file`, or as the
//! `.env` beside it, whose variables it puts in. Never interpolates anything, keeps no value.

use serde_json::Value;

use super::speaker::{Said, Speaker};
use super::strength::Strength;

const NAMES_IT: &str = "names it under env_file";
const NAMES_IT_RAW: &str = "names it under env_file, as raw";
const PUTS_IN: &str = "puts in what stands there";

/// What a compose file says of env files.
#[derive(Debug, Default)]
pub(super) struct Composition {
    env_files: Vec<EnvFile>,
    /// The variables that the environment of a container takes its values from.
    variables: Vec<String>,
}

#[derive(Debug)]
struct EnvFile {
    path: String,
    raw: bool,
}

/// What a compose file says of one env file.
pub(super) fn read(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let composition = speaker.site.memory.composition(&speaker.path(), || Composition::of(text));
    let named = composition.env_files.iter().filter(|one| speaker.names_from_here(&one.path));
    // What compose reads raw it reads as docker run does.
    let said = |one: &EnvFile| {
        let (dialect, says) =
            if one.raw { ("docker", NAMES_IT_RAW) } else { ("compose", NAMES_IT) };
        (Strength::Compose, dialect, says)
    };
    let mut all: Vec<Said> = named.map(said).collect();
    let puts_in = composition.variables.iter().any(|name| name == speaker.site.variable);
    if puts_in && speaker.names_from_here(".env") {
        all.push((Strength::Compose, "compose", PUTS_IN));
    }
    all
}

impl Composition {
    /// Of what is no compose file, nothing.
    fn of(text: &str) -> Self {
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! { max_nodes: 20_000, max_depth: 40, max_documents: 1 },
            with_snippet: false,
        };
        let file = serde_saphyr::from_str_with_options::<Value>(text, options).unwrap_or_default();
        let mut composition = Self::default();
        for service in file["services"].as_object().into_iter().flat_map(|all| all.values()) {
            let given = &service["env_file"];
            let several = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
            composition.env_files.extend(several.iter().filter_map(env_file));
            composition.variables.extend(variables(&service["environment"]));
        }
        composition
    }
}

/// A path, or one with more said of it.
fn env_file(given: &Value) -> Option<EnvFile> {
    let path = given.as_str().or_else(|| given["path"].as_str())?.to_owned();
    Some(EnvFile { path, raw: given["format"].as_str() == Some("raw") })
}

/// The variables that an environment takes values from: `NAME: ${VARIABLE}`, or the bare name.
fn variables(environment: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in environment.as_object().into_iter().flatten() {
        match value.as_str() {
            Some(text) => found.extend(references(text)),
            None if value.is_null() => found.push(name.clone()),
            None => {}
        }
    }
    for text in environment.as_array().into_iter().flatten().filter_map(Value::as_str) {
        match text.split_once('=') {
            Some((_, value)) => found.extend(references(value)),
            None => found.push(text.to_owned()),
        }
    }
    found
}

/// The names after `$` and `${`.
fn references(text: &str) -> impl Iterator<Item = String> {
    let in_name = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    text.split('$').skip(1).map(move |rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        rest.chars().take_while(in_name).collect()
    })
}
