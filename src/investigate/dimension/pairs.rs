//! Two faults at once: every key with every demand and every demand with every other, in the order of
//! the product of their likelihoods, each with all beside it that does not exclude it. Asks nothing.

use super::bundle::Bundles;
use super::{Case, Change, Signature, claims};
use crate::plan::{Carrier, KeyName};

/// How likely one of two faults is, in thousandths of all single faults; more than estimates they need
/// not be, for they only order the search.
type Weight = u32;

/// All that a welcome token covers: a clock that is off, another place, a claim of a framework.
const WELCOME: Weight = 200;
/// All that an odd token covers beyond that.
const ODD: Weight = 75;
/// What a token without `aud` and with a short life meets: the refusals of any audience, and the limits on
/// lifetimes of the services that look at none, which are about half.
const LEAN: Weight = 37;
/// What it leaves of the one, for verifiers that refuse a short life.
const LEFT_WITHOUT: Weight = 2;
/// What it leaves of the other.
const LEFT_SHORT: Weight = 11;
/// So many pairs are more than any quota holds.
const MOST: usize = 400;

/// Changes to try together.
struct Pair<'c> {
    weight: Weight,
    /// What stands beside them.
    beside: Beside,
    changes: Vec<&'c Change>,
}

/// What stands beside a pair of changes.
enum Beside {
    Welcome,
    Odd,
}

/// Pairs of changes, likeliest first; without keys and algorithms where those are known to be right.
pub(super) fn likeliest(case: &Case, singles: &[Change], signature: Signature) -> Vec<Vec<Change>> {
    let passes = signature == Signature::Passes;
    let asked = singles.iter().filter(|change| !(passes && change.is_of_signature()));
    let weighed = asked.map(|change| (weight(change), change)).filter(|(weight, _)| *weight > 0);
    let (keys, demands): (Vec<_>, Vec<_>) =
        weighed.partition(|(_, change)| matches!(change, Change::Key(_)));
    let mut pairs = vec![Pair { weight: WELCOME * ODD, beside: Beside::Odd, changes: Vec::new() }];
    pairs.extend(of_demands(&demands));
    pairs.extend(of_keys(&keys, &demands));
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.weight));
    pairs.truncate(MOST);
    let bundles = Bundles::of(case);
    let bundled = pairs.into_iter().map(|pair| match pair.beside {
        Beside::Welcome => bundles.welcome(&pair.changes),
        Beside::Odd => bundles.odd(&pair.changes),
    });
    bundled.collect()
}

/// Every demand with what is welcome or odd, and with every other.
fn of_demands<'c>(demands: &[(Weight, &'c Change)]) -> Vec<Pair<'c>> {
    let mut pairs = Vec::new();
    for (place, &(weight, demand)) in demands.iter().enumerate() {
        // What is odd was asked with all that is; alone it is for the verifier that minds the rest.
        pairs.push(welcome(weight * WELCOME, vec![demand]));
        if !is_odd(demand) {
            pairs.push(odd(weight * ODD, demand));
        }
        let others = demands[place + 1..].iter();
        let others = others.filter(|(_, other)| !other.same_dimension(demand));
        pairs.extend(others.map(|&(other, last)| welcome(weight * other, vec![demand, last])));
    }
    pairs
}

/// Every key with what is welcome or odd, and with every demand.
fn of_keys<'c>(keys: &[(Weight, &'c Change)], demands: &[(Weight, &'c Change)]) -> Vec<Pair<'c>> {
    let lean = lean(demands);
    let mut pairs = Vec::new();
    for &(weight, key) in keys {
        // A public key was asked with all that is welcome when one fault was looked for.
        if !key.is_public_key() {
            pairs.push(welcome(weight * WELCOME, vec![key]));
        }
        pairs.push(odd(weight * ODD, key));
        if let Some([without, short]) = lean {
            pairs.push(welcome(weight * LEAN, vec![key, without, short]));
        }
        pairs.extend(demands.iter().map(|&(other, demand)| {
            let left = match lean {
                Some([without, _]) if demand == without => LEFT_WITHOUT,
                Some([_, short]) if demand == short => LEFT_SHORT,
                _ => other,
            };
            welcome(weight * left, vec![key, demand])
        }));
    }
    pairs
}

fn welcome(weight: Weight, changes: Vec<&Change>) -> Pair<'_> {
    Pair { weight, beside: Beside::Welcome, changes }
}

fn odd(weight: Weight, change: &Change) -> Pair<'_> {
    Pair { weight, beside: Beside::Odd, changes: vec![change] }
}

/// No audience and a short life: the two demands that one token beside a key can meet at once.
fn lean<'c>(demands: &[(Weight, &'c Change)]) -> Option<[&'c Change; 2]> {
    let find = |is: fn(&Change) -> bool| demands.iter().map(|(_, one)| *one).find(|one| is(one));
    let short = find(|change| matches!(change, Change::Times(times) if times.is_short()))?;
    Some([find(is_without_audience)?, short])
}

fn is_without_audience(change: &Change) -> bool {
    let Change::Claims(edits) = change else { return false };
    matches!(edits.as_slice(), [edit] if edit.name == "aud" && edit.value.is_none())
}

/// How likely it is that this change is needed; nothing for what a welcome token covers.
fn weight(change: &Change) -> Weight {
    match change {
        // What echo and docker's env files do to a key is met more often than the rest.
        Change::Key(KeyName::Reading("trailing-newline" | "double-quoted")) => 13,
        Change::Key(KeyName::Reading(_)) => 3,
        Change::Key(KeyName::Default(row)) if *row > 0 => 1,
        Change::Key(_) => 25,
        Change::Algorithm(_) => 12,
        Change::Times(times) if times.is_short() => 25,
        Change::Carrier(Carrier::Together(_)) => 0,
        change if change.is_rare() => 1,
        Change::Carrier(_) => 7,
        change if is_without_audience(change) => 25,
        Change::Claims(edits) => match edits.as_slice() {
            [edit] if !claims::is_odd(edit) => 10,
            _ => u32::from(is_odd(change)),
        },
        Change::Times(_) => u32::from(is_odd(change)),
    }
}

/// Whether an odd token meets the demand that this change meets. Alone it is asked all the same: what
/// else is odd may be refused.
fn is_odd(change: &Change) -> bool {
    match change {
        Change::Times(times) => times.form().is_some(),
        Change::Claims(edits) => matches!(edits.as_slice(), [edit] if claims::is_odd(edit)),
        Change::Key(_) | Change::Algorithm(_) | Change::Carrier(_) => false,
    }
}
