//! Line of inquiry: how long may a token live? Measured where a token was refused for nothing but a
//! later `exp`, or for an `iat` that makes its life longer; never asked of others.

use super::bisect;
use super::findings::{Detailed, Findings, shown};
use super::room;
use super::shape;
use super::view::{Inquiry, View};
use crate::cause::CauseCode;
use crate::check::{CheckId, Status};
use crate::observation::Observation;
use crate::question::{Moment, Question, TokenShape};
use crate::time::Seconds;

/// A limit is narrowed as long as there is room for so many more questions.
const ROOM: usize = 15;
/// A life so short that every limit lets it through.
const BRIEF: i64 = 25;
/// How long ago a token was issued that asks about its life: past every small lag of a clock.
const ISSUED: i64 = 10;

/// What is known of a limit on lifetimes.
pub(super) enum Limit {
    /// No token was refused for it.
    Unseen,
    /// This must be asked first.
    Ask(Vec<Question>),
    /// Tokens may live for `taken`, and not for `refused` seconds.
    Between {
        /// The longest life that is taken.
        taken: i64,
        /// The shortest life that is refused.
        refused: i64,
    },
}

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let ahead = limit(view);
    let (found, make): (Limit, Make) = match ahead {
        Limit::Unseen => (since_issue(view), living),
        known => (known, expiring),
    };
    match found {
        Limit::Unseen => Inquiry::concluded(Findings::default()),
        Limit::Ask(questions) => Inquiry::Ask(questions),
        Limit::Between { taken, refused } => {
            let later = issued_later(view, refused);
            let unasked = view.case.unasked(later.clone());
            if !unasked.is_empty() {
                return Inquiry::Ask(unasked);
            }
            let evidence = view.evidence(&[make(view, refused), make(view, taken)]);
            // Issued a little later, the same end is taken: the life is counted from iat.
            let before = match (later, view.base.issued) {
                (Some(later), Moment::FromNow(at)) if view.taken(&later) == Some(true) => -at,
                _ => 0,
            };
            Inquiry::concluded(told(view, taken + before, refused + before, evidence))
        }
    }
}

/// The shortest life that is refused, issued a little later, where the base was issued in the past.
fn issued_later(view: &View<'_>, refused: i64) -> Option<Question> {
    let Moment::FromNow(at) = view.base.issued else { return None };
    let expires = Moment::FromNow(refused);
    let issued = Moment::FromNow(at + ISSUED);
    (at < -ISSUED).then(|| Question::token(TokenShape { expires, issued, ..view.base.clone() }))
}

