//! A diagnosis in, text out: one format a file. Never measures, never prints.

use crate::diagnosis::Diagnosis;

/// How the text report may look.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Columns of the terminal; long lines are wrapped to it.
    pub width: usize,
    /// Whether symbols beyond ASCII may be used.
    pub unicode: bool,
    /// Whether ANSI colours may be used.
    pub color: bool,
}

/// The report for people.
#[must_use]
pub fn text(diagnosis: &Diagnosis, style: Style) -> String {
    let _ = (diagnosis, style);
    String::new()
}

/// The report for machines, schema `authprobe.report/1`.
#[must_use]
pub fn json(diagnosis: &Diagnosis) -> String {
    let _ = diagnosis;
    String::new()
}

/// The JSON Schema of the report for machines.
#[must_use]
pub fn json_schema() -> String {
    String::new()
}
