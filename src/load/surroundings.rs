//! What a configuration is read in: its folder, and what the caller chose.

use std::collections::HashMap;
use std::path::Path;

use crate::key::guess::Guesses;

/// What the caller chose.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The environment; `default_environment` of the file if `None`.
    pub environment: Option<String>,
    /// The services by name; all if empty.
    pub services: Vec<String>,
    /// The environment variables that key sources may name; PATH and HOME are for commands, VAULT_… and
    /// AWS_… for secret stores.
    pub variables: HashMap<String, String>,
}

/// What a configuration is read in: its folder, and what the caller chose.
pub(super) struct Surroundings<'a> {
    pub(super) folder: &'a Path,
    pub(super) selection: &'a Selection,
    /// What the files in it tell of the loaders of env files.
    pub(super) guesses: Guesses,
}

impl<'a> Surroundings<'a> {
    pub(super) fn new(folder: &'a Path, selection: &'a Selection) -> Self {
        Self { folder, selection, guesses: Guesses::around(folder) }
    }
}
