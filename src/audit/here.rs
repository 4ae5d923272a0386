//! The places of an environment's key in, whether anything of it is on this machine out. Never opens a file.
//!
//! What is not here at all is not judged, unless it is asked for by name.

use std::io::ErrorKind;

use crate::inventory::{Inventory, KeyFile};

/// Whether something of an environment is here: a developer's checkout has development's files, and
/// nothing of production. A link that leads nowhere is something.
pub(super) fn is_here(inventory: &Inventory) -> bool {
    let exists = |file: &KeyFile| {
        let found = file.path.symlink_metadata();
        !found.is_err_and(|error| error.kind() == ErrorKind::NotFound)
    };
    inventory.files.is_empty() || inventory.files.iter().any(exists)
}
