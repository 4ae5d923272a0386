//! A token and one service's facts and answers in; what to ask next, and in the end what the
//! service makes of the token, out. Owns no socket, no clock, no key bytes.

use super::evidence;
use super::narrow::{self, Narrowing};
use super::record::{self, Outcome, Record};
use super::scene::Scene;
use super::sentence;
use super::signature::Signed;
use super::token::Token;
use super::twins::Twins;
use crate::clock::DateBox;
use crate::diagnosis::{Judgement, ServiceDiagnosis};
use crate::explanation::{Ruling, ServiceExplanation};
use crate::observation::{Observation, Outcome as Came};
use crate::plan::{KeyName, Subject};
use crate::question::{Question, TokenShape};
use crate::scrub::Scrubber;
use crate::verdict::{Doubt, Verdict};

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Ask these, in any order, and tell the answers.
    Ask(Vec<Question>),
    /// The service refuses a right token, too: find out why, and tell the diagnosis.
    Diagnose,
    /// There is nothing left to ask.
    Done(Box<ServiceExplanation>),
}

/// The trial of one token at one service.
pub struct Trial {
    token: Token,
    subject: Subject,
    url: String,
    /// The signer among the keys of this service.
    here: Signed,
    /// The signer among the keys of all services.
    anywhere: Signed,
    scrubber: Scrubber,
    observations: Vec<Observation>,
    diagnosis: Option<Box<ServiceDiagnosis>>,
}

impl Trial {
    pub(super) fn new(
        token: Token,
        subject: Subject,
        url: String,
        (here, anywhere): (Signed, Signed),
        scrubber: Scrubber,
    ) -> Self {
        let (observations, diagnosis) = (Vec::new(), None);
        Self { token, subject, url, here, anywhere, scrubber, observations, diagnosis }
    }

    /// Takes in one observation.
    pub fn tell(&mut self, mut observation: Observation) {
        observation.number = self.observations.len() + 1;
        self.observations.push(observation);
    }

    /// Takes in why the service refuses right tokens.
    pub fn tell_diagnosis(&mut self, diagnosis: ServiceDiagnosis) {
        self.diagnosis = Some(Box::new(diagnosis));
    }

    /// Everything that was told, to be judged.
    #[must_use]
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// What to do next, given what the answers mean.
    #[must_use]
    pub fn step(&self, judgement: &Judgement) -> Step {
        let record = Record(judgement);
        if let Some(step) = self.open(record) {
            return step;
        }
        match record.outcome(&record::caught()) {
            Outcome::Taken => self.confirm(record),
            Outcome::Refused => self.explain_refusal(record),
            Outcome::NotAsked => Step::Ask(vec![record::caught()]),
            Outcome::Unclear(doubt) => self.undecided(record, sentence::doubtful(doubt)),
        }
    }

    /// The controls, and every reason to go no further.
    fn open(&self, record: Record<'_>) -> Option<Step> {
        let absent = record::absent();
        let last = record.seen(&absent.clone().again(1)).or(record.seen(&absent));
        let Some(last) = last else { return Some(Step::Ask(vec![absent])) };
        if let Came::Failure(failure) = &last.observation.outcome {
            let again = record.unasked([absent.again(1)]);
            if !again.is_empty() {
                return Some(Step::Ask(again));
            }
            let why = format!("cannot be asked: {}", failure.detail);
            return Some(self.undecided(record, (why, sentence::UNREACHABLE)));
        }
        let opening = record.unasked(record::opening(&self.subject.token));
        if !opening.is_empty() {
            return Some(Step::Ask(opening));
        }
        let limited = |verdict| verdict == Verdict::Undecided(Doubt::RateLimited);
        if record.0.judged.iter().any(|judged| limited(judged.verdict)) {
            return Some(self.undecided(record, sentence::doubtful(Doubt::RateLimited)));
        }
        match record.0.protected {
            Some(true) => None,
            Some(false) => {
                let why =
                    "answers success without any token, so its answer to this one tells nothing";
                Some(self.undecided(record, (why.to_owned(), sentence::OPEN)))
            }
            None => Some(self.undecided(record, sentence::doubtful(Doubt::NotCalibrated))),
        }
    }

