//! Line of inquiry: do all replicas agree? One token at each address of the name, and again on
//! fresh connections, so that a load balancer chooses anew. Keys and clocks are told apart by
//! tokens that live for hours and tokens that live for seconds.

mod addresses;
mod apart;
mod causes;
mod member;
mod tokens;
mod words;

use super::edges;
use super::findings::Findings;
use super::room;
use super::shape;
use super::view::{Inquiry, View};
use crate::cause::{Cause, CauseCode};
use crate::check::{CheckId, Status};
use crate::clock::{DateBox, Interval};
use crate::diagnosis::KeyMatch;
use crate::fraction::Count;
use crate::observation::Observation;
use crate::plan::KeyName;
use crate::question::{Connection, Question, TokenShape};
use apart::Apart;
use tokens::{Tokens, count};

pub(super) use addresses::{opening, replicas, taken_somewhere};

/// So many repeats go to every service: with the kept connections beside them they find one stale
/// replica in two nearly always.
const ALWAYS: u16 = 2;
/// So many repeats tell a fraction, once replicas are known to disagree.
const COUNTED: u16 = 20;
/// How often a stale key may pass for a clock.
const CHANCE: f64 = 0.001;
/// More repeats than this are not sent for any certainty.
const MOST_COUNTED: u16 = 50;
/// So many repeats go to each other key, before it is said that all replicas take it.
const SECOND_KEY: u16 = 4;
/// Before a cause is named, each of two tokens that prove it is repeated so often: of ten replicas, one
/// that alone refused the right token would have to answer each time.
const PROVING: u16 = 4;
/// Before a measured cause is named, one token is repeated so often, where there is room: of ten
/// replicas, one is then missed in eight runs of a hundred.
const DOUBTED: u16 = 24;
/// Doubts leave so much room, for what explains the cause.
const AFTER_DOUBTS: usize = 22;
/// So many repeats are shared by the other keys that may be a replica's.
const TRIED: usize = 30;

/// What the answers so far say of the replicas as a whole.
struct Tally<'v> {
    tokens: Tokens,
    seen: Vec<&'v Observation>,
}

impl<'v> Tally<'v> {
    fn of(view: &'v View<'_>) -> Self {
        Self { tokens: Tokens::of(view), seen: view.case.observations().iter().collect() }
    }

    fn count(&self, view: &View<'_>, shape: &TokenShape) -> Count {
        count(view, &self.seen, shape)
    }

    /// Among the fresh connections alone, where a balancer chose anew each time.
    fn fresh(&self, view: &View<'_>, shape: &TokenShape) -> Count {
        let fresh = |one: &&&Observation| one.question.connection == Connection::Fresh;
        let fresh: Vec<_> = self.seen.iter().filter(fresh).copied().collect();
        count(view, &fresh, shape)
    }

    /// Some take the token and some refuse it.
    fn keys_or_clocks(&self, view: &View<'_>) -> bool {
        let tokens = [&self.tokens.base, &self.tokens.patient, &self.tokens.timely];
        let [base, patient, timely] = tokens.map(|shape| self.count(view, shape));
        let keyed = self.tokens.keyed.iter().any(|(_, shape)| self.count(view, shape).is_split());
        keyed || base.is_split() || patient.is_split() || (base.refused > 0 && timely.taken > 0)
    }

    /// Two clocks: one alone cannot be at the edge of both tokens, and who takes the one takes the
    /// other.
    fn clocks(&self, view: &View<'_>) -> bool {
        let [timely, roomy] = [&self.tokens.timely, &self.tokens.roomy];
        self.count(view, timely).is_split() && self.count(view, roomy).refused > 0
    }
}

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let mut first = repeats(view.base, ALWAYS);
    first.extend(addresses::each(view.case, &Tokens::of(view).timely));
    let unasked = view.case.unasked(first);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    let tally = Tally::of(view);
    let more = addresses::next(view, &tally.tokens);
    if !more.is_empty() {
        return Inquiry::Ask(more);
    }
    let by_address = Apart::of("address", addresses::members(view, &tally.tokens));
    if by_address.is_none() {
        let more = view.case.unasked(suspicions(view, &tally));
        if !more.is_empty() {
            return Inquiry::Ask(more);
        }
    }
    let mut findings = Findings { addresses: replicas(view), ..Findings::default() };
    if disagree(view) {
        let apart = by_address.or_else(|| Apart::find(view, &tally.tokens));
        disagreement(view, &tally, apart.as_ref(), &mut findings);
    } else {
        agreement(view, &mut findings);
    }
    Inquiry::concluded(findings)
}

