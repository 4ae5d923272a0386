//! No token within reach was taken: what do the answers tell, and what would settle the rest?

use super::case::Case;
use super::changes;
use super::dialect::{self, Dialect};
use super::dimension::{self, Change};
use super::findings::{Detailed, probable, shown};
use super::message::{self, Hint};
use super::progress::{self, Stone};
use super::shape;
use super::untold::{mismatch, silent, untold};
use super::wrong_key;
use crate::cause::{Cause, CauseCode};
use crate::observation::{Answer, Observation};
use crate::question::Question;
use crate::verdict::{Refusal, Verdict};

/// The causes, the likeliest first. The first is named only where the answers leave one.
pub(super) fn causes(case: &Case, dialect: &Dialect) -> Vec<Cause> {
    let right = Question::token(shape::most_acceptable(&case.subject.token));
    let Some(seen) = case.observed(&right) else { return vec![silent(case)] };
    let Some(answer) = seen.answer() else { return vec![silent(case)] };
    if one_answer_for_all(case)
        && let Some(cause) = whatever_the_token(case, answer)
    {
        return vec![cause];
    }
    if let Some(cause) = other_scheme(case, answer) {
        return vec![cause];
    }
    let further = dialect.judge(seen) == Verdict::Rejected(Refusal::Further);
    if let Some(stone) = progress::stone(case, dialect, dimension::singles(case)) {
        return beyond(case, &stone);
    }
    match progress::said_of_right(case) {
        Some(hint) => told(case, hint, further, seen.number),
        None if further => vec![beyond_the_signature(case, answer, seen.number)],
        None => untold(case),
    }
}