    /// An acceptance counts if it repeats.
    fn confirm(&self, record: Record<'_>) -> Step {
        let again = record::caught().again(1);
        match record.outcome(&again) {
            Outcome::NotAsked => Step::Ask(vec![again]),
            Outcome::Taken => {
                let told = sentence::accepted(&self.subject.name, record.0.takes_random_key);
                self.done(record, Ruling::Accepted, told, Vec::new())
            }
            Outcome::Refused | Outcome::Unclear(_) => self.undecided(record, sentence::unsteady()),
        }
    }

    fn explain_refusal(&self, record: Record<'_>) -> Step {
        let Some(right) = self.right(record) else {
            let Some(diagnosis) = &self.diagnosis else { return Step::Diagnose };
            let (ruling, told) = sentence::service_at_fault(&self.subject.name, diagnosis);
            return self.done(record, ruling, told, Vec::new());
        };
        let twins = Twins::new(&self.token, &self.here, &self.subject.token, right);
        match narrow::narrow(&twins, record) {
            Narrowing::Ask(questions) => Step::Ask(questions),
            Narrowing::Unclear(doubt) => self.undecided(record, sentence::doubtful(doubt)),
            Narrowing::Unsteady => self.undecided(record, sentence::unsteady()),
            Narrowing::Reasons(reasons) => {
                let told = sentence::refused(&self.scene(&twins, record), &reasons);
                let replays = evidence::of_refusal(&twins, &reasons, record);
                self.done(record, Ruling::Refused, told, replays)
            }
        }
    }

    /// A token that the service takes: the configured one, or what a diagnosis found.
    fn right(&self, record: Record<'_>) -> Option<TokenShape> {
        let configured = record::right(&self.subject.token).into_iter();
        let taken =
            |shape: &TokenShape| record.outcome(&Question::token(shape.clone())) == Outcome::Taken;
        configured.into_iter().find(taken).or_else(|| {
            let judged = self.diagnosis.iter().flat_map(|diagnosis| &diagnosis.observations);
            let accepted = judged.filter(|judged| judged.verdict == Verdict::Accepted);
            let shapes = accepted.filter_map(|judged| judged.observation.question.shape());
            shapes.into_iter().find(|shape| is_honest(shape)).cloned()
        })
    }

    fn scene<'s>(&'s self, twins: &'s Twins<'s>, record: Record<'s>) -> Scene<'s> {
        let caught = record.seen(&record::caught()).map(|judged| &judged.observation);
        Scene {
            subject: &self.subject,
            token: &self.token,
            signed: &self.anywhere,
            twins,
            scrubber: &self.scrubber,
            sent_at: caught.map(|seen| seen.sent_at),
            skew: DateBox::of(&self.observations).filter(|date| !date.is_contradictory()),
            diagnosis: self.diagnosis.as_deref(),
        }
    }

    fn undecided(&self, record: Record<'_>, (why, fix): (String, &str)) -> Step {
        let sentence = format!("{} {why}.", self.subject.name);
        let told = sentence::Told { sentence, reasons: Vec::new(), fix: fix.to_owned() };
        self.done(record, Ruling::Undecided, told, Vec::new())
    }

    fn done(
        &self,
        record: Record<'_>,
        ruling: Ruling,
        told: sentence::Told,
        mut replays: Vec<crate::explanation::Replay>,
    ) -> Step {
        if replays.is_empty() {
            replays = evidence::of_controls(&self.subject.token, record);
        }
        let date = DateBox::of(&self.observations).filter(|date| !date.is_contradictory());
        let asked = self.diagnosis.as_ref().map_or(0, |diagnosis| diagnosis.observations.len());
        Step::Done(Box::new(ServiceExplanation {
            name: self.subject.name.clone(),
            url: self.url.clone(),
            ruling,
            sentence: told.sentence,
            reasons: told.reasons,
            fix: told.fix,
            evidence: replays,
            skew: date.and_then(|date| date.skew().measured()),
            requests: self.observations.len() + asked,
        }))
    }
}

/// Whether a shape is a token that its issuer could rightly have made and sent there.
fn is_honest(shape: &TokenShape) -> bool {
    shape.forgery.is_none() && shape.carrier.is_none() && shape.key != KeyName::Random
}
