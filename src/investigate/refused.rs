//! No token within reach was taken: what do the answers tell, and what would settle the rest?

use super::before_the_token;
use super::case::Case;
use super::changes;
use super::dialect::Dialect;
use super::dimension::{self, Change};
use super::findings::{Detailed, Findings, probable, shown};
use super::message::{self, Hint};
use super::progress::{self, Stone};
use super::shape;
use super::untold;
use super::wrong_key;
use crate::cause::{Cause, CauseCode};
use crate::check::{CheckId, Status};
use crate::observation::{Answer, Observation};
use crate::plan::KeyName;
use crate::question::Question;
use crate::verdict::{Refusal, Verdict};

/// The causes, the likeliest first. The first is named only where the answers leave one.
pub(super) fn causes(case: &Case, dialect: &Dialect) -> Vec<Cause> {
    let right = Question::token(shape::most_acceptable(&case.subject.token));
    let Some(seen) = case.observed(&right) else { return vec![silent(case)] };
    let Some(answer) = seen.answer() else { return vec![silent(case)] };
    if let Some(cause) = before_the_token::cause(case, answer) {
        return vec![cause];
    }
    let further = dialect.judge(seen) == Verdict::Rejected(Refusal::Further);
    if let Some(stone) = progress::stone(case, dialect, dimension::singles(case)) {
        return beyond(case, &stone);
    }
    match progress::said_of_right(case) {
        Some(hint) => {
            told(case, hint, further, progress::telling(case).map_or(1, |seen| seen.number))
        }
        None if further => vec![beyond_the_signature(case, answer, seen.number)],
        None => untold::causes(case),
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
        None => unhinted(case, stone),
    };
    let then = then.into_iter().filter(|cause| cause.code != CauseCode::Unjudgeable);
    first.into_iter().chain(then).collect()
}

/// Words that no verifier is known to say: they may name a claim. Where they came once the key or the
/// algorithm was right, the signature is behind them.
fn unhinted(case: &Case, stone: &Stone) -> Vec<Cause> {
    let seen = case.observations().get(stone.number - 1).and_then(Observation::answer);
    let Some(answer) = seen else { return Vec::new() };
    let signed = stone.change.is_of_signature();
    if signed || !message::claims_named(answer).is_empty() {
        return vec![beyond_the_signature(case, answer, stone.number)];
    }
    Vec::new()
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
        Hint::Signature if !further => return vec![wrong_key::unknown(&case.subject, 0.9, number)],
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
            format!(
                "Put a subject that {name} knows, and that may use this endpoint, into \
                 token.claims.sub; if that does not help, compare aud, iss, role and scope with a \
                 token that it takes."
            ),
            number,
        ),
        _ => return untold::causes(case),
    };
    vec![cause]
}

/// Whether every key that is known was tried alone.
fn every_key_tried(case: &Case) -> bool {
    // Where the words are about another token, those about the keys' tokens were about a claim.
    let telling =
        [progress::telling(case), progress::right(case)].map(|seen| seen.map(|s| s.number));
    telling[0] == telling[1]
        && case.subject.other_keys.iter().all(|label| {
            let base = shape::most_acceptable(&case.subject.token);
            case.observed(&shape::keyed(&base, label.name.clone())).is_some()
        })
}

/// The right token is taken without its signature: so nothing but the signature is wrong with it.
pub(super) fn for_the_signature(case: &Case, findings: &mut Findings) {
    let Some(first) = findings.causes.first_mut().filter(|c| c.code == CauseCode::Unjudgeable)
    else {
        return;
    };
    let tried = |name: &KeyName| {
        let shapes = case.observations().iter().filter_map(|seen| seen.question.shape());
        shapes.into_iter().any(|shape| shape.key == *name)
    };
    let right = progress::right(case).map_or(1, |seen| seen.number);
    if case.subject.other_keys.iter().all(|label| tried(&label.name)) {
        *first = wrong_key::unknown(&case.subject, 0.9, right);
        findings.causes.retain(|cause| cause.confidence >= 0.5);
    }
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
    if answer.status == 403 && !asks_for_something(&answer.body.text) {
        return probable(
            CauseCode::SubjectUnknown,
            0.7,
            format!(
                "{name} verifies the token and forbids what it asks for (403): its subject may not, \
                 or a claim (aud, iss, role, scope) is missing or another"
            ),
            format!(
                "Put a subject that may use this endpoint into token.claims.sub for {name}, and the \
                 audience, role or scope that it asks for into token.claims."
            ),
            number,
        );
    }
    probable(
        CauseCode::Unjudgeable,
        0.5,
        format!(
            "{name} takes the signature of a right token and refuses it all the same ({}): for a \
             claim, its subject, or something else in the request",
            answer.status
        ),
        format!(
            "Read its answer first. If it asks for another header, set `headers` for {name} in \
             probes.yaml; else name a subject that it knows in token.claims.sub, compare \
             token.claims with a token that it takes, or read the reason in its log."
        ),
        number,
    )
}

/// Whether the words ask for something that was not sent.
fn asks_for_something(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["missing", "required", "must be"].iter().any(|word| lower.contains(word))
}

fn silent(case: &Case) -> Cause {
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

/// The checks that can be told when no token was taken.
pub(super) fn checks(case: &Case, dialect: &Dialect, causes: &[Cause], findings: &mut Findings) {
    let Some(cause) = causes.first() else { return };
    let baseline = Question::token(shape::baseline(&case.subject.token));
    let seen = case.observed(&baseline);
    let refused = seen.is_some_and(|seen| matches!(dialect.judge(seen), Verdict::Rejected(_)));
    let (status, summary) = match cause.code {
        CauseCode::Unreachable if seen.is_some() => {
            (Status::Undecided, "it ceased to answer before this could be judged")
        }
        // The endpoint never came to look at a token: nothing is known of tokens.
        CauseCode::Unreachable | CauseCode::Unprotected => (Status::Skip, "not judged"),
        CauseCode::RateLimited | CauseCode::ServerError | CauseCode::Redirected => {
            (Status::Undecided, "not judged")
        }
        _ if refused => (Status::Fail, "a right token is refused"),
        _ => (Status::Undecided, "no clear answer to a right token"),
    };
    findings.check(CheckId::BaselineAccepted, status, summary);
    findings.on(seen.map(|seen| seen.number).into_iter().collect()).mend(cause.fix.clone());
}
