//! An env file's place in, the loader that most likely reads it out, with the file that tells so: a
//! compose file, a unit, a script, a list of libraries. Never reads the env file, never runs anything.

mod command;
mod compose;
mod composition;
mod folder;
mod listed;
mod memory;
mod other;
mod package;
mod script;
mod site;
mod speaker;
mod strength;
mod table;
mod unit;

use std::path::{Path, PathBuf};

use super::dotenv::{DIALECTS, Dialect};
use crate::loader::{Clue, Reason};
use memory::Memory;
pub use other::other_reading;
use site::Site;
use strength::Strength;

/// The loader that most likely reads an env file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The loader; python-dotenv where nothing tells it, or several things with equal right.
    pub dialect: &'static Dialect,
    /// How that is known.
    pub reason: Reason,
    /// Other loaders that are spoken of, likeliest first, each once.
    pub others: Vec<Clue>,
}

impl Guess {
    /// Every clue that speaks of another loader than this one, likeliest first.
    #[must_use]
    pub fn clues_but(&self, dialect: &Dialect) -> Vec<Clue> {
        let first = match &self.reason {
            Reason::Guessed(clue) => std::slice::from_ref(clue),
            Reason::Contested(clues) => clues,
            Reason::Configured | Reason::Untold => &[],
        };
        let all = each_once(first.iter().chain(&self.others).cloned());
        all.into_iter().filter(|clue| clue.dialect != dialect.name).collect()
    }
}

/// What one file tells, and how much that counts.
struct Evidence {
    strength: Strength,
    /// How many folders above the env file.
    distance: usize,
    clue: Clue,
}

/// Guesses for env files that have one configuration, which share what stands in its folder.
#[derive(Debug, Default)]
pub struct Guesses {
    root: PathBuf,
    memory: Memory,
}

impl Guesses {
    /// For the env files that a configuration in this folder names.
    #[must_use]
    pub fn around(root: &Path) -> Self {
        Self { root: root.to_owned(), memory: Memory::default() }
    }

    /// Guesses the loader of an env file from its folder and those above it, up to that of the
    /// configuration; of a file elsewhere, from its own folder alone. `file` is relative to the
    /// configuration's folder, and `variable` is what is read of it. What cannot be read, or
    /// understood, tells nothing.
    #[must_use]
    pub fn guess(&self, file: &str, variable: &str) -> Guess {
        let Some(site) = Site::of(&self.root, file, variable, &self.memory) else {
            return decide(Vec::new());
        };
        let mut evidence = Vec::new();
        for (distance, folder) in site.folders().enumerate() {
            let here = table::evidence(&site, folder).into_iter();
            evidence.extend(here.map(|(strength, clue)| Evidence { strength, distance, clue }));
        }
        decide(evidence)
    }
}

/// One guess, as [`Guesses::guess`] makes it.
#[must_use]
pub fn guess(root: &Path, file: &str, variable: &str) -> Guess {
    Guesses::around(root).guess(file, variable)
}

fn decide(mut evidence: Vec<Evidence>) -> Guess {
    // The libraries of a folder above are those of another service where the own folder lists some.
    let of_libraries = |one: &Evidence| table::is_of_library(one.strength);
    let nearest = evidence.iter().filter(|one| of_libraries(one)).map(|one| one.distance).min();
    evidence.retain(|one| !of_libraries(one) || Some(one.distance) == nearest);
    evidence.sort_by_key(|one| (one.strength, one.distance));
    let rank = |one: &Evidence| (one.strength, one.distance);
    let first = evidence.first().filter(|one| one.strength < Strength::Possible).map(rank);
    let (best, rest): (Vec<_>, Vec<_>) =
        evidence.into_iter().partition(|one| Some(rank(one)) == first);
    let mut best = each_once(best.into_iter().map(|one| one.clue));
    let rest = rest.into_iter().map(|one| one.clue);
    let (dialect, reason, others) = match best.len() {
        0 => (None, Reason::Untold, each_once(rest)),
        1 => {
            let clue = best.remove(0);
            (Dialect::named(clue.dialect), Reason::Guessed(clue), each_once(rest))
        }
        _ => (None, Reason::Contested(best.clone()), each_once(best.into_iter().chain(rest))),
    };
    let dialect: &Dialect = dialect.unwrap_or(&DIALECTS[0]);
    let others = others.into_iter().filter(|clue| clue.dialect != dialect.name).collect();
    Guess { dialect, reason, others }
}

/// The first clue for each loader.
fn each_once(clues: impl Iterator<Item = Clue>) -> Vec<Clue> {
    let mut known: Vec<Clue> = Vec::new();
    for clue in clues {
        if known.iter().all(|one| one.dialect != clue.dialect) {
            known.push(clue);
        }
    }
    known
}
