//! What becomes of one file: its path and its bytes before and after. Never shows them.

use std::path::PathBuf;

use crate::secret::Secret;

/// A file and what becomes of it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The file; a link leads to the file that is replaced, and stays.
    pub path: PathBuf,
    /// Its bytes when the change was planned.
    pub before: Secret,
    /// Its bytes afterwards.
    pub after: Secret,
}
