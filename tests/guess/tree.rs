//! A tree of files in a fresh folder.

use std::fs;
use std::path::Path;

use authprobe::key::guess::{self, Guess};

/// Files of one fleet.
pub(crate) struct Tree(tempfile::TempDir);

impl Tree {
    /// With these files: paths and texts.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The guess for an env file of the tree.
    pub(crate) fn guess(&self, file: &str) -> Guess {
        guess::guess(self.path(), file, "JWT_SECRET_KEY")
    }
}
