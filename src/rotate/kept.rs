//! The previous key of an environment, kept until the rotation is finished or rolled back: the key
//! itself, and for each file the bytes that the new key took the place of. For its owner's eyes alone.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::change::Change;
use super::fault::{During as _, Fault, Refusal};
use super::stamp::{Digest, Salt};
use super::store::{Place, Store, write_new};
use super::target::{open_folder, sync_folder};
use crate::key::file;
use crate::secret::Secret;
use crate::time::{Anchor, UnixTime};

/// The folder of an environment's previous key.
const KEPT: &str = "previous-";
/// The same while its rotation is under way.
const WAITING: &str = "waiting-";
const KEY: &str = "key";
const PATCHES: &str = "patches.json";
/// Fewer bytes could stand in a file by chance.
const TELLING: usize = 16;

/// How the files of an environment were before the rotation.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    at: f64,
    salt: Salt,
    patches: Vec<Patch>,
}

/// What the new key took the place of in one file.
#[derive(Serialize, Deserialize)]
struct Patch {
    path: PathBuf,
    /// Of the whole file, as the rotation left it.
    digest: Digest,
    offset: usize,
    inserted: Zeroizing<String>,
    removed: Zeroizing<String>,
}

impl Kept {
    /// What takes these changes back.
    pub(super) fn of(changes: &[Change]) -> io::Result<Self> {
        let salt = Salt::fresh()?;
        let patches = changes.iter().map(|change| Patch::of(change, &salt)).collect();
        Ok(Self { at: Anchor::new().now().0, salt, patches })
    }

    /// The changes that bring the files back, as they stand now.
    pub(super) fn changes(&self) -> Result<Vec<Change>, Fault> {
        self.patches.iter().map(|patch| patch.reversed(&self.salt)).collect()
    }

    /// What the rotation put into the files, and what it took out of them.
    pub(super) fn secrets(&self) -> impl Iterator<Item = Secret> {
        let texts = self.patches.iter().flat_map(|patch| [&patch.inserted, &patch.removed]);
        texts.filter_map(|text| STANDARD.decode(text.as_str()).ok()).map(Secret::new)
    }

    /// When the rotation was made.
    pub(super) fn at(&self) -> UnixTime {
        UnixTime(self.at)
    }

    /// What is kept for an environment.
    pub(super) fn find(place: &Place, environment: &str) -> Result<Option<Self>, Fault> {
        let path = folder(place, environment).join(PATCHES);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => Zeroizing::new(text.during("read", &path)?),
        };
        serde_json::from_slice(&text).map(Some).map_err(|_| Fault::NotOurs(path))
    }

    /// Writes it where it waits for the rotation to be carried out.
    pub(super) fn wait(&self, key: &Secret, environment: &str, store: &Store) -> Result<(), Fault> {
        let folder = store.path(&waiting(environment));
        DirBuilder::new().mode(0o700).create(&folder).during("make", &folder)?;
        let text = serde_json::to_vec(self).map_err(io::Error::from).during("write", &folder)?;
        for (name, bytes) in [(KEY, key), (PATCHES, &Secret::new(text))] {
            let path = folder.join(name);
            write_new(&path, bytes).during("write", &path)?;
        }
        sync_folder(&open_folder(&folder)?).during("sync", &folder)?;
        store.sync()
    }
}

/// Whether anything is kept for an environment, legible or not.
pub(super) fn is_kept(place: &Place, environment: &str) -> bool {
    folder(place, environment).exists()
}

/// Sees that no previous key waits for a rotation of which no journal tells: it may be the only copy.
///
/// # Errors
/// When one does.
pub(super) fn none_waits(place: &Place, environment: &str) -> Result<(), Fault> {
    let folder = place.path(&waiting(environment));
    if folder.exists() { Err(Fault::refused(&folder, Refusal::LeftBehind)) } else { Ok(()) }
}

/// The file with the previous key of an environment, every byte of it the key.
pub(super) fn key_file(place: &Place, environment: &str) -> PathBuf {
    folder(place, environment).join(KEY)
}

