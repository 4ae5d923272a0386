//! Every place where the key of one environment stands, and what restarts the services that read it.
//! Made by `load`; places and names only, never a key.

use std::path::PathBuf;

use crate::keyring::KeyPlace;
use crate::loader::Reason;

/// Where the key of one environment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The environment.
    pub environment: String,
    /// The folder of probes.yaml, absolute.
    pub folder: PathBuf,
    /// Every file that holds the key, in the order of the configuration; one file may hold it in
    /// several variables.
    pub files: Vec<KeyFile>,
    /// Services that read their key where there is no file to look into.
    pub elsewhere: Vec<Elsewhere>,
    /// Services for which the configuration names no key.
    pub unconfigured: Vec<String>,
    /// What restarts the services, for those that say so.
    pub restarts: Vec<Restart>,
}

impl Inventory {
    /// The places that belong to the source of truth, its own `key` first.
    pub fn of_source_of_truth(&self) -> impl Iterator<Item = &KeyFile> {
        self.files.iter().filter(|file| file.source_of_truth)
    }
}

/// One file, and where in it the key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// The service that reads it.
    pub service: String,
    /// Whether that service is the source of truth.
    pub source_of_truth: bool,
    /// The file, absolute; links are not followed.
    pub path: PathBuf,
    /// The file as the configuration names it.
    pub name: String,
    /// Where in the file the key stands.
    pub place: InFile,
    /// How the loader of an env file is known; `None` where the whole file is the key.
    pub loader_reason: Option<Reason>,
    /// How its text becomes bytes: a name of `key::encoding`.
    pub encoding: &'static str,
    /// Whether it is fine when the file is missing.
    pub if_exists: bool,
    /// Other environments whose key stands at the very same place.
    pub also_in: Vec<String>,
}

/// Where in a file a key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InFile {
    /// In a variable of an env file.
    Variable {
        /// Its name.
        name: String,
        /// The loader whose reading counts: a name of `key::dotenv`.
        dialect: &'static str,
    },
    /// The whole file is the key.
    Whole,
}

impl InFile {
    /// The variable, if the key stands in one.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Variable { name, .. } => Some(name),
            Self::Whole => None,
        }
    }
}

/// A service that reads its key from an environment variable, a program, a manifest or a secret store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The service.
    pub service: String,
    /// Where it reads.
    pub place: KeyPlace,
}

/// What restarts a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restart {
    /// The service.
    pub service: String,
    /// The program and its arguments; no shell is involved.
    pub arguments: Vec<String>,
}
