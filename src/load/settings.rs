//! What the top level says and what a service says in, the service's settings out: the service
//! wins, field by field. Never reads a file's contents.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value};

use super::decode::{Named, Reader};
use super::problem::Problem;
use super::raw;
use super::tree::Placed;
use super::unions::{Phases, Timeout};
use crate::plan::{Algorithm, Carrier, Policy, Timeouts, Tls, TokenSpec};

/// Claims that a test token gets from its question.
const OWN_CLAIMS: &[&str] = &["exp", "iat", "jti", "nbf"];
const LONGEST_LIFETIME: Duration = Duration::from_hours(24);

/// The token as `layers` say, last one last.
pub(super) fn token(layers: &[Option<&Placed<raw::Token>>], reader: &mut Reader) -> TokenSpec {
    let mut token = TokenSpec {
        algorithm: Algorithm::HS256,
        lifetime: Duration::from_mins(1),
        claims: Map::new(),
        header: Map::new(),
        not_before: None,
        issued_at: true,
    };
    for raw in layers.iter().flatten().map(|layer| &layer.value) {
        set(&mut token.algorithm, raw.algorithm.as_ref().map(|given| given.value.0));
        set(&mut token.lifetime, lifetime(raw, reader));
        set(&mut token.issued_at, raw.issued_at.as_ref().map(|given| given.value));
        token.not_before = raw.not_before.as_ref().map(|given| given.value.0).or(token.not_before);
        merge(&mut token.claims, raw.claims.as_ref(), OWN_CLAIMS, reader);
        merge(&mut token.header, raw.header.as_ref(), &["alg"], reader);
    }
    token
}

fn lifetime(raw: &raw::Token, reader: &mut Reader) -> Option<Duration> {
    let given = raw.lifetime.as_ref()?;
    if (Duration::from_secs(1)..=LONGEST_LIFETIME).contains(&given.value.0) {
        return Some(given.value.0);
    }
    let message = "a test token lives between 1s and 24h";
    reader.report(Problem::at(&given.place, message).help("60s is long enough for one request"));
    None
}

/// Members of a later layer win; null takes one away.
fn merge(
    members: &mut Map<String, Value>,
    given: Option<&Placed<Named<Value>>>,
    reserved: &[&str],
    reader: &mut Reader,
) {
    for (name, value) in given.iter().flat_map(|given| &given.value.0) {
        if reserved.contains(&name.value.as_str()) {
            let message = format!("authprobe sets \"{}\" itself", name.value);
            let help = "use lifetime, not_before, issued_at or algorithm of `token`";
            reader.report(Problem::at(&name.place, message).help(help));
        } else if value.value.is_null() {
            members.shift_remove(&name.value);
        } else {
            members.insert(name.value.clone(), value.value.clone());
        }
    }
}

/// The policy as `layers` say, last one last.
pub(super) fn policy(layers: &[Option<&Placed<raw::Policy>>], reader: &mut Reader) -> Policy {
    let mut policy = Policy::default();
    for raw in layers.iter().flatten().map(|layer| &layer.value) {
        set(&mut policy.max_leeway, raw.max_leeway.as_ref().map(|given| given.value.0));
        set(&mut policy.max_clock_skew, raw.max_clock_skew.as_ref().map(|given| given.value.0));
        set(&mut policy.max_key_age, raw.max_key_age.as_ref().map(|given| given.value.0));
        set(&mut policy.min_key_bits, raw.min_key_bits.as_ref().map(|given| given.value as usize));
        let Some(given) = &raw.algorithms else { continue };
        if given.value.is_empty() {
            let problem = Problem::at(&given.place, "the policy allows no algorithm");
            reader.report(problem.help("name at least one: [HS256]"));
        }
        policy.algorithms = given.value.iter().map(|algorithm| algorithm.value.0).collect();
    }
    policy
}

