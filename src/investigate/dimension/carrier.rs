//! Other places in which a service may read its token.

use super::super::case::Case;
use super::super::dialect;
use super::super::fingerprint::Fingerprint;
use super::super::shape;
use crate::observation::Observation;
use crate::plan::Carrier;
use crate::question::{Question, TokenShape};

/// Every place that one request can fill, the configured one among them, so that the token is read
/// where any of them is. None where the configured place is read.
pub(super) fn together(case: &Case) -> Option<Carrier> {
    if !arrives_unseen(case) {
        return None;
    }
    let mut filled = vec![case.subject.carrier.clone()];
    for place in places() {
        if !filled.iter().any(|other| share_a_field(other, &place)) {
            filled.push(place);
        }
    }
    Some(Carrier::Together(filled))
}

/// Whether a token in every place at once is too much for the service's limit on header fields
/// (RFC 6585 section 5, RFC 9110 section 15.5.14), which small tokens may have passed.
pub(super) fn too_large(case: &Case) -> bool {
    let absent = case.observed(&shape::absent()).and_then(Observation::answer);
    let usual = absent.map(|answer| answer.status);
    let filled = |shape: &TokenShape| matches!(shape.carrier, Some(Carrier::Together(_)));
    case.observations().iter().any(|seen| {
        let large = seen.question.shape().is_some_and(filled);
        let answered = seen.answer().map_or(0, |answer| answer.status);
        large && Some(answered) != usual && LIMIT_STATUSES.contains(&answered)
    })
}

/// What servers answer to fields that are too large: nginx, Apache and gunicorn say 400.
const LIMIT_STATUSES: [u16; 4] = [400, 413, 414, 431];

/// Places to try one by one, likeliest first: those that do not fit into one request with the others,
/// and the others too where all at once got an answer of its own: the service may want but one. Where
/// garbage gets the answer of the right token, and nothing gets another, it may be the scheme.
pub(super) fn likely(case: &Case) -> Vec<Carrier> {
    let Some(together) = together(case) else {
        let same_field = |place: &Carrier| share_a_field(place, &case.subject.carrier);
        return others(case).filter(|place| arrives_unread(case) && same_field(place)).collect();
    };
    let speaks = speaks(case, &together);
    others(case).filter(|place| speaks || !together.holds(place)).collect()
}

/// The other places: to be tried when nothing else is left.
pub(super) fn unlikely(case: &Case) -> Vec<Carrier> {
    let Some(together) = together(case) else { return Vec::new() };
    let speaks = speaks(case, &together);
    others(case).filter(|place| !speaks && together.holds(place)).collect()
}

fn others(case: &Case) -> impl Iterator<Item = Carrier> {
    places().filter(|place| *place != case.subject.carrier)
}

/// Whether the right token gets another answer there than no token.
fn speaks(case: &Case, carrier: &Carrier) -> bool {
    let shape = TokenShape {
        carrier: Some(carrier.clone()),
        ..shape::most_acceptable(&case.subject.token)
    };
    let answer = fingerprint(case, &Question::token(shape));
    answer.is_some() && answer != fingerprint(case, &shape::absent())
}

fn share_a_field(one: &Carrier, other: &Carrier) -> bool {
    match (one, other) {
        (Carrier::Header { name, .. }, Carrier::Header { name: other, .. }) => {
            name.eq_ignore_ascii_case(other)
        }
        _ => one == other,
    }
}

/// Whether the right token gets the answer that no token gets: then it may not be read at all.
pub(in super::super) fn arrives_unseen(case: &Case) -> bool {
    let right = Question::token(shape::most_acceptable(&case.subject.token));
    fingerprint(case, &shape::absent()) == fingerprint(case, &right)
}

/// Whether the right token gets the answer that garbage gets: then it may not be read, though its place
/// is looked at.
fn arrives_unread(case: &Case) -> bool {
    let right = Question::token(shape::most_acceptable(&case.subject.token));
    fingerprint(case, &shape::garbage()) == fingerprint(case, &right)
}

fn fingerprint(case: &Case, question: &Question) -> Option<Fingerprint> {
    let answer = case.observed(question).and_then(Observation::answer)?;
    Some(Fingerprint::of(answer, dialect::bodies(case)))
}

/// Every place that services commonly read.
pub(super) fn places() -> impl Iterator<Item = Carrier> {
    let header = |name: &str, scheme: Option<&str>| Carrier::Header {
        name: name.to_owned(),
        scheme: scheme.map(str::to_owned),
    };
    let authorization = [Some("Bearer"), Some("JWT"), Some("Token"), None, Some("bearer")]
        .map(|scheme| header("Authorization", scheme));
    let cookies = ["access_token", "token", "jwt", "auth_token", "access_token_cookie"]
        .map(|name| Carrier::Cookie { name: name.to_owned() });
    // Some that can be told another header still want the scheme in it.
    let headers =
        [("X-Auth-Token", None), ("X-Access-Token", None), ("X-Auth-Token", Some("Bearer"))]
            .map(|(name, scheme)| header(name, scheme));
    let query = ["access_token", "token"].map(|name| Carrier::Query { name: name.to_owned() });
    authorization.into_iter().chain(cookies).chain(headers).chain(query)
}
