//! Where reports go, and how complaints look.

use std::error::Error;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use super::args::Args;
use super::format::Format;
use super::terminal;
use crate::diagnosis::Diagnosis;
use crate::explanation::Explanation;
use crate::report;

/// How a text report looks in a file: read by any program, at any time.
const FILE_STYLE: report::Style = report::Style { width: 100, unicode: true, color: false };

/// Writes every report that was asked for. Where none goes to standard output, the text report
/// does, unless all should be quiet.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(args: &Args, diagnosis: &Diagnosis) -> Result<(), OutputError> {
    let render = |format, style| match format {
        Format::Text => report::text(diagnosis, style),
        Format::Json => report::json(diagnosis),
    };
    write_each(args, &render)
}

/// Writes every form of an explanation that was asked for, as [`write`] does.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write_explanation(args: &Args, explained: &Explanation) -> Result<(), OutputError> {
    let render = |format, style| match format {
        Format::Text => report::explanation_text(explained, style),
        Format::Json => report::explanation_json(explained),
    };
    write_each(args, &render)
}

fn write_each(
    args: &Args,
    render: &dyn Fn(Format, report::Style) -> String,
) -> Result<(), OutputError> {
    let to_stdout = args.outputs.iter().any(|output| output.file.is_none());
    if !to_stdout && !args.quiet {
        print(&render(Format::Text, terminal::stdout_style()));
    }
    for output in &args.outputs {
        match &output.file {
            None => print(&render(output.format, terminal::stdout_style())),
            Some(file) => save(file, &render(output.format, FILE_STYLE))?,
        }
    }
    Ok(())
}

/// Prints to standard output. A reader that went away (`| head`) is no error.
pub(super) fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    let _gone = write!(out, "{text}{newline}").and_then(|()| out.flush());
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

fn save(file: &PathBuf, text: &str) -> Result<(), OutputError> {
    let write = || -> io::Result<()> {
        // A report tells where a fleet is weak: only its owner may read it.
        let mut out =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
        out.write_all(text.as_bytes())
    };
    write().map_err(|source| OutputError { file: file.clone(), source })
}

/// A report could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report to {}", file.display())]
pub(super) struct OutputError {
    file: PathBuf,
    source: io::Error,
}
