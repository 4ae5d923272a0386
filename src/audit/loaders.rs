//! Env files from which two likely loaders read different keys. The key files and what stands beside
//! them in, findings out: loaders and lines, never what they read.

use super::view::{AuditView, EnvironmentView, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;
use crate::key::dotenv::{Dialect, Writing};

/// Loaders that people use beside the one that a service has, and the files that show it: a name, or
/// an ending that begins with a star.
const BESIDE: [(&str, &[&str]); 3] = [
    ("compose", &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]),
    ("docker", &["Dockerfile"]),
    ("bash", &["*.sh", "Makefile", "Procfile"]),
];

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
    let likely = beside(view, key);
    let reads_otherwise =
        |loader: &&Dialect| key.read_as(loader).is_ok_and(|read| read.as_ref() != Some(&value));
    let others: Vec<&Dialect> = likely.iter().copied().filter(reads_otherwise).collect();
    if others.is_empty() {
        return None;
    }
    let names: Vec<&str> = others.iter().map(|loader| loader.name).collect();
    let (verb, names) = (if names.len() == 1 { "reads" } else { "read" }, names.join(" and "));
    let (service, file) = (&key.file.service, &key.file.name);
    let summary = format!("{names} {verb} {service}'s key otherwise than {} does", own.name);
    let all: Vec<&Dialect> = std::iter::once(own).chain(likely).collect();
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

/// The loaders that what stands in the service's folder or in the top folder makes likely.
fn beside(view: &AuditView<'_>, key: &KeyView<'_>) -> Vec<&'static Dialect> {
    let folder = key.file.path.parent();
    let mut names = Vec::new();
    for folder in folder.into_iter().chain([view.ground.root.as_path()]) {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        names.extend(entries.filter_map(|entry| entry.file_name().into_string().ok()));
    }
    let is_there = |shape: &&str| match shape.strip_prefix('*') {
        Some(ending) => names.iter().any(|name| name.ends_with(ending)),
        None => names.iter().any(|name| name == shape),
    };
    let shown = BESIDE.iter().filter(|(_, shapes)| shapes.iter().any(|shape| is_there(&shape)));
    shown.filter_map(|(name, _)| Dialect::named(name)).collect()
}
