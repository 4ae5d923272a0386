//! Facts about a service and observations in; questions, and in the end a diagnosis, out. Owns no
//! socket, no clock, no key bytes: a state machine that is asked what to do next.
//!
//! Each step looks at everything known so far, so an investigation can be replayed from its
//! observations alone. The order: does it answer (`reach`), how does it refuse (`dialect`),
//! which token does it take (`search`), and then the lines of inquiry, each one file with one
//! signature, which ask side by side until all have concluded.

mod age;
mod algorithm;
mod alone;
mod base;
mod before_the_token;
mod bisect;
mod body;
mod budget;
mod case;
mod changes;
mod conclude;
mod control;
mod date_clock;
mod ddmin;
mod dialect;
mod dimension;
mod edges;
mod expiration;
mod family;
mod far;
mod findings;
mod fingerprint;
mod fleet;
mod hint;
mod hostile;
mod ignored;
mod issued;
mod keys;
mod leeway;
mod lifetime;
mod lines;
mod members;
mod message;
mod needed;
mod other_loaders;
mod phrases;
mod precise;
mod progress;
mod reach;
mod refused;
mod replicas;
mod room;
mod search;
mod shape;
mod skew;
mod spared;
mod time;
mod untold;
mod view;
mod wrong_key;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use base::Base;
use case::Case;
use dialect::Dialect;
use findings::Findings;
use hostile::Ground;
use lines::{inquire, is_late, late, so_far, unsteady};
use view::{Inquiry, View};

use crate::cause::{Cause, CauseCode};
use crate::diagnosis::{Judged, Judgement, KeyMatch, RunVerdict, ServiceDiagnosis};
use crate::observation::Observation;
use crate::plan::{About, Subject};
use crate::question::Question;

pub use fleet::{LARGE_FLEET, MOST_BETWEEN, between_services, fleet};

/// What these answers mean: the controls among them teach the service's dialect.
#[must_use]
pub fn judge(subject: &Subject, observations: &[Observation]) -> Judgement {
    let mut case = Case::new(subject.clone());
    observations.iter().cloned().for_each(|observation| case.file(observation));
    let dialect = Dialect::learn(&case);
    Judgement {
        protected: dialect.protected,
        takes_random_key: dialect.takes_random_key,
        judged: conclude::judged(&case, &dialect, RunVerdict::Inconclusive),
    }
}

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
pub struct Investigation {
    case: Case,
    url: String,
    round_trips: usize,
    /// What the usual lines ended with, once hostile tokens are being sent.
    ground: Option<Box<Ground>>,
    /// The rows of hostile tokens for which the service called our listener.
    calls: BTreeSet<String>,
}

impl Investigation {
    /// Begins an investigation that knows nothing but the facts of the configuration. `url` is
    /// what the report shows, without query and userinfo.
    #[must_use]
    pub fn new(subject: Subject, url: String) -> Self {
        Self { case: Case::new(subject), url, round_trips: 0, ground: None, calls: BTreeSet::new() }
    }

    /// The same at these addresses of the service's name, which are then asked one by one.
    #[must_use]
    pub fn at(mut self, addresses: Vec<SocketAddr>) -> Self {
        self.case.stand_at(addresses);
        self
    }

    /// Takes in one observation.
    pub fn tell(&mut self, observation: Observation) {
        self.case.file(observation);
    }

    /// Counts requests that were sent beside those that were told, because they had to be repeated.
    pub fn spend(&mut self, requests: usize) {
        self.case.spend(requests);
    }

    /// Takes in a further observation after the end, and says what it means.
    pub fn judge_further(&mut self, observation: Observation) -> Option<Judged> {
        self.case.file(observation);
        let dialect = Dialect::learn(&self.case);
        conclude::judged_last(&self.case, &dialect)
    }

    /// Takes in that the service called our listener for this row of hostile tokens.
    pub fn tell_call(&mut self, row: String) {
        self.calls.insert(row);
    }