/// Whether one and the same token was both taken and refused in this run, for whatever reason.
pub(super) fn disagree(view: &View<'_>) -> bool {
    let tally = Tally::of(view);
    tally.keys_or_clocks(view) || tally.clocks(view)
}

/// What to ask before a cause is named: a token that only one replica takes or refuses would look
/// like a fault of all of them. Nothing where there is nothing to name.
pub(super) fn doubts(view: &View<'_>, findings: &Findings) -> Vec<Question> {
    let failed = findings.checks.iter().any(|check| check.status == Status::Fail);
    if findings.causes.is_empty() && !failed {
        return Vec::new();
    }
    let tokens = Tokens::of(view);
    let measured = |cause: &Cause| {
        let of_time = matches!(cause.code, CauseCode::ClockSkew | CauseCode::LifetimeLimit);
        of_time
            || cause.code == CauseCode::LeewayExcessive
            || cause.details.get("claim") == Some(&"iat".into())
    };
    let mut doubts = if findings.causes.is_empty() || findings.causes.iter().any(measured) {
        of_measures(view, &tokens)
    } else {
        // What the search found rests on two tokens, one refused and one taken.
        let right = shape::most_acceptable(&view.subject().token);
        let found = (*view.base != right).then_some([&right, view.base]);
        found.into_iter().flatten().flat_map(|shape| repeats(shape, PROVING)).collect()
    };
    let second_key =
        findings.causes.iter().any(|cause| cause.details.contains_key("besides_reference"));
    let keyed = tokens.keyed.iter().filter(|_| second_key);
    doubts.extend(keyed.flat_map(|(_, shape)| repeats(shape, SECOND_KEY)));
    view.case.unasked(doubts)
}

/// A figure rests on refusals of many tokens, each asked once: one replica's may be among them.
fn of_measures(view: &View<'_>, tokens: &Tokens) -> Vec<Question> {
    let shapes = [&tokens.patient, &tokens.timely];
    // What was asked leaves less to ask, so that these are the same questions or fewer.
    let most = room::most(view).saturating_sub(AFTER_DOUBTS);
    let left = most.saturating_sub(view.case.observations().len()) / shapes.len();
    let times = DOUBTED.min(left.try_into().unwrap_or(DOUBTED));
    shapes.into_iter().flat_map(|shape| repeats(shape, times)).collect()
}

/// The tokens that settle a suspicion, over fresh connections; none where there is no suspicion.
/// They go out one kind after the other: in turns, a balancer that takes turns would sort them.
fn suspicions(view: &View<'_>, tally: &Tally<'_>) -> Vec<Question> {
    let tokens = &tally.tokens;
    let split = tally.keys_or_clocks(view);
    let timely = tally.count(view, &tokens.timely).is_split();
    if !split && !timely && !several_clocks(view) {
        return Vec::new();
    }
    let mut questions = repeats(&tokens.timely, COUNTED);
    if timely {
        questions.extend(repeats(&tokens.roomy, COUNTED));
    }
    if split || timely {
        questions
            .extend(repeats(&tokens.patient, enough(view, tally).clamp(COUNTED, MOST_COUNTED)));
    }
    if split {
        let each = (TRIED / tokens.keyed.len().max(1)).clamp(2, 12).try_into().unwrap_or(2);
        questions.extend(tokens.keyed.iter().flat_map(|(_, shape)| repeats(shape, each)));
        // A limit on lifetimes refuses what lives for hours everywhere.
        if tally.count(view, &tokens.patient).always_refused() {
            questions.extend(repeats(&tokens.base, COUNTED));
        }
    }
    questions
}

