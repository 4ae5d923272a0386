//! A key source as it is written in, one that can be read out. Reads nothing, and
//! notes when a key may stand where its source should.

use super::conceal;
use super::decode::Reader;
use super::origins;
use super::problem::{Place, Problem};
use super::raw;
use crate::key::guess::{Guess, Guesses};
use crate::key::{Encoding, Origin, Source};

/// What a key source is named by, with the fields that go with each.
const ORIGINS: [(&str, &[&str]); 7] = [
    ("dotenv", &["variable", "dialect"]),
    ("env", &[]),
    ("file", &[]),
    ("command", &[]),
    ("kubernetes_secret", &["field", "name"]),
    ("vault", &["field", "mount", "address", "namespace", "token_file", "ca"]),
    ("aws_secretsmanager", &["field", "region", "stage"]),
];

/// A key source and the places to point at when it cannot be read.
#[derive(Debug, Clone)]
pub(super) struct PlacedSource {
    pub(super) source: Source,
    /// The file, the command, the secret, or the variable of the environment.
    pub(super) origin: Place,
    /// The variable or the field, or else the same place.
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
    let named = is_named_once(given, place, reader);
    if named {
        check_company(given, reader);
    }
    if !named || reader.problems.len() > before {
        return None;
    }
    let (origin, place, variable) = origins::origin(given, place, reader)?;
    let encoding = given.encoding.as_ref().map_or(Encoding::Raw, |given| given.value.0);
    let source = Source { origin, encoding };
    let (has_dialect, is_suspect) = (given.dialect.is_some(), is_suspect(given));
    Some(PlacedSource { source, origin: place, variable, has_dialect, guess: None, is_suspect })
}

/// Whether one origin is named, and no more.
fn is_named_once(given: &raw::KeySource, place: &Place, reader: &mut Reader) -> bool {
    let names: Vec<_> = ORIGINS.iter().map(|(name, _)| *name).collect();
    let named = names.iter().filter(|name| place_of(given, name).is_some()).count();
    if named == 0 && (given.variable.is_some() || given.dialect.is_some()) {
        let problem = Problem::at(place, "this key source has no env file");
        let help = "add the file: { dotenv: .env, variable: JWT_SECRET_KEY }";
        reader.report_absence(problem.help(help));
    } else if named == 0 {
        let problem = Problem::at(place, "this key source names no place");
        reader.report_absence(problem.help(format!("add one of {}", names.join(", "))));
    } else if named > 1 {
        let problem = Problem::at(place, "a key is read in exactly one place");
        reader.report(problem.help(format!("keep one of {}", names.join(", "))));
    }
    named == 1
}

/// Each further field goes with the origin that is named.
fn check_company(given: &raw::KeySource, reader: &mut Reader) {
    let Some((origin, fitting)) = ORIGINS.iter().find(|(name, _)| place_of(given, name).is_some())
    else {
        return;
    };
    let mut others: Vec<&str> =
        ORIGINS.iter().flat_map(|(_, fields)| fields.iter().copied()).collect();
    others.dedup();
    for field in others.iter().filter(|field| !fitting.contains(*field)) {
        let Some(place) = place_of(given, field) else { continue };
        let owners = ORIGINS.iter().filter(|(_, fields)| fields.contains(field));
        let owners: Vec<_> = owners.map(|(name, _)| *name).collect();
        let problem = Problem::at(place, format!("`{field}` does not go with `{origin}`"));
        reader.report(problem.help(format!("it goes with {}", owners.join(", "))));
    }
}

/// Where a field stands, if it is given.
fn place_of<'g>(given: &'g raw::KeySource, field: &str) -> Option<&'g Place> {
    let text = match field {
        "dotenv" => &given.dotenv,
        "variable" => &given.variable,
        "env" => &given.env,
        "file" => &given.file,
        "kubernetes_secret" => &given.kubernetes_secret,
        "name" => &given.name,
        "vault" => &given.vault,
        "mount" => &given.mount,
        "address" => &given.address,
        "namespace" => &given.namespace,
        "token_file" => &given.token_file,
        "ca" => &given.ca,
        "aws_secretsmanager" => &given.aws_secretsmanager,
        "region" => &given.region,
        "field" => &given.field,
        "dialect" => return given.dialect.as_ref().map(|given| &given.place),
        "command" => return given.command.as_ref().map(|given| &given.place),
        "stage" => return given.stage.as_ref().map(|given| &given.place),
        _ => return None,
    };
    text.as_ref().map(|text| &text.place)
}

/// Each text must name something.
fn check_texts(given: &raw::KeySource, reader: &mut Reader) {
    let raw::KeySource { dotenv, variable, env, file, kubernetes_secret, token_file, ca, .. } =
        given;
    for name in variable.iter().chain(env) {
        if name.value.is_empty() || name.value.contains(|c: char| c == '=' || c.is_whitespace()) {
            reader.hidden.push(name.place.clone());
            let problem = Problem::at(&name.place, "this is not the name of a variable");
            reader.report(problem.help("name the variable, not its value: JWT_SECRET_KEY"));
        }
    }
    for path in [dotenv, file, kubernetes_secret, token_file, ca].into_iter().flatten() {
        if path.value.is_empty() {
            reader.report(Problem::at(&path.place, "this file has no name"));
        }
    }
    let raw::KeySource { vault, aws_secretsmanager, field, name, region, address, .. } = given;
    for text in [vault, aws_secretsmanager, field, name, region, address].into_iter().flatten() {
        if text.value.is_empty() {
            reader.report(Problem::at(&text.place, "this names nothing"));
        }
    }
}

fn is_suspect(given: &raw::KeySource) -> bool {
    let raw::KeySource { dotenv, variable, env, file, command, .. } = given;
    let arguments = command.iter().flat_map(|command| &command.value.0);
    let mut texts = dotenv.iter().chain(variable).chain(env).chain(file).chain(arguments);
    let raw::KeySource { kubernetes_secret, field, name, vault, aws_secretsmanager, .. } = given;
    let stores = [kubernetes_secret, field, name, vault, aws_secretsmanager].into_iter().flatten();
    // A path of words and slashes is no key, though its letters are those of base64.
    let mut parts = stores.flat_map(|text| text.value.split('/'));
    texts.any(|text| conceal::looks_like_key(&text.value)) || parts.any(conceal::looks_like_key)
}
