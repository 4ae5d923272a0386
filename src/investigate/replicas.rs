//! Line of inquiry: do all replicas behind the address agree? One token, again and again, on fresh
//! connections, so that a load balancer chooses anew.

use std::collections::BTreeSet;

use super::findings::{Detailed, Findings, shown, thousandths};
use super::view::{Inquiry, View};
use crate::cause::{Cause, CauseCode};
use crate::check::{CheckId, Status};
use crate::observation::{Answer, Observation};
use crate::plan::KeyName;
use crate::question::{Connection, Moment, Question, TokenShape};
use crate::verdict::Verdict;

/// So many repeats go to every service: with the kept connections beside them they find one stale
/// replica in two nearly always.
const ALWAYS: u16 = 2;
/// So many repeats tell the fraction, once replicas are known to disagree.
const COUNTED: u16 = 20;
/// So many go to each other key that may be a replica's.
const TRIED: u16 = 4;
/// Hours ahead: beyond the clock of any replica.
const FAR: i64 = 7_200;
/// More different values than this do not name replicas, they name answers.
const MOST_REPLICAS: usize = 8;
/// Fields that differ between an acceptance and a refusal by their nature.
const NO_NAMES: [&str; 6] =
    ["content-length", "etag", "cache-control", "transfer-encoding", "vary", "last-modified"];

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let unasked = view.case.unasked(repeats(view.base, ALWAYS));
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    let mut findings = Findings::default();
    if !disagree(view) {
        findings.check(CheckId::ReplicasAgree, Status::Pass, "repeats get one and the same answer");
        return Inquiry::concluded(findings);
    }
    let patient = TokenShape { expires: Moment::FromNow(FAR), ..view.base.clone() };
    let mut questions = repeats(view.base, COUNTED);
    questions.extend(repeats(&patient, COUNTED));
    let keys = other_keys(view);
    questions.extend(keys.iter().flat_map(|key| repeats(&keyed(view, key), TRIED)));
    let unasked = view.case.unasked(questions);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    let cause = mixed(view, &patient, &keys);
    findings.check(CheckId::ReplicasAgree, Status::Fail, cause.summary.clone());
    findings.on(cause.evidence.clone()).mend(cause.fix.clone());
    findings.check(CheckId::BaselineAccepted, Status::Fail, "a right token is refused at times");
    findings.causes.push(cause);
    Inquiry::concluded(findings)
}

/// Whether the base token was both taken and refused in this run.
pub(super) fn disagree(view: &View<'_>) -> bool {
    let (taken, refused) = split(view, view.base);
    !taken.is_empty() && !refused.is_empty()
}

pub(super) fn repeats(shape: &TokenShape, count: u16) -> Vec<Question> {
    let question = Question { connection: Connection::Fresh, ..Question::token(shape.clone()) };
    (1..=count).map(|round| question.clone().again(round)).collect()
}

fn keyed(view: &View<'_>, key: &KeyName) -> TokenShape {
    TokenShape { key: key.clone(), ..view.base.clone() }
}

/// The keys that a replica may still hold.
fn other_keys(view: &View<'_>) -> Vec<KeyName> {
    let names = view.subject().other_keys.iter().map(|label| label.name.clone());
    let reference = (view.base.key != KeyName::Reference).then_some(KeyName::Reference);
    names
        .filter(|name| {
            matches!(name, KeyName::Previous(_) | KeyName::Own | KeyName::Environment(_))
                && *name != view.base.key
        })
        .chain(reference)
        .collect()
}

/// Every observation of a token of this shape, taken and refused.
fn split<'v>(
    view: &'v View<'_>,
    shape: &TokenShape,
) -> (Vec<&'v Observation>, Vec<&'v Observation>) {
    let same = view.case.observations().iter().filter(|seen| seen.question.shape() == Some(shape));
    let judged = same.filter(|seen| !matches!(view.meaning(seen), Verdict::Undecided(_)));
    judged.partition(|seen| view.meaning(seen) == Verdict::Accepted)
}

