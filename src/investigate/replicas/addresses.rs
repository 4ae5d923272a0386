//! The addresses of a service's name, each asked by itself: one token at each, and more only where
//! one of them answers otherwise. An address without an answer is told, never blamed on a key.

use std::net::SocketAddr;

use super::member::{Finding, Member};
use super::tokens::{Tokens, count};
use crate::clock::DateBox;
use crate::investigate::case::Case;
use crate::investigate::dialect::Dialect;
use crate::investigate::shape;
use crate::investigate::view::View;
use crate::observation::{Failure, Observation, Outcome};
use crate::question::{Connection, Question, TokenShape};
use crate::replica::Replica;
use crate::verdict::Verdict;

/// So many addresses that answer otherwise are asked for the reason.
const EXAMINED: usize = 4;

/// The one token that each address gets, where there are several.
pub(in crate::investigate) fn opening(case: &Case, base: &TokenShape) -> Vec<Question> {
    each(case, &shape::timely(base, &case.subject.policy))
}

/// This token at each address.
pub(super) fn each(case: &Case, shape: &TokenShape) -> Vec<Question> {
    case.addresses.iter().map(|address| shape::at(*address, shape.clone())).collect()
}

/// Whether some address took this token, or the same for a few seconds.
pub(in crate::investigate) fn taken_somewhere(
    case: &Case,
    dialect: &Dialect,
    shape: &TokenShape,
) -> bool {
    let timely = shape::timely(shape, &case.subject.policy);
    case.observations().iter().any(|seen| {
        matches!(seen.question.connection, Connection::To(_))
            && seen.question.shape().is_some_and(|asked| asked == shape || *asked == timely)
            && dialect.judge(seen) == Verdict::Accepted
    })
}

/// What to ask the addresses next; empty when each has said what it can.
pub(super) fn next(view: &View<'_>, tokens: &Tokens) -> Vec<Question> {
    let mut questions = Vec::new();
    let mut examined = 0;
    for &address in &view.case.addresses {
        let more = follow_up(view, tokens, address);
        if more.len() > 1 {
            examined += 1;
        }
        if examined <= EXAMINED {
            questions.extend(more);
        }
    }
    view.case.unasked(questions)
}

/// What this address is asked after its timely token.
fn follow_up(view: &View<'_>, tokens: &Tokens, address: SocketAddr) -> Vec<Question> {
    let ask = |shape: &TokenShape| shape::at(address, shape.clone());
    let seen = at(view, address);
    let timely = count(view, &seen, &tokens.timely);
    if timely.taken > 0 {
        return Vec::new();
    }
    if seen.iter().all(|one| one.answer().is_none()) {
        return if has_peer(view, address) {
            vec![ask(&tokens.timely).again(1)]
        } else {
            Vec::new()
        };
    }
    let base = count(view, &seen, &tokens.base);
    if base.taken > 0 {
        let elsewhere = count(view, &everywhere(view), &tokens.timely).taken > 0;
        return if elsewhere { vec![ask(&tokens.roomy)] } else { Vec::new() };
    }
    if base.refused == 0 {
        return vec![ask(&tokens.base)];
    }
    // A second answer tells one stale replica from several behind this address.
    let mut more = vec![ask(&tokens.base).again(1), ask(&tokens.patient)];
    more.extend(tokens.keyed.iter().map(|(_, shape)| ask(shape)));
    if count(view, &seen, &tokens.patient).taken > 0 {
        more.push(ask(&tokens.roomy));
    }
    more
}

fn everywhere<'v>(view: &'v View<'_>) -> Vec<&'v Observation> {
    view.case.observations().iter().collect()
}

/// The observations of what went to this address by name.
fn at<'v>(view: &'v View<'_>, address: SocketAddr) -> Vec<&'v Observation> {
    let to = Connection::To(address);
    view.case.observations().iter().filter(|seen| seen.question.connection == to).collect()
}

/// Whether another address of the same family answered: only then is silence a fault of this one,
/// and not of a family that the service, or this machine, does not speak.
fn has_peer(view: &View<'_>, address: SocketAddr) -> bool {
    view.case.observations().iter().any(|seen| {
        let answered = seen.answer().is_some();
        let to = match seen.question.connection {
            Connection::To(to) => Some(to),
            Connection::Kept | Connection::Fresh => None,
        };
        answered && to.is_some_and(|to| to != address && to.is_ipv4() == address.is_ipv4())
    })
}

/// The addresses that answered, as members.
pub(super) fn members<'v>(view: &'v View<'_>, tokens: &Tokens) -> Vec<Member<'v>> {
    let answered = view.case.addresses.iter().filter_map(|address| {
        let seen = at(view, *address);
        let answers = seen.iter().any(|one| one.answer().is_some());
        answers.then(|| Member::of(view, tokens, address.to_string(), seen))
    });
    answered.collect()
}

/// The addresses that gave no answer, though others of their family did; with the last failure.
pub(super) fn silent<'v>(view: &'v View<'_>) -> Vec<(SocketAddr, &'v Observation)> {
    let silent = view.case.addresses.iter().filter_map(|address| {
        let seen = at(view, *address);
        let last = *seen.last()?;
        let dead = seen.iter().all(|one| one.answer().is_none());
        (dead && has_peer(view, *address)).then_some((*address, last))
    });
    silent.collect()
}

/// The addresses that answered, and not so that it can be judged, with their last status.
pub(super) fn unclear(view: &View<'_>) -> Vec<(String, Option<u16>)> {
    let members = members(view, &Tokens::of(view)).into_iter();
    let unclear = members.filter(|member| member.finding == Finding::Unclear);
    let status = |seen: &[&Observation]| Some(seen.last()?.answer()?.status);
    unclear.map(|member| (status(&member.seen), member.label)).map(|(s, l)| (l, s)).collect()
}

/// Every address for the report, whatever became of the rest.
pub(in crate::investigate) fn replicas(view: &View<'_>) -> Vec<Replica> {
    let tokens = Tokens::of(view);
    let each = view.case.addresses.iter().map(|&address| {
        let seen = at(view, address);
        let member = Member::of(view, &tokens, address.to_string(), seen);
        let dates =
            DateBox::of(member.seen.iter().copied()).filter(|date| !date.is_contradictory());
        let date_skew = dates.and_then(|date| date.skew().measured()).map(|skew| skew.value);
        Replica {
            address,
            taken: taken(&member),
            key: member.key(view),
            date_skew,
            failure: failure(&member.seen),
        }
    });
    each.collect()
}

fn taken(member: &Member<'_>) -> Option<bool> {
    match member.finding {
        Finding::Right | Finding::OtherClock => Some(true),
        Finding::OtherKey(_) | Finding::OtherReason => Some(false),
        Finding::Mixed | Finding::Unclear => None,
    }
}

fn failure(seen: &[&Observation]) -> Option<Failure> {
    if seen.iter().any(|one| one.answer().is_some()) {
        return None;
    }
    match &seen.last()?.outcome {
        Outcome::Failure(failure) => Some(failure.clone()),
        Outcome::Answer(_) => None,
    }
}
