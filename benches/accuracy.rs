//! How often the right cause is named: model services sampled over causes, dialects, leeways, clocks,
//! claims, places of the token and readings of the key. Prints a table; fails when a wrong cause was named.
//! `cargo bench --bench accuracy --profile dev -- [COUNT] [SEED]`; without a seed it draws one.
//! `ACCURACY_SHOW=Open` prints each case of that outcome, `ACCURACY_ASKED=1` what it was asked as well.

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

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use authprobe::cause::CauseCode;
use models::interview::diagnose;
use models::pairs;
use models::sample::{Fault, Sample};
use models::tally::{self, Outcome, Row};

/// Models a run: three in five with one fault, one in five with two, one in five healthy.
const COUNT: u64 = 10_000;
/// A fault is to be named within so many requests, and health within so many.
const FAULT_REQUESTS: usize = 120;
const HEALTH_REQUESTS: usize = 24;

fn main() -> ExitCode {
    let numbers = || std::env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let count = numbers().next().unwrap_or(COUNT);
    let seed = numbers().nth(1).unwrap_or_else(|| fastrand::u64(..1_000_000_000));
    let started = Instant::now();
    let mut tables = Tables::default();
    let mut rng = fastrand::Rng::with_seed(seed);
    for number in 0..count {
        let faults = match number % 5 {
            0..3 => vec![Fault::any(&mut rng)],
            3 => pairs::draw(&mut rng),
            _ => Vec::new(),
        };
        tables.take(faults, rng.u64(..));
    }
    println!("seed {seed}, {count} models, {:.1} s", started.elapsed().as_secs_f64());
    tables.print();
    if tables.wrong > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[derive(Default)]
struct Tables {
    single: BTreeMap<&'static str, Row>,
    double: BTreeMap<&'static str, Row>,
    singles: Row,
    doubles: Row,
    healthy: Row,
    wrong: usize,
    /// The most requests that one fault cost which was named.
    most_named: usize,
    without_advice: usize,
}

impl Tables {
    fn take(&mut self, faults: Vec<Fault>, seed: u64) {
        let sample = Sample::with(faults, &mut fastrand::Rng::with_seed(seed));
        let found = diagnose(&sample);
        let requests = found.observations.len();
        let outcome = match sample.faults.len() {
            0 if tally::is_silent(&found) => Outcome::Named,
            0 => Outcome::Wrong,
            _ => tally::judge(&sample, &found, seed),
        };
        if outcome == Outcome::Wrong {
            self.wrong += 1;
        }
        if sample.faults.len() == 1 && outcome == Outcome::Named {
            self.most_named = self.most_named.max(requests);
        }
        let open = matches!(outcome, Outcome::Open | Outcome::Undecidable);
        if open && !tally::says_what_settles(&found) {
            println!("without advice: {:?} {seed}", sample.faults);
            self.without_advice += 1;
        }
        if std::env::var("ACCURACY_SHOW").is_ok_and(|name| name == format!("{outcome:?}")) {
            println!("{:?} {:?} {requests} {seed}", sample.faults, sample.dialect);
            println!("  {:?}\n  {:?}\n  {:?}", sample.verifier, found.cause, found.other_causes);
            if std::env::var("ACCURACY_ASKED").is_ok() {
                for seen in &found.observations {
                    println!(
                        "    {} {} {:?}",
                        seen.observation.number, seen.observation.question, seen.verdict
                    );
                }
            }
        }
        let codes = sample.faults.iter().filter_map(Fault::code).map(CauseCode::code);
        let (table, total) = match sample.faults.len() {
            0 => return self.healthy.add(outcome, requests),
            1 => (&mut self.single, &mut self.singles),
            _ => (&mut self.double, &mut self.doubles),
        };
        codes.for_each(|code| table.entry(code).or_default().add(outcome, requests));
        total.add(outcome, requests);
    }

    fn print(&self) {
        for (title, table, total) in [
            ("one fault", &self.single, &self.singles),
            ("one of two faults", &self.double, &self.doubles),
        ] {
            println!("\n{}", tally::head(title));
            for (code, row) in table {
                println!("{}", tally::line(code, row));
            }
            println!("{}", tally::line("all", total));
            let decidable = total.cases() - total.count(Outcome::Undecidable);
            let share = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
            println!(
                "named {:.2} % of those that can be told, {:.2} % of all",
                share(total.count(Outcome::Named), decidable),
                share(total.count(Outcome::Named), total.cases())
            );
        }
        println!("\n{}\n{}", tally::head("no fault"), tally::line("healthy", &self.healthy));
        println!("open without a word of what would settle it: {}", self.without_advice);
        println!("requests aimed at: {FAULT_REQUESTS} for a fault, {HEALTH_REQUESTS} for health");
        println!("one fault that is named cost {} at most", self.most_named);
        println!("wrong: {}", self.wrong);
    }
}
