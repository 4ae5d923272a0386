//! How often a smoke test finds one replica in ten that is not on the new key alone, and how long a
//! fleet that restarts is waited for: models behind a balancer that chooses at random. Prints the
//! figures; fails when clearly fewer than 95 of 100 are found, or one that is well is accused.
//! `cargo bench --bench smoke --profile dev -- [COUNT] [SEED]`; without a seed it draws one.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a program for people, which stops at the first surprise and shares files with tests"
)]

#[path = "../tests/models/mod.rs"]
mod models;

use std::process::ExitCode;
use std::time::Duration;

use authprobe::convergence::State;
use authprobe::diagnosis::RunVerdict;
use authprobe::smoke::while_waiting;
use models::rotation::{Asked, Replica, Rollout, Turns};

/// Runs for each row.
const COUNT: u64 = 2_000;
/// Replicas of each model.
const REPLICAS: usize = 10;
/// Seconds.
const WAIT: u64 = 300;

fn main() -> ExitCode {
    let numbers = || std::env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let count = numbers().next().unwrap_or(COUNT);
    let seed = numbers().nth(1).unwrap_or_else(|| fastrand::u64(..1_000_000_000));
    let mut rng = fastrand::Rng::with_seed(seed);
    println!("seed {seed}, {count} runs a row, {REPLICAS} replicas");
    let mut is_good = true;
    for (name, odd) in
        [("on the old key", Replica::stale()), ("on both keys", Replica::with_both())]
    {
        let (mut found, mut requests) = (0, 0);
        for _ in 0..count {
            let seen = look(odd.clone(), &mut rng);
            found += u64::from(seen.0 == RunVerdict::Fail);
            requests += seen.1;
        }
        let (share, each) = (percent(found, count), requests as f64 / count as f64);
        println!(
            "one in {REPLICAS} {name}: found in {share:.1} % of runs, {each:.0} requests each"
        );
        is_good &= share >= promised(count);
    }
    let accused =
        (0..count).filter(|_| look(Replica::fresh(), &mut rng).0 != RunVerdict::Pass).count();
    println!("all on the new key: not called converged in {accused} of {count} runs");
    is_good &= accused == 0;
    waited(count / 10, &mut rng);
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One look at ten replicas, one of them odd: the verdict and the requests.
fn look(odd: Replica, rng: &mut fastrand::Rng) -> (RunVerdict, usize) {
    let mut each = vec![Replica::fresh(); REPLICAS];
    each[0] = odd;
    let (found, _) = Rollout::new(each, Turns::Random, rng).smoke(Asked::default(), rng);
    (found.state.verdict(), found.requests)
}

/// Fleets that restart one by one within two minutes: how late their convergence is seen.
fn waited(count: u64, rng: &mut fastrand::Rng) {
    let more_requests = while_waiting(Duration::from_secs(WAIT));
    let asked = Asked { wait: WAIT as f64, more_requests, ..Asked::default() };
    let (mut early, mut delays, mut requests) = (0, Vec::new(), 0);
    for _ in 0..count {
        let last = 120.0 * rng.f64();
        let restart = |place| Replica::restarted_at(last * (place + 1) as f64 / REPLICAS as f64);
        let each = (0..REPLICAS).map(restart).collect();
        let (found, took) = Rollout::new(each, Turns::Random, rng).smoke(asked, rng);
        assert_eq!(found.state, State::Converged, "{found:#?}");
        early += u64::from(took < last);
        delays.push(took - last);
        requests += found.requests;
    }
    delays.sort_by(f64::total_cmp);
    let [middle, most] = [delays.len() / 2, delays.len() - 1].map(|place| delays[place]);
    println!(
        "restarts within 120 s: seen {middle:.1} s after the last (median), {most:.1} s at most; too \
         early in {:.1} % of runs; {:.0} requests each",
        percent(early, count),
        requests as f64 / count as f64
    );
}

/// The least share that so many runs may show by chance where 95 of 100 are found: three standard
/// deviations below, in percent.
fn promised(count: u64) -> f64 {
    95.0 - 3.0 * 100.0 * (0.95 * 0.05 / count as f64).sqrt()
}

fn percent(part: u64, of: u64) -> f64 {
    100.0 * part as f64 / of.max(1) as f64
}
