//! A compose file in, whether compose reads the env file for it out: under `env_file`, or as the
//! `.env` beside it, whose variables it puts in. Never interpolates anything.

use serde_json::Value;

use super::speaker::{Said, Speaker};
use super::strength::Strength;

const NAMES_IT: &str = "names it under env_file";
const NAMES_IT_RAW: &str = "names it under env_file, as raw";
const PUTS_IN: &str = "puts in what stands there";

/// What a compose file says.
pub(super) fn read(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_nodes: 20_000, max_depth: 40, max_documents: 1 },
        with_snippet: false,
    };
    let Ok(file) = serde_saphyr::from_str_with_options::<Value>(text, options) else {
        return Vec::new();
    };
    let services = file["services"].as_object();
    services
        .into_iter()
        .flat_map(|all| all.values())
        .flat_map(|one| service(speaker, one))
        .collect()
}

fn service(speaker: &Speaker<'_>, service: &Value) -> Vec<Said> {
    let given = &service["env_file"];
    let several = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
    let named = several.iter().filter_map(|one| env_file(speaker, one));
    let mut said: Vec<Said> = named.collect();
    if speaker.names_from_here(".env") && puts_in(&service["environment"], speaker.site.variable) {
        said.push((Strength::Compose, "compose", PUTS_IN));
    }
    said
}

/// A path, or one with more said of it. What compose reads raw it reads as docker run does.
fn env_file(speaker: &Speaker<'_>, given: &Value) -> Option<Said> {
    let path = given.as_str().or_else(|| given["path"].as_str())?;
    let raw = given["format"].as_str() == Some("raw");
    let said = if raw { ("docker", NAMES_IT_RAW) } else { ("compose", NAMES_IT) };
    speaker.names_from_here(path).then_some((Strength::Compose, said.0, said.1))
}

/// Whether the environment of a container takes its value from the variable: `NAME: ${VARIABLE}`, or
/// the bare name.
fn puts_in(environment: &Value, variable: &str) -> bool {
    let of_mapping = environment.as_object().into_iter().flatten();
    let of_list = environment.as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut mapped = of_mapping.map(|(name, value)| match value.as_str() {
        Some(text) => refers(text, variable),
        None => value.is_null() && name == variable,
    });
    let mut listed = of_list.map(|text| match text.split_once('=') {
        Some((_, value)) => refers(value, variable),
        None => text == variable,
    });
    mapped.any(|found| found) || listed.any(|found| found)
}

/// Whether `$NAME` or `${NAME…}` stands in a text.
fn refers(text: &str, variable: &str) -> bool {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split('$').skip(1).any(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        rest.strip_prefix(variable).is_some_and(|end| !end.starts_with(in_name))
    })
}
