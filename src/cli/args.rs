//! The command line: what may be typed, and what the help says.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::direct_options::DirectOptions;
use super::format::Output;
use super::terminal::Color;

const EXIT_STATUS: &str = "\
Exit status:
  0    every check passed
  1    at least one check failed
  2    usage or configuration error; nothing was sent
  3    nothing failed, but something could not be judged
  130  interrupted by Ctrl-C; no report";

const EXAMPLES: &str = "\
Examples:
  authprobe demo                      see it work: a fleet with two faults, probed
  authprobe check                     probe the services of ./probes.yaml
  authprobe check admin -e staging    one service of another environment
  authprobe check -o json | jq .      the whole report for machines";

const CHECK_EXAMPLES: &str = "\
Examples:
  authprobe check
  authprobe check admin --environment staging
  authprobe check -o json=report.json
  authprobe check https://api.example.com/me --key-env JWT_SECRET_KEY
  authprobe check http://127.0.0.1:8000/me --key-file key.txt --claim iss=Hive
  authprobe check http://127.0.0.1:3000/verify --key-dotenv .env:JWT_SECRET \\
      --cookie access_token
  pass show jwt | tr -d '\\n' | authprobe check http://127.0.0.1:8000/me --key-file -";

/// Find out why one service refuses another's JWT.
///
/// authprobe mints short-lived test tokens, replays them against each service's auth endpoint,
/// and names the cause: a forgotten key, a drifting clock, a wrong algorithm, an open door.
#[derive(Debug, Parser)]
#[command(
    name = "authprobe",
    version,
    after_help = "See it work: authprobe demo",
    after_long_help = format!("{EXAMPLES}\n\n{EXIT_STATUS}")
)]
pub(super) struct Args {
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
    #[arg(short, long, action = clap::ArgAction::Count, global = true, display_order = 105)]
    pub(super) verbose: u8,

    /// Print errors and what --output names, no more
    #[arg(short, long, global = true, display_order = 106)]
    pub(super) quiet: bool,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Probe the services, print the causes and the checklist
    Check(Box<Check>),
    /// Start a fleet with planted faults, probe it, compare
    Demo(Demo),
    /// Print one test token, for curl
    Mint(Mint),
    /// Print a new key from the system's random source
    Keygen(Keygen),
    /// Print the JSON Schema of probes.yaml or of the JSON report
    #[command(after_long_help = "\
Examples:
  authprobe schema > probes.schema.json
  authprobe schema report | jq .title")]
    Schema {
        /// Which schema
        #[arg(value_enum, default_value = "probes")]
        of: SchemaOf,
    },
    /// Print a completion script for a shell
    #[command(after_long_help = "\
Examples:
  authprobe completions bash > ~/.local/share/bash-completion/completions/authprobe
  authprobe completions fish > ~/.config/fish/completions/authprobe.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page (roff)
    #[command(after_long_help = "\
Examples:
  authprobe man | man -l -
  authprobe man > /usr/local/share/man/man1/authprobe.1")]
    Man,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = format!("{CHECK_EXAMPLES}\n\n{EXIT_STATUS}"))]
pub(super) struct Check {
    /// Services of the configuration, all if none is named; or URLs
    ///
    /// An argument with :// in it is the URL of an auth endpoint. It needs no configuration; where
    /// the key is, the options say.
    #[arg(value_name = "SERVICE|URL")]
    pub(super) services: Vec<String>,

    #[command(flatten)]
    pub(super) direct: DirectOptions,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe demo                              a forgotten key, a drifting clock
  authprobe demo --fault main=key-previous    another fault instead
  authprobe demo --healthy                    nothing is wrong
  authprobe demo --keep                       then probe the fleet by hand

Exit status:
  0    each planted cause was found and nothing else
  1    something else was found
  2    the fleet could not be started; nothing was sent
  130  interrupted by Ctrl-C; no report")]
pub(super) struct Demo {
    /// Plant this fault, not the usual two
    ///
    /// May be given several times; --list shows the codes.
    #[arg(long = "fault", value_name = "SERVICE=CODE", conflicts_with = "healthy")]
    pub(super) faults: Vec<String>,

    /// Plant nothing
    #[arg(long)]
    pub(super) healthy: bool,

    /// List the faults that can be planted
    #[arg(long, conflicts_with_all = ["faults", "healthy", "keep"])]
    pub(super) list: bool,

    /// Leave the fleet running until Ctrl-C
    ///
    /// Prints the probes.yaml that points at it.
    #[arg(long)]
    pub(super) keep: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe mint
  curl -H \"Authorization: Bearer $(authprobe mint)\" http://127.0.0.1:8000/me
  curl --cookie \"access_token=$(authprobe mint admin -q)\" http://127.0.0.1:3000/me

Exit status:
  0    the token is on standard output, what it is on standard error
  2    usage or configuration error")]
pub(super) struct Mint {
    /// The service the token is for; the source of truth if none is named
    #[arg(value_name = "SERVICE")]
    pub(super) service: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe keygen                            JWT_SECRET_KEY=<64 hex digits>
  authprobe keygen --format base64url --bytes 48
  authprobe keygen --variable JWT_SECRET >> .env.new")]
pub(super) struct Keygen {
    /// How many random bytes
    ///
    /// 32 suit HS256, 48 HS384, 64 HS512 (RFC 7518 section 3.2).
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(16..=1024))]
    pub(super) bytes: u16,

    /// How the bytes are written
    #[arg(long, value_enum, default_value = "hex")]
    pub(super) format: KeyFormat,

    /// The variable that the line sets
    #[arg(long, value_name = "NAME", default_value = "JWT_SECRET_KEY", value_parser = variable)]
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
}

/// A name that shells and env files take (POSIX, XBD section 8.1).
fn variable(name: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.bytes().all(fits)
    {
        return Err("letters, digits and underscores make a variable's name".to_owned());
    }
    Ok(name.to_owned())
}
