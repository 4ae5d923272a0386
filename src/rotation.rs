//! What one run of `rotate` planned or did: places, files and restarts, for reports. Never a key.

use std::path::PathBuf;

use crate::inventory::{KeyFile, Restart};

/// What was planned or done.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The environment.
    pub environment: String,
    /// How far it went.
    pub state: RotationState,
    /// Every place where the key stands, with its standing before.
    pub places: Vec<(KeyFile, Standing)>,
    /// The files that were written, without links; for a plan, those that would be.
    pub written: Vec<PathBuf>,
    /// The restarts, with what became of each.
    pub restarts: Vec<(Restart, RestartState)>,
    /// Services for which the configuration names no key.
    pub unconfigured: Vec<String>,
    /// Where the previous key is kept.
    pub previous_key_file: Option<PathBuf>,
}

/// How far a run of `rotate` went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationState {
    /// Nothing was changed: this is what would be.
    Planned,
    /// Every file holds the new key.
    Applied,
    /// Every file holds the previous key again.
    RolledBack,
    /// The previous key was given up.
    Finished,
    /// An interrupted rotation was undone: every file is as it was before.
    Undone,
    /// An interrupted rotation was carried out.
    CarriedOut,
    /// There was nothing to bring to an end.
    Nothing,
}

impl RotationState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Planned,
        Self::Applied,
        Self::RolledBack,
        Self::Finished,
        Self::Undone,
        Self::CarriedOut,
        Self::Nothing,
    ];

    /// The word for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Applied => "applied",
            Self::RolledBack => "rolled-back",
            Self::Finished => "finished",
            Self::Undone => "recovered-undone",
            Self::CarriedOut => "recovered-applied",
            Self::Nothing => "nothing-to-recover",
        }
    }
}

/// How a place stands before the rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It holds the key of the source of truth.
    Same,
    /// It holds another key.
    Differs,
    /// The file is not there, which is fine.
    Missing,
    /// The file does not set the variable, which is fine where the file need not be there.
    Unset,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 4] = [Self::Same, Self::Differs, Self::Missing, Self::Unset];

    /// The word for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::Unset => "unset",
        }
    }

    /// Whether the rotation writes a key there.
    #[must_use]
    pub fn is_written(self) -> bool {
        matches!(self, Self::Same | Self::Differs)
    }
}

/// What became of a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestartState {
    /// It would be run.
    Planned,
    /// It succeeded.
    Done,
    /// It failed; why.
    Failed(String),
}
