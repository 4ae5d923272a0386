//! A whole configuration in, the plan for one environment out. Decides nothing about single fields:
//! it calls what does, for every service, so that all problems are found in one go.

use std::path::Path;

use url::Url;

use super::decode::Reader;
use super::keys::{self, FleetKeys};
use super::problem::Problem;
use super::service::{self, Settings};
use super::sources::{self, PlacedSource};
use super::tree::Placed;
use super::{Selection, address, choice, raw, settings};
use crate::plan::{Plan, Service, Subject, Target};

/// What a configuration is read in: its folder, and what the caller chose.
pub(super) struct Surroundings<'a> {
    pub(super) folder: &'a Path,
    pub(super) selection: &'a Selection,
}

/// A service that has been understood, but for its keys.
struct Understood {
    settings: Settings,
    source: Option<PlacedSource>,
    target: Option<Target>,
}

/// The plan, or at least one problem in the reader.
pub(super) fn plan(
    top: &raw::Configuration,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Option<Plan> {
    if top.version.value != 1 {
        let problem = Problem::at(&top.version.place, "this version is not known");
        reader.report(problem.help("write version: 1"));
    }
    choice::check_names(top, reader);
    let chosen = choice::services(top, around.selection, reader);
    let truth = choice::source_of_truth(top, reader);
    let environment = choice::environment(top, around.selection, reader);
    let environments = environments(top, reader);
    let here = environments.iter().find(|known| Some(known.name) == environment)?;
    let services: Vec<_> = std::iter::zip(&top.services.value, &chosen)
        .map(|(raw, chosen)| understand(top, &raw.value, here, *chosen, around, reader))
        .collect();
    let limits = settings::limits(top.limits.as_ref(), reader);
    let truth = truth?;
    let elsewhere: Vec<_> =
        environments.iter().map(|known| known.name).filter(|name| *name != here.name).collect();
    let reference = reference(top, truth, &services, reader)?;
    let keys = keys::of_fleet(reference, &here.previous, (here.name, &elsewhere), around, reader)?;
    let key_facts = keys.facts(&services[truth].settings.policy);
    let named = std::iter::zip(&top.services.value, services).enumerate();
    let services = named
        .filter(|(index, _)| chosen[*index])
        .filter_map(|(index, (raw, understood))| {
            assemble(&raw.value, understood, index == truth, here.name, &keys, around, reader)
        })
        .collect();
    Some(Plan { environment: here.name.to_owned(), services, limits, key_facts })
}

/// An environment that has been understood.
struct Environment<'c> {
    name: &'c str,
    urls: Vec<(&'c str, Option<Url>)>,
    previous: Vec<PlacedSource>,
}

fn environments<'c>(top: &'c raw::Configuration, reader: &mut Reader) -> Vec<Environment<'c>> {
    let mut understand = |name: &'c Placed<String>, raw: &'c raw::Environment| Environment {
        name: &name.value,
        urls: raw
            .urls
            .iter()
            .flat_map(|urls| &urls.value.0)
            .map(|(service, url)| (service.value.as_str(), address::base(url, reader)))
            .collect(),
        previous: raw
            .previous_keys
            .iter()
            .flat_map(|keys| &keys.value)
            .filter_map(|key| sources::source(&key.value.0, &key.place, reader))
            .collect(),
    };
    let raw = &top.environments.value.0;
    raw.iter().map(|(name, environment)| understand(name, &environment.value)).collect()
}

fn understand(
    top: &raw::Configuration,
    raw: &raw::Service,
    here: &Environment<'_>,
    chosen: bool,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Understood {
    let settings = service::settings(top, raw, reader);
    let source = raw.key.as_ref().and_then(|key| sources::source(&key.value.0, &key.place, reader));
    let url = url(raw, here, chosen, reader);
    let target = service::target((top, raw), url, &settings.carrier, around, reader);
    Understood { settings, source, target }
}

/// The address of a service here; it may be missing where the service was not asked for.
fn url(
    raw: &raw::Service,
    here: &Environment<'_>,
    chosen: bool,
    reader: &mut Reader,
) -> Option<Url> {
    let endpoint = Placed {
        value: raw.endpoint.value.replace("{environment}", here.name),
        place: raw.endpoint.place.clone(),
    };
    if address::is_whole(&endpoint.value) {
        return address::absolute(&endpoint, reader);
    }
    if !address::check_path(&endpoint, reader) {
        return None;
    }
    match here.urls.iter().find(|(service, _)| *service == raw.name.value) {
        Some((_, base)) => address::joined(base.as_ref()?, &endpoint, reader),
        None if chosen => {
            let message = format!("{} has no url for {}", here.name, raw.name.value);
            let help = format!(
                "add it under `environments`: {}: {{ urls: {{ {}: \"http://…\" }} }}",
                here.name, raw.name.value
            );
            reader.report_absence(Problem::at(&raw.name.place, message).help(help));
            None
        }
        None => None,
    }
}

/// The source of the master key. A source with problems of its own has been reported.
fn reference<'s>(
    top: &raw::Configuration,
    truth: usize,
    services: &'s [Understood],
    reader: &mut Reader,
) -> Option<&'s PlacedSource> {
    let raw = &top.services.value[truth].value;
    if raw.key.is_none() {
        let problem = Problem::at(&raw.name.place, "the source of truth has no key");
        let help = "add where it is read: key: { dotenv: .env, variable: JWT_SECRET_KEY }";
        reader.report_absence(problem.help(help));
    }
    services[truth].source.as_ref()
}

fn assemble(
    raw: &raw::Service,
    understood: Understood,
    is_truth: bool,
    environment: &str,
    keys: &FleetKeys,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Option<Service> {
    let Understood { settings, source, target } = understood;
    let own = source.map(|source| source.in_environment(environment));
    let keys =
        if is_truth { keys.of_truth() } else { keys.of_service(own.as_ref(), around, reader) };
    let subject = Subject {
        name: raw.name.value.clone(),
        source_of_truth: is_truth,
        token: settings.token,
        policy: settings.policy,
        carrier: settings.carrier,
        conditions: settings.conditions,
        other_keys: keys.others,
        reference: keys.reference,
        own_key: keys.own,
    };
    Some(Service { subject, target: target?, keyring: keys.ring })
}
