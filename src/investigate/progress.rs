//! How far tokens got: which answers lie beyond those of the controls, and which single changes
//! brought a token there though it was refused in the end. Asks nothing.

use super::case::Case;
use super::dialect::Dialect;
use super::dimension::{self, Change, Signature};
use super::fingerprint::{Bodies, Fingerprint};
use super::message::{self, Hint};
use super::shape;
use crate::observation::{Answer, Observation};
use crate::plan::Carrier;
use crate::question::{Question, TokenShape};
use crate::verdict::{Doubt, Refusal, Verdict};

/// The most acceptable token with these changes.
pub(super) fn changed(case: &Case, changes: &[Change]) -> TokenShape {
    let start = shape::most_acceptable(&case.subject.token);
    changes.iter().fold(start, |shape, change| change.apply(shape))
}

/// The observation of the most acceptable token.
pub(super) fn right(case: &Case) -> Option<&Observation> {
    case.observed(&Question::token(shape::most_acceptable(&case.subject.token)))
}

/// What the controls tell of the signature of the right token.
pub(super) fn signature(case: &Case, dialect: &Dialect) -> Signature {
    let Some(seen) = right(case) else { return Signature::Unknown };
    if dialect.judge(seen) == Verdict::Rejected(Refusal::Further) {
        return Signature::Passes;
    }
    let said = |seen: Option<&Observation>| seen.and_then(Observation::answer).and_then(hint);
    let fails = said(Some(seen)) == Some(Hint::Signature);
    let to_all = said(case.observed(&shape::garbage())) == Some(Hint::Signature);
    if fails && !to_all { Signature::Fails } else { Signature::Unknown }
}

fn hint(answer: &Answer) -> Option<Hint> {
    message::hint(answer)
}

/// What the service says of the right token, unless it says the very same of garbage.
pub(super) fn said_of_right(case: &Case) -> Option<Hint> {
    let answer = telling(case).and_then(Observation::answer)?;
    let garbage = case.observed(&shape::garbage()).and_then(Observation::answer);
    let to_all = garbage.is_some_and(|garbage| {
        garbage.body.digest == answer.body.digest && garbage.challenges == answer.challenges
    });
    hint(answer).filter(|hint| *hint == Hint::Missing || !to_all)
}

/// The observation whose words count: that of the most acceptable token, unless a claim is missed in
/// it, and not in the token as configured, which has an `iat`.
pub(super) fn telling(case: &Case) -> Option<&Observation> {
    let right = right(case)?;
    let said = |seen: &Observation| seen.answer().and_then(hint);
    if said(right) != Some(Hint::Claim) {
        return Some(right);
    }
    let baseline = case.observed(&Question::token(shape::baseline(&case.subject.token)));
    Some(
        baseline
            .filter(|seen| seen.answer().is_some() && said(seen) != said(right))
            .unwrap_or(right),
    )
}

/// A single change that got further than the right token, and is known to have done so by what the
/// service says: the place, the algorithm or the key, and the answer that came then.
pub(super) fn stone(case: &Case, dialect: &Dialect, singles: Vec<Change>) -> Option<Stone> {
    let plain = said_of_right(case);
    // What it says to everything it says of nothing.
    let to_all =
        right(case).and_then(Observation::answer).and_then(hint).filter(|_| plain.is_none());
    let stones = singles.into_iter().filter_map(|change| {
        let set = std::slice::from_ref(&change);
        if !got_further(case, dialect, set) {
            return None;
        }
        let seen = case.observed(&Question::token(changed(case, set)))?;
        let said = seen.answer().and_then(hint);
        let known = match said {
            Some(said) => Some(said) != to_all && comes_after(said, plain, &change),
            // All other keys are called wrong, and this one is not.
            None => plain == Some(Hint::Signature) && matches!(change, Change::Key(_)),
        };
        let arrived = plain == Some(Hint::Missing) && matches!(change, Change::Carrier(_));
        (known || arrived).then_some(Stone { change, said, number: seen.number })
    });
    stones.max_by_key(|stone| stone.said.map(stage))
}

