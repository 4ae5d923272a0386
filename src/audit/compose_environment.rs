//! Compose files and key files in, findings about an `environment:` that hides what an `env_file:` says
//! out. Compares places and keys, and shows none.

use std::path::{Path, PathBuf};

use super::compose::{self, Covered};
use super::literal::Variables;
use super::tree::{Tree, read};
use super::view::{AuditView, EnvironmentView, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;

/// Key files that a compose service is given, and does not get its key from.
pub(super) fn findings(view: &AuditView<'_>, tree: &Tree, variables: &Variables) -> Vec<Finding> {
    let mut found = Vec::new();
    for path in &tree.compose {
        let (Some(text), Some(folder)) = (read(path), path.parent()) else { continue };
        for covered in compose::covered(&text, variables) {
            for environment in &view.environments {
                let key = environment.keys.iter().find(|key| is_covered(&covered, folder, key));
                let Some(key) = key.filter(|key| !is_same_file(&covered, folder, key)) else {
                    continue;
                };
                found.push(finding(view, environment, key, &covered, path));
            }
        }
    }
    found
}

fn is_covered(covered: &Covered, folder: &Path, key: &KeyView<'_>) -> bool {
    let is_given =
        covered.env_files.iter().any(|name| real(&folder.join(name)) == real(&key.file.path));
    is_given && key.key().is_some() && key.file.place.variable() == Some(&*covered.variable)
}

/// `${NAME}` comes from `.env` beside the compose file, which may be the very file.
fn is_same_file(covered: &Covered, folder: &Path, key: &KeyView<'_>) -> bool {
    covered.taken_from.as_deref() == Some(&*covered.variable)
        && real(&folder.join(".env")) == real(&key.file.path)
}

fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

fn finding(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
    covered: &Covered,
    path: &Path,
) -> Finding {
    let Covered { service, variable, line, .. } = covered;
    let file = &key.file.name;
    let from = match &covered.taken_from {
        Some(name) => format!("${{{name}}} of the shell or of the .env beside it"),
        None => "what is written there".to_owned(),
    };
    let summary =
        format!("compose service {service} takes {variable} from {from}, not from {file}");
    let fix = format!("Take {variable} out of environment:, so that env_file: {file} counts.");
    Finding {
        service: Some(key.file.service.clone()),
        place: Some(view.ground.place(path, Some(*line))),
        summary,
        fix,
        ..view.finding(AuditCode::KeyShadowed, Status::Warn, environment, key)
    }
}
