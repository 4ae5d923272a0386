//! `authprobe check`: the checklist, live.

use std::error::Error;

use tokio::runtime::Runtime;

use super::args::{Args, Check};
use super::interrupt::Interrupt;
use super::status::Status;
use super::{config, direct, output, progress};
use crate::diagnosis::Diagnosis;
use crate::pipeline;
use crate::plan::Plan;

pub(super) fn run(args: &Args, check: &Check) -> Result<Status, Box<dyn Error>> {
    output::check(args)?;
    let plan = match direct::plan(args, check)? {
        Some(plan) => plan,
        None => config::load(args, &check.services)?,
    };
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(probe(args, &plan));
    // A name that is still being looked up must not hold up the end.
    runtime.shutdown_background();
    match outcome? {
        Ok(diagnosis) => {
            output::write(args, &diagnosis)?;
            Ok(diagnosis.outcome().into())
        }
        Err(ended) => {
            output::note("authprobe: interrupted; no report");
            Ok(ended)
        }
    }
}

/// The diagnosis, or how the program should end instead.
async fn probe(args: &Args, plan: &Plan) -> Result<Result<Diagnosis, Status>, Box<dyn Error>> {
    let mut interrupt = Interrupt::catch()?;
    let watch = progress::watch(args, plan);
    tokio::select! {
        result = pipeline::check(plan, watch.as_ref()) => Ok(Ok(result?)),
        ended = interrupt.caught() => Ok(Err(ended)),
    }
}
