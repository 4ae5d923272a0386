//! One answer to a hostile token in, how the service took it out. Stricter than the dialect: taken
//! is only what is answered as the right token is.

use std::collections::BTreeSet;

use super::Ground;
use super::rows::{Right, Row};
use crate::cause::CauseCode;
use crate::investigate::case::Case;
use crate::investigate::dialect::Dialect;
use crate::observation::{Answer, Observation, Outcome, Stage};
use crate::question::{Question, TokenShape};
use crate::verdict::{Doubt, Refusal, Verdict};

/// An answer that comes so many seconds later than one to the right token is late.
const LATE: f64 = 1.5;

/// How a service took a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reception {
    /// It was refused.
    Refused,
    /// It asks us to slow down.
    Limited,
    /// It did not answer.
    Silent,
    /// It was answered with this status, neither as a refusal nor as the right token.
    Odd(u16),
    /// It made the server fail with this status.
    Failed(u16),
    /// The answer came late, or not in time.
    Late,
    /// It was taken.
    Taken,
}

/// What the judgement rests on.
pub(super) struct Judge<'a> {
    pub(super) case: &'a Case,
    pub(super) dialect: &'a Dialect,
    /// A token that the service takes.
    pub(super) base: &'a TokenShape,
    /// The rows for which the service called our listener.
    pub(super) calls: &'a BTreeSet<String>,
    /// What is known to be wrong with the service already.
    pub(super) known: Vec<CauseCode>,
    right: Option<&'a Answer>,
    usual: f64,
}

impl<'a> Judge<'a> {
    pub(super) fn new(case: &'a Case, ground: &'a Ground, calls: &'a BTreeSet<String>) -> Self {
        let seen = case.observed(&Question::token(ground.base.clone()));
        Self {
            case,
            dialect: &ground.dialect,
            base: &ground.base,
            calls,
            known: ground.findings.causes.iter().map(|cause| cause.code).collect(),
            right: seen.and_then(Observation::answer),
            usual: seen.map_or(0.0, |seen| seen.round_trip().0),
        }
    }

    /// How a question was taken; `None` if it was not asked.
    pub(super) fn reception(&self, question: &Question) -> Option<Reception> {
        self.case.observed(question).map(|seen| self.heard(seen))
    }

    /// The same, for a question of a row that may be about time or size.
    pub(super) fn reception_of(&self, row: &Row, question: &Question) -> Option<Reception> {
        let seen = self.case.observed(question)?;
        let reception = self.heard(seen);
        let timed = row.right == Right::RefuseAtOnce;
        let late = seen.round_trip().0 > self.usual + LATE;
        let stage = match &seen.outcome {
            Outcome::Failure(failure) => Some(failure.stage),
            Outcome::Answer(_) => None,
        };
        Some(match (reception, stage) {
            (Reception::Taken, _) => Reception::Taken,
            (_, None | Some(Stage::Timeout)) if timed && late => Reception::Late,
            // A server that will not read so much hangs up; the right token shows that it lives.
            (Reception::Silent, Some(Stage::Reset | Stage::Protocol)) if row.is_large() => {
                Reception::Refused
            }
            _ => reception,
        })
    }

    /// Whether the first answer to a question calls for a second.
    pub(super) fn is_doubtful(&self, row: &Row, question: &Question) -> bool {
        match self.reception_of(row, question) {
            Some(Reception::Taken) => row.right != Right::Stand,
            Some(reception) => reception != Reception::Refused,
            None => false,
        }
    }

    fn heard(&self, seen: &Observation) -> Reception {
        let Some(answer) = seen.answer() else { return Reception::Silent };
        match self.dialect.judge(seen) {
            Verdict::Accepted if self.is_like_right(answer) => Reception::Taken,
            Verdict::Rejected(Refusal::Further) if answer.status >= 500 => {
                Reception::Failed(answer.status)
            }
            Verdict::Rejected(_) => Reception::Refused,
            Verdict::Undecided(Doubt::RateLimited) => Reception::Limited,
            Verdict::Undecided(Doubt::ServerError) => Reception::Failed(answer.status),
            Verdict::Undecided(Doubt::NoAnswer) => Reception::Silent,
            Verdict::Accepted | Verdict::Undecided(_) => Reception::Odd(answer.status),
        }
    }

    /// A firewall's page may be a success, too; it is not what the right token gets.
    fn is_like_right(&self, answer: &Answer) -> bool {
        self.right.is_some_and(|right| {
            right.status == answer.status && right.content_type == answer.content_type
        })
    }
}
