//! An embedded fleet with planted faults: real HTTP servers on loopback that verify real tokens.
//! The same model verifiers answer in memory, for whoever wants thousands of them. Never probes.
//!
//! | file | idea |
//! |---|---|
//! | [`verifier`], [`times`], [`claims`], `libraries` | a JWT verifier, described |
//! | [`dialect`], [`front`] | how a service answers |
//! | [`blueprint`], [`fault`], [`plant`] | the three services, and what can be wrong with them |
//! | [`fleet`] | all of it as running servers |
//! | [`agreement`] | planted beside found |

pub mod agreement;
pub mod blueprint;
pub mod claims;
pub mod dialect;
pub mod fault;
pub mod fleet;
mod folder;
pub mod front;
pub mod keys;
mod libraries;
mod page;
pub mod plant;
pub mod refusal;
mod server;
pub mod times;
pub mod verifier;
mod wording;

pub use agreement::{Agreement, agrees};
pub use blueprint::ServiceName;
pub use fault::{FAULTS, Fault};
pub use fleet::{DemoError, Fleet};
pub use plant::{Plant, PlantError, parse, story};
