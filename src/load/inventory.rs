//! A whole configuration in, the places where the key of each environment stands out. Never looks into
//! the files themselves: that is for whoever reads or changes them; what is around them tells the loader.

use std::path::{Path, PathBuf};

use super::choice;
use super::decode::Reader;
use super::keys;
use super::loaders;
use super::problem::Problem;
use super::raw;
use super::sources::{self, PlacedSource};
use super::surroundings::Surroundings;
use super::tree::Placed;
use crate::inventory::{Elsewhere, InFile, Inventory, KeyFile, Restart};
use crate::key::Origin;
use crate::key::guess::Guesses;

/// A further file, and where it counts.
struct Copy<'c> {
    source: PlacedSource,
    if_exists: bool,
    /// All environments if `None`.
    environments: Option<Vec<&'c str>>,
}

/// A service and every source of its key.
struct Holder<'c> {
    raw: &'c raw::Service,
    source_of_truth: bool,
    key: Option<PlacedSource>,
    copies: Vec<Copy<'c>>,
}

/// Reports what is wrong with further files and restarts.
pub(super) fn check(top: &raw::Configuration, reader: &mut Reader) {
    for service in &top.services.value {
        let key = service.value.key.as_ref();
        copies(top, &service.value, key.map(|key| &key.value.0), reader);
    }
    let here = top.services.value.iter().filter_map(|service| service.value.restart.as_ref());
    let overriding = top.environments.value.0.iter().flat_map(|(_, environment)| {
        let restarts = environment.value.restart.iter();
        restarts.flat_map(|restarts| restarts.value.0.iter().map(|(_, restart)| restart))
    });
    for restart in here.chain(overriding).filter(|restart| restart.value.0.0.is_empty()) {
        let problem = Problem::at(&restart.place, "this restart names no program");
        reader.report(
            problem.help("write the program and its arguments: [systemctl, restart, main]"),
        );
    }
}

/// The inventory of the environment that was asked for.
pub(super) fn chosen(
    top: &raw::Configuration,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Option<Inventory> {
    let all = all(top, around, reader)?;
    let chosen = choice::environment(top, around.selection, reader)?;
    all.into_iter().find(|inventory| inventory.environment == chosen)
}

/// The inventories of all environments.
pub(super) fn all(
    top: &raw::Configuration,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Option<Vec<Inventory>> {
    choice::check(top, reader);
    check(top, reader);
    let truth = choice::source_of_truth(top, reader)?;
    keys::check_source_of_truth(&top.services.value[truth].value, reader);
    let holders = top.services.value.iter().enumerate();
    let holders: Vec<_> = holders
        .map(|(index, service)| holder(top, &service.value, index == truth, reader))
        .collect();
    let folder = std::path::absolute(around.folder).unwrap_or(around.folder.to_owned());
    let environments = top.environments.value.0.iter();
    let mut inventories: Vec<_> = environments
        .map(|(name, environment)| {
            inventory(&name.value, &environment.value, &holders, &folder, &around.guesses)
        })
        .collect();
    mark_shared(&mut inventories);
    Some(inventories)
}

fn holder<'c>(
    top: &'c raw::Configuration,
    raw: &'c raw::Service,
    source_of_truth: bool,
    reader: &mut Reader,
) -> Holder<'c> {
    let key = raw.key.as_ref();
    let source = key.and_then(|key| sources::source(&key.value.0, &key.place, reader));
    let copies = copies(top, raw, key.map(|key| &key.value.0), reader);
    Holder { raw, source_of_truth, key: source, copies }
}

fn copies<'c>(
    top: &'c raw::Configuration,
    service: &'c raw::Service,
    key: Option<&raw::KeySource>,
    reader: &mut Reader,
) -> Vec<Copy<'c>> {
    let known: Vec<&str> = top.environments.value.names().collect();
    let mut copies = Vec::new();
    for given in service.key_copies.iter().flat_map(|copies| &copies.value) {
        let copy = &given.value.0;
        for name in copy.environments.iter().flat_map(|names| &names.value) {
            if !known.contains(&name.value.as_str()) {
                reader.report(choice::unknown(
                    "environment",
                    &name.value,
                    &known,
                    Some(&name.place),
                ));
            }
        }
        let Some(source) = copy_source(given, key, reader) else { continue };
        let names = |names: &'c Placed<Vec<Placed<String>>>| {
            names.value.iter().map(|name| name.value.as_str()).collect()
        };
        copies.push(Copy {
            source,
            if_exists: copy.if_exists.as_ref().is_some_and(|given| given.value),
            environments: copy.environments.as_ref().map(names),
        });
    }
    copies
}

