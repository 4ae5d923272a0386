//! `authprobe audit`: the key files, offline. A folder or a configuration in, what is to be mended out.

use std::error::Error;
use std::path::PathBuf;

use super::options::Options;
use super::status::Status;
use super::{config, output, state};
use crate::audit_ground::AuditGround;
use crate::pipeline;
use crate::rotate::Place;

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe audit                                 every environment
  authprobe audit --environment production        one of them
  authprobe audit -o json | jq '.findings[] | [.code, .file, .line]'
  cd RemoteHive && authprobe audit                no probes.yaml: by the names of files

Exit status:
  0    nothing to mend
  1    at least one thing to mend
  2    usage or configuration error; nothing was looked at
  3    nothing to mend was found, but something could not be judged")]
pub(super) struct Audit {
    /// Where rotations keep their history, which tells the age of a key
    ///
    /// Without this, authprobe in the state folder of the user.
    #[arg(long, value_name = "DIR", env = "AUTHPROBE_STATE", hide_env_values = true)]
    state: Option<PathBuf>,
}

pub(super) fn run(options: &Options, wanted: &Audit) -> Result<Status, Box<dyn Error>> {
    output::check(options)?;
    let ground = config::ground(options)?;
    let ledger = ledger(wanted, &ground);
    let named = options.environment.as_deref();
    let audit = pipeline::audit(&ground, named, &config::variables(), ledger.as_ref());
    let audit = match named {
        Some(name) => audit.within(name),
        None => audit,
    };
    output::write_audit(options, &audit)?;
    Ok(audit.verdict().into())
}

/// Where the history is, if there can be one: rotations need a configuration.
fn ledger(wanted: &Audit, ground: &AuditGround) -> Option<Place> {
    let folder = state::folder(wanted.state.as_ref()).ok()?;
    Place::of(&folder, ground.configuration.as_ref()?).ok()
}
