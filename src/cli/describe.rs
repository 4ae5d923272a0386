//! What authprobe says of itself: schemas and completions.

use std::error::Error;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::{Args, SchemaOf};
use super::output;
use super::status::Status;
use crate::{load, report};

pub(super) fn schema(of: SchemaOf) -> Result<Status, Box<dyn Error>> {
    output::print(&match of {
        SchemaOf::Probes => load::schema(),
        SchemaOf::Report => report::json_schema(),
        SchemaOf::Explanation => report::explanation_schema(),
        SchemaOf::Audit => report::audit_schema(),
        SchemaOf::Rotation => report::rotation_schema(),
        SchemaOf::Smoke => report::smoke_schema(),
    })?;
    Ok(Status::Passed)
}

pub(super) fn completions(shell: Shell) -> Result<Status, Box<dyn Error>> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "authprobe", &mut script);
    output::print(&String::from_utf8(script)?)?;
    Ok(Status::Passed)
}
