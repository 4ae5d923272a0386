//! The answers tell nothing of the reason: the case in, what may be behind it out, likeliest first, and
//! what would settle it.

use super::case::Case;
use super::findings::{probable, shown};
use super::{dimension, shape, wrong_key};
use crate::cause::{Cause, CauseCode};
use crate::question::Question;

/// One refusal for everything: a wrong key, a missing claim and a dropped header look the same.
pub(super) fn untold(case: &Case) -> Vec<Cause> {
    let name = &case.subject.name;
    let number = |question: &Question| case.observed(question).map(|seen| seen.number);
    let right = number(&Question::token(shape::most_acceptable(&case.subject.token)));
    let random = number(&shape::random_key(&case.subject.token));
    let mut cause = probable(
        CauseCode::Unjudgeable,
        0.5,
        format!(
            "{name} refuses every token, with every key known here, and gives one answer whatever \
             the reason"
        ),
        format!(
            "The likeliest is another key. To settle it, list the key that {name} had before under \
             previous_keys, give {name}'s own `key` source, name a subject that it knows in \
             token.claims.sub, or read the reason in {name}'s log."
        ),
        right.unwrap_or(1),
    );
    cause.evidence.extend(random);
    let mut candidates = vec![cause, mismatch(case, 0.4, right.unwrap_or(1))];
    candidates.extend(rivals(case, right.unwrap_or(1)));
    candidates
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

pub(super) fn mismatch(case: &Case, confidence: f64, number: usize) -> Cause {
    let name = &case.subject.name;
    Cause {
        confidence,
        ..shown(
            CauseCode::KeyMismatch,
            format!("{name} verifies with a key that is none of those known here"),
            wrong_key::mend_key(&case.subject),
            vec![number],
        )
    }
}

pub(super) fn silent(case: &Case) -> Cause {
    probable(
        CauseCode::Unjudgeable,
        0.5,
        format!(
            "{} did not answer the requests that were to tell right from wrong",
            case.subject.name
        ),
        "Run again; if it stays so, raise the service's timeout in probes.yaml.".to_owned(),
        1,
    )
}
