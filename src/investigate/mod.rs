//! Facts about a service and observations in; questions, and in the end a diagnosis, out. Owns no
//! socket, no clock, no key bytes: a state machine that is asked what to do next.
//!
//! Each step looks at everything known so far, so an investigation can be replayed from its
//! observations alone. The order: does it answer (`reach`), how does it refuse (`dialect`),
//! which token does it take (`search`), and then the lines of inquiry, each one file with one
//! signature, which ask side by side until all have concluded.

mod algorithm;
mod body;
mod budget;
mod case;
mod changes;
mod conclude;
mod control;
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
mod phrases;
mod reach;
mod refused;
mod replicas;
mod search;
mod shape;
mod skew;
mod time;
mod view;
mod wrong_key;

use case::Case;
use dialect::Dialect;
use findings::Findings;
use search::Base;
use view::{Inquiry, Line, View};

use crate::cause::{Cause, CauseCode};
use crate::check::{CheckId, Status};
use crate::diagnosis::{Judged, Judgement, KeyMatch, RunVerdict, ServiceDiagnosis};
use crate::observation::Observation;
use crate::plan::Subject;
use crate::question::Question;
use crate::verdict::Verdict;

pub use fleet::{LARGE_FLEET, MOST_BETWEEN, between_services, fleet};

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

    /// What to do next, given everything told so far.
    pub fn step(&mut self) -> Step {
        let dialect = Dialect::learn(&self.case);
        if let Some(cause) = reach::dead_end(&self.case) {
            return self.stopped(&dialect, vec![cause]);
        }
        let opening = reach::opening(&self.case);
        if !opening.is_empty() {
            return self.ask(&dialect, opening, Findings::default());
        }
        if let Some(cause) = reach::open(&self.case, &dialect) {
            return self.stopped(&dialect, vec![cause]);
        }
        match search::base(&self.case, &dialect) {
            Base::Searching(questions) => self.ask(&dialect, questions, Findings::default()),
            Base::Unsteady => self.unsteady(&dialect),
            Base::NotFound => {
                let causes = refused::causes(&self.case, &dialect);
                self.stopped(&dialect, causes)
            }
            Base::Found { shape, changes } => {
                let view = View::new(&self.case, &dialect, &shape, &changes);
                match inquire(&view) {
                    Inquiry::Ask(questions) => {
                        let so_far = match self.case.left() {
                            0 => so_far(&view),
                            _ => Findings::default(),
                        };
                        self.ask(&dialect, questions, so_far)
                    }
                    Inquiry::Concluded(findings) => self.done(&dialect, *findings),
                }
            }
        }
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
    if replicas::disagree(view) || control::lost(view) {
        return control::settle(view, || Inquiry::concluded(unsteady(view)));
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
        questions.extend(control::due(view));
        return Inquiry::Ask(view.case.unasked(questions));
    }
    if let Some(control) = control::due_at_the_end(view) {
        return Inquiry::Ask(vec![control]);
    }
    let failed = |id| findings.checks.iter().any(|c| c.id == id && c.status == Status::Fail);
    if failed(CheckId::BaselineAccepted) && findings.causes.is_empty() {
        findings.causes.extend(refused::causes(view.case, view.dialect));
    }
    Inquiry::concluded(findings)
}

/// What the lines of inquiry that have concluded found, where not all can.
fn so_far(view: &View<'_>) -> Findings {
    let mut findings = Findings::default();
    if replicas::disagree(view) || control::lost(view) {
        return findings;
    }
    for line in LINES {
        if let Inquiry::Concluded(found) = line(view) {
            findings.merge(*found);
        }
    }
    findings
}

/// The service answered one question in two ways: nothing that it said can be relied on.
fn unsteady(view: &View<'_>) -> Findings {
    let case = view.case;
    let turned = control::cause(case, view.dialect, view.base);
    let mut findings = Findings {
        clock: skew::by_date_alone(case.observations()),
        causes: vec![turned.unwrap_or_else(|| refused::unsteady(case))],
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
