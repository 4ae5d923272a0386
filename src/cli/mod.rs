//! Arguments in, exit status out: the only place that prints, exits or reads the environment.

mod args;
mod audit;
mod banner;
mod check;
mod clock;
mod config;
mod demo;
mod describe;
mod direct;
mod direct_options;
mod explain;
mod format;
mod interrupt;
mod keygen;
mod log;
mod manual;
mod mint;
mod mistake;
mod new_key;
mod options;
mod output;
mod pace_options;
mod pasted;
mod progress;
mod restart;
mod rotate;
mod rotate_options;
mod scope_options;
mod smoke;
mod smoke_keys;
mod smoke_progress;
mod state;
mod status;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};
use status::Status;

/// Runs the program with the arguments and the environment of this process.
#[must_use]
pub fn main() -> ExitCode {
    withdraw();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return mistake::explain(error).into(),
    };
    terminal::apply(args.options.color);
    log::start(args.options.verbose);
    if let Some(name) = args.command.without_report().filter(|_| !args.options.outputs.is_empty()) {
        output::note(&format!("authprobe: {name} makes no report\n  help: leave --output out"));
        return Status::Unusable.into();
    }
    let outcome = match &args.command {
        Command::Check(check) => check::run(&args.options, check),
        Command::Clock(clock) => clock::run(&args.options, clock),
        Command::Explain(explain) => explain::run(&args.options, explain),
        Command::Demo(demo) => demo::run(&args.options, demo),
        Command::Audit(audit) => audit::run(&args.options, audit),
        Command::Rotate(rotate) => rotate::run(&args.options, rotate),
        Command::Smoke(smoke) => smoke::run(&args.options, smoke),
        Command::Mint(mint) => mint::run(&args.options, mint),
        Command::Keygen(keygen) => keygen::run(keygen),
        Command::Schema { of } => describe::schema(*of),
        Command::Completions { shell } => describe::completions(*shell),
        Command::Man => manual::print(),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(error) => {
            output::complain(error.as_ref());
            Status::Unusable.into()
        }
    }
}

/// Every command may hold keys: no other process of this user may look into this one, and no core file is
/// written of it (`PR_SET_DUMPABLE`, prctl(2)). Programs that it starts are not affected.
fn withdraw() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // Where the system knows no such thing, there is nothing to be done.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
