//! The folders around the services in, the keys that are written into files there out. Leaves out what
//! git ignores and what others wrote; stops at a limit and says so. Reads regular files only.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use zeroize::Zeroizing;

use super::literal::{Literal, Variables};
use super::view::AuditView;
use super::{compose, compose_environment, dockerfile, image, manifest, source};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;

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
    manifests: Vec<PathBuf>,
    sources: Vec<PathBuf>,
    cut: Option<String>,
}

/// Keys that are written into files, variables that cover a key file, images that take one along.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let tree = Tree::walk(view);
    let keys = view.environments.iter().flat_map(|environment| &environment.keys);
    let variables = Variables::new(keys.filter_map(|key| key.file.place.variable()));
    let mut found = compose_environment::findings(view, &tree, &variables);
    found.extend(image::findings(view, &tree));
    type Reader = fn(&str, &Variables) -> Vec<Literal>;
    let readers: [(&[PathBuf], Reader); 3] = [
        (&tree.compose, compose::literals),
        (&tree.manifests, manifest::literals),
        (&tree.dockerfiles, dockerfile::literals),
    ];
    for (files, literals) in readers {
        for path in files {
            let Some(text) = read(path) else { continue };
            found.extend(literals(&text, &variables).iter().map(|it| it.finding(view, path)));
        }
    }
    for path in &tree.sources {
        let Some(text) = read(path) else { continue };
        let found_here = source::literals(file_name(path), &text, &variables);
        found.extend(found_here.iter().map(|it| it.finding(view, path)));
    }
    found.extend(tree.cut.map(|limit| {
        Finding {
        code: AuditCode::SearchCut,
        status: Status::Undecided,
        environments: Vec::new(),
        service: None,
        place: None,
        summary: format!("the search for keys in other files stopped at {limit}"),
        fix: "Keep what is not source in folders that .gitignore names, or audit a smaller folder."
            .to_owned(),
    }
    }));
    found
}

impl Tree {
    /// Walks the root and the folders of the services, each part once.
    fn walk(view: &AuditView<'_>) -> Self {
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
                if entries > ENTRIES || bytes > BYTES {
                    let limit = match entries > ENTRIES {
                        true => format!("{ENTRIES} files"),
                        false => format!("{} MiB", BYTES >> 20),
                    };
                    tree.cut = Some(format!("{limit}, in {}", entry.path().display()));
                    return tree;
                }
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
        let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
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

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The text of a file, if it is text; it may hold keys.
pub(super) fn read(path: &Path) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    String::from_utf8(std::mem::take(&mut *bytes)).ok().map(Zeroizing::new)
}
