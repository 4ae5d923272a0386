//! The options of `rotate`: what is to be done, where the new key comes from, where the state is kept; and
//! how they are typed again. Never reads a key.

use std::path::PathBuf;

use clap::ValueEnum as _;

use super::keygen::KeyFormat;
use super::new_key::KeySource;
use super::options::Options;
use crate::rotation::Invocation;

const STATE: &str = "AUTHPROBE_STATE";
const BYTES: u16 = 32;
const KEY_FROM: &str = "Write this key: env:VARIABLE, file:PATH or - (standard input)";
const KEY_FROM_LONG: &str = "\
Write this key: env:VARIABLE, file:PATH or - (standard input)

As it is to stand in the file of the source of truth. Without this, a key is made.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe rotate                              which files, which variables: the plan
  authprobe rotate --apply -e production        a new key in every file, or in none
  pass show jwt | tr -d '\\n' | authprobe rotate --apply --key-from -
  authprobe rotate --rollback                   the previous key again
  authprobe rotate --finish                     delete the previous key

Exit status:
  0    the plan stands, or what was asked for is done
  1    it failed: either nothing was changed, or a restart failed; the words say which
  2    usage or configuration error, or a file that cannot be replaced; nothing was changed
  130  interrupted by Ctrl-C (129 hangup, 143 terminate): everything was undone, or
       everything was carried out; the words say which")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Rotate {
    /// Write a new key into every file, then restart
    #[arg(long, group = "deed")]
    pub(super) apply: bool,

    /// Bring the previous key back into every file, then restart
    #[arg(long, group = "deed")]
    pub(super) rollback: bool,

    /// Delete the previous key: every service runs with the new one
    #[arg(long, group = "deed")]
    pub(super) finish: bool,

    /// Bring an interrupted rotation to its end, and no more
    ///
    /// The other three do so by themselves, before anything else.
    #[arg(long, group = "deed")]
    pub(super) recover: bool,

    // Not a comment: rustdoc would take env:… for an address.
    #[arg(long, value_name = "SOURCE", help = KEY_FROM, long_help = KEY_FROM_LONG, value_parser = KeySource::parse, conflicts_with_all = ["rollback", "finish", "recover"])]
    pub(super) key_from: Option<KeySource>,

    /// How many random bytes the new key has
    #[arg(long, value_name = "N", default_value_t = BYTES, value_parser = clap::value_parser!(u16).range(32..=1024), conflicts_with = "key_from", hide_short_help = true)]
    pub(super) bytes: u16,

    /// How they are written
    #[arg(
        long,
        value_enum,
        default_value = "hex",
        conflicts_with = "key_from",
        hide_short_help = true
    )]
    pub(super) format: KeyFormat,

    /// Where journal, history and previous key are kept
    ///
    /// Never inside the folder of the configuration. Without this, authprobe in the state
    /// folder of the user, which is ~/.local/state where nothing else is set.
    #[arg(
        long,
        value_name = "DIR",
        env = STATE,
        hide_env_values = true,
        hide_short_help = true
    )]
    pub(super) state: Option<PathBuf>,
}

impl Rotate {
    /// What the next command has to repeat.
    pub(super) fn invocation(&self, options: &Options) -> Invocation {
        let mut key: Vec<String> = Vec::new();
        if let Some(source) = &self.key_from {
            key.extend(["--key-from".to_owned(), source.to_string()]);
        }
        if self.bytes != BYTES {
            key.extend(["--bytes".to_owned(), self.bytes.to_string()]);
        }
        if self.format != KeyFormat::Hex {
            let name = self.format.to_possible_value().map(|value| value.get_name().to_owned());
            key.extend(["--format".to_owned()].into_iter().chain(name));
        }
        // What the environment names, it will name the next time, too.
        let is_inherited = self.state.as_ref().map(|state| state.as_os_str())
            == std::env::var_os(STATE).as_deref();
        let state = self.state.clone().filter(|_| !is_inherited);
        Invocation { config: options.config.clone(), state, key }
    }
}
