//! `authprobe rotate` against the real file system of this machine: killed, interrupted and refused at
//! every call, beside editors and other rotations, with odd files; and what it says and leaves behind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod common;
mod real;

#[path = "rotate/command.rs"]
mod command;
#[path = "rotate/concurrent.rs"]
mod concurrent;
#[path = "rotate/damaged.rs"]
mod damaged;
#[path = "rotate/disk.rs"]
mod disk;
#[path = "rotate/files.rs"]
mod files;
#[path = "rotate/fleet.rs"]
mod fleet;
#[path = "rotate/guessed.rs"]
mod guessed;
#[path = "rotate/guide.rs"]
mod guide;
#[path = "rotate/hostile.rs"]
mod hostile;
#[path = "rotate/identity.rs"]
mod identity;
#[path = "rotate/injected.rs"]
mod injected;
#[path = "rotate/strace.rs"]
mod strace;
#[path = "rotate/unprivileged.rs"]
mod unprivileged;
