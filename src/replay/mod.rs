//! The only stage that touches the network: a minted variant in, an observation out. Never judges,
//! never follows a redirect, never sends a token anywhere but to its target.

use crate::observation::Outcome;
use crate::plan::{Carrier, Target};
use crate::scrub::Scrubber;
use crate::time::{Anchor, UnixTime};
use crate::variant::Variant;

/// An HTTP client for one service. Clients of services with equal TLS and proxy settings share one pool.
#[derive(Clone)]
pub struct Client {}

/// The raw result of one replay.
#[derive(Debug)]
pub struct Exchange {
    /// Just before the request was written.
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
        scrubber: &Scrubber,
        anchor: &Anchor,
    ) -> Exchange {
        let _ = (target, carrier, variant, scrubber);
        Exchange {
            sent_at: anchor.now(),
            received_at: anchor.now(),
            outcome: Outcome::Failure(crate::observation::Failure {
                stage: crate::observation::Stage::Name,
                detail: String::new(),
            }),
        }
    }
}
