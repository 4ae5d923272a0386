//! What can go wrong with a rotation, and how the files stand afterwards: facts in, words with the next
//! thing to type out. Never a key.

use std::io;
use std::path::{Path, PathBuf};

use crate::time::UnixTime;

/// What went wrong, where.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file cannot be replaced safely.
    #[error("{}: {refusal}\n  help: {}", shown(file), refusal.help())]
    Refused {
        /// The file.
        file: PathBuf,
        /// Why not.
        refusal: Refusal,
    },
    /// The operating system said no.
    #[error("{}: cannot {step} it: {error}\n  help: {}", shown(file), advice(error))]
    Step {
        /// What was tried.
        step: &'static str,
        /// With which file.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// There is no place for journal and previous key.
    #[error(
        "{}: the state folder cannot be made: {error}\n  help: name another with --state",
        shown(folder)
    )]
    State {
        /// The state folder.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Somebody else wrote the file meanwhile.
    #[error(
        "{}: somebody else changed it meanwhile, and that change is kept\n  help: close the editor \
         or the deployment that writes it, then run the same again", shown(.0)
    )]
    Changed(PathBuf),
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// Another rotation is under way.
    #[error("another rotation is under way: {0}\n  help: wait until it has ended")]
    Busy(String),
    /// The last rotation is neither finished nor rolled back.
    #[error(
        "the rotation of {} is not finished: its previous key is still kept",
        .0.to_utc().format("%Y-%m-%d %H:%M UTC")
    )]
    Unfinished(UnixTime),
    /// There is nothing to roll back or to finish.
    #[error("no rotation of {0} is waiting to be finished or rolled back")]
    NothingKept(String),
    /// A file of the state folder does not hold what it should.
    #[error(
        "{}: this is not what authprobe wrote there\n  help: bring it back from a backup; without one, \
         see that every file holds one key, remove what is named .authprobe-* beside them, then this",
        shown(.0)
    )]
    NotOurs(PathBuf),
}

impl Fault {
    /// An operation on a file that the system refused.
    pub(super) fn step(step: &'static str, file: &Path, error: impl Into<io::Error>) -> Self {
        Self::Step { step, file: file.to_owned(), error: error.into() }
    }

    pub(super) fn refused(file: &Path, refusal: Refusal) -> Self {
        Self::Refused { file: file.to_owned(), refusal }
    }
}

/// Makes a [`Fault::Step`] of an error.
pub(super) trait During<T> {
    fn during(self, step: &'static str, file: &Path) -> Result<T, Fault>;
}

impl<T, E: Into<io::Error>> During<T> for Result<T, E> {
    fn during(self, step: &'static str, file: &Path) -> Result<T, Fault> {
        self.map_err(|error| Fault::step(step, file, error))
    }
}

/// Why a file is not replaced. A row is the fact and the next thing to type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A pipe, a socket, a device, a folder.
    NotRegular,
    /// Larger than 1 MiB.
    TooLarge,
    /// Another name for the same file would keep the old key.
    HardLink,
    /// Something is mounted on this very file.
    MountPoint,
    /// No new file can be made beside it.
    FolderReadOnly,
    /// Its file system is mounted read-only.
    ReadOnly,
    /// It is marked immutable or append-only.
    Immutable,
    /// It belongs to another user, and a new file would belong to us.
    OtherOwner,
    /// Its group is none of ours, and the new file could not have it.
    OtherGroup,
    /// Another rotation has a successor in the same folder.
    OtherRotation,
    /// A previous key waits, and no journal says for what.
    LeftBehind,
    /// Its path is not UTF-8.
    NotUtf8,
    /// It was listed twice.
    Twice,
    /// The state folder is in the folder of the configuration.
    StateInside,
    /// The state folder belongs to somebody else.
    StateOfOther,
    /// The state folder is a link.
    StateLink,
    /// Others may put another folder into the state folder's place.
    StateExposed,
}

