//! Interval arithmetic on clocks.
