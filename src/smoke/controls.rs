//! The requests that teach how a service refuses, before anything is said of keys: no token, garbage,
//! random keys. What comes back while nobody is behind a proxy teaches nothing. Never judges a key.

use super::seen::{Kind, Trouble};
use crate::convergence::State;
use crate::diagnosis::Judgement;
use crate::observation::{Observation, Outcome};
use crate::plan::{KeyName, TokenSpec};
use crate::question::{Credential, Question, TokenShape};
use crate::verdict::Doubt;

/// There are never more.
pub(super) const MOST: usize = 6;

/// The controls of one service.
#[derive(Debug, Clone)]
pub(super) struct Controls {
    questions: Vec<Question>,
    answers: Vec<Observation>,
    /// What failures a token of this kind got the last time, to see whether that is its habit.
    failed_before: Vec<(Question, u16)>,
    open: Option<State>,
}

impl Controls {
    /// With the old key, too, where there is one: a service that says yes to everybody in one way and
    /// to the holder of a key in another is known by it.
    pub(super) fn of(spec: &TokenSpec, kinds: &[Kind]) -> Self {
        let random = token(spec, KeyName::Random);
        let mut questions = vec![
            Question::once(Credential::Absent),
            Question::once(Credential::Garbage),
            random.clone(),
            // Whether bodies vary by themselves.
            random.again(1),
        ];
        questions.extend(kinds.iter().map(|kind| token(spec, kind.key())));
        Self { questions, answers: Vec::new(), failed_before: Vec::new(), open: None }
    }

    pub(super) fn answers(&self) -> &[Observation] {
        &self.answers
    }

    /// What is still to be asked. Nothing with a token is sent before the endpoint has answered a
    /// request without one.
    pub(super) fn unasked(&self) -> Vec<Question> {
        let asked =
            |question: &&Question| self.answers.iter().any(|one| one.question == **question);
        let most = if self.answers.is_empty() { 1 } else { MOST };
        self.questions.iter().filter(|question| !asked(question)).take(most).cloned().collect()
    }

    /// That the endpoint needs no token, or no right one, where that was seen.
    pub(super) fn open(&self) -> Option<State> {
        self.open
    }

    /// Takes in answers; what makes them worthless, if anything does, and all are to be asked again.
    pub(super) fn file(
        &mut self,
        answers: Vec<Observation>,
        judgement: &Judgement,
    ) -> Option<Trouble> {
        let trouble = answers.iter().find_map(|answer| self.trouble(answer));
        if trouble.is_some() {
            self.forget();
            return trouble;
        }
        self.answers.extend(answers);
        if self.unasked().is_empty() {
            self.open = match (judgement.protected, judgement.takes_random_key) {
                (Some(false), _) => Some(State::Unprotected),
                (_, true) => Some(State::TakesAnyKey),
                (None | Some(true), false) => None,
            };
        }
        None
    }

    /// Everything is to be asked again.
    pub(super) fn forget(&mut self) {
        self.answers.clear();
        self.open = None;
    }

    fn trouble(&mut self, answer: &Observation) -> Option<Trouble> {
        let is_key = |shape: &TokenShape| shape.key != KeyName::Random;
        if answer.question.shape().is_some_and(is_key) {
            return None;
        }
        let status = match &answer.outcome {
            Outcome::Failure(failure) => {
                return Some(Trouble::of(Doubt::NoAnswer, Some(failure.detail.clone())));
            }
            Outcome::Answer(answer) if answer.status == 429 => {
                return Some(Trouble::of(Doubt::RateLimited, None));
            }
            Outcome::Answer(answer) if answer.status == 503 && answer.retry_after.is_some() => {
                return Some(Trouble::of(Doubt::RateLimited, None));
            }
            Outcome::Answer(answer) => answer.status,
        };
        if status < 500 {
            return None;
        }
        let failure = (answer.question.clone(), status);
        // Some verifiers fail at a bad token, and do so each time; a proxy without a service behind
        // it, or a service that fails without any token, says nothing of tokens.
        let is_habit = self.failed_before.contains(&failure)
            && !(502..=504).contains(&status)
            && answer.question.credential != Credential::Absent;
        self.failed_before.push(failure);
        (!is_habit).then(|| Trouble::of(Doubt::ServerError, Some(format!("it answers {status}"))))
    }
}

/// The token that is hardest to refuse, under this key.
pub(super) fn token(spec: &TokenSpec, key: KeyName) -> Question {
    Question::token(TokenShape { key, ..TokenShape::most_acceptable(spec.algorithm) })
}
