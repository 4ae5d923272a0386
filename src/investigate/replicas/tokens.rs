//! The tokens that replicas are asked with, and how observations of them count.

use crate::fraction::Count;
use crate::investigate::shape;
use crate::investigate::view::View;
use crate::observation::Observation;
use crate::plan::KeyName;
use crate::question::{Moment, TokenShape};
use crate::verdict::Verdict;

/// Seconds ahead: beyond the clock of any replica.
const FAR: i64 = 7_300;

/// The tokens that tell keys from clocks.
pub(super) struct Tokens {
    /// Taken by some replica at least.
    pub(super) base: TokenShape,
    /// The same for hours: every clock takes it.
    pub(super) patient: TokenShape,
    /// The same for a few seconds around now: a clock that is off refuses it.
    pub(super) timely: TokenShape,
    /// The same for twice as many. One clock can be at the edge of one of the two, never of both.
    pub(super) roomy: TokenShape,
    /// The same under each other key that a replica may hold.
    pub(super) keyed: Vec<(KeyName, TokenShape)>,
}

impl Tokens {
    pub(super) fn of(view: &View<'_>) -> Self {
        let base = view.base.clone();
        let begun = begun(&base);
        let patient = TokenShape { expires: Moment::FromNow(FAR), ..begun.clone() };
        let timely = shape::timely(&begun, &view.subject().policy);
        let double = |moment| match moment {
            Moment::FromNow(offset) => Moment::FromNow(2 * offset),
            other => other,
        };
        let roomy = TokenShape {
            not_before: double(timely.not_before),
            expires: double(timely.expires),
            ..begun.clone()
        };
        let keyed = other_keys(view).into_iter().map(|key| {
            let shape = TokenShape { key: key.clone(), ..begun.clone() };
            (key, shape)
        });
        let keyed = keyed.collect();
        Self { base, patient, timely, roomy, keyed }
    }
}

/// The same token with its `iat` and `nbf` hours ago: early for no clock, so that a clock is not
/// taken for a key.
fn begun(base: &TokenShape) -> TokenShape {
    let ago = |moment| match moment {
        Moment::Absent => Moment::Absent,
        _ => Moment::FromNow(-FAR),
    };
    TokenShape { issued: ago(base.issued), not_before: ago(base.not_before), ..base.clone() }
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

/// How often a token was taken and refused among these observations. A refusal that came after the
/// token's end tells of a slow answer.
pub(super) fn count(view: &View<'_>, seen: &[&Observation], shape: &TokenShape) -> Count {
    let mut count = Count::default();
    for one in seen.iter().filter(|one| one.question.shape() == Some(shape)) {
        match view.meaning(one) {
            Verdict::Accepted => count.taken += 1,
            Verdict::Rejected(_) if !ended_on_the_way(one) => count.refused += 1,
            Verdict::Rejected(_) | Verdict::Undecided(_) => {}
        }
    }
    count
}

fn ended_on_the_way(seen: &Observation) -> bool {
    seen.times.expires.is_some_and(|end| seen.received_at.0 >= end)
}
