//! The state folder of one configuration: journal, ledger, the previous keys, and the lock that lets one
//! rotation at a time in. Readable by its owner alone; never inside the configuration's own folder.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use super::fault::{During as _, Fault, Refusal};
use super::target::{open_folder, sync_folder};
use crate::secret::Secret;
use crate::time::{Anchor, UnixTime};

const LOCK: &str = "lock";
/// Of the project's folder in the name of its state folder; the rest of the name tells it from others.
const LONGEST_NAME: usize = 64;
/// Mode bits: anybody may write; only owners may rename or remove what is in it.
const WORLD_WRITABLE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Where the state of one configuration is, or would be.
#[derive(Debug, Clone)]
pub struct Place(PathBuf);

impl Place {
    /// The folder below `root` for the probes.yaml at `configuration`.
    ///
    /// # Errors
    /// When the configuration cannot be found, or the folder would be inside the configuration's.
    pub fn of(root: &Path, configuration: &Path) -> Result<Self, Fault> {
        let configuration = fs::canonicalize(configuration).during("find", configuration)?;
        let root = without_links(&std::path::absolute(root).during("find", root)?);
        let project = configuration.parent().unwrap_or(Path::new("/"));
        if root.starts_with(project) {
            return Err(Fault::refused(&root, Refusal::StateInside));
        }
        let named = digest::digest(&digest::SHA256, configuration.as_os_str().as_encoded_bytes());
        let fits = |c: &char| c.is_ascii_alphanumeric() || "._-".contains(*c);
        let words = project.file_name().unwrap_or_default().to_string_lossy();
        let words: String = words.chars().filter(fits).take(LONGEST_NAME).collect();
        Ok(Self(root.join(format!("{words}-{}", hex::encode(&named.as_ref()[..8])))))
    }

    /// The path of a file in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// The nearest folder that there is, without links, and what is still to be made below it.
fn without_links(path: &Path) -> PathBuf {
    match (fs::canonicalize(path), path.parent(), path.file_name()) {
        (Ok(real), ..) => real,
        (Err(_), Some(parent), Some(name)) => without_links(parent).join(name),
        _ => path.to_owned(),
    }
}

/// The state folder, held by us alone until this is dropped or the process dies.
#[derive(Debug)]
pub(super) struct Store {
    place: Place,
    lock: File,
}

impl Drop for Store {
    fn drop(&mut self) {
        // Closing it is not enough while a child that is just being started still has a copy.
        let _ = self.lock.unlock();
    }
}

/// Why nobody should trust what is in this folder, or keep a key there.
fn refusal(folder: &Path) -> io::Result<Option<Refusal>> {
    let us = rustix::process::geteuid().as_raw();
    let status = fs::symlink_metadata(folder)?;
    if status.is_symlink() {
        return Ok(Some(Refusal::StateLink));
    }
    if status.uid() != us {
        return Ok(Some(Refusal::StateOfOther));
    }
    // Whoever may rename the folder may put another into its place.
    let above = fs::metadata(folder.parent().unwrap_or(folder))?;
    let is_open = above.mode() & WORLD_WRITABLE != 0 && above.mode() & STICKY == 0;
    if is_open || ![0, us].contains(&above.uid()) {
        return Ok(Some(Refusal::StateExposed));
    }
    if status.mode() & 0o077 != 0 {
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    }
    Ok(None)
}

/// Who holds the lock: for those who find it taken.
#[derive(Serialize, Deserialize)]
struct Owner {
    process: u32,
    since: f64,
}

impl Store {
    /// Makes the folder where it is missing, and takes the lock.
    ///
    /// # Errors
    /// When somebody else holds the lock or the folder, or the system says no.
    pub(super) fn open(place: &Place) -> Result<Self, Fault> {
        let folder = &place.0;
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| Fault::State { folder: folder.clone(), error })?;
        if let Some(refusal) = refusal(folder).during("look at", folder)? {
            return Err(Fault::refused(folder, refusal));
        }
        Ok(Self { place: place.clone(), lock: lock(&place.path(LOCK))? })
    }

    /// The path of a file in the folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    /// Replaces a file of the folder; it is on the disk when this returns.
    pub(super) fn write(&self, name: &str, bytes: &Secret) -> Result<(), Fault> {
        let (path, new) = (self.path(name), self.path(&format!("{name}.new")));
        let written = write_new(&new, bytes).during("write", &new);
        let done = written.and_then(|()| fs::rename(&new, &path).during("replace", &path));
        if done.is_err() {
            // What is left of it is in the way of nobody, and the next start removes it.
            let _ = fs::remove_file(&new);
        }
        done.and_then(|()| self.sync())
    }

    /// Removes a file of the folder, if it is there.
    pub(super) fn remove(&self, name: &str) -> Result<(), Fault> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Fault::step("remove", &path, error))
            }
            _ => self.sync(),
        }
    }

    /// Brings the names in the folder to the disk.
    pub(super) fn sync(&self) -> Result<(), Fault> {
        let folder = &self.place.0;
        sync_folder(&open_folder(folder)?).during("sync", folder)
    }
}

/// Writes a file that only its owner may read, and brings it to the disk.
pub(super) fn write_new(path: &Path, bytes: &Secret) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.custom_flags(libc::O_NOFOLLOW).open(path)?;
    file.write_all(bytes.expose())?;
    file.sync_all()
}

/// The lock belongs to the process, so the system opens it when the process dies, however it dies; what
/// stands in the file is only for those who wait.
fn lock(path: &Path) -> Result<File, Fault> {
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let mut file = options.custom_flags(libc::O_NOFOLLOW).open(path).during("open", path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let read = file.read_to_string(&mut text);
            let owner = read.ok().and_then(|_| serde_json::from_str(&text).ok());
            return Err(Fault::Busy(holder(owner.as_ref())));
        }
        Err(TryLockError::Error(error)) => return Err(Fault::step("lock", path, error)),
    }
    let owner = Owner { process: std::process::id(), since: Anchor::new().now().0 };
    let text = serde_json::to_string(&owner).map_err(io::Error::from).during("write", path)?;
    file.set_len(0).and_then(|()| file.write_all(text.as_bytes())).during("write", path)?;
    Ok(file)
}

fn holder(owner: Option<&Owner>) -> String {
    let Some(owner) = owner else { return "it has just been started".to_owned() };
    let since = UnixTime(owner.since).to_utc().format("%H:%M:%S UTC");
    format!("process {} runs it since {since}", owner.process)
}
