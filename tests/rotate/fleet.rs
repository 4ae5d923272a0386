//! Five files of three services that hold one key, each written in another way, and the binary run on
//! them. What stands in the files is compared with what must stand there; whatever else is left behind
//! is searched for both keys.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::common::canary::{Canary, Search};

const PROBES: &str = r#"version: 1
services:
  - name: main
    source_of_truth: true
    endpoint: /me
    key: { dotenv: ".env.{environment}", variable: JWT_SECRET_KEY }
    key_copies: [ { dotenv: .env }, { dotenv: ".env.local", if_exists: true } ]
  - name: scraper
    endpoint: /me
    key: { dotenv: "scraper/.env.{environment}", variable: JWT_SECRET_KEY }
    key_copies: [ { file: scraper/jwt.key } ]
  - name: admin
    endpoint: /me
    key: { dotenv: admin/.env, variable: JWT_SECRET, dialect: docker }
environments:
  production: { urls: {} }
"#;

/// Each file, where it really is, and what stands in it; `{}` is the key.
const FILES: [(&str, &str); 5] = [
    (
        ".env.production",
        "\u{feff}# JWT_SECRET_KEY=no\r\nOTHER_SECRET_KEY=a\r\nJWT_SECRET_KEY=\"{}\" # b\r\n",
    ),
    ("shared/real.env", "JWT_SECRET_KEY=first\nexport JWT_SECRET_KEY = {}\nSTRIPE_SECRET_KEY=sk\n"),
    ("scraper/.env.production", "JWT_SECRET_KEY='{}'"),
    ("scraper/jwt.key", "{}"),
    ("admin/.env", "JWT_SECRET={}\nXJWT_SECRET=c\nJWT_SECRET_X=d # JWT_SECRET=e\n"),
];

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Old,
    New,
    /// Neither: torn, or written by somebody else.
    Other,
}

pub(crate) struct Fleet {
    root: TempDir,
    pub(crate) old: Canary,
    pub(crate) new: Canary,
}

impl Fleet {
    pub(crate) fn new() -> Self {
        let fleet = Self { root: TempDir::new().unwrap(), old: Canary::new(), new: Canary::new() };
        for folder in ["project/shared", "project/scraper", "project/admin", "home"] {
            fs::create_dir_all(fleet.root.path().join(folder)).unwrap();
        }
        fs::write(fleet.path("probes.yaml"), PROBES).unwrap();
        for (name, text) in FILES {
            fs::write(fleet.path(name), text.replace("{}", fleet.old.text())).unwrap();
        }
        symlink("shared/real.env", fleet.path(".env")).unwrap();
        fs::set_permissions(fleet.path("admin/.env"), fs::Permissions::from_mode(0o640)).unwrap();
        fleet
    }

    /// A file of the project.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("project").join(name)
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.root.path().join("state")
    }

    /// The binary, or a program that runs it, in a scrubbed world.
    pub(crate) fn scrubbed(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.root.path().join("home"))
            .env("AUTHPROBE_STATE", self.state())
            .env("NEW_KEY", self.new.text())
            .env("LC_ALL", "C.UTF-8");
        command
    }

    /// The arguments that write the new key.
    pub(crate) const APPLY: [&str; 4] = ["rotate", "--apply", "--key-from", "env:NEW_KEY"];

    /// Runs the binary. What it prints is searched for both keys.
    pub(crate) fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = self.scrubbed(env!("CARGO_BIN_EXE_authprobe"));
        self.told(&command.args(arguments).output().unwrap())
    }

    /// The status and both streams, in which neither key may be.
    pub(crate) fn told(&self, output: &Output) -> (Option<i32>, String) {
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        let leaks = Search::new([&self.old, &self.new]).in_bytes("output", &said);
        assert!(leaks.is_empty(), "{leaks:?}");
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    /// What each file holds.
    pub(crate) fn held(&self) -> [Held; 5] {
        FILES.map(|(name, text)| {
            let path = self.path(name);
            // Reading a pipe would wait for a writer.
            let now = if path.is_file() { fs::read(path).unwrap_or_default() } else { Vec::new() };
            let with = |key: &Canary| text.replace("{}", key.text()).into_bytes();
            match now {
                now if now == with(&self.old) => Held::Old,
                now if now == with(&self.new) => Held::New,
                _ => Held::Other,
            }
        })
    }

    /// What all files hold, if they agree.
    pub(crate) fn all(&self) -> Result<Held, String> {
        let held = self.held();
        let agree = held.iter().all(|one| *one == held[0]) && held[0] != Held::Other;
        if agree { Ok(held[0]) } else { Err(format!("the files disagree: {held:?}")) }
    }

    /// Files that should not be there, and keys where they should not be.
    pub(crate) fn leftovers(&self) -> Result<(), String> {
        let mut found = Vec::new();
        strangers(self.root.path(), &mut found);
        let is_kept = |path: &Path| path.to_string_lossy().contains("/previous-production/");
        let is_ours = |path: &Path| FILES.iter().any(|(name, _)| path == self.path(name));
        let search = Search::new([&self.old, &self.new]);
        let leaks = search.in_tree(self.root.path(), &|path| is_ours(path) || is_kept(path));
        found.extend(leaks.iter().map(|leak| format!("{} ({})", leak.place, leak.form)));
        if found.is_empty() { Ok(()) } else { Err(format!("left behind: {found:?}")) }
    }

    /// Whether a previous key is kept.
    pub(crate) fn keeps_previous(&self) -> bool {
        let Ok(folders) = fs::read_dir(self.state()) else { return false };
        folders.flatten().any(|folder| folder.path().join("previous-production/key").exists())
    }
}

/// Temporary files of ours, anywhere below.
fn strangers(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_new =
            path.extension().is_some_and(|kind| kind == "new") || name.starts_with("waiting-");
        if name.starts_with(".authprobe-") || is_new || name == "journal.json" {
            found.push(path.display().to_string());
        }
        if path.is_dir() && !path.is_symlink() {
            strangers(&path, found);
        }
    }
}
