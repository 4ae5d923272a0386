//! How many replicas take which key, and which: the answers of one look in, shares with their
//! intervals and replicas by name out. A name counts only if it is no part of the verdict itself.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::CONFIDENCE;
use super::look::Look;
use super::seen::{Kind, Seen};
use crate::convergence::{Holds, ReplicaKeys, Share};
use crate::fraction::Count;
use crate::question::Connection;

/// More different values than this do not name replicas, they name answers.
const MOST_REPLICAS: usize = 16;
/// A longer value is no name.
const LONGEST_NAME: usize = 64;
/// A value that came less often may be told by chance.
const LEAST: usize = 4;
/// Fields that differ between an acceptance and a refusal by their nature.
const NO_NAMES: [&str; 6] =
    ["content-length", "etag", "cache-control", "transfer-encoding", "vary", "last-modified"];

/// The share of connections on which a token was taken; `None` if none was judged. Where all were
/// alike, the far end is the share that would have shown itself with the certainty asked for.
pub(super) fn share(count: Count) -> Option<Share> {
    let asked = count.all();
    if asked == 0 {
        return None;
    }
    let (mut low, mut high) = count.interval();
    let unseen = (1.0 - CONFIDENCE).powf(1.0 / asked as f64);
    if count.taken == 0 {
        high = 1.0 - unseen;
    }
    if count.refused == 0 {
        low = unseen;
    }
    Some(Share { fraction: count.fraction(), low, high, asked })
}

/// What tells the replicas apart, and the replicas.
pub(super) fn replicas(
    look: &Look,
    addresses: &[SocketAddr],
) -> (Option<String>, Vec<ReplicaKeys>) {
    if addresses.len() > 1 {
        let each = addresses.iter().map(|address| ReplicaKeys {
            name: address.to_string(),
            holds: holds(&at(look, *address)),
        });
        return (Some("address".to_owned()), each.collect());
    }
    let names: BTreeSet<&str> =
        look.seen().iter().flat_map(|seen| &seen.fields).map(|(name, _)| name.as_str()).collect();
    let told = names.into_iter().find_map(|name| Some((name.to_owned(), by_field(look, name)?)));
    told.map_or((None, Vec::new()), |(name, replicas)| (Some(name), replicas))
}

fn at(look: &Look, address: SocketAddr) -> Vec<&Seen> {
    let to = Connection::To(address);
    look.seen().iter().filter(|seen| seen.connection == to).collect()
}

/// The replicas by the value of this field, if each is of one mind and they are not of the same.
fn by_field(look: &Look, name: &str) -> Option<Vec<ReplicaKeys>> {
    if NO_NAMES.contains(&name) {
        return None;
    }
    let judged: Vec<&Seen> = look.seen().iter().filter(|seen| !seen.is_undecided()).collect();
    let values = judged.iter().map(|seen| value(seen, name)).collect::<Option<Vec<&str>>>()?;
    let distinct: BTreeSet<&str> = values.iter().copied().collect();
    let fits = (2..=MOST_REPLICAS).contains(&distinct.len())
        && distinct.iter().all(|value| value.len() <= LONGEST_NAME);
    if !fits {
        return None;
    }
    let of = |wanted: &str| -> Vec<&Seen> {
        judged.iter().copied().filter(|seen| value(seen, name) == Some(wanted)).collect()
    };
    let groups: Vec<(&str, Vec<&Seen>)> =
        distinct.into_iter().map(|value| (value, of(value))).collect();
    let on_both = |seen: &[&Seen]| {
        seen.iter().any(|one| one.is_taken()) && seen.iter().any(|one| one.is_refused())
    };
    let names_a_replica = groups.iter().all(|(_, seen)| seen.len() >= LEAST)
        && groups.iter().any(|(_, seen)| on_both(seen));
    if !names_a_replica {
        return None;
    }
    let replicas: Vec<ReplicaKeys> = groups
        .into_iter()
        .map(|(value, seen)| ReplicaKeys { name: value.to_owned(), holds: holds(&seen) })
        .collect();
    let differ = replicas.iter().any(|one| one.holds != replicas[0].holds);
    let whole = replicas.iter().all(|one| one.holds != Holds::Mixed);
    (differ && whole).then_some(replicas)
}

fn value<'s>(seen: &'s Seen, name: &str) -> Option<&'s str> {
    let field = seen.fields.iter().find(|(known, _)| known == name);
    field.map(|(_, value)| value.as_str())
}

/// Which keys these answers show, all of one replica.
fn holds(seen: &[&Seen]) -> Holds {
    let count = |kind: Kind| {
        let of = || seen.iter().filter(move |one| one.kind == kind);
        Count {
            taken: of().filter(|one| one.is_taken()).count(),
            refused: of().filter(|one| one.is_refused()).count(),
        }
    };
    let (new, old) = (count(Kind::New), count(Kind::Old));
    if new.is_split() || old.is_split() {
        return Holds::Mixed;
    }
    match (new.taken > 0, new.refused > 0, old.taken > 0, old.refused > 0) {
        (true, _, true, _) => Holds::Both,
        (true, _, false, _) => Holds::New,
        (false, _, true, _) => Holds::Old,
        (false, true, false, true) => Holds::Neither,
        _ => Holds::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_replica_in_ten_is_what_a_clean_sample_shows() {
        let on_old = share(Count { taken: 0, refused: 29 }).unwrap();
        assert!(on_old.low < f64::EPSILON && on_old.high < 0.1 && on_old.high > 0.09, "{on_old:?}");
        let on_new = share(Count { taken: 29, refused: 0 }).unwrap();
        assert!(on_new.low > 0.9 && on_new.high > 0.999, "{on_new:?}");
        assert_eq!(share(Count::default()), None);
    }
}
