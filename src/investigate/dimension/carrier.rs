//! Other places in which a service may read its token.

use super::super::case::Case;
use super::super::fingerprint::{Bodies, Fingerprint};
use super::super::shape;
use crate::observation::Observation;
use crate::plan::Carrier;
use crate::question::Question;

/// Places to try, likeliest first. None where the configured place is read.
pub(super) fn others(case: &Case) -> Vec<Carrier> {
    if !arrives_unseen(case) {
        return Vec::new();
    }
    places().filter(|place| *place != case.subject.carrier).collect()
}

/// Whether the right token gets the answer that no token gets: then it may not be read at all.
pub(in super::super) fn arrives_unseen(case: &Case) -> bool {
    let fingerprint = |question: &Question| {
        let answer = case.observed(question).and_then(Observation::answer)?;
        Some(Fingerprint::of(answer, Bodies::Stable))
    };
    let right = Question::token(shape::most_acceptable(&case.subject.token));
    fingerprint(&shape::absent()) == fingerprint(&right)
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
    let headers = ["X-Auth-Token", "X-Access-Token"].map(|name| header(name, None));
    let query = ["access_token", "token"].map(|name| Carrier::Query { name: name.to_owned() });
    authorization.into_iter().chain(cookies).chain(headers).chain(query)
}
