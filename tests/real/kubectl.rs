//! Manifests of Kubernetes Secrets as kubectl makes them, without a cluster: arguments in, text out.

use std::process::Command;

use super::debian::package;
use super::setup::{Unavailable, step};

/// What `kubectl create secret generic NAME …` writes for these arguments.
///
/// # Errors
/// When kubectl cannot be had or fails.
pub fn secret(name: &str, arguments: &[&str], format: &str) -> Result<String, Unavailable> {
    let kubectl = package("kubernetes-client", |root| {
        Some(root.join("usr/bin/kubectl")).filter(|path| path.is_file())
    })?;
    let mut command = Command::new(kubectl.found);
    command.env_clear().args([
        "create",
        "secret",
        "generic",
        name,
        "--dry-run=client",
        "-o",
        format,
    ]);
    let made = step(command.args(arguments))?.stdout;
    String::from_utf8(made).map_err(|error| error.to_string())
}
