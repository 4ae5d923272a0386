//! Everything known of one service so far: the facts of the configuration and the observations.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::observation::Observation;
use crate::plan::Subject;
use crate::question::Question;

/// So many addresses of one name are asked.
const MOST_ADDRESSES: usize = 16;

/// One service's record: facts, questions and answers.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) subject: Subject,
    /// The addresses of its name that are asked one by one; none where there are fewer than two.
    pub(super) addresses: Vec<SocketAddr>,
    /// How many more addresses there are, left alone.
    pub(super) left_out: usize,
    observations: Vec<Observation>,
    by_question: HashMap<Question, usize>,
    /// Requests that were sent beside the observations.
    spent: usize,
}

impl Case {
    pub(super) fn new(subject: Subject) -> Self {
        Self {
            subject,
            addresses: Vec::new(),
            left_out: 0,
            observations: Vec::new(),
            by_question: HashMap::new(),
            spent: 0,
        }
    }

    /// Learns the addresses of the service's name. One alone is what every request goes to anyway.
    pub(super) fn stand_at(&mut self, mut addresses: Vec<SocketAddr>) {
        self.left_out = addresses.len().saturating_sub(MOST_ADDRESSES);
        addresses.truncate(MOST_ADDRESSES);
        if addresses.len() > 1 {
            self.addresses = addresses;
        }
    }

    /// Files an observation and numbers it.
    pub(super) fn file(&mut self, mut observation: Observation) {
        observation.number = self.observations.len() + 1;
        self.by_question.insert(observation.question.clone(), self.observations.len());
        self.observations.push(observation);
    }

    /// Counts requests that no observation stands for.
    pub(super) fn spend(&mut self, requests: usize) {
        self.spent += requests;
    }

    /// How many requests the service's quota still allows.
    pub(super) fn left(&self) -> usize {
        self.subject.quota.requests.saturating_sub(self.observations.len() + self.spent)
    }

    /// What came back for this question, if it was asked.
    pub(super) fn observed(&self, question: &Question) -> Option<&Observation> {
        self.by_question.get(question).map(|&index| &self.observations[index])
    }

    pub(super) fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// Those of the questions that were not asked yet.
    pub(super) fn unasked(&self, questions: impl IntoIterator<Item = Question>) -> Vec<Question> {
        let mut new = Vec::new();
        for question in questions {
            if !self.by_question.contains_key(&question) && !new.contains(&question) {
                new.push(question);
            }
        }
        new
    }
}
