//! Twins and answers in, the next twins to ask or the reasons of the refusal out. A thing is a
//! reason when a right token that has it is refused; the reasons are all of them when the caught
//! token without them is taken (delta debugging, Zeller). Equal refusals alone prove nothing.

use super::dates;
use super::record::{self, Outcome, Record};
use super::twins::{Difference, Inimitable, Twins};
use crate::question::{Part, Question};
use crate::verdict::Doubt;

/// So many members are tried one by one; a token with more differs too much to be told apart.
const MOST: usize = 24;
/// The rounds in which everything that counts is asked again.
const AGAIN: [u16; 2] = [1, 2];

/// What to do about a refused token.
#[derive(Debug)]
pub(super) enum Narrowing {
    /// These twins must be answered first.
    Ask(Vec<Question>),
    /// The reasons.
    Reasons(Reasons),
    /// Something could not be judged.
    Unclear(Doubt),
    /// The same token was answered in two ways.
    Unsteady,
}

/// Why the token is refused.
#[derive(Debug)]
pub(super) struct Reasons {
    /// What it is refused for.
    pub(super) differences: Vec<Difference>,
    /// What no twin can have, where that is a reason.
    pub(super) inimitable: Option<Inimitable>,
    /// The caught token with all of this mended, where it is then taken.
    pub(super) mended: Option<Question>,
}

/// What must be asked, or what follows.
type Progress<T> = Result<T, Narrowing>;

/// Narrows the refusal down, given everything that was answered so far.
pub(super) fn narrow(twins: &Twins<'_>, record: Record<'_>) -> Narrowing {
    reasons(twins, record).unwrap_or_else(|narrowing| narrowing)
}

fn reasons(twins: &Twins<'_>, record: Record<'_>) -> Progress<Narrowing> {
    let mut found = refused_alone(twins, record)?;
    let mut mended = twins.without(&found);
    ask(record, [mended.clone()])?;
    let proven = is_taken(record, &mended)?;
    let wider = if proven { None } else { widened(twins, &found, record)? };
    if let Some(further) = wider {
        mended = twins.without(&[found.as_slice(), &[further]].concat());
    }
    let is_mended = proven || wider.is_some();
    if !holds(twins, &found, &mended, record)? {
        return Ok(Narrowing::Unsteady);
    }
    found.extend(wider);
    Ok(Narrowing::Reasons(Reasons {
        // A copy that is taken although nothing was mended: what cannot be copied is the reason.
        inimitable: twins.inimitable.filter(|_| is_mended && found.is_empty()),
        differences: found.into_iter().cloned().collect(),
        mended: is_mended.then_some(mended),
    }))
}

/// Whether the same answers come again: otherwise replicas that differ, a lockout or a deploy would
/// be taken for a fault of the token.
fn holds(
    twins: &Twins<'_>,
    refused_for: &[&Difference],
    mended: &Question,
    record: Record<'_>,
) -> Progress<bool> {
    let right = Question::token(twins.right.clone());
    let singles = refused_for.iter().map(|difference| twins.with(&[difference]));
    let all: Vec<Question> = singles.chain([record::caught(), right, mended.clone()]).collect();
    let again = |question: &Question| AGAIN.map(|round| question.clone().again(round));
    ask(record, all.iter().flat_map(again))?;
    let same = |question: &Question| {
        let first = record.outcome(question);
        again(question).iter().all(|repeated| record.outcome(repeated) == first)
    };
    Ok(all.iter().all(same))
}

/// Each thing that makes a right token refused by itself. Members that are rarely looked at go
/// together at first.
fn refused_alone<'t>(twins: &'t Twins<'_>, record: Record<'_>) -> Progress<Vec<&'t Difference>> {
    let (together, alone): (Vec<_>, Vec<_>) =
        twins.differences.iter().partition(|difference| is_rarely_a_reason(difference));
    let right = Question::token(twins.right.clone());
    let group = twins.with(&together);
    let each = alone.iter().map(|difference| twins.with(&[difference]));
    ask(record, each.chain([right.clone(), group.clone()]))?;
    if !is_taken(record, &right)? {
        return Err(Narrowing::Unsteady);
    }
    let mut found = refused(twins, alone, record)?;
    if is_taken(record, &group)? {
        return Ok(found);
    }
    let tried: Vec<_> = together.iter().copied().take(MOST).collect();
    ask(record, tried.iter().map(|difference| twins.with(&[difference])))?;
    let single = refused(twins, tried, record)?;
    found.extend(if single.is_empty() { together } else { single });
    Ok(found)
}

fn is_rarely_a_reason(difference: &Difference) -> bool {
    match difference {
        Difference::Member(Part::Payload, name) => !dates::CLAIMS.contains(&name.as_str()),
        Difference::Member(Part::Header, _) => true,
        Difference::Key(_) | Difference::Algorithm(_) | Difference::Unsigned(_) => false,
    }
}

/// Those of the differences with which a right token is refused.
fn refused<'t>(
    twins: &Twins<'_>,
    of: Vec<&'t Difference>,
    record: Record<'_>,
) -> Progress<Vec<&'t Difference>> {
    let mut found = Vec::new();
    for difference in of {
        if !is_taken(record, &twins.with(&[difference]))? {
            found.push(difference);
        }
    }
    Ok(found)
}

/// One more thing that, mended beside the others, makes the token taken: it is refused only
/// together with something else, such as an exp too far from its iat.
fn widened<'t>(
    twins: &'t Twins<'_>,
    found: &[&'t Difference],
    record: Record<'_>,
) -> Progress<Option<&'t Difference>> {
    let rest = twins.differences.iter().filter(|other| !found.contains(other)).take(MOST);
    let with = |more: &'t Difference| twins.without(&[found, &[more]].concat());
    let candidates: Vec<_> = rest.collect();
    ask(record, candidates.iter().map(|more| with(more)))?;
    for more in candidates {
        if is_taken(record, &with(more))? {
            return Ok(Some(more));
        }
    }
    Ok(None)
}

fn ask(record: Record<'_>, questions: impl IntoIterator<Item = Question>) -> Progress<()> {
    let unasked = record.unasked(questions);
    if unasked.is_empty() { Ok(()) } else { Err(Narrowing::Ask(unasked)) }
}

fn is_taken(record: Record<'_>, question: &Question) -> Progress<bool> {
    match record.outcome(question) {
        Outcome::Taken => Ok(true),
        Outcome::Refused => Ok(false),
        Outcome::Unclear(doubt) => Err(Narrowing::Unclear(doubt)),
        Outcome::NotAsked => Err(Narrowing::Ask(vec![question.clone()])),
    }
}
