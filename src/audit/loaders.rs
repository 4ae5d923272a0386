//! Env files from which two likely loaders read different keys. The key files and what the
//! files around them say in, findings out: loaders and lines, never what they read.

use super::view::{AuditView, EnvironmentView, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;
use crate::key::dotenv::{Dialect, Writing};
use crate::key::guess;

/// A likely loader, and the file that speaks of it.
struct Beside {
    dialect: &'static Dialect,
    file: String,
}

/// One finding for each key that hangs on who reads it.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for environment in &view.environments {
        for key in &environment.keys {
            found.extend(finding(view, environment, key));
        }
    }
    found
}

fn finding(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
) -> Option<Finding> {
    let (own, variable) = (key.dialect()?, key.file.place.variable()?);
    let value = key.read_as(own).ok()??;
    let likely = beside(view, key, own);
    let reads_otherwise = |loader: &&Beside| {
        key.read_as(loader.dialect).is_ok_and(|read| read.as_ref() != Some(&value))
    };
    let others: Vec<String> = likely
        .iter()
        .filter(reads_otherwise)
        .map(|loader| format!("{} (named by {})", loader.dialect.name, loader.file))
        .collect();
    if others.is_empty() {
        return None;
    }
    let verb = if others.len() == 1 { "reads" } else { "read" };
    let (service, file) = (&key.file.service, &key.file.name);
    let summary =
        format!("{} {verb} {service}'s key otherwise than {} does", others.join(" and "), own.name);
    let all: Vec<&Dialect> =
        std::iter::once(own).chain(likely.iter().map(|loader| loader.dialect)).collect();
    let fix = match Writing::common(&all, variable, &value) {
        Some(Writing::Bare) => format!(
            "Write {variable} in {file} bare: no quotes, blanks, comment or carriage return."
        ),
        Some(Writing::SingleQuoted) => {
            format!("Write {variable} in {file} between single quotes, and end the line there.")
        }
        Some(Writing::DoubleQuoted) => {
            format!("Write {variable} in {file} between double quotes, and end the line there.")
        }
        None => format!(
            "They read letters and digits alike: rotate to such a key, without quotes: `{}`.",
            view.new_key(environment.name())
        ),
    };
    let found = view.finding(AuditCode::LoadersDisagree, Status::Warn, environment, key);
    Some(Finding { summary, fix, ..found })
}

/// The loaders that the files around an env file speak of, beside its own.
fn beside(view: &AuditView<'_>, key: &KeyView<'_>, own: &Dialect) -> Vec<Beside> {
    let variable = key.file.place.variable().unwrap_or_default();
    let guess = guess::guess(&view.ground.root, &key.file.name, variable);
    let clues = guess.clues_but(own).into_iter();
    clues
        .filter_map(|clue| Some(Beside { dialect: Dialect::named(clue.dialect)?, file: clue.file }))
        .collect()
}
