//! A service's state in, one sentence and what to do about it out. Names and figures only.

use super::seen::Trouble;
use super::{Origin, Terms};
use crate::convergence::{Holds, ServiceConvergence, Share, State, Unclear};
use crate::plan::Quota;

/// So many replicas are named.
const NAMED: usize = 5;

/// What is said of a service, and what to do.
pub(super) fn told(
    found: &ServiceConvergence,
    terms: &Terms,
    trouble: Option<&Trouble>,
) -> (String, String) {
    let name = &found.name;
    let lag = lag(found, terms);
    match found.state {
        State::Converged => {
            let since = if lag.is_empty() { lag } else { format!(", since{lag}") };
            let what = if found.old.is_some() {
                "takes the new key and refuses the old one"
            } else {
                "takes the new key"
            };
            (format!("{} {what}{since}", everywhere(found)), String::new())
        }
        State::Overlap => (
            format!(
                "{} takes the new key; the old one is taken too, which is allowed until {}",
                everywhere(found),
                terms
                    .overlap_until
                    .map_or(String::new(), |end| end.to_utc().format("%H:%M:%S UTC").to_string())
            ),
            format!("Take the old key out of {name} by then, and run this again."),
        ),
        State::OnOldKey => {
            let (who, one) = who(found, Holds::Old);
            let verb = if one { "still verifies" } else { "still verify" };
            (
                format!("{who} {verb} with the old key{}{lag}", part(who == *name, found.on_old)),
                format!(
                    "Restart {who}; if it still takes the old key then, authprobe check {name} tells \
                     where that comes from."
                ),
            )
        }
        State::OnBothKeys => {
            let (who, one) = who(found, Holds::Both);
            let verb = if one { "takes" } else { "take" };
            (
                format!(
                    "{who} {verb} the old key beside the new one{}{lag}",
                    part(who == *name, found.on_old)
                ),
                format!(
                    "Take the old key out of {who}; if it may be taken for a while, say for how long: \
                     --overlap 10m."
                ),
            )
        }
        State::RefusesNew => {
            let (who, one) = who(found, Holds::Neither);
            let verb = if one { "refuses" } else { "refuse" };
            let share = found.on_new.map(opposite);
            (
                format!("{who} {verb} the new key{}{lag}", part(who == *name, share)),
                format!(
                    "Restart {who} if that was not done since the rotation; else authprobe check \
                     {name} tells why the token is refused."
                ),
            )
        }
        State::TakesAnyKey => (
            format!("{name} takes a token signed with a random key, so its keys prove nothing"),
            format!("authprobe check {name} tells what {name} does not look at."),
        ),
        State::Unprotected => (
            format!("{name}'s endpoint answers success without any token, so it proves nothing"),
            format!("Give probes.yaml an endpoint of {name} that needs a token."),
        ),
        State::Undecided(why) => unclear(found, why, trouble),
    }
}

/// Since when it should be on the new key alone; empty where no old key showed.
fn lag(found: &ServiceConvergence, terms: &Terms) -> String {
    let Some(lag) = found.lag else { return String::new() };
    let from = match terms.origin {
        Origin::Rotation(_) => "the rotation",
        Origin::Beginning(_) => "this run began",
    };
    let separator = if found.converged_at.is_some() { "" } else { "," };
    format!("{separator} {} after {from}", span(lag.0))
}

/// To the second, and no finer than it is known.
fn span(seconds: f64) -> String {
    crate::time::Seconds(seconds.max(0.0).round()).in_words()
}

fn everywhere(found: &ServiceConvergence) -> String {
    if found.told_apart_by.as_deref() == Some("address") {
        return format!("each of the {} addresses of {}", found.replicas.len(), found.name);
    }
    format!("every replica of {}", found.name)
}

