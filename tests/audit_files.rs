//! `authprobe audit` on what stands around key files: real git repositories, modes, compose files,
//! manifests, Dockerfiles and sources, made by the tests. Each finding has its exact words, and a clean
//! tree gives none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod common;
mod real;

#[path = "audit_files/age.rs"]
mod age;
#[path = "audit_files/docker.rs"]
mod docker;
#[path = "audit_files/fleet.rs"]
mod fleet;
#[path = "audit_files/git.rs"]
mod git;
#[path = "audit_files/hostile.rs"]
mod hostile;
#[path = "audit_files/image.rs"]
mod image;
#[path = "audit_files/kubernetes.rs"]
mod kubernetes;
#[path = "audit_files/layouts.rs"]
mod layouts;
#[path = "audit_files/mode.rs"]
mod mode;
#[path = "audit_files/shadow.rs"]
mod shadow;
#[path = "audit_files/written.rs"]
mod written;
