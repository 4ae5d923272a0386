//! The command line: what may be typed, and what the help says.

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::audit::Audit;
use super::check::Check;
use super::clock::Clock;
use super::demo::Demo;
use super::explain::Explain;
use super::keygen::Keygen;
use super::mint::Mint;
use super::options::{EXIT_STATUS, Options};
use super::rotate_options::Rotate;
use super::smoke::Smoke;

const EXAMPLES: &str = "\
Examples:
  authprobe demo                      see it work: a fleet with two faults, probed
  authprobe check                     probe the services of ./probes.yaml
  authprobe check admin -e staging    one service of another environment
  authprobe check -o json | jq .      the whole report for machines
  pbpaste | authprobe explain         why is this token refused, and by whom?";

/// Find out why one service refuses another's JWT.
///
/// authprobe mints short-lived test tokens, replays them against each service's auth endpoint,
/// and names the cause: a forgotten key, a drifting clock, a wrong algorithm, an open door.
#[derive(Debug, Parser)]
#[command(
    name = "authprobe",
    version,
    disable_version_flag = true,
    after_long_help = format!("{EXAMPLES}\n\n{EXIT_STATUS}")
)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) options: Options,

    // Left to the long help, so that the short one fits on a screen.
    /// Print version
    #[arg(id = "version", short = 'V', long = "version", action = ArgAction::Version, display_order = 107, hide_short_help = true)]
    _version: Option<bool>,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Probe the services, print the causes and the checklist
    Check(Box<Check>),
    /// Measure each service's clock to a few milliseconds
    Clock(Box<Clock>),
    /// Tell why a token is refused, and by whom
    Explain(Explain),
    /// Start a fleet with planted faults, probe it, compare
    Demo(Demo),
    /// Look at the key files, offline: agreement, strength, exposure
    Audit(Audit),
    /// Give one environment a new key, in every file or in none
    Rotate(Box<Rotate>),
    /// After a rotation: the new key in, the old key out, everywhere
    Smoke(Box<Smoke>),
    /// Print one test token, for curl
    Mint(Mint),
    /// Print a new key from the system's random source
    Keygen(Keygen),
    /// Print the JSON Schema of probes.yaml or of the JSON report
    #[command(after_long_help = "\
Examples:
  authprobe schema > probes.schema.json
  authprobe schema report | jq .title

Exit status:
  0    printed
  2    usage error")]
    Schema {
        /// Which schema
        #[arg(value_enum, default_value = "probes")]
        of: SchemaOf,
    },
    /// Print a completion script for a shell
    #[command(after_long_help = "\
Examples:
  authprobe completions bash > ~/.local/share/bash-completion/completions/authprobe
  authprobe completions fish > ~/.config/fish/completions/authprobe.fish

Exit status:
  0    printed
  2    usage error")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page (roff)
    #[command(after_long_help = "\
Examples:
  authprobe man | man -l -
  authprobe man > /usr/local/share/man/man1/authprobe.1

Exit status:
  0    printed
  2    usage error")]
    Man,
}

impl Command {
    /// The name of a command that prints something else than a report.
    pub(super) fn without_report(&self) -> Option<&'static str> {
        match self {
            Self::Mint(_) => Some("mint"),
            Self::Keygen(_) => Some("keygen"),
            Self::Schema { .. } => Some("schema"),
            Self::Completions { .. } => Some("completions"),
            Self::Man => Some("man"),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SchemaOf {
    /// The configuration
    Probes,
    /// The JSON report
    Report,
    /// The JSON explanation of a token
    Explanation,
    /// The JSON report of a rotation
    Rotation,
    /// The JSON report of an audit
    Audit,
    /// The JSON report of a smoke test
    Smoke,
}
