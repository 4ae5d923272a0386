//! The report for machines, schema `authprobe.report/1`: a diagnosis in, JSON out. The views are
//! written field by field, so that no change of a noun can rename a field.

mod audit;
mod behaviour;
mod explain;
mod facts;
mod hostile;
mod loader;
mod number;
mod observation;
mod rehearsal;
mod replica;
mod rotation;
mod service;
mod smoke;
mod view;
mod vocabulary;

use std::fmt::Write as _;

use schemars::generate::SchemaSettings;

use super::is_unprintable;
use crate::diagnosis::Diagnosis;
pub use audit::{audit, audit_schema};
pub use explain::{explanation, explanation_schema};
pub use rehearsal::rehearsal;
pub use rotation::{rotation, rotation_schema};
pub use smoke::{smoke, smoke_schema};
use view::Report;

/// The report for machines, schema `authprobe.report/1`, with a final newline.
#[must_use]
pub fn json(diagnosis: &Diagnosis) -> String {
    pretty(&Report::of(diagnosis))
}

/// The JSON Schema (draft 2020-12) of the report for machines, with a final newline.
#[must_use]
pub fn json_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    pretty(&generator.into_root_schema_for::<Report>())
}

/// A view has only strings as keys and only finite numbers, so writing it cannot fail.
fn pretty(view: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(view).unwrap_or_default();
    text.push('\n');
    if text.chars().any(acts_on_a_terminal) { escaped(&text) } else { text }
}

/// Writes as `\u` what could act on a terminal. Outside of strings, JSON has no such characters,
/// and inside, an escape means the same.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if !acts_on_a_terminal(c) {
            safe.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe
}

fn acts_on_a_terminal(c: char) -> bool {
    let plain = c == '\n' || c == ' ' || c.is_ascii_graphic();
    !plain && is_unprintable(c)
}
