//! Restarting services after a rotation, one after the other. What they print goes to standard error, each
//! line with its service's name before it and without any key; no failure stops the next.

use std::path::Path;

use super::status::Status;
use super::{config, output};
use crate::inventory::Restart;
use crate::rotate::{self, Stop};
use crate::rotation::RestartState;
use crate::scrub::Scrubber;
use crate::secret::Secret;

/// Runs each restart in `folder` and notes what became of it.
pub(super) fn each(
    restarts: &mut [(Restart, RestartState)],
    folder: &Path,
    keys: &[Secret],
    stop: Stop<'_>,
) -> Status {
    let (scrubber, variables) = (Scrubber::new(keys), config::variables());
    for (restart, state) in &mut *restarts {
        let mut show = |line: &str| {
            let (line, _) = scrubber.clean(line, None);
            output::note(&format!("{}: {}", restart.service, line.escape_debug()));
        };
        *state = if stop() {
            RestartState::Failed("interrupted before it was run".to_owned())
        } else {
            match rotate::restart(&restart.arguments, folder, &variables, &mut show) {
                Ok(()) => RestartState::Done,
                Err(error) => RestartState::Failed(error.to_string()),
            }
        };
    }
    let is_done = |(_, state): &(_, RestartState)| *state == RestartState::Done;
    if restarts.iter().all(is_done) { Status::Passed } else { Status::Failed }
}
