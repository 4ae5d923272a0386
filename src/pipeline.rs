//! The only composer: each service's questions are minted, replayed and told, until its
//! investigation is done; then the fleet is looked at as a whole.

mod audit;
mod explain;
mod listener;
mod probe;
mod rehearsal;
mod smoke;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::diagnosis::{Diagnosis, ServiceDiagnosis};
use crate::investigate::{Investigation, LARGE_FLEET, between_services, fleet};
use crate::mint::MintError;
use crate::plan::Plan;
use crate::question::Question;
use crate::replay::ClientError;
use crate::time::Anchor;
use crate::watch::Watch;
use probe::{Probe, probes};

pub(crate) use audit::audit;
pub use explain::{explain, inspect};
pub use rehearsal::rehearse;
pub use smoke::{SmokeRun, Told};

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
    let large = probes.len() > LARGE_FLEET;
    let runs = probes.iter().enumerate().map(async |(place, probe)| {
        let (investigation, service) = probe.investigate().await?;
        watch.finished(&probe.service.subject.name);
        Ok::<_, RunError>((place, (!large).then_some(investigation), service))
    });
    let mut found: Vec<_> =
        stream::iter(runs).buffer_unordered(plan.limits.total.max(1)).try_collect().await?;
    found.sort_by_key(|(place, ..)| *place);
    let (investigations, mut services): (Vec<_>, Vec<_>) =
        found.into_iter().map(|(_, investigation, service)| (investigation, service)).unzip();
    ask_between(plan, &probes, investigations, &mut services).await?;
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

/// Gives verifiers the tokens that the other services would issue, where that is still open.
async fn ask_between(
    plan: &Plan,
    probes: &[Probe<'_>],
    investigations: Vec<Option<Investigation>>,
    services: &mut [ServiceDiagnosis],
) -> Result<(), RunError> {
    let questions = between_services(plan, services);
    let asked = probes.iter().zip(questions).map(|(probe, questions)| probe.ask_all(questions));
    let answers = join_all(asked).await;
    for ((answers, investigation), service) in answers.into_iter().zip(investigations).zip(services)
    {
        let Some(mut investigation) = investigation else { continue };
        for observation in answers? {
            service.observations.extend(investigation.judge_further(observation));
        }
    }
    Ok(())
}