    /// What to do next, given everything told so far.
    pub fn step(&mut self) -> Step {
        // From then on, odd answers are what is looked for, and no ground to stop on.
        if let Some(ground) = self.ground.take() {
            return self.hostile(ground);
        }
        let dialect = Dialect::learn(&self.case);
        if self.case.subject.scope.about == About::DateClock {
            return self.date_clock(&dialect);
        }
        if let Some(cause) = reach::dead_end(&self.case) {
            return self.stopped(&dialect, vec![cause]);
        }
        let opening = reach::opening(&self.case);
        if !opening.is_empty() {
            return self.ask(&dialect, opening, Findings::default());
        }
        if let Some(cause) = reach::open(&self.case, &dialect) {
            let questions = search::behind_success(&self.case, &dialect);
            if !questions.is_empty() {
                return self.ask(&dialect, questions, Findings::default());
            }
            return self.stopped(&dialect, vec![cause]);
        }
        match search::base(&self.case, &dialect) {
            Base::Searching(questions) => self.ask(&dialect, questions, Findings::default()),
            Base::Unsteady => self.unsteady(&dialect),
            Base::NotFound => self.stopped(&dialect, refused::causes(&self.case, &dialect)),
            Base::Found { shape, changes } => {
                let view = View::new(&self.case, &dialect, &shape, &changes);
                if is_late(&view) {
                    return match late(&view) {
                        Inquiry::Ask(more) => self.ask(&dialect, more, Findings::default()),
                        Inquiry::Concluded(findings) => self.done(&dialect, *findings),
                    };
                }
                match inquire(&view) {
                    Inquiry::Ask(questions) => {
                        let so_far = match self.case.left() {
                            0 => so_far(&view),
                            _ => Findings::default(),
                        };
                        self.ask(&dialect, questions, so_far)
                    }
                    Inquiry::Concluded(findings) => {
                        let ground = Ground { dialect, base: *shape, findings: *findings };
                        self.hostile(Box::new(ground))
                    }
                }
            }
        }
    }

    /// The last stage, if it was asked for: hostile tokens, a chunk at a time.
    fn hostile(&mut self, ground: Box<Ground>) -> Step {
        match hostile::inquire(&self.case, &ground, &self.calls) {
            Inquiry::Ask(questions) => {
                let (dialect, so_far) = (ground.dialect.clone(), ground.findings.clone());
                self.ground = Some(ground);
                self.ask(&dialect, questions, so_far)
            }
            Inquiry::Concluded(found) => {
                let mut findings = ground.findings;
                findings.merge(*found);
                self.done(&ground.dialect, findings)
            }
        }
    }

    /// Only what answers to requests without a token show of the clock.
    fn date_clock(&mut self, dialect: &Dialect) -> Step {
        let questions = date_clock::next(&self.case);
        if questions.is_empty() {
            return self.done(dialect, date_clock::findings(&self.case));
        }
        self.ask(dialect, questions, Findings::default())
    }

    /// The right token was taken and refused: do its repeats tell why?
    fn unsteady(&mut self, dialect: &Dialect) -> Step {
        let base = shape::most_acceptable(&self.case.subject.token);
        let view = View::new(&self.case, dialect, &base, &[]);
        let turned = || Inquiry::concluded(unsteady(&view));
        let inquiry = if replicas::disagree(&view) {
            control::settle(&view, turned)
        } else if control::changed(&self.case, dialect) {
            turned()
        } else {
            replicas::inquire(&view)
        };
        match inquiry {
            Inquiry::Ask(questions) => self.ask(dialect, questions, Findings::default()),
            Inquiry::Concluded(findings) if findings.causes.is_empty() => {
                let findings = unsteady(&view);
                self.done(dialect, findings)
            }
            Inquiry::Concluded(findings) => self.done(dialect, *findings),
        }
    }

    /// Asks as much as the quota still allows; `so_far` is what stands when it allows nothing more.
    fn ask(
        &mut self,
        dialect: &Dialect,
        mut questions: Vec<Question>,
        mut so_far: Findings,
    ) -> Step {
        questions.truncate(self.case.left());
        if questions.is_empty() {
            budget::ended(&self.case, &mut so_far);
            return self.done(dialect, so_far);
        }
        self.round_trips += 1;
        Step::Ask(questions)
    }

    /// Ends without a token that the service takes.
    fn stopped(&self, dialect: &Dialect, causes: Vec<Cause>) -> Step {
        let base = shape::most_acceptable(&self.case.subject.token);
        let unknown = causes.first().is_some_and(|cause| cause.code == CauseCode::KeyMismatch);
        let mut findings = Findings {
            clock: skew::by_date_alone(self.case.observations()),
            key: unknown.then_some(KeyMatch::Unknown),
            ..Findings::default()
        };
        findings.addresses = replicas::replicas(&View::new(&self.case, dialect, &base, &[]));
        refused::checks(&self.case, dialect, &causes, &mut findings);
        findings.causes = causes;
        let view = View::new(&self.case, dialect, &base, &[]);
        if algorithm::takes_unsigned_alone(&view, &mut findings) {
            refused::for_the_signature(&self.case, &mut findings);
        }
        self.done(dialect, findings)
    }

    fn done(&self, dialect: &Dialect, findings: Findings) -> Step {
        let diagnosis =
            conclude::conclude(&self.case, dialect, findings, &self.url, self.round_trips);
        let everything = self.case.subject.scope.about == About::Everything;
        Step::Done(Box::new(if everything { diagnosis } else { alone::clock(diagnosis) }))
    }
}
