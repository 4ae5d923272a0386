//! A host name in, its addresses out: each name is looked up once in a run, by the system's
//! resolver and within the limit for a connection, and failures are remembered. Where addresses are
//! named by hand, or the request is for one of them, nothing is looked up.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tokio::sync::OnceCell;
use tokio::time::timeout;

tokio::task_local! {
    /// The one address that the request of the present task goes to, whatever its host name.
    pub(super) static ONLY: SocketAddr;
}

/// What a name stands for, or why that is not known.
type Found = Result<Vec<SocketAddr>, LookupError>;

/// The names of a run.
pub(super) struct Names {
    by_hand: Vec<SocketAddr>,
    limit: Duration,
    known: Mutex<HashMap<String, Arc<OnceCell<Found>>>>,
}

impl Names {
    /// Names that are looked up within this limit, unless addresses are given by hand. Of those, the
    /// ones with the port of the first stand for the name.
    pub(super) fn new(by_hand: Vec<SocketAddr>, limit: Duration) -> Self {
        let port = by_hand.first().map(SocketAddr::port);
        let by_hand = by_hand.into_iter().filter(|address| Some(address.port()) == port).collect();
        Self { by_hand, limit, known: Mutex::default() }
    }

    /// The addresses of a name, without ports, in the resolver's order.
    pub(super) async fn addresses(&self, name: &str) -> Found {
        if !self.by_hand.is_empty() {
            return Ok(self.by_hand.clone());
        }
        let entry = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(name.to_owned()).or_default())
        };
        entry.get_or_init(|| look_up(name, self.limit)).await.clone()
    }
}

/// Names for the HTTP client. Where a request is for one address, it finds no other.
pub(super) struct Resolver(pub(super) Arc<Names>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let only = ONLY.try_with(|address| *address).ok();
        let names = Arc::clone(&self.0);
        Box::pin(async move {
            let found = match only {
                Some(address) => vec![address],
                None => names.addresses(name.as_str()).await?,
            };
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

async fn look_up(name: &str, limit: Duration) -> Found {
    let lookup = async { Ok(lookup_host((name, 0)).await?.collect()) };
    within(limit, lookup).await
}

/// What a lookup finds within the limit, each address once.
async fn within(
    limit: Duration,
    lookup: impl Future<Output = io::Result<Vec<SocketAddr>>>,
) -> Found {
    let all = timeout(limit, lookup).await.map_err(|_| LookupError::Late)?;
    let all = all.map_err(|error| LookupError::of(&error))?;
    let mut found: Vec<SocketAddr> = Vec::new();
    for address in all {
        if !found.contains(&address) {
            found.push(address);
        }
    }
    if found.is_empty() { Err(LookupError::NoAddress) } else { Ok(found) }
}

/// Why a name gave no address. Each has a remedy of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum LookupError {
    /// The name does not exist (NXDOMAIN).
    #[error("there is no such name")]
    NoSuchName,
    /// The name exists and has no address.
    #[error("the name has no address")]
    NoAddress,
    /// The name server failed, or could not be asked (SERVFAIL and the like).
    #[error("the name server gave no answer")]
    NoAnswer,
    /// The system's resolver was not done within the limit.
    #[error("the lookup timed out")]
    Late,
    /// The system's resolver failed in another way.
    #[error("the lookup failed")]
    Failed,
}

impl LookupError {
    /// By the words of the C library (glibc, musl, Darwin): the standard library keeps no number.
    fn of(error: &io::Error) -> Self {
        const WORDS: [(&str, LookupError); 8] = [
            ("Name or service not known", LookupError::NoSuchName),
            ("Name does not resolve", LookupError::NoSuchName),
            ("nodename nor servname provided", LookupError::NoSuchName),
            ("No address associated", LookupError::NoAddress),
            ("Name has no usable address", LookupError::NoAddress),
            ("emporary failure", LookupError::NoAnswer),
            ("Try again", LookupError::NoAnswer),
            ("Non-recoverable failure", LookupError::NoAnswer),
        ];
        let said = error.to_string();
        let row = WORDS.iter().find(|(words, _)| said.contains(words));
        row.map_or(Self::Failed, |(_, meaning)| *meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_of_the_c_library_has_its_own_meaning() {
        for (said, meaning) in [
            ("Name or service not known", LookupError::NoSuchName),
            ("Name does not resolve", LookupError::NoSuchName),
            ("No address associated with hostname", LookupError::NoAddress),
            ("Temporary failure in name resolution", LookupError::NoAnswer),
            ("System error", LookupError::Failed),
        ] {
            let error = io::Error::other(format!("failed to lookup address information: {said}"));
            assert_eq!(LookupError::of(&error), meaning, "{said}");
        }
    }

    #[tokio::test]
    async fn a_lookup_ends_at_its_limit() {
        let never = std::future::pending();
        assert_eq!(within(Duration::ZERO, never).await, Err(LookupError::Late));
    }

    #[tokio::test]
    async fn each_address_is_found_once_and_none_is_a_failure() {
        let [first, second] = [1, 2].map(|last| SocketAddr::from(([127, 0, 0, last], 0)));
        let twice = async { Ok(vec![first, second, first]) };
        assert_eq!(within(Duration::MAX, twice).await, Ok(vec![first, second]));
        let nothing = async { Ok(Vec::new()) };
        assert_eq!(within(Duration::MAX, nothing).await, Err(LookupError::NoAddress));
    }

    #[tokio::test]
    async fn addresses_by_hand_are_taken_for_any_name() {
        let by_hand = vec![SocketAddr::from(([127, 0, 0, 2], 8000))];
        let names = Names::new(by_hand.clone(), Duration::ZERO);
        assert_eq!(names.addresses("name.example").await, Ok(by_hand));
    }
}
