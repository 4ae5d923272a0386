//! `authprobe rotate`: a plan, or one environment's key replaced in every file or in none.

use std::error::Error;
use std::path::PathBuf;

use super::keygen::KeyFormat;
use super::new_key::{self, KeySource};
use super::options::Options;
use super::status::Status;
use super::{config, interrupt, output, restart};
use crate::inventory::Inventory;
use crate::key::Encoding;
use crate::report;
use crate::rotate::{self, Fault, Place, RotateError, Settled, Stop, Survey};
use crate::rotation::{RestartState, Rotation, RotationState};
use crate::secret::Secret;

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
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(32..=1024), conflicts_with = "key_from", hide_short_help = true)]
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
        env = "AUTHPROBE_STATE",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub(super) state: Option<PathBuf>,
}

pub(super) fn run(options: &Options, wanted: &Rotate) -> Result<Status, Box<dyn Error>> {
    output::check(options)?;
    let (configuration, inventory) = config::inventory(options)?;
    let place = Place::of(&state(wanted.state.as_ref())?, &configuration)?;
    let run = Run { options, wanted, inventory: &inventory, place: &place };
    run.with_signals()
}

/// The folder for the state of all configurations: the one that was named, else the user's.
pub(super) fn state(named: Option<&PathBuf>) -> Result<PathBuf, &'static str> {
    if let Some(folder) = named {
        return Ok(folder.clone());
    }
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    folder("XDG_STATE_HOME")
        .or_else(|| Some(folder("HOME")?.join(".local/state")))
        .map(|folder| folder.join("authprobe"))
        .ok_or("there is no HOME to keep the state in\n  help: name a folder with --state")
}

struct Run<'a> {
    options: &'a Options,
    wanted: &'a Rotate,
    inventory: &'a Inventory,
    place: &'a Place,
}

type Ended = Result<Status, Box<dyn Error>>;

