//! A folder without a configuration in, what an audit of it looks at out: services by what their folders
//! hold, env files and variables by their names. Says what it takes for granted, never guesses silently.

use std::fs;
use std::path::{Path, PathBuf};

use crate::audit_ground::{AuditGround, AuditedService};
use crate::inventory::{InFile, Inventory, KeyFile};
use crate::key::{Encoding, dotenv, file, guess};
use crate::plan::Policy;

/// Env files by their names, and the environment that each is for.
const FILES: [(&str, &str); 10] = [
    (".env", "default"),
    (".env.local", "local"),
    (".env.development", "development"),
    (".env.dev", "development"),
    (".env.test", "test"),
    (".env.qa", "qa"),
    (".env.staging", "staging"),
    (".env.stage", "staging"),
    (".env.production", "production"),
    (".env.prod", "production"),
];
/// Variables that hold a JWT key, likeliest first. The last is also the name of other secrets.
const VARIABLES: [&str; 8] = [
    "JWT_SECRET_KEY",
    "JWT_SECRET",
    "JWT_SIGNING_KEY",
    "JWT_SIGNING_SECRET",
    "JWT_KEY",
    "AUTH_JWT_SECRET",
    "ACCESS_TOKEN_SECRET",
    "SECRET_KEY",
];
/// What a folder with a service in it holds, beside env files.
const MARKS: [&str; 11] = [
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
    "manage.py",
    "Pipfile",
    "Dockerfile",
    "go.mod",
    "Cargo.toml",
    "Gemfile",
    "composer.json",
];
/// Folders of services.
const GROUPS: [&str; 5] = ["services", "apps", "packages", "microservices", "backend"];
/// Folders that hold no service of their own.
const OTHERS: [&str; 10] = [
    "node_modules",
    "venv",
    "env",
    "target",
    "dist",
    "build",
    "vendor",
    "tests",
    "docs",
    "examples",
];
/// More folders than this are not looked at.
const MOST: usize = 500;

/// A folder with a service, and the env files in it that set a key.
struct Found {
    name: String,
    folder: PathBuf,
    keys: Vec<Key>,
}

/// An env file, the environment that it is for, and the variable of the key if it sets one.
struct Key {
    file: &'static str,
    environment: &'static str,
    variable: Option<&'static str>,
}

/// What an audit of this folder looks at; `None` where no env file sets a key.
#[must_use]
pub fn discover(folder: &Path) -> Option<AuditGround> {
    let root = std::path::absolute(folder).unwrap_or(folder.to_owned());
    let found: Vec<Found> =
        folders(&root).into_iter().filter_map(|folder| look(folder, &root)).collect();
    let truth = found.iter().position(Found::sets_a_key)?;
    let services = found.iter().enumerate().map(|(index, service)| AuditedService {
        name: service.name.clone(),
        folder: service.folder.clone(),
        source_of_truth: index == truth,
        policy: Policy::default(),
    });
    let inventories = inventories(&found, truth, &root);
    Some(AuditGround {
        services: services.collect(),
        assumptions: assumptions(&found, truth, &inventories, &root),
        inventories,
        configuration: None,
        root,
    })
}

/// The folder itself, its sub-folders, and those of folders that group services; in their order.
fn folders(root: &Path) -> Vec<PathBuf> {
    let first = below(root);
    let groups = first.iter().filter(|folder| GROUPS.iter().any(|name| folder.ends_with(name)));
    let second: Vec<PathBuf> = groups.flat_map(|group| below(group)).collect();
    let mut all: Vec<PathBuf> =
        std::iter::once(root.to_owned()).chain(first).chain(second).collect();
    all.truncate(MOST);
    all
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    // A link leads elsewhere, or back.
    let entries = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let fits = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with('.') && !OTHERS.contains(&&*name)
    };
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(fits).collect();
    folders.sort();
    folders.truncate(MOST);
    folders
}

fn look(folder: PathBuf, root: &Path) -> Option<Found> {
    let files = FILES.iter().filter_map(|(file, environment)| {
        let path = folder.join(file);
        let is_there = fs::symlink_metadata(&path).is_ok();
        is_there.then(|| Key { file, environment, variable: variable(&path) })
    });
    let keys: Vec<Key> = files.collect();
    let is_service = !keys.is_empty() || MARKS.iter().any(|mark| folder.join(mark).is_file());
    let named = folder.strip_prefix(root).ok().filter(|name| !name.as_os_str().is_empty());
    let name = named.map_or_else(
        || root.file_name().map_or("main".into(), |name| name.to_string_lossy().into_owned()),
        |name| name.display().to_string(),
    );
    (is_service || folder == root).then_some(Found { name, folder, keys })
}

