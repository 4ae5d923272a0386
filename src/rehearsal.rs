//! What a check would send, in words: one entry a service. Reports are views of this.

use crate::limits::Quota;

/// What a check of these services would send.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// The environment that would be probed.
    pub environment: String,
    /// One entry a service, in the order of the configuration.
    pub services: Vec<ServiceRehearsal>,
}

/// What would be sent to one service.
#[derive(Debug, Clone)]
pub struct ServiceRehearsal {
    /// The service's name.
    pub name: String,
    /// The endpoint, without query and userinfo.
    pub url: String,
    /// The request method.
    pub method: String,
    /// Where the token travels, in words.
    pub carrier: String,
    /// What it may be asked.
    pub quota: Quota,
    /// How many requests may be under way to it.
    pub at_a_time: usize,
    /// What a service that is well is sent, step by step; what stands in one step goes out together.
    pub steps: Vec<Vec<String>>,
    /// What faults would bring beyond that: refused tokens, clocks that are off, replicas that disagree.
    /// All of it together stays within the quota.
    pub further: Vec<Further>,
    /// The most that is asked besides, where clocks of services differ: tokens as others issue them.
    pub between: usize,
}

impl ServiceRehearsal {
    /// How many requests a service that is well is sent.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.steps.iter().map(Vec::len).sum()
    }
}

/// A kind of question that only a fault brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Further {
    /// What the tokens differ in.
    pub kind: &'static str,
    /// How many there are at most in any of the faults that were rehearsed.
    pub most: usize,
    /// The keys by name, where they are what differs.
    pub keys: Vec<String>,
}
