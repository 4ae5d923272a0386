//! Model replicas that get a new key one by one, behind a balancer that chooses at random or in
//! turns, and a smoke test of them in memory. Never opens a socket; the test moves the clock.

use std::net::SocketAddr;

use authprobe::convergence::ServiceConvergence;
use authprobe::demo::verifier::Verifier;
use authprobe::investigate;
use authprobe::observation::{Answer, Failure, Observation, Outcome, Stage};
use authprobe::question::{Connection, Question};
use authprobe::secret::Secret;
use authprobe::smoke::{OldKeyTerms, Origin, Smoke, Step, Terms};
use authprobe::time::{Seconds, UnixTime};

use super::interview::{ask, knowing};
use super::keys::PREVIOUS;
use super::sample::{Fault, Sample};

/// One replica. Moments are seconds after the beginning.
#[derive(Debug, Clone, Default)]
pub struct Replica {
    /// From then on it takes the new key.
    pub new_from: f64,
    /// Until then it takes the old key.
    pub old_until: f64,
    /// While this goes on it gives no answer.
    pub down: Option<(f64, f64)>,
    /// While this goes on it answers 500, whatever it is asked.
    pub failing: Option<(f64, f64)>,
}

impl Replica {
    /// It had the new key before anybody looked.
    pub fn fresh() -> Self {
        Self::default()
    }

    /// It is on the old key until then, gives no answer for a second and comes back with the new one.
    pub fn restarted_at(moment: f64) -> Self {
        let down = Some((moment, moment + 1.0));
        Self { new_from: moment, old_until: moment, down, failing: None }
    }

    /// It is on the old key for good.
    pub fn stale() -> Self {
        Self { new_from: f64::INFINITY, old_until: f64::INFINITY, ..Self::default() }
    }

    /// It takes both keys for good.
    pub fn with_both() -> Self {
        Self { old_until: f64::INFINITY, ..Self::default() }
    }
}

/// Who is next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turns {
    Random,
    RoundRobin,
}

/// What is asked of a run: seconds to wait, and seconds of overlap.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    pub wait: f64,
    pub overlap: Option<f64>,
    pub old_key: Option<OldKeyTerms>,
    pub more_requests: usize,
}

/// Replicas of one service of any make.
pub struct Rollout {
    pub sample: Sample,
    pub each: Vec<Replica>,
    pub turns: Turns,
    /// Whether each has an address of its own.
    pub by_address: bool,
    quota: Option<usize>,
    turn: usize,
}

impl Rollout {
    pub fn new(each: Vec<Replica>, turns: Turns, rng: &mut fastrand::Rng) -> Self {
        let sample = Sample::draw(Fault::None, rng);
        Self { sample, each, turns, by_address: false, quota: None, turn: 0 }
    }

    /// The same with at most so many requests.
    pub fn limited_to(&mut self, quota: usize) -> &mut Self {
        self.quota = Some(quota);
        self
    }

    pub fn addresses(&self) -> Vec<SocketAddr> {
        let count = if self.by_address { self.each.len() } else { 0 };
        (1..=count).map(|last| SocketAddr::from(([10, 0, 0, last as u8], 80))).collect()
    }

    /// Runs a smoke test; what it found, and how long it took.
    pub fn smoke(&mut self, asked: Asked, rng: &mut fastrand::Rng) -> (ServiceConvergence, f64) {
        let (mut subject, keyring) = knowing(self.sample.reference);
        subject.quota.requests = self.quota.unwrap_or(subject.quota.requests + asked.more_requests);
        let start = self.sample.start;
        let terms = Terms {
            old_key: asked.old_key.unwrap_or(OldKeyTerms::MustBeRefused),
            started_at: UnixTime(start),
            deadline: UnixTime(start + asked.wait),
            overlap_until: asked.overlap.map(|overlap| UnixTime(start + overlap)),
            origin: Origin::Beginning(UnixTime(start)),
        };
        let url = "http://model/".to_owned();
        let mut smoke = Smoke::new(subject.clone(), url, self.addresses(), terms);
        let mut now = start;
        loop {
            match smoke.step(UnixTime(now)) {
                Step::Ask(questions) => {
                    assert!(!questions.is_empty(), "a step without questions never ends");
                    let mut answers = Vec::new();
                    for question in questions {
                        let replica = self.choose(&question, rng);
                        answers.push(self.answer(replica, &question, &subject, &keyring, now));
                        now += 0.013;
                    }
                    now += self.sample.round_trip;
                    let all = [smoke.controls(), &answers].concat();
                    let judgement = investigate::judge(&subject, &all);
                    smoke.tell(answers, &judgement, UnixTime(now));
                }
                Step::Pause(Seconds(span)) => {
                    assert!(span > 0.0 && span.is_finite(), "a pause of {span} s");
                    now += span;
                }
                Step::Done => return (smoke.report(UnixTime(now)), now - start),
            }
        }
    }

    fn choose(&mut self, question: &Question, rng: &mut fastrand::Rng) -> usize {
        if let Connection::To(to) = question.connection {
            return self.addresses().iter().position(|known| *known == to).unwrap();
        }
        if self.by_address {
            // One connection is kept, and nothing else goes anywhere.
            return self.each.len() - 1;
        }
        self.turn += 1;
        match self.turns {
            Turns::Random => rng.usize(0..self.each.len()),
            Turns::RoundRobin => self.turn % self.each.len(),
        }
    }

    fn answer(
        &self,
        replica: usize,
        question: &Question,
        subject: &authprobe::plan::Subject,
        keyring: &authprobe::plan::Keyring,
        now: f64,
    ) -> Observation {
        let replica = &self.each[replica];
        let at = now - self.sample.start;
        let during = |span: Option<(f64, f64)>| span.is_some_and(|(a, b)| a <= at && at < b);
        let mut keys = Vec::new();
        if at >= replica.new_from {
            keys.push(Secret::new(self.sample.reference));
        }
        if at < replica.old_until {
            keys.push(Secret::new(PREVIOUS));
        }
        let verifier = Verifier { keys, ..self.sample.verifier.clone() };
        let spec = &subject.token;
        let mut seen = ask(&self.sample, &verifier, question, spec, keyring, now);
        if during(replica.down) {
            let detail = "connection refused".to_owned();
            seen.outcome = Outcome::Failure(Failure { stage: Stage::Connect, detail });
        } else if during(replica.failing) {
            seen.outcome = Outcome::Answer(Answer { status: 500, ..Answer::default() });
        }
        seen
    }
}
