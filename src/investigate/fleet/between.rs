//! Predictions checked by sending: a verifier is given a token as the issuer would make it now. What
//! was asked already is not asked again, and no key is sent that a service would call an attack.

use super::LARGE_FLEET;
use super::prediction::{Pairing, Prediction, pairings};
use crate::diagnosis::{Judged, KeyMatch, Pair, ServiceDiagnosis};
use crate::plan::{About, KeyName, Plan};
use crate::question::{Moment, Question, TokenShape};
use crate::verdict::Verdict;

/// So many requests more, at most, go to one service.
pub const MOST: usize = 8;

/// What one service makes of another's tokens, and why.
pub(super) struct Crossed {
    pub(super) pair: Pair,
    pub(super) expected: Prediction,
}

/// What is still to be asked of each service, in the order of the plan.
#[must_use]
pub fn questions(plan: &Plan, services: &[ServiceDiagnosis]) -> Vec<Vec<Question>> {
    let mut asked: Vec<Vec<Question>> = services.iter().map(|_| Vec::new()).collect();
    let about = plan.services.first().map(|service| service.subject.scope.about);
    if services.len() > LARGE_FLEET || about != Some(About::Everything) {
        return asked;
    }
    let verifiers = (0..services.len()).cycle();
    for (pairing, verifier) in pairings(plan, services).zip(verifiers) {
        let Some(question) = question(&pairing) else { continue };
        let (subject, service) = (&pairing.verifier.0.subject, pairing.verifier.1);
        let left = subject.quota.requests.saturating_sub(service.observations.len()).min(MOST);
        let asked = &mut asked[verifier];
        let new = !asked.contains(&question) && observed(service, &question).is_none();
        if new && asked.len() < left {
            asked.push(question);
        }
    }
    asked
}

/// Every pair with what was expected and what was seen; of a large fleet only those that are
/// expected not to work.
pub(super) fn pairs(plan: &Plan, services: &[ServiceDiagnosis]) -> Vec<Crossed> {
    if services.len() <= LARGE_FLEET {
        return pairings(plan, services).map(|pairing| crossed(&pairing)).collect();
    }
    let predicted = pairings(plan, services).map(|pairing| (pairing, pairing.predict()));
    let refused = predicted.filter(|(_, expected)| expected.taken() == Some(false));
    refused.map(|(pairing, expected)| told(&pairing, expected, None)).collect()
}

fn crossed(pairing: &Pairing<'_>) -> Crossed {
    let seen = question(pairing).and_then(|question| observed(pairing.verifier.1, &question));
    told(pairing, pairing.predict(), seen)
}

fn told(pairing: &Pairing<'_>, expected: Prediction, seen: Option<&Judged>) -> Crossed {
    let taken = seen.and_then(|seen| match seen.verdict {
        Verdict::Accepted => Some(true),
        Verdict::Rejected(_) => Some(false),
        Verdict::Undecided(_) => None,
    });
    let refused_for = match expected {
        Prediction::TooEarly(early) => Some(early.value),
        _ => None,
    };
    // Where the token as configured is refused, the service's own cause says why.
    let refused_anyway = pairing.verifier.1.accepts_baseline == Some(false);
    let works = match (expected.taken(), taken) {
        (Some(true), Some(false)) if refused_anyway => Some(false),
        (Some(predicted), Some(taken)) if predicted != taken => None,
        (predicted, taken) => taken.or(predicted),
    };
    let pair = Pair {
        issuer: pairing.issuer.1.name.clone(),
        verifier: pairing.verifier.1.name.clone(),
        works,
        reason: reason(expected, taken, works),
        checked: taken.is_some(),
        refused_for: refused_for.filter(|_| works == Some(false)),
        evidence: seen.map(|seen| seen.observation.number).into_iter().collect(),
    };
    Crossed { pair, expected }
}

