//! After a rotation, answers to tokens under the new and the old key in; what to ask next, and in the
//! end which replicas are still on the old key, out. Owns no socket, no key bytes, and no clock: it is
//! told the time.
//!
//! `controls` learns how the service refuses, a `look` is what was answered since an old key last
//! showed, `estimate` says how many replicas are where, `conclude` what that means, `words` how it is
//! told.

mod conclude;
mod controls;
mod estimate;
mod look;
mod pace;
mod seen;
mod terms;
mod words;

use std::net::SocketAddr;

use crate::convergence::{Answers, ServiceConvergence};
use crate::diagnosis::Judgement;
use crate::observation::Observation;
use crate::plan::Subject;
use crate::question::{Connection, Question};
use crate::time::{Seconds, UnixTime};
use controls::Controls;
use look::Look;
use pace::Pace;
use seen::{Kind, Seen, Trouble};

pub use look::{CONFIDENCE, ONE_IN, sample_size};
pub use pace::while_waiting;
pub use terms::{OldKeyTerms, Origin, Terms};

/// So many addresses of one name are asked one by one.
const MOST_ADDRESSES: usize = 32;
/// A look that ends a run is taken so often, where answers could not be judged.
const TRIES: usize = 2;
/// After so many looks that could not be judged, the controls are asked again.
const RELEARN: usize = 3;

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Ask these, judge the answers together with [`Smoke::controls`], and tell them.
    Ask(Vec<Question>),
    /// Wait for so long.
    Pause(Seconds),
    /// There is nothing left to ask.
    Done,
}

/// One service after a rotation.
pub struct Smoke {
    subject: Subject,
    url: String,
    terms: Terms,
    addresses: Vec<SocketAddr>,
    left_out: usize,
    controls: Controls,
    /// What was answered since an old key last showed, or since it could not be judged.
    look: Look,
    /// The look before that one.
    before: Look,
    pace: Pace,
    /// Whether signs of an old key no longer begin a new look.
    is_last: bool,
    tries: usize,
    unjudged: usize,
    is_done: bool,
    trouble: Option<Trouble>,
    totals: [Answers; 2],
    spent: usize,
    round: u16,
    turns: [usize; 2],
    last_sign: Option<UnixTime>,
}

impl Smoke {
    /// Begins with nothing but the facts of the configuration. `url` is what the report shows; more
    /// than one address, and each is asked.
    #[must_use]
    pub fn new(
        subject: Subject,
        url: String,
        mut addresses: Vec<SocketAddr>,
        terms: Terms,
    ) -> Self {
        let left_out = addresses.len().saturating_sub(MOST_ADDRESSES);
        addresses.truncate(MOST_ADDRESSES);
        if addresses.len() < 2 {
            addresses.clear();
        }
        Self {
            controls: Controls::of(&subject.token, terms.kinds()),
            subject,
            url,
            terms,
            addresses,
            left_out,
            look: Look::default(),
            before: Look::default(),
            pace: Pace::default(),
            is_last: false,
            tries: 0,
            unjudged: 0,
            is_done: false,
            trouble: None,
            totals: [Answers::default(); 2],
            spent: 0,
            round: 0,
            turns: [0; 2],
            last_sign: None,
        }
    }

    /// The answers that teach how the service refuses: what is judged is judged together with them.
    #[must_use]
    pub fn controls(&self) -> &[Observation] {
        self.controls.answers()
    }

    /// Counts requests that were sent beside those that were told, because they had to be repeated.
    pub fn spend(&mut self, requests: usize) {
        self.spent += requests;
    }

    /// What to do next, now.
    pub fn step(&mut self, now: UnixTime) -> Step {
        if self.is_done || self.left() == 0 {
            self.is_done = true;
            return Step::Done;
        }
        if now >= self.terms.deadline {
            self.is_last = true;
        }
        if let Some(rest) = self.pace.rest(now) {
            return Step::Pause(rest);
        }
        let unasked = self.controls.unasked();
        if !unasked.is_empty() {
            return self.ask(unasked);
        }
        if self.controls.open().is_some() {
            return self.again(now);
        }
        let wanted = self.look.wanted(self.needed());
        if wanted.is_empty() {
            return self.whole(now);
        }
        let questions = wanted.iter().map(|kind| self.question(*kind)).collect();
        self.ask(questions)
    }