/// The first of the known variables that the file sets.
fn variable(path: &Path) -> Option<&'static str> {
    let text = file::read(path).ok()?;
    let is_set = |name: &&str| !dotenv::lines_of(text.expose(), name).is_empty();
    VARIABLES.into_iter().find(|name| is_set(name))
}

impl Found {
    fn sets_a_key(&self) -> bool {
        self.variable().is_some()
    }

    /// The variable that its files set, the likeliest if they set several.
    fn variable(&self) -> Option<&'static str> {
        VARIABLES.into_iter().find(|name| self.keys.iter().any(|key| key.variable == Some(name)))
    }

    /// Its own place in an environment. A file that sets no key counts where the service has one
    /// elsewhere, and no file for all environments sets it.
    fn file(&self, key: &Key, source_of_truth: bool, root: &Path) -> Option<KeyFile> {
        let covered = self.keys.iter().any(|key| key.file == ".env" && key.variable.is_some());
        let variable = key.variable.or_else(|| self.variable().filter(|_| !covered))?;
        let path = self.folder.join(key.file);
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let guess = guess::guess(root, &name, variable);
        let (variable, dialect) = (variable.to_owned(), guess.dialect.name);
        Some(KeyFile {
            service: self.name.clone(),
            source_of_truth,
            name,
            place: InFile::Variable { name: variable, dialect },
            loader_reason: Some(guess.reason),
            path,
            encoding: Encoding::Raw.name(),
            if_exists: false,
            also_in: Vec::new(),
        })
    }
}

fn inventories(found: &[Found], truth: usize, root: &Path) -> Vec<Inventory> {
    let mut inventories: Vec<Inventory> = Vec::new();
    for (_, environment) in FILES {
        if inventories.iter().any(|known| known.environment == environment) {
            continue;
        }
        let mut files = Vec::new();
        for (index, service) in found.iter().enumerate() {
            let keys = service.keys.iter().filter(|key| key.environment == environment);
            files.extend(keys.filter_map(|key| service.file(key, index == truth, root)));
        }
        if !files.is_empty() {
            inventories.push(Inventory {
                environment: environment.to_owned(),
                folder: root.to_owned(),
                files,
                elsewhere: Vec::new(),
                unconfigured: Vec::new(),
                restarts: Vec::new(),
            });
        }
    }
    inventories
}

fn assumptions(
    found: &[Found],
    truth: usize,
    inventories: &[Inventory],
    root: &Path,
) -> Vec<String> {
    let truth = &found[truth];
    let why = if truth.folder == root { "the top folder" } else { "the first with a key" };
    let with_key = found.iter().filter_map(|service| Some((service, service.variable()?)));
    let variables: Vec<String> =
        with_key.map(|(service, variable)| format!("{} {variable}", service.name)).collect();
    let mut told = vec![
        "no probes.yaml: services, env files and variables were found by their names".to_owned(),
        format!("source of truth: {} ({why})", truth.name),
        format!("variables: {}", variables.join(", ")),
    ];
    told.extend(loaders(inventories));
    told
}

/// How the files are read: one sentence each for what differs.
fn loaders(inventories: &[Inventory]) -> Vec<String> {
    let mut told: Vec<(&str, String)> = Vec::new();
    for file in inventories.iter().flat_map(|inventory| &inventory.files) {
        let InFile::Variable { dialect, .. } = &file.place else { continue };
        let reason = file.loader_reason.as_ref().map(ToString::to_string).unwrap_or_default();
        let sentence = format!("read as {dialect} ({reason})");
        if !told.iter().any(|(service, known)| *service == file.service && *known == sentence) {
            told.push((&file.service, sentence));
        }
    }
    let mut sentences: Vec<String> = Vec::new();
    while let Some((_, sentence)) = told.first().cloned() {
        let (same, others): (Vec<_>, Vec<_>) =
            told.into_iter().partition(|(_, known)| *known == sentence);
        let services: Vec<&str> = same.into_iter().map(|(service, _)| service).collect();
        sentences.push(format!("{}: {sentence}", services.join(", ")));
        told = others;
    }
    sentences
}
