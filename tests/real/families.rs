//! Verifiers of many families, one small program each, as the library's documentation shows it: how
//! it verifies in, the running service out. They answer at `/me`; the programs are in `families/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::debian::{Files, packages, per_architecture};
use super::fastapi::{live_at, python};
use super::node::node;
use super::setup::{Unavailable, once, step};
use crate::common::service::Service;

/// How a service verifies. Without further words it does so as it should.
#[derive(Clone)]
pub struct Setting {
    /// The key; `None` leaves the program with its fallback.
    key: Option<String>,
    pub(super) algorithms: &'static str,
    pub(super) leeway: u32,
    pub(super) fault: &'static str,
    clock_offset: i32,
    pub(super) audience: &'static str,
    public_key: Option<PathBuf>,
}

impl Setting {
    /// With its key in the environment.
    pub fn with_key(key: &str) -> Self {
        Self { key: Some(key.into()), ..Self::without_key() }
    }

    /// With nothing but the program's fallback.
    pub fn without_key() -> Self {
        Self {
            key: None,
            algorithms: "HS256",
            leeway: 0,
            fault: "",
            clock_offset: 0,
            audience: "RemoteHive-Services",
            public_key: None,
        }
    }

    /// The algorithms it allows, separated by commas; empty pins none.
    pub fn algorithms(self, algorithms: &'static str) -> Self {
        Self { algorithms, ..self }
    }

    /// The leeway in seconds.
    pub fn leeway(self, leeway: u32) -> Self {
        Self { leeway, ..self }
    }

    /// `signature-ignored` or `expiry-ignored`.
    pub fn fault(self, fault: &'static str) -> Self {
        Self { fault, ..self }
    }

    /// A PEM file beside the key.
    pub fn public_key(self, file: &Path) -> Self {
        Self { public_key: Some(file.into()), ..self }
    }

    /// Its clock minus ours, in seconds.
    pub fn clock_offset(self, clock_offset: i32) -> Self {
        Self { clock_offset, ..self }
    }

    /// Whom a token must be for.
    pub fn audience(self, audience: &'static str) -> Self {
        Self { audience, ..self }
    }

    /// The key.
    pub(super) fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// The variables that the programs read.
    pub(super) fn apply(&self, command: &mut Command) {
        command.envs(self.key.as_ref().map(|key| ("JWT_SECRET_KEY", key)));
        command.env("ALGORITHMS", self.algorithms).env("FAULT", self.fault);
        command.env("AUDIENCE", self.audience);
        command.envs(self.public_key.as_ref().map(|file| ("PUBLIC_KEY", file)));
        command.env("LEEWAY", self.leeway.to_string());
    }

    /// Shifts the clock that the C library tells.
    pub(super) fn shift(&self, command: &mut Command) -> Result<(), Unavailable> {
        live_at(command, self.clock_offset.into())
    }
}

/// A verifier family: how a setting becomes a running service.
pub type Family = fn(&Setting) -> Result<Running, Unavailable>;

/// A running service.
pub struct Running {
    pub(super) service: Service,
    /// What it needs as long as it runs: the application behind it and their folder.
    pub(super) behind: Option<Behind>,
}

/// The application behind a service, and their folder.
pub struct Behind {
    _application: Option<Service>,
    _folder: TempDir,
}

impl From<(Service, TempDir)> for Behind {
    fn from((application, folder): (Service, TempDir)) -> Self {
        Self { _application: Some(application), _folder: folder }
    }
}

impl From<TempDir> for Behind {
    fn from(folder: TempDir) -> Self {
        Self { _application: None, _folder: folder }
    }
}

impl Running {
    /// What it wrote so far.
    pub fn log(&self) -> String {
        self.service.log()
    }

    /// Where it serves, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.service.url()
    }
}

impl From<Service> for Running {
    fn from(service: Service) -> Self {
        Self { service, behind: None }
    }
}

/// Flask-JWT-Extended.
pub fn flask(setting: &Setting) -> Result<Running, Unavailable> {
    announced(setting, python()?, "flask_app.py")
}

/// Flask with `PyJWT` and a lockout after so many bad tokens; `locked` is a row of the program.
pub fn lockout(key: &str, after: usize, locked: &str) -> Result<Running, Unavailable> {
    let mut command = python()?;
    command.arg(programs().join("lockout_app.py"));
    command.env("JWT_SECRET_KEY", key).env("AFTER", after.to_string()).env("LOCKED", locked);
    Ok(Service::announced(&mut command).into())
}

/// djangorestframework-simplejwt.
pub fn simplejwt(setting: &Setting) -> Result<Running, Unavailable> {
    announced(setting, python()?, "django_app.py")
}

