//! The folders around the services in, the files that may hold keys out, by what they are. Leaves out what
//! git ignores and what others wrote; stops at a limit and says so. Reads regular files only.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use zeroize::Zeroizing;

use super::source;
use super::view::AuditView;

/// A larger file was not written by hand, in bytes.
const LARGEST: u64 = 1 << 20;
/// So many bytes are read in all.
const BYTES: u64 = 64 << 20;
/// So many files and folders are looked at.
const ENTRIES: usize = 100_000;
/// Folders that hold what others wrote, or what was built.
const NOT_OURS: &[&str] = &[
    "node_modules",
    "bower_components",
    "venv",
    "virtualenv",
    "site-packages",
    "__pycache__",
    "vendor",
    "target",
    "dist",
    "build",
    "out",
    "coverage",
];
/// Folders whose sources are tests for sure.
const TESTS: &[&str] =
    &["test", "tests", "__tests__", "spec", "specs", "testdata", "fixtures", "__mocks__"];
/// Words in the names of files that are there to be copied and filled in.
const TEMPLATES: &[&str] = &["example", "sample", "template", ".dist", ".tpl", ".tmpl", ".j2"];

/// The files around the services that may hold keys, by what they are.
#[derive(Default)]
pub(super) struct Tree {
    /// Compose files.
    pub(super) compose: Vec<PathBuf>,
    /// Dockerfiles.
    pub(super) dockerfiles: Vec<PathBuf>,
    /// Kubernetes manifests, and other YAML.
    pub(super) manifests: Vec<PathBuf>,
    /// Sources of the services.
    pub(super) sources: Vec<PathBuf>,
    /// The limit at which the search stopped, if it did.
    pub(super) cut: Option<String>,
}

impl Tree {
    /// Walks the root and the folders of the services, each part once.
    pub(super) fn walk(view: &AuditView<'_>) -> Self {
        let mut tree = Self::default();
        let services: Vec<&Path> = view.ground.services.iter().map(|it| &*it.folder).collect();
        let all = services.iter().copied().chain([&*view.ground.root]);
        let all: BTreeSet<&Path> = all.collect();
        let is_inside =
            |folder: &Path| all.iter().any(|it| *it != folder && folder.starts_with(it));
        let (mut entries, mut bytes) = (0, 0);
        for folder in all.iter().copied().filter(|folder| !is_inside(folder)) {
            for entry in walker(folder).flatten() {
                entries += 1;
                bytes += tree.enter(folder, &entry, &services);
                let Some(limit) = limit(entries, bytes) else { continue };
                tree.cut = Some(format!("{limit}, in {}", entry.path().display()));
                return tree;
            }
        }
        tree
    }

    /// Takes a file in, if it may hold keys; gives its length in bytes.
    fn enter(&mut self, top: &Path, entry: &DirEntry, services: &[&Path]) -> u64 {
        let (path, name) = (entry.path(), file_name(entry.path()));
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        let length = entry.metadata().map_or(0, |metadata| metadata.len());
        if !is_file || length > LARGEST || TEMPLATES.iter().any(|word| name.contains(word)) {
            return 0;
        }
        let is_yaml = path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
        let list = if is_yaml && (name.starts_with("docker-compose") || name.starts_with("compose"))
        {
            &mut self.compose
        } else if is_yaml {
            &mut self.manifests
        } else if ["Dockerfile", "Containerfile"].iter().any(|word| name.contains(word)) {
            &mut self.dockerfiles
        } else if source::is_source(name)
            && services.iter().any(|service| path.starts_with(service))
            && !is_test(top, path)
        {
            &mut self.sources
        } else {
            return 0;
        };
        list.push(path.to_owned());
        length
    }
}

fn limit(entries: usize, bytes: u64) -> Option<String> {
    if entries > ENTRIES {
        return Some(format!("{ENTRIES} files"));
    }
    (bytes > BYTES).then(|| format!("{} MiB", BYTES >> 20))
}

fn walker(folder: &Path) -> ignore::Walk {
    let is_ours = |entry: &DirEntry| !NOT_OURS.contains(&file_name(entry.path()));
    WalkBuilder::new(folder)
        .require_git(false)
        .git_global(false)
        .ignore(false)
        .same_file_system(true)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(move |entry| entry.depth() == 0 || is_ours(entry))
        .build()
}

fn is_test(top: &Path, path: &Path) -> bool {
    let inside = path.strip_prefix(top).unwrap_or(path);
    let mut folders = inside.parent().into_iter().flat_map(Path::components);
    let name = file_name(path);
    folders.any(|folder| TESTS.iter().any(|test| folder.as_os_str() == *test))
        || name.starts_with("test_")
        || name == "conftest.py"
        || [".test.", ".spec.", "_test.", "_spec."].iter().any(|part| name.contains(part))
}

/// The last part of a path, if it is text.
pub(super) fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The text of a file, if it is text; it may hold keys.
pub(super) fn read(path: &Path) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    String::from_utf8(std::mem::take(&mut *bytes)).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_stops_beyond_a_limit_and_names_it() {
        assert_eq!(limit(ENTRIES, BYTES), None);
        assert_eq!(limit(ENTRIES + 1, 0).as_deref(), Some("100000 files"));
        assert_eq!(limit(1, BYTES + 1).as_deref(), Some("64 MiB"));
    }
}
