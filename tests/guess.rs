//! The loader of an env file, guessed from small trees of services: what each tree tells, and that no
//! tree, however hostile, stops the guess.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

#[path = "guess/hostile.rs"]
mod hostile;
#[path = "guess/plan.rs"]
mod plan;
#[path = "guess/tree.rs"]
mod tree;
#[path = "guess/trees.rs"]
mod trees;