impl Refusal {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotRegular => ("it is not a regular file", "name the file itself in probes.yaml"),
            Self::TooLarge => ("it is larger than 1 MiB", "name a file that holds keys"),
            Self::HardLink => (
                "it has a second name (hard link), which would keep the old key",
                "make them two files, cp FILE NEW && mv NEW FILE, or replace one by ln -s",
            ),
            Self::MountPoint => (
                "it is a mount point, and cannot be replaced as a whole",
                "rotate where the file really is, outside of the container",
            ),
            Self::FolderReadOnly => {
                ("no file can be made in its folder", "run this as a user who may write there")
            }
            Self::ReadOnly => ("its file system is read-only", "mount -o remount,rw"),
            Self::Immutable => ("it is marked immutable or append-only", "chattr -i -a FILE"),
            Self::OtherOwner => (
                "it belongs to another user",
                "run this as its owner (sudo -u OWNER), so that the new file is the owner's too",
            ),
            Self::OtherGroup => (
                "its group is none of yours, and a new file could not have it",
                "run this as root, or as a member of that group",
            ),
            Self::OtherRotation => (
                "another rotation works in this folder, or was interrupted there: one of another user or \
                 with another --state",
                "let that user run authprobe rotate --recover; if nobody knows of it, see that its \
                 neighbours are whole, then remove it",
            ),
            Self::LeftBehind => (
                "a previous key waits here for a rotation whose journal is gone",
                "see that every file holds one key, then remove this folder",
            ),
            Self::NotUtf8 => ("its path is not UTF-8", "rename the folder"),
            Self::Twice => ("it was given twice", "name it once in probes.yaml"),
            Self::StateInside => (
                "the state folder would be inside the folder of the configuration, where a key could \
                 be committed or deployed",
                "name another with --state",
            ),
            Self::StateOfOther => {
                ("the state folder belongs to another user", "name another with --state")
            }
            Self::StateLink => ("the state folder is a link", "name another with --state"),
            Self::StateExposed => (
                "others may put another folder into its place",
                "chmod o-w the folder that it is in, or name another with --state",
            ),
        }
    }

    const fn help(self) -> &'static str {
        self.words().1
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words().0)
    }
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull => "make room on that file system, then run the same again",
        io::ErrorKind::QuotaExceeded => "the quota is used up: make room, then run the same again",
        io::ErrorKind::FileTooLarge => {
            "no file may be so large here (ulimit -f): raise that, then run the same again"
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "the file system is read-only: see dmesg, then remount it"
        }
        io::ErrorKind::PermissionDenied => "run this as a user who may replace the file",
        io::ErrorKind::NotFound => "create it, or take it out of probes.yaml",
        _ => "see dmesg: when the disk is in order, run the same again",
    }
}

/// The name of a file, which may hold whatever moves a cursor.
fn shown(path: &Path) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.into() };
    path.to_string_lossy().chars().map(escaped).collect()
}

/// How a rotation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Every file is as it was.
    Undone,
    /// Every file was changed.
    CarriedOut,
}

/// How a rotation failed, and how the files stand. Whoever shows it adds what to type next.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// Every file is as it was.
    #[error("{0}\n  nothing was changed")]
    Unchanged(Fault),
    /// Some files may hold the new key and some the old one; the journal knows which.
    #[error("{0}\n  the rotation stands halfway")]
    Halfway(Fault),
    /// Every file is as it should be, but something is left to be put away.
    #[error("{0}\n  every file is as it should be, and something is left to be put away")]
    Changed(Fault),
    /// One file was written by somebody else once it was exchanged; all others agree.
    #[error(
        "{}: somebody else changed it after it was exchanged, and that change is kept\n  every other \
         file {}", shown(file), match others {
            Settled::Undone => "is as it was",
            Settled::CarriedOut => "was changed",
        }
    )]
    Edited {
        /// The file.
        file: PathBuf,
        /// How the others stand.
        others: Settled,
    },
}
