//! The command line: what may be typed, and what the help says.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::format::Output;
use super::pasted::Pasted;
use super::terminal::Color;

const EXIT_STATUS: &str = "\
Exit status:
  0  every check passed
  1  at least one check failed
  2  usage or configuration error; nothing was sent
  3  nothing failed, but something could not be judged";

const EXAMPLES: &str = "\
Examples:
  authprobe demo                       see it work: a fleet with two faults, probed
  authprobe check                      probe the services of ./probes.yaml
  authprobe check admin -e staging     one service of another environment
  authprobe check -o json | jq .       the whole report for machines
  curl -H \"Authorization: Bearer $(authprobe mint main)\" http://127.0.0.1:8000/api/v1/auth/me";

/// Find out why one service refuses another's JWT.
///
/// authprobe mints short-lived test tokens, replays them against each service's auth endpoint,
/// and names the cause: a forgotten key, a drifting clock, a wrong algorithm, an open door.
#[derive(Debug, Parser)]
#[command(name = "authprobe", version, after_help = format!("{EXAMPLES}\n\n{EXIT_STATUS}"))]
pub(super) struct Args {
    /// The configuration; searched upward from here if not given
    #[arg(short, long, value_name = "FILE", global = true)]
    pub(super) config: Option<PathBuf>,

    /// The environment; `default_environment` of the configuration if not given
    #[arg(short, long, value_name = "NAME", global = true)]
    pub(super) environment: Option<String>,

    /// Write a report: text or json, to a file if one is named (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", global = true)]
    pub(super) outputs: Vec<Output>,

    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(super) color: Color,

    /// Say on stderr what is sent and what comes back (twice: in more detail)
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(super) verbose: u8,

    /// Print nothing but errors and what --output names
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Probe the services and print the checklist with the cause of each failure
    #[command(after_help = EXIT_STATUS)]
    Check(Check),
    /// Tell why a token caught in the wild is refused, and by whom
    Explain(Explain),
    /// Start an embedded fleet with planted faults, probe it, and compare
    Demo(Demo),
    /// Print one test token, for curl
    Mint(Mint),
    /// Print a new key from the system's random source
    Keygen(Keygen),
    /// Print the JSON Schema of probes.yaml or of the JSON report
    Schema {
        /// Which schema
        #[arg(value_enum, default_value = "probes")]
        of: SchemaOf,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page (roff)
    Man,
}

#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The services to probe; all of the environment if none is named
    #[arg(value_name = "SERVICE")]
    pub(super) services: Vec<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pbpaste | authprobe explain                 why is this token refused, and by whom?
  authprobe explain --offline < token.txt     decode and verify it; nothing is sent
  authprobe explain --service admin -o json - < token.txt

Exit status:
  0  every service that was asked accepts it; offline, nothing is wrong with it
  1  a service refuses it; offline, something is wrong with it
  2  usage or configuration error; nothing was sent
  3  it could not be told")]
pub(super) struct Explain {
    /// The token, or - for standard input, which is the default: other users can read arguments
    #[arg(value_name = "TOKEN", value_parser = Pasted::parse)]
    pub(super) words: Vec<Pasted>,

    /// Ask this service only (repeatable)
    #[arg(long = "service", value_name = "NAME")]
    pub(super) services: Vec<String>,

    /// Send nothing: tell what the token and the known keys show
    #[arg(long)]
    pub(super) offline: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  authprobe demo                              admin on its fallback key, autoscraper's clock 95 s ahead
  authprobe demo --fault main=key-previous    another fault, instead of the default story
  authprobe demo --healthy                    nothing is wrong
  authprobe demo --keep                       leave the fleet running, to probe it by hand

Exit status: 0 if each planted cause was found and nothing else, 1 otherwise.")]
pub(super) struct Demo {
    /// Plant this fault instead of the default ones (repeatable); --list shows the codes
    #[arg(long = "fault", value_name = "SERVICE=CODE", conflicts_with = "healthy")]
    pub(super) faults: Vec<String>,

    /// Plant nothing
    #[arg(long)]
    pub(super) healthy: bool,

    /// List the faults that can be planted
    #[arg(long, conflicts_with_all = ["faults", "healthy", "keep"])]
    pub(super) list: bool,

    /// Leave the fleet running until Ctrl-C, and print the probes.yaml that points at it
    #[arg(long)]
    pub(super) keep: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Mint {
    /// The service the token is for; the source of truth if none is named
    #[arg(value_name = "SERVICE")]
    pub(super) service: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  authprobe keygen                            JWT_SECRET_KEY=<64 hex digits>
  authprobe keygen --format base64url --bytes 48
  authprobe keygen --variable JWT_SECRET >> .env.new")]
pub(super) struct Keygen {
    /// How many random bytes; 32 suit HS256, 48 HS384, 64 HS512 (RFC 7518 section 3.2)
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(16..=1024))]
    pub(super) bytes: u16,

    /// How the bytes are written
    #[arg(long, value_enum, default_value = "hex")]
    pub(super) format: KeyFormat,

    /// The variable that the line sets
    #[arg(long, value_name = "NAME", default_value = "JWT_SECRET_KEY")]
    pub(super) variable: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum KeyFormat {
    /// Two digits a byte
    Hex,
    /// Unpadded base64url (RFC 4648 section 5)
    Base64url,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SchemaOf {
    /// The configuration
    Probes,
    /// The JSON report
    Report,
    /// The JSON explanation of a token
    Explanation,
}
