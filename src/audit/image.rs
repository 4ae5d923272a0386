//! Dockerfiles, `.dockerignore` files and key files in, findings about builds that copy a key into an
//! image layer out. Judges only builds whose context is known, and reads no key.

use std::path::{Path, PathBuf};

use super::docker_pattern::{is_at_or_above, is_left_out};
use super::dockerfile::{Copying, copies};
use super::key_files::{SharedFile, shared_files};
use super::tree::{Tree, read};
use super::view::AuditView;
use super::yaml::{self, Node};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;

/// One way to build an image.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Build {
    context: PathBuf,
    dockerfile: PathBuf,
}

/// Key files that a build copies.
pub(super) fn findings(view: &AuditView<'_>, tree: &Tree) -> Vec<Finding> {
    let files = shared_files(view);
    let mut found = Vec::new();
    for build in builds(tree) {
        let Some(text) = read(&build.dockerfile) else { continue };
        let ignore_file = ignore_file(&build);
        let lines = read(&ignore_file).unwrap_or_default();
        let lines = lines.strip_prefix('\u{feff}').unwrap_or(&lines);
        let steps = copies(&text);
        for file in &files {
            let Some(name) = inside(&build, file) else { continue };
            if is_left_out(lines.lines(), name) {
                continue;
            }
            let Some(step) = steps.iter().find(|step| takes(step, name)) else { continue };
            found.push(finding(view, file, &build, step, &ignore_file, name));
        }
    }
    found
}

/// What compose files say, and each other Dockerfile with its own folder.
fn builds(tree: &Tree) -> Vec<Build> {
    let mut builds: Vec<Build> = Vec::new();
    for path in &tree.compose {
        let (Some(text), Some(folder)) = (read(path), path.parent()) else { continue };
        for document in yaml::documents(&text) {
            let services = document.get("services").map_or(&[][..], Node::entries);
            builds.extend(services.iter().filter_map(|(_, service)| of_service(service, folder)));
        }
    }
    for dockerfile in &tree.dockerfiles {
        if !builds.iter().any(|build| build.dockerfile == *dockerfile) {
            let context = dockerfile.parent().unwrap_or(dockerfile).to_owned();
            builds.push(Build { context, dockerfile: dockerfile.clone() });
        }
    }
    builds.dedup();
    builds
}

fn of_service(service: &Node, folder: &Path) -> Option<Build> {
    let build = service.get("build")?;
    if build.get("dockerfile_inline").is_some() {
        return None;
    }
    let context = build.text().or_else(|| build.get("context")?.text())?;
    let dockerfile = build.get("dockerfile").and_then(Node::text).unwrap_or("Dockerfile");
    if context.contains(['$', ':']) || dockerfile.contains('$') {
        return None;
    }
    let context = folder.join(context).canonicalize().ok()?;
    let dockerfile = context.join(dockerfile).canonicalize().ok()?;
    Some(Build { context, dockerfile })
}

/// The one beside the Dockerfile counts, if there is one.
fn ignore_file(build: &Build) -> PathBuf {
    let mut own = build.dockerfile.clone().into_os_string();
    own.push(".dockerignore");
    let own = PathBuf::from(own);
    if own.is_file() { own } else { build.context.join(".dockerignore") }
}

/// The name of a key file in the context; a link is copied as a link, without the key.
fn inside<'f>(build: &Build, file: &SharedFile<'f>) -> Option<&'f str> {
    let is_link = file.path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    file.path.strip_prefix(&build.context).ok().filter(|_| !is_link)?.to_str()
}

fn takes(step: &Copying, name: &str) -> bool {
    let left_out = step.left_out.iter().any(|pattern| is_at_or_above(pattern, name));
    !left_out && step.sources.iter().any(|source| is_at_or_above(source, name))
}

fn finding(
    view: &AuditView<'_>,
    file: &SharedFile<'_>,
    build: &Build,
    step: &Copying,
    ignore_file: &Path,
    name: &str,
) -> Finding {
    let place = view.ground.place(&build.dockerfile, Some(step.line));
    let summary =
        format!("{} at {place} copies this key file into an image layer", step.instruction);
    let ignore_file = view.ground.place(ignore_file, None).name;
    let fix = format!(
        "Add the line {name} to {ignore_file}, and give the key to the container when it starts."
    );
    file.finding(view, AuditCode::KeyInImage, Status::Warn, summary, fix)
}
