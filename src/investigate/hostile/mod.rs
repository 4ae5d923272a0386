//! The last stage, with `--hostile` only: what attackers send, a chunk at a time. After each chunk
//! the right token is asked again, so that a crash or a lockout ends it. Whatever is not a clear
//! refusal is asked twice; nothing is concluded from one answer.

mod judge;
mod questions;
mod rows;
mod timing;
mod verdict;

use std::collections::BTreeSet;

use super::case::Case;
use super::dialect::Dialect;
use super::findings::Findings;
use super::view::Inquiry;
use crate::cause::CauseCode;
use crate::check::{CheckId, Status};
use crate::plan::ForgedScope;
use crate::question::{Question, TokenShape};
use judge::{Judge, Reception};
use rows::{Right, Row, TABLE};

/// So many questions go out before the right token is asked again.
const CHUNK: usize = 8;
/// The rounds of the right token in this stage; those before it belong to other lines.
const CONTROL: u16 = 1000;

/// What the usual lines ended with.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub(super) dialect: Dialect,
    /// A token that the service takes.
    pub(super) base: TokenShape,
    pub(super) findings: Findings,
}

/// Rows that go out together.
struct Chunk {
    rows: Vec<&'static Row>,
    questions: Vec<Question>,
}

/// Where the stage stands.
enum Progress {
    Ask(Vec<Question>),
    /// Every chunk has been asked.
    Finished,
    /// After the chunk of this number, the right token was not taken any more.
    Stopped(usize),
}

pub(super) fn inquire(case: &Case, ground: &Ground, calls: &BTreeSet<String>) -> Inquiry {
    if case.subject.scope.forged != ForgedScope::Hostile {
        return Inquiry::concluded(Findings::default());
    }
    if let Some(why) = groundless(ground) {
        let mut findings = Findings::default();
        findings.check(CheckId::HostileRefused, Status::Skip, why);
        return Inquiry::concluded(findings);
    }
    let judge = Judge::new(case, ground, calls);
    let chunks = chunks(case, ground);
    match progress(&judge, &chunks) {
        Progress::Ask(questions) => Inquiry::Ask(questions),
        Progress::Stopped(last) => {
            Inquiry::concluded(verdict::stopped(&judge, &chunks[last], last))
        }
        Progress::Finished => Inquiry::concluded(verdict::finished(&judge)),
    }
}

/// Why an answer to a hostile token would mean nothing here.
fn groundless(ground: &Ground) -> Option<&'static str> {
    if ground.dialect.takes_random_key {
        return Some("not sent: the signature is not verified, so every one would be accepted");
    }
    let mixed = |cause: &crate::cause::Cause| cause.code == CauseCode::KeyMixedReplicas;
    let mixed = ground.findings.causes.iter().any(mixed);
    mixed.then_some("not sent: its replicas disagree, so no answer would mean much")
}

fn chunks(case: &Case, ground: &Ground) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut room = 0;
    for row in TABLE {
        let Ok(mut questions) = questions::of(row, &case.subject, &ground.base) else { continue };
        if let Right::RefuseIfRead(claim) = row.right {
            questions.push(questions::unread(claim, &ground.base));
        }
        // What is timed goes out alone: it must not make others late, nor they it.
        let alone = row.right == Right::RefuseAtOnce;
        if let Some(chunk) = chunks.last_mut().filter(|_| !alone && questions.len() <= room) {
            room -= questions.len();
            chunk.rows.push(row);
            chunk.questions.extend(questions);
        } else {
            room = if alone { 0 } else { CHUNK.saturating_sub(questions.len()) };
            chunks.push(Chunk { rows: vec![row], questions });
        }
    }
    let samples = timing::questions(&ground.base);
    chunks.push(Chunk { rows: vec![&rows::TIMING], questions: samples });
    chunks
}

fn progress(judge: &Judge<'_>, chunks: &[Chunk]) -> Progress {
    for (number, chunk) in chunks.iter().enumerate() {
        let unasked = judge.case.unasked(chunk.questions.clone());
        if !unasked.is_empty() {
            return Progress::Ask(unasked);
        }
        let unasked = judge.case.unasked(doubtful(judge, chunk));
        if !unasked.is_empty() {
            return Progress::Ask(unasked);
        }
        // A second time where the first is not taken: one answer may be chance.
        let [control, again] = controls(judge, number);
        match (judge.reception(&control), judge.reception(&again)) {
            (None, _) => return Progress::Ask(vec![control]),
            (Some(Reception::Taken), _) | (Some(_), Some(Reception::Taken)) => {}
            (Some(_), None) => return Progress::Ask(vec![again]),
            (Some(_), Some(_)) => return Progress::Stopped(number),
        }
    }
    Progress::Finished
}

/// What must be asked a second time: everything that was not plainly refused.
fn doubtful(judge: &Judge<'_>, chunk: &Chunk) -> Vec<Question> {
    let rows = chunk.rows.iter().filter(|row| row.id != rows::TIMING.id);
    rows.flat_map(|row| {
        let questions = questions::of(row, &judge.case.subject, judge.base).unwrap_or_default();
        questions.into_iter().filter(|question| judge.is_doubtful(row, question))
    })
    .map(|question| question.again(1))
    .collect()
}

/// The right token after the chunk of this number, and once more.
fn controls(judge: &Judge<'_>, number: usize) -> [Question; 2] {
    let round = CONTROL + 2 * u16::try_from(number).unwrap_or(0);
    [round, round + 1].map(|round| Question::token(judge.base.clone()).again(round))
}
