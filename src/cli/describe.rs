//! What authprobe says of itself: schemas, completions, the manual page.

use std::error::Error;
use std::io;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::{Args, SchemaOf};
use super::output;
use super::status::Status;
use crate::{load, report};

pub(super) fn schema(of: SchemaOf) -> Status {
    output::print(&match of {
        SchemaOf::Probes => load::schema(),
        SchemaOf::Report => report::json_schema(),
        SchemaOf::Explanation => report::explanation_schema(),
    });
    Status::Passed
}

pub(super) fn completions(shell: Shell) -> Result<Status, Box<dyn Error>> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "authprobe", &mut script);
    output::print(&String::from_utf8(script)?);
    Ok(Status::Passed)
}

pub(super) fn man() -> Result<Status, Box<dyn Error>> {
    let mut page = Vec::new();
    render(&Args::command(), &mut page)?;
    output::print(&String::from_utf8(page)?);
    Ok(Status::Passed)
}

fn render(command: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(page)
}
