//! An embedded fleet with planted faults: real HTTP servers on loopback that verify real tokens.

pub mod claims;
pub mod dialect;
mod page;
pub mod times;
pub mod verifier;
mod wording;