/// Why not, in a word or two.
fn reason(expected: Prediction, taken: Option<bool>, works: Option<bool>) -> Option<String> {
    match (expected, taken) {
        (Prediction::Taken, Some(false)) if works.is_some() => Some("times".to_owned()),
        (Prediction::Taken, Some(false)) => Some("refused against expectation".to_owned()),
        (
            Prediction::OtherKey | Prediction::OtherAlgorithm | Prediction::TooEarly(_),
            Some(true),
        ) => Some("taken against expectation".to_owned()),
        (Prediction::OtherKey, _) => Some("key".to_owned()),
        (Prediction::OtherAlgorithm, _) => Some("algorithm".to_owned()),
        (Prediction::TooEarly(early), _) => Some(format!("{:.0} s", early.value.0)),
        (Prediction::UnknownStart, Some(false)) => Some("times".to_owned()),
        _ => None,
    }
}

/// The question whose answer shows what the verifier makes of the issuer's tokens, if it may be asked.
fn question(pairing: &Pairing<'_>) -> Option<Question> {
    let key = key(pairing)?;
    let algorithm = pairing.issuer.0.subject.token.algorithm;
    let plain = TokenShape { key, ..TokenShape::most_acceptable(algorithm) };
    match pairing.predict() {
        Prediction::OtherKey => Some(Question::token(plain)),
        // The verifier was asked with other algorithms when it was looked at alone.
        Prediction::OtherAlgorithm | Prediction::Unknown => None,
        Prediction::Taken | Prediction::TooEarly(_) | Prediction::UnknownStart => {
            // Where even this token is refused, a further refusal would not be the clock's.
            let seen = observed(pairing.verifier.1, &Question::token(plain.clone()))?;
            (seen.verdict == Verdict::Accepted).then(|| as_issued(pairing, plain)).flatten()
        }
    }
}

/// The token as the issuer makes it: its times count from the issuer's own now.
fn as_issued(pairing: &Pairing<'_>, plain: TokenShape) -> Option<Question> {
    let spec = &pairing.issuer.0.subject.token;
    let ahead = pairing.issuer.1.clock.skew?.value.0;
    let offset = ahead.floor() as i64;
    let alone = pairing.is_one_service();
    if alone && (ahead.abs() >= 1.0 || pairing.issuer.1.accepts_baseline != Some(true)) {
        // At its own now, its own token cannot be early: what it says of ours does not tell.
        return None;
    }
    if ahead.abs() < 1.0 {
        let baseline = TokenShape::baseline(plain.algorithm);
        return Some(Question::token(TokenShape { key: plain.key, ..baseline }));
    }
    if offset < 0 {
        // How long its real tokens live is not known, so their end cannot be asked about.
        return None;
    }
    let lifetime = i64::try_from(spec.lifetime.as_secs()).ok()?;
    let at = |offset: i64| Moment::FromNow(offset);
    Some(Question::token(TokenShape {
        expires: at(offset + lifetime),
        issued: if spec.issued_at { at(offset) } else { Moment::Absent },
        not_before: spec.not_before.map_or(Moment::Absent, |start| at(offset + start)),
        ..plain
    }))
}

/// The issuer's key by the name that the verifier's keyring has for it. Defaults, no key at all and
/// keys read otherwise are not sent to a service that may be well.
fn key(pairing: &Pairing<'_>) -> Option<KeyName> {
    let Some(KeyMatch::Known(ours)) = &pairing.issuer.1.key else { return None };
    let (issuer, verifier) = (&pairing.issuer.0.keyring, &pairing.verifier.0.keyring);
    let name = verifier.name_of(issuer, ours)?;
    let polite = !matches!(
        name,
        KeyName::Default(_) | KeyName::Empty | KeyName::Reading(_) | KeyName::Random
    );
    polite.then(|| name.clone())
}

/// The latest answer of a service to this question.
fn observed<'s>(service: &'s ServiceDiagnosis, question: &Question) -> Option<&'s Judged> {
    service.observations.iter().rev().find(|seen| seen.observation.question == *question)
}
