//! A diagnosis in, text out: one format a file. Never measures, never prints.

mod json;
mod text;

pub use json::{
    audit as audit_json, audit_schema, explanation as explanation_json, explanation_schema, json,
    json_schema, rehearsal as rehearsal_json, rotation as rotation_json, rotation_schema,
    smoke as smoke_json, smoke_schema,
};
pub use text::{
    audit as audit_text, explanation as explanation_text, rehearsal as rehearsal_text,
    rotation as rotation_text, smoke as smoke_text, text,
};

/// How the text report may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal; long lines are wrapped to it.
    pub width: usize,
    /// Whether symbols beyond ASCII may be used.
    pub unicode: bool,
    /// Whether ANSI colours may be used.
    pub color: bool,
}

/// Whether a character moves, hides or reorders text on a terminal: controls, bidirectional
/// overrides and whatever else has no shape of its own.
fn is_unprintable(c: char) -> bool {
    !matches!(c, '"' | '\'' | '\\') && c.escape_debug().len() > 1
}
