//! What tells replicas apart that share an address: a header field that names them, or their clocks.
//! A field counts only if it is no part of the verdict itself.

use std::collections::BTreeSet;

use super::member::{Finding, Member};
use super::tokens::Tokens;
use crate::clock::DateBox;
use crate::investigate::view::View;
use crate::observation::{Answer, Observation};
use crate::verdict::Verdict;

/// More different values than this do not name replicas, they name answers.
const MOST_REPLICAS: usize = 16;
/// A longer value is no name.
const LONGEST_NAME: usize = 64;
/// Fields that differ between an acceptance and a refusal by their nature.
const NO_NAMES: [&str; 6] =
    ["content-length", "etag", "cache-control", "transfer-encoding", "vary", "last-modified"];

/// Replicas, and what tells them apart.
pub(super) struct Apart<'v> {
    /// `address`, a field's name, or `date`.
    pub(super) by: String,
    pub(super) members: Vec<Member<'v>>,
}

impl<'v> Apart<'v> {
    /// Those that the answers tell apart; `None` if nothing does.
    pub(super) fn find(view: &'v View<'_>, tokens: &Tokens) -> Option<Self> {
        let names = field_names(view).into_iter();
        let by_field = names.filter_map(|name| Self::by_field(view, tokens, &name));
        by_field.chain(Self::by_date(view, tokens)).next()
    }

    /// These, if each is of one mind and they are not of the same.
    pub(super) fn of(by: impl Into<String>, members: Vec<Member<'v>>) -> Option<Self> {
        let told = |member: &&Member<'_>| member.finding != Finding::Unclear;
        let findings: Vec<&Finding> =
            members.iter().filter(told).map(|member| &member.finding).collect();
        let differ = findings.windows(2).any(|pair| pair[0] != pair[1]);
        let whole = !findings.contains(&&Finding::Mixed);
        (differ && whole).then(|| Self { by: by.into(), members })
    }

    fn by_field(view: &'v View<'_>, tokens: &Tokens, name: &str) -> Option<Self> {
        let value = |seen: &&'v Observation| -> Option<&'v str> { seen.answer()?.field(name) };
        let answered: Vec<&'v Observation> =
            view.case.observations().iter().filter(|seen| seen.answer().is_some()).collect();
        let values: BTreeSet<&str> = answered.iter().filter_map(value).collect();
        let fits = (2..=MOST_REPLICAS).contains(&values.len())
            && values.iter().all(|value| value.len() <= LONGEST_NAME);
        if !fits {
            return None;
        }
        let of_value = |wanted: &str| -> Vec<&'v Observation> {
            answered.iter().copied().filter(|seen| value(seen) == Some(wanted)).collect()
        };
        // What is said with every acceptance, and with no refusal, is no replica's name.
        let on_both = |seen: &[&Observation]| {
            let meanings = || seen.iter().map(|one| view.meaning(one));
            meanings().any(|meaning| meaning == Verdict::Accepted)
                && meanings().any(|meaning| matches!(meaning, Verdict::Rejected(_)))
        };
        if !values.iter().any(|value| on_both(&of_value(value))) {
            return None;
        }
        let members = values.iter().map(|value| {
            let seen = of_value(value);
            Member::of(view, tokens, format!("the replica with {name}: {value}"), seen)
        });
        Self::of(name, members.collect())
    }

    fn by_date(view: &'v View<'_>, tokens: &Tokens) -> Option<Self> {
        let groups = DateBox::groups(view.case.observations());
        if !(2..=MOST_REPLICAS).contains(&groups.len()) {
            return None;
        }
        let members = groups.into_iter().map(|(date, seen)| {
            let label = format!("the replica whose Date is {:+.1} s off", date.skew().middle());
            Member::of(view, tokens, label, seen)
        });
        Self::of("date", members.collect())
    }
}

/// The fields that could name a replica: on every answer to a token that was taken.
fn field_names(view: &View<'_>) -> Vec<String> {
    let accepted = view.case.observations().iter();
    let accepted: Vec<&Answer> = accepted
        .filter(|seen| view.meaning(seen) == Verdict::Accepted)
        .filter_map(Observation::answer)
        .collect();
    let Some(first) = accepted.first() else { return Vec::new() };
    let names = first.fields.iter().map(|(name, _)| name);
    names
        .filter(|name| !NO_NAMES.contains(&name.as_str()))
        .filter(|name| accepted.iter().all(|answer| answer.field(name).is_some()))
        .cloned()
        .collect()
}
