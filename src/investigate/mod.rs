//! Facts about a service and observations in; questions, and in the end a diagnosis, out. Owns no
//! socket, no clock, no key bytes: a state machine that is asked what to do next.
//!
//! Each step looks at everything known so far, so an investigation can be replayed from its
//! observations alone. The order: does it answer (`reach`), how does it refuse (`dialect`),
//! which token does it take (`search`), and then the lines of inquiry, each one file with one
//! signature, which ask side by side until all have concluded.

mod algorithm;
mod before_the_token;
mod body;
mod case;
mod changes;
mod conclude;
mod ddmin;
mod dialect;
mod dimension;
mod edges;
mod expiration;
mod far;
mod findings;
mod fingerprint;
mod fleet;
mod hint;
mod issued;
mod keys;
mod leeway;
mod message;
mod own_clock;
mod phrases;
mod progress;
mod reach;
mod refused;
mod replicas;
mod search;
mod shape;
mod skew;
mod time;
mod untold;
mod view;
mod wrong_key;

use case::Case;
use dialect::Dialect;
use findings::Findings;
use search::Base;
use view::{Inquiry, Line, View};

use crate::cause::{Cause, CauseCode};
use crate::check::{CheckId, Status};
use crate::diagnosis::{Judgement, KeyMatch, RunVerdict, ServiceDiagnosis};
use crate::observation::Observation;
use crate::plan::Subject;
use crate::question::Question;
use crate::verdict::Verdict;

pub use fleet::fleet;

/// The lines of inquiry. A deeper search is a further line, or a further row of `dimension`.
const LINES: [Line; 7] = [
    replicas::inquire,
    issued::inquire,
    changes::inquire,
    keys::inquire,
    algorithm::inquire,
    expiration::inquire,
    time::inquire,
];

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
}

impl Investigation {
    /// Begins an investigation that knows nothing but the facts of the configuration. `url` is
    /// what the report shows, without query and userinfo.
    #[must_use]
    pub fn new(subject: Subject, url: String) -> Self {
        Self { case: Case::new(subject), url, round_trips: 0 }
    }

    /// Takes in one observation.
    pub fn tell(&mut self, observation: Observation) {
        self.case.file(observation);
    }

    /// What to do next, given everything told so far.
    pub fn step(&mut self) -> Step {
        let dialect = Dialect::learn(&self.case);
        if let Some(cause) = reach::dead_end(&self.case) {
            return self.stopped(&dialect, vec![cause]);
        }
        let opening = reach::opening(&self.case);
        if !opening.is_empty() {
            return self.ask(opening);
        }
        if let Some(cause) = reach::open(&self.case, &dialect) {
            return self.stopped(&dialect, vec![cause]);
        }
        match search::base(&self.case, &dialect) {
            Base::Searching(questions) => self.ask(questions),
            Base::Unsteady => self.unsteady(&dialect),
            Base::NotFound => {
                let causes = refused::causes(&self.case, &dialect);
                self.stopped(&dialect, causes)
            }
            Base::Found { shape, changes } => {
                let view = View::new(&self.case, &dialect, &shape, &changes);
                if is_late(&view) {
                    return self.done(&dialect, by_the_search_alone(&view));
                }
                match inquire(&view) {
                    Inquiry::Ask(questions) => self.ask(questions),
                    Inquiry::Concluded(findings) => self.done(&dialect, *findings),
                }
            }
        }
    }

    /// The right token was taken and refused: do its repeats tell why?
    fn unsteady(&mut self, dialect: &Dialect) -> Step {
        let base = shape::most_acceptable(&self.case.subject.token);
        let view = View::new(&self.case, dialect, &base, &[]);
        match replicas::inquire(&view) {
            Inquiry::Ask(questions) => self.ask(questions),
            Inquiry::Concluded(findings) if findings.causes.is_empty() => {
                let findings = unsteady(&self.case);
                self.done(dialect, findings)
            }
            Inquiry::Concluded(findings) => self.done(dialect, *findings),
        }
    }

    fn ask(&mut self, questions: Vec<Question>) -> Step {
        self.round_trips += 1;
        Step::Ask(questions)
    }

