//! One service under investigation: questions in, observations out, never faster than the service,
//! its quota and the limits of the run allow.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, sleep_until};
use tracing::debug;

use super::RunError;
use super::listener::Listener;
use crate::diagnosis::ServiceDiagnosis;
use crate::investigate::{Investigation, Step};
use crate::mint;
use crate::observation::{Observation, Outcome};
use crate::plan::{ForgedScope, Plan, Service};
use crate::question::Question;
use crate::replay::{Client, Clients, pace};
use crate::scrub::Scrubber;
use crate::time::Anchor;
use crate::watch::Watch;

/// A service that says "slow down" is obeyed so often; then it counts as not judged.
const MOST_PAUSES: u32 = 2;

/// One probe for each service of the plan.
pub(super) fn probes<'a>(
    plan: &'a Plan,
    anchor: Anchor,
    watch: &'a dyn Watch,
    words: fn(&Question) -> String,
) -> Result<Vec<Probe<'a>>, RunError> {
    let total = Arc::new(Semaphore::new(plan.limits.total));
    let mut clients = Clients::default();
    let mut probes = Vec::new();
    for service in &plan.services {
        if let Some(loader) = &service.subject.loader {
            debug!(service = service.subject.name, key = loader.to_string());
        }
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
            pace: service.subject.quota.spacing.map(|spacing| Mutex::new(steady(spacing))),
            resume: Mutex::new(Instant::now()),
            repeated: AtomicUsize::new(0),
            total: Arc::clone(&total),
            anchor,
            watch,
            words,
        });
    }
    Ok(probes)
}

/// One service under investigation.
pub(super) struct Probe<'a> {
    pub(super) service: &'a Service,
    client: Client,
    scrubber: Scrubber,
    own: Semaphore,
    /// Ticks when the next request may go out, where the configuration sets a pace.
    pace: Option<Mutex<Interval>>,
    /// Nothing is sent to the service before this moment: it asked us to slow down.
    resume: Mutex<Instant>,
    /// Requests that were sent again because the service asked us to slow down.
    repeated: AtomicUsize,
    total: Arc<Semaphore>,
    anchor: Anchor,
    pub(super) watch: &'a dyn Watch,
    /// A question as the log may tell it.
    words: fn(&Question) -> String,
}

impl Probe<'_> {
    /// Investigates until nothing is left to ask. The investigation is handed back with what it
    /// found, so that the fleet may ask further.
    pub(super) async fn investigate(&self) -> Result<(Investigation, ServiceDiagnosis), RunError> {
        let mut subject = self.service.subject.clone();
        let listener = match subject.scope.forged {
            ForgedScope::Hostile => Listener::beside(&self.service.target.url).await?,
            ForgedScope::Controls | ForgedScope::Usual => None,
        };
        subject.hostile_ground.listener = listener.as_ref().map(Listener::url);
        let addresses = self.addresses().await;
        let mut investigation = Investigation::new(subject, shown_url(self.service)).at(addresses);
        loop {
            listener.iter().flat_map(Listener::calls).for_each(|row| investigation.tell_call(row));
            match investigation.step() {
                Step::Ask(questions) => {
                    for observation in self.ask_all(questions).await? {
                        investigation.tell(observation);
                    }
                    investigation.spend(self.repeated());
                }
                Step::Done(diagnosis) => return Ok((investigation, *diagnosis)),
            }
        }
    }

    /// The addresses of the service's name.
    pub(super) async fn addresses(&self) -> Vec<SocketAddr> {
        self.client.addresses(&self.service.target).await
    }

    /// How many requests were sent again since this was last called.
    pub(super) fn repeated(&self) -> usize {
        self.repeated.swap(0, Ordering::Relaxed)
    }

    /// Asks side by side, within the limits; the answers are in the order of the questions.
    pub(super) async fn ask_all(
        &self,
        questions: Vec<Question>,
    ) -> Result<Vec<Observation>, RunError> {
        let asked = questions.into_iter().map(|question| self.ask(question));
        join_all(asked).await.into_iter().collect()
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
            self.repeated.fetch_add(1, Ordering::Relaxed);
            debug!(service = self.service.subject.name, ?wait, "asked to slow down");
            let mut resume = self.resume.lock().await;
            *resume = (*resume).max(Instant::now() + wait);
        }
    }

    async fn ask_once(&self, question: &Question) -> Result<Observation, RunError> {
        // Neither semaphore is ever closed, so a permit always comes.
        let _own = self.own.acquire().await.ok();
        if let Some(pace) = &self.pace {
            pace.lock().await.tick().await;
        }
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

/// Ticks no faster than this, however late the last tick was taken.
fn steady(spacing: std::time::Duration) -> Interval {
    let mut ticks = interval(spacing);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
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
pub(super) fn shown_url(service: &Service) -> String {
    let mut url = service.target.url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // A URL that cannot have userinfo has none to hide.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}
