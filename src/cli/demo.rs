//! `authprobe demo`: starts the embedded fleet, probes it like any other, and says the planted
//! cause beside the found one.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use super::interrupt::Interrupt;
use super::options::Options;
use super::status::Status;
use super::{config, output, progress};
use crate::cause::CauseCode;
use crate::demo::{self, Agreement, DemoError, FAULTS, Fleet, Plant, ServiceName};
use crate::diagnosis::Diagnosis;
use crate::pipeline;

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe demo                              a forgotten key, a drifting clock
  authprobe demo --fault main=key-previous    another fault instead
  authprobe demo --healthy                    nothing is wrong
  authprobe demo --keep                       then probe the fleet by hand

Exit status:
  0    each planted cause was found and nothing else
  1    something else was found
  2    the fleet could not be started; nothing was sent
  130  interrupted by Ctrl-C; no report")]
pub(super) struct Demo {
    /// Plant this fault, not the usual two
    ///
    /// May be given several times; --list shows the codes.
    #[arg(long = "fault", value_name = "SERVICE=CODE", conflicts_with = "healthy")]
    pub(super) faults: Vec<String>,

    /// Plant nothing
    #[arg(long)]
    pub(super) healthy: bool,

    /// List the faults that can be planted
    #[arg(long, conflicts_with_all = ["faults", "healthy", "keep"])]
    pub(super) list: bool,

    /// Leave the fleet running until Ctrl-C
    ///
    /// Prints the probes.yaml that points at it.
    #[arg(long)]
    pub(super) keep: bool,
}

pub(super) fn run(options: &Options, demo: &Demo) -> Result<Status, Box<dyn Error>> {
    if demo.list {
        output::print(&list())?;
        return Ok(Status::Passed);
    }
    let plants = planted(demo)?;
    output::check(options)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        // Before the fleet makes its folder, so that the folder is removed whatever comes.
        let mut interrupt = Interrupt::catch()?;
        let fleet = Fleet::start(&plants).await.map_err(|error| with_help(&error))?;
        let done = tokio::select! {
            status = compare(options, &fleet) => status,
            ended = interrupt.caught() => {
                output::note("authprobe: interrupted; no report");
                Ok(ended)
            }
        };
        if demo.keep && matches!(done, Ok(Status::Passed | Status::Failed)) {
            stay(&fleet, &mut interrupt).await?;
        }
        fleet.shutdown().await?;
        done
    })
}

fn planted(demo: &Demo) -> Result<Vec<Plant>, Box<dyn Error>> {
    if demo.healthy {
        return Ok(Vec::new());
    }
    if demo.faults.is_empty() {
        return Ok(demo::story());
    }
    let plants = demo.faults.iter().map(|text| demo::parse(text));
    Ok(plants.collect::<Result<_, _>>().map_err(|error| with_help(&error.into()))?)
}

fn with_help(error: &DemoError) -> String {
    format!("{error}\n  help: {}", error.help())
}

async fn compare(options: &Options, fleet: &Fleet) -> Result<Status, Box<dyn Error>> {
    // The fleet's own configuration has one environment that runs.
    let plan = config::load_from(&fleet.config_path(), None, &[])?;
    let watch = progress::watch(options, &plan);
    let diagnosis = Diagnosis { command: "demo", ..pipeline::check(&plan, watch.as_ref()).await? };
    drop(watch);
    output::write(options, &diagnosis)?;
    let agreements = demo::agrees(fleet.planted(), &diagnosis.services, &diagnosis.fleet.findings);
    if options.outputs.is_empty() && !options.quiet {
        output::print(&beside(&agreements))?;
    }
    let all = agreements.iter().all(|agreement| agreement.agrees);
    Ok(if all { Status::Passed } else { Status::Failed })
}

/// The planted causes beside the found ones.
fn beside(agreements: &[Agreement]) -> String {
    let mut text = String::from("\nPlanted and found\n");
    let planted = |agreement: &Agreement| codes(&agreement.planted);
    let width = agreements.iter().map(|agreement| planted(agreement).len()).max().unwrap_or(0);
    for agreement in agreements {
        let word = if agreement.agrees { "agree" } else { "DISAGREE" };
        let _infallible = writeln!(
            text,
            "  {:11}  planted {:width$}  found {}: {word}",
            agreement.service,
            planted(agreement),
            codes(&agreement.found),
        );
    }
    text
}

fn codes(codes: &[CauseCode]) -> String {
    if codes.is_empty() {
        return "nothing".to_owned();
    }
    codes.iter().map(|code| code.code()).collect::<Vec<_>>().join(" + ")
}

/// Leaves the fleet running until Ctrl-C, for whoever wants to probe it by hand.
async fn stay(fleet: &Fleet, interrupt: &mut Interrupt) -> Result<(), Box<dyn Error>> {
    let path = fleet.config_path();
    output::print(&format!("\n# {}\n{}", path.display(), fs::read_to_string(&path)?))?;
    output::note(&format!(
        "the fleet runs until Ctrl-C; probe it with: authprobe check --config {}",
        path.display()
    ));
    interrupt.caught().await;
    Ok(())
}

fn list() -> String {
    let mut text = String::from("Faults for --fault SERVICE=CODE; the service ...\n");
    for fault in FAULTS {
        let somewhere = fault.services.len() < ServiceName::ALL.len();
        let names: Vec<_> = fault.services.iter().map(|service| service.name()).collect();
        let only = if somewhere { format!(" (only {})", names.join(", ")) } else { String::new() };
        let _infallible = writeln!(text, "  {:24} {}{only}", fault.code.code(), fault.words);
    }
    text
}
