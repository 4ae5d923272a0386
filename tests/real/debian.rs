//! Programs of the distribution that the machine may lack: a package name in, a folder with its
//! files out, fetched by apt-get into a state of its own. Needs no root, installs nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::setup::{Unavailable, once, step};

/// The root folder of a package's files: `/` if it is installed, else unpacked under the target
/// folder with those of its dependencies that are not installed. `file` tells which it is.
///
/// # Errors
/// When apt-get or dpkg-deb fails, or the file is not in the package.
pub fn package(
    name: &'static str,
    file: fn(&Path) -> Option<PathBuf>,
) -> Result<Files, Unavailable> {
    packages(name, &[name], file)
}

/// The same for several packages that belong into one folder, which is called `name`.
///
/// # Errors
/// When apt-get or dpkg-deb fails, or the file is not in the packages.
pub fn packages(
    name: &'static str,
    packages: &[&str],
    file: fn(&Path) -> Option<PathBuf>,
) -> Result<Files, Unavailable> {
    if let Some(found) = file(Path::new("/")) {
        return Ok(Files { root: "/".into(), found });
    }
    let root = once(name, &packages.join(" "), |folder| unpack(packages, folder))?;
    let found = file(&root).ok_or_else(|| format!("{name}: its file is not where it was"))?;
    Ok(Files { root, found })
}

/// An unpacked or installed package.
pub struct Files {
    /// The folder that holds `usr`.
    pub root: PathBuf,
    /// The file that was asked for.
    pub found: PathBuf,
}

impl Files {
    /// The folders where its shared libraries are, for `LD_LIBRARY_PATH`.
    pub fn libraries(&self) -> String {
        let folders = per_architecture(&self.root);
        folders.iter().map(|folder| folder.to_string_lossy()).collect::<Vec<_>>().join(":")
    }
}

/// The folders `usr/lib/x86_64-linux-gnu` and the like below a root.
pub fn per_architecture(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join("usr/lib")).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with("-gnu"))
        .collect()
}

fn unpack(packages: &[&str], folder: &Path) -> Result<(), Unavailable> {
    let archives = folder.join("apt/cache/archives");
    for partial in [archives.join("partial"), folder.join("apt/lists/partial")] {
        fs::create_dir_all(partial).map_err(|error| error.to_string())?;
    }
    step(apt_get(folder).arg("update"))?;
    let options = ["install", "--download-only", "--no-install-recommends"];
    step(apt_get(folder).args(options).args(packages))?;
    let downloaded = fs::read_dir(&archives).map_err(|error| error.to_string())?;
    for archive in downloaded.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
        step(Command::new("dpkg-deb").arg("--extract").args([&archive, folder]))?;
    }
    let _ = fs::remove_dir_all(folder.join("apt"));
    Ok(())
}

/// apt-get with the machine's sources and its own lists and cache, so that it needs no rights.
fn apt_get(folder: &Path) -> Command {
    let apt = folder.join("apt");
    let mut command = Command::new("apt-get");
    command.args(["--quiet", "--yes", "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User="]);
    command.arg("-o").arg(format!("Dir::State::lists={}", apt.join("lists").display()));
    command.arg("-o").arg(format!("Dir::Cache={}", apt.join("cache").display()));
    command
}
