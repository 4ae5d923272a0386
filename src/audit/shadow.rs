//! The variables of this process and the key files in, findings about a variable that hides what a
//! file says out. Only for loaders that leave a variable as it is. Never shows a value.

use super::view::{AuditView, Held, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;
use crate::secret::Secret;

/// The loaders that do not override a variable of the process, by their names in `key::dotenv`.
const LEAVES_IT: &[&str] = &[
    "python-dotenv",
    "python-dotenv-raw",
    "dotenv",
    "dotenv-17",
    "dotenv-16",
    "dotenv-14",
    "dotenv-8",
    "next",
    "node-env-file",
    "deno",
    "phpdotenv",
    "symfony",
    "django-environ",
    "decouple",
    "starlette",
    "ruby-dotenv",
    "godotenv",
    "dotenvy",
    "rust-dotenv",
];

/// Of these it was measured that an empty variable hides the file too.
const LEAVES_IT_EMPTY: &[&str] = &["python-dotenv", "dotenv", "node-env-file"];

/// Variables that are exported here and hold what no key file says, one finding a variable.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut seen = Vec::new();
    for environment in &view.environments {
        for key in &environment.keys {
            let Some(variable) = key.file.place.variable().filter(|_| is_hidden(view, key)) else {
                continue;
            };
            if seen.contains(&variable) || is_somewhere(view, variable) {
                continue;
            }
            seen.push(variable);
            let state = if is_empty(view, variable) { "empty" } else { "set to another value" };
            let summary = format!(
                "{variable} is exported in this shell, {state}: what is started from it does not read \
                 {}",
                key.file.name
            );
            let fix = format!("Run unset {variable} before you start a service from this shell.");
            let known = view.finding(AuditCode::KeyShadowed, Status::Warn, environment, key);
            let (environments, service) = (Vec::new(), None);
            found.push(Finding { environments, service, summary, fix, ..known });
        }
    }
    found
}

fn is_hidden(view: &AuditView<'_>, key: &KeyView<'_>) -> bool {
    let (Some(variable), Some(dialect)) = (key.file.place.variable(), key.dialect()) else {
        return false;
    };
    let leaves_it = if is_empty(view, variable) { LEAVES_IT_EMPTY } else { LEAVES_IT };
    let is_exported = view.around.variables.contains_key(variable);
    is_exported && matches!(key.held, Held::Key(_)) && leaves_it.contains(&dialect.name)
}

fn is_empty(view: &AuditView<'_>, variable: &str) -> bool {
    view.around.variables.get(variable).is_some_and(String::is_empty)
}

/// A shell that was set up for one environment holds that one's key, and that is fine.
fn is_somewhere(view: &AuditView<'_>, variable: &str) -> bool {
    let exported = view.around.variables.get(variable);
    let exported = exported.map(|value| Secret::new(value.as_bytes()));
    let mut keys = view.environments.iter().flat_map(|environment| &environment.keys);
    keys.any(|key| {
        key.file.place.variable() == Some(variable)
            && key.as_written().as_ref() == exported.as_ref()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::dotenv::Dialect;

    #[test]
    fn every_loader_of_the_tables_is_a_dialect() {
        for name in LEAVES_IT.iter().chain(LEAVES_IT_EMPTY) {
            assert!(Dialect::named(name).is_some(), "{name}");
        }
    }
}
