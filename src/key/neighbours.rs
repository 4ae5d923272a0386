//! An env file in, the values of its other variables that could be a key out: a service may read
//! the wrong one of them. Never the variable that should hold the key.

use super::source::{Origin, Source};
use crate::secret::Secret;

/// A shorter value is a setting, not a key.
const SHORTEST: usize = 8;
/// So many are worth a request each.
const MOST: usize = 8;
/// Parts of the names of variables that hold secrets.
const TELLING: [&str; 8] = ["JWT", "SECRET", "TOKEN", "KEY", "SIGN", "AUTH", "SALT", "PASS"];

/// The other variables of the file that `source` reads, those that are named like a secret first.
#[must_use]
pub fn neighbours(source: &Source, file: &Secret) -> Vec<(String, Secret)> {
    let Origin::Dotenv { variable, dialect, .. } = &source.origin else { return Vec::new() };
    let mut found: Vec<(String, Secret)> = Vec::new();
    for (name, value) in dialect.bindings(file.expose()).unwrap_or_default() {
        found.retain(|(known, _)| *known != name);
        let value = value.filter(could_be_key).and_then(|text| source.encoding.decode(text).ok());
        let is_other = name != *variable && is_name(&name);
        found.extend(value.filter(|_| is_other).map(|value| (name, value)));
    }
    found.sort_by_key(|(name, _)| !is_telling(name));
    found.truncate(MOST);
    found
}

/// Whether it is the name of a variable, and no piece of a key that runs over several lines.
fn is_name(text: &str) -> bool {
    let has = |test: fn(&char) -> bool| text.chars().any(|c| test(&c));
    let mixed = has(char::is_ascii_digit) && has(char::is_ascii_lowercase);
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    plain
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && !(mixed && has(char::is_ascii_uppercase))
}

fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    TELLING.iter().any(|part| name.contains(part))
}

/// Whether a value may be a key: neither short, nor an address, a path, a number or a word.
fn could_be_key(value: &Secret) -> bool {
    let Ok(text) = std::str::from_utf8(value.expose()) else { return true };
    let is_address = text.contains("://") || text.contains('@') && text.contains('.');
    let is_path = text.starts_with(['/', '.', '~']);
    let is_number = text.chars().all(|c| c.is_ascii_digit() || ".,:-_ ".contains(c));
    let is_word = text.len() < 16 && text.chars().all(|c| c.is_ascii_lowercase());
    text.len() >= SHORTEST && !is_address && !is_path && !is_number && !is_word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Encoding;
    use crate::key::dotenv::DIALECTS;

    const NONE: [&str; 0] = [];

    fn names(file: &str) -> Vec<String> {
        let origin = Origin::Dotenv {
            file: ".env".to_owned(),
            variable: "JWT_SECRET".to_owned(),
            dialect: &DIALECTS[0],
        };
        let source = Source { origin, encoding: Encoding::Raw };
        neighbours(&source, &Secret::new(file)).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn only_values_that_could_be_a_key_are_listed_and_secrets_first() {
        let file = "JWT_SECRET=0123456789abcdef\nMODE=development\nDEBUG=true\nPORT=8000\n\
            DATABASE=postgres://u:p@db/x\nDSN=someone@example.org\nSINCE=2026-11-23 10:00\n\
            LOGS=/var/log/service\nREGION=eu-central-1\nSECRET_KEY=\"another value\"\nSHORT_KEY=abc\n";
        assert_eq!(names(file), ["SECRET_KEY", "REGION"]);
    }

    #[test]
    fn pieces_of_a_key_of_several_lines_are_not_taken_for_names() {
        assert_eq!(names("JWT_SECRET=x\naB3dE5=fGhIjKlMnOp\nab/cd=0123456789abc\n"), NONE);
    }

    #[test]
    fn the_last_value_of_a_variable_counts() {
        assert_eq!(names("API_KEY=0123456789abcdef\nAPI_KEY=short\n"), NONE);
        assert_eq!(names("API_KEY=short\nAPI_KEY=0123456789abcdef\n"), ["API_KEY"]);
    }
}
