//! A decoded token, the services' configuration and our clock in, what is wrong with it out, as far
//! as that can be seen without asking anyone. Never sends, never shows a key.

use super::dates::{self, Date};
use super::shown;
use super::signature::{self, Signed};
use super::token::Token;
use super::wants;
use crate::check::Status;
use crate::explanation::{Signer, TokenFinding};
use crate::plan::{Algorithm, KeyLabel, KeyName, Service, Subject};
use crate::scrub::Scrubber;
use crate::time::{Seconds, UnixTime};

/// A second by which whole seconds on two clocks may differ.
const TICK: f64 = 1.0;

/// Everything that can be seen, in the order of the checklist: key, algorithm, times, claims.
pub(super) fn findings(
    token: &Token,
    signed: &Signed,
    services: &[Service],
    now: UnixTime,
    scrubber: &Scrubber,
) -> Vec<TokenFinding> {
    let mut found = Vec::new();
    found.extend(of_signature(signed));
    found.extend(of_algorithm(token, signed, services));
    found.extend(of_repeats(token));
    for name in dates::CLAIMS {
        found.extend(of_date(token, name, now));
    }
    found.extend(of_life(token, services, now));
    found.extend(wants::findings(token, services, &|name, value| {
        shown::json(name, value, scrubber)
    }));
    found
}

fn finding(code: &'static str, status: Status, summary: impl Into<String>) -> TokenFinding {
    TokenFinding { code, status, summary: summary.into() }
}

fn of_signature(signed: &Signed) -> Option<TokenFinding> {
    let wrong = |code, summary: String| Some(finding(code, Status::Fail, summary));
    match &signed.signer {
        Signer::Known { key: KeyName::Reference, .. } => None,
        Signer::Known { .. } => {
            wrong("other-key", format!("is {}, not with the reference key", words(signed)))
        }
        Signer::Unknown => wrong("unknown-key", format!("is {}", words(signed))),
        Signer::Unsigned => wrong("unsigned", "has no signature".to_owned()),
        Signer::NoKeysKnown | Signer::Foreign => {
            let summary = format!("could not be verified: it is {}", words(signed));
            Some(finding("not-verified", Status::Undecided, summary))
        }
    }
}

/// The signer in words that follow "the token is".
pub(super) fn words(signed: &Signed) -> String {
    match &signed.signer {
        Signer::Known { .. } => format!("signed with {}", key_words(signed)),
        Signer::Unknown => {
            "signed with none of the known keys, or was changed after it was signed".into()
        }
        Signer::NoKeysKnown => "signed, and no key is known here to verify it with".into(),
        Signer::Foreign => "not signed with an HMAC, and only those can be verified here".into(),
        Signer::Unsigned => "not signed".into(),
    }
}

/// The key of a signer in words, with the place where it is read.
pub(super) fn key_words(signed: &Signed) -> String {
    let Signer::Known { key, service } = &signed.signer else { return "another key".to_owned() };
    let name = match (key, service) {
        (KeyName::Own, Some(service)) => format!("{service}'s own key"),
        (KeyName::OwnVariable(variable), Some(service)) => {
            return format!("the value of {variable} in {service}'s own file");
        }
        (key, _) => key.to_string(),
    };
    with_place(key, &name, signed.label.as_ref())
}

/// A key in words that follow "verifies with", as one service knows it.
pub(super) fn known_words(key: &KeyName, subject: &Subject) -> String {
    let labels = std::iter::once(&subject.reference).chain(&subject.other_keys);
    let label = labels.into_iter().find(|label| label.name == *key);
    with_place(key, &key.to_string(), label)
}

/// The place of a default or a reading says what it is; of any other key, where it is read.
fn with_place(key: &KeyName, name: &str, label: Option<&KeyLabel>) -> String {
    match (key, label.map(|label| &label.place)) {
        (KeyName::Empty, _) | (_, None) => name.to_owned(),
        (KeyName::Reading(_), Some(place)) => place.to_string(),
        (KeyName::Default(_), Some(place)) => format!("{name}, {place}"),
        (_, Some(place)) => format!("{name} ({place})"),
    }
}

