//! `authprobe audit` on trees of files as people have them: a clean one is silent, each fault has its
//! message, odd files stop nothing; and no run lets a key out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod common;

#[path = "audit/absent.rs"]
mod absent;
#[path = "audit/clean.rs"]
mod clean;
#[path = "audit/found.rs"]
mod found;
#[path = "audit/layouts.rs"]
mod layouts;
#[path = "audit/ledger.rs"]
mod ledger;
#[path = "audit/messages.rs"]
mod messages;
#[path = "audit/odd.rs"]
mod odd;
#[path = "audit/tree.rs"]
mod tree;
