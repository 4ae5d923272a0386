//! The `FastAPI` service: how it verifies and refuses in, the running service out. The program is
//! `fastapi_verifier.py`; a shifted clock is libfaketime's work.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::debian::{package, per_architecture};
use super::setup::{Unavailable, once, step};
use crate::common::service::Service;

/// The endpoint that verifies.
pub const ENDPOINT: &str = "/api/v1/auth/me";

/// A `FastAPI` service, still to be started. Without further words it verifies as it should.
#[derive(Default)]
pub struct FastApi {
    environment: Vec<(&'static str, String)>,
    clock_offset: f64,
}

impl FastApi {
    /// With its key in the environment.
    pub fn with_key(key: &str) -> Self {
        Self::default().set("JWT_SECRET_KEY", key)
    }

    /// With its key in a file that python-dotenv reads.
    pub fn with_env_file(path: &Path) -> Self {
        Self::default().set("ENV_FILE", path.to_string_lossy())
    }

    /// With its key in such a file, and the variable set to nothing in the environment, which
    /// python-dotenv lets win.
    pub fn with_shadowed_env_file(path: &Path) -> Self {
        Self::with_env_file(path).set("JWT_SECRET_KEY", "")
    }

    /// Taking this key, too.
    pub fn also_taking(self, key: &str) -> Self {
        self.set("PREVIOUS_KEY", key)
    }

    /// How the text of the key becomes bytes: a row of the program's table.
    pub fn key_encoding(self, name: &str) -> Self {
        self.set("KEY_ENCODING", name)
    }

    /// The algorithms it lets `jwt.decode` take, separated by commas.
    pub fn algorithms(self, names: &str) -> Self {
        self.set("ALGORITHMS", names)
    }

    /// The leeway in seconds.
    pub fn leeway(self, seconds: u32) -> Self {
        self.set("LEEWAY", seconds.to_string())
    }

    /// A row of the program's table of faults.
    pub fn fault(self, name: &str) -> Self {
        self.set("FAULT", name)
    }

    /// A row of the program's table of refusals.
    pub fn refusal(self, name: &str) -> Self {
        self.set("REFUSAL", name)
    }

    /// Where it listens, if not on a free port of 127.0.0.1.
    pub fn listening_on(self, address: std::net::SocketAddr) -> Self {
        self.set("LISTEN", address.to_string())
    }

    /// Its clock minus ours, in seconds.
    pub fn clock_offset(mut self, seconds: impl Into<f64>) -> Self {
        self.clock_offset = seconds.into();
        self
    }

    /// The local time of this zone, with a program that takes local time for UTC.
    pub fn local_time_as_utc(self, zone: &str) -> Self {
        self.set("TZ", zone).set("CLOCK", "local-time-as-utc")
    }

    /// Starts it.
    ///
    /// # Errors
    /// When Python, its packages or libfaketime cannot be had.
    pub fn start(self) -> Result<Service, Unavailable> {
        let mut command = python()?;
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/fastapi_verifier.py"));
        command.envs(self.environment);
        live_at(&mut command, self.clock_offset)?;
        Ok(Service::announced(&mut command))
    }

    fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }
}

/// Python with the pinned packages and nothing of the caller's environment.
pub(super) fn python() -> Result<Command, Unavailable> {
    let pins = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/requirements.txt");
    let pins = ["--requirement".to_owned(), pins.to_string_lossy().into_owned()];
    python_with("python", include_str!("requirements.txt"), &pins)
}

/// Python with what pip is told to install, in a folder of this name.
pub(super) fn python_with(
    name: &'static str,
    pins: &str,
    wanted: &[String],
) -> Result<Command, Unavailable> {
    let about = "import sys; print(sys.executable, sys.version)";
    let about = step(Command::new("python3").args(["-c", about]))?.stdout;
    let about = String::from_utf8_lossy(&about).into_owned();
    let executable = about.split_whitespace().next().unwrap_or("python3").to_owned();
    let packages = once(name, &format!("{about}{pins}"), |folder| {
        let mut command = pip(&executable, folder)?;
        command.args(["install", "--quiet", "--disable-pip-version-check", "--target"]);
        command.arg(folder.join("packages")).args(wanted);
        step(&mut command).map(drop)
    })?;
    let mut command = Command::new(executable);
    command.env_clear().env("PYTHONPATH", packages.join("packages"));
    Ok(command)
}

/// pip as the interpreter has it, else from a virtual environment, else from the distribution.
fn pip(python: &str, folder: &Path) -> Result<Command, Unavailable> {
    let module = |executable: &Path| {
        let mut command = Command::new(executable);
        command.args(["-m", "pip"]);
        command
    };
    if step(module(Path::new(python)).arg("--version")).is_ok() {
        return Ok(module(Path::new(python)));
    }
    let venv = folder.join("venv");
    if step(Command::new(python).args(["-m", "venv"]).arg(&venv)).is_ok() {
        return Ok(module(&venv.join("bin/python")));
    }
    let packaged = package("python3-pip", |root| {
        Some(root.join("usr/lib/python3/dist-packages")).filter(|path| path.join("pip").is_dir())
    })?;
    let mut command = module(Path::new(python));
    command.env("PYTHONPATH", packaged.found);
    Ok(command)
}

/// Shifts the clock that the C library tells a program, by seconds.
pub(super) fn live_at(command: &mut Command, offset: f64) -> Result<(), Unavailable> {
    if offset != 0.0 {
        command.env("LD_PRELOAD", libfaketime()?);
        command.env("FAKETIME", format!("{offset:+}s"));
        // Event loops sleep by the monotonic clock, which must stay true.
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    Ok(())
}

/// What gives a program another clock when it is preloaded.
pub fn libfaketime() -> Result<PathBuf, Unavailable> {
    let files = package("libfaketime", |root| {
        let libraries = per_architecture(root).into_iter();
        libraries.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|path| path.exists())
    })?;
    Ok(files.found)
}