    /// Takes in answers and what they mean: those of [`Self::controls`] first, then these.
    pub fn tell(&mut self, answers: Vec<Observation>, judgement: &Judgement, now: UnixTime) {
        self.spent += answers.len();
        let known = self.controls.answers().len();
        if !self.controls.unasked().is_empty() {
            self.trouble = self.controls.file(answers, judgement);
            if self.trouble.is_some() {
                self.try_again(now);
            } else if self.controls.unasked().is_empty() {
                self.tries = 0;
            }
            return;
        }
        let judged = judgement.judged.iter().skip(known);
        let told = std::iter::zip(answers, judged);
        let seen: Vec<Seen> = told.map(|(answer, judged)| Seen::of(answer, judged)).collect();
        for one in &seen {
            one.count(&mut self.totals[one.kind as usize]);
        }
        let sign = seen.iter().rev().find(|one| one.is_sign(self.terms.overlap_until));
        let sign = sign.map(|one| one.at);
        let trouble = seen.iter().find_map(Seen::trouble);
        let was_clean = self.look.asked() > 0;
        self.look.extend(seen);
        self.last_sign = sign.or(self.last_sign);
        match (sign, trouble) {
            (Some(_), _) if !self.is_last => {
                if was_clean {
                    self.pace = Pace::default();
                }
                self.begin_anew(now);
            }
            (None, Some(trouble)) => {
                self.trouble = Some(trouble);
                let is_hopeless = self.look.ends_unjudged();
                if !self.is_last || (is_hopeless && self.signs() == 0) {
                    self.try_again(now);
                }
            }
            _ => {}
        }
    }

    /// What is known so far.
    #[must_use]
    pub fn report(&self, now: UnixTime) -> ServiceConvergence {
        conclude::conclude(self, now)
    }

    /// The sample is whole.
    fn whole(&mut self, now: UnixTime) -> Step {
        let allowed = self.terms.overlap_until.filter(|end| *end > now);
        if let Some(end) = allowed.filter(|end| *end < self.terms.deadline) {
            // The old key is refused already, or there is time to see that it will be.
            if self.look.count(Kind::Old).taken > 0 && !self.is_last {
                self.put_aside();
                self.pace.rest_until(end);
                return Step::Pause(end - now);
            }
        }
        if self.look.undecided() > 0 && self.signs() == 0 && self.tries + 1 < TRIES {
            return self.again(now);
        }
        self.is_done = true;
        Step::Done
    }

    /// Another look after a pause, as long as there may be one.
    fn again(&mut self, now: UnixTime) -> Step {
        self.try_again(now);
        self.step(now)
    }

    fn try_again(&mut self, now: UnixTime) {
        if self.is_last {
            self.tries += 1;
            if self.tries >= TRIES {
                self.is_done = true;
                return;
            }
        }
        self.leave_silent_families();
        self.begin_anew(now);
        self.unjudged += 1;
        // What was learnt from a service that failed just then would be wrong for ever.
        if self.controls.open().is_some() || self.unjudged.is_multiple_of(RELEARN) {
            self.controls.forget();
        }
    }

    fn begin_anew(&mut self, now: UnixTime) {
        self.put_aside();
        let whole = self.needed().iter().sum::<usize>();
        // A look that begins clean may take as much as the last one.
        let left = self.left().saturating_sub(2 * whole + controls::MOST);
        self.pace.set_back(now, self.terms.deadline, left);
    }

    /// A name may have addresses of a family that the service, or this machine, does not speak.
    fn leave_silent_families(&mut self) {
        let answered = |v4: bool| self.look.has_answer(|address| address.is_ipv4() == v4);
        let (v4, v6) = (answered(true), answered(false));
        if v4 != v6 {
            self.addresses.retain(|address| address.is_ipv4() == v4);
        }
    }

    fn ask(&mut self, mut questions: Vec<Question>) -> Step {
        questions.truncate(self.left());
        Step::Ask(questions)
    }

    fn left(&self) -> usize {
        self.subject.quota.requests.saturating_sub(self.spent)
    }

    fn signs(&self) -> usize {
        self.look.signs(self.terms.overlap_until)
    }
    /// How many answers to each kind make a look whole; every address has its turn.
    fn needed(&self) -> [usize; 2] {
        let each = sample_size(ONE_IN, CONFIDENCE).max(self.addresses.len());
        let is_asked = |kind| self.terms.kinds().contains(&kind);
        [Kind::New, Kind::Old].map(|kind| if is_asked(kind) { each } else { 0 })
    }

    /// The next token of this kind, minted anew, over a new connection: addresses take turns.
    fn question(&mut self, kind: Kind) -> Question {
        let turn = &mut self.turns[kind as usize];
        let address = self.addresses.get(*turn % self.addresses.len().max(1));
        let connection = address.map_or(Connection::Fresh, |address| Connection::To(*address));
        *turn += 1;
        // No two questions of a run are equal, and the first round is that of the controls.
        self.round = self.round.checked_add(1).unwrap_or(1);
        let question = controls::token(&self.subject.token, kind.key());
        Question { connection, ..question.again(self.round) }
    }

    fn put_aside(&mut self) {
        if self.look.asked() > 0 {
            self.before = std::mem::take(&mut self.look);
        }
    }
}
