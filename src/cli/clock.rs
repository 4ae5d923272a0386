//! `authprobe clock`: the clock of each service, precisely. Services or URLs in, a table out; without a
//! key, only what the `Date` field shows.

use std::error::Error;

use super::direct_options::DirectOptions;
use super::options::Options;
use super::status::Status;
use super::{check, config, direct, output};
use crate::plan::{About, ClockScope, Scope};

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe clock
  authprobe clock autoscraper --environment staging
  authprobe clock -o json | jq '.services[] | [.name, .clock.skew_s, .clock.error_s]'
  authprobe clock http://127.0.0.1:8000/me --key-env JWT_SECRET_KEY
  authprobe clock https://api.example.com/        only its Date, without any token

Exit status:
  0    every clock is within the policy
  1    at least one clock is beyond the policy
  2    usage or configuration error; nothing was sent
  3    no clock is known to be wrong, but one could not be told
  130  interrupted by Ctrl-C; no report")]
pub(super) struct Clock {
    /// Services of the configuration, all if none is named; or URLs
    ///
    /// An argument with :// in it is the URL of an auth endpoint. Where the key is, the options say;
    /// without one, only the clock of its Date header is told, and no token is sent.
    #[arg(value_name = "SERVICE|URL")]
    services: Vec<String>,

    #[command(flatten)]
    direct: DirectOptions,
}

pub(super) fn run(options: &Options, clock: &Clock) -> Result<Status, Box<dyn Error>> {
    output::check(options)?;
    let keyless = !clock.direct.names_a_key();
    let (plan, about) = match direct::clock_plan(options, &clock.services, &clock.direct)? {
        Some(plan) if keyless => (plan, About::DateClock),
        Some(plan) => (plan, About::Clock),
        None => (config::load(options, &clock.services)?, About::Clock),
    };
    let scope = Scope { about, clock: ClockScope::Precise, ..Scope::default() };
    check::judged(options, &plan.within(scope), "clock")
}
