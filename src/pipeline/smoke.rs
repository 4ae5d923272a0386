//! Composes a look at every service after a rotation, again and again while there is time: tokens
//! under both keys are minted, replayed, judged and told. What is known can be had at any moment.

use std::sync::{Mutex, PoisonError};

use futures_util::future::try_join_all;
use tokio::time::sleep;

use super::RunError;
use super::probe::{Probe, probes, shown_url};
use crate::convergence::ServiceConvergence;
use crate::investigate;
use crate::plan::Plan;
use crate::question::Question;
use crate::smoke::{Smoke, Step, Terms};
use crate::time::{Anchor, UnixTime};
use crate::watch::{Silent, Watch};

/// A run: each service of the plan, and how far it has come.
pub struct SmokeRun<'a> {
    anchor: Anchor,
    services: Vec<(Probe<'a>, Mutex<Smoke>)>,
}

/// Told of a service whenever something was heard from it.
pub type Told<'a> = &'a (dyn Fn(usize, &ServiceConvergence) + Sync);

impl<'a> SmokeRun<'a> {
    /// Prepares a run by this clock; looks names up, and sends nothing yet.
    ///
    /// # Errors
    /// When a client cannot be built.
    pub async fn prepare(plan: &'a Plan, anchor: Anchor, terms: Terms) -> Result<Self, RunError> {
        const NOBODY: &dyn Watch = &Silent;
        let mut services = Vec::new();
        for probe in probes(plan, anchor, NOBODY, Question::to_string)? {
            let addresses = probe.addresses().await;
            let subject = probe.service.subject.clone();
            let smoke = Smoke::new(subject, shown_url(probe.service), addresses, terms);
            services.push((probe, Mutex::new(smoke)));
        }
        Ok(Self { anchor, services })
    }

    /// Asks until every service has converged, or there is no time left. May be dropped at any
    /// moment; what was told until then stays known.
    ///
    /// # Errors
    /// When a token cannot be made.
    pub async fn run(&self, told: Told<'_>) -> Result<(), RunError> {
        let each = self.services.iter().enumerate();
        let runs = each.map(|(place, (probe, smoke))| self.follow(place, probe, smoke, told));
        try_join_all(runs).await.map(drop)
    }

    /// What is known of each service by now.
    #[must_use]
    pub fn report(&self) -> Vec<ServiceConvergence> {
        let now = self.anchor.now();
        self.services.iter().map(|(_, smoke)| with(smoke, |smoke| smoke.report(now))).collect()
    }

    /// The present moment by the clock of the run.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        self.anchor.now()
    }

    async fn follow(
        &self,
        place: usize,
        probe: &Probe<'_>,
        smoke: &Mutex<Smoke>,
        told: Told<'_>,
    ) -> Result<(), RunError> {
        loop {
            match with(smoke, |smoke| smoke.step(self.anchor.now())) {
                Step::Ask(questions) => {
                    let answers = probe.ask_all(questions).await?;
                    let repeated = probe.repeated();
                    let now = self.anchor.now();
                    let report = with(smoke, |smoke| {
                        let all = [smoke.controls(), &answers].concat();
                        let judgement = investigate::judge(&probe.service.subject, &all);
                        smoke.tell(answers, &judgement, now);
                        smoke.spend(repeated);
                        smoke.report(now)
                    });
                    told(place, &report);
                }
                Step::Pause(span) => sleep(std::time::Duration::from_secs_f64(span.0)).await,
                Step::Done => return Ok(()),
            }
        }
    }
}

/// Looks at a service's state; nobody waits while it is held.
fn with<T>(smoke: &Mutex<Smoke>, look: impl FnOnce(&mut Smoke) -> T) -> T {
    look(&mut smoke.lock().unwrap_or_else(PoisonError::into_inner))
}
