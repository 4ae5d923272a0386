//! The two keys of a smoke test: where the options, the last rotation and the configuration say they
//! are, in; the plan with both, out. Never takes a key from an argument.

use std::error::Error;
use std::path::{Path, PathBuf};

use super::config;
use super::state::{self, StateOption};
use crate::convergence::OldKey;
use crate::key::dotenv::DIALECTS;
use crate::key::{Encoding, Origin, Source};
use crate::plan::{KeyName, Plan};
use crate::rotate::{self, LeftBehind};
use crate::secret::Secret;
use crate::time::UnixTime;

/// The longest name of a variable that is not taken for a key.
const LONGEST_NAME: usize = 64;

const NEW: &str = "The new key: env:VAR, file:PATH or dotenv:FILE:VAR";
const NEW_LONG: &str = "\
The new key: env:VAR, file:PATH or dotenv:FILE:VAR

Without this, the key of the source of truth in probes.yaml.";
const OLD: &str = "The old key: env:VAR, file:PATH or dotenv:FILE:VAR";
const OLD_LONG: &str = "\
The old key: env:VAR, file:PATH or dotenv:FILE:VAR

Without this, the previous key that authprobe rotate keeps; else the first of previous_keys in \
probes.yaml. Every byte counts.";

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct KeyOptions {
    #[arg(long, value_name = "SOURCE", help = NEW, long_help = NEW_LONG, value_parser = source)]
    new: Option<Source>,

    #[arg(long, value_name = "SOURCE", help = OLD, long_help = OLD_LONG, value_parser = source, conflicts_with = "new_only")]
    old: Option<Source>,

    /// Do not ask whether the old key is refused
    #[arg(long)]
    new_only: bool,

    #[command(flatten)]
    rotations: StateOption,
}

/// Where a key is read, as `env:VARIABLE`, `file:PATH` or `dotenv:FILE:VARIABLE`. What is none of
/// these may be the key itself, and is not repeated.
fn source(text: &str) -> Result<Source, String> {
    let is_name = |name: &&str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(fits)
    };
    let origin = match text.split_once(':') {
        Some(("env", name)) if is_name(&name) => Some(Origin::Env { variable: name.to_owned() }),
        Some(("file", file)) if !file.is_empty() => Some(Origin::File { file: file.to_owned() }),
        Some(("dotenv", place)) => {
            let parts =
                place.rsplit_once(':').filter(|(file, name)| !file.is_empty() && is_name(name));
            parts.map(|(file, name)| Origin::Dotenv {
                file: file.to_owned(),
                variable: name.to_owned(),
                dialect: &DIALECTS[0],
            })
        }
        _ => None,
    };
    let origin = origin.ok_or(
        "the key itself is never an argument: write env:VARIABLE, file:PATH or dotenv:FILE:VARIABLE",
    )?;
    Ok(Source { origin, encoding: Encoding::Raw })
}

/// A plan with both keys in it, and where the old one comes from.
pub(super) struct Keys {
    pub(super) plan: Plan,
    pub(super) old: OldKey,
    /// When the new key was written, where our own rotation did so.
    pub(super) rotated_at: Option<UnixTime>,
}

