//! `authprobe explain`: a token caught in the wild; why is it refused, and by whom?

use std::error::Error;
use std::io::{self, IsTerminal as _, Read as _};

use tokio::runtime::Runtime;

use super::config::{self, ConfigError};
use super::interrupt::Interrupt;
use super::options::Options;
use super::pasted::Pasted;
use super::status::Status;
use super::{output, progress};
use crate::explanation::{Explanation, Ruling};
use crate::pipeline;
use crate::plan::Plan;
use crate::secret::Secret;

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  pbpaste | authprobe explain               why is this token refused, by whom?
  authprobe explain --offline < token.txt   decode and verify it; send nothing
  authprobe explain --service admin < token.txt

Exit status:
  0    every service accepts it; offline, nothing is wrong with it
  1    a service refuses it; offline, something is wrong with it
  2    usage or configuration error; nothing was sent
  3    it could not be told
  130  interrupted by Ctrl-C; no report")]
pub(super) struct Explain {
    /// The token; - or none: standard input
    ///
    /// Other users of this machine can read arguments, so standard input is the place for it. It may
    /// be pasted with what it was copied with: a header, a cookie, a whole curl line.
    #[arg(value_name = "TOKEN", value_parser = Pasted::parse)]
    pub(super) words: Vec<Pasted>,

    /// Ask only this service
    ///
    /// May be given several times.
    #[arg(long = "service", value_name = "NAME")]
    pub(super) services: Vec<String>,

    /// Send nothing
    ///
    /// Tell what the token and the known keys show.
    #[arg(long)]
    pub(super) offline: bool,
}

/// No token is longer, whatever it was copied with.
const LONGEST: u64 = 1 << 20;
const ARGUMENT: &str = "authprobe: other users of this machine can read a command's arguments; next \
                        time give the token on standard input: authprobe explain -";

pub(super) fn run(options: &Options, wanted: &Explain) -> Result<Status, Box<dyn Error>> {
    output::check(options)?;
    let pasted = pasted(options, wanted)?;
    let explanation = match plan(options, wanted)? {
        Some(plan) if !wanted.offline => {
            let runtime = Runtime::new()?;
            let outcome = runtime.block_on(live(options, &pasted, &plan));
            // A name that is still being looked up must not hold up the end.
            runtime.shutdown_background();
            match outcome? {
                Ok(explanation) => explanation,
                Err(ended) => {
                    output::note("authprobe: interrupted; no report");
                    return Ok(ended);
                }
            }
        }
        plan => pipeline::inspect(&pasted, plan.as_ref()),
    };
    output::write_explanation(options, &explanation)?;
    Ok(match explanation.ruling() {
        Ruling::Accepted => Status::Passed,
        Ruling::Undecided => Status::Inconclusive,
        Ruling::Refused => Status::Failed,
    })
}

/// The explanation, or how the program should end instead.
async fn live(
    options: &Options,
    pasted: &Secret,
    plan: &Plan,
) -> Result<Result<Explanation, Status>, Box<dyn Error>> {
    let mut interrupt = Interrupt::catch()?;
    let watch = progress::watch(options, plan);
    tokio::select! {
        result = pipeline::explain(pasted, plan, watch.as_ref()) => Ok(Ok(result?)),
        ended = interrupt.caught() => Ok(Err(ended)),
    }
}

/// The text that was given as an argument, or on standard input.
fn pasted(options: &Options, wanted: &Explain) -> Result<Secret, Box<dyn Error>> {
    let text = match &wanted.words[..] {
        [] => standard_input(options)?,
        [dash] if dash.is_stdin() => standard_input(options)?,
        words => {
            if !options.quiet {
                output::note(ARGUMENT);
            }
            Pasted::joined(words)
        }
    };
    if text.is_blank() {
        return Err("there is no token to explain\n  help: pbpaste | authprobe explain -".into());
    }
    Ok(text.into_secret())
}

fn standard_input(options: &Options) -> io::Result<Pasted> {
    let stdin = io::stdin();
    if stdin.is_terminal() && !options.quiet {
        output::note("paste the token, then Return and Ctrl-D");
    }
    let mut bytes = Vec::new();
    stdin.lock().take(LONGEST).read_to_end(&mut bytes)?;
    Ok(Pasted::from(bytes))
}

/// The configuration; none is fine where none was asked for: then no key is known.
fn plan(options: &Options, wanted: &Explain) -> Result<Option<Plan>, ConfigError> {
    match config::load(options, &wanted.services) {
        Err(ConfigError::None) if options.environment.is_none() && wanted.services.is_empty() => {
            if !options.quiet {
                output::note("no probes.yaml here or above: no key is known, and nobody is asked");
            }
            Ok(None)
        }
        other => other.map(Some),
    }
}
