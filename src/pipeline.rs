//! The only composer: each service's questions are minted, replayed and told, until its
//! investigation is done; then the fleet is looked at as a whole.

mod explain;

use std::sync::Arc;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, sleep, sleep_until};
use tracing::debug;

use crate::diagnosis::{Diagnosis, ServiceDiagnosis};
use crate::investigate::{Investigation, Step, fleet};
use crate::mint::{self, MintError};
use crate::observation::{Observation, Outcome};
use crate::plan::{Plan, Service};
use crate::question::Question;
use crate::replay::{Client, ClientError, Clients, pace};
use crate::scrub::Scrubber;
use crate::time::Anchor;
use crate::watch::Watch;

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

/// A service that says "slow down" is obeyed so often; then it counts as not judged.
const MOST_PAUSES: u32 = 2;

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
        let service = probe.run().await?;
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

/// One probe for each service of the plan.
fn probes<'a>(
    plan: &'a Plan,
    anchor: Anchor,
    watch: &'a dyn Watch,
    words: fn(&Question) -> String,
) -> Result<Vec<Probe<'a>>, RunError> {
    let total = Arc::new(Semaphore::new(plan.limits.total));
    let mut clients = Clients::default();
    let mut probes = Vec::new();
    for service in &plan.services {
        let client = clients.client(&service.target)?;
        probes.push(Probe {
            service,
            client,
            scrubber: Scrubber::new(
                service
                    .keyring
                    .secrets()
                    .chain(service.target.headers.iter().map(|(_, value)| value)),
            ),
            own: Semaphore::new(plan.limits.per_service),
            resume: Mutex::new(Instant::now()),
            total: Arc::clone(&total),
            anchor,
            watch,
            words,
        });
    }
    Ok(probes)
}

/// One service under investigation.
struct Probe<'a> {
    service: &'a Service,
    client: Client,
    scrubber: Scrubber,
    own: Semaphore,
    /// Nothing is sent to the service before this moment: it asked us to slow down.
    resume: Mutex<Instant>,
    total: Arc<Semaphore>,
    anchor: Anchor,
    watch: &'a dyn Watch,
    /// A question as the log may tell it.
    words: fn(&Question) -> String,
}

impl Probe<'_> {
    async fn run(&self) -> Result<ServiceDiagnosis, RunError> {
        let diagnosis = self.investigate().await?;
        self.watch.finished(&self.service.subject.name);
        Ok(diagnosis)
    }

    async fn investigate(&self) -> Result<ServiceDiagnosis, RunError> {
        let subject = self.service.subject.clone();
        let mut investigation = Investigation::new(subject, shown_url(self.service));
        loop {
            match investigation.step() {
                Step::Ask(questions) => {
                    let asked = questions.into_iter().map(|question| self.ask(question));
                    for observation in join_all(asked).await {
                        investigation.tell(observation?);
                    }
                }
                Step::Done(diagnosis) => return Ok(*diagnosis),
            }
        }
    }

    /// Mints and replays one question, slowing down as often as the service asks for it.
    async fn ask(&self, question: Question) -> Result<Observation, RunError> {
        let mut pauses = 0;
        loop {
            let observation = self.ask_once(&question).await?;
            let wait = match &observation.outcome {
                Outcome::Answer(answer) if pauses < MOST_PAUSES => pace::wait(answer),
                _ => None,
            };
            let Some(wait) = wait else { return Ok(observation) };
            pauses += 1;
            debug!(service = self.service.subject.name, ?wait, "asked to slow down");
            let mut resume = self.resume.lock().await;
            *resume = (*resume).max(Instant::now() + wait);
        }
    }

    async fn ask_once(&self, question: &Question) -> Result<Observation, RunError> {
        // Neither semaphore is ever closed, so a permit always comes.
        let _own = self.own.acquire().await.ok();
        let resume = *self.resume.lock().await;
        sleep_until(resume).await;
        let _total = self.total.acquire().await.ok();
        // A token for a chosen moment is made before it, with the times of that moment: signing
        // must not delay it, and a late timer must not move its claims by a second.
        let now = self.anchor.now();
        let due = question.at_fraction.map_or(now, |at| self.anchor.next_at_fraction(at));
        let service = self.service;
        let variant = mint::mint(question, &service.subject.token, &service.keyring, due)?;
        if question.at_fraction.is_some() {
            sleep(self.anchor.until(due)).await;
        }
        self.watch.asked(&service.subject.name);
        let carrier = question.shape().and_then(|shape| shape.carrier.as_ref());
        let exchange = self
            .client
            .replay(
                &service.target,
                carrier.unwrap_or(&service.subject.carrier),
                &variant,
                question.connection,
                &self.scrubber,
                &self.anchor,
            )
            .await;
        self.watch.answered(&service.subject.name);
        log(service, &(self.words)(question), &exchange.outcome);
        Ok(Observation {
            number: 0,
            question: question.clone(),
            times: variant.times,
            sent_at: exchange.sent_at,
            received_at: exchange.received_at,
            outcome: exchange.outcome,
        })
    }
}

fn log(service: &Service, asked: &str, outcome: &Outcome) {
    let service = &service.subject.name;
    match outcome {
        Outcome::Answer(answer) => debug!(service, asked, status = answer.status),
        Outcome::Failure(failure) => {
            debug!(service, asked, stage = %failure.stage, detail = failure.detail);
        }
    }
}

/// The endpoint for the report: no query and no userinfo, which may hold secrets.
fn shown_url(service: &Service) -> String {
    let mut url = service.target.url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // A URL that cannot have userinfo has none to hide.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}
