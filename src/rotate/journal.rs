//! What is under way, written down before it is done: which files, under which names their successors
//! wait, and how far it is. What brings an interrupted rotation to its end reads it; it holds no key.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::fault::{During as _, Fault};
use super::ledger::Record;
use super::stamp::{Digest, Salt};
use super::store::{Place, Store};
use super::target::{open_folder, sync_folder};
use crate::secret::Secret;

const FILE: &str = "journal.json";
/// Where it is written before it takes the place of the last one.
const NEW: &str = "journal.json.new";

/// How far a rotation is. Until `Committing` it is undone, from then on it is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Stage {
    /// New files are being made beside the old ones.
    Preparing,
    /// All are made, verified and on the disk: the point of no return.
    Committing,
    /// It failed: what was exchanged goes back.
    Undoing,
    /// Every file is new; the old ones are to be removed.
    Done,
}

/// A rotation under way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Journal {
    /// What the ledger will say.
    pub(super) record: Record,
    /// How far it is.
    pub(super) stage: Stage,
    /// Of the digests.
    pub(super) salt: Salt,
    /// The files, in the order of their exchange.
    pub(super) files: Vec<Entry>,
}

/// One file and its successor.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The folder of both, without links.
    pub(super) folder: PathBuf,
    /// The file.
    pub(super) name: String,
    /// Where the successor waits; after the exchange, where the old file waits for its end.
    pub(super) temporary: String,
    /// Of the old file's bytes.
    pub(super) before: Digest,
    /// Of the new file's bytes, once it is made.
    pub(super) after: Option<Digest>,
}

impl Entry {
    /// The file's whole path.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// The successor's whole path.
    pub(super) fn temporary_path(&self) -> PathBuf {
        self.folder.join(&self.temporary)
    }
}

impl Journal {
    /// The journal of a rotation that was interrupted, if there is one.
    pub(super) fn find(place: &Place) -> Result<Option<Self>, Fault> {
        let path = place.path(FILE);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.during("read", &path)?,
        };
        serde_json::from_slice(&text).map(Some).map_err(|_| Fault::NotOurs(path))
    }

    /// Whether there is one, or what was to become one: somebody was interrupted.
    pub(super) fn is_left(place: &Place) -> bool {
        [FILE, NEW].iter().any(|name| place.path(name).exists())
    }

    /// Says how far it is, on the disk before this returns.
    pub(super) fn reach(&mut self, stage: Stage, store: &Store) -> Result<(), Fault> {
        self.stage = stage;
        let text = serde_json::to_vec_pretty(self).map_err(io::Error::from);
        store.write(FILE, &Secret::new(text.during("write", &store.path(FILE))?))
    }

    /// Nothing is under way any more.
    pub(super) fn close(store: &Store) -> Result<(), Fault> {
        store.remove(NEW)?;
        store.remove(FILE)
    }
}

/// Brings the names in every folder to the disk.
pub(super) fn sync_folders(files: &[Entry]) -> Result<(), Fault> {
    let mut synced: Vec<&Path> = Vec::new();
    for entry in files {
        if !synced.contains(&entry.folder.as_path()) {
            let folder = open_folder(&entry.folder)?;
            sync_folder(&folder).during("sync", &entry.folder)?;
            synced.push(&entry.folder);
        }
    }
    Ok(())
}
