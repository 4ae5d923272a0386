//! Where reports go, and how complaints look.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::format::Format;
use super::options::Options;
use super::terminal;
use crate::audit_outcome::AuditOutcome;
use crate::convergence::Convergence;
use crate::diagnosis::Diagnosis;
use crate::explanation::Explanation;
use crate::rehearsal::Rehearsal;
use crate::report;
use crate::rotation::Rotation;

/// How a text report looks in a file: read by any program, at any time.
const FILE_STYLE: report::Style = report::Style { width: 100, unicode: true, color: false };
/// How a report looks of which one line is told on standard error.
pub(super) const NOTE_STYLE: report::Style =
    report::Style { width: 100, unicode: false, color: false };

/// Sees whether every report can be written where it should go, before anything is sent.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn check(options: &Options) -> Result<(), OutputError> {
    for file in options.outputs.iter().filter_map(|output| output.file.as_deref()) {
        let possible = match destination(file) {
            Destination::Stream(path) => OpenOptions::new().write(true).open(path).map(drop),
            Destination::File(path) => temporary(&path).map(drop),
        };
        possible.map_err(|source| OutputError::file(file, source))?;
    }
    Ok(())
}

/// Writes every report that was asked for. Where none goes to standard output, the text report
/// does, unless all should be quiet.
///
/// # Errors
/// When a report cannot be written.
pub(super) fn write(options: &Options, diagnosis: &Diagnosis) -> Result<(), OutputError> {
    let render = |format, style| match format {
        Format::Text => report::text(diagnosis, style),
        Format::Json => report::json(diagnosis),
    };
    write_each(options, &render)
}

/// Writes every form of an explanation that was asked for, as [`write`] does.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write_explanation(
    options: &Options,
    explained: &Explanation,
) -> Result<(), OutputError> {
    let render = |format, style| match format {
        Format::Text => report::explanation_text(explained, style),
        Format::Json => report::explanation_json(explained),
    };
    write_each(options, &render)
}

/// Writes every form of a rotation that was asked for, as [`write`] does.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write_rotation(options: &Options, rotation: &Rotation) -> Result<(), OutputError> {
    let render = |format, style| match format {
        Format::Text => report::rotation_text(rotation, style),
        Format::Json => report::rotation_json(rotation),
    };
    write_each(options, &render)
}

/// Writes every form of an audit that was asked for, as [`write`] does.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write_audit(options: &Options, audit: &AuditOutcome) -> Result<(), OutputError> {
    let render = |format, style| match format {
        Format::Text => report::audit_text(audit, style),
        Format::Json => report::audit_json(audit),
    };
    write_each(options, &render)
}

/// Writes every form of what `smoke` found that was asked for, as [`write`] does.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write_convergence(options: &Options, found: &Convergence) -> Result<(), OutputError> {
    let render = |format, style| match format {
        Format::Text => report::smoke_text(found, style),
        Format::Json => report::smoke_json(found),
    };
    write_each(options, &render)
}

/// Writes what a check would send in every form that was asked for, as [`write`] does.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write_rehearsal(options: &Options, rehearsal: &Rehearsal) -> Result<(), OutputError> {
    let render = |format, style| match format {
        Format::Text => report::rehearsal_text(rehearsal, style),
        Format::Json => report::rehearsal_json(rehearsal),
    };
    write_each(options, &render)
}

fn write_each(
    options: &Options,
    render: &dyn Fn(Format, report::Style) -> String,
) -> Result<(), OutputError> {
    let to_stdout = options.outputs.iter().any(|output| output.file.is_none());
    if !to_stdout && !options.quiet {
        print(&render(Format::Text, terminal::stdout_style()))?;
    }
    for output in &options.outputs {
        match &output.file {
            None => print(&render(output.format, terminal::stdout_style()))?,
            Some(file) => save(file, &render(output.format, FILE_STYLE))?,
        }
    }
    Ok(())
}

/// Prints to standard output. A reader that went away (`| head`) is no error.
///
/// # Errors
/// When it cannot be written for another reason, such as a full disk.
pub(super) fn print(text: &str) -> Result<(), OutputError> {
    let mut out = anstream::stdout().lock();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{newline}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(OutputError::Stdout(error)),
        _ => Ok(()),
    }
}

/// Says something on standard error.
pub(super) fn note(text: &str) {
    let _gone = writeln!(anstream::stderr().lock(), "{text}");
}

/// An error with everything that led to it.
pub(super) fn complain(error: &dyn Error) {
    let mut facts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        facts.push(error.to_string());
        source = error.source();
    }
    note(&format!("authprobe: {}", facts.join(": ")));
}

/// Where a report goes.
enum Destination {
    /// A file, which is replaced as a whole.
    File(PathBuf),
    /// A pipe or a device: it is written to.
    Stream(PathBuf),
}

fn destination(file: &Path) -> Destination {
    match fs::metadata(file) {
        Ok(found) if !found.is_file() => Destination::Stream(file.to_owned()),
        // A link keeps its place, and what it points at is replaced.
        _ => Destination::File(file.canonicalize().unwrap_or_else(|_| file.to_owned())),
    }
}

fn save(file: &Path, text: &str) -> Result<(), OutputError> {
    let write = || match destination(file) {
        Destination::Stream(path) => {
            OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes())
        }
        Destination::File(path) => {
            let mut new = temporary(&path)?;
            new.write_all(text.as_bytes())?;
            new.persist(&path).map(drop).map_err(io::Error::from)
        }
    };
    write().map_err(|source| OutputError::file(file, source))
}

/// A new file beside `path`. A report tells where a fleet is weak: only its owner may read it, and
/// `tempfile` sees to that.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let made = tempfile::Builder::new().prefix(".authprobe-").tempfile_in(folder);
    made.map_err(|error| without_path(&error))
}

/// The error of the system alone: `tempfile` adds a path that nobody named.
fn without_path(error: &io::Error) -> io::Error {
    let text = error.to_string();
    let why = text.split_once(" at path ").map_or(text.as_str(), |(why, _)| why);
    io::Error::new(error.kind(), why)
}

/// A report could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum OutputError {
    /// To a file.
    #[error("cannot write the report to {}", file.display())]
    File {
        /// The file that was named.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// To standard output.
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
}

impl OutputError {
    fn file(file: &Path, source: io::Error) -> Self {
        Self::File { file: file.to_owned(), source }
    }
}