/// Where the token travels; a service that only says `scheme` keeps the header of the top level.
pub(super) fn carrier(layers: &[Option<&Placed<raw::Send>>], reader: &mut Reader) -> Carrier {
    let mut carrier =
        Carrier::Header { name: "Authorization".to_owned(), scheme: Some("Bearer".to_owned()) };
    for layer in layers.iter().flatten() {
        carrier = one_carrier(layer, carrier, reader);
    }
    carrier
}

fn one_carrier(given: &Placed<raw::Send>, above: Carrier, reader: &mut Reader) -> Carrier {
    let raw::Send { header, scheme, cookie, query } = &given.value;
    let ways = usize::from(header.is_some() || scheme.is_some())
        + usize::from(cookie.is_some())
        + usize::from(query.is_some());
    if ways > 1 {
        let problem = Problem::at(&given.place, "the token can travel in one place only");
        reader.report(problem.help("keep one of header, cookie and query"));
        return above;
    }
    if let Some(name) = cookie {
        return Carrier::Cookie { name: word(name, reader) };
    }
    if let Some(name) = query {
        return Carrier::Query { name: word(name, reader) };
    }
    let name = match (header, above) {
        (Some(name), _) => name.value.0.clone(),
        (None, Carrier::Header { name, .. }) => name,
        (None, _) => "Authorization".to_owned(),
    };
    let usual = name.eq_ignore_ascii_case("authorization").then(|| "Bearer".to_owned());
    let scheme = scheme.as_ref().map_or(usual, |given| {
        Some(&given.value).filter(|value| !value.is_empty()).map(|_| word(given, reader))
    });
    Carrier::Header { name, scheme }
}

/// A token of RFC 9110 section 5.6.2: what schemes, cookies and parameters are called.
fn word(given: &Placed<String>, reader: &mut Reader) -> String {
    if reqwest::header::HeaderName::from_bytes(given.value.as_bytes()).is_err() {
        let problem = Problem::at(&given.place, "this name has characters that cannot be sent");
        reader.report(problem.help("letters, digits, hyphens and underscores can"));
    }
    given.value.clone()
}

/// The limits of time as `layers` say, last one last.
pub(super) fn timeouts(layers: &[Option<&Placed<Timeout>>], reader: &mut Reader) -> Timeouts {
    let mut timeouts = Timeouts::default();
    for layer in layers.iter().flatten() {
        let (connect, first_byte, total) = match &layer.value {
            Timeout::Total(total) => (None, None, Some(total.0)),
            Timeout::Each(Phases { connect, first_byte, total }) => {
                let [connect, first_byte, total] = [connect, first_byte, total]
                    .map(|phase| phase.as_ref().map(|given| given.value.0));
                (connect, first_byte, total)
            }
        };
        if [connect, first_byte, total].contains(&Some(Duration::ZERO)) {
            let problem = Problem::at(&layer.place, "no request can be answered in no time");
            reader.report(problem.help("10s is the usual total"));
        }
        set(&mut timeouts.connect, connect);
        set(&mut timeouts.first_byte, first_byte);
        set(&mut timeouts.total, total);
    }
    timeouts.connect = timeouts.connect.min(timeouts.total);
    timeouts.first_byte = timeouts.first_byte.min(timeouts.total);
    timeouts
}

/// Certificates; the files must be there.
pub(super) fn tls(layers: &[Option<&Placed<raw::Tls>>], folder: &Path, reader: &mut Reader) -> Tls {
    let mut tls = Tls::default();
    for layer in layers.iter().flatten().map(|layer| &layer.value) {
        tls.ca = layer.ca.as_ref().map(|file| pem(file, folder, reader)).or(tls.ca);
        let client = layer.client_certificate.as_ref();
        tls.client_certificate =
            client.map(|file| pem(file, folder, reader)).or(tls.client_certificate);
    }
    tls
}

fn pem(file: &Placed<String>, folder: &Path, reader: &mut Reader) -> PathBuf {
    let path = folder.join(&file.value);
    if !path.is_file() {
        let message = format!("there is no file {}", file.value);
        reader.report(Problem::at(&file.place, message).help("the path is relative to this file"));
    }
    path
}

fn set<T>(value: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *value = given;
    }
}
