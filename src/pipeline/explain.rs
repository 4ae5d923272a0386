//! Composes an explanation: a caught token is inspected, then put on trial at each service; where
//! a service refuses right tokens, too, its investigation tells why.

use futures_util::future::join_all;

use super::RunError;
use super::probe::{Probe, probes, shown_url};
use crate::explain::{self, Step, Token};
use crate::explanation::{Explanation, Inspection, ServiceExplanation};
use crate::investigate;
use crate::plan::Plan;
use crate::secret::Secret;
use crate::time::Anchor;
use crate::watch::Watch;

/// What can be told of a pasted text without sending anything; without a plan, no key is known.
#[must_use]
pub fn inspect(pasted: &Secret, plan: Option<&Plan>) -> Explanation {
    let now = Anchor::new().now();
    let services = plan.map_or(&[][..], |plan| &plan.services);
    let token = match Token::read(pasted) {
        Ok(token) => explain::inspect(&token, services, now),
        Err(flaw) => Inspection::Malformed(flaw),
    };
    Explanation {
        environment: plan.map(|plan| plan.environment.clone()),
        started_at: now,
        finished_at: now,
        token,
        services: Vec::new(),
    }
}

/// The same, and what each service of the plan makes of the token. A text that is no token is sent
/// nowhere.
///
/// # Errors
/// When a client cannot be built or a twin cannot be made.
pub async fn explain(
    pasted: &Secret,
    plan: &Plan,
    watch: &dyn Watch,
) -> Result<Explanation, RunError> {
    let explanation = inspect(pasted, Some(plan));
    let Ok(token) = Token::read(pasted) else { return Ok(explanation) };
    let mut holding = plan.clone();
    for service in &mut holding.services {
        service.keyring.catch(token.text.clone());
    }
    let anchor = Anchor::new();
    let probes = probes(&holding, anchor, watch, explain::log_words)?;
    let trials = probes.iter().map(|probe| try_at(probe, &token, &holding));
    let services = join_all(trials).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Explanation { services, finished_at: anchor.now(), ..explanation })
}

async fn try_at(
    probe: &Probe<'_>,
    token: &Token,
    plan: &Plan,
) -> Result<ServiceExplanation, RunError> {
    let service = probe.service;
    let mut trial = explain::trial(token, service, &plan.services, shown_url(service));
    loop {
        match trial.step(&investigate::judge(&service.subject, trial.observations())) {
            Step::Ask(questions) => {
                for observation in probe.ask_all(questions).await? {
                    trial.tell(observation);
                }
            }
            Step::Diagnose => trial.tell_diagnosis(probe.investigate().await?.1),
            Step::Done(explanation) => {
                probe.watch.finished(&service.subject.name);
                return Ok(*explanation);
            }
        }
    }
}
