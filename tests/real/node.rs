//! The Node service: how it verifies and refuses in, the running service out. The program is
//! `node_verifier.cjs`.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::fastapi::live_at;
use super::setup::{Unavailable, once, step};
use crate::common::service::Service;

/// The endpoint that verifies.
pub const ENDPOINT: &str = "/api/auth/verify";

/// The key it falls back to, hard-coded as in many a tutorial.
pub const FALLBACK_KEY: &str = "your-secret-key";

/// A Node service, still to be started. Without further words its algorithms are pinned to HS256.
pub struct Node {
    environment: Vec<(&'static str, String)>,
    /// What node itself is told.
    options: Vec<String>,
    clock_offset: f64,
}

impl Node {
    /// With its key in the environment.
    pub fn with_key(key: &str) -> Self {
        Self::with(vec![("ALGORITHMS", "HS256".into()), ("JWT_SECRET", key.into())])
    }

    /// With its key in a file that dotenv reads.
    pub fn with_env_file(path: &Path) -> Self {
        let path = path.to_string_lossy().into_owned();
        Self::with(vec![("ALGORITHMS", "HS256".into()), ("ENV_FILE", path)])
    }

    /// With its key in a file that node itself reads.
    pub fn with_env_file_option(path: &Path) -> Self {
        let options = vec![format!("--env-file={}", path.display())];
        Self { options, ..Self::with(vec![("ALGORITHMS", "HS256".into())]) }
    }

    fn with(environment: Vec<(&'static str, String)>) -> Self {
        Self { environment, options: Vec::new(), clock_offset: 0.0 }
    }

    /// The leeway in seconds.
    pub fn leeway(mut self, seconds: u32) -> Self {
        self.environment.push(("LEEWAY", seconds.to_string()));
        self
    }

    /// Its clock minus ours, in seconds.
    pub fn clock_offset(self, seconds: f64) -> Self {
        Self { clock_offset: seconds, ..self }
    }

    /// What `Buffer.from` reads the text of the key as.
    pub fn key_encoding(mut self, name: &str) -> Self {
        self.environment.push(("KEY_ENCODING", name.into()));
        self
    }

    /// The algorithms it lets `jwt.verify` take, separated by commas; empty pins none.
    pub fn algorithms(mut self, names: &str) -> Self {
        self.environment.push(("ALGORITHMS", names.into()));
        self
    }

    /// A row of the program's table of refusals.
    pub fn refusal(mut self, name: &str) -> Self {
        self.environment.push(("REFUSAL", name.into()));
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// When Node, npm or its packages cannot be had.
    pub fn start(self) -> Result<Service, Unavailable> {
        let mut command = node()?;
        command
            .args(self.options)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/node_verifier.cjs"))
            .envs(self.environment);
        live_at(&mut command, self.clock_offset)?;
        Ok(Service::announced(&mut command))
    }
}

/// Node with the pinned packages and nothing of the caller's environment but `PATH`.
pub(super) fn node() -> Result<Command, Unavailable> {
    let version = step(Command::new("node").arg("--version"))?.stdout;
    let version = String::from_utf8_lossy(&version);
    let manifest = include_str!("package.json");
    let lock = include_str!("package-lock.json");
    let packages = once("node", &format!("{version}{manifest}{lock}"), |folder| {
        fs::write(folder.join("package.json"), manifest).map_err(|error| error.to_string())?;
        fs::write(folder.join("package-lock.json"), lock).map_err(|error| error.to_string())?;
        let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        step(Command::new("npm").args(options).current_dir(folder)).map(drop)
    })?;
    let mut command = Command::new("node");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("NODE_PATH", packages.join("node_modules"));
    Ok(command)
}
