//! The lines of inquiry: all are asked until each has concluded, and what they found adds up. A view
//! of the case in; questions or findings out.

use super::findings::Findings;
use super::view::{Inquiry, Line, View};
use super::{
    age, algorithm, changes, control, expiration, family, ignored, issued, keys, lifetime, refused,
    replicas, room, skew, time, untold,
};
use crate::check::{CheckId, Status};
use crate::plan::About;
use crate::question::Question;

/// The lines of inquiry. A deeper search is a further line, or a further row of `dimension`.
const LINES: [Line; 8] = [
    replicas::inquire,
    issued::inquire,
    changes::inquire,
    keys::inquire,
    algorithm::inquire,
    expiration::inquire,
    lifetime::inquire,
    time::inquire,
];

/// The line of a run about the clock alone.
const CLOCK_LINE: [Line; 1] = [time::inquire];

/// What is asked where a fault is to be explained, or where odd claims may be sent: rightly signed
/// tokens of odd types get past the signature, so a service that is well is spared them.
const EXPLAINING: [Line; 3] = [age::inquire, family::inquire, ignored::inquire];
/// An explanation leaves so much room, for a last control.
const AFTER_EXPLAINING: usize = 2;

/// Asks every line; they conclude together, so that replicas that disagree void all of them.
pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    if replicas::disagree(view) || control::lost(view) {
        let turned = || Inquiry::concluded(unsteady(view));
        return match control::settle(view, turned) {
            Inquiry::Ask(questions)
                if view.case.observations().len() + questions.len() > room::OF_TWO =>
            {
                turned()
            }
            inquiry => inquiry,
        };
    }
    let mut questions = Vec::new();
    let mut findings = Findings::default();
    for line in lines(view) {
        match line(view) {
            Inquiry::Ask(more) => questions.extend(more),
            Inquiry::Concluded(found) => findings.merge(*found),
        }
    }
    if !questions.is_empty() {
        let unasked = view.case.unasked(questions);
        // What a lockout would refuse anyway is not worth asking.
        let control = control::due(view, unasked.len());
        return Inquiry::Ask(control.map_or(unasked, |control| vec![control]));
    }
    let doubts = replicas::doubts(view, &findings);
    if !doubts.is_empty() {
        return Inquiry::Ask(doubts);
    }
    let more = explain(view, &mut findings);
    if !more.is_empty() {
        return Inquiry::Ask(more);
    }
    if let Some(control) = control::due_at_the_end(view) {
        return Inquiry::Ask(vec![control]);
    }
    own_up(view, &mut findings);
    Inquiry::concluded(findings)
}

/// A right token is refused and nothing tells why: that is said, with what would settle it.
fn own_up(view: &View<'_>, findings: &mut Findings) {
    let failed = |id| findings.checks.iter().any(|c| c.id == id && c.status == Status::Fail);
    if failed(CheckId::BaselineAccepted) && findings.causes.is_empty() {
        findings.causes.extend(untold::unexplained(view));
    }
}

/// The lines that this run is about.
fn lines(view: &View<'_>) -> &'static [Line] {
    match view.subject().scope.about {
        About::Everything => &LINES,
        About::Clock | About::DateClock => &CLOCK_LINE,
    }
}

/// Further questions need so much room once a base is found.
const LATE: usize = 28;
/// Less, and not even who else may make tokens is asked.
const TOO_LATE: usize = 15;
/// What is still asked of a base that was found late.
const LATE_LINES: [Line; 4] =
    [keys::inquire, algorithm::inquire, expiration::inquire, lifetime::inquire];

pub(super) fn is_late(view: &View<'_>) -> bool {
    is_beyond(view, LATE)
}

/// Whether the base was found with less than this room left.
fn is_beyond(view: &View<'_>, room: usize) -> bool {
    let base = view.observed(&Question::token(view.base.clone()));
    base.is_some_and(|base| base.number + room > room::most(view))
}

/// What the search itself shows, and who else may make tokens, where there is room to ask.
pub(super) fn late(view: &View<'_>) -> Inquiry {
    let mut findings =
        Findings { clock: skew::by_date_alone(view.case.observations()), ..Findings::default() };
    let no_room = is_beyond(view, TOO_LATE) || view.case.left() == 0;
    if no_room || replicas::disagree(view) {
        findings.algorithm.accepted = vec![view.base.algorithm];
        keys::matched(view, &mut findings);
        algorithm::configured(view, &mut findings);
        return Inquiry::concluded(with_changes(view, findings));
    }
    let mut questions = Vec::new();
    for line in LATE_LINES {
        match line(view) {
            Inquiry::Ask(more) => questions.extend(more),
            Inquiry::Concluded(found) => findings.merge(*found),
        }
    }
    if questions.is_empty() {
        return Inquiry::concluded(with_changes(view, findings));
    }
    Inquiry::Ask(view.case.unasked(questions))
}

/// Claims and places, which the search shows by itself.
fn with_changes(view: &View<'_>, mut findings: Findings) -> Findings {
    if let Inquiry::Concluded(found) = changes::inquire(view) {
        findings.merge(*found);
    }
    findings.check(CheckId::BaselineAccepted, Status::Fail, "a right token is refused");
    own_up(view, &mut findings);
    findings
}

/// What is still to be asked to explain what was found; its findings are added.
fn explain(view: &View<'_>, findings: &mut Findings) -> Vec<Question> {
    if view.subject().scope.about != About::Everything {
        return Vec::new();
    }
    let failing = findings.checks.iter().any(|check| check.status == Status::Fail);
    let odd_claims = view.subject().scope.odd_claims;
    if !failing && !odd_claims {
        return Vec::new();
    }
    let mut questions = Vec::new();
    for line in EXPLAINING {
        match line(view) {
            Inquiry::Ask(more) => questions.extend(more),
            Inquiry::Concluded(found) => findings.merge(*found),
        }
    }
    let unasked = view.case.unasked(questions);
    let asked = view.case.observations().len();
    if !unasked.is_empty()
        && (odd_claims || asked + unasked.len() + AFTER_EXPLAINING <= room::most(view))
    {
        return unasked;
    }
    family::explain(view, findings);
    Vec::new()
}

/// What the lines of inquiry that have concluded found, where not all can.
pub(super) fn so_far(view: &View<'_>) -> Findings {
    let mut findings = Findings::default();
    if replicas::disagree(view) || control::lost(view) {
        return findings;
    }
    for line in lines(view) {
        if let Inquiry::Concluded(found) = line(view) {
            findings.merge(*found);
        }
    }
    findings
}

/// The service answered one question in two ways: nothing that it said can be relied on.
pub(super) fn unsteady(view: &View<'_>) -> Findings {
    let case = view.case;
    let turned = control::cause(case, view.dialect, view.base);
    let mut findings = Findings {
        clock: skew::by_date_alone(case.observations()),
        causes: vec![turned.unwrap_or_else(|| refused::unsteady(case))],
        ..Findings::default()
    };
    findings.check(CheckId::BaselineAccepted, Status::Undecided, "its answers changed in mid-run");
    findings
}
