//! The only composer: each service's questions are minted, replayed and told, until its
//! investigation is done; then the fleet is looked at as a whole.

mod explain;
mod probe;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::diagnosis::{Diagnosis, ServiceDiagnosis};
use crate::investigate::fleet;
use crate::mint::MintError;
use crate::plan::Plan;
use crate::question::Question;
use crate::replay::ClientError;
use crate::time::Anchor;
use crate::watch::Watch;
use probe::probes;

pub use explain::{explain, inspect};

/// Why a run could not be carried out: our own inability, never a fault of a service.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A client could not be built.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A token could not be made.
    #[error(transparent)]
    Mint(#[from] MintError),
}

/// Probes every service of the plan.
///
/// # Errors
/// When a client cannot be built or a token cannot be made.
pub async fn check(plan: &Plan, watch: &dyn Watch) -> Result<Diagnosis, RunError> {
    let anchor = Anchor::new();
    let started_at = anchor.now();
    let probes = probes(plan, anchor, watch, Question::to_string)?;
    // More services at a time than requests would only wait for one another.
    let runs = probes.iter().enumerate().map(async |(place, probe)| {
        let (_, service) = probe.investigate().await?;
        watch.finished(&probe.service.subject.name);
        Ok::<_, RunError>((place, service))
    });
    let mut services: Vec<(usize, ServiceDiagnosis)> =
        stream::iter(runs).buffer_unordered(plan.limits.total.max(1)).try_collect().await?;
    services.sort_by_key(|(place, _)| *place);
    let mut services: Vec<_> = services.into_iter().map(|(_, service)| service).collect();
    let fleet = fleet(plan, &mut services);
    Ok(Diagnosis {
        command: "check",
        environment: plan.environment.clone(),
        started_at,
        finished_at: anchor.now(),
        services,
        fleet,
    })
}
