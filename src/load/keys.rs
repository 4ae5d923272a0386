//! Key sources in, the keys that can be tried on a service out: each by name, each only where its
//! bytes are new. Never compares by anything but bytes, never shows them.

use super::candidates::{self, KnownKey, Site};
use super::decode::Reader;
use super::problem::{Place, Problem};
use super::raw;
use super::sources::PlacedSource;
use super::surroundings::Surroundings;
use crate::key::{self, CommandError, Origin, ReadError, defaults, file::FileError};
use crate::loader::Loader;
use crate::plan::{KeyFact, KeyLabel, KeyName, KeyPlace, Keyring, OwnKey, Policy};

/// The keys that concern every service: the reference key, the previous ones, those of other
/// environments.
#[derive(Debug)]
pub(super) struct FleetKeys {
    reference: KnownKey,
    /// How the reference key is written without a line feed at its end, if it has one by mistake.
    without_newline: Option<&'static str>,
    site: Site,
    others: Vec<KnownKey>,
}

/// A service's own key as it was read, not yet compared with any other.
#[derive(Debug)]
pub(super) enum Own {
    /// It is the reference key: the service is the source of truth.
    Master,
    /// The configuration names no source.
    NotConfigured,
    /// The file does not set the variable.
    Unset(KeyPlace),
    /// It was read.
    Read(KnownKey),
}

/// What is known of one service's keys.
pub(super) struct ServiceKeys {
    pub(super) own: OwnKey,
    pub(super) reference: KeyLabel,
    pub(super) others: Vec<KeyLabel>,
    pub(super) ring: Keyring,
}

