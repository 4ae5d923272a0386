//! Interval arithmetic on clocks: `Date` fields and token edges in, skew and leeway out. Pure.
//!
//! Throughout, *skew* is server clock minus ours: positive when the server is ahead.

mod date;
mod edge;
mod interval;
mod reading;

pub use date::DateBox;
pub use edge::{Edge, next_offsets};
pub use interval::Interval;
pub use reading::{Reading, USUAL_LEEWAYS, read};
