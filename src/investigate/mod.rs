//! Facts about a service and observations in; questions, and in the end a diagnosis, out. Owns no
//! socket, no clock, no key bytes.

use crate::diagnosis::ServiceDiagnosis;
use crate::observation::Observation;
use crate::plan::Subject;
use crate::question::Question;

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Ask these, in any order, and tell the answers.
    Ask(Vec<Question>),
    /// There is nothing left to ask.
    Done(Box<ServiceDiagnosis>),
}

/// The investigation of one service.
#[derive(Debug, Clone)]
pub struct Investigation {}

impl Investigation {
    /// Begins an investigation that knows nothing but the facts of the configuration.
    #[must_use]
    pub fn new(subject: Subject, url: String) -> Self {
        let _ = (subject, url);
        Self {}
    }

    /// What to do next, given everything told so far.
    #[must_use]
    pub fn step(&self) -> Step {
        Step::Ask(Vec::new())
    }

    /// Takes in one observation.
    pub fn tell(&mut self, observation: Observation) {
        let _ = observation;
    }
}
