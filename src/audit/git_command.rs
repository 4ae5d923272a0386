//! A question to git in, its answer out. A repository may be hostile: none of its programs, hooks or
//! filters runs, nothing is fetched or written, and no question takes longer than ten seconds.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

const TIMEOUT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(2);
/// The longest answer that is read, in bytes.
const LONGEST: u64 = 32 << 20;
/// All that git gets of our environment: where it is, and who calls it trusted.
const PASSED_ON: [&str; 3] = ["PATH", "HOME", "XDG_CONFIG_HOME"];
/// Settings of its own keep git from asking, paging, fetching, locking and translating.
const VARIABLES: [(&str, &str); 7] = [
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_PAGER", "cat"),
    ("LC_ALL", "C"),
];
/// What a repository's own configuration could make git run.
const SETTINGS: [&str; 10] = [
    "--no-pager",
    "--no-replace-objects",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
    "-c",
    "blame.ignoreRevsFile=",
];

/// An answer; it may hold a key.
pub(super) type Answer = Zeroizing<Vec<u8>>;

/// Why git gives no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum GitError {
    /// There is no such program.
    #[error("git is not installed")]
    NotInstalled,
    /// The folder is in no work tree.
    #[error("there is no repository")]
    NoRepository,
    /// It belongs to another user.
    #[error("git does not trust the repository's owner (safe.directory)")]
    Distrusted,
    /// It was still running after ten seconds.
    #[error("git was still running after 10 s")]
    TooLong,
    /// It printed more than 32 MiB.
    #[error("git printed more than 32 MiB")]
    TooMuch,
    /// A file has more versions than are looked into.
    #[error("a key file has too many versions")]
    TooManyVersions,
    /// It ended with an error.
    #[error("git failed (exit status {0})")]
    Failed(i32),
    /// Anything else the operating system says.
    #[error("git cannot be run: {0}")]
    NotRun(io::ErrorKind),
}

/// A repository with a work tree.
pub(super) struct Repository<'a> {
    /// The top folder of the work tree, without links.
    pub(super) top: PathBuf,
    variables: &'a HashMap<String, String>,
}

impl<'a> Repository<'a> {
    /// The repository whose work tree a folder is in.
    pub(super) fn around(
        folder: &Path,
        variables: &'a HashMap<String, String>,
    ) -> Result<Self, GitError> {
        let here = Self { top: folder.to_owned(), variables };
        let answer = here.ask(&["rev-parse", "--show-toplevel"], &[], b"")?;
        let line = answer.strip_suffix(b"\n").unwrap_or(&answer);
        Ok(Self { top: PathBuf::from(OsStr::from_bytes(line)), variables })
    }

    /// A path below the top folder as git names it.
    pub(super) fn name_of<'p>(&self, path: &'p Path) -> Option<&'p OsStr> {
        path.strip_prefix(&self.top).ok().map(Path::as_os_str)
    }

    /// Asks about paths; `input` goes to its standard input.
    pub(super) fn ask(
        &self,
        arguments: &[&str],
        paths: &[&OsStr],
        input: &[u8],
    ) -> Result<Answer, GitError> {
        // Only where paths are given: check-ignore, which reads its paths, refuses it.
        let literal = (!paths.is_empty()).then_some("--literal-pathspecs");
        let separator = (!paths.is_empty()).then(|| OsStr::new("--"));
        let mut child = Command::new("git")
            .args(SETTINGS)
            .args(literal)
            .arg("-C")
            .arg(&self.top)
            .args(arguments)
            .args(separator.iter().chain(paths))
            .env_clear()
            .envs(PASSED_ON.iter().filter_map(|name| Some((name, self.variables.get(*name)?))))
            .envs(VARIABLES)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => GitError::NotInstalled,
                kind => GitError::NotRun(kind),
            })?;
        let deadline = Instant::now() + TIMEOUT;
        if let Some(mut stdin) = child.stdin.take() {
            let input = input.to_owned();
            thread::spawn(move || stdin.write_all(&input));
        }
        let complaint = child.stderr.take().map(read);
        let printed = child.stdout.take().map(read);
        let printed = printed.and_then(|it| it.recv_timeout(left(deadline)).ok());
        let status = wait(&mut child, deadline).ok_or(GitError::TooLong)?;
        let printed = printed.ok_or(GitError::TooLong)?;
        let complaint = complaint.and_then(|it| it.recv_timeout(left(deadline)).ok());
        match status {
            _ if printed.len() as u64 > LONGEST => Err(GitError::TooMuch),
            0 => Ok(printed),
            status => Err(failure(status, &complaint.unwrap_or_default())),
        }
    }
}

/// Reads on a thread of its own, so that nothing waits for a pipe that stays open.
fn read(pipe: impl io::Read + Send + 'static) -> mpsc::Receiver<Answer> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let _ = pipe.take(LONGEST + 1).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// The exit status; `None` if it had to be killed.
fn wait(child: &mut Child, deadline: Instant) -> Option<i32> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.code().unwrap_or(-1)),
            Ok(None) if Instant::now() < deadline => thread::sleep(POLL),
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

fn failure(status: i32, complaint: &[u8]) -> GitError {
    let complaint = String::from_utf8_lossy(complaint);
    let says = |words: &str| complaint.contains(words);
    match status {
        128 if says("not a git repository") || says("must be run in a work tree") => {
            GitError::NoRepository
        }
        128 if says("dubious ownership") => GitError::Distrusted,
        status => GitError::Failed(status),
    }
}