/// Makes the token with such a life.
type Make = fn(&View<'_>, i64) -> Question;

fn expiring(view: &View<'_>, life: i64) -> Question {
    shape::expiring(view.base, life)
}

fn living(view: &View<'_>, life: i64) -> Question {
    Question::token(TokenShape {
        issued: Moment::FromNow(-ISSUED),
        expires: Moment::FromNow(life - ISSUED),
        ..view.base.clone()
    })
}

/// How far ahead `exp` may lie, where a later one than that of the base was refused.
pub(super) fn limit(view: &View<'_>) -> Limit {
    let lives = view.case.observations().iter().filter_map(|seen| ahead(view, seen));
    between(view, &lives.collect::<Vec<_>>(), expiring)
}

/// How long after `iat` the `exp` may lie, where the token as configured is refused for it.
fn since_issue(view: &View<'_>) -> Limit {
    let [brief, whole] = since_issue_controls(view);
    if view.taken(&brief) != Some(true) || view.taken(&whole) != Some(false) {
        return Limit::Unseen;
    }
    let lives = view.case.observations().iter().filter_map(|seen| {
        let shape = seen.question.shape().filter(|shape| shape.issued == issued())?;
        let Moment::FromNow(end) = shape.expires else { return None };
        let same =
            TokenShape { issued: view.base.issued, expires: view.base.expires, ..shape.clone() };
        let told = view.taken(&seen.question)?;
        (same == *view.base && seen.question.round == 0).then_some((end + ISSUED, told))
    });
    between(view, &lives.collect::<Vec<_>>(), living)
}

fn issued() -> Moment {
    Moment::FromNow(-ISSUED)
}

/// A brief token and one that lives as long as the configured one, both issued a little ago: where
/// only the first is taken, it is the life that counts, and not a clock that is a little behind.
pub(super) fn since_issue_controls(view: &View<'_>) -> [Question; 2] {
    [living(view, BRIEF), living(view, lifetime(view))]
}

/// The configured life of a token, in seconds.
pub(super) fn lifetime(view: &View<'_>) -> i64 {
    view.subject().token.lifetime.as_secs().try_into().unwrap_or(i64::MAX)
}

/// How far ahead the `exp` of the base lies, or of a token that differs from it in nothing else.
fn ahead(view: &View<'_>, seen: &Observation) -> Option<(i64, bool)> {
    let shape = seen.question.shape().filter(|_| seen.question.round == 0)?;
    let same = TokenShape { expires: view.base.expires, ..shape.clone() } == *view.base;
    let end = match shape.expires {
        Moment::FromNow(end) => end,
        Moment::Configured => lifetime(view),
        Moment::Absent | Moment::Written(..) => return None,
    };
    let told = view.taken(&seen.question)?;
    same.then_some((end, told))
}

/// Narrows the limit, and asks both its sides again in the end: a service that begins to refuse
/// everything has no limit.
fn between(view: &View<'_>, lives: &[(i64, bool)], make: Make) -> Limit {
    let Some(taken) = lives.iter().filter(|(_, told)| *told).map(|(life, _)| *life).max() else {
        return Limit::Unseen;
    };
    let refused = lives.iter().filter(|(life, told)| !told && *life > taken).map(|(life, _)| *life);
    let Some(refused) = refused.min() else { return Limit::Unseen };
    let room = view.case.observations().len() + ROOM < room::most(view);
    if let Some(life) = bisect::next(taken, refused).filter(|_| room) {
        let unasked = view.case.unasked([make(view, life)]);
        if !unasked.is_empty() {
            return Limit::Ask(unasked);
        }
    }
    // The limit is met at any fraction of a second, so both sides are asked a second away from it.
    let again = [make(view, taken - 1).again(1), make(view, refused + 1).again(1)];
    let unasked = view.case.unasked(again.clone());
    if !unasked.is_empty() {
        return Limit::Ask(unasked);
    }
    let holds = view.taken(&again[0]) == Some(true) && view.taken(&again[1]) == Some(false);
    if holds { Limit::Between { taken, refused } } else { Limit::Unseen }
}

fn told(view: &View<'_>, taken: i64, refused: i64, evidence: Vec<usize>) -> Findings {
    let name = view.name();
    let mut findings = Findings::default();
    findings.expiration.max_lifetime = Some(Seconds(taken as f64));
    // Where the questions ran out, the limit lies between two figures.
    let limit = if refused == taken + 1 {
        format!("refuses tokens that live longer than {taken} s")
    } else {
        format!("takes tokens that live {taken} s and refuses those of {refused} s")
    };
    let id = CheckId::LifetimeLimit;
    let life = lifetime(view);
    if life < refused {
        findings.check(id, Status::Pass, format!("it {limit}"));
        findings.on(evidence);
        return findings;
    }
    let summary = format!("{name} {limit}; yours live {life} s");
    let fix =
        format!("Issue tokens for {name} that live {taken} s or shorter, or raise its limit.");
    findings.check(id, Status::Fail, summary.clone());
    findings.on(evidence.clone()).mend(fix.clone());
    findings.causes.push(
        shown(CauseCode::LifetimeLimit, summary, fix, evidence)
            .detail("max_lifetime_s", taken)
            .detail("refused_lifetime_s", refused)
            .detail("lifetime_s", life),
    );
    findings
}

/// The same question with an `exp` that the limit lets through, where one is known.
pub(super) fn within_limit(view: &View<'_>, question: Question) -> Question {
    let Limit::Between { taken, .. } = limit(view) else { return question };
    match question.shape() {
        Some(shape) if matches!(shape.expires, Moment::FromNow(end) if end >= taken) => {
            let expires = Moment::FromNow(taken - 1);
            Question::token(TokenShape { expires, ..shape.clone() })
        }
        _ => question,
    }
}

/// Whether a token that was refused may have been refused for living too long, whatever else it
/// asks about.
pub(super) fn is_beyond(limit: &Limit, shape: &TokenShape, lifetime: i64) -> bool {
    let Limit::Between { taken, .. } = limit else { return false };
    match shape.expires {
        Moment::FromNow(end) => end >= *taken,
        Moment::Configured => lifetime >= *taken,
        Moment::Absent | Moment::Written(..) => false,
    }
}
