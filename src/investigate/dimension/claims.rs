//! Claims and header members that a verifier may want: from the configuration, from what the
//! service says, and from the conventions of frameworks. Mildest first: what leaves something out,
//! what changes one member, then many at once, from which the needed ones are found later.

use serde_json::{Value, json};

use super::super::case::Case;
use super::super::message;
use crate::plan::Subject;
use crate::question::{Edit, Part};

/// Sets of edits to try.
pub(super) fn edits(case: &Case) -> Vec<Vec<Edit>> {
    let subject = &case.subject;
    let mut sets = told(case);
    sets.extend(configured(subject));
    sets.push(vec![typ(Some(ACCESS_TOKEN))]);
    sets.push(vec![typ(None)]);
    sets.push(vec![kid()]);
    let bare = ["aud", "iss"].into_iter().filter(|name| subject.token.claims.contains_key(*name));
    let without: Vec<Edit> = bare.map(|name| payload(name, None)).collect();
    if !without.is_empty() {
        sets.push(welcome(subject).into_iter().chain(without).collect());
    }
    sets
}

/// Sets that a token with all that is welcome, which is asked before, is hardly ever refused for.
pub(super) fn covered(subject: &Subject) -> Vec<Vec<Edit>> {
    vec![conventional(subject)]
}

/// What the service's own words name: `jwt audience invalid. expected: RemoteHive-Admin`.
fn told(case: &Case) -> Vec<Vec<Edit>> {
    let answers = case.observations().iter().filter_map(|seen| seen.answer());
    let mut sets: Vec<Vec<Edit>> = Vec::new();
    for (claim, wanted) in answers.flat_map(message::claims_named) {
        let configured = case.subject.token.claims.get(&claim);
        let value = wanted.map(Value::String).or_else(|| convention(&claim));
        if value.is_some() && value.as_ref() == configured {
            continue;
        }
        let set = vec![payload(&claim, value)];
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}

/// Each configured claim in another form.
fn configured(subject: &Subject) -> Vec<Vec<Edit>> {
    let claims = &subject.token.claims;
    let mut sets = Vec::new();
    if let Some(audience) = claims.get("aud") {
        sets.push(vec![payload("aud", None)]);
        let other = match audience {
            Value::Array(names) => names.first().cloned(),
            name => Some(json!([name])),
        };
        sets.extend(other.map(|other| vec![payload("aud", Some(other))]));
    }
    if let Some(Value::String(issuer)) = claims.get("iss") {
        let other = match issuer.strip_suffix('/') {
            Some(bare) => bare.to_owned(),
            None => format!("{issuer}/"),
        };
        sets.push(vec![payload("iss", Some(other.into()))]);
    }
    match claims.get("sub") {
        Some(Value::Number(number)) => {
            sets.push(vec![payload("sub", Some(number.to_string().into()))]);
        }
        Some(_) => sets.push(vec![payload("sub", Some(json!(1)))]),
        None => {}
    }
    sets
}

/// The `typ` that verifiers of access tokens may insist on (RFC 9068 section 4), and others refuse.
const ACCESS_TOKEN: &str = "at+jwt";

fn typ(value: Option<&str>) -> Edit {
    Edit { part: Part::Header, name: "typ".into(), value: value.map(Into::into) }
}

fn kid() -> Edit {
    Edit { part: Part::Header, name: "kid".into(), value: Some("authprobe".into()) }
}

/// What hardly any verifier refuses and some require: the claims of frameworks. No `kid`, for one
/// that picks its key by it refuses any that it does not know.
pub(super) fn welcome(subject: &Subject) -> Vec<Edit> {
    conventional(subject)
}

/// What few verifiers require and few refuse: another `typ`, a `kid`, the audience as a list (RFC 7519
/// section 4.1.3), a subject that is a number. Those that go together.
pub(super) fn odd(subject: &Subject) -> Vec<Edit> {
    configured(subject)
        .into_iter()
        .flatten()
        .filter(is_odd)
        .chain([typ(Some(ACCESS_TOKEN)), kid()])
        .collect()
}

/// Whether an edit stands among the odd ones.
pub(super) fn is_odd(edit: &Edit) -> bool {
    let claim = edit.part == Part::Payload && matches!(edit.name.as_str(), "aud" | "sub");
    let member = edit.part == Part::Header && matches!(edit.name.as_str(), "typ" | "kid");
    (claim || member) && edit.value.is_some()
}

/// Whether hardly any verifier wants this: no `typ`.
pub(super) fn is_rare(edit: &Edit) -> bool {
    edit.part == Part::Header && edit.name == "typ" && edit.value.is_none()
}

/// What frameworks put into their tokens, and some require: all that is not configured, at once.
fn conventional(subject: &Subject) -> Vec<Edit> {
    let names = CONVENTIONS.iter().map(|(name, _)| *name);
    let missing = names.filter(|name| !subject.token.claims.contains_key(*name));
    missing.map(|name| payload(name, convention(name))).collect()
}

/// Claims by convention, with a value that asks for nothing: no privilege is claimed.
const CONVENTIONS: &[(&str, &str)] = &[
    ("type", r#""access""#),
    ("token_type", r#""access""#),
    ("token_use", r#""access""#),
    ("user_id", r#""authprobe""#),
    ("uid", r#""authprobe""#),
    ("id", r#""authprobe""#),
    ("username", r#""authprobe""#),
    ("preferred_username", r#""authprobe""#),
    ("name", r#""authprobe""#),
    ("email", r#""authprobe@localhost""#),
    ("client_id", r#""authprobe""#),
    ("azp", r#""authprobe""#),
    ("sid", r#""authprobe""#),
    ("scope", r#""""#),
    ("roles", "[]"),
    ("role", r#""service""#),
    ("permissions", "[]"),
    ("service", r#""authprobe""#),
    ("fresh", "false"),
    ("version", "1"),
];

/// The conventional value of a claim; empty text is no value that a verifier would want.
fn convention(name: &str) -> Option<Value> {
    let (_, text) = CONVENTIONS.iter().find(|(known, _)| *known == name)?;
    serde_json::from_str(text).ok()
}

fn payload(name: &str, value: Option<Value>) -> Edit {
    Edit { part: Part::Payload, name: name.to_owned(), value }
}
