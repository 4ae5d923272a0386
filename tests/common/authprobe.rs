//! The binary as users run it: a temporary project in, the exit status, both streams and the JSON
//! report out. The environment is scrubbed, and every run is searched for keys and tokens.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::canary::{Canary, Leak, Search};

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_mins(2);

/// A temporary folder with a project in it, a home and a `TMPDIR`, and the keys made for it.
pub struct Project {
    root: TempDir,
    canaries: RefCell<Vec<Canary>>,
    written: RefCell<Vec<(PathBuf, Vec<u8>)>>,
    key_files: RefCell<Vec<PathBuf>>,
}

impl Project {
    /// An empty one, removed on drop.
    pub fn new() -> Self {
        let root = TempDir::new().expect("a temporary folder");
        for folder in ["project", "home", "tmp"] {
            fs::create_dir(root.path().join(folder)).expect("a folder inside");
        }
        Self {
            root,
            canaries: RefCell::default(),
            written: RefCell::default(),
            key_files: RefCell::default(),
        }
    }

    /// A fresh key, searched for in all that runs of this project leave behind.
    pub fn canary(&self) -> Canary {
        self.search_for(Canary::new())
    }

    /// The same for a key of another form.
    pub fn search_for(&self, canary: Canary) -> Canary {
        self.canaries.borrow_mut().push(canary.clone());
        canary
    }

    /// Where a file of the project is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("project").join(name)
    }

    /// Writes a file of the project. A key may stand in it as long as nobody changes it.
    pub fn write(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder");
        fs::write(&path, contents).expect("the file");
        self.written.borrow_mut().push((path.clone(), contents.into()));
        path
    }

    /// Says that the binary itself may put keys into this file, as `rotate` does.
    pub fn keys_may_stand_in(&self, name: &str) {
        self.key_files.borrow_mut().push(self.path(name));
    }

    /// The binary with these arguments, in the project's folder.
    pub fn authprobe<I>(&self, arguments: I) -> Invocation<'_>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        Invocation {
            project: self,
            arguments: arguments.into_iter().map(Into::into).collect(),
            folder: PathBuf::new(),
            environment: Vec::new(),
            input: Vec::new(),
            search: Search::new(self.canaries.borrow().iter()),
        }
    }

    fn is_known(&self, path: &Path) -> bool {
        self.key_files.borrow().iter().any(|file| file == path)
            || self.written.borrow().iter().any(|(file, contents)| {
                file == path && fs::read(path).is_ok_and(|now| now == *contents)
            })
    }

    fn leaks(&self, search: &Search) -> Vec<Leak> {
        search.in_tree(self.root.path(), &|path| self.is_known(path))
    }
}

/// One run of the binary, still to be made.
pub struct Invocation<'a> {
    project: &'a Project,
    arguments: Vec<OsString>,
    folder: PathBuf,
    environment: Vec<(String, String)>,
    input: Vec<u8>,
    search: Search,
}

impl Invocation<'_> {
    /// Sets a variable; beside those set here, the binary sees `PATH`, `HOME`, `TMPDIR` and `LC_ALL`.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Starts it in a folder of the project, which must be there.
    pub fn inside(mut self, folder: &str) -> Self {
        self.folder = folder.into();
        self
    }

    /// Asks for every log line there is: they, too, must be free of keys.
    pub fn traced(self) -> Self {
        self.env("RUST_LOG", "trace")
    }

    /// What the binary reads on standard input; nothing unless this is called.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// For a command whose purpose is to show a token; keys are still searched for.
    pub fn showing_tokens(mut self) -> Self {
        self.search = self.search.without_tokens();
        self
    }

    /// Runs it.
    ///
    /// # Panics
    /// When a key or a signed token came out anywhere, or the run hangs.
    pub fn run(self) -> Run {
        let root = self.project.root.path();
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_authprobe"))
            .args(&self.arguments)
            .current_dir(root.join("project").join(&self.folder))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", root.join("home"))
            .env("TMPDIR", root.join("tmp"))
            .env("LC_ALL", "C.UTF-8")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .write_stdin(self.input.clone())
            .timeout(PATIENCE)
            .output()
            .expect("the binary runs");
        let mut leaks = self.search.in_bytes("standard output", &output.stdout);
        leaks.extend(self.search.in_bytes("standard error", &output.stderr));
        leaks.extend(self.project.leaks(&self.search));
        assert!(leaks.is_empty(), "authprobe {:?} let secrets out: {leaks:#?}", self.arguments);
        Run {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    /// The exit status; `None` if a signal ended it.
    pub status: Option<i32>,
    /// Standard output: reports.
    pub stdout: String,
    /// Standard error: progress and logs.
    pub stderr: String,
}

impl Run {
    /// Checks the exit status and shows both streams if it is another.
    #[track_caller]
    pub fn assert_exit(&self, status: i32) -> &Self {
        assert_eq!(
            self.status,
            Some(status),
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// The JSON report on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("no JSON ({error})\n{}\n--- stderr\n{}", self.stdout, self.stderr)
        })
    }

    /// What the JSON report says of one service.
    #[track_caller]
    pub fn service(&self, name: &str) -> Value {
        let services = self.json()["services"].take();
        let found = services.as_array().and_then(|all| all.iter().find(|one| one["name"] == name));
        found.unwrap_or_else(|| panic!("no service {name} in {services:#}")).clone()
    }
}
