//! Bringing a rotation to its end, the one way for a live one and for one that was interrupted: a journal
//! in, all files new or all files old out. May itself be interrupted anywhere, and started again.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::RenameFlags;
use rustix::io::Errno;

use super::fault::{During as _, Fault, RotateError};
use super::journal::{Entry, Journal, Stage, sync_folders};
use super::kept;
use super::ledger::Deed;
use super::store::Store;
use super::target::{open_folder, status_at};

/// How a rotation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Every file is as it was.
    Undone,
    /// Every file was changed.
    CarriedOut,
}

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
    match journal.stage {
        Stage::Preparing | Stage::Undoing => {
            back(journal, store).map_err(RotateError::Halfway)?;
            return Ok(Settled::Undone);
        }
        Stage::Committing => {
            if let Err(fault) = forward(&journal.files) {
                return Err(undo(journal, store, fault));
            }
            journal.reach(Stage::Done, store).map_err(RotateError::Changed)?;
        }
        Stage::Done => {}
    }
    clean(journal, store).map_err(RotateError::Changed)?;
    Ok(Settled::CarriedOut)
}

/// Takes everything back because of a fault.
pub(super) fn undo(journal: &mut Journal, store: &Store, fault: Fault) -> RotateError {
    match back(journal, store) {
        Ok(()) => RotateError::Unchanged(fault),
        Err(_) => RotateError::Halfway(fault),
    }
}

/// Exchanges every file that is still old. What comes out is looked at: if it is not what was there when
/// the rotation was planned, somebody wrote it in that very moment, and it goes back.
fn forward(files: &[Entry]) -> Result<(), Fault> {
    let standings = standings(files)?;
    if let Some((entry, ..)) =
        standings.iter().find(|(.., standing)| matches!(standing, Standing::EditedOld))
    {
        return Err(Fault::Changed(entry.path()));
    }
    for (entry, folder, standing) in standings {
        if !matches!(standing, Standing::Old) {
            continue;
        }
        let path = entry.path();
        exchange(&folder, entry).during("replace", &path)?;
        let out = status_at(&folder, &entry.temporary).during("look at", &path)?;
        if out.is_some_and(|out| !entry.before.is_untouched(&out)) {
            return Err(Fault::Changed(path));
        }
    }
    sync_folders(files)
}

/// Puts every old file back under its name and removes the new ones.
fn back(journal: &mut Journal, store: &Store) -> Result<(), Fault> {
    let mut edited = None;
    if journal.stage != Stage::Preparing && journal.files.iter().all(|entry| entry.after.is_some())
    {
        let stuck = |standing: &Standing| matches!(standing, Standing::New { old_waits: false });
        let gone = |(entry, _, standing): &(&Entry, _, _)| stuck(standing).then(|| entry.path());
        if let Some(path) = standings(&journal.files)?.iter().find_map(gone) {
            let error = io::Error::other("the old file is gone");
            return Err(Fault::step("put back", &path, error));
        }
        // Nothing moves before the journal says where to.
        journal.reach(Stage::Undoing, store)?;
        for (entry, folder, standing) in standings(&journal.files)? {
            match standing {
                Standing::New { .. } => {
                    exchange(&folder, entry).during("put back", &entry.path())?;
                }
                Standing::EditedNew => edited = Some(Fault::Changed(entry.path())),
                Standing::Old | Standing::EditedOld => {}
            }
        }
        sync_folders(&journal.files)?;
    }
    remove_temporaries(&journal.files)?;
    kept::forget_waiting(&journal.record.environment, store)?;
    Journal::close(store)?;
    edited.map_or(Ok(()), Err)
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

fn standings(files: &[Entry]) -> Result<Vec<(&Entry, OwnedFd, Standing)>, Fault> {
    files
        .iter()
        .map(|entry| {
            let folder = open_folder(&entry.folder)?;
            let standing = standing(&folder, entry).during("look at", &entry.path())?;
            Ok((entry, folder, standing))
        })
        .collect()
}

fn standing(folder: &OwnedFd, entry: &Entry) -> io::Result<Standing> {
    let now = status_at(folder, &entry.name)?;
    let waiting = status_at(folder, &entry.temporary)?;
    let is_after = |status| entry.after.as_ref().is_some_and(|after| after.is_file(status));
    Ok(if now.as_ref().is_some_and(is_after) {
        Standing::New { old_waits: waiting.is_some() }
    } else if now.as_ref().is_some_and(|now| entry.before.is_untouched(now)) {
        Standing::Old
    } else if waiting.as_ref().is_some_and(is_after) {
        Standing::EditedOld
    } else {
        Standing::EditedNew
    })
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
