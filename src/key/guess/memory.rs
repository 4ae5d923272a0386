//! What was understood of the files around many env files, so that each is understood once. Keeps names
//! and paths, never a value.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::composition::Composition;

/// Compose files by their paths: they are the ones that take time, and speak of every service.
#[derive(Debug, Default)]
pub(super) struct Memory(RefCell<HashMap<PathBuf, Rc<Composition>>>);

impl Memory {
    /// The compose file at a path, as it was understood before or is now.
    pub(super) fn composition(&self, path: &Path, text: &str) -> Rc<Composition> {
        let known = self.0.borrow().get(path).cloned();
        known.unwrap_or_else(|| {
            let understood = Rc::new(Composition::of(text));
            self.0.borrow_mut().insert(path.to_owned(), Rc::clone(&understood));
            understood
        })
    }
}