/// One change brought the token further, and it was refused there for another reason: both count.
fn beyond(case: &Case, stone: &Stone) -> Vec<Cause> {
    let name = &case.subject.name;
    let right = progress::right(case).map(|seen| seen.number);
    let evidence: Vec<usize> = std::iter::once(stone.number).chain(right).collect();
    let first = match &stone.change {
        Change::Key(key) => Some(wrong_key::cause(&case.subject, key, evidence)),
        Change::Algorithm(algorithm) => Some(
            shown(
                CauseCode::AlgorithmMismatch,
                format!(
                    "{name} takes the key under {algorithm}, the tokens are {}",
                    case.subject.token.algorithm
                ),
                format!("Set the algorithm of {name} to that of the tokens and restart it."),
                evidence,
            )
            .detail("accepted", vec![algorithm.name()]),
        ),
        Change::Carrier(carrier) => Some(changes::location(&case.subject, carrier, evidence)),
        Change::Times(_) | Change::Claims(_) => None,
    };
    let first = first.map(|cause| Cause { confidence: 0.9, ..cause });
    // At another place the signature may still be wrong: what is said there is said of this key.
    let then = match stone.said {
        Some(hint) => told(case, hint, true, stone.number),
        None => Vec::new(),
    };
    let then = then.into_iter().filter(|cause| cause.code != CauseCode::Unjudgeable);
    first.into_iter().chain(then).collect()
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
        500.. => Some(
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

/// The challenge asks for another scheme than the one that was sent (RFC 9110 section 11.6.1).
fn other_scheme(case: &Case, answer: &Answer) -> Option<Cause> {
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
        shown(
            CauseCode::OtherAuthScheme,
            format!("{name} asks for {scheme} authentication, not for a bearer token"),
            format!(
                "Give probes.yaml an endpoint of {name} that takes tokens, or look at what stands \
                 before it: a proxy with its own login."
            ),
            vec![1],
        )
        .detail("scheme", scheme.clone()),
    )
}

/// The service says why; its word is a hint, so the confidence stays below certainty.
fn told(case: &Case, hint: Hint, further: bool, number: usize) -> Vec<Cause> {
    let name = &case.subject.name;
    let claims = |claim: &str| {
        probable(
            CauseCode::ClaimRequired,
            0.8,
            format!("{name} refuses the {claim} of a right token, by its own words"),
            format!("Set token.claims.{claim} for {name} in probes.yaml to what it wants, or mend its check."),
            number,
        )
        .detail("claim", claim)
    };
    let cause = match hint {
        Hint::Signature if !further && !every_key_tried(case) => {
            return vec![some_untried(case, number)];
        }
        Hint::Signature if !further => return vec![mismatch(case, 0.9, number)],
        Hint::Audience => claims("aud"),
        Hint::Issuer => claims("iss"),
        Hint::Claim => probable(
            CauseCode::ClaimRequired,
            0.7,
            format!("{name} misses a claim, or does not like one, by its own words"),
            format!("Add to token.claims what {name} requires; its answer names it."),
            number,
        ),
        Hint::Algorithm => probable(
            CauseCode::AlgorithmMismatch,
            0.8,
            format!("{name} does not allow the algorithm, by its own words"),
            format!("Compare {name}'s algorithm setting with token.algorithm in probes.yaml."),
            number,
        ),
        Hint::Missing => probable(
            CauseCode::HeaderStripped,
            0.7,
            format!(
                "{name} says that no token came, though one was sent as {}",
                case.subject.carrier
            ),
            format!(
                "Look for a proxy before {name} that drops it (nginx: proxy_set_header; Apache: \
                 WSGIPassAuthorization On), or set `send` in probes.yaml to where {name} reads it."
            ),
            number,
        ),
        Hint::Subject if further => probable(
            CauseCode::SubjectUnknown,
            0.8,
            format!("{name} verifies the token, and does not know its subject or forbids it"),
            format!("Put a known subject into token.claims.sub for {name}."),
            number,
        ),
        _ => return untold(case),
    };
    vec![cause]
}

/// Whether every key that is known was tried alone.
fn every_key_tried(case: &Case) -> bool {
    case.subject.other_keys.iter().all(|label| {
        let base = shape::most_acceptable(&case.subject.token);
        case.observed(&shape::keyed(&base, label.name.clone())).is_some()
    })
}

fn some_untried(case: &Case, number: usize) -> Cause {
    let name = &case.subject.name;
    probable(
        CauseCode::Unjudgeable,
        0.5,
        format!("{name} says that the signature is wrong, and not every known key could be tried"),
        format!("Give {name}'s own `key` source in probes.yaml, so that it is tried first."),
        number,
    )
}

/// The right token got further than one with a wrong signature, and the answer does not say why.
fn beyond_the_signature(case: &Case, answer: &Answer, number: usize) -> Cause {
    let name = &case.subject.name;
    if let Some((claim, _)) = message::claims_named(answer).into_iter().next() {
        return probable(
            CauseCode::ClaimRequired,
            0.7,
            format!("{name} verifies the token and does not like its {claim}, by its own words"),
            format!("Set token.claims.{claim} for {name} in probes.yaml to what it wants."),
            number,
        )
        .detail("claim", claim);
    }
    if answer.status == 403 {
        return probable(
            CauseCode::SubjectUnknown,
            0.7,
            format!("{name} verifies the token and forbids its subject (403)"),
            format!("Put a subject that may use this endpoint into token.claims.sub for {name}."),
            number,
        );
    }
    probable(
        CauseCode::Unjudgeable,
        0.5,
        format!(
            "{name} answers a right token otherwise than a wrong signature, and still refuses it \
             ({})",
            answer.status
        ),
        format!(
            "Look in {name}'s log for the request, or name a known subject in token.claims.sub."
        ),
        number,
    )
}

/// The service changed its mind while it was asked.
pub(super) fn unsteady(case: &Case) -> Cause {
    let name = &case.subject.name;
    let numbers =
        case.observations().iter().filter(|seen| seen.question.round > 0).map(|seen| seen.number);
    Cause {
        evidence: numbers.collect(),
        ..probable(
            CauseCode::Unjudgeable,
            0.5,
            format!("{name} gave the same token different answers within this run"),
            format!(
                "Replicas of {name} that disagree, a deploy under way or a lockout look like this: \
                 run again, and ask each replica by its own address."
            ),
            1,
        )
    }
}