/// The previous key of an environment.
pub(super) fn key(place: &Place, environment: &str) -> Result<Secret, Fault> {
    let path = key_file(place, environment);
    file::read(&path).map_err(|error| Fault::step("read", &path, io::Error::other(error)))
}

/// The rotation was carried out: what waited is kept from now on.
pub(super) fn keep(environment: &str, store: &Store) -> Result<(), Fault> {
    let (new, kept) = (store.path(&waiting(environment)), store.path(&named(environment)));
    if !new.exists() {
        return Ok(());
    }
    fs::rename(&new, &kept).during("rename", &new)?;
    store.sync()
}

/// Gives up what waited.
pub(super) fn forget_waiting(environment: &str, store: &Store) -> Result<(), Fault> {
    forget(&store.path(&waiting(environment)), store)
}

/// Gives up the previous key.
pub(super) fn forget_kept(environment: &str, store: &Store) -> Result<(), Fault> {
    forget(&store.path(&named(environment)), store)
}

fn forget(folder: &Path, store: &Store) -> Result<(), Fault> {
    if !folder.exists() {
        return Ok(());
    }
    // The patches last: while they are there, so is the rotation.
    for name in [KEY, PATCHES] {
        let path = folder.join(name);
        overwrite(&path);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Fault::step("remove", &path, error));
            }
            _ => {}
        }
    }
    fs::remove_dir(folder).during("remove", folder)?;
    store.sync()
}

/// Best effort: some file systems write elsewhere, and the old blocks stay for a while.
fn overwrite(path: &Path) {
    let Ok(length) = fs::metadata(path).map(|found| found.len()) else { return };
    if let Ok(mut file) = OpenOptions::new().write(true).open(path) {
        let _ = file.write_all(&vec![0; length as usize]).and_then(|()| file.sync_all());
    }
}

fn named(environment: &str) -> String {
    format!("{KEPT}{environment}")
}

fn waiting(environment: &str) -> String {
    format!("{WAITING}{environment}")
}

fn folder(place: &Place, environment: &str) -> PathBuf {
    place.path(&named(environment))
}

impl Patch {
    fn of(change: &Change, salt: &Salt) -> Self {
        let (before, after) = (change.before.expose(), change.after.expose());
        let shorter = before.len().min(after.len());
        let same = |(old, new): &(&u8, &u8)| old == new;
        let offset = before.iter().zip(after).take_while(same).count();
        let rest = before.iter().rev().zip(after.iter().rev()).take(shorter - offset);
        let behind = rest.take_while(same).count();
        let text =
            |bytes: &[u8]| Zeroizing::new(STANDARD.encode(&bytes[offset..bytes.len() - behind]));
        Self {
            path: change.path.clone(),
            digest: salt.digest(&change.after),
            offset,
            inserted: text(after),
            removed: text(before),
        }
    }

    /// The change that takes this one back. Where the file was edited since, the edit stays.
    fn reversed(&self, salt: &Salt) -> Result<Change, Fault> {
        let read = file::read(&self.path);
        let now = read.map_err(|error| Fault::step("read", &self.path, io::Error::other(error)))?;
        let bytes = |text: &str| STANDARD.decode(text).map(Zeroizing::new);
        let (Ok(inserted), Ok(removed)) = (bytes(&self.inserted), bytes(&self.removed)) else {
            return Err(Fault::NotOurs(self.path.clone()));
        };
        let offset = if salt.digest(&now) == self.digest {
            Some(self.offset)
        } else {
            only_place(now.expose(), &inserted)
        };
        let Some(offset) = offset else { return Err(Fault::Changed(self.path.clone())) };
        let (head, tail) = (&now.expose()[..offset], &now.expose()[offset + inserted.len()..]);
        let after = Secret::new([head, &removed, tail].concat());
        Ok(Change { path: self.path.clone(), before: now, after })
    }
}

/// Where a text stands, if it stands there once.
fn only_place(bytes: &[u8], text: &[u8]) -> Option<usize> {
    if text.len() < TELLING {
        return None;
    }
    let mut places = bytes.windows(text.len()).enumerate().filter(|(_, piece)| *piece == text);
    let (place, _) = places.next()?;
    places.next().is_none().then_some(place)
}
