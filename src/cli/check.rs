//! `authprobe check`: the checklist, live.

use std::error::Error;

use tokio::runtime::Runtime;

use super::direct_options::DirectOptions;
use super::interrupt::Interrupt;
use super::options::{EXIT_STATUS, Options};
use super::pace_options::PaceOptions;
use super::scope_options::ScopeOptions;
use super::state::StateOption;
use super::status::Status;
use super::{banner, config, direct, output, progress, state};
use crate::diagnosis::Diagnosis;
use crate::key;
use crate::pipeline;
use crate::plan::{KeyPlace, Plan};
use crate::rotate;

const CHECK_EXAMPLES: &str = "\
Examples:
  authprobe check
  authprobe check admin --environment staging
  authprobe check --plan
  authprobe check -o json=report.json
  authprobe check --rate 5/s --max-requests 60
  authprobe check https://api.example.com/me --key-env JWT_SECRET_KEY
  authprobe check http://127.0.0.1:8000/me --key-file key.txt --claim iss=Hive
  authprobe check http://127.0.0.1:3000/verify --key-dotenv .env:JWT_SECRET \\
      --cookie access_token
  authprobe check https://api.example.com/me --key-env JWT_SECRET_KEY \\
      --resolve api.example.com:443:10.0.0.1,10.0.0.2
  authprobe check admin --hostile        # where probes.yaml says allow_hostile: true
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

    /// Print what would be sent, and send nothing
    ///
    /// The requests for a service that is well, step by step, and the kinds of request that a fault
    /// would bring. How many of each depends on its answers; never more than the quota in all.
    #[arg(long)]
    pub(super) plan: bool,

    #[command(flatten)]
    rotations: StateOption,

    #[command(flatten)]
    pub(super) scope: ScopeOptions,

    #[command(flatten)]
    pub(super) pace: PaceOptions,
}

pub(super) fn run(options: &Options, check: &Check) -> Result<Status, Box<dyn Error>> {
    output::check(options)?;
    let plan = match direct::plan(options, &check.services, &check.direct)? {
        Some(plan) => plan,
        None => configured(options, check)?,
    }
    .within(check.scope.scope());
    let plan = check.pace.apply(plan);
    if check.plan {
        output::write_rehearsal(options, &pipeline::rehearse(&plan)?)?;
        return Ok(Status::Passed);
    }
    banner::warn(options, &plan, check.scope.scope().forged);
    judged(options, &plan, "check")
}

/// The plan of probes.yaml; a rotation that is not finished keeps the previous key, and a service that was
/// not restarted since still has it.
fn configured(options: &Options, check: &Check) -> Result<Plan, Box<dyn Error>> {
    let plan = config::load(options, &check.services)?;
    let Some(place) = state::place(check.rotations.state.as_ref(), &config::path(options)?)? else {
        return Ok(plan);
    };
    let kept = match rotate::left_behind(&plan.environment, &place) {
        Ok(left) => left.previous_key,
        Err(fault) if check.rotations.state.is_some() => return Err(fault.into()),
        // What cannot be read says nothing of any service.
        Err(_) => None,
    };
    let place = KeyPlace { source: "authprobe rotate".into(), variable: None };
    Ok(match kept {
        Some(kept) => plan.with_previous_key(&kept, &place, key::bits(&kept)),
        None => plan,
    })
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
