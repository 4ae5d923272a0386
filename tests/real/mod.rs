//! Real verifiers: the programs that authprobe is meant to judge, run on this machine with their
//! real libraries. A description of a service in, the running service out. What cannot be set up
//! here is said by name and skipped; where `CI=true`, it fails.

// Each test binary compiles all of this and uses a part of it.
#![allow(dead_code, unreachable_pub)]

pub mod audited;
pub mod balancer;
pub mod debian;
pub mod docker;
pub mod families;
pub mod fastapi;
pub mod fleet;
pub mod gateway;
pub mod kubectl;
pub mod libraries;
pub mod loaders;
pub mod moto;
pub mod nginx;
pub mod node;
pub mod products;
pub mod rust;
pub mod setup;
pub mod solo;
pub mod strangers;

/// The service, or an early return from the test after saying why there is none.
macro_rules! started {
    ($start:expr) => {
        match $start {
            Ok(service) => service,
            Err(reason) => return $crate::real::setup::skip(&reason),
        }
    };
}
pub(crate) use started;
