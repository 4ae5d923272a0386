//! The options that every command takes.

use std::path::PathBuf;

use super::format::Output;
use super::terminal::Color;

pub(super) const EXIT_STATUS: &str = "\
Exit status:
  0    every check passed
  1    at least one check failed
  2    usage or configuration error; nothing was sent
  3    nothing failed, but something could not be judged
  130  interrupted by Ctrl-C; no report";

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Use this file, not the nearest probes.yaml
    ///
    /// Without this, probes.yaml is searched here and then in each folder above.
    #[arg(short, long, value_name = "FILE", global = true, display_order = 101)]
    pub(super) config: Option<PathBuf>,

    /// The environment, if not the default one
    #[arg(short, long, value_name = "NAME", global = true, display_order = 102)]
    pub(super) environment: Option<String>,

    /// A report, text or json; to FILE if it is named
    ///
    /// May be given several times. A file is readable by its owner alone, and the text report still
    /// goes to standard output; without FILE, this report goes there instead.
    #[arg(
        short,
        long = "output",
        value_name = "FORMAT[=FILE]",
        global = true,
        display_order = 103
    )]
    pub(super) outputs: Vec<Output>,

    /// When to use colour
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        display_order = 104,
        hide_short_help = true
    )]
    pub(super) color: Color,

    /// Log what is asked and what comes back
    ///
    /// The log goes to standard error and holds no key and no token.
    #[arg(short, long, action = clap::ArgAction::Count, global = true, display_order = 105, hide_short_help = true)]
    pub(super) verbose: u8,

    /// Print errors and what --output names, no more
    #[arg(short, long, global = true, display_order = 106, hide_short_help = true)]
    pub(super) quiet: bool,
}
