//! What an audit looks at: the folder, the services with their folders and policies, and where the keys
//! of each environment stand. Made by `load`; places and names only, never a key.

use std::path::{Path, PathBuf};

use crate::audit_finding::FilePlace;
use crate::inventory::Inventory;
use crate::plan::Policy;

/// What an audit looks at.
#[derive(Debug, Clone)]
pub struct AuditGround {
    /// The folder that is audited, absolute: that of probes.yaml, or the one that was searched.
    pub root: PathBuf,
    /// The configuration; `None` where the files were found by their names.
    pub configuration: Option<PathBuf>,
    /// The services, in the order of the configuration.
    pub services: Vec<AuditedService>,
    /// Where the keys stand, one entry an environment.
    pub inventories: Vec<Inventory>,
    /// What was taken for granted where no configuration says it, one sentence each.
    pub assumptions: Vec<String>,
}

/// A service whose files are looked at.
#[derive(Debug, Clone)]
pub struct AuditedService {
    /// Its name.
    pub name: String,
    /// The folder with its code and its env files, absolute.
    pub folder: PathBuf,
    /// Whether its key is the master.
    pub source_of_truth: bool,
    /// What it is held to.
    pub policy: Policy,
}

impl AuditGround {
    /// The service of this name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&AuditedService> {
        self.services.iter().find(|service| service.name == name)
    }

    /// Whether nothing but the order of the folders says which service is the source of truth.
    #[must_use]
    pub fn assumes_truth(&self) -> bool {
        let truth = self.services.iter().find(|service| service.source_of_truth);
        self.configuration.is_none() && truth.is_none_or(|service| service.folder != self.root)
    }

    /// A place in a file, named relative to the folder that is audited.
    #[must_use]
    pub fn place(&self, path: &Path, line: Option<usize>) -> FilePlace {
        let name = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        FilePlace { path: path.to_owned(), name, line }
    }
}
