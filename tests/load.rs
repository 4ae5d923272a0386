//! probes.yaml and key files as users write them, read through the library's own door: bad files
//! with their exact messages, good ones with what they mean, files that are no files, the schema.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

#[path = "load/bad.rs"]
mod bad;
#[path = "load/files.rs"]
mod files;
#[path = "load/folder.rs"]
mod folder;
#[path = "load/inventory.rs"]
mod inventory;
#[path = "load/keys.rs"]
mod keys;
#[path = "load/mutations.rs"]
mod mutations;
#[path = "load/schema.rs"]
mod schema;
#[path = "load/settings.rs"]
mod settings;
