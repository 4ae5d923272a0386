//! All files or none: paths with their bytes before and after in, every file replaced or every file as
//! it was out. Knows nothing of env files or keys, and nothing is changed before all of it is ready.

use std::os::fd::OwnedFd;
use std::path::Path;

use super::change::Change;
use super::fault::{During as _, Fault, Refusal, RotateError};
use super::journal::{Entry, Journal, Stage, sync_folders};
use super::kept::Kept;
use super::ledger::{Deed, Record};
use super::settle::{self, undo};
use super::stamp::{Salt, Stamp, random_name};
use super::store::Store;
use super::target::{Target, open_folder, read_at, status_at};
use super::temporary;
use crate::secret::Secret;

/// What is to be done.
pub(super) struct Work<'a> {
    pub(super) environment: &'a str,
    pub(super) deed: Deed,
    pub(super) changes: &'a [Change],
    /// The key that counts from then on.
    pub(super) key: &'a Secret,
    /// The key that counted before, where it is to be kept.
    pub(super) previous: Option<&'a Secret>,
}

/// Whether the caller wants an end.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// Looks at every file as [`carry_out`] would, and changes nothing.
pub(super) fn inspect(changes: &[Change]) -> Result<(), Fault> {
    targets(changes, &Salt::fresh().during("name", Path::new("a salt"))?).map(drop)
}

/// Replaces every file, or none.
pub(super) fn carry_out(work: &Work<'_>, store: &Store, stop: Stop<'_>) -> Result<(), RotateError> {
    let mut journal = begin(work, store).map_err(RotateError::Unchanged)?;
    if let Err(fault) = prepare(work, &mut journal, store, stop) {
        return Err(undo(&mut journal, store, fault));
    }
    // From here on a crash is carried on with, not undone.
    if let Err(fault) = journal.reach(Stage::Committing, store) {
        return Err(undo(&mut journal, store, fault));
    }
    settle::settle(&mut journal, store).map(drop)
}

/// Checks every file and writes the journal: whatever is made from here on can be found again.
fn begin(work: &Work<'_>, store: &Store) -> Result<Journal, Fault> {
    let name = |path: &Path| random_name().during("name", path);
    let salt = Salt::fresh().during("name", Path::new("a salt"))?;
    let mut files = Vec::new();
    for (target, before) in targets(work.changes, &salt)? {
        let temporary = format!(".authprobe-{}", name(&target.path())?);
        let Target { folder_path: folder, name, .. } = target;
        files.push(Entry { folder, name, temporary, before, after: None });
    }
    let paths = files.iter().map(Entry::path).collect();
    let record = Record::now(work.environment, work.deed, paths, Some(work.key));
    let record = record.during("name", Path::new("a rotation"))?;
    let mut journal = Journal { record, stage: Stage::Preparing, salt, files };
    if let Err(fault) = journal.reach(Stage::Preparing, store) {
        // It may be there although it could not be brought to the disk.
        let _ = Journal::close(store);
        return Err(fault);
    }
    Ok(journal)
}

fn targets(changes: &[Change], salt: &Salt) -> Result<Vec<(Target, Stamp)>, Fault> {
    let mut targets: Vec<(Target, Stamp)> = Vec::new();
    for change in changes {
        let target = Target::open(&change.path)?;
        if targets.iter().any(|(_, known)| known.is_file(&target.status)) {
            return Err(Fault::refused(&change.path, Refusal::Twice));
        }
        if target.read()? != change.before {
            return Err(Fault::Changed(change.path.clone()));
        }
        let before = Stamp::of(&target.status, &change.before, salt);
        targets.push((target, before));
    }
    Ok(targets)
}

/// Makes every new file and sees that no old one has changed.
fn prepare(
    work: &Work<'_>,
    journal: &mut Journal,
    store: &Store,
    stop: Stop<'_>,
) -> Result<(), Fault> {
    if let Some(key) = work.previous {
        let kept = Kept::of(work.changes).during("name", Path::new("a salt"))?;
        kept.wait(key, work.environment, store)?;
    }
    for (entry, change) in journal.files.iter_mut().zip(work.changes) {
        if stop() {
            return Err(Fault::Interrupted);
        }
        let target = Target::open(&entry.path())?;
        let after = temporary::make(&target, &entry.temporary, &change.after, &journal.salt)?;
        entry.after = Some(after);
    }
    sync_folders(&journal.files)?;
    for (entry, change) in journal.files.iter().zip(work.changes) {
        let folder = open_folder(&entry.folder)?;
        if !is_unchanged(&folder, entry, change)? {
            return Err(Fault::Changed(entry.path()));
        }
    }
    if stop() { Err(Fault::Interrupted) } else { Ok(()) }
}

fn is_unchanged(folder: &OwnedFd, entry: &Entry, change: &Change) -> Result<bool, Fault> {
    let path = entry.path();
    let read = read_at(folder, entry.name.as_ref()).during("read", &path)?;
    let status = status_at(folder, &entry.name).during("look at", &path)?;
    Ok(read == change.before && status.is_some_and(|status| entry.before.is_untouched(&status)))
}
