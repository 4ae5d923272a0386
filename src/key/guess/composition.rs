//! The text of a compose file in, what it says of env files and variables out. Never interpolates
//! anything, keeps no value.

use serde_json::Value;

/// What a compose file says of env files.
#[derive(Debug, Default)]
pub(super) struct Composition {
    pub(super) env_files: Vec<EnvFile>,
    /// The variables that the environment of a container takes its values from.
    pub(super) variables: Vec<String>,
}

/// An env file of a service.
#[derive(Debug)]
pub(super) struct EnvFile {
    pub(super) path: String,
    /// Whether it is read as docker run reads, without quotes, comments and variables.
    pub(super) raw: bool,
}

impl Composition {
    /// Of what is no compose file, nothing.
    pub(super) fn of(text: &str) -> Self {
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
