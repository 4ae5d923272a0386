//! probes.yaml and the key files it names in, a validated `Plan` out; every problem at once, each
//! with its place. Never sends anything, never reads the process environment by itself.

use std::collections::HashMap;
use std::path::Path;

use crate::plan::Plan;

/// What the caller chose.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The environment; `default_environment` of the file if `None`.
    pub environment: Option<String>,
    /// The services by name; all if empty.
    pub services: Vec<String>,
    /// The environment variables that key sources may name.
    pub variables: HashMap<String, String>,
}

/// Reads probes.yaml at `path`; key files are relative to its folder.
///
/// # Errors
/// Every problem of the file and of what it names.
pub fn plan(path: &Path, selection: &Selection) -> Result<Plan, Problems> {
    let _ = (path, selection);
    Err(Problems {})
}

/// Everything that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("not yet")]
pub struct Problems {}