fn of_algorithm(token: &Token, signed: &Signed, services: &[Service]) -> Option<TokenFinding> {
    let Some(named) = token.algorithm() else {
        let summary = "has no alg in its header, which RFC 7515 section 4.1.1 requires";
        return Some(finding("algorithm", Status::Fail, summary));
    };
    let header = signature::header_algorithm(token);
    if let (Some(made), Signer::Known { .. }) = (signed.algorithm, &signed.signer)
        && header != Some(made)
    {
        let named = named.escape_debug();
        let summary = format!("is signed as {made}, and its header says {named}");
        return Some(finding("algorithm", Status::Fail, summary));
    }
    let allowed = |service: &Service| {
        header.is_some_and(|named| service.subject.policy.algorithms.contains(&named))
    };
    let names: Vec<&str> = services
        .iter()
        .filter(|service| !allowed(service))
        .map(|service| service.subject.name.as_str())
        .collect();
    if names.is_empty() && (!services.is_empty() || header.is_some()) {
        return None;
    }
    let named: String = named.escape_debug().take(24).collect();
    let policy = services.first().map_or_else(
        || "is no HMAC algorithm".to_owned(),
        |service| format!("the policy allows {}", list(&service.subject.policy.algorithms)),
    );
    Some(finding("algorithm", Status::Fail, format!("has the algorithm {named}; {policy}")))
}

fn list(algorithms: &[Algorithm]) -> String {
    algorithms.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(", ")
}

/// RFC 7519 section 4: a name stands once, or the last one counts, or the token is refused.
fn of_repeats(token: &Token) -> Option<TokenFinding> {
    let mut names = token.header.repeated();
    names.extend(token.claims.repeated());
    let name: String = names.first()?.escape_debug().take(24).collect();
    let summary =
        format!("has {name} twice: verifiers refuse it or take the last (RFC 7519 section 4)");
    Some(finding("duplicate", Status::Fail, summary))
}

fn of_date(token: &Token, name: &'static str, now: UnixTime) -> Option<TokenFinding> {
    let wrong = |code, summary: String| Some(finding(code, Status::Fail, summary));
    match (dates::date(&token.claims, name), name) {
        (Date::Absent, "exp") => Some(finding(
            "no-exp",
            Status::Warn,
            "has no exp: it never expires, and some verifiers refuse it",
        )),
        (Date::At(moment), "exp") if moment.0 <= now.0 => {
            wrong("expired", format!("expired {} ago", whole(now - moment)))
        }
        (Date::At(moment), "nbf") if moment.0 > now.0 + TICK => wrong(
            "not-yet-valid",
            format!("is not valid yet: nbf lies {} ahead", whole(moment - now)),
        ),
        (Date::At(moment), "iat") if moment.0 > now.0 + TICK => wrong(
            "issued-in-future",
            format!("was issued in the future: iat lies {} ahead", whole(moment - now)),
        ),
        (Date::Absent | Date::At(_), _) => None,
        (Date::Milliseconds(_), _) => wrong(
            "milliseconds",
            format!("has {name} in milliseconds; RFC 7519 section 2 has seconds"),
        ),
        (Date::Text, _) => wrong("date-form", format!("has {name} as text; it must be a number")),
        (Date::Other, _) => wrong("date-form", format!("has an {name} that is no date")),
    }
}

/// A token that outlives the keys it is signed with.
fn of_life(token: &Token, services: &[Service], now: UnixTime) -> Option<TokenFinding> {
    let Date::At(expires) = dates::date(&token.claims, "exp") else { return None };
    let from = match dates::date(&token.claims, "iat") {
        Date::At(issued) => issued,
        _ => now,
    };
    let longest = services.iter().map(|service| service.subject.policy.max_key_age).min()?;
    let life = expires - from;
    (life.0 > longest.as_secs_f64()).then(|| {
        let rotated = Seconds(longest.as_secs_f64()).in_words();
        let summary = format!("lives {}; keys are rotated every {rotated}", life.in_words());
        finding("long-life", Status::Warn, summary)
    })
}

/// A span in whole seconds, never none.
pub(super) fn whole(span: Seconds) -> String {
    Seconds(span.0.abs().round().max(1.0)).in_words()
}
