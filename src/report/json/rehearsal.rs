//! What a check would send, for machines: a rehearsal in, JSON out, written field by field.

use serde::Serialize;

use super::pretty;
use crate::rehearsal::{self, Rehearsal};

/// The version of this form.
const SCHEMA: &str = "authprobe.plan/1";

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    environment: &'a str,
    /// Always 0: that is what it is for.
    requests_sent: usize,
    services: Vec<Service<'a>>,
}

#[derive(Serialize)]
struct Service<'a> {
    name: &'a str,
    url: &'a str,
    method: &'a str,
    carrier: &'a str,
    max_requests: usize,
    per_second: Option<f64>,
    at_a_time: usize,
    requests_if_well: usize,
    steps: &'a [Vec<String>],
    further: Vec<Further<'a>>,
    between_services_max: usize,
}

#[derive(Serialize)]
struct Further<'a> {
    kind: &'a str,
    max: usize,
    keys: &'a [String],
}

/// What a check would send, for machines, with a final newline.
#[must_use]
pub fn rehearsal(rehearsal: &Rehearsal) -> String {
    pretty(&View {
        schema: SCHEMA,
        environment: &rehearsal.environment,
        requests_sent: 0,
        services: rehearsal.services.iter().map(service).collect(),
    })
}

fn service(service: &rehearsal::ServiceRehearsal) -> Service<'_> {
    let further = service.further.iter().map(|further| Further {
        kind: further.kind,
        max: further.most,
        keys: &further.keys,
    });
    Service {
        name: &service.name,
        url: &service.url,
        method: &service.method,
        carrier: &service.carrier,
        max_requests: service.quota.requests,
        per_second: service.quota.spacing.map(|spacing| (1.0 / spacing.as_secs_f64()).round()),
        at_a_time: service.at_a_time,
        requests_if_well: service.requests(),
        steps: &service.steps,
        further: further.collect(),
        between_services_max: service.between,
    }
}
