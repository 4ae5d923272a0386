//! What `--output` takes: a format, and where the report goes.

use std::path::PathBuf;
use std::str::FromStr;

/// One report to write.
#[derive(Debug, Clone)]
pub(super) struct Output {
    /// Its format.
    pub(super) format: Format,
    /// Where it goes; standard output if `None`.
    pub(super) file: Option<PathBuf>,
}

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("a file name is missing after =".to_owned()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = match name {
            "text" => Format::Text,
            "json" => Format::Json,
            // What was typed is repeated by the parser, if it may be repeated at all.
            _ => return Err("this format is not known; known are text and json".to_owned()),
        };
        Ok(Self { format, file })
    }
}
