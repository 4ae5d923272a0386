//! An error of the HTTP client in, a stage and a lower-case fact out. Never prints a URL, a header
//! or what a peer wrote.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::handshake::handshake;
use super::names::{LookupError, ONLY};
use crate::observation::{Failure, Stage};
use crate::plan::Target;

const NOT_HTTP: &str = "what answered does not speak HTTP";

/// Why the client got no answer.
pub(super) fn classify(error: &reqwest::Error, target: &Target) -> Failure {
    let causes = causes(error);
    let tls = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>());
    let io = causes.iter().rev().find_map(|cause| cause.downcast_ref::<io::Error>());
    if error.is_dns() {
        let lookup = causes.iter().find_map(|cause| cause.downcast_ref::<LookupError>());
        return failure(Stage::Name, name(target, lookup));
    }
    if error.is_connect() && error.is_timeout() {
        let limit = seconds(target.timeouts.connect);
        return failure(Stage::Timeout, format!("no connection within {limit}"));
    }
    if let Some(tls) = tls {
        return failure(Stage::Tls, handshake(tls));
    }
    if error.is_connect() {
        return connect(target, io, causes.last());
    }
    exchange(&causes, io)
}

/// What went wrong once the connection stood.
fn exchange(causes: &[&(dyn Error + 'static)], io: Option<&io::Error>) -> Failure {
    let http = || causes.iter().filter_map(|cause| cause.downcast_ref::<hyper::Error>());
    if let Some(http) = http().find(|http| http.is_parse()) {
        return failure(Stage::Protocol, not_http(http));
    }
    if http().any(|http| http.to_string().contains("unexpected message")) {
        return failure(Stage::Protocol, NOT_HTTP.into());
    }
    let closed = |http: &hyper::Error| {
        http.is_incomplete_message() || http.is_closed() || http.is_canceled()
    };
    if http().any(closed) || io.is_some_and(|io| broken(io.kind())) {
        return failure(Stage::Reset, "the connection was closed before an answer".into());
    }
    let cause = causes.last().map(ToString::to_string).unwrap_or_default();
    failure(Stage::Protocol, format!("the exchange broke HTTP: {cause}"))
}

/// That no head of an answer came in time, and which limit that was.
pub(super) fn no_answer(waited: Duration, target: &Target) -> Failure {
    let limits = &target.timeouts;
    let detail = if waited >= limits.total {
        format!("no answer within {} in all", seconds(limits.total))
    } else {
        format!("connected, but no answer within {}", seconds(limits.first_byte))
    };
    failure(Stage::Timeout, detail)
}

fn failure(stage: Stage, detail: String) -> Failure {
    Failure { stage, detail }
}

/// What is at the root of an error, in the words of who met it.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The chain of causes. `io::Error::source` leaves out the error it wraps, so that is asked for.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| beneath(*error)).collect()
}

fn beneath<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    }
}

fn name(target: &Target, lookup: Option<&LookupError>) -> String {
    let host = host(target);
    match lookup {
        Some(LookupError::NoSuchName) => format!("there is no such name as {host}"),
        Some(LookupError::NoAnswer) => format!("the name server gave no answer for {host}"),
        Some(LookupError::Late) => {
            format!("the lookup of {host} was not done within {}", seconds(target.timeouts.connect))
        }
        Some(LookupError::NoAddress) | None => format!("{host} has no address"),
        Some(LookupError::Failed) => format!("the lookup of {host} failed"),
    }
}

/// Whom the connection goes to: the proxy where there is one.
fn host(target: &Target) -> String {
    match &target.proxy {
        Some(proxy) => format!("the proxy {}", proxy.host_str().unwrap_or_default()),
        None => target.url.host_str().unwrap_or_default().to_owned(),
    }
}

fn peer(target: &Target) -> String {
    if let Ok(address) = ONLY.try_with(ToString::to_string) {
        return address;
    }
    let port = target.proxy.as_ref().unwrap_or(&target.url).port_or_known_default();
    format!("{}:{}", host(target), port.unwrap_or_default())
}

fn connect(
    target: &Target,
    io: Option<&io::Error>,
    last: Option<&&(dyn Error + 'static)>,
) -> Failure {
    let peer = peer(target);
    match io.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => {
            failure(Stage::Connect, format!("nothing listens on {peer}"))
        }
        Some(kind) if broken(kind) && target.url.scheme() == "https" => {
            failure(Stage::Tls, "the connection was closed in the TLS handshake".into())
        }
        _ => {
            let cause = last.map(ToString::to_string).unwrap_or_default();
            failure(Stage::Connect, format!("no connection to {peer}: {cause}"))
        }
    }
}

fn broken(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof,
    };
    matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof)
}

fn not_http(error: &hyper::Error) -> String {
    match error.to_string() {
        text if text.contains("too large") => "the head of the answer is too large".into(),
        text if text.contains("version") => NOT_HTTP.into(),
        text => format!("the answer is not valid HTTP: {text}"),
    }
}

/// `5 s`, or `250 ms` where that is no whole number of seconds.
fn seconds(limit: Duration) -> String {
    if limit.subsec_millis() == 0 {
        format!("{} s", limit.as_secs())
    } else {
        format!("{} ms", limit.as_millis())
    }
}
