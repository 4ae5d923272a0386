//! URLs and what else the command line says in, the same `Plan` out that a probes.yaml would give.
//! The one key is everybody's reference key; nobody is the source of truth. Never reads standard
//! input or the process environment: it is handed what stands there.

use std::collections::HashMap;
use std::path::Path;

use url::Url;

use super::address;
use super::command_line::CommandLine;
use super::decode::Reader;
use super::keys::{self, FleetKeys, Own};
use super::options::{self, CarrierArgument, KeyArgument};
use super::problem::{Problem, Problems};
use super::public_key;
use super::replicas::{self, Resolve};
use super::surroundings::{Selection, Surroundings};
use super::tree::Placed;
use crate::plan::{
    Carrier, Conditions, Limits, Plan, Policy, Quota, Scope, Service, Subject, Target, Timeouts,
    Tls, TokenSpec,
};

/// What stands in reports where a configuration would name the environment.
const ENVIRONMENT: &str = "ad-hoc";

/// What is asked for without a configuration. Texts are as they were typed.
pub struct Direct {
    /// The auth endpoints.
    pub urls: Vec<String>,
    /// Where the key is that the services should share.
    pub key: KeyArgument,
    /// Keys that were in use before and must be refused now, latest first.
    pub previous_keys: Vec<KeyArgument>,
    /// How the keys' texts become bytes: a name of [`crate::key::encoding::NAMES`].
    pub encoding: Option<String>,
    /// Claims as `name=value`; JSON where the value is JSON, else text.
    pub claims: Vec<String>,
    /// The algorithm; HS256 if `None`.
    pub algorithm: Option<String>,
    /// Where the token travels; `Authorization: Bearer` if `None`.
    pub carrier: Option<CarrierArgument>,
    /// A file with the services' public key, which must not serve as an HMAC key.
    pub public_key: Option<String>,
    /// The limit of time for one request, such as `10s`.
    pub timeout: Option<String>,
    /// Addresses that stand for the host of a url, each as `HOST:PORT:ADDRESS[,ADDRESS]`.
    pub resolve: Vec<String>,
    /// The environment variables that `key` may name.
    pub variables: HashMap<String, String>,
}

/// Makes a plan without a configuration; key files are relative to the current folder.
///
/// # Errors
/// Every problem of the arguments and of what they name.
pub fn direct(given: &Direct) -> Result<Plan, Problems> {
    let mut line = CommandLine::default();
    let mut reader = Reader::default();
    let plan = given.plan(&mut line, &mut reader);
    match plan {
        Some(plan) if reader.problems.is_empty() => Ok(plan),
        _ => Err(line.problems(reader)),
    }
}

/// What all services have in common.
struct Common {
    token: TokenSpec,
    carrier: Carrier,
    timeouts: Timeouts,
    policy: Policy,
    keys: FleetKeys,
}

impl Direct {
    fn plan(&self, line: &mut CommandLine, reader: &mut Reader) -> Option<Plan> {
        let urls = self.urls(line, reader);
        let token = options::token(self.algorithm.as_deref(), &self.claims, line, reader);
        let carrier = options::carrier(self.carrier.as_ref(), line, reader);
        let timeouts = options::timeouts(self.timeout.as_deref(), line, reader);
        let written = self.resolve.iter().map(|given| line.write("--resolve", given));
        let resolve = written.filter_map(|given| Resolve::read(given, reader)).collect();
        let keys = self.keys(line, reader);
        let token = token?;
        // The one algorithm that is asked for is the one that the services should accept.
        let policy = Policy { algorithms: vec![token.algorithm], ..Policy::default() };
        let common = Common { token, carrier: carrier?, timeouts: timeouts?, policy, keys: keys? };
        let key_facts = common.keys.facts(&common.policy);
        let named = std::iter::zip(names(&urls), urls);
        let public_key = self.public_key.as_ref().map(|file| line.write("--public-key-file", file));
        let mut services: Vec<_> = named
            .map(|(name, url)| common.service(name, url, public_key.as_ref(), reader))
            .collect();
        let mut targets: Vec<_> = services.iter_mut().map(|service| &mut service.target).collect();
        replicas::resolve(&mut targets, resolve, reader);
        let environment = ENVIRONMENT.to_owned();
        Some(Plan { environment, services, limits: Limits::default(), key_facts })
    }

