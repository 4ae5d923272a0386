//! A file that may speak of an env file: where it is, and whether a path that is written in it is that
//! env file. Never holds its text.

use std::path::{Path, PathBuf};

use super::site::Site;
use super::strength::Strength;

/// A loader, how much it counts, and what the file says, in words that fit after "which".
pub(super) type Said = (Strength, &'static str, &'static str);

/// A file that may speak of an env file.
pub(super) struct Speaker<'a> {
    pub(super) site: &'a Site<'a>,
    /// Its name.
    pub(super) name: &'a str,
    /// The folders that a relative path in it may be relative to, its own first.
    pub(super) bases: Vec<PathBuf>,
    /// The names of all files beside it.
    pub(super) beside: &'a [String],
}

impl Speaker<'_> {
    /// What the end of its name says of it.
    pub(super) fn has_extension(&self, extension: &str) -> bool {
        Path::new(self.name).extension().is_some_and(|found| found == extension)
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.bases[0].join(self.name)
    }

    /// Whether a path that is written in it is the env file.
    pub(super) fn names(&self, written: &str) -> bool {
        self.site.is_named(written, &self.bases)
    }

    /// Whether a path that is relative to its own folder is the env file.
    pub(super) fn names_from_here(&self, written: &str) -> bool {
        self.site.is_named(written, &self.bases[..1])
    }
}
