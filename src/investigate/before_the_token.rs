//! Causes that show whatever the token: a wrong path, a redirect, a failure, another scheme. Answers
//! in, a cause out. Asks nothing.

use super::case::Case;
use super::dialect;
use super::dimension;
use super::findings::{Detailed, probable, shown};
use super::message;
use super::shape;
use crate::cause::{Cause, CauseCode};
use crate::observation::{Answer, Observation};

/// The cause that stands before any token is looked at, by the answer to the right one.
pub(super) fn cause(case: &Case, answer: &Answer) -> Option<Cause> {
    let whatever = one_answer_for_all(case).then(|| whatever_the_token(case, answer)).flatten();
    whatever.or_else(|| other_scheme(case, answer))
}

/// Whether everything that was sent got the same status and the same redirect.
fn one_answer_for_all(case: &Case) -> bool {
    let mut answers = case.observations().iter().filter_map(Observation::answer);
    let Some(first) = answers.next() else { return false };
    answers.all(|answer| answer.status == first.status && answer.location == first.location)
}

/// Causes that need no token to show.
fn whatever_the_token(case: &Case, answer: &Answer) -> Option<Cause> {
    let name = &case.subject.name;
    let evidence = vec![1];
    match answer.status {
        404 | 405 => Some(
            shown(
                CauseCode::WrongEndpoint,
                format!(
                    "{name} answers {} to every request, with or without a token",
                    answer.status
                ),
                format!("Check {name}'s endpoint, its method and the url in probes.yaml."),
                evidence,
            )
            .detail("status", answer.status),
        ),
        300..400 if !dialect::is_login(answer) => {
            let location = answer.location.clone().unwrap_or_default();
            Some(
                shown(
                    CauseCode::Redirected,
                    format!("{name} redirects every request to {location}"),
                    format!(
                        "Point {name}'s endpoint in probes.yaml to where it redirects, if that is \
                         the service; authprobe follows no redirect, so that no token goes astray."
                    ),
                    evidence,
                )
                .detail("location", location),
            )
        }
        // An exception that tells what is wrong with a token, or one of another text, has looked at it.
        500.. if message::hint(answer).is_none() && is_that_to_nothing(case, answer) => Some(
            shown(
                CauseCode::ServerError,
                format!("{name} answers {} to every request", answer.status),
                format!("Look at {name}'s log: it fails before it looks at any token."),
                evidence,
            )
            .detail("status", answer.status),
        ),
        _ => None,
    }
}

/// Whether a request without a token gets this very text.
fn is_that_to_nothing(case: &Case, answer: &Answer) -> bool {
    let absent = case.observed(&shape::absent()).and_then(Observation::answer);
    absent.is_some_and(|absent| absent.body.digest == answer.body.digest)
}

/// The challenge asks for another scheme than the one that was sent (RFC 9110 section 11.6.1). It
/// proves nothing where the token gets an answer of its own: some take more than they ask for.
fn other_scheme(case: &Case, answer: &Answer) -> Option<Cause> {
    if !dimension::arrives_unseen(case) {
        return None;
    }
    let challenges = &answer.challenges;
    let schemes: Vec<String> = challenges
        .iter()
        .flat_map(|text| http_auth::parse_challenges(text).unwrap_or_default())
        .map(|challenge| challenge.scheme.to_owned())
        .collect();
    let bearer = schemes.iter().any(|scheme| {
        ["bearer", "jwt", "token", "dpop"].contains(&scheme.to_ascii_lowercase().as_str())
    });
    let scheme = schemes.first().filter(|_| !bearer)?;
    let name = &case.subject.name;
    Some(
        probable(
            CauseCode::OtherAuthScheme,
            0.8,
            format!("{name} asks for {scheme} authentication, not for a bearer token"),
            format!(
                "Give probes.yaml an endpoint of {name} that takes tokens, or look at what stands \
                 before it: a proxy with its own login, or one that drops the token (some services \
                 ask for {scheme}, and take a bearer token too)."
            ),
            1,
        )
        .detail("scheme", scheme.clone()),
    )
}
