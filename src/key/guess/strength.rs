//! How much a clue counts, strongest first, each with its reason. Knows no file.

/// How much it counts that a file speaks of a loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Compose names this very file: the container's environment is set before any code runs, and
    /// nearly every library leaves alone what is set.
    Compose,
    /// What starts the process names this very file: systemd, docker run, kubectl, node --env-file.
    /// The environment is set before any code runs; compose is beside them where both are kept, and
    /// is then what runs the fleet.
    Start,
    /// A script, a Makefile, a Procfile or an .envrc reads this very file: so it is for whoever starts
    /// the service through it, which often is a developer alone.
    Script,
    /// The code depends on a library that reads env files, this one or another.
    Library,
    /// The code depends on a framework that can read env files among much else.
    Framework,
    /// It may be, as where there is an image and nobody says how it is run: told, never guessed.
    Possible,
}
