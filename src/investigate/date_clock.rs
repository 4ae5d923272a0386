//! The clock of the `Date` field alone, for a service whose key is not at hand: answers to requests
//! without a token in, the moments of the next ones and in the end findings out. Sends no token.

use super::case::Case;
use super::edges::cut_at;
use super::findings::{Detailed, Findings, shown, thousandths};
use super::precise::round_trip;
use super::skew::{by_date_alone, in_words};
use super::{reach, shape};
use crate::cause::CauseCode;
use crate::check::{CheckId, Status};
use crate::clock::{DateBox, Interval, finest, next_cut};
use crate::observation::{Answer, Observation};
use crate::question::Question;

/// A late `Date` is off by more than this, so nothing finer is worth the time.
const FINE: f64 = 0.05;
/// The first answers, before any moment is waited for. The very first warms the connection up.
const FIRST: u16 = 3;
/// So many moments are waited for at most.
const MOST: usize = 30;
/// Rounds of the questions outside both ends: a pair a second. A `Date` that a timer refreshes
/// gives itself away only after a while.
const OUTSIDE: [[u16; 2]; 4] = [[1000, 1001], [1002, 1003], [1004, 1005], [1006, 1007]];
/// Servers that write each `Date` anew, as their `Server` field names them.
const FRESH: [&str; 2] = ["nginx", "Apache"];
/// What a turn of their event loop takes: three milliseconds were measured.
const TURN: f64 = 0.005;

/// The requests to make next; empty when the `Date` tells no more.
pub(super) fn next(case: &Case) -> Vec<Question> {
    if case.observations().is_empty() {
        return vec![shape::absent()];
    }
    let first = case.unasked((1..FIRST).map(|round| shape::absent().again(round)));
    if reach::dead_end(case).is_some() || !first.is_empty() {
        return first;
    }
    let seen = case.observations();
    let waited = seen.iter().filter(|seen| seen.question.at_fraction.is_some()).count();
    let fresh = DateBox::of(seen).map(DateBox::fresh).filter(|fresh| !fresh.is_empty());
    let Some(fresh) = fresh.filter(|_| waited < MOST) else { return Vec::new() };
    let round_trip = round_trip(case);
    let target = FINE.max(finest(round_trip));
    let round = FIRST + u16::try_from(waited).unwrap_or(0);
    if let Some(cut) = next_cut(fresh, round_trip, target) {
        return vec![question(cut, round_trip, round)];
    }
    let asked = |round: u16| seen.iter().any(|seen| seen.question.round == round);
    let Some([above, below]) = OUTSIDE.into_iter().find(|pair| !asked(pair[0])) else {
        return Vec::new();
    };
    vec![
        question(fresh.high + target / 2.0, round_trip, above),
        question(fresh.low - target / 2.0, round_trip, below),
    ]
}

/// A request that shows on which side of a cut the whole second of the `Date` turns.
fn question(cut: f64, round_trip: f64, round: u16) -> Question {
    let (_, fraction) = cut_at(cut + round_trip / 2.0);
    Question { at_fraction: Some(fraction), ..shape::absent().again(round) }
}

/// What the `Date` fields tell, held against the policy.
pub(super) fn findings(case: &Case) -> Findings {
    let mut findings = Findings::default();
    if let Some(cause) = reach::dead_end(case) {
        findings.causes.push(cause);
        return findings;
    }
    findings.clock = by_date_alone(case.observations());
    let id = CheckId::ClockWithinPolicy;
    let Some(date) = DateBox::of(case.observations()) else {
        findings.check(id, Status::Undecided, "no Date field tells the server's clock");
        findings.mend("Name its key, so that tokens can tell it: --key-env, --key-file.");
        return findings;
    };
    if date.is_contradictory() {
        findings.check(id, Status::Undecided, "its Date fields contradict one another");
        findings.mend("Look for several servers behind this address whose clocks differ.");
        return findings;
    }
    let server = case.observations().iter().find_map(Observation::answer).and_then(fresh_server);
    let server = server.filter(|_| !date.fresh().is_empty());
    let anew = Interval { high: date.fresh().high + TURN, ..date.fresh() };
    let skew = if server.is_some() { anew } else { date.skew() };
    findings.clock.skew = skew.measured();
    findings.clock.date = skew.measured();
    let (place, addition) = match server {
        Some(server) => (skew, format!("; {server} writes each Date anew")),
        None if date.fresh().is_empty() => (skew, "; its Date is late at times".to_owned()),
        None => (date.fresh(), "; it could be 1.1 s more, as a Date may be late".to_owned()),
    };
    let words = format!("the server's Date clock is {}{addition}", in_words(place));
    held_to_policy(case, skew, words, &mut findings);
    findings
}

fn held_to_policy(case: &Case, skew: Interval, words: String, findings: &mut Findings) {
    let id = CheckId::ClockWithinPolicy;
    let policy = case.subject.policy.max_clock_skew.as_secs_f64();
    let evidence = vec![1];
    if skew.within(policy) {
        findings.check(id, Status::Pass, words);
    } else if skew.beyond(policy) {
        let (name, middle) = (&case.subject.name, skew.middle());
        let direction = if middle > 0.0 { "ahead" } else { "behind" };
        let fix = "Set the clock of the host that writes the Date: a proxy's, where there is one. \
                   With the key, tokens tell the application's own.";
        findings.check(id, Status::Fail, format!("{words}; the policy allows {policy:.0} s"));
        findings.mend(fix);
        let summary = format!("{name}'s Date clock is {:.1} s {direction}", middle.abs());
        findings.causes.push(
            shown(CauseCode::ClockSkew, summary, fix, evidence.clone())
                .detail("skew_s", thousandths(middle))
                .detail("error_s", thousandths(skew.width() / 2.0)),
        );
    } else {
        let open = format!("{words}: too close to the {policy:.0} s of the policy to tell");
        findings.check(id, Status::Undecided, open);
    }
    findings.on(evidence);
}

/// The server's name, if it is known to write each `Date` anew and nothing stands before it.
fn fresh_server(answer: &Answer) -> Option<&'static str> {
    let server = answer.field("server").filter(|_| answer.field("via").is_none())?;
    FRESH.into_iter().find(|name| server.starts_with(name))
}