/// So many times a token that every clock takes must be taken, before keys are ruled out: if some
/// replicas refused it for its key, as often as others were refused, one in a thousand would pass.
fn enough(view: &View<'_>, tally: &Tally<'_>) -> u16 {
    let shapes = [&tally.tokens.timely, &tally.tokens.roomy];
    let [timely, roomy] = shapes.map(|shape| tally.fresh(view, shape));
    let refused = (timely.refused + roomy.refused) as f64 / (timely.all() + roomy.all()) as f64;
    if roomy.refused == 0 || refused >= 1.0 {
        return COUNTED;
    }
    (CHANCE.ln() / (1.0 - refused).ln()).ceil() as u16
}

/// Whether what was seen of time fits no single clock.
fn several_clocks(view: &View<'_>) -> bool {
    let edges = edges::read(view);
    let dates = DateBox::of(view.case.observations()).is_some_and(DateBox::is_contradictory);
    dates || edges.expiry.is_empty() || edges.start.is_some_and(Interval::is_empty)
}

/// The same token over fresh connections, so many times.
pub(super) fn repeats(shape: &TokenShape, times: u16) -> Vec<Question> {
    let question = Question { connection: Connection::Fresh, ..Question::token(shape.clone()) };
    (1..=times).map(|round| question.clone().again(round)).collect()
}

/// All agree, as far as they answered.
fn agreement(view: &View<'_>, findings: &mut Findings) {
    let silent = addresses::silent(view);
    if let Some(summary) = words::silence(&silent) {
        findings.check(CheckId::ReplicasAgree, Status::Undecided, summary);
        findings.on(silent.iter().map(|(_, seen)| seen.number).collect());
        findings.mend(words::mend_silence(view));
        return;
    }
    let unclear = addresses::unclear(view);
    if let Some(summary) = words::unclear(&unclear) {
        findings.check(CheckId::ReplicasAgree, Status::Undecided, summary);
        return;
    }
    let summary = words::agreement(view.case.addresses.len(), view.case.left_out);
    findings.check(CheckId::ReplicasAgree, Status::Pass, summary);
}

/// Some refuse what others take: keys, clocks, or both.
fn disagreement(
    view: &View<'_>,
    tally: &Tally<'_>,
    apart: Option<&Apart<'_>>,
    findings: &mut Findings,
) {
    let causes = causes::causes(view, tally, apart);
    let Some(first) = causes.first() else { return };
    findings.check(CheckId::ReplicasAgree, Status::Fail, first.summary.clone());
    findings.on(first.evidence.clone()).mend(first.fix.clone());
    let baseline = super::shape::baseline(&view.subject().token);
    let refused = [&tally.tokens.base, &baseline].map(|shape| tally.count(view, shape).refused);
    if refused.iter().any(|refused| *refused > 0) {
        findings.check(
            CheckId::BaselineAccepted,
            Status::Fail,
            "a right token is refused at times",
        );
    } else {
        findings.check(CheckId::BaselineAccepted, Status::Pass, "a right token is accepted");
    }
    let clock = causes.iter().find(|cause| cause.code == CauseCode::ClockSkew);
    if let Some(clock) = clock {
        findings.check(CheckId::ClockWithinPolicy, Status::Fail, clock.summary.clone());
        findings.on(clock.evidence.clone()).mend(clock.fix.clone());
    }
    if causes.len() == 1 && clock.is_some() && view.base.key == KeyName::Reference {
        findings.key = Some(KeyMatch::Known(KeyName::Reference));
        findings.check(
            CheckId::KeyMatch,
            Status::Pass,
            "every replica verifies with the reference key",
        );
    }
    findings.causes = causes;
}
