//! `authprobe check`: the checklist, live.

use std::error::Error;

use tokio::runtime::Runtime;

use super::direct_options::DirectOptions;
use super::interrupt::Interrupt;
use super::options::{EXIT_STATUS, Options};
use super::scope_options::ScopeOptions;
use super::status::Status;
use super::{config, direct, output, progress};
use crate::diagnosis::Diagnosis;
use crate::pipeline;
use crate::plan::Plan;

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

    #[command(flatten)]
    pub(super) scope: ScopeOptions,
}

pub(super) fn run(options: &Options, check: &Check) -> Result<Status, Box<dyn Error>> {
    output::check(options)?;
    let plan = match direct::plan(options, &check.services, &check.direct)? {
        Some(plan) => plan,
        None => config::load(options, &check.services)?,
    }
    .within(check.scope.scope());
    judged(options, &plan, "check")
}

/// Probes the services of a plan for this command, writes the reports, and says how to end.
pub(super) fn judged(
    options: &Options,
    plan: &Plan,
    command: &'static str,
) -> Result<Status, Box<dyn Error>> {
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(probe(options, plan));
    // A name that is still being looked up must not hold up the end.
    runtime.shutdown_background();
    match outcome? {
        Ok(diagnosis) => {
            let diagnosis = Diagnosis { command, ..diagnosis };
            output::write(options, &diagnosis)?;
            Ok(diagnosis.outcome().into())
        }
        Err(ended) => {
            output::note("authprobe: interrupted; no report");
            Ok(ended)
        }
    }
}

/// The diagnosis, or how the program should end instead.
async fn probe(
    options: &Options,
    plan: &Plan,
) -> Result<Result<Diagnosis, Status>, Box<dyn Error>> {
    let mut interrupt = Interrupt::catch()?;
    let watch = progress::watch(options, plan);
    tokio::select! {
        result = pipeline::check(plan, watch.as_ref()) => Ok(Ok(result?)),
        ended = interrupt.caught() => Ok(Err(ended)),
    }
}
