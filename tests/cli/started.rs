//! The binary as a process that is still running: for signals, pipes that close and terminals. What
//! it leaves behind is searched for keys like any other run.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

use crate::common::authprobe::Project;

/// A running process.
pub(crate) struct Started {
    child: Child,
    stderr: BufReader<ChildStderr>,
}

/// The binary with these arguments in the project's folder, in a scrubbed world.
pub(crate) fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_authprobe"));
    command.args(arguments);
    scrub(&mut command, project);
    command
}

/// Gives a command the scrubbed world of the project.
pub(crate) fn scrub(command: &mut Command, project: &Project) {
    command
        .current_dir(project.path(""))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", project.path("../home"))
        .env("TMPDIR", temporary(project))
        .env("LC_ALL", "C.UTF-8");
}

/// The `TMPDIR` of what is started in the project.
pub(crate) fn temporary(project: &Project) -> PathBuf {
    project.path("../tmp")
}

impl Started {
    /// Starts it; its standard output goes to the file `stdout` of the project.
    pub(crate) fn new(project: &Project, arguments: &[&str]) -> Self {
        let stdout = std::fs::File::create(project.path("stdout")).unwrap();
        let mut command = command(project, arguments);
        command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, stderr }
    }

    /// Reads standard error up to a line with this text in it.
    pub(crate) fn wait_for(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            let read = self.stderr.read_line(&mut line).unwrap();
            assert!(read > 0, "it ended without saying {text}");
        }
    }

    /// Sends a signal by its name, such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        // Of the shell, because a program called kill is not everywhere.
        let script = format!("kill -s {name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
    }

    /// Waits for the end: the exit status, and the rest of standard error.
    pub(crate) fn finish(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).unwrap();
        (code(self.child.wait().unwrap()), rest)
    }
}

fn code(status: ExitStatus) -> Option<i32> {
    assert_eq!(status.signal(), None, "a signal ended it");
    status.code()
}
