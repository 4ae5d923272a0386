//! `authprobe explain`: a token caught in the wild; why is it refused, and by whom?

use std::error::Error;
use std::io::{self, IsTerminal as _, Read as _};

use tokio::runtime::Runtime;

use super::args::{Args, Explain};
use super::config::{self, ConfigError};
use super::interrupt::Interrupt;
use super::pasted::Pasted;
use super::status::Status;
use super::{output, progress};
use crate::explanation::{Explanation, Ruling};
use crate::pipeline;
use crate::plan::Plan;
use crate::secret::Secret;

/// No token is longer, whatever it was copied with.
const LONGEST: u64 = 1 << 20;
const ARGUMENT: &str = "authprobe: other users of this machine can read a command's arguments; next \
                        time give the token on standard input: authprobe explain -";

pub(super) fn run(args: &Args, wanted: &Explain) -> Result<Status, Box<dyn Error>> {
    output::check(args)?;
    let pasted = pasted(args, wanted)?;
    let explanation = match plan(args, wanted)? {
        Some(plan) if !wanted.offline => {
            let runtime = Runtime::new()?;
            let outcome = runtime.block_on(live(args, &pasted, &plan));
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
    output::write_explanation(args, &explanation)?;
    Ok(match explanation.ruling() {
        Ruling::Accepted => Status::Passed,
        Ruling::Undecided => Status::Inconclusive,
        Ruling::Refused => Status::Failed,
    })
}

/// The explanation, or how the program should end instead.
async fn live(
    args: &Args,
    pasted: &Secret,
    plan: &Plan,
) -> Result<Result<Explanation, Status>, Box<dyn Error>> {
    let mut interrupt = Interrupt::catch()?;
    let watch = progress::watch(args, plan);
    tokio::select! {
        result = pipeline::explain(pasted, plan, watch.as_ref()) => Ok(Ok(result?)),
        ended = interrupt.caught() => Ok(Err(ended)),
    }
}

/// The text that was given as an argument, or on standard input.
fn pasted(args: &Args, wanted: &Explain) -> Result<Secret, Box<dyn Error>> {
    let text = match &wanted.words[..] {
        [] => standard_input(args)?,
        [dash] if dash.is_stdin() => standard_input(args)?,
        words => {
            if !args.quiet {
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

fn standard_input(args: &Args) -> io::Result<Pasted> {
    let stdin = io::stdin();
    if stdin.is_terminal() && !args.quiet {
        output::note("paste the token, then Return and Ctrl-D");
    }
    let mut bytes = Vec::new();
    stdin.lock().take(LONGEST).read_to_end(&mut bytes)?;
    Ok(Pasted::from(bytes))
}

/// The configuration; none is fine where none was asked for: then no key is known.
fn plan(args: &Args, wanted: &Explain) -> Result<Option<Plan>, ConfigError> {
    match config::load(args, &wanted.services) {
        Err(ConfigError::None) if args.environment.is_none() && wanted.services.is_empty() => {
            if !args.quiet {
                output::note("no probes.yaml here or above: no key is known, and nobody is asked");
            }
            Ok(None)
        }
        other => other.map(Some),
    }
}