    fn urls(&self, line: &mut CommandLine, reader: &mut Reader) -> Vec<Url> {
        let mut urls = Vec::new();
        for given in &self.urls {
            let written = line.write("", given);
            let Some(url) = address::absolute(&written, reader) else { continue };
            if urls.contains(&url) {
                let problem = Problem::at(&written.place, "this url stands here twice");
                reader.report(problem.help("leave one of them out"));
            }
            urls.push(url);
        }
        urls
    }

    fn keys(&self, line: &mut CommandLine, reader: &mut Reader) -> Option<FleetKeys> {
        let encoding = options::encoding(self.encoding.as_deref(), line, reader);
        let mut source = |option, given| options::source(option, given, encoding?, line, reader);
        let reference = source("--key", &self.key);
        let previous: Vec<_> =
            self.previous_keys.iter().filter_map(|key| source("--previous-key", key)).collect();
        let selection = Selection { variables: self.variables.clone(), ..Selection::default() };
        let around = Surroundings::new(Path::new(""), &selection);
        keys::of_fleet(&reference?, &previous, (ENVIRONMENT, &[]), &around, reader)
    }
}

impl Common {
    fn service(
        &self,
        name: String,
        url: Url,
        public_key: Option<&Placed<String>>,
        reader: &mut Reader,
    ) -> Service {
        let mut keys = self.keys.of_service(Own::NotConfigured, None);
        let hostile_ground = public_key::read(public_key, Path::new(""), &mut keys.ring, reader);
        let subject = Subject {
            name,
            source_of_truth: false,
            token: self.token.clone(),
            policy: self.policy.clone(),
            carrier: self.carrier.clone(),
            conditions: Conditions::default(),
            other_keys: keys.others,
            reference: keys.reference,
            own_key: keys.own,
            loader: self.keys.loader(None),
            // Whoever names an address on the command line has chosen it by hand.
            hostile_allowed: true,
            hostile_ground,
            scope: Scope::default(),
            quota: Quota::default(),
        };
        let target = Target {
            url,
            method: "GET".to_owned(),
            headers: Vec::new(),
            body: None,
            timeouts: self.timeouts,
            tls: Tls::default(),
            proxy: None,
            addresses: Vec::new(),
        };
        Service { subject, target, keyring: keys.ring }
    }
}

/// A name for each url: host and port, with the path where they share a host, and with a number
/// where only their queries differ, which may hold what no report should show.
fn names(urls: &[Url]) -> Vec<String> {
    let place = |url: &Url| url[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
    let path = |url: &Url| url[url::Position::BeforeHost..url::Position::AfterPath].to_owned();
    let mut names: Vec<String> = Vec::with_capacity(urls.len());
    for url in urls {
        let sharing = urls.iter().filter(|other| place(other) == place(url)).count();
        let name = if sharing > 1 { path(url) } else { place(url) };
        let mut numbered = name.clone();
        for number in 2.. {
            if !names.contains(&numbered) {
                break;
            }
            numbered = format!("{name} #{number}");
        }
        names.push(numbered);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_unique() {
        let rows: [(&[&str], &[&str]); 5] = [
            (&["http://127.0.0.1:8000/me"], &["127.0.0.1:8000"]),
            (&["https://a.example/me", "https://b.example/me"], &["a.example", "b.example"]),
            (&["http://a:1/x", "http://a:1/y", "http://a:2/x"], &["a:1/x", "a:1/y", "a:2"]),
            (&["http://a/x?p=1", "http://a/x?p=2", "https://a/x"], &["a/x", "a/x #2", "a/x #3"]),
            (&["http://[::1]:80/me"], &["[::1]"]),
        ];
        for (urls, expected) in rows {
            let urls: Vec<Url> = urls.iter().map(|url| Url::parse(url).unwrap()).collect();
            assert_eq!(names(&urls), expected);
        }
    }
}
