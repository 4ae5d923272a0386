//! Restarting a service: a program and its arguments in, its lines to whoever shows them, success or why
//! not out. Never a shell, never our environment beyond PATH and HOME, never for ever.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// What waits for a deployment to settle takes its time.
const TIMEOUT: Duration = Duration::from_mins(5);
const POLL: Duration = Duration::from_millis(5);
/// All that a program gets of our environment.
const PASSED_ON: [&str; 2] = ["PATH", "HOME"];
/// A longer line is left out, in bytes: where it is cut, half a key would not be known as one.
const LONGEST_LINE: u64 = 65_536;
const LEFT_OUT: &str = "(a line of more than 64 KiB)";

/// Runs the program in `folder`; every line that it prints goes to `show`.
///
/// # Errors
/// When it cannot be started, fails, or takes longer than five minutes.
pub fn run(
    arguments: &[String],
    folder: &Path,
    variables: &HashMap<String, String, impl BuildHasher>,
    show: &mut dyn FnMut(&str),
) -> Result<(), RestartError> {
    let Some((program, rest)) = arguments.split_first() else {
        return Err(RestartError::NotNamed);
    };
    let deadline = Instant::now() + TIMEOUT;
    let mut child = Command::new(program)
        .args(rest)
        .current_dir(folder)
        .env_clear()
        .envs(PASSED_ON.iter().filter_map(|name| Some((name, variables.get(*name)?))))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(RestartError::NotStarted)?;
    let (sender, lines) = mpsc::channel();
    if let (Some(output), Some(complaints)) = (child.stdout.take(), child.stderr.take()) {
        read(output, sender.clone());
        read(complaints, sender);
    }
    loop {
        match lines.recv_timeout(POLL) {
            Ok(line) => show(&line),
            Err(RecvTimeoutError::Disconnected) => thread::sleep(POLL),
            Err(RecvTimeoutError::Timeout) => {}
        }
        // A daemon that it leaves behind may hold its output open for ever.
        if let Some(status) = ended(&mut child, deadline)? {
            while let Ok(line) = lines.recv_timeout(POLL) {
                show(&line);
            }
            return if status.success() { Ok(()) } else { Err(RestartError::Failed(status)) };
        }
    }
}

fn read(output: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        let mut is_rest = false;
        while output.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let is_cut = line.len() as u64 == LONGEST_LINE && !line.ends_with(b"\n");
            let text =
                if is_cut { Cow::Borrowed(LEFT_OUT) } else { String::from_utf8_lossy(&line) };
            if !is_rest && sender.send(text.trim_end().to_owned()).is_err() {
                return;
            }
            is_rest = is_cut;
            line.clear();
        }
    });
}

fn ended(child: &mut Child, deadline: Instant) -> Result<Option<ExitStatus>, RestartError> {
    match child.try_wait() {
        Ok(None) if Instant::now() < deadline => Ok(None),
        Ok(Some(status)) => Ok(Some(status)),
        Ok(None) | Err(_) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(RestartError::TooLong)
        }
    }
}

/// Why a service was not restarted.
#[derive(Debug, thiserror::Error)]
pub enum RestartError {
    /// The list of arguments is empty.
    #[error("the restart names no program")]
    NotNamed,
    /// There is no such program, or it may not be run.
    #[error("cannot run it: {0}")]
    NotStarted(std::io::Error),
    /// It ended with another status than 0.
    #[error("it failed ({0})")]
    Failed(ExitStatus),
    /// It was still running after five minutes.
    #[error("it was still running after 5 minutes")]
    TooLong,
}
