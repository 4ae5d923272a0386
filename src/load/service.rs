//! One service of probes.yaml and the top level in, its subject and its target out, keys left
//! aside. Never reads a key.

use reqwest::header::HeaderValue as SentValue;
use url::Url;

use super::address;
use super::decode::Reader;
use super::limits;
use super::problem::Problem;
use super::raw;
use super::settings;
use super::surroundings::Surroundings;
use super::tree::Placed;
use super::unions::{HeaderCondition, HeaderValue, Statuses};
use crate::plan::{Carrier, Condition, Conditions, Policy, Quota, Target, TokenSpec};
use crate::secret::Secret;

/// A service without its keys.
pub(super) struct Settings {
    pub(super) token: TokenSpec,
    pub(super) policy: Policy,
    pub(super) carrier: Carrier,
    pub(super) conditions: Conditions,
    pub(super) quota: Quota,
}

/// What the top level and the service say together.
pub(super) fn settings(
    top: &raw::Configuration,
    service: &raw::Service,
    reader: &mut Reader,
) -> Settings {
    Settings {
        token: settings::token(&[top.token.as_ref(), service.token.as_ref()], reader),
        policy: settings::policy(&[top.policy.as_ref(), service.policy.as_ref()], reader),
        carrier: settings::carrier(&[top.send.as_ref(), service.send.as_ref()], reader),
        conditions: Conditions {
            accept: service.accept.as_ref().map(|given| condition(given, reader)),
            reject: service.reject.as_ref().map(|given| condition(given, reader)),
        },
        quota: limits::quota(top.limits.as_ref(), service.limits.as_ref(), reader),
    }
}

/// How the service is spoken to at this address; `None` without one, checked all the same.
pub(super) fn target(
    (top, service): (&raw::Configuration, &raw::Service),
    url: Option<Url>,
    carrier: &Carrier,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Option<Target> {
    let headers = headers(service, carrier, around, reader);
    let timeouts = settings::timeouts(&[top.timeout.as_ref(), service.timeout.as_ref()], reader);
    let tls = settings::tls(&[top.tls.as_ref(), service.tls.as_ref()], around.folder, reader);
    let proxy = service.proxy.as_ref().or(top.proxy.as_ref());
    let proxy = proxy.and_then(|proxy| address::absolute(proxy, reader));
    let method = service.method.as_ref().map_or("GET", |method| method.value.0.as_str()).to_owned();
    let body = service.body.as_ref();
    let body = body.map(|body| String::from_utf8_lossy(body.value.0.expose()).into_owned());
    Some(Target { url: url?, method, headers, body, timeouts, tls, proxy, addresses: Vec::new() })
}

fn headers(
    service: &raw::Service,
    carrier: &Carrier,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Vec<(String, Secret)> {
    let mut headers = Vec::new();
    for (name, given) in service.headers.iter().flat_map(|given| &given.value.0.0) {
        let is_taken = matches!(carrier, Carrier::Header { name: used, .. } if used.eq_ignore_ascii_case(&name.value));
        if reqwest::header::HeaderName::from_bytes(name.value.as_bytes()).is_err() {
            reader.report(Problem::at(&name.place, "this is not a header's name"));
        } else if is_taken {
            let problem = Problem::at(&name.place, "this header carries the test token");
            reader.report(problem.help("take it out, or let `send` name another place"));
        }
        if let Some(value) = header_value(given, around, reader) {
            headers.push((name.value.clone(), value));
        }
    }
    headers
}

fn header_value(
    given: &Placed<HeaderValue>,
    around: &Surroundings<'_>,
    reader: &mut Reader,
) -> Option<Secret> {
    let value = match &given.value {
        HeaderValue::Text(text) => text.0.clone(),
        HeaderValue::Env(reference) => {
            let variable = &reference.env;
            let Some(value) = around.selection.variables.get(&variable.value) else {
                let message = format!("there is no {} in the environment", variable.value);
                reader.report(Problem::at(&variable.place, message).help("export it first"));
                return None;
            };
            Secret::new(value.as_str())
        }
    };
    if SentValue::from_bytes(value.expose()).is_err() {
        reader.report(Problem::at(&given.place, "this value cannot be sent in a header"));
    }
    Some(value)
}

fn condition(given: &Placed<raw::Condition>, reader: &mut Reader) -> Condition {
    let raw::Condition { status, body, header } = &given.value;
    if status.is_none() && body.is_none() && header.is_none() {
        let problem = Problem::at(&given.place, "this condition is met by every answer");
        reader.report(problem.help("add status, body or header"));
    }
    let header = header.as_ref().map(|header| match &header.value {
        HeaderCondition::Name(name) => (name.0.clone(), None),
        HeaderCondition::Match(header) => {
            let contains = header.contains.as_ref().map(|text| text.value.clone());
            (header.name.value.0.clone(), contains)
        }
    });
    let body = body.as_ref().map(|text| text.value.clone());
    Condition { status: statuses(status.as_ref(), reader), body, header }
}

fn statuses(given: Option<&Placed<Statuses>>, reader: &mut Reader) -> Vec<u16> {
    let Some(given) = given else { return Vec::new() };
    let numbers = match &given.value {
        Statuses::One(number) => vec![*number],
        Statuses::Several(numbers) => numbers.iter().map(|number| number.value).collect(),
    };
    if numbers.is_empty() || numbers.iter().any(|number| !(100..1000).contains(number)) {
        let problem = Problem::at(&given.place, "a status has three digits");
        reader.report(problem.help("such as 200, or [401, 403]"));
    }
    numbers.into_iter().filter_map(|number| u16::try_from(number).ok()).collect()
}
