//! `authprobe smoke`: has the new key arrived everywhere, and is the old one gone? Services in, a
//! report on every replica out, at once or as soon as all have converged.

use std::error::Error;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::interrupt::Interrupt;
use super::options::Options;
use super::pace_options::PaceOptions;
use super::smoke_keys::{self, KeyOptions, Keys};
use super::smoke_progress::Progress;
use super::status::Status;
use super::{config, output};
use crate::convergence::{Convergence, OldKey};
use crate::pipeline::SmokeRun;
use crate::plan::Plan;
use crate::smoke::{self, OldKeyTerms, Origin, Terms};
use crate::time::{Anchor, Seconds, UnixTime};

const LONGEST: Duration = Duration::from_hours(24);

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe smoke                            every replica, now
  authprobe smoke --wait 5m                  until all have the new key, 5 minutes at most
  authprobe smoke --wait 5m --overlap 10m    the old key may be taken for 10 minutes
  authprobe smoke admin --old file:old.key
  authprobe smoke --wait 5m && authprobe rotate --finish

Exit status:
  0    every replica takes the new key and refuses the old one
  1    at least one does not, or did not within --wait
  2    usage or configuration error; nothing was sent
  3    none is known to be wrong, but one could not be judged, or no old key is known
  130  interrupted by Ctrl-C (129 hangup, 143 terminate); the report tells what was known")]
pub(super) struct Smoke {
    /// Services of the configuration, all if none is named
    ///
    /// Each is asked over so many new connections that one replica in ten with the old key is found
    /// with 95 % certainty: 29 for each key. Every address of its name has its turn.
    #[arg(value_name = "SERVICE")]
    services: Vec<String>,

    /// Ask again until all have converged, for so long at most
    ///
    /// Such as 90s or 5m. First at once, then after 1 to 5 seconds. For each minute, a service may be
    /// sent 120 requests more than its quota, unless --max-requests is given.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    wait: Option<Duration>,

    /// The old key may be taken for so long
    ///
    /// Counted from the rotation where authprobe rotate made it, else from now.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    overlap: Option<Duration>,

    #[command(flatten)]
    keys: KeyOptions,

    #[command(flatten)]
    pace: PaceOptions,
}

pub(super) fn run(options: &Options, wanted: &Smoke) -> Result<Status, Box<dyn Error>> {
    output::check(options)?;
    let configuration = config::path(options)?;
    let plan = config::load_from(&configuration, options.environment.clone(), &wanted.services)?;
    let keys = smoke_keys::place(plan, &wanted.keys, &configuration)?;
    let mut plan = keys.plan.clone();
    for service in &mut plan.services {
        service.subject.quota.requests += wanted.wait.map_or(0, smoke::while_waiting);
    }
    let plan = wanted.pace.apply(plan);
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(ask(options, wanted, &keys, &plan));
    // A name that is still being looked up must not hold up the end.
    runtime.shutdown_background();
    let (found, ended) = outcome?;
    output::write_convergence(options, &found)?;
    if let Some(ended) = ended {
        output::note("authprobe: interrupted; the report tells what was known by then");
        return Ok(ended);
    }
    Ok(found.outcome().into())
}

/// What was found, and how the program should end if a signal cut it off.
async fn ask(
    options: &Options,
    wanted: &Smoke,
    keys: &Keys,
    plan: &Plan,
) -> Result<(Convergence, Option<Status>), Box<dyn Error>> {
    let mut interrupt = Interrupt::catch()?;
    let anchor = Anchor::new();
    let terms = terms(wanted, keys, anchor.now());
    let found = |services, ended: Option<Status>| {
        let found = Convergence {
            environment: plan.environment.clone(),
            started_at: terms.started_at,
            finished_at: anchor.now(),
            rotated_at: keys.rotated_at,
            old_key: keys.old,
            old_allowed_until: terms.overlap_until,
            interrupted: ended.is_some(),
            services,
        };
        (found, ended)
    };
    let run = tokio::select! {
        run = SmokeRun::prepare(plan, anchor, terms) => run?,
        ended = interrupt.caught() => return Ok(found(Vec::new(), Some(ended))),
    };
    let progress = Progress::start(options, plan, wanted.wait.is_some());
    let told = |place, service: &_| progress.tell(place, service);
    let ended = tokio::select! {
        result = run.run(&told) => result.map(|()| None)?,
        ended = interrupt.caught() => Some(ended),
    };
    Ok(found(run.report(), ended))
}

fn terms(wanted: &Smoke, keys: &Keys, now: UnixTime) -> Terms {
    let after = |moment: UnixTime, span: Duration| moment + Seconds(span.as_secs_f64());
    let origin = keys.rotated_at.map_or(Origin::Beginning(now), Origin::Rotation);
    Terms {
        old_key: match keys.old {
            OldKey::LeftOut => OldKeyTerms::LeftOut,
            OldKey::Unknown => OldKeyTerms::Unknown,
            OldKey::Named | OldKey::Kept | OldKey::Configured => OldKeyTerms::MustBeRefused,
        },
        started_at: now,
        deadline: after(now, wanted.wait.unwrap_or_default()),
        overlap_until: wanted.overlap.map(|overlap| after(origin.moment(), overlap)),
        origin,
    }
}

/// A span such as 90s or 5m.
fn duration(given: &str) -> Result<Duration, String> {
    let span = humantime::parse_duration(given).ok();
    span.filter(|span| !span.is_zero() && *span <= LONGEST)
        .ok_or_else(|| "a duration up to 24h is written like 90s, 5m or 1h 30m".to_owned())
}