impl Run<'_> {
    /// The work, with signals noted instead of ending the process between two files.
    fn with_signals(&self) -> Ended {
        let caught = interrupt::noted()?;
        let ended = self.ended(&|| caught.get().is_some());
        match (ended, caught.get()) {
            (Ok(_), Some(interrupted)) => Ok(*interrupted),
            (ended, _) => ended,
        }
    }

    fn ended(&self, stop: Stop<'_>) -> Ended {
        let wanted = self.wanted;
        let recovered = if self.is_plan() { Ok(None) } else { rotate::recover(self.place) };
        let recovered = match recovered {
            Ok(recovered) => recovered,
            Err(error) => return failed(error),
        };
        if wanted.recover {
            let state = recovered.map_or(RotationState::Nothing, state_of);
            return self.tell(&self.rotation(state));
        }
        if let Some(settled) = recovered {
            let rotation = self.rotation(state_of(settled));
            let told = report::rotation_text(&rotation, output::NOTE_STYLE);
            output::note(told.lines().next().unwrap_or_default());
        }
        if wanted.rollback {
            return match rotate::rollback(&self.inventory.environment, self.place, stop) {
                Ok(back) => {
                    let (state, written) = (RotationState::RolledBack, back.written);
                    let rotation = Rotation { written, ..self.rotation(state) };
                    self.restart(rotation, &back.secrets.iter().collect::<Vec<_>>(), stop)
                }
                Err(error) => failed(error),
            };
        }
        if wanted.finish {
            return match rotate::finish(&self.inventory.environment, self.place) {
                Ok(()) => self.tell(&self.rotation(RotationState::Finished)),
                Err(error) => failed(error),
            };
        }
        self.planned(stop)
    }

    fn is_plan(&self) -> bool {
        let Rotate { apply, rollback, finish, recover, .. } = self.wanted;
        ![apply, rollback, finish, recover].into_iter().any(|deed| *deed)
    }

    /// The plan, and if it is asked for, what it says.
    fn planned(&self, stop: Stop<'_>) -> Ended {
        let survey = match rotate::survey(self.inventory) {
            Ok(survey) => survey,
            Err(problems) => {
                for problem in &problems {
                    output::complain(problem);
                }
                return Ok(Status::Unusable);
            }
        };
        let draft = survey.draft(&self.new_key(&survey)?)?;
        rotate::inspect(&draft.changes)?;
        let places = survey.places.iter().map(|(file, standing)| ((*file).clone(), *standing));
        let rotation = Rotation {
            places: places.collect(),
            written: draft.changes.iter().map(|change| change.path.clone()).collect(),
            ..self.rotation(RotationState::Planned)
        };
        if self.is_plan() {
            let status = self.obstacles()?;
            self.tell(&rotation)?;
            return Ok(status);
        }
        match rotate::apply(&self.inventory.environment, &draft, self.place, stop) {
            Ok(kept) => {
                let (state, kept) = (RotationState::Applied, Some(kept));
                let rotation = Rotation { state, previous_key_file: kept, ..rotation };
                self.restart(rotation, &[&draft.key, &draft.previous], stop)
            }
            Err(error) => failed(error),
        }
    }

    fn new_key(&self, survey: &Survey<'_>) -> Result<Secret, Box<dyn Error>> {
        let truth = survey.places.iter().find(|(place, _)| place.source_of_truth);
        let encoding = truth.and_then(|(place, _)| Encoding::named(place.encoding));
        Ok(match &self.wanted.key_from {
            Some(source) => source.read()?,
            None => {
                new_key::make(self.wanted.bytes, self.wanted.format, encoding.unwrap_or_default())?
            }
        })
    }

    /// What would keep the plan from being carried out now.
    fn obstacles(&self) -> Ended {
        let waiting = rotate::waiting(&self.inventory.environment, self.place)?;
        if waiting.interrupted {
            output::note(
                "authprobe: a rotation was interrupted and stands halfway\n  help: authprobe rotate \
                 --recover",
            );
            return Ok(Status::Failed);
        }
        if let Some(at) = waiting.unfinished {
            output::complain(&Fault::Unfinished(at));
            return Ok(Status::Failed);
        }
        Ok(Status::Passed)
    }

    fn rotation(&self, state: RotationState) -> Rotation {
        let restarts = self.inventory.restarts.iter().cloned();
        let restarts = restarts.map(|restart| (restart, RestartState::Planned));
        let changes = matches!(
            state,
            RotationState::Planned | RotationState::Applied | RotationState::RolledBack
        );
        Rotation {
            environment: self.inventory.environment.clone(),
            state,
            places: Vec::new(),
            written: Vec::new(),
            restarts: if changes { restarts.collect() } else { Vec::new() },
            unconfigured: self.inventory.unconfigured.clone(),
            previous_key_file: None,
        }
    }

    /// Restarts what the configuration says; the files stay as they are, whatever comes of it.
    fn restart(&self, mut rotation: Rotation, keys: &[&Secret], stop: Stop<'_>) -> Ended {
        let status = restart::each(&mut rotation.restarts, &self.inventory.folder, keys, stop);
        self.tell(&rotation)?;
        Ok(status)
    }

    fn tell(&self, rotation: &Rotation) -> Ended {
        output::write_rotation(self.options, rotation)?;
        Ok(Status::Passed)
    }
}

fn state_of(settled: Settled) -> RotationState {
    match settled {
        Settled::Undone => RotationState::Undone,
        Settled::CarriedOut => RotationState::CarriedOut,
    }
}

/// What was refused before anything was tried is a matter of usage; the rest has failed.
fn failed(error: RotateError) -> Ended {
    use Fault::{Busy, Interrupted, NothingKept, Refused, Unfinished};
    let is_refusal = matches!(
        &error,
        RotateError::Unchanged(Refused { .. } | Unfinished(_) | Busy(_) | NothingKept(_))
    );
    if is_refusal {
        return Err(error.into());
    }
    output::complain(&error);
    // Which signal it was, the caller knows.
    let is_interrupted = matches!(error, RotateError::Unchanged(Interrupted));
    Ok(if is_interrupted { Status::Interrupted } else { Status::Failed })
}
