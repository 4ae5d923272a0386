//! Arguments in, exit status out: the only place that prints, exits or reads the environment.

pub mod progress;
pub mod terminal;