/// Reads the reference key, and what else can be read without any service.
pub(super) fn of_fleet(
    truth: &PlacedSource,
    previous: &[PlacedSource],
    environments: (&str, &[&str]),
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Option<FleetKeys> {
    let (here, all) = environments;
    let truth_here = truth.in_environment(here, &around.guesses);
    let reference = required(&truth_here, KeyName::Reference, around, reader);
    let mut others = Vec::new();
    for (index, source) in previous.iter().enumerate() {
        let name = KeyName::Previous(index);
        let source = source.in_environment(here, &around.guesses).read_like(&truth_here);
        others.extend(required(&source, name, around, reader));
    }
    if truth.source.has_file_per_environment() {
        let elsewhere = all.iter().filter(|name| **name != here);
        others.extend(elsewhere.filter_map(|name| of_environment(truth, name, around)));
    }
    let reference = reference?;
    let without_newline = truth.source.without_newline();
    let without_newline = without_newline.filter(|_| reference.secret.ends_with_newline());
    let site = Site::of(truth_here, around);
    Some(FleetKeys { reference, without_newline, site, others })
}

/// Another environment's key is tried where it can be read; here it need not be.
fn of_environment(truth: &PlacedSource, name: &str, around: &Surroundings<'_>) -> Option<KnownKey> {
    let PlacedSource { source, .. } = truth.in_environment(name, &around.guesses);
    let secret = source.read(around.folder, &around.selection.variables).ok().flatten()?;
    let known =
        KnownKey { name: KeyName::Environment(name.to_owned()), place: source.place(), secret };
    Some(known).filter(|known| !known.secret.is_empty())
}

/// Reports a source of truth that names no key.
pub(super) fn check_source_of_truth(truth: &raw::Service, reader: &mut Reader) {
    if truth.key.is_none() {
        let problem = Problem::at(&truth.name.place, "the source of truth has no key");
        let help = "add where it is read: key: { dotenv: .env, variable: JWT_SECRET_KEY }";
        reader.report_absence(problem.help(help));
    }
}

/// A key without which the plan would be less than the file says.
fn required(
    source: &PlacedSource,
    name: KeyName,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Option<KnownKey> {
    if waits(source, reader) {
        return None;
    }
    let place = source.source.place();
    let problem = match source.source.read(around.folder, &around.selection.variables) {
        Ok(Some(secret)) if !secret.is_empty() => return Some(KnownKey { name, place, secret }),
        Ok(Some(_)) => Problem::at(&source.variable, format!("the key is empty: {place}"))
            .help("print a new one with authprobe keygen"),
        Ok(None) => unset(source, &place),
        Err(error) => unreadable(source, &error, "create it, or correct its path"),
    };
    reader.report(problem);
    None
}

/// No server is asked for a key while something is wrong: there will be no plan, and a server that
/// does not answer need not be waited for twice.
fn waits(source: &PlacedSource, reader: &Reader) -> bool {
    source.source.is_remote() && !reader.problems.is_empty()
}

fn unset(source: &PlacedSource, place: &KeyPlace) -> Problem {
    if source.is_suspect {
        return suspect(&source.variable);
    }
    let help = match (&source.source.origin, &place.variable) {
        (Origin::Env { variable }, _) => format!("export {variable}"),
        (_, Some(variable)) => format!("set {variable} in {}", place.source),
        _ => String::new(),
    };
    Problem::at(&source.variable, format!("there is no {place}")).help(help)
}

fn unreadable(source: &PlacedSource, error: &ReadError, help: &str) -> Problem {
    if source.is_suspect {
        return suspect(&source.origin);
    }
    let help = match error {
        ReadError::File { error: FileError::Missing, .. } => help,
        ReadError::Command(CommandError::NotStarted(_)) => {
            "write the program and each argument as an item of the list"
        }
        ReadError::Manifest { error, .. } => error.help(),
        ReadError::Store(error) => error.help(),
        _ => "",
    };
    Problem::at(&source.origin, error.to_string()).help(help)
}

fn suspect(place: &Place) -> Problem {
    let problem = Problem::at(place, "no key can be read here");
    problem.help("if this is a key itself, put it into a file and name the file here")
}

/// Reads a service's own key. A variable that its file does not set is a finding, not a problem: the
/// service then falls back to some default, and that is what is to be found out.
pub(super) fn own(
    source: Option<&PlacedSource>,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Own {
    let Some(source) = source.filter(|source| !waits(source, reader)) else {
        return Own::NotConfigured;
    };
    let place = source.source.place();
    match source.source.read(around.folder, &around.selection.variables) {
        Ok(Some(secret)) => Own::Read(KnownKey { name: KeyName::Own, place, secret }),
        Ok(None) if source.source.file().is_some() && !source.is_suspect => Own::Unset(place),
        Ok(None) => {
            reader.report(unset(source, &place));
            Own::NotConfigured
        }
        Err(error) => {
            let help = "create it, or leave this service's `key` out";
            reader.report(unreadable(source, &error, help));
            Own::NotConfigured
        }
    }
}

impl FleetKeys {
    /// Everything that can be tried on one service, likeliest first; `site` is where it reads its
    /// own key.
    pub(super) fn of_service(&self, own: Own, site: Option<&Site>) -> ServiceKeys {
        let (own, own_key) = self.compare(own);
        let variables = site.map(Site::other_variables).unwrap_or_default();
        let readings = site.unwrap_or(&self.site).readings(&self.reference.secret);
        let candidates = own_key
            .into_iter()
            .chain(variables)
            .chain(self.others.iter().cloned())
            .chain(readings)
            .chain(candidates::known_to_all());
        self.service_keys(own, candidates::distinct(&self.reference, candidates))
    }

    fn compare(&self, own: Own) -> (OwnKey, Option<KnownKey>) {
        match own {
            Own::Master => (OwnKey::SameAsReference(self.reference.place.clone()), None),
            Own::NotConfigured => (OwnKey::NotConfigured, None),
            Own::Unset(place) => (OwnKey::Unset(place), None),
            Own::Read(key) if key.secret == self.reference.secret => {
                (OwnKey::SameAsReference(key.place), None)
            }
            Own::Read(key) => (OwnKey::Differs(key.place.clone()), Some(key)),
        }
    }

    fn service_keys(&self, own: OwnKey, others: Vec<KnownKey>) -> ServiceKeys {
        let mut ring = Keyring::default();
        ring.insert(KeyName::Reference, self.reference.secret.clone());
        let labels = others.iter().map(KnownKey::label).collect();
        for known in others {
            ring.insert(known.name, known.secret);
        }
        // Under its own name, too, where another name goes before it.
        let previous = |known: &&KnownKey| matches!(known.name, KeyName::Previous(_));
        for known in self.others.iter().filter(previous) {
            if ring.get(&known.name).is_none() {
                ring.insert(known.name.clone(), known.secret.clone());
            }
        }
        ServiceKeys { own, reference: self.reference.label(), others: labels, ring }
    }

    /// How the env file at a site is read; without a site, that of the reference key.
    pub(super) fn loader(&self, site: Option<&Site>) -> Option<Loader> {
        site.unwrap_or(&self.site).loader(&self.reference.secret)
    }

    /// What can be said of the reference key without asking any service.
    pub(super) fn facts(&self, policy: &Policy) -> Vec<KeyFact> {
        let reference = &self.reference.secret;
        let mut facts = Vec::new();
        for other in self.others.iter().filter(|other| other.secret == *reference) {
            if let KeyName::Environment(name) = &other.name {
                facts.push(KeyFact::SharedWithEnvironment(name.clone()));
            }
        }
        let (bits, wanted) = (key::bits(reference), policy.min_key_bits);
        if bits < wanted {
            facts.push(KeyFact::TooShort { bits, wanted });
        }
        if defaults::position(reference).is_some() {
            facts.push(KeyFact::WellKnown);
        }
        if let Some(mend) = self.without_newline {
            facts.push(KeyFact::EndsWithNewline { place: self.reference.place.clone(), mend });
        }
        facts
    }
}
