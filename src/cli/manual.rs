//! `authprobe man`: one page for the program, with a section for each command. clap's own words in,
//! roff out.

use std::error::Error;
use std::io;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use super::args::Args;
use super::output;
use super::status::Status;

pub(super) fn print() -> Result<Status, Box<dyn Error>> {
    let mut page = Vec::new();
    render(&Args::command(), &mut page)?;
    output::print(&String::from_utf8(page)?)?;
    Ok(Status::Passed)
}

fn render(program: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let whole = Man::new(program.clone()).manual("authprobe");
    whole.render_title(page)?;
    whole.render_name_section(page)?;
    whole.render_synopsis_section(page)?;
    whole.render_description_section(page)?;
    whole.render_options_section(page)?;
    page.extend(b".SH COMMANDS\n");
    for command in program.get_subcommands() {
        page.extend(section(program.get_name(), command)?.bytes());
    }
    whole.render_extra_section(page)
}

/// A command's own sections as one, without the options that every command has.
fn section(program: &str, command: &Command) -> io::Result<String> {
    let name = format!("{program} {}", command.get_name());
    let man = Man::new(command.clone().bin_name(&name).disable_help_flag(true));
    let mut parts = Vec::new();
    man.render_synopsis_section(&mut parts)?;
    man.render_description_section(&mut parts)?;
    if command.get_arguments().next().is_some() {
        man.render_options_section(&mut parts)?;
    }
    if command.get_after_long_help().is_some() {
        man.render_extra_section(&mut parts)?;
    }
    let parts = String::from_utf8_lossy(&parts);
    let mut section = format!(".SS {name}\n");
    for line in parts.lines() {
        match line.strip_prefix(".SH ") {
            // The section's own heading says it.
            Some("SYNOPSIS" | "DESCRIPTION" | "OPTIONS" | "EXTRA") => section.push_str(".PP"),
            Some(heading) => section.extend([".PP\n.B ", heading]),
            None => section.push_str(line),
        }
        section.push('\n');
    }
    Ok(section)
}
