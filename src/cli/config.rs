//! Finding and loading the configuration.

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};

use super::options::Options;
use super::terminal;
use crate::inventory::Inventory;
use crate::load::{self, Problems, Selection};
use crate::plan::Plan;

const FILE: &str = "probes.yaml";

/// Loads the configuration that was named, or the nearest one upward from here.
///
/// # Errors
/// When there is none, or with everything that is wrong with it.
pub(super) fn load(options: &Options, services: &[String]) -> Result<Plan, ConfigError> {
    load_from(&path(options)?, options.environment.clone(), services)
}

/// The configuration that was named, or the nearest one upward from here.
///
/// # Errors
/// When there is none.
pub(super) fn path(options: &Options) -> Result<PathBuf, ConfigError> {
    options.config.clone().map_or_else(search, Ok)
}

/// Loads this file.
///
/// # Errors
/// With everything that is wrong with it.
pub(super) fn load_from(
    path: &Path,
    environment: Option<String>,
    services: &[String],
) -> Result<Plan, ConfigError> {
    let selection = Selection { environment, services: services.to_vec(), variables: variables() };
    load::plan(path, &selection).map_err(|problems| ConfigError::wrong(&problems))
}

/// The place of the key in the environment that was chosen, and the configuration that says so.
///
/// # Errors
/// When there is none, or with everything that is wrong with it.
pub(super) fn inventory(options: &Options) -> Result<(PathBuf, Inventory), ConfigError> {
    let path = path(options)?;
    let environment = options.environment.clone();
    let selection = Selection { environment, ..Selection::default() };
    let inventory = load::inventory(&path, &selection);
    Ok((path, inventory.map_err(|problems| ConfigError::wrong(&problems))?))
}

/// The environment variables. One that is not UTF-8 cannot be named by a configuration that is.
pub(super) fn variables() -> HashMap<String, String> {
    env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn search() -> Result<PathBuf, ConfigError> {
    let here = env::current_dir().map_err(ConfigError::Here)?;
    let found = here.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file());
    found.ok_or(ConfigError::None)
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConfigError {
    /// No file, here or above.
    #[error(
        "no probes.yaml here or in any folder above\n  help: name one with --config FILE, or see \
         one work first: authprobe demo"
    )]
    None,
    /// The current folder cannot be told.
    #[error("the current folder cannot be read")]
    Here(#[source] std::io::Error),
    /// The file, or what it names, is wrong; rendered with its excerpts.
    #[error("{0}")]
    Wrong(String),
}

impl ConfigError {
    /// Everything that is wrong, as it should look on standard error.
    pub(super) fn wrong(problems: &Problems) -> Self {
        let coloured = terminal::stderr_has_color();
        Self::Wrong(if coloured { problems.coloured() } else { problems.to_string() })
    }
}