/// The replicas that hold this, or the service as a whole where they cannot be told apart; and
/// whether that is one.
fn who(found: &ServiceConvergence, holds: Holds) -> (String, bool) {
    let of_kind = found.replicas.iter().filter(|replica| replica.holds == holds);
    let is_field = found.told_apart_by.as_deref().is_some_and(|by| by != "address");
    let names: Vec<String> = of_kind
        .map(|replica| match &found.told_apart_by {
            Some(field) if is_field => format!("the replica with {field}: {}", replica.name),
            _ => replica.name.clone(),
        })
        .collect();
    match names.as_slice() {
        [] => (found.name.clone(), true),
        [one] => (format!("{one} of {}", found.name), true),
        some if some.len() > NAMED + 1 => {
            let rest = some.len() - NAMED;
            (format!("{} and {rest} more of {}", some[..NAMED].join(", "), found.name), false)
        }
        some => (format!("{} of {}", some.join(", "), found.name), false),
    }
}

/// On which part of the connections, where replicas have no names and it is not all of them.
fn part(has_no_names: bool, share: Option<Share>) -> String {
    match share {
        Some(share) if has_no_names && share.fraction < 1.0 => {
            let [fraction, low, high] =
                [share.fraction, share.low, share.high].map(|part| part * 100.0);
            format!(" on {fraction:.0} % of connections ({low:.0} to {high:.0} %)")
        }
        _ => String::new(),
    }
}

fn opposite(share: Share) -> Share {
    Share {
        fraction: 1.0 - share.fraction,
        low: 1.0 - share.high,
        high: 1.0 - share.low,
        asked: share.asked,
    }
}

fn unclear(
    found: &ServiceConvergence,
    why: Unclear,
    trouble: Option<&Trouble>,
) -> (String, String) {
    let name = &found.name;
    let (summary, fix) = match why {
        Unclear::NoAnswer => {
            let at = trouble.and_then(|trouble| trouble.address);
            let who = at.map_or(name.clone(), |address| format!("{address} of {name}"));
            let detail = trouble.and_then(|trouble| trouble.detail.as_deref());
            let detail = detail.map_or(String::new(), |detail| format!(" ({detail})"));
            (
                format!("{who} gives no answer{detail}, so its key is not known"),
                format!("See that {name} runs there, then run this again; --wait 5m waits for it."),
            )
        }
        Unclear::RateLimited => (
            format!("{name} limits how often it may be asked, so its replicas are not known"),
            "Run this again later, slower (--rate 2/s), or exempt the probing host.".to_owned(),
        ),
        Unclear::ServerError => (
            format!("{name} fails (5xx) at times, so not every replica is known"),
            format!("Look in {name}'s log; --wait 5m waits until a restart is over."),
        ),
        Unclear::Redirected => (
            format!("{name} redirects, which says nothing of the token"),
            format!("Give probes.yaml an endpoint of {name} that answers by itself."),
        ),
        Unclear::NotCalibrated => (
            format!("{name}'s answers do not tell refusal from acceptance"),
            format!("Name in probes.yaml what tells them apart: `accept` or `reject` of {name}."),
        ),
        Unclear::OtherReason => (
            format!("{name} refuses a right token for another reason than its key"),
            format!("authprobe check {name} tells the reason."),
        ),
        Unclear::NoOldKey => (
            format!(
                "{} takes the new key; whether the old one is refused is not known, for no old key is",
                everywhere(found)
            ),
            "Name it with --old, or in previous_keys of probes.yaml; --new-only leaves it out."
                .to_owned(),
        ),
        Unclear::Quota => (
            format!("the requests that {name} may be sent did not suffice"),
            format!(
                "Allow it more: limits.requests in probes.yaml, or --max-requests; {} are enough \
                 for one look.",
                Quota::default().requests
            ),
        ),
        Unclear::Unfinished => {
            let sample = found.sample;
            let seen = sample.new.min(if found.old.is_some() { sample.old } else { sample.new });
            (
                format!(
                    "{name} showed no old key on the last {} connections, of {} that make it sure",
                    seen, sample.needed
                ),
                "Let it run to its end, or give it more time with --wait.".to_owned(),
            )
        }
    };
    (summary, fix)
}
