//! `authprobe rotate`: a plan, or one environment's key replaced in every file or in none.

use std::error::Error;

use super::new_key;
use super::options::Options;
use super::rotate_options::Rotate;
use super::status::Status;
use super::{config, interrupt, output, restart, state};
use crate::inventory::Inventory;
use crate::key::Encoding;
use crate::report;
use crate::rotate::{self, Deed, Fault, Place, Recovered, RotateError, Settled, Stop, Survey};
use crate::rotation::{RestartState, Rotation, RotationState};
use crate::secret::Secret;

pub(super) fn run(options: &Options, wanted: &Rotate) -> Result<Status, Box<dyn Error>> {
    output::check(options)?;
    let (configuration, inventory) = config::inventory(options)?;
    let place = Place::of(&state::folder(wanted.state.as_ref())?, &configuration)?;
    let run = Run { options, wanted, inventory: &inventory, place: &place };
    run.with_signals()
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
            Ok(recovered) => recovered.map(|recovered| self.recovered(&recovered)),
            Err(error) => return Ok(self.failed(&error)),
        };
        if wanted.recover {
            let nothing = || self.rotation(RotationState::Nothing);
            return self.tell(&recovered.unwrap_or_else(nothing));
        }
        if let Some(rotation) = recovered {
            let told = report::rotation_text(&rotation, output::NOTE_STYLE);
            output::note(told.lines().next().unwrap_or_default());
        }
        let environment = &self.inventory.environment;
        if wanted.rollback {
            return match rotate::rollback(environment, self.place, stop) {
                Ok(back) => {
                    let (state, written) = (RotationState::RolledBack, back.written);
                    let rotation = Rotation { written, ..self.rotation(state) };
                    self.restart(rotation, &back.secrets, stop)
                }
                Err(error) => Ok(self.failed(&error)),
            };
        }
        if wanted.finish {
            return match rotate::finish(environment, self.place, stop) {
                Ok(()) => self.tell(&self.rotation(RotationState::Finished)),
                Err(error) => Ok(self.failed(&error)),
            };
        }
        self.planned(stop)
    }

    /// The services are those of the inventory, unless it was another environment.
    fn recovered(&self, recovered: &Recovered) -> Rotation {
        let state = match (recovered.settled, recovered.deed) {
            (Settled::Undone, _) => RotationState::Undone,
            (Settled::CarriedOut, Deed::Applied) => RotationState::CarriedOut,
            (Settled::CarriedOut, Deed::RolledBack) => RotationState::CarriedBack,
            (Settled::CarriedOut, Deed::Finished) => RotationState::Deleted,
        };
        let mut rotation = self.rotation(state);
        if recovered.environment != rotation.environment {
            rotation.environment.clone_from(&recovered.environment);
            rotation.readers.clear();
            rotation.unconfigured.clear();
        }
        rotation
    }

    fn is_plan(&self) -> bool {
        let Rotate { apply, rollback, finish, recover, .. } = self.wanted;
        ![apply, rollback, finish, recover].into_iter().any(|deed| *deed)
    }

    /// The plan, and if it is asked for, what it says; unless an earlier rotation is in the way.
    fn planned(&self, stop: Stop<'_>) -> Ended {
        let waiting = rotate::waiting(&self.inventory.environment, self.place)?;
        let unfinished = waiting.unfinished.map(|at| RotateError::Unchanged(Fault::Unfinished(at)));
        if self.is_plan() && waiting.interrupted {
            output::note("authprobe: a rotation was interrupted and stands halfway");
            self.advise(&[("", "--recover")]);
            return Ok(Status::Failed);
        }
        if let (Some(unfinished), false) = (&unfinished, self.is_plan()) {
            return Ok(self.failed(unfinished));
        }
        match rotate::survey(self.inventory) {
            Ok(survey) => self.surveyed(&survey, unfinished, stop),
            Err(problems) => {
                for problem in &problems {
                    output::complain(problem);
                }
                Ok(Status::Unusable)
            }
        }
    }

    fn surveyed(
        &self,
        survey: &Survey<'_>,
        unfinished: Option<RotateError>,
        stop: Stop<'_>,
    ) -> Ended {
        let draft = survey.draft(&self.new_key(survey)?)?;
        // Whoever applies looks with the lock held: without it, another rotation of this very
        // configuration could be taken for a stranger's.
        if self.is_plan() {
            rotate::inspect(&draft.changes)?;
        }
        let places = survey.places.iter().map(|(file, standing)| ((*file).clone(), *standing));
        let rotation = Rotation {
            places: places.collect(),
            written: draft.changes.iter().map(|change| change.path.clone()).collect(),
            ..self.rotation(RotationState::Planned)
        };
        if self.is_plan() {
            let status = self.tell(&rotation)?;
            let Some(unfinished) = unfinished else { return Ok(status) };
            self.complain(&unfinished);
            return Ok(Status::Failed);
        }
        match rotate::apply(&self.inventory.environment, &draft, self.place, stop) {
            Ok(kept) => {
                let (state, kept) = (RotationState::Applied, Some(kept));
                let rotation = Rotation { state, previous_key_file: kept, ..rotation };
                self.restart(rotation, &draft.secrets(), stop)
            }
            Err(error) => Ok(self.failed(&error)),
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
            readers: self.readers(),
            invocation: self.wanted.invocation(self.options),
        }
    }

    fn readers(&self) -> Vec<String> {
        let mut readers: Vec<String> = Vec::new();
        for file in &self.inventory.files {
            if !readers.contains(&file.service) {
                readers.push(file.service.clone());
            }
        }
        readers
    }

    /// Restarts what the configuration says; the files stay as they are, whatever comes of it.
    fn restart(&self, mut rotation: Rotation, keys: &[Secret], stop: Stop<'_>) -> Ended {
        let status = restart::each(&mut rotation.restarts, &self.inventory.folder, keys, stop);
        self.tell(&rotation)?;
        Ok(status)
    }

    fn tell(&self, rotation: &Rotation) -> Ended {
        output::write_rotation(self.options, rotation)?;
        Ok(Status::Passed)
    }

    /// What was refused before anything was tried is a matter of usage; the rest has failed.
    fn failed(&self, error: &RotateError) -> Status {
        use Fault::{Busy, Interrupted, NothingKept, Refused, State, Unfinished};
        self.complain(error);
        match error {
            // Which signal it was, the caller knows.
            RotateError::Unchanged(Interrupted) => Status::Interrupted,
            RotateError::Unchanged(
                Refused { .. } | State { .. } | Unfinished(_) | Busy(_) | NothingKept(_),
            ) => Status::Unusable,
            _ => Status::Failed,
        }
    }

    /// What went wrong, and the next thing to type.
    fn complain(&self, error: &RotateError) {
        output::complain(error);
        match error {
            RotateError::Unchanged(Fault::Unfinished(_)) => {
                self.advise(&[("every service has the new key", "--finish"), ("or", "--rollback")]);
            }
            RotateError::Halfway(_) => self.advise(&[("when that is mended", "--recover")]),
            RotateError::Changed(_) => self.advise(&[("", "--recover")]),
            RotateError::Edited { .. } => self.advise(&[("see whether it holds the key", "")]),
            RotateError::Unchanged(_) => {}
        }
    }

    fn advise(&self, steps: &[(&str, &str)]) {
        let (call, environment) =
            (self.wanted.invocation(self.options), &self.inventory.environment);
        for (when, option) in steps {
            let when = if when.is_empty() { String::new() } else { format!("{when}: ") };
            output::note(&format!("  help: {when}{}", call.rotate(option, environment)));
        }
    }
}
