//! What is said of replicas when they agree, and of an address that does not answer.

use std::net::SocketAddr;

use crate::investigate::view::View;
use crate::observation::{Observation, Outcome};

/// So many replicas are named in a sentence.
const NAMED: usize = 4;

/// That all agree, and how many were asked.
pub(super) fn agreement(addresses: usize, left_out: usize) -> String {
    match (addresses, left_out) {
        (0, _) => "repeats get one and the same answer".to_owned(),
        (asked, 0) => format!("repeats, and all {asked} addresses that answer, give one answer"),
        (asked, more) => format!(
            "repeats and the first {asked} addresses give one answer; {more} more were not asked"
        ),
    }
}

/// Which addresses give no answer, and why the first does not; `None` if there are none.
pub(super) fn silence(silent: &[(SocketAddr, &Observation)]) -> Option<String> {
    let (_, first) = silent.first()?;
    let why = match &first.outcome {
        Outcome::Failure(failure) => failure.detail.as_str(),
        Outcome::Answer(_) => "",
    };
    let names: Vec<String> = silent.iter().map(|(address, _)| address.to_string()).collect();
    let verb = if names.len() == 1 { "gives" } else { "give" };
    Some(format!("{} {verb} no answer, though other addresses do ({why})", listed(&names)))
}

/// What to do about them.
pub(super) fn mend_silence(view: &View<'_>) -> String {
    format!("Start that replica of {}, or take its address out of the name.", view.name())
}

/// Which addresses answer so that it cannot be judged; `None` if there are none.
pub(super) fn unclear(unclear: &[(String, Option<u16>)]) -> Option<String> {
    let (_, status) = unclear.first()?;
    let names: Vec<String> = unclear.iter().map(|(name, _)| name.clone()).collect();
    let verb = if names.len() == 1 { "gives" } else { "give" };
    let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
    Some(format!("{} {verb} no clear answer to a right token{status}", listed(&names)))
}

/// `a`, `a and b`, `a, b and c`; beyond a few, how many more.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        _ if names.len() > NAMED => {
            format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED)
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn names_are_listed_as_people_do() {
        let names: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).to_vec();
        for (count, expected) in
            [(0, ""), (1, "a"), (2, "a and b"), (3, "a, b and c"), (6, "a, b, c, d and 2 more")]
        {
            assert_eq!(listed(&names[..count]), expected);
        }
    }
}
