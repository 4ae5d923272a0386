//! One refusal for everything, or a token that is taken and does not tell why others are not: the
//! candidates in order, each with what would settle it. Names none of them; asks nothing.

use super::case::Case;
use super::dimension;
use super::findings::probable;
use super::progress;
use super::shape;
use super::view::View;
use super::wrong_key;
use crate::cause::{Cause, CauseCode};
use crate::observation::Observation;
use crate::question::Question;

/// One refusal for everything: a wrong key, a missing claim and a dropped header look the same.
pub(super) fn causes(case: &Case) -> Vec<Cause> {
    let name = &case.subject.name;
    let number = |question: &Question| case.observed(question).map(|seen| seen.number);
    let right = number(&Question::token(shape::most_acceptable(&case.subject.token)));
    let random = number(&shape::random_key(&case.subject.token));
    let status = progress::right(case).and_then(Observation::answer).map_or(0, |seen| seen.status);
    let (mut summary, first) = told_by_status(name, status, dimension::arrives_unseen(case));
    if progress::telling(case).map(|seen| seen.number) != right {
        summary = format!("{name} refuses every token, and its answers do not tell why");
    }
    let fix = format!(
        "{first} To settle it, list the key that {name} had before under previous_keys, give \
         {name}'s own `key` source, name a subject that it knows in token.claims.sub, or read the \
         reason in {name}'s log."
    );
    let mut cause = probable(CauseCode::Unjudgeable, 0.5, summary, fix, right.unwrap_or(1));
    cause.evidence.extend(random);
    let mut candidates = vec![cause, wrong_key::unknown(&case.subject, 0.4, right.unwrap_or(1))];
    candidates.extend(rivals(case, right.unwrap_or(1)));
    candidates
}

/// What is seen, and what to look at first: a status may say more than that a token is refused.
fn told_by_status(name: &str, status: u16, to_all: bool) -> (String, String) {
    match status {
        500.. => (
            format!(
                "{name} answers {status} to every well-formed token: it fails as it verifies, or \
                 leaves its own refusal uncaught"
            ),
            format!(
                "{name}'s log has the exception: a key that is not set, too short or of another \
                 form than its library wants does this, and so does another key."
            ),
        ),
        400 | 402 | 404..=499 if to_all => (
            format!("{name} answers {status} to every request, with or without a token"),
            format!(
                "If its answer asks for something beside a token, send it: `headers` or `body` of \
                 {name} in probes.yaml. Else the likeliest is another key."
            ),
        ),
        _ => (
            format!(
                "{name} refuses every token, with every key known here, and gives one answer \
                 whatever the reason"
            ),
            "The likeliest is another key.".to_owned(),
        ),
    }
}

/// Some token is taken and the configured one is not, and no line of inquiry said why.
pub(super) fn unexplained(view: &View<'_>) -> Vec<Cause> {
    let name = view.name();
    let baseline = shape::baseline(&view.subject().token);
    let [taken, refused] = [view.base, &baseline].map(|shape| Question::token(shape.clone()));
    let cause = probable(
        CauseCode::Unjudgeable,
        0.5,
        format!(
            "{name} takes one token ({}) and refuses the configured one ({baseline}), and its \
             answers do not tell which difference counts",
            view.base
        ),
        format!(
            "Read the reason in {name}'s log. To settle it, compare the clock of its host, and set \
             token.lifetime, token.not_before and token.claims for {name} in probes.yaml to those \
             of a token that it takes."
        ),
        1,
    );
    let cause = Cause { evidence: view.evidence([&taken, &refused]), ..cause };
    let number = cause.evidence.first().copied().unwrap_or(1);
    let may = |code, confidence, what: &str, fix: String| {
        probable(code, confidence, format!("{name} {what}"), fix, number)
    };
    vec![
        cause,
        may(
            CauseCode::ClaimRequired,
            0.3,
            "may want a claim on time, such as nbf, that the configured token lacks",
            format!("Set token.not_before for {name} in probes.yaml, or mend its check."),
        ),
        may(
            CauseCode::ClockSkew,
            0.2,
            "may have a clock that is off, and no answer shows it",
            format!("Compare the clock of {name}'s host with this one."),
        ),
        may(
            CauseCode::LifetimeLimit,
            0.2,
            "may limit how long a token lives",
            format!("Set token.lifetime for {name} in probes.yaml to what it allows."),
        ),
    ]
}

/// What else gets one refusal for everything, likeliest first, each with what would settle it.
fn rivals(case: &Case, number: usize) -> Vec<Cause> {
    let name = &case.subject.name;
    let claim = probable(
        CauseCode::ClaimRequired,
        0.2,
        format!("{name} may want a claim that is not in token.claims"),
        format!("Compare token.claims with a token that {name} takes, or with its checks."),
        number,
    );
    let subject = probable(
        CauseCode::SubjectUnknown,
        0.2,
        format!("{name} may not know the subject of the token"),
        format!("Name a subject that {name} knows in token.claims.sub."),
        number,
    );
    let mut rivals = vec![claim, subject];
    if dimension::arrives_unseen(case) {
        rivals.push(probable(
            CauseCode::HeaderStripped,
            0.2,
            format!("the token may never reach {name}: no token gets the same answer"),
            format!("Ask {name} at its own address, past every proxy."),
            number,
        ));
    }
    rivals
}
