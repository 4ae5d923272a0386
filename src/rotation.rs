//! What one run of `rotate` planned or did, and how to call it again: places, files and restarts, for
//! reports. Never a key.

use std::path::{Path, PathBuf};

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
    /// Services that read the key from a file, where that is known.
    pub readers: Vec<String>,
    /// How this run was called.
    pub invocation: Invocation,
}

/// What the next command has to repeat of this one, so that it means the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invocation {
    /// The configuration, where it was named.
    pub config: Option<PathBuf>,
    /// The state folder, where it was named.
    pub state: Option<PathBuf>,
    /// Where the new key comes from: options, each with its value.
    pub key: Vec<String>,
}

impl Invocation {
    /// `authprobe rotate` with this option, none if it is empty, as it can be typed into a shell.
    #[must_use]
    pub fn rotate(&self, option: &str, environment: &str) -> String {
        let key = self.key.iter().filter(|_| option == "--apply").map(|word| quoted(word));
        let state = self.state.iter().flat_map(|folder| named("--state", folder));
        let words = ["authprobe", "rotate", option].map(str::to_owned).into_iter();
        let words = words.filter(|word| !word.is_empty());
        let words = words.chain(self.place(environment)).chain(state).chain(key);
        words.collect::<Vec<_>>().join(" ")
    }

    /// `authprobe check`, likewise.
    #[must_use]
    pub fn check(&self, environment: &str) -> String {
        let words = ["authprobe", "check"].map(str::to_owned).into_iter();
        words.chain(self.place(environment)).collect::<Vec<_>>().join(" ")
    }

    /// `authprobe smoke` until all have the new key, likewise.
    #[must_use]
    pub fn smoke(&self, environment: &str) -> String {
        let state = self.state.iter().flat_map(|folder| named("--state", folder));
        let words = ["authprobe", "smoke", "--wait", "5m"].map(str::to_owned).into_iter();
        words.chain(self.place(environment)).chain(state).collect::<Vec<_>>().join(" ")
    }

    fn place(&self, environment: &str) -> Vec<String> {
        let config = self.config.iter().flat_map(|file| named("--config", file));
        let environment = ["--environment".to_owned(), quoted(environment)];
        environment.into_iter().chain(config).collect()
    }
}

fn named(option: &str, path: &Path) -> [String; 2] {
    [option.to_owned(), quoted(&path.to_string_lossy())]
}

/// A word as a POSIX shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
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
    /// An interrupted way back was gone to its end.
    CarriedBack,
    /// An interrupted deletion of the previous key was carried out.
    Deleted,
    /// There was nothing to bring to an end.
    Nothing,
}

impl RotationState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Planned,
        Self::Applied,
        Self::RolledBack,
        Self::Finished,
        Self::Undone,
        Self::CarriedOut,
        Self::CarriedBack,
        Self::Deleted,
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
            Self::CarriedBack => "recovered-rolled-back",
            Self::Deleted => "recovered-finished",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_named_is_named_again_and_blanks_and_quotes_are_quoted() {
        let invocation = Invocation {
            config: Some("it's here/probes.yaml".into()),
            state: Some("/state  of/x".into()),
            key: ["--key-from", "env:KEY"].map(str::to_owned).into(),
        };
        let place = r"--environment production --config 'it'\''s here/probes.yaml'";
        assert_eq!(invocation.check("production"), format!("authprobe check {place}"));
        let finish = format!("authprobe rotate --finish {place} --state '/state  of/x'");
        assert_eq!(invocation.rotate("--finish", "production"), finish);
        let apply = format!("{} --key-from env:KEY", finish.replace("--finish", "--apply"));
        assert_eq!(invocation.rotate("--apply", "production"), apply);
    }
}
