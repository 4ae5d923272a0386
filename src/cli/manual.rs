//! `authprobe man`: one page for the program, with a section for each command. clap's own words in,
//! roff out.

use std::error::Error;
use std::io;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use super::args::Args;
use super::output;
use super::status::Status;

/// A heading inside a command's section.
const BOLD_LINE: &str = ".PP\n.B ";

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
    let mut rest = Vec::new();
    whole.render_options_section(&mut rest)?;
    rest.extend(b".SH COMMANDS\n");
    for command in program.get_subcommands() {
        rest.extend(section(program.get_name(), command)?.bytes());
    }
    whole.render_extra_section(&mut rest)?;
    let rest = String::from_utf8_lossy(&rest);
    page.extend(with_examples_as_typed(&rest, ".SH ").bytes());
    Ok(())
}

/// A command's own sections as one, without the options that every command has.
fn section(program: &str, command: &Command) -> io::Result<String> {
    let name = format!("{program} {}", command.get_name());
    // clap_mangen leaves out the words of an option that short help leaves out.
    let whole = command.clone().mut_args(|option| option.hide_short_help(false));
    let man = Man::new(whole.bin_name(&name).disable_help_flag(true));
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
    for line in with_examples_as_typed(&parts, BOLD_LINE).lines() {
        match line.strip_prefix(".SH ") {
            // The section's own heading says it.
            Some("SYNOPSIS" | "DESCRIPTION" | "OPTIONS") => section.push_str(".PP"),
            Some(heading) => section.extend([BOLD_LINE, heading]),
            None => section.push_str(line),
        }
        section.push('\n');
    }
    Ok(section)
}

/// What follows the options, line by line as it is typed, each part under a heading.
fn with_examples_as_typed(page: &str, heading: &str) -> String {
    let mut changed = String::with_capacity(page.len());
    let mut is_typed = false;
    for line in page.lines() {
        match line {
            ".SH EXTRA" => continue,
            "Examples:" | "Exit status:" => {
                let words = line.trim_end_matches(':').to_uppercase();
                let end = if is_typed { ".fi\n" } else { "" };
                changed.extend([end, heading, &words, "\n.nf"]);
                is_typed = true;
            }
            _ => {
                let ends = is_typed && (line.starts_with(".S") || line.starts_with(".P"));
                changed.push_str(if ends { ".fi\n" } else { "" });
                is_typed &= !ends;
                changed.push_str(line);
            }
        }
        changed.push('\n');
    }
    changed.push_str(if is_typed { ".fi\n" } else { "" });
    changed
}
