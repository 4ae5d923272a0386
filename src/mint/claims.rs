//! The shape of a token and the configuration in, its header members and claims out. Never signs.

use serde_json::{Map, Value};

use crate::plan::TokenSpec;
use crate::question::{DateForm, Edit, Forgery, Moment, Part, TokenShape};
use crate::time::UnixTime;
use crate::variant::ClaimTimes;

/// The members of a JSON object, in the order in which they are written.
pub(super) type Members = Map<String, Value>;

/// From here on a number is no plausible count of seconds: the year 5138, or milliseconds.
const NOT_SECONDS: f64 = 1e11;

/// The JOSE header: `typ` and `alg` first, as `jsonwebtoken` writes them, then what is configured.
pub(super) fn header(shape: &TokenShape, spec: &TokenSpec) -> Members {
    let alg = match &shape.forgery {
        Some(Forgery::AlgNone) => "none",
        Some(Forgery::HeaderNames(named)) => named.name(),
        _ => shape.algorithm.name(),
    };
    let mut members = Members::new();
    members.insert("typ".into(), "JWT".into());
    members.insert("alg".into(), alg.into());
    members.extend(spec.header.clone());
    edit(&mut members, &shape.edits, Part::Header);
    members
}

/// The claims: those of the configuration, the times, the `jti`, and then the edits of the shape.
pub(super) fn payload(shape: &TokenShape, spec: &TokenSpec, now: UnixTime, jti: String) -> Members {
    let second = now.whole();
    let lifetime = i64::try_from(spec.lifetime.as_secs()).unwrap_or(i64::MAX);
    let mut members = spec.claims.clone();
    for (claim, moment, configured) in [
        ("iat", shape.issued, spec.issued_at.then_some(0)),
        ("nbf", shape.not_before, spec.not_before),
        ("exp", shape.expires, Some(lifetime)),
    ] {
        match numeric_date(moment, configured, second) {
            Some(date) => members.insert(claim.into(), date),
            None => members.shift_remove(claim),
        };
    }
    members.insert("jti".into(), jti.into());
    edit(&mut members, &shape.edits, Part::Payload);
    members
}

/// The times that stand in the claims as numbers of seconds.
pub(super) fn times(payload: &Members) -> ClaimTimes {
    let seconds = |claim| {
        payload.get(claim).and_then(Value::as_f64).filter(|seconds| seconds.abs() < NOT_SECONDS)
    };
    ClaimTimes { expires: seconds("exp"), not_before: seconds("nbf"), issued: seconds("iat") }
}

/// A `NumericDate` (RFC 7519 section 2), or a form of it that a verifier should refuse.
fn numeric_date(moment: Moment, configured: Option<i64>, second: i64) -> Option<Value> {
    let (offset, form) = match moment {
        Moment::Absent => return None,
        Moment::Configured => (configured?, None),
        Moment::FromNow(offset) => (offset, None),
        Moment::Written(offset, form) => (offset, Some(form)),
    };
    let date = second.saturating_add(offset);
    Some(match form {
        None => date.into(),
        Some(DateForm::Fractional) => (date as f64 + 0.5).into(),
        Some(DateForm::Text) => date.to_string().into(),
        Some(DateForm::Milliseconds) => date.saturating_mul(1000).into(),
    })
}

fn edit(members: &mut Members, edits: &[Edit], part: Part) {
    for edit in edits.iter().filter(|edit| edit.part == part) {
        match &edit.value {
            Some(value) => members.insert(edit.name.clone(), value.clone()),
            None => members.shift_remove(&edit.name),
        };
    }
}
