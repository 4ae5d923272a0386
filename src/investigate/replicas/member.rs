//! One replica, or several that answer alike: the observations that are its own in, what it does
//! out. Never sees which observations are whose: `apart` and `addresses` know that.

use serde_json::{Value, json};

use super::tokens::{Tokens, count};
use crate::clock::DateBox;
use crate::diagnosis::{KeyMatch, Measured};
use crate::investigate::message::{self, Hint};
use crate::investigate::view::View;
use crate::observation::Observation;
use crate::plan::KeyName;
use crate::verdict::{Refusal, Verdict};

/// What a replica does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Finding {
    /// It takes the token, and its clock is not in the way.
    Right,
    /// It refuses the token for its signature, and takes one under this key, if one is known.
    OtherKey(Option<KeyName>),
    /// It refuses the token for another reason.
    OtherReason,
    /// It takes the token only while its own clock lets it.
    OtherClock,
    /// It both takes and refuses: there are several replicas in it.
    Mixed,
    /// It gives no clear answer.
    Unclear,
}

/// A replica, or several that answer alike.
pub(super) struct Member<'v> {
    /// What sets it apart, such as `127.0.0.2:8000` or `x-served-by: b`.
    pub(super) label: String,
    pub(super) seen: Vec<&'v Observation>,
    pub(super) finding: Finding,
}

impl<'v> Member<'v> {
    pub(super) fn of(
        view: &View<'_>,
        tokens: &Tokens,
        label: String,
        seen: Vec<&'v Observation>,
    ) -> Self {
        let finding = finding(view, tokens, &seen);
        Self { label, seen, finding }
    }

    /// Its clock by the `Date` fields of its answers.
    pub(super) fn date(&self) -> Option<Measured> {
        let date =
            DateBox::of(self.seen.iter().copied()).filter(|date| !date.is_contradictory())?;
        date.skew().measured()
    }

    /// The key that it verifies with.
    pub(super) fn key(&self, view: &View<'_>) -> Option<KeyName> {
        match &self.finding {
            Finding::Right | Finding::OtherClock => Some(view.base.key.clone()),
            Finding::OtherKey(held) => held.clone(),
            Finding::OtherReason | Finding::Mixed | Finding::Unclear => None,
        }
    }

    /// For the details of a cause.
    pub(super) fn detail(&self, view: &View<'_>) -> Value {
        let finding = match self.finding {
            Finding::Right => "right",
            Finding::OtherKey(_) => "other-key",
            Finding::OtherReason => "other-reason",
            Finding::OtherClock => "other-clock",
            Finding::Mixed => "mixed",
            Finding::Unclear => "unclear",
        };
        let key = self.key(view).map(|key| KeyMatch::Known(key).code());
        json!({ "name": self.label, "finding": finding, "key": key })
    }

    /// The number of the first observation of one of its own tokens: most telling of what it does.
    pub(super) fn evidence(&self, view: &View<'_>, tokens: &Tokens) -> Option<usize> {
        let telling = |one: &&&Observation| {
            let shape = one.question.shape();
            match self.finding {
                Finding::OtherClock => shape == Some(&tokens.roomy) || shape == Some(&tokens.base),
                Finding::OtherKey(Some(_)) => tokens.keyed.iter().any(|(_, k)| shape == Some(k)),
                _ => [&tokens.base, &tokens.patient, &tokens.timely].map(Some).contains(&shape),
            }
        };
        let wanted = match self.finding {
            Finding::Right | Finding::OtherKey(Some(_)) => Some(true),
            Finding::OtherKey(None) | Finding::OtherReason | Finding::OtherClock => Some(false),
            Finding::Mixed | Finding::Unclear => None,
        };
        let fits = |one: &&&Observation| match view.meaning(one) {
            Verdict::Accepted => wanted != Some(false),
            Verdict::Rejected(_) => wanted != Some(true),
            Verdict::Undecided(_) => wanted.is_none(),
        };
        self.seen.iter().filter(telling).find(fits).map(|one| one.number)
    }
}

fn finding(view: &View<'_>, tokens: &Tokens, seen: &[&Observation]) -> Finding {
    let [base, patient, timely, roomy] =
        [&tokens.base, &tokens.patient, &tokens.timely, &tokens.roomy]
            .map(|shape| count(view, seen, shape));
    if patient.is_split() || (patient.taken == 0 && base.is_split()) {
        return Finding::Mixed;
    }
    let verifies = patient.taken > 0 || base.taken > 0 || timely.taken > 0;
    if verifies {
        let late = base.always_refused() && patient.taken > 0;
        return match (late || roomy.always_refused(), roomy.is_split() || base.is_split()) {
            (_, true) => Finding::Mixed,
            (true, false) => Finding::OtherClock,
            (false, false) => Finding::Right,
        };
    }
    // Without the token that lives for hours, it might be a clock; and where nobody takes that one,
    // a limit on lifetimes.
    let everywhere: Vec<&Observation> = view.case.observations().iter().collect();
    let limited = count(view, &everywhere, &tokens.patient).taken == 0;
    if patient.refused == 0 || (limited && base.refused == 0) {
        return Finding::Unclear;
    }
    let held = tokens.keyed.iter().find(|(_, shape)| count(view, seen, shape).taken > 0);
    match held {
        Some((key, _)) => Finding::OtherKey(Some(key.clone())),
        None if is_about_the_signature(view, tokens, seen) => Finding::OtherKey(None),
        None => Finding::OtherReason,
    }
}

/// Whether the refusals are like that of a wrong key, or say that they are about the signature.
pub(super) fn is_about_the_signature(
    view: &View<'_>,
    tokens: &Tokens,
    seen: &[&Observation],
) -> bool {
    let shapes = [&tokens.base, &tokens.patient].map(Some);
    let mut refused = seen.iter().filter(|one| shapes.contains(&one.question.shape()));
    refused.all(|one| match view.meaning(one) {
        Verdict::Rejected(Refusal::Further) => {
            one.answer().and_then(message::hint) == Some(Hint::Signature)
        }
        _ => true,
    })
}
