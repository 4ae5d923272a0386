//! A key source as it is written in, one that can be read out. Reads nothing, and
//! notes when a key may stand where its source should.

use super::conceal;
use super::decode::Reader;
use super::problem::{Place, Problem};
use super::raw;
use super::tree::Placed;
use crate::key::dotenv::{DIALECTS, Dialect};
use crate::key::guess::{Guess, Guesses};
use crate::key::{Encoding, Origin, Source};

/// A key source and the places to point at when it cannot be read.
#[derive(Debug, Clone)]
pub(super) struct PlacedSource {
    pub(super) source: Source,
    /// The file, the command, or the variable of the environment.
    pub(super) origin: Place,
    /// The variable, or else the same place.
    pub(super) variable: Place,
    /// Whether the configuration names the loader of an env file; else it is guessed.
    pub(super) has_dialect: bool,
    /// What the files around an env file tell of its loader, once the environment is known.
    pub(super) guess: Option<Guess>,
    /// Whether a key itself may have been pasted: then no message repeats what is written.
    pub(super) is_suspect: bool,
}

impl PlacedSource {
    /// The same source in an environment, with the loader of its env file guessed where none is named.
    pub(super) fn in_environment(&self, name: &str, guesses: &Guesses) -> Self {
        let mut placed = Self { source: self.source.in_environment(name), ..self.clone() };
        if let Origin::Dotenv { file, variable, dialect } = &mut placed.source.origin {
            let guess = guesses.guess(file, variable);
            if !placed.has_dialect {
                *dialect = guess.dialect;
            }
            placed.guess = Some(guess);
        }
        placed
    }

    /// The same source, read by the loader of another one where none is named: a key that was in use
    /// before stood where that one stands now.
    pub(super) fn read_like(mut self, other: &Self) -> Self {
        if let Origin::Dotenv { dialect: theirs, .. } = &other.source.origin
            && let Origin::Dotenv { dialect, .. } = &mut self.source.origin
            && !self.has_dialect
        {
            *dialect = theirs;
        }
        self
    }
}

/// The one origin that the fields name.
pub(super) fn source(
    given: &raw::KeySource,
    place: &Place,
    reader: &mut Reader,
) -> Option<PlacedSource> {
    let before = reader.problems.len();
    check_texts(given, reader);
    let origin = origin(given, place, reader);
    if reader.problems.len() > before {
        return None;
    }
    let (origin, place, variable) = origin?;
    let encoding = given.encoding.as_ref().map_or(Encoding::Raw, |given| given.value.0);
    let source = Source { origin, encoding };
    let (has_dialect, is_suspect) = (given.dialect.is_some(), is_suspect(given));
    Some(PlacedSource { source, origin: place, variable, has_dialect, guess: None, is_suspect })
}

fn origin(
    given: &raw::KeySource,
    place: &Place,
    reader: &mut Reader,
) -> Option<(Origin, Place, Place)> {
    let raw::KeySource { dotenv, variable, dialect, env, file, command, .. } = given;
    if dotenv.is_none() && (variable.is_some() || dialect.is_some()) {
        let problem = Problem::at(place, "this key source has no env file");
        reader.report_absence(
            problem.help("add the file: { dotenv: .env, variable: JWT_SECRET_KEY }"),
        );
        return None;
    }
    let named = |text: &Placed<String>| text.value.clone();
    match (dotenv, env, file, command) {
        (Some(file), None, None, None) => {
            let Some(variable) = variable else {
                let problem = Problem::at(place, "this key source names no variable");
                reader.report_absence(
                    problem.help("add it: { dotenv: .env, variable: JWT_SECRET_KEY }"),
                );
                return None;
            };
            let dialect: &Dialect = dialect.as_ref().map_or(&DIALECTS[0], |given| given.value.0);
            let origin = Origin::Dotenv { file: named(file), variable: named(variable), dialect };
            Some((origin, file.place.clone(), variable.place.clone()))
        }
        (None, Some(env), None, None) => {
            let origin = Origin::Env { variable: named(env) };
            Some((origin, env.place.clone(), env.place.clone()))
        }
        (None, None, Some(file), None) => {
            let origin = Origin::File { file: named(file) };
            Some((origin, file.place.clone(), file.place.clone()))
        }
        (None, None, None, Some(command)) => {
            let program = command.value.0.first().map_or(&command.place, |program| &program.place);
            let arguments = command.value.0.iter().map(named).collect();
            Some((Origin::Command { arguments }, program.clone(), program.clone()))
        }
        (None, None, None, None) => {
            let problem = Problem::at(place, "this key source names no place");
            let help = "add one of dotenv with variable, env, file and command";
            reader.report_absence(problem.help(help));
            None
        }
        _ => {
            let problem = Problem::at(place, "a key is read in exactly one place");
            reader.report(problem.help("keep one of dotenv, env, file and command"));
            None
        }
    }
}

/// Each text must name something.
fn check_texts(given: &raw::KeySource, reader: &mut Reader) {
    let raw::KeySource { dotenv, variable, env, file, .. } = given;
    for name in variable.iter().chain(env) {
        if name.value.is_empty() || name.value.contains(|c: char| c == '=' || c.is_whitespace()) {
            reader.hidden.push(name.place.clone());
            let problem = Problem::at(&name.place, "this is not the name of a variable");
            reader.report(problem.help("name the variable, not its value: JWT_SECRET_KEY"));
        }
    }
    for path in dotenv.iter().chain(file) {
        if path.value.is_empty() {
            reader.report(Problem::at(&path.place, "this file has no name"));
        }
    }
}

fn is_suspect(given: &raw::KeySource) -> bool {
    let raw::KeySource { dotenv, variable, env, file, command, .. } = given;
    let arguments = command.iter().flat_map(|command| &command.value.0);
    let mut texts = dotenv.iter().chain(variable).chain(env).chain(file).chain(arguments);
    texts.any(|text| conceal::looks_like_key(&text.value))
}
