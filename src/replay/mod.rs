//! The only stage that touches the network: a minted variant in, an exchange out. Never judges,
//! never follows a redirect, never sends a token anywhere but to its target.

mod answer;
mod body;
mod clean;
mod connection;
mod failure;
mod first_bytes;
mod handshake;
mod names;
mod normal;
pub mod pace;
mod progress;
mod request;

use std::sync::Arc;
use std::time::Instant;

use tokio::time::sleep_until;

use crate::observation::{Failure, Outcome, Stage};
use crate::plan::{Carrier, Target};
use crate::question::Connection;
use crate::scrub::Scrubber;
use crate::time::{Anchor, UnixTime};
use crate::variant::Variant;

pub use connection::{Client, ClientError, Clients};
use names::ONLY;
use progress::{PROGRESS, Progress};

/// The raw result of one replay.
#[derive(Debug)]
pub struct Exchange {
    /// Just before the request was written: the connection, TLS included, was there.
    pub sent_at: UnixTime,
    /// When the head of the answer was there, or the failure was known.
    pub received_at: UnixTime,
    /// What came back.
    pub outcome: Outcome,
}

impl Client {
    /// Sends one variant to the target and reads what comes back, within the target's limits.
    pub async fn replay(
        &self,
        target: &Target,
        carrier: &Carrier,
        variant: &Variant,
        connection: Connection,
        scrubber: &Scrubber,
        anchor: &Anchor,
    ) -> Exchange {
        let built = request::build(target, carrier, variant, connection);
        let request = match built {
            Ok(request) => request,
            Err(failure) => {
                let now = anchor.now();
                let outcome = Outcome::Failure(failure);
                return Exchange { sent_at: now, received_at: now, outcome };
            }
        };
        let attempt = self.send(request, target, connection).await;
        let outcome = match attempt.head {
            Ok(response) => {
                let cleaner = clean::Cleaner { scrubber, credential: variant.credential.as_ref() };
                let received_at = anchor.at(attempt.received);
                let deadline = attempt.started + target.timeouts.total;
                Outcome::Answer(answer::read(response, &cleaner, received_at, deadline).await)
            }
            // What another address of the name says would explain nothing.
            Err(failure) if matches!(connection, Connection::To(_)) => Outcome::Failure(failure),
            Err(failure) => Outcome::Failure(first_bytes::explain(failure, target).await),
        };
        Exchange {
            sent_at: anchor.at(attempt.sent),
            received_at: anchor.at(attempt.received),
            outcome,
        }
    }

    /// One attempt; a second one, on a fresh connection, when a kept one turned out to be closed.
    async fn send(
        &self,
        request: reqwest::Request,
        target: &Target,
        connection: Connection,
    ) -> Attempt {
        let fresh = self.fresh().filter(|_| connection != Connection::Kept);
        match (connection, fresh) {
            (Connection::To(address), Some(fresh)) => {
                return ONLY.scope(address, attempt(fresh, request, target)).await;
            }
            (_, Some(fresh)) => return attempt(fresh, request, target).await,
            (_, None) => {}
        }
        let spare = request.try_clone().filter(|request| request.method().is_idempotent());
        let first = attempt(self.kept(), request, target).await;
        let closed_under_us = first.reused && first.is_reset();
        match spare.filter(|_| closed_under_us).zip(self.fresh()) {
            Some((again, fresh)) => attempt(fresh, again, target).await,
            None => first,
        }
    }
}

/// One request, up to the head of its answer.
struct Attempt {
    started: Instant,
    sent: Instant,
    received: Instant,
    /// Whether it went over a connection that had been used before.
    reused: bool,
    head: Result<reqwest::Response, Failure>,
}

impl Attempt {
    fn is_reset(&self) -> bool {
        self.head.as_ref().is_err_and(|failure| failure.stage == Stage::Reset)
    }
}

async fn attempt(client: &reqwest::Client, request: reqwest::Request, target: &Target) -> Attempt {
    let started = Instant::now();
    let progress = Arc::new(Progress::default());
    let exchange = PROGRESS.scope(Arc::clone(&progress), client.execute(request));
    let head = match within_limits(exchange, &progress, started, target).await {
        Some(Ok(response)) => Ok(response),
        Some(Err(error)) => Err(failure::classify(&error.without_url(), target)),
        None => Err(failure::no_answer(started.elapsed(), target)),
    };
    Attempt {
        started,
        sent: progress.connected().unwrap_or(started),
        received: Instant::now(),
        reused: progress.connected().is_none(),
        head,
    }
}

/// Waits for the head of the answer; `None` when the time for its first byte, or for all of the
/// exchange, is over. The client itself limits the connection.
async fn within_limits<T>(
    exchange: impl Future<Output = T>,
    progress: &Progress,
    started: Instant,
    target: &Target,
) -> Option<T> {
    let limits = &target.timeouts;
    let mut exchange = std::pin::pin!(exchange);
    loop {
        let begun = match (progress.connecting(), progress.connected()) {
            (_, Some(connected)) => connected,
            (Some(connecting), None) => connecting + limits.connect,
            (None, None) => started,
        };
        let deadline = (begun + limits.first_byte).min(started + limits.total);
        if deadline <= Instant::now() {
            return None;
        }
        tokio::select! {
            biased;
            done = &mut exchange => return Some(done),
            () = sleep_until(deadline.into()) => {}
        }
    }
}
