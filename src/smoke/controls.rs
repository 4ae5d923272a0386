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
    /// What the service failed at the last time.
    failed_before: Vec<Question>,
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
        let trouble = answers.iter().filter(|one| !is_of_known_key(one)).find_map(trouble);
        if trouble.is_some() {
            self.forget();
            return trouble;
        }
        self.answers.extend(answers);
        if !self.unasked().is_empty() {
            return None;
        }
        if !self.failures_are_a_habit() {
            self.forget();
            return Some(Trouble::of(Doubt::ServerError, None));
        }
        self.open = match (judgement.protected, judgement.takes_random_key) {
            (Some(false), _) => Some(State::Unprotected),
            (_, true) => Some(State::TakesAnyKey),
            (None | Some(true), false) => None,
        };
        None
    }

    /// Everything is to be asked again.
    pub(super) fn forget(&mut self) {
        self.answers.clear();
        self.open = None;
    }

    /// Some services fail at bad tokens, and do so each time; to something else they answer. A service
    /// that fails for another reason says nothing of tokens.
    fn failures_are_a_habit(&mut self) -> bool {
        let failed = |one: &&Observation| one.answer().is_some_and(|answer| answer.status >= 500);
        let bad = self.answers.iter().filter(|one| !is_of_known_key(one));
        let failed_now = bad.filter(failed).map(|one| one.question.clone()).collect();
        let answers = |one: &Observation| one.answer().is_some_and(|answer| answer.status < 500);
        let is_alive = self.answers.iter().any(answers);
        let before = std::mem::replace(&mut self.failed_before, failed_now);
        self.failed_before.is_empty() || (self.failed_before == before && is_alive)
    }
}

fn is_of_known_key(answer: &Observation) -> bool {
    answer.question.shape().is_some_and(|shape| shape.key != KeyName::Random)
}

/// What makes an answer teach nothing, whoever gave it.
fn trouble(answer: &Observation) -> Option<Trouble> {
    match &answer.outcome {
        Outcome::Failure(failure) => {
            Some(Trouble::of(Doubt::NoAnswer, Some(failure.detail.clone())))
        }
        Outcome::Answer(answer) => {
            let is_limit = answer.status == 503 && answer.retry_after.is_some();
            match answer.status {
                429 => Some(Trouble::of(Doubt::RateLimited, None)),
                503 if is_limit => Some(Trouble::of(Doubt::RateLimited, None)),
                // A proxy without a service behind it.
                502..=504 => Some(Trouble::of(Doubt::ServerError, None)),
                _ => None,
            }
        }
    }
}

/// The token that is hardest to refuse, under this key.
pub(super) fn token(spec: &TokenSpec, key: KeyName) -> Question {
    Question::token(TokenShape { key, ..TokenShape::most_acceptable(spec.algorithm) })
}
