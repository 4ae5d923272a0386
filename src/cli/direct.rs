//! `authprobe check URL...` and `clock URL...`: URLs and key options in, a plan out. Reads standard input where a key is
//! to stand there; never takes a key from an argument.

use std::error::Error;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::config::{ConfigError, variables};
use super::direct_options::DirectOptions;
use super::options::Options;
use super::output;
use crate::key::file;
use crate::load::{self, CarrierArgument, Direct, KeyArgument};
use crate::plan::Plan;
use crate::secret::Secret;

/// What stands for standard input where a file is named.
const STDIN: &str = "-";

/// The plan for URLs; `None` if the arguments are services of a configuration.
///
/// # Errors
/// When URLs, services and options do not go together, and with every problem of what they name.
pub(super) fn plan(
    options: &Options,
    arguments: &[String],
    direct: &DirectOptions,
) -> Result<Option<Plan>, Box<dyn Error>> {
    plan_with(options, arguments, direct, DirectOptions::key)
}

/// The same where a key is not needed: in its place stands one that nobody else has.
///
/// # Errors
/// As [`plan`], and when the system gives no random bytes.
pub(super) fn clock_plan(
    options: &Options,
    arguments: &[String],
    direct: &DirectOptions,
) -> Result<Option<Plan>, Box<dyn Error>> {
    let key = if direct.names_a_key() { DirectOptions::key } else { |_: &_| throw_away() };
    plan_with(options, arguments, direct, key)
}

fn plan_with(
    options: &Options,
    arguments: &[String],
    direct: &DirectOptions,
    key: fn(&DirectOptions) -> Result<KeyArgument, UsageError>,
) -> Result<Option<Plan>, Box<dyn Error>> {
    let (urls, services): (Vec<_>, Vec<_>) =
        arguments.iter().cloned().partition(|argument| argument.contains("://"));
    if urls.is_empty() {
        return if direct.is_used() { Err(UsageError::NoUrl.into()) } else { Ok(None) };
    }
    if !services.is_empty() {
        return Err(UsageError::Mixed.into());
    }
    if options.config.is_some() || options.environment.is_some() {
        return Err(UsageError::Configuration.into());
    }
    let direct = direct.read(urls, key(direct)?)?;
    if !options.quiet {
        [&direct.key].into_iter().chain(&direct.previous_keys).for_each(note_newline);
    }
    let plan = load::direct(&direct).map_err(|problems| ConfigError::wrong(&problems))?;
    Ok(Some(plan))
}

impl DirectOptions {
    fn read(&self, urls: Vec<String>, key: KeyArgument) -> Result<Direct, UsageError> {
        if self.previous_file.iter().any(|file| file == STDIN) {
            return Err(UsageError::PreviousOnInput);
        }
        let previous_env = self.previous_env.iter().cloned().map(KeyArgument::Env);
        let previous_file = self.previous_file.iter().cloned().map(KeyArgument::File);
        let previous_dotenv = self.previous_dotenv.iter().cloned().map(KeyArgument::Dotenv);
        Ok(Direct {
            urls,
            key,
            previous_keys: previous_env.chain(previous_file).chain(previous_dotenv).collect(),
            encoding: self.encoding.clone(),
            claims: self.claims.clone(),
            algorithm: self.alg.clone(),
            carrier: self.carrier(),
            public_key: self.public_key_file.clone(),
            timeout: self.timeout.clone(),
            resolve: self.resolve.clone(),
            variables: variables(),
        })
    }

    fn key(&self) -> Result<KeyArgument, UsageError> {
        match (&self.key_env, &self.key_file, &self.key_dotenv) {
            (Some(variable), ..) => Ok(KeyArgument::Env(variable.clone())),
            (_, Some(file), _) if file == STDIN => Ok(KeyArgument::Input(read_input()?)),
            (_, Some(file), _) => Ok(KeyArgument::File(file.clone())),
            (.., Some(given)) => Ok(KeyArgument::Dotenv(given.clone())),
            (None, None, None) => Err(UsageError::NoKey),
        }
    }

    fn carrier(&self) -> Option<CarrierArgument> {
        let header = self.header.clone().map(CarrierArgument::Header);
        let cookie = self.cookie.clone().map(CarrierArgument::Cookie);
        header.or(cookie).or(self.query.clone().map(CarrierArgument::Query))
    }
}

fn throw_away() -> Result<KeyArgument, UsageError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(UsageError::NoRandomness)?;
    Ok(KeyArgument::Input(Secret::new(hex::encode(bytes))))
}

fn read_input() -> Result<Secret, UsageError> {
    let input = io::stdin().lock();
    if input.is_terminal() {
        output::note("authprobe: type the key, then Ctrl-D twice");
    }
    let mut bytes = Zeroizing::new(Vec::new());
    input.take(file::LARGEST + 1).read_to_end(&mut bytes).map_err(UsageError::Input)?;
    if bytes.len() as u64 > file::LARGEST {
        return Err(UsageError::TooLarge);
    }
    Ok(Secret::new(std::mem::take(&mut *bytes)))
}

/// A final newline belongs to a key in a file, and hardly anybody means it to.
fn note_newline(key: &KeyArgument) {
    let (place, pipe) = match key {
        KeyArgument::Input(text) if text.ends_with_newline() => (
            "standard input".to_owned(),
            "… | tr -d '\\n' | authprobe check … --key-file -".to_owned(),
        ),
        KeyArgument::File(name)
            if file::read(Path::new(name)).is_ok_and(|text| text.ends_with_newline()) =>
        {
            let name = name.escape_debug();
            (name.to_string(), format!("tr -d '\\n' < {name} | authprobe check … --key-file -"))
        }
        _ => return,
    };
    output::note(&format!(
        "note: {place} ends with a newline, and every byte of it counts as the key\n  \
         help: if the services use the key without it: {pipe}"
    ));
}

/// Why arguments do not go together.
#[derive(Debug, thiserror::Error)]
pub(super) enum UsageError {
    /// Both in one run.
    #[error(
        "URLs and services of a configuration cannot be checked in one run\n  help: name either; \
         an argument with :// in it is a URL"
    )]
    Mixed,
    /// A URL has nothing to do with a configuration.
    #[error(
        "--config and --environment have no meaning for a URL\n  help: leave them out, or name a \
         service of the configuration"
    )]
    Configuration,
    /// Options for URLs, and no URL.
    #[error(
        "these options need a URL\n  help: authprobe check http://127.0.0.1:8000/me --key-env \
         JWT_SECRET_KEY; a service of a configuration has all of this in probes.yaml"
    )]
    NoUrl,
    /// No key option.
    #[error(
        "no key is named\n  help: add --key-env VAR, --key-file FILE (- for standard input) or \
         --key-dotenv FILE:VAR"
    )]
    NoKey,
    /// Only one key can stand there.
    #[error("standard input can hold the shared key only\n  help: name a file for a previous key")]
    PreviousOnInput,
    /// Not even a key to throw away.
    #[error("the system gives no random bytes: {0}")]
    NoRandomness(getrandom::Error),
    /// It could not be read.
    #[error("standard input cannot be read")]
    Input(#[source] io::Error),
    /// No key is that long.
    #[error("standard input holds more than 1 MiB\n  help: pipe in the key alone")]
    TooLarge,
}
