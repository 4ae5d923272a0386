//! Before any judgement: does the endpoint answer at all, is it the right one, is it open?

use super::case::Case;
use super::dialect::{self, Dialect};
use super::findings::{Detailed, shown};
use super::replicas;
use super::shape;
use crate::cause::{Cause, CauseCode};
use crate::observation::{Observation, Outcome, Stage};
use crate::question::{Connection, Credential, Question};

/// So many requests without an answer, and the service counts as unreachable.
const MOST_FAILURES: usize = 3;

/// The first question, then the controls. Nothing with a token is sent before the endpoint has
/// answered a request without one.
pub(super) fn opening(case: &Case) -> Vec<Question> {
    let spec = &case.subject.token;
    let absent = shape::absent();
    match case.observed(&absent).map(|seen| &seen.outcome) {
        None => vec![absent],
        Some(Outcome::Failure(failure)) if is_passing(failure.stage) => {
            case.unasked([absent.again(1)])
        }
        Some(Outcome::Failure(_)) => Vec::new(),
        Some(Outcome::Answer(_)) => {
            let controls = [
                shape::garbage(),
                shape::random_key(spec),
                Question::token(shape::baseline(spec)),
                Question::token(shape::most_acceptable(spec)),
            ];
            let each = replicas::opening(case, &shape::most_acceptable(spec));
            case.unasked(controls.into_iter().chain(each))
        }
    }
}

/// Whether a second try may end otherwise.
fn is_passing(stage: Stage) -> bool {
    matches!(stage, Stage::Connect | Stage::Reset | Stage::Timeout)
}

/// A reason to stop asking, if there is one.
pub(super) fn dead_end(case: &Case) -> Option<Cause> {
    let name = &case.subject.name;
    let limited =
        case.observations().iter().find(|seen| seen.answer().is_some_and(dialect::is_rate_limit));
    if let Some(limited) = limited {
        return Some(shown(
            CauseCode::RateLimited,
            format!("{name} limits how often it may be asked, so it could not be judged"),
            "Run again later, or exempt the probing host from the limit.",
            vec![limited.number],
        ));
    }
    // One address without an answer leaves the others, and the line on replicas tells of it.
    let anywhere = |seen: &&Observation| !matches!(seen.question.connection, Connection::To(_));
    let asked = case.observations().iter().filter(anywhere);
    let failures: Vec<_> = asked.filter(|seen| seen.answer().is_none()).collect();
    let first_failed = case.observed(&shape::absent()).is_some_and(|seen| seen.answer().is_none());
    let opened = case
        .observations()
        .iter()
        .any(|seen| seen.question.credential == Credential::Absent && seen.answer().is_some());
    if (first_failed && !opened) || failures.len() >= MOST_FAILURES {
        let asked = case.observations().len();
        return failures.last().map(|last| {
            if opened {
                left_unanswered(name, &failures, asked, last)
            } else {
                unreachable(name, last)
            }
        });
    }
    None
}

/// The service answered at first.
fn left_unanswered(
    name: &str,
    failures: &[&Observation],
    asked: usize,
    last: &Observation,
) -> Cause {
    let cause = unreachable(name, last);
    let detail = cause.details.get("detail").and_then(|detail| detail.as_str()).unwrap_or_default();
    let count = failures.len();
    let summary = format!("{name} left {count} of {asked} requests without an answer ({detail})");
    let evidence = failures.iter().map(|seen| seen.number).collect();
    let fix = format!(
        "Look at {name}'s load and log at that time, and run again; --rate asks more slowly, and a \
         longer `timeout` in probes.yaml waits for a slow service."
    );
    Cause { summary, fix, evidence, ..cause }
}

fn unreachable(name: &str, failed: &Observation) -> Cause {
    let Outcome::Failure(failure) = &failed.outcome else {
        return shown(CauseCode::Unreachable, format!("{name} gives no answer"), "", Vec::new());
    };
    let (what, fix) = match failure.stage {
        Stage::Name => (
            "its host name cannot be resolved",
            "Check the host in the environment's url, and the DNS that this machine uses.",
        ),
        Stage::Connect => (
            "nothing answers at its address",
            "Check that the service runs and listens there, and that no firewall is between.",
        ),
        Stage::Tls => (
            "the TLS handshake fails",
            "Mend the certificate, or name the authority that signed it in tls.ca.",
        ),
        Stage::Timeout => (
            "it does not answer in time",
            "Look at the service's load and logs, or raise its timeout in probes.yaml.",
        ),
        Stage::Reset => (
            "it closes the connection without an answer",
            "Look at the service's log, and at what stands between: a proxy, a wrong port.",
        ),
        Stage::Protocol => (
            "what answers there does not speak HTTP as expected",
            "Check the scheme and the port of the url: https on a plain port looks like this.",
        ),
    };
    shown(
        CauseCode::Unreachable,
        format!("{name} cannot be reached: {what} ({})", failure.detail),
        fix,
        vec![failed.number],
    )
    .detail("stage", failure.stage.code())
    .detail("detail", failure.detail.clone())
}

/// The cause for an endpoint that is open to all, if it is.
pub(super) fn open(case: &Case, dialect: &Dialect) -> Option<Cause> {
    if dialect.protected != Some(false) {
        return None;
    }
    let name = &case.subject.name;
    let absent = shape::absent();
    let garbage = shape::garbage();
    let bad = case.observed(&garbage).and_then(Observation::answer).map(|answer| answer.status);
    let seen = [&absent, &garbage].map(|question| case.observed(question));
    Some(
        shown(
            CauseCode::Unprotected,
            format!("{name}'s endpoint answers success without any token, so it proves nothing"),
            format!(
                "If {name} should ask for a token there, put the check back; else give probes.yaml \
                 an endpoint of {name} that needs one. If this answer is how {name} refuses, say so \
                 with `reject` in probes.yaml."
            ),
            seen.into_iter().flatten().map(|observation| observation.number).collect(),
        )
        .detail("bad_token", bad),
    )
}