    /// Ends without a token that the service takes.
    fn stopped(&self, dialect: &Dialect, causes: Vec<Cause>) -> Step {
        let unknown = causes.first().is_some_and(|cause| cause.code == CauseCode::KeyMismatch);
        let mut findings = Findings {
            clock: skew::by_date_alone(self.case.observations()),
            key: unknown.then_some(KeyMatch::Unknown),
            ..Findings::default()
        };
        refused_checks(&self.case, dialect, &causes, &mut findings);
        findings.causes = causes;
        self.done(dialect, findings)
    }

    fn done(&self, dialect: &Dialect, findings: Findings) -> Step {
        let diagnosis =
            conclude::conclude(&self.case, dialect, findings, &self.url, self.round_trips);
        Step::Done(Box::new(diagnosis))
    }
}

/// Asks every line; they conclude together, so that replicas that disagree void all of them.
fn inquire(view: &View<'_>) -> Inquiry {
    if replicas::disagree(view) {
        return match replicas::inquire(view) {
            Inquiry::Ask(questions) if view.case.observations().len() + questions.len() > MOST => {
                Inquiry::concluded(unsteady(view.case))
            }
            inquiry => inquiry,
        };
    }
    let mut questions = Vec::new();
    let mut findings = Findings::default();
    for line in LINES {
        match line(view) {
            Inquiry::Ask(more) => questions.extend(more),
            Inquiry::Concluded(found) => findings.merge(*found),
        }
    }
    if !questions.is_empty() {
        return Inquiry::Ask(view.case.unasked(questions));
    }
    let failed = |id| findings.checks.iter().any(|c| c.id == id && c.status == Status::Fail);
    if failed(CheckId::BaselineAccepted) && findings.causes.is_empty() {
        findings.causes.extend(refused::causes(view.case, view.dialect));
    }
    Inquiry::concluded(findings)
}

/// A fault is named, or left open, within so many requests.
const MOST: usize = 120;
/// A base that was found so late that further questions would go beyond what a fault may cost.
const LATE: usize = 98;

fn is_late(view: &View<'_>) -> bool {
    let base = view.observed(&Question::token(view.base.clone()));
    base.is_some_and(|base| base.number > LATE)
}

/// What the search itself shows: key, algorithm, claims and place; nothing more was asked.
fn by_the_search_alone(view: &View<'_>) -> Findings {
    let mut findings =
        Findings { clock: skew::by_date_alone(view.case.observations()), ..Findings::default() };
    findings.algorithm.accepted = vec![view.base.algorithm];
    keys::matched(view, &mut findings);
    algorithm::configured(view, &mut findings);
    if let Inquiry::Concluded(found) = changes::inquire(view) {
        findings.merge(*found);
    }
    findings.check(CheckId::BaselineAccepted, Status::Fail, "a right token is refused");
    findings
}

/// The service answered one question in two ways: nothing that it said can be relied on.
fn unsteady(case: &Case) -> Findings {
    let mut findings = Findings {
        clock: skew::by_date_alone(case.observations()),
        causes: vec![refused::unsteady(case)],
        ..Findings::default()
    };
    findings.check(CheckId::BaselineAccepted, Status::Undecided, "its answers changed in mid-run");
    findings
}

/// The checks that can be told when no token was taken.
fn refused_checks(case: &Case, dialect: &Dialect, causes: &[Cause], findings: &mut Findings) {
    let Some(cause) = causes.first() else { return };
    let baseline = Question::token(shape::baseline(&case.subject.token));
    let seen = case.observed(&baseline);
    let refused = seen.is_some_and(|seen| matches!(dialect.judge(seen), Verdict::Rejected(_)));
    let (status, summary) = match cause.code {
        // The endpoint never came to look at a token: nothing is known of tokens.
        CauseCode::Unreachable | CauseCode::Unprotected => (Status::Skip, "not judged"),
        CauseCode::RateLimited | CauseCode::ServerError | CauseCode::Redirected => {
            (Status::Undecided, "not judged")
        }
        _ if refused => (Status::Fail, "a right token is refused"),
        _ => (Status::Undecided, "no clear answer to a right token"),
    };
    findings.check(CheckId::BaselineAccepted, status, summary);
    findings.on(seen.map(|seen| seen.number).into_iter().collect()).mend(cause.fix.clone());
}
