//! What one service must make of a token that another issues now, from the keys, the algorithms and
//! the clocks that were found. Asks nothing.

use crate::diagnosis::{KeyMatch, Measured, ServiceDiagnosis};
use crate::plan::{Keyring, Plan, Service};
use crate::time::Seconds;

/// With less than this a token may be late enough by the time it arrives.
const AT_ONCE: f64 = 1.0;

/// One service that issues and one that verifies.
#[derive(Clone, Copy)]
pub(super) struct Pairing<'a> {
    pub(super) issuer: (&'a Service, &'a ServiceDiagnosis),
    pub(super) verifier: (&'a Service, &'a ServiceDiagnosis),
}

/// What is expected of a token that the issuer signs at its own now, with the key it verifies with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Prediction {
    /// It is taken.
    Taken,
    /// The verifier verifies with another key.
    OtherKey,
    /// The verifier does not take the issuer's algorithm.
    OtherAlgorithm,
    /// It is refused until the verifier's clock has come so far.
    TooEarly(Measured),
    /// Clocks and leeway are not known well enough.
    UnknownStart,
    /// What is known does not tell.
    Unknown,
}

impl Prediction {
    /// Whether the token is expected to be taken; `None` where that is open.
    pub(super) fn taken(self) -> Option<bool> {
        match self {
            Self::Taken => Some(true),
            Self::OtherKey | Self::OtherAlgorithm | Self::TooEarly(_) => Some(false),
            Self::UnknownStart | Self::Unknown => None,
        }
    }
}

/// Every service with every service, in the order of the configuration.
pub(super) fn pairings<'a>(
    plan: &'a Plan,
    services: &'a [ServiceDiagnosis],
) -> impl Iterator<Item = Pairing<'a>> {
    let each = move || plan.services.iter().zip(services);
    each().flat_map(move |issuer| each().map(move |verifier| Pairing { issuer, verifier }))
}

impl Pairing<'_> {
    pub(super) fn is_one_service(&self) -> bool {
        self.issuer.1.name == self.verifier.1.name
    }

    pub(super) fn predict(&self) -> Prediction {
        let (issuer, verifier) = (self.issuer.1, self.verifier.1);
        if issuer.key.is_none() || verifier.key.is_none() {
            return Prediction::Unknown;
        }
        match self.same_key() {
            Some(true) => {}
            Some(false) => return Prediction::OtherKey,
            None => return Prediction::Unknown,
        }
        let algorithm = self.issuer.0.subject.token.algorithm;
        if !verifier.algorithm.accepted.contains(&algorithm) {
            return Prediction::OtherAlgorithm;
        }
        match self.too_early() {
            Some(early) if early.value.0 - early.error.0 >= AT_ONCE => Prediction::TooEarly(early),
            Some(early) if early.value.0 + early.error.0 <= 0.0 => Prediction::Taken,
            // A second that has begun is forgiven by arriving a little later.
            Some(early) if early.value.0 <= 0.0 && early.error.0 <= 2.0 => Prediction::Taken,
            Some(_) => Prediction::UnknownStart,
            None => Prediction::Taken,
        }
    }

    /// Whether both verify with the same bytes: only the keyrings can tell, for one name may stand
    /// for two keys, as where a file is read otherwise.
    pub(super) fn same_key(&self) -> Option<bool> {
        if self.is_one_service() {
            return (self.issuer.1.key != Some(KeyMatch::Unknown)).then_some(true);
        }
        match (&self.issuer.1.key, &self.verifier.1.key) {
            (Some(KeyMatch::Known(ours)), Some(KeyMatch::Known(theirs))) => {
                self.issuer.0.keyring.holds_same(ours, &self.verifier.0.keyring, theirs)
            }
            // One of them has a key that is known, and the other one has none of those that are.
            (Some(KeyMatch::Known(ours)), Some(KeyMatch::Unknown)) => {
                unlike(&self.issuer.0.keyring, ours, &self.verifier.0.keyring)
            }
            (Some(KeyMatch::Unknown), Some(KeyMatch::Known(theirs))) => {
                unlike(&self.verifier.0.keyring, theirs, &self.issuer.0.keyring)
            }
            _ => None,
        }
    }

    /// For how many seconds a fresh token of the issuer is too early for the verifier.
    fn too_early(&self) -> Option<Measured> {
        let (issuer, verifier) = (self.issuer.1, self.verifier.1);
        if self.is_one_service() {
            return None;
        }
        let token = &self.issuer.0.subject.token;
        let facts = &verifier.expiration;
        let issued = (token.issued_at && facts.issued_at_enforced == Some(true)).then_some(0);
        let starting = token.not_before.filter(|_| facts.not_before_enforced == Some(true));
        let start = issued.max(starting)?;
        let (ahead, behind) = (issuer.clock.skew?, verifier.clock.skew?);
        let leeway = facts.leeway?;
        Some(Measured {
            value: ahead.value - behind.value - leeway.value + Seconds(start as f64),
            error: ahead.error + behind.error + leeway.error,
        })
    }
}

/// A key that was tried on a service and did not open it is another one than the service's own.
fn unlike(ring: &Keyring, name: &crate::plan::KeyName, tried: &Keyring) -> Option<bool> {
    tried.name_of(ring, name).map(|_| false)
}