/// Keys or clocks: a token that lives for hours is taken by every clock.
fn mixed(view: &View<'_>, patient: &TokenShape, keys: &[KeyName]) -> Cause {
    let (taken, refused) = split(view, view.base);
    let (_, patient_refused) = split(view, patient);
    let fraction = taken.len() as f64 / (taken.len() + refused.len()) as f64;
    let (low, high) = wilson(taken.len(), taken.len() + refused.len());
    let name = view.name();
    let share = format!(
        "{:.0} % of the time ({:.0} to {:.0} %)",
        fraction * 100.0,
        low * 100.0,
        high * 100.0
    );
    let held = keys.iter().find(|key| !split(view, &keyed(view, key)).0.is_empty());
    let clocks = patient_refused.is_empty() && held.is_none();
    let (code, summary, fix) = if clocks {
        (
            CauseCode::ClockSkew,
            format!("{name}'s replicas have different clocks: a right token is taken {share}"),
            format!(
                "Set the clocks of the hosts of {name}'s replicas; ask each by its own address."
            ),
        )
    } else {
        let other = held.map_or("another key".to_owned(), ToString::to_string);
        (
            CauseCode::KeyMixedReplicas,
            format!(
                "{name}'s replicas hold different keys: {} is taken {share}, the rest hold {other}",
                view.base.key
            ),
            format!("Restart every replica of {name}, so that all read the same key."),
        )
    };
    let mut evidence: Vec<usize> = Vec::new();
    evidence.extend(taken.first().map(|seen| seen.number));
    evidence.extend(refused.first().map(|seen| seen.number));
    let cause = shown(code, summary, fix, evidence)
        .detail("fraction", thousandths(fraction))
        .detail("fraction_low", thousandths(low))
        .detail("fraction_high", thousandths(high))
        .detail("asked", taken.len() + refused.len());
    match told_apart_by(&taken, &refused) {
        Some(field) => cause.detail("told_apart_by", field),
        None => cause,
    }
}

/// The header field whose value goes with being taken or refused: it names the replica.
fn told_apart_by(taken: &[&Observation], refused: &[&Observation]) -> Option<String> {
    let answers = |seen: &[&Observation]| -> Vec<Answer> {
        seen.iter().filter_map(|seen| seen.answer().cloned()).collect()
    };
    let (taken, refused) = (answers(taken), answers(refused));
    let names = taken.first()?.fields.iter().map(|(name, _)| name.as_str());
    let mut names = names.filter(|name| !NO_NAMES.contains(name));
    let values = |answers: &[Answer], name: &str| -> BTreeSet<String> {
        answers.iter().filter_map(|answer| answer.field(name).map(str::to_owned)).collect()
    };
    names
        .find(|name| {
            let (ours, theirs) = (values(&taken, name), values(&refused, name));
            let few = ours.len() + theirs.len() <= MOST_REPLICAS;
            few && !ours.is_empty() && !theirs.is_empty() && ours.is_disjoint(&theirs)
        })
        .map(str::to_owned)
}

/// The Wilson score interval at 95 %: where the true fraction lies.
fn wilson(hits: usize, all: usize) -> (f64, f64) {
    const Z: f64 = 1.96;
    let (hits, all) = (hits as f64, all as f64);
    let p = hits / all;
    let centre = p + Z * Z / (2.0 * all);
    let spread = Z * (p * (1.0 - p) / all + Z * Z / (4.0 * all * all)).sqrt();
    let scale = 1.0 + Z * Z / all;
    (((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn the_interval_holds_the_fraction_and_narrows_with_more_asked() {
        let (low, high) = wilson(10, 20);
        assert!(low > 0.29 && low < 0.31 && high > 0.69 && high < 0.71, "{low} {high}");
        let (narrow_low, narrow_high) = wilson(100, 200);
        assert!(narrow_high - narrow_low < high - low);
        assert!(wilson(0, 20).0 < f64::EPSILON);
    }
}
