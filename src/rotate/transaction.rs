//! All files or none: paths with their bytes before and after in, every file replaced or every file as
//! it was out. Knows nothing of env files or keys, and nothing is changed before all of it is ready.

use std::path::Path;

use rustix::fs::AtFlags;

use super::change::Change;
use super::fault::{During as _, Fault, Refusal, RotateError};
use super::journal::{Entry, Journal, Stage};
use super::kept::Kept;
use super::ledger::{Deed, Record};
use super::settle::{self, undo};
use super::stamp::{Salt, Stamp, successor_name};
use super::store::Store;
use super::target::{Target, status_at, stranger, sync_folder};
use super::temporary;
use crate::secret::Secret;

/// What is to be done.
pub(super) struct Work<'a> {
    pub(super) environment: &'a str,
    pub(super) deed: Deed,
    pub(super) changes: &'a [Change],
    /// The key that is written, where one is.
    pub(super) key: Option<&'a Secret>,
    /// The key that counted before, where it is to be kept.
    pub(super) previous: Option<&'a Secret>,
}

/// Whether the caller wants an end.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// Looks at every file as [`carry_out`] would, and changes nothing.
pub(super) fn inspect(changes: &[Change]) -> Result<(), Fault> {
    targets(changes).map(drop)
}

/// Replaces every file, or none.
pub(super) fn carry_out(work: &Work<'_>, store: &Store, stop: Stop<'_>) -> Result<(), RotateError> {
    let targets = targets(work.changes).map_err(RotateError::Unchanged)?;
    let mut journal = begin(work, &targets, store).map_err(RotateError::Unchanged)?;
    if let Err(fault) = prepare(work, &mut journal, &targets, store, stop) {
        discard(&journal, &targets);
        return Err(undo(&mut journal, store, fault));
    }
    // From here on a crash is carried on with, not undone.
    if let Err(fault) = journal.reach(Stage::Committing, store) {
        return Err(undo(&mut journal, store, fault));
    }
    settle::settle(&mut journal, store).map(drop)
}

/// Writes the journal: whatever is made from here on can be found again.
fn begin(work: &Work<'_>, targets: &[Target], store: &Store) -> Result<Journal, Fault> {
    let salt = Salt::fresh().during("name", Path::new("a salt"))?;
    let mut files = Vec::new();
    for (target, change) in targets.iter().zip(work.changes) {
        let temporary = successor_name().during("name", &target.path())?;
        let before = salt.digest(&change.before);
        let (folder, name) = (target.folder_path.clone(), target.name.clone());
        files.push(Entry { folder, name, temporary, before, after: None });
    }
    let paths = files.iter().map(Entry::path).collect();
    let record = Record::now(work.environment, work.deed, paths, work.key);
    let record = record.during("name", Path::new("a rotation"))?;
    let mut journal = Journal { record, stage: Stage::Preparing, salt, files };
    if let Err(fault) = journal.reach(Stage::Preparing, store) {
        // It may be there although it could not be brought to the disk.
        let _ = Journal::close(store);
        return Err(fault);
    }
    Ok(journal)
}

/// Every file, checked and open: what follows is done in these folders, wherever their paths lead by then.
fn targets(changes: &[Change]) -> Result<Vec<Target>, Fault> {
    let mut targets: Vec<Target> = Vec::new();
    for change in changes {
        let target = Target::open(&change.path)?;
        let stamp = Stamp::of(&target.status);
        if targets.iter().any(|known| Stamp::of(&known.status).is_file(stamp)) {
            return Err(Fault::refused(&change.path, Refusal::Twice));
        }
        if target.read()? != change.before {
            return Err(Fault::Changed(change.path.clone()));
        }
        no_stranger(&target, &[])?;
        targets.push(target);
    }
    Ok(targets)
}

/// Two rotations that do not share a lock see each other by their successors: each makes its own before it
/// looks for those of others, so at least one of them sees the other.
fn no_stranger(target: &Target, ours: &[&str]) -> Result<(), Fault> {
    let folder = &target.folder_path;
    match stranger(&target.folder, ours).during("look into", folder)? {
        Some(name) => Err(Fault::refused(&folder.join(name), Refusal::OtherRotation)),
        None => Ok(()),
    }
}

/// Makes every new file and sees that no old one has changed.
fn prepare(
    work: &Work<'_>,
    journal: &mut Journal,
    targets: &[Target],
    store: &Store,
    stop: Stop<'_>,
) -> Result<(), Fault> {
    if let Some(key) = work.previous {
        let kept = Kept::of(work.changes).during("name", Path::new("a salt"))?;
        kept.wait(key, work.environment, store)?;
    }
    for ((entry, change), target) in journal.files.iter_mut().zip(work.changes).zip(targets) {
        if stop() {
            return Err(Fault::Interrupted);
        }
        let after = temporary::make(target, &entry.temporary, &change.after, &journal.salt)?;
        entry.after = Some(after);
    }
    let ours: Vec<&str> = journal.files.iter().map(|entry| entry.temporary.as_str()).collect();
    for (target, change) in targets.iter().zip(work.changes) {
        sync_folder(&target.folder).during("sync", &target.folder_path)?;
        no_stranger(target, &ours)?;
        if !is_unchanged(target, change)? {
            return Err(Fault::Changed(target.path()));
        }
    }
    if stop() { Err(Fault::Interrupted) } else { Ok(()) }
}

/// Whether the path still leads to the file that was checked, and nobody touched it.
fn is_unchanged(target: &Target, change: &Change) -> Result<bool, Fault> {
    let (path, folder_path) = (target.path(), &target.folder_path);
    let folder = rustix::fs::fstat(&target.folder).during("look at", folder_path)?;
    let there = rustix::fs::stat(folder_path).during("look at", folder_path)?;
    let status = status_at(&target.folder, &target.name).during("look at", &path)?;
    let is_same = status.is_some_and(|now| Stamp::of(&now) == Stamp::of(&target.status));
    Ok(is_same && Stamp::of(&there).is_file(Stamp::of(&folder)) && target.read()? == change.before)
}

/// Removes what was made, in the folders where it was made: a path may lead elsewhere by now.
fn discard(journal: &Journal, targets: &[Target]) {
    for (entry, target) in journal.files.iter().zip(targets) {
        // What cannot be removed here is told by the undoing that follows.
        let _ = rustix::fs::unlinkat(&target.folder, &entry.temporary, AtFlags::empty());
    }
}
