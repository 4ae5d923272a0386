//! The command line as users and scripts meet it: exit status, reports and where they go, terminals
//! and pipes, signals, checks without a configuration, mistakes. Every run is searched for keys.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod common;

#[path = "cli/clock.rs"]
mod clock;
#[path = "cli/configuration.rs"]
mod configuration;
#[path = "cli/direct.rs"]
mod direct;
#[path = "cli/exit_status.rs"]
mod exit_status;
#[path = "cli/look.rs"]
mod look;
#[path = "cli/mistakes.rs"]
mod mistakes;
#[path = "cli/outputs.rs"]
mod outputs;
#[path = "cli/plan.rs"]
mod plan;
#[path = "cli/server.rs"]
mod server;
#[path = "cli/setting.rs"]
mod setting;
#[path = "cli/signals.rs"]
mod signals;
#[path = "cli/small_commands.rs"]
mod small_commands;
#[path = "cli/smoke.rs"]
mod smoke;
#[path = "cli/started.rs"]
mod started;
#[path = "cli/words.rs"]
mod words;
