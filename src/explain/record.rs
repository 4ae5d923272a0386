//! What one service has answered so far, by question: the questions that every token is tried
//! beside, and what the answers to all of them mean. Never decides what to ask next.

use crate::diagnosis::{Judged, Judgement};
use crate::plan::{KeyName, TokenSpec};
use crate::question::{Credential, Question, TokenShape};
use crate::verdict::{Doubt, Verdict};

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was not asked yet.
    NotAsked,
    /// The token was taken.
    Taken,
    /// The token was refused, or the service failed on it as it did not on others.
    Refused,
    /// It cannot be told.
    Unclear(Doubt),
}

/// The caught token, byte for byte.
pub(super) fn caught() -> Question {
    Question::once(Credential::Caught)
}

/// No token.
pub(super) fn absent() -> Question {
    Question::once(Credential::Absent)
}

/// The tokens that the configuration calls right, the one hardest to refuse first.
pub(super) fn right(spec: &TokenSpec) -> [TokenShape; 2] {
    [TokenShape::most_acceptable(spec.algorithm), TokenShape::baseline(spec.algorithm)]
}

/// A right token under a random key.
pub(super) fn random_key(spec: &TokenSpec) -> Question {
    let right = TokenShape::most_acceptable(spec.algorithm);
    Question::token(TokenShape { key: KeyName::Random, ..right })
}

/// The controls, whose right answers are known, and the caught token among them.
pub(super) fn opening(spec: &TokenSpec) -> Vec<Question> {
    let [most_acceptable, baseline] = right(spec).map(Question::token);
    let garbage = Question::once(Credential::Garbage);
    vec![garbage, random_key(spec), most_acceptable, caught(), baseline]
}

/// The answers of one service and their meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a>(pub(super) &'a Judgement);

impl<'a> Record<'a> {
    /// What was seen, if the question was asked.
    pub(super) fn seen(self, question: &Question) -> Option<&'a Judged> {
        self.0.judged.iter().rev().find(|judged| judged.observation.question == *question)
    }

    pub(super) fn outcome(self, question: &Question) -> Outcome {
        match self.seen(question).map(|judged| judged.verdict) {
            None => Outcome::NotAsked,
            Some(Verdict::Accepted) => Outcome::Taken,
            Some(Verdict::Rejected(_) | Verdict::Undecided(Doubt::ServerError)) => Outcome::Refused,
            Some(Verdict::Undecided(doubt)) => Outcome::Unclear(doubt),
        }
    }

    /// Those of the questions that were not asked yet, each once.
    pub(super) fn unasked(self, questions: impl IntoIterator<Item = Question>) -> Vec<Question> {
        let mut new = Vec::new();
        for question in questions {
            if self.seen(&question).is_none() && !new.contains(&question) {
                new.push(question);
            }
        }
        new
    }
}
