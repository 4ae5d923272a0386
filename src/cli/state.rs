//! Where rotations keep their state: the option, the variable, the user's own state folder.

use std::path::PathBuf;

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