/// joserfc.
pub fn joserfc(setting: &Setting) -> Result<Running, Unavailable> {
    announced(setting, python()?, "joserfc_app.py")
}

/// express-jwt.
pub fn express_jwt(setting: &Setting) -> Result<Running, Unavailable> {
    announced(setting, node()?, "express_app.cjs")
}

/// @fastify/jwt, which is fast-jwt inside.
pub fn fastify_jwt(setting: &Setting) -> Result<Running, Unavailable> {
    announced(setting, node()?, "fastify_app.cjs")
}

/// jose for Node.
pub fn jose(setting: &Setting) -> Result<Running, Unavailable> {
    announced(setting, node()?, "jose_app.mjs")
}

/// Node's libraries, used as they must not be: a row of the program's READERS is the fault.
pub fn weak_node(setting: &Setting) -> Result<Running, Unavailable> {
    announced(setting, node()?, "weak_app.cjs")
}

/// `PyJWT`, used as it must not be.
pub fn weak_python(setting: &Setting) -> Result<Running, Unavailable> {
    announced(setting, python()?, "weak_app.py")
}

/// ruby-jwt.
pub fn ruby_jwt(setting: &Setting) -> Result<Running, Unavailable> {
    announced(setting, ruby()?, "webrick_app.rb")
}

/// golang-jwt. The program is static, so that its clock is its own affair.
pub fn golang_jwt(setting: &Setting) -> Result<Running, Unavailable> {
    let mut command = Command::new(golang()?);
    command.env_clear().env("CLOCK_OFFSET", setting.clock_offset.to_string());
    setting.apply(&mut command);
    Ok(Service::announced(&mut command).into())
}

/// Starts a program of `families/` with its interpreter.
fn announced(
    setting: &Setting,
    mut interpreter: Command,
    program: &str,
) -> Result<Running, Unavailable> {
    interpreter.arg(programs().join(program));
    setting.apply(&mut interpreter);
    setting.shift(&mut interpreter)?;
    Ok(Service::announced(&mut interpreter).into())
}

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/families")
}

/// Ruby with ruby-jwt and `WEBrick`, all of the distribution.
fn ruby() -> Result<Command, Unavailable> {
    let files = packages("ruby", &["ruby", "ruby-jwt", "ruby-webrick"], |root| {
        let gem = root.join("usr/share/rubygems-integration/all/gems/jwt-2.5.0");
        Some(root.join("usr/bin/ruby3.1")).filter(|path| path.is_file() && gem.is_dir())
    })?;
    let mut command = Command::new(&files.found);
    command.env_clear().env("LD_LIBRARY_PATH", files.libraries());
    command.env("RUBYLIB", ruby_folders(&files));
    Ok(command)
}

/// Where Ruby finds its own files and the gems when they are not where it was built for.
fn ruby_folders(files: &Files) -> String {
    let usr = files.root.join("usr");
    let gems = fs::read_dir(usr.join("share/rubygems-integration/all/gems"));
    let mut folders: Vec<PathBuf> =
        gems.into_iter().flatten().flatten().map(|gem| gem.path().join("lib")).collect();
    folders.extend([usr.join("lib/ruby/vendor_ruby"), usr.join("lib/ruby/3.1.0")]);
    folders.extend(per_architecture(&files.root).iter().map(|path| path.join("ruby/3.1.0")));
    let folders: Vec<_> = folders.iter().map(|folder| folder.to_string_lossy()).collect();
    folders.join(":")
}

/// The program of golang-jwt, built once with the compiler and the library of the distribution.
fn golang() -> Result<PathBuf, Unavailable> {
    let needed = ["golang-1.19-go", "golang-github-golang-jwt-jwt-dev"];
    let files = packages("golang", &needed, |root| {
        let library = root.join("usr/share/gocode/src/github.com/golang-jwt/jwt");
        Some(root.join("usr/lib/go-1.19/bin/go")).filter(|path| path.is_file() && library.is_dir())
    })?;
    let source = include_str!("families/golang_app.go");
    let built = once("golang-jwt", source, |folder| {
        let mut go = Command::new(&files.found);
        go.args(["build", "-o"]).arg(folder.join("verifier")).arg(programs().join("golang_app.go"));
        go.env_clear().env("GOROOT", files.root.join("usr/lib/go-1.19"));
        go.env("GOPATH", files.root.join("usr/share/gocode")).env("GO111MODULE", "off");
        go.env("GOCACHE", folder.join("cache")).env("CGO_ENABLED", "0");
        step(&mut go).map(drop)
    })?;
    Ok(built.join("verifier"))
}