/// Whether what is said now comes after what was said of the right token. Whom a token speaks for is looked
/// at last of all, so words on that, once a change has silenced others, are the last.
fn comes_after(said: Hint, plain: Option<Hint>, change: &Change) -> bool {
    let last = said == Hint::Subject && plain != Some(Hint::Subject);
    match plain {
        Some(plain) => stage(said) > stage(plain) || (last && change.answers(plain)),
        None => last,
    }
}

/// A change that got further, what the service said then, and where.
pub(super) struct Stone {
    pub(super) change: Change,
    pub(super) said: Option<Hint>,
    pub(super) number: usize,
}

/// Whether these changes moved the answer beyond what a wrong signature and the right token get.
pub(super) fn got_further(case: &Case, dialect: &Dialect, changes: &[Change]) -> bool {
    // Which of several places was read must be known before anything builds on it.
    if matches!(changes, [Change::Carrier(Carrier::Together(_))]) {
        return false;
    }
    let question = Question::token(changed(case, changes));
    let Some(seen) = case.observed(&question) else { return false };
    // At another place, the refusal of a wrong signature is progress: the token is read there.
    let elsewhere = matches!(changes, [Change::Carrier(_)]);
    match dialect.judge(seen) {
        Verdict::Rejected(Refusal::Further) => {}
        Verdict::Rejected(_) | Verdict::Undecided(Doubt::ServerError) if elsewhere => {}
        _ => return false,
    }
    let (Some(answer), Some(plain)) = (seen.answer(), right(case).and_then(Observation::answer))
    else {
        return false;
    };
    mark(answer) != mark(plain)
        && !(elsewhere && is_that_to_nothing(case, dialect, answer))
        && is_beyond(hint(answer), hint(plain))
        && !is_of_the_change(case, changes, answer)
        && !complains_of(changes, hint(answer))
}

/// Whether a request without a token gets this answer, too: then nothing was read there.
fn is_that_to_nothing(case: &Case, dialect: &Dialect, answer: &Answer) -> bool {
    let absent = case.observed(&shape::absent()).and_then(Observation::answer);
    absent.is_some_and(|absent| dialect.alike(absent, answer) && hint(absent) == hint(answer))
}

/// Whether the service now complains of the very thing that was changed: that is no progress.
fn complains_of(changes: &[Change], said: Option<Hint>) -> bool {
    let [Change::Claims(edits)] = changes else { return false };
    let [edit] = edits.as_slice() else { return false };
    match said {
        Some(Hint::Audience) => edit.name == "aud",
        Some(Hint::Issuer) => edit.name == "iss",
        _ => false,
    }
}

/// Whether the place or the algorithm is complained of, not the token: another one gets the same
/// answer, and nothing in it speaks of the signature or of what comes after.
fn is_of_the_change(case: &Case, changes: &[Change], answer: &Answer) -> bool {
    let [change @ (Change::Carrier(_) | Change::Algorithm(_))] = changes else { return false };
    if hint(answer).is_some_and(|said| stage(said) > 2) {
        return false;
    }
    let others = dimension::alternatives(&case.subject.token).filter(|other| other.is_like(change));
    let mut questions = others.map(|other| Question::token(changed(case, &[other])));
    questions.any(|question| {
        let seen = case.observed(&question).and_then(Observation::answer);
        seen.is_some_and(|seen| mark(seen) == mark(answer))
    })
}

fn mark(answer: &Answer) -> Fingerprint {
    Fingerprint::of(answer, Bodies::Stable)
}

/// Whether one refusal comes after another in the order in which verifiers check: place, form,
/// algorithm, signature, and then everything that a signed token says. Words that are not known
/// count as progress, but for those that can be told to be none.
fn is_beyond(one: Option<Hint>, other: Option<Hint>) -> bool {
    match (one.map(stage), other.map(stage)) {
        (Some(one), Some(other)) => one > other || (one == other && one == LAST),
        (Some(one), None) => one > 2,
        (None, _) => true,
    }
}

/// The last stage: what a verifier checks there, it checks in any order.
const LAST: u8 = 4;

fn stage(hint: Hint) -> u8 {
    match hint {
        Hint::Missing | Hint::Locked => 0,
        Hint::Malformed => 1,
        Hint::Algorithm => 2,
        Hint::Signature => 3,
        Hint::Expired
        | Hint::Early
        | Hint::Audience
        | Hint::Issuer
        | Hint::Claim
        | Hint::Subject => LAST,
    }
}
