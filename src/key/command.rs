//! A program and its arguments in, what it prints out, without one final newline. Never a shell,
//! never our environment beyond PATH and HOME, never longer than ten seconds.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::file::{FileError, LARGEST};
use crate::secret::Secret;

const TIMEOUT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(5);
/// All that a program gets of our environment.
const PASSED_ON: [&str; 2] = ["PATH", "HOME"];

/// Runs the program in `folder` and takes its standard output as the key.
///
/// # Errors
/// When it cannot be started, fails, takes too long or prints too much.
pub(super) fn run(
    arguments: &[String],
    folder: &Path,
    variables: &HashMap<String, String>,
) -> Result<Secret, CommandError> {
    let Some((program, rest)) = arguments.split_first() else {
        return Err(CommandError::NotNamed);
    };
    let deadline = Instant::now() + TIMEOUT;
    let mut child = Command::new(program)
        .args(rest)
        .current_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
        .env_clear()
        .envs(PASSED_ON.iter().filter_map(|name| Some((name, variables.get(*name)?))))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // What a program complains about may quote the secret.
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| CommandError::NotStarted(error.into()))?;
    let printed = child.stdout.take().and_then(|output| read(output, deadline));
    let exit = wait(&mut child, deadline);
    match (printed, exit) {
        (Some(printed), _) if printed.len() as u64 > LARGEST => Err(CommandError::TooMuch),
        (Some(printed), Some(true)) => Ok(without_newline(printed)),
        (Some(_), Some(false)) => Err(CommandError::Failed),
        (None, _) | (_, None) => Err(CommandError::TooLong),
    }
}

/// Reads on a thread of its own: a program may hold its output open for ever.
fn read(output: ChildStdout, deadline: Instant) -> Option<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let _ = output.take(LARGEST + 1).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}

/// Whether it succeeded; `None` if it had to be killed.
fn wait(child: &mut Child, deadline: Instant) -> Option<bool> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if Instant::now() < deadline => thread::sleep(POLL),
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

fn without_newline(mut printed: Zeroizing<Vec<u8>>) -> Secret {
    if printed.last() == Some(&b'\n') {
        printed.pop();
    }
    Secret::new(std::mem::take(&mut *printed))
}

/// Why a program gave no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The list of arguments is empty.
    #[error("the command names no program")]
    NotNamed,
    /// There is no such program, or it may not be run.
    #[error("cannot run this program: {0}")]
    NotStarted(FileError),
    /// It ended with a status other than 0.
    #[error("this program failed")]
    Failed,
    /// It was still running after ten seconds.
    #[error("this program was still running after 10 s")]
    TooLong,
    /// It printed more than 1 MiB.
    #[error("this program printed more than 1 MiB")]
    TooMuch,
}
