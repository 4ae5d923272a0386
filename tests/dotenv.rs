//! Env files against the loaders themselves: what was recorded of 33 loaders, the corners of their
//! grammars, the guess of a loader, and setting a value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

#[path = "dotenv/corners.rs"]
mod corners;
#[path = "dotenv/matrix.rs"]
mod matrix;
#[path = "dotenv/set.rs"]
mod set;