/// Puts the keys into a plan that was loaded from this configuration.
pub(super) fn place(
    mut plan: Plan,
    wanted: &KeyOptions,
    configuration: &Path,
) -> Result<Keys, Box<dyn Error>> {
    let left = left_behind(wanted.rotations.state.as_ref(), configuration, &plan.environment)?;
    if let Some(source) = &wanted.new {
        plan = plan.with_key(&KeyName::Reference, &read(source)?);
    }
    // A rotation that wrote another key than the one in question says nothing of it.
    let rotated_at = left.applied_at.filter(|_| wanted.new.is_none());
    if wanted.new_only {
        return Ok(Keys { plan, old: OldKey::LeftOut, rotated_at });
    }
    let known = |plan: &Plan| {
        let ring = plan.services.first().map(|service| &service.keyring);
        ring.is_some_and(|ring| ring.get(&KeyName::Previous(0)).is_some())
    };
    let (key, old) = match (&wanted.old, left.previous_key) {
        (Some(source), _) => (Some(read(source)?), OldKey::Named),
        (None, Some(kept)) => (Some(kept), OldKey::Kept),
        (None, None) if known(&plan) => (None, OldKey::Configured),
        (None, None) => (None, OldKey::Unknown),
    };
    if let Some(key) = &key {
        plan = plan.with_key(&KeyName::Previous(0), key);
    }
    let same = plan.services.iter().any(|service| {
        let ring = &service.keyring;
        ring.holds_same(&KeyName::Reference, ring, &KeyName::Previous(0)) == Some(true)
    });
    if same { Err(KeyError::Same(old).into()) } else { Ok(Keys { plan, old, rotated_at }) }
}

/// What our own rotation left. Who never rotated with authprobe has no state folder, and needs none.
fn left_behind(
    named: Option<&PathBuf>,
    configuration: &Path,
    environment: &str,
) -> Result<LeftBehind, Box<dyn Error>> {
    let Some(place) = state::place(named, configuration)? else {
        return Ok(LeftBehind::default());
    };
    if rotate::waiting(environment, &place)?.interrupted {
        return Err(KeyError::Halfway.into());
    }
    Ok(rotate::left_behind(environment, &place)?)
}

fn read(source: &Source) -> Result<Secret, Box<dyn Error>> {
    let place = source.place();
    let key = source.read(Path::new(""), &config::variables())?;
    let key = key.ok_or_else(|| KeyError::Unset(place.to_string()))?;
    if key.is_empty() {
        return Err(KeyError::Empty(place.to_string()).into());
    }
    if key.ends_with_newline() {
        return Err(KeyError::Newline(place.to_string()).into());
    }
    Ok(key)
}

/// Why there are not two keys.
#[derive(Debug, thiserror::Error)]
enum KeyError {
    /// There is no such variable.
    #[error("there is no {0}\n  help: set it, or name another place")]
    Unset(String),
    /// Nothing stands there.
    #[error("the key is empty: {0}\n  help: name the place where the key stands")]
    Empty(String),
    /// Every byte counts, and hardly anybody means this one.
    #[error(
        "the key ends with a newline: {0}\n  help: tr -d '\\n' < FILE > FILE.key, and name that file"
    )]
    Newline(String),
    /// Which key is in which file is not known.
    #[error("a rotation was interrupted and stands halfway\n  help: authprobe rotate --recover")]
    Halfway,
    /// Nothing could be told apart.
    #[error(
        "the old key is the new key: {}, so there is nothing to tell apart\n  help: {}",
        origin(*.0), help(*.0)
    )]
    Same(OldKey),
}

fn origin(old: OldKey) -> &'static str {
    match old {
        OldKey::Named => "--old names the same bytes",
        OldKey::Kept => "the last rotation kept the same bytes as previous key",
        _ => "previous_keys in probes.yaml names the same bytes",
    }
}

fn help(old: OldKey) -> &'static str {
    match old {
        OldKey::Kept => "the files hold the previous key; see authprobe rotate",
        _ => "name the key that was in use before: --old file:PATH",
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn a_place_is_taken_and_a_key_is_not_repeated() {
        for place in ["env:OLD", "file:/run/old key", "dotenv:.env.previous:JWT_SECRET_KEY"] {
            assert!(source(place).is_ok(), "{place}");
        }
        for other in ["hunter2canary", "env:", "env:A=B", "file:", "dotenv:.env", "dotenv::A", "-"]
        {
            let complaint = source(other).unwrap_err();
            assert!(complaint.starts_with("the key itself is never an argument"), "{other}");
            assert!(!complaint.contains("hunter2canary"));
        }
    }
}
