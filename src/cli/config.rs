//! Finding and loading the configuration.

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};

use super::options::Options;
use super::terminal;
use crate::audit_ground::AuditGround;
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

/// What an audit looks at: by the configuration that was named, by the nearest one upward, or by the names
/// of the files in the current folder.
///
/// # Errors
/// When there is nothing to look at, no such environment, or with everything that is wrong.
pub(super) fn ground(options: &Options) -> Result<AuditGround, ConfigError> {
    let ground = match options.config.clone().map_or_else(search, Ok) {
        Ok(path) => load::ground(&path).map_err(|problems| ConfigError::wrong(&problems))?,
        Err(ConfigError::None) => {
            let here = env::current_dir().map_err(ConfigError::Here)?;
            load::discover(&here).ok_or(ConfigError::NoKeys)?
        }
        Err(error) => return Err(error),
    };
    let known = || ground.inventories.iter().map(|inventory| inventory.environment.as_str());
    match &options.environment {
        Some(wanted) if !known().any(|name| name == wanted) => Err(ConfigError::NoEnvironment {
            wanted: wanted.clone(),
            known: known().collect::<Vec<_>>().join(", "),
        }),
        _ => Ok(ground),
    }
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
    /// No file that an audit could look at.
    #[error(
        "no probes.yaml here or in any folder above, and no env file here or in a folder below sets a \
         JWT key\n  help: go to the folder of the services, or name a configuration with --config FILE"
    )]
    NoKeys,
    /// The environment is not one of these.
    #[error("there is no environment {wanted:?}\n  help: known: {known}")]
    NoEnvironment {
        /// What was asked for.
        wanted: String,
        /// Those there are.
        known: String,
    },
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
