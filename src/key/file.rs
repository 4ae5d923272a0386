//! A path in, the bytes of a regular file out. Never follows a pipe or a device, never waits for a
//! writer, never reads more than [`LARGEST`] bytes.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use crate::secret::Secret;

/// The largest file that is read, in bytes: configurations and keys are far smaller.
pub const LARGEST: u64 = 1 << 20;

/// Reads a regular file, whole.
///
/// # Errors
/// When it is missing, closed to us, larger than [`LARGEST`], or no regular file.
pub fn read(path: &Path) -> Result<Secret, FileError> {
    // Without O_NONBLOCK, opening a pipe would wait for a writer before we could refuse it.
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(FileError::Folder);
    }
    if !metadata.is_file() {
        return Err(FileError::NotRegular);
    }
    if metadata.len() > LARGEST {
        return Err(FileError::TooLarge);
    }
    read_at_most(file, metadata.len())
}

/// Reads once and parses that buffer, so a file that grows meanwhile is cut off, not followed.
fn read_at_most(file: File, length: u64) -> Result<Secret, FileError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(length as usize + 1));
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(FileError::TooLarge);
    }
    Ok(Secret::new(std::mem::take(&mut *bytes)))
}

/// Why a file could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// There is nothing at that path.
    #[error("there is no such file")]
    Missing,
    /// Its permissions, or those of a folder above it, say no.
    #[error("permission denied")]
    Denied,
    /// It is a folder.
    #[error("it is a folder")]
    Folder,
    /// It is a pipe, a socket or a device.
    #[error("it is not a regular file")]
    NotRegular,
    /// It is larger than [`LARGEST`].
    #[error("it is larger than 1 MiB")]
    TooLarge,
    /// Anything else the operating system says.
    #[error("{0}")]
    Other(ErrorKind),
}

impl From<std::io::Error> for FileError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::PermissionDenied => Self::Denied,
            kind => Self::Other(kind),
        }
    }
}
