//! Bringing a rotation to its end, the one way for a live one and for one that was interrupted: a journal
//! in, all files new or all files old out. May itself be interrupted anywhere, and started again.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::fs::{FileType, RenameFlags};
use rustix::io::Errno;

use super::fault::{During as _, Fault, RotateError, Settled};
use super::journal::{Entry, Journal, Stage, sync_folders};
use super::kept;
use super::ledger::Deed;
use super::stamp::{Digest, Salt};
use super::store::Store;
use super::target::{open_folder, read_at, status_at};

/// How a file stands while the exchange goes on.
enum Standing {
    /// As it was; its successor waits.
    Old,
    /// New; the old file waits for its end, unless the file system cannot exchange two files.
    New { old_waits: bool },
    /// Somebody else wrote it before it was exchanged.
    EditedOld,
    /// Somebody else wrote it after it was exchanged.
    EditedNew,
}

/// Brings what the journal tells of to its end, forward if it was committed, back if not.
pub(super) fn settle(journal: &mut Journal, store: &Store) -> Result<Settled, RotateError> {
    let (settled, edited) = match journal.stage {
        Stage::Preparing | Stage::Undoing => {
            (Settled::Undone, back(journal, store).map_err(RotateError::Halfway)?)
        }
        Stage::Committing => match forward(journal) {
            Err(fault) => return Err(undo(journal, store, fault)),
            Ok(edited) => {
                journal.reach(Stage::Done, store).map_err(RotateError::Changed)?;
                clean(journal, store).map_err(RotateError::Changed)?;
                (Settled::CarriedOut, edited)
            }
        },
        Stage::Done => {
            clean(journal, store).map_err(RotateError::Changed)?;
            (Settled::CarriedOut, None)
        }
    };
    edited.map_or(Ok(settled), |file| Err(RotateError::Edited { file, others: settled }))
}

/// Takes everything back because of a fault.
pub(super) fn undo(journal: &mut Journal, store: &Store, fault: Fault) -> RotateError {
    match back(journal, store) {
        Ok(None) => RotateError::Unchanged(fault),
        Ok(Some(file)) => RotateError::Edited { file, others: Settled::Undone },
        Err(_) => RotateError::Halfway(fault),
    }
}

/// Exchanges every file that is still old. What comes out is looked at: if it is not what was there when
/// the rotation was planned, somebody wrote it in that very moment, and it goes back.
fn forward(journal: &Journal) -> Result<Option<PathBuf>, Fault> {
    let standings = standings(journal)?;
    if let Some((entry, ..)) =
        standings.iter().find(|(.., standing)| matches!(standing, Standing::EditedOld))
    {
        return Err(Fault::Changed(entry.path()));
    }
    let mut edited = None;
    for (entry, folder, standing) in standings {
        if matches!(standing, Standing::EditedNew) {
            edited = Some(entry.path());
        }
        if !matches!(standing, Standing::Old) {
            continue;
        }
        let path = entry.path();
        exchange(&folder, entry).during("replace", &path)?;
        let out = digest_at(&folder, &entry.temporary, &journal.salt).during("look at", &path)?;
        if out.is_some_and(|out| out != entry.before) {
            return Err(Fault::Changed(path));
        }
    }
    sync_folders(&journal.files)?;
    Ok(edited)
}

/// Puts every old file back under its name and removes the new ones; tells a file that somebody else wrote
/// after it was exchanged.
fn back(journal: &mut Journal, store: &Store) -> Result<Option<PathBuf>, Fault> {
    let mut edited = None;
    if journal.stage != Stage::Preparing && journal.files.iter().all(|entry| entry.after.is_some())
    {
        let stuck = |standing: &Standing| matches!(standing, Standing::New { old_waits: false });
        let gone = |(entry, _, standing): &(&Entry, _, _)| stuck(standing).then(|| entry.path());
        if let Some(path) = standings(journal)?.iter().find_map(gone) {
            let error = io::Error::other("the old file is gone");
            return Err(Fault::step("put back", &path, error));
        }
        // Nothing moves before the journal says where to.
        journal.reach(Stage::Undoing, store)?;
        for (entry, folder, standing) in standings(journal)? {
            match standing {
                Standing::New { .. } => {
                    exchange(&folder, entry).during("put back", &entry.path())?;
                }
                Standing::EditedNew => edited = Some(entry.path()),
                Standing::Old | Standing::EditedOld => {}
            }
        }
        sync_folders(&journal.files)?;
    }
    remove_temporaries(&journal.files)?;
    kept::forget_waiting(&journal.record.environment, store)?;
    Journal::close(store)?;
    Ok(edited)
}

/// Puts away what a rotation that was carried out leaves behind.
fn clean(journal: &Journal, store: &Store) -> Result<(), Fault> {
    remove_temporaries(&journal.files)?;
    let environment = &journal.record.environment;
    match journal.record.state {
        Deed::Applied => kept::keep(environment, store)?,
        Deed::RolledBack | Deed::Finished => kept::forget_kept(environment, store)?,
    }
    journal.record.enter(store)?;
    Journal::close(store)
}

fn standings(journal: &Journal) -> Result<Vec<(&Entry, OwnedFd, Standing)>, Fault> {
    let entries = journal.files.iter();
    entries
        .map(|entry| {
            let folder = open_folder(&entry.folder)?;
            let standing = standing(&folder, entry, &journal.salt);
            Ok((entry, folder, standing.during("look at", &entry.path())?))
        })
        .collect()
}

/// Told by the bytes alone: a crash may have given the machine other device numbers, and the file system
/// other inodes.
fn standing(folder: &OwnedFd, entry: &Entry, salt: &Salt) -> io::Result<Standing> {
    let now = digest_at(folder, &entry.name, salt)?;
    let is_after = |digest: &Digest| Some(digest) == entry.after.as_ref();
    // A file that held the new key before is both, and is as well as it can be.
    if now.as_ref() == Some(&entry.before) {
        return Ok(Standing::Old);
    }
    if now.as_ref().is_some_and(is_after) {
        let old_waits = status_at(folder, &entry.temporary)?.is_some();
        return Ok(Standing::New { old_waits });
    }
    let waits = digest_at(folder, &entry.temporary, salt)?.as_ref().is_some_and(is_after);
    Ok(if waits { Standing::EditedOld } else { Standing::EditedNew })
}

/// The digest of a file; `None` where there is no regular file.
fn digest_at(folder: &OwnedFd, name: &str, salt: &Salt) -> io::Result<Option<Digest>> {
    let status = status_at(folder, name)?;
    let is_file = |mode| FileType::from_raw_mode(mode) == FileType::RegularFile;
    if !status.is_some_and(|status| is_file(status.st_mode)) {
        return Ok(None);
    }
    Ok(Some(salt.digest(&read_at(folder, OsStr::new(name))?)))
}

/// Gives the file and its successor each other's name in one step. Where the file system cannot, the
/// successor takes the name, and the old file is gone.
fn exchange(folder: &OwnedFd, entry: &Entry) -> rustix::io::Result<()> {
    let (old, new) = (&entry.name, &entry.temporary);
    match rustix::fs::renameat_with(folder, new, folder, old, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            rustix::fs::renameat(folder, new, folder, old)
        }
        done => done,
    }
}

/// Their names are random and stand in the journal: nobody else made them.
fn remove_temporaries(files: &[Entry]) -> Result<(), Fault> {
    for entry in files {
        let path = entry.temporary_path();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Fault::step("remove", &path, error));
            }
            _ => {}
        }
    }
    sync_folders(files)
}