/// What a copy does not say is as the service's `key` says.
fn copy_source(
    given: &Placed<super::decode::Confidential<raw::KeyCopy>>,
    key: Option<&raw::KeySource>,
    reader: &mut Reader,
) -> Option<PlacedSource> {
    let copy = &given.value.0;
    if copy.dotenv.is_none() && copy.file.is_none() {
        let problem = Problem::at(&given.place, "this copy of the key names no file");
        reader.report_absence(problem.help("add it: { dotenv: .env, if_exists: true }"));
        return None;
    }
    let of_key = |is_dotenv: bool| key.filter(|_| is_dotenv);
    let key_in_file = of_key(copy.dotenv.is_some());
    let source = raw::KeySource {
        dotenv: copy.dotenv.clone(),
        variable: copy.variable.clone().or_else(|| key_in_file?.variable.clone()),
        dialect: copy.dialect.clone().or_else(|| key_in_file?.dialect.clone()),
        file: copy.file.clone(),
        encoding: copy.encoding.clone().or_else(|| key?.encoding.clone()),
        ..raw::KeySource::default()
    };
    sources::source(&source, &given.place, reader)
}

fn inventory(
    name: &str,
    environment: &raw::Environment,
    holders: &[Holder<'_>],
    folder: &Path,
    guesses: &Guesses,
) -> Inventory {
    let mut inventory = Inventory {
        environment: name.to_owned(),
        folder: folder.to_owned(),
        files: Vec::new(),
        elsewhere: Vec::new(),
        unconfigured: Vec::new(),
        restarts: Vec::new(),
    };
    for holder in holders {
        holder.enter(&mut inventory, guesses);
        let service = &holder.raw.name.value;
        let here = environment.restart.as_ref().and_then(|restarts| restarts.value.get(service));
        if let Some(restart) = here.or(holder.raw.restart.as_ref()) {
            let arguments = restart.value.0.0.iter();
            let arguments = arguments.map(|word| word.value.replace("{environment}", name));
            let arguments = arguments.collect();
            inventory.restarts.push(Restart { service: service.clone(), arguments });
        }
    }
    inventory
}

impl Holder<'_> {
    fn enter(&self, inventory: &mut Inventory, guesses: &Guesses) {
        let service = &self.raw.name.value;
        let here = inventory.environment.clone();
        let folder = inventory.folder.clone();
        match self.key.as_ref().map(|key| key.in_environment(&here, guesses)) {
            None => inventory.unconfigured.push(service.clone()),
            Some(key) => match self.file(&key, false, &folder) {
                Some(file) => inventory.files.push(file),
                None => inventory
                    .elsewhere
                    .push(Elsewhere { service: service.clone(), place: key.source.place() }),
            },
        }
        for copy in &self.copies {
            let counts =
                copy.environments.as_ref().is_none_or(|names| names.contains(&here.as_str()));
            let source = copy.source.in_environment(&here, guesses);
            let file = self.file(&source, copy.if_exists, &folder).filter(|_| counts);
            let is_new = |file: &KeyFile| !inventory.files.contains(file);
            inventory.files.extend(file.filter(is_new));
        }
    }

    fn file(&self, placed: &PlacedSource, if_exists: bool, folder: &Path) -> Option<KeyFile> {
        let source = &placed.source;
        let (name, place) = match &source.origin {
            Origin::Dotenv { file, variable, dialect } => {
                (file, InFile::Variable { name: variable.clone(), dialect: dialect.name })
            }
            Origin::File { file } => (file, InFile::Whole),
            Origin::Env { .. }
            | Origin::Command { .. }
            | Origin::KubernetesSecret { .. }
            | Origin::Vault(_)
            | Origin::AwsSecretsManager(_)
            | Origin::Input { .. } => return None,
        };
        Some(KeyFile {
            service: self.raw.name.value.clone(),
            source_of_truth: self.source_of_truth,
            path: without_dots(&folder.join(name)),
            name: name.clone(),
            place,
            loader_reason: placed.guess.as_ref().map(|guess| loaders::reason(placed, guess)),
            encoding: source.encoding.name(),
            if_exists,
            also_in: Vec::new(),
        })
    }
}

/// `./` says nothing; `../` stays, for it may lead through a link.
fn without_dots(path: &Path) -> PathBuf {
    path.components().collect()
}

/// Notes which environments have their key at the same place.
fn mark_shared(inventories: &mut [Inventory]) {
    let all: Vec<_> = inventories
        .iter()
        .flat_map(|one| one.files.iter().map(|file| (one.environment.clone(), file.clone())))
        .collect();
    for inventory in inventories {
        for file in &mut inventory.files {
            let same = all.iter().filter(|(environment, other)| {
                *environment != inventory.environment
                    && other.path == file.path
                    && other.place.variable() == file.place.variable()
            });
            file.also_in = same.map(|(environment, _)| environment.clone()).collect();
            file.also_in.dedup();
        }
    }
}
