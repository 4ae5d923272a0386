//! Interval arithmetic on clocks: `Date` fields and token edges in, skew and leeway out. Pure.
//!
//! Throughout, *skew* is server clock minus ours: positive when the server is ahead.

mod cut;
mod date;
mod edge;
mod interval;
mod likely;
mod lock;
#[cfg(test)]
mod lock_tests;
mod reading;

pub use cut::{finest, next_cut, next_sum_cut};
pub use date::DateBox;
pub use edge::{Edge, next_offsets};
pub use interval::Interval;
pub use likely::{Likely, below, likely, span};
pub use lock::{Lock, lock};
pub use reading::{Reading, USUAL_LEEWAYS, read};
