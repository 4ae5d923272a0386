//! A folder in, the names of its files out, and their text. Never more of either than any project has,
//! never a file that is no regular file; what cannot be read is not there.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use crate::key::file;

/// Entries of a folder that are looked at.
const MOST_ENTRIES: usize = 4096;

/// The names in a folder, sorted.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().take(MOST_ENTRIES);
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// What `read` makes of a file's text, as long as there are `left` bytes to read.
pub(super) fn read<T>(path: &Path, left: &Cell<usize>, read: impl FnOnce(&str) -> T) -> Option<T> {
    if left.get() == 0 {
        return None;
    }
    // Compose files and scripts may hold keys, so their bytes are held as secrets are.
    let bytes = file::read(path).ok()?;
    left.set(left.get().saturating_sub(bytes.len()));
    std::str::from_utf8(bytes.expose()).ok().map(read)
}
