//! A whole configuration in, the plan for one environment out. Decides nothing about single fields:
//! it calls what does, for every service, so that all problems are found in one go.

use url::Url;

use super::candidates::Site;
use super::decode::{Named, Reader};
use super::keys::{self, FleetKeys, Own};
use super::problem::Problem;
use super::service::{self, Settings};
use super::sources::{self, PlacedSource};
use super::surroundings::Surroundings;
use super::tree::Placed;
use super::{address, choice, inventory, limits, public_key, raw, replicas};
use crate::plan::{Plan, Scope, Service, Subject, Target};

/// What a run is about: the configuration, one of its environments, some of its services.
struct Extent<'c> {
    top: &'c raw::Configuration,
    here: &'c Environment<'c>,
    chosen: Vec<&'c str>,
    around: &'c Surroundings<'c>,
}

/// A service that has been understood, but for its keys.
struct Understood<'c> {
    raw: &'c raw::Service,
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
    choice::check(top, reader);
    inventory::check(top, reader);
    let chosen = choice::services(top, around.selection, reader);
    let truth = choice::source_of_truth(top, reader);
    let environment = choice::environment(top, around.selection, reader);
    let environments = environments(top, reader);
    let limits = limits::limits(top.limits.as_ref(), reader);
    let here = environments.iter().find(|known| Some(known.name) == environment)?;
    let extent = Extent { top, here, chosen, around };
    let understood = top.services.value.iter().map(|raw| extent.understand(&raw.value, reader));
    let services: Vec<_> = understood.collect();
    let truth = truth?;
    let owns = extent.owns(&services, truth, reader);
    let names: Vec<_> = environments.iter().map(|known| known.name).collect();
    let reference = reference(&services[truth], reader)?;
    let keys = keys::of_fleet(reference, &here.previous, (here.name, &names), around, reader)?;
    let key_facts = keys.facts(&services[truth].settings.policy);
    let services = std::iter::zip(services, owns)
        .filter(|(service, _)| extent.has_chosen(service.raw))
        .filter_map(|(service, own)| extent.assemble(service, own, &keys, reader))
        .collect();
    Some(Plan { environment: here.name.to_owned(), services, limits, key_facts })
}

/// An environment that has been understood.
struct Environment<'c> {
    name: &'c str,
    urls: Vec<(&'c str, Option<Url>)>,
    addresses: Option<&'c Named<Vec<Placed<String>>>>,
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
        addresses: raw.addresses.as_ref().map(|given| &given.value),
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

impl<'c> Extent<'c> {
    fn has_chosen(&self, raw: &raw::Service) -> bool {
        self.chosen.contains(&raw.name.value.as_str())
    }

    fn understand(&self, raw: &'c raw::Service, reader: &mut Reader) -> Understood<'c> {
        let settings = service::settings(self.top, raw, reader);
        let key = raw.key.as_ref();
        let source = key.and_then(|key| sources::source(&key.value.0, &key.place, reader));
        let url = self.url(raw, reader);
        let layers = (self.top, raw);
        let mut target = service::target(layers, url, &settings.carrier, self.around, reader);
        let named = self.here.addresses.and_then(|named| named.get(&raw.name.value));
        if let (Some(target), Some(given)) = (&mut target, named) {
            replicas::place(target, given, reader);
        }
        Understood { raw, settings, source, target }
    }

    /// The address of a service here; it may be missing where the service was not asked for.
    fn url(&self, raw: &raw::Service, reader: &mut Reader) -> Option<Url> {
        let (here, name) = (self.here.name, &raw.name.value);
        let endpoint = Placed {
            value: raw.endpoint.value.replace("{environment}", here),
            place: raw.endpoint.place.clone(),
        };
        if address::is_whole(&endpoint.value) {
            return address::absolute(&endpoint, reader);
        }
        if !address::check_path(&endpoint, reader) {
            return None;
        }
        if let Some((_, base)) = self.here.urls.iter().find(|(service, _)| service == name) {
            return address::joined(base.as_ref()?, &endpoint, reader);
        }
        if self.has_chosen(raw) {
            let problem = Problem::at(&raw.name.place, format!("{here} has no url for {name}"));
            let help = format!(
                "add it under `environments`: {here}: {{ urls: {{ {name}: \"http://…\" }} }}"
            );
            reader.report_absence(problem.help(help));
        }
        None
    }

    /// The own key of each service that was asked for; the source of truth has the master key.
    fn owns(&self, services: &[Understood<'_>], truth: usize, reader: &mut Reader) -> Vec<Own> {
        let own = |(index, service): (usize, &Understood<'_>)| {
            if index == truth {
                return Own::Master;
            }
            let source = service.source.as_ref().filter(|_| self.has_chosen(service.raw));
            let source =
                source.map(|source| source.in_environment(self.here.name, &self.around.guesses));
            keys::own(source.as_ref(), self.around, reader)
        };
        services.iter().enumerate().map(own).collect()
    }

    fn assemble(
        &self,
        service: Understood<'_>,
        own: Own,
        keys: &FleetKeys,
        reader: &mut Reader,
    ) -> Option<Service> {
        let Understood { raw, settings, target, source } = service;
        let source_of_truth = matches!(own, Own::Master);
        let source =
            source.map(|source| source.in_environment(self.here.name, &self.around.guesses));
        let site = source.map(|source| Site::of(source, self.around));
        let loader = site.as_ref().and_then(|site| keys.loader(Some(site)));
        let mut keys = keys.of_service(own, site.as_ref());
        let public_key = raw.public_key.as_ref();
        let hostile_ground =
            public_key::read(public_key, self.around.folder, &mut keys.ring, reader);
        let subject = Subject {
            name: raw.name.value.clone(),
            source_of_truth,
            token: settings.token,
            policy: settings.policy,
            carrier: settings.carrier,
            conditions: settings.conditions,
            other_keys: keys.others,
            reference: keys.reference,
            own_key: keys.own,
            loader,
            hostile_allowed: raw.allow_hostile.as_ref().is_some_and(|allowed| allowed.value),
            hostile_ground,
            scope: Scope::default(),
            quota: settings.quota,
        };
        Some(Service { subject, target: target?, keyring: keys.ring })
    }
}

/// The source of the master key. A source with problems of its own has been reported.
fn reference<'s>(truth: &'s Understood<'_>, reader: &mut Reader) -> Option<&'s PlacedSource> {
    keys::check_source_of_truth(truth.raw, reader);
    truth.source.as_ref()
}
