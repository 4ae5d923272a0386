//! The Rust service: how it verifies in, the running service out. The program is the example
//! `rust_verifier.rs`, built by cargo where a run of this test alone did not build it.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use super::fastapi::live_at;
use super::setup::{Unavailable, step};
use crate::common::service::Service;

/// The endpoint that verifies.
pub const ENDPOINT: &str = "/me";

/// A Rust service, still to be started. Without further words it has the crate's leeway of 60 s.
pub struct Rust {
    environment: Vec<(&'static str, String)>,
    clock_offset: f64,
}

impl Rust {
    /// With its key in the environment.
    pub fn with_key(key: &str) -> Self {
        Self { environment: vec![("JWT_SECRET_KEY", key.into())], clock_offset: 0.0 }
    }

    /// The crate's default: `nbf` is not looked at.
    pub fn ignoring_nbf(mut self) -> Self {
        self.environment.push(("NBF", "ignored".into()));
        self
    }

    /// Its clock minus ours, in seconds.
    pub fn clock_offset(self, seconds: f64) -> Self {
        Self { clock_offset: seconds, ..self }
    }

    /// Starts it.
    ///
    /// # Errors
    /// When the example does not build, or libfaketime cannot be had.
    pub fn start(self) -> Result<Service, Unavailable> {
        static BUILT: Mutex<bool> = Mutex::new(false);
        let folder = Path::new(env!("CARGO_BIN_EXE_authprobe")).parent().ok_or("no target")?;
        let mut built = BUILT.lock().map_err(|error| error.to_string())?;
        if !*built {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "--offline", "--locked", "--example", "rust_verifier"]);
            cargo.args(folder.ends_with("release").then_some("--release"));
            step(cargo.current_dir(env!("CARGO_MANIFEST_DIR")))?;
            *built = true;
        }
        drop(built);
        let mut command = Command::new(folder.join("examples/rust_verifier"));
        command.env_clear().envs(self.environment);
        live_at(&mut command, self.clock_offset)?;
        Ok(Service::announced(&mut command))
    }
}
