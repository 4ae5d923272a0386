//! Installing what the real verifiers need, once: pinned files in, a folder under
//! `target/real-verifiers` out. Safe for test binaries that run at once; never touches the system.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;

/// What could not be set up, and why: one line for the test's output.
pub type Unavailable = String;

/// Says visibly that the running test cannot run here, in spite of captured output.
///
/// # Panics
/// Where `CI=true`: there, a test that does not run is a failure.
pub fn skip(reason: &str) {
    let name = thread::current().name().unwrap_or("a test").to_owned();
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!ci, "{name} may not be skipped in CI: {reason}");
    // Not eprintln!, which the test runner would keep to itself.
    let _ = writeln!(io::stderr(), "SKIPPED {name}: {reason}");
}

/// The folder `name`, filled by `fill` unless that was done before with the same `pins`.
///
/// # Errors
/// When `fill` fails. Tests of this binary that come later are told the same at once.
pub fn once(
    name: &'static str,
    pins: &str,
    fill: impl FnOnce(&Path) -> Result<(), Unavailable>,
) -> Result<PathBuf, Unavailable> {
    static FAILED: Mutex<Vec<(&str, Unavailable)>> = Mutex::new(Vec::new());
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("tmp is in target");
    let root = target.join("real-verifiers");
    let _held_until_the_end = lock(&root, name).map_err(|error| format!("{name}: {error}"))?;
    let failed = || FAILED.lock().expect("nothing panics while it is held");
    if let Some((_, reason)) = failed().iter().find(|(known, _)| *known == name) {
        return Err(reason.clone());
    }
    let folder = root.join(name);
    let stamp = root.join(format!("{name}.stamp"));
    if fs::read_to_string(&stamp).is_ok_and(|done| done == pins) {
        return Ok(folder);
    }
    let _ = writeln!(io::stderr(), "setting up {name} in {}", root.display());
    let filled = empty(&folder, &stamp)
        .map_err(|error| error.to_string())
        .and_then(|()| fill(&folder))
        .and_then(|()| fs::write(&stamp, pins).map_err(|error| error.to_string()));
    match filled {
        Ok(()) => Ok(folder),
        Err(reason) => {
            let reason = format!("{name} cannot be set up: {reason}");
            failed().push((name, reason.clone()));
            Err(reason)
        }
    }
}

/// Keeps other threads and other test binaries out while one sets `name` up.
fn lock(root: &Path, name: &str) -> io::Result<File> {
    fs::create_dir_all(root)?;
    let lock = File::create(root.join(format!("{name}.lock")))?;
    lock.lock()?;
    Ok(lock)
}

fn empty(folder: &Path, stamp: &Path) -> io::Result<()> {
    for removed in [fs::remove_file(stamp), fs::remove_dir_all(folder)] {
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::create_dir_all(folder)
}

/// Runs one step of a set-up.
///
/// # Errors
/// When the program is not there or fails: its name and the end of what it said.
pub fn step(command: &mut Command) -> Result<Output, Unavailable> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    let said = last.into_iter().rev().collect::<Vec<_>>().join(" | ");
    Err(format!("{name} ended with {}: {said}", output.status))
}
