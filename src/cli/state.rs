//! Where rotations keep their state: the option, the variable, the user's own state folder.

use std::path::{Path, PathBuf};

use crate::rotate::{Fault, Place};

/// Where rotations are remembered, for those who only read it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct StateOption {
    /// Where authprobe rotate keeps the previous key
    ///
    /// Until a rotation is finished, its previous key is known from there. Without this, authprobe in
    /// the state folder of the user.
    #[arg(
        long,
        value_name = "DIR",
        env = "AUTHPROBE_STATE",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub(super) state: Option<PathBuf>,
}

/// The folder that was named, or authprobe in the state folder of the user.
///
/// # Errors
/// When there is no home folder to keep it in.
pub(super) fn folder(named: Option<&PathBuf>) -> Result<PathBuf, &'static str> {
    if let Some(folder) = named {
        return Ok(folder.clone());
    }
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    folder("XDG_STATE_HOME")
        .or_else(|| Some(folder("HOME")?.join(".local/state")))
        .map(|folder| folder.join("authprobe"))
        .ok_or("there is no HOME to keep the state in\n  help: name a folder with --state")
}

/// Where the state of a configuration is; `None` where none was named and the usual folder will not do: who
/// never rotated with authprobe needs none.
///
/// # Errors
/// When the folder that was named will not do.
pub(super) fn place(named: Option<&PathBuf>, configuration: &Path) -> Result<Option<Place>, Fault> {
    let place = folder(named).map(|root| Place::of(&root, configuration));
    match (named, place) {
        (_, Ok(Ok(place))) => Ok(Some(place)),
        (Some(_), Ok(Err(fault))) => Err(fault),
        _ => Ok(None),
    }
}
