//! One environment gets a new key, in every file or in none: an inventory and a key in, changed files
//! and what is kept for the way back out. Never prints a key, never leaves some files old and some new.
//!
//! `draft` turns the inventory into changes of whole files; `transaction` carries changes out and knows
//! nothing of keys. `target` checks a file, `temporary` makes its successor, `settle` exchanges the two
//! or takes everything back, `journal` is what `settle` goes by. `store` is the state folder, `kept` the
//! previous key in it, `ledger` the history.

mod change;
mod draft;
mod fault;
mod journal;
mod kept;
mod ledger;
mod restart;
mod settle;
mod stamp;
mod store;
mod target;
mod temporary;
mod transaction;

use std::path::PathBuf;

pub use change::Change;
pub use draft::{Draft, DraftError, Survey, survey};
pub use fault::{Fault, Refusal, RotateError, Settled};
pub use ledger::Deed;
pub use restart::{RestartError, run as restart};
pub use store::Place;
pub use transaction::Stop;

use journal::Journal;
use kept::Kept;
use store::Store;
use transaction::{Work, carry_out};

use crate::secret::Secret;
use crate::time::UnixTime;

/// What an earlier rotation left behind.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Waiting {
    /// One was interrupted: it has to be brought to its end first.
    pub interrupted: bool,
    /// One was made then, and is neither finished nor rolled back.
    pub unfinished: Option<UnixTime>,
}

/// Looks what an earlier rotation left behind; changes nothing.
///
/// # Errors
/// When the state folder cannot be read.
pub fn waiting(environment: &str, place: &Place) -> Result<Waiting, Fault> {
    Ok(Waiting {
        interrupted: Journal::find(place)?.is_some(),
        unfinished: Kept::find(place, environment)?.map(|kept| kept.at()),
    })
}

/// When a rotation wrote this very key into the files of an environment, if the ledger knows it.
#[must_use]
pub fn written_at(place: &Place, environment: &str, key: &Secret) -> Option<UnixTime> {
    ledger::written_at(place, environment, key)
}

/// What a rotation left to those who look whether its key has arrived.
#[derive(Debug, Clone, Default)]
pub struct LeftBehind {
    /// When the key in use now was written; `None` where none of ours was, or it was taken back.
    pub applied_at: Option<UnixTime>,
    /// The key before, while it is kept: its bytes, decoded.
    pub previous_key: Option<Secret>,
}

/// Looks what the last rotation of an environment left; changes nothing.
///
/// # Errors
/// When the state folder is there and cannot be read.
pub fn left_behind(environment: &str, place: &Place) -> Result<LeftBehind, Fault> {
    let Some(kept) = Kept::find(place, environment)? else {
        let applied_at = ledger::applied_at(environment, place)?;
        return Ok(LeftBehind { applied_at, previous_key: None });
    };
    let previous_key = Some(kept::key(place, environment)?);
    Ok(LeftBehind { applied_at: Some(kept.at()), previous_key })
}

/// Sees whether every file of these changes could be replaced; changes nothing.
///
/// # Errors
/// With the first file that cannot.
pub fn inspect(changes: &[Change]) -> Result<(), Fault> {
    transaction::inspect(changes)
}

/// Carries a draft out; the previous key is kept, and its file is told.
///
/// # Errors
/// When it could not be carried out; the error says how the files stand.
pub fn apply(
    environment: &str,
    draft: &Draft,
    place: &Place,
    stop: Stop<'_>,
) -> Result<PathBuf, RotateError> {
    let store = ready(place)?;
    let kept = Kept::find(place, environment).map_err(RotateError::Unchanged)?;
    if let Some(kept) = kept {
        return Err(RotateError::Unchanged(Fault::Unfinished(kept.at())));
    }
    // What lies beside the files comes first: it may hold an old file, what waits only its key.
    inspect(&draft.changes).map_err(RotateError::Unchanged)?;
    kept::none_waits(place, environment).map_err(RotateError::Unchanged)?;
    let work = Work {
        environment,
        deed: Deed::Applied,
        changes: &draft.changes,
        key: Some(&draft.key),
        previous: Some(&draft.previous),
    };
    carry_out(&work, &store, stop)?;
    Ok(kept::key_file(place, environment))
}

/// What was rolled back.
pub struct RolledBack {
    /// The files, without links.
    pub written: Vec<PathBuf>,
    /// What nobody must be shown: the previous key, and what was taken out of the files.
    pub secrets: Vec<Secret>,
}

/// Brings the previous key back into every file.
///
/// # Errors
/// When there is nothing to roll back, or it could not be carried out.
pub fn rollback(
    environment: &str,
    place: &Place,
    stop: Stop<'_>,
) -> Result<RolledBack, RotateError> {
    let store = ready(place)?;
    let kept = Kept::find(place, environment).map_err(RotateError::Unchanged)?;
    let Some(kept) = kept else { return Err(nothing_kept(environment)) };
    let changes = kept.changes().map_err(RotateError::Unchanged)?;
    let key = kept::key(place, environment).map_err(RotateError::Unchanged)?;
    let deed = Deed::RolledBack;
    let work = Work { environment, deed, changes: &changes, key: Some(&key), previous: None };
    carry_out(&work, &store, stop)?;
    let secrets = kept.secrets().chain([key]).collect();
    Ok(RolledBack { written: changes.into_iter().map(|change| change.path).collect(), secrets })
}

/// Gives up the previous key, legible or not: a rotation that changes no file.
///
/// # Errors
/// When there is nothing to finish, or it could not be deleted.
pub fn finish(environment: &str, place: &Place, stop: Stop<'_>) -> Result<(), RotateError> {
    let store = ready(place)?;
    if !kept::is_kept(place, environment) {
        return Err(nothing_kept(environment));
    }
    let deed = Deed::Finished;
    let work = Work { environment, deed, changes: &[], key: None, previous: None };
    carry_out(&work, &store, stop)
}

/// What was interrupted, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The environment.
    pub environment: String,
    /// What was interrupted.
    pub deed: Deed,
    /// How it ended.
    pub settled: Settled,
}

/// Brings an interrupted rotation to its end; `None` if there is none.
///
/// # Errors
/// When it still cannot be brought to its end.
pub fn recover(place: &Place) -> Result<Option<Recovered>, RotateError> {
    if !Journal::is_left(place) {
        return Ok(None);
    }
    let store = Store::open(place).map_err(RotateError::Unchanged)?;
    settle_interrupted(place, &store)
}

fn settle_interrupted(place: &Place, store: &Store) -> Result<Option<Recovered>, RotateError> {
    match Journal::find(place).map_err(RotateError::Unchanged)? {
        Some(mut journal) => {
            let settled = settle::settle(&mut journal, store)?;
            let (environment, deed) = (journal.record.environment, journal.record.state);
            Ok(Some(Recovered { environment, deed, settled }))
        }
        None if Journal::is_left(place) => {
            Journal::close(store).map_err(RotateError::Unchanged)?;
            Ok(None)
        }
        None => Ok(None),
    }
}

/// The state folder, with nothing in it that an interruption left.
fn ready(place: &Place) -> Result<Store, RotateError> {
    let store = Store::open(place).map_err(RotateError::Unchanged)?;
    settle_interrupted(place, &store)?;
    Ok(store)
}

fn nothing_kept(environment: &str) -> RotateError {
    RotateError::Unchanged(Fault::NothingKept(environment.to_owned()))
}
