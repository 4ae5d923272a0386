//! `authprobe check`: the checklist, live.

use std::error::Error;

use super::args::{Args, Check};
use super::status::Status;
use super::{config, output, progress};
use crate::pipeline;

pub(super) fn run(args: &Args, check: &Check) -> Result<Status, Box<dyn Error>> {
    let plan = config::load(args, &check.services)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let watch = progress::watch(args, &plan);
    let diagnosis = runtime.block_on(async {
        tokio::select! {
            result = pipeline::check(&plan, watch.as_ref()) => Some(result),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    drop(watch);
    let Some(diagnosis) = diagnosis.transpose()? else {
        output::note("authprobe: interrupted; no report");
        return Ok(Status::Interrupted);
    };
    output::write(args, &diagnosis)?;
    Ok(diagnosis.outcome().into())
}
