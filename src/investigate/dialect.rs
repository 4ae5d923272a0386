//! How this service refuses: learnt from the controls, whose right answer is known before asking.
//! Statuses alone are not trusted; answers cluster by fingerprint.

use super::body;
use super::case::Case;
use super::fingerprint::{Bodies, Fingerprint};
use super::message;
use super::shape;
use crate::observation::{Answer, Observation, Outcome};
use crate::plan::{Condition, Conditions, KeyName};
use crate::question::{Credential, Question};
use crate::verdict::{Doubt, Refusal, Verdict};

/// What the controls taught about a service's answers.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    /// The answers that certainly are refusals.
    refusals: Vec<Fingerprint>,
    bodies: Bodies,
    conditions: Conditions,
    /// Whether a request without a token is refused; `None` if that cannot be told.
    pub(super) protected: Option<bool>,
    /// Whether a token under a random key is taken.
    pub(super) takes_random_key: bool,
}

impl Dialect {
    /// Learns from the controls; all of them must have been asked.
    pub(super) fn learn(case: &Case) -> Self {
        let spec = &case.subject.token;
        let mut dialect = Self {
            refusals: Vec::new(),
            bodies: bodies(case),
            conditions: case.subject.conditions.clone(),
            protected: None,
            takes_random_key: false,
        };
        let answered = |question: &Question| case.observed(question).and_then(Observation::answer);
        let absent = answered(&shape::absent());
        let garbage = answered(&shape::garbage());
        let random = answered(&shape::random_key(spec));
        let right = [KeyName::Reference, KeyName::Previous(0)].map(|key| {
            let base = shape::most_acceptable(spec);
            answered(&shape::keyed(&base, key))
        });
        let right: Vec<&Answer> = right.into_iter().flatten().collect();
        let (Some(absent), Some(garbage), Some(random)) = (absent, garbage, random) else {
            return dialect;
        };
        dialect.takes_random_key = dialect.is_taken(random, absent);
        dialect.protected = Some(!dialect.is_open([absent, garbage, random], &right));
        let controls = [absent, garbage, random];
        let certain = controls.into_iter().filter(|control| {
            !looks_accepted(control)
                || (!dialect.takes_random_key && dialect.alike(control, random))
        });
        dialect.refusals =
            certain.map(|control| Fingerprint::of(control, dialect.bodies)).collect();
        dialect
    }

    /// A random key is taken when its answer looks like success and unlike the answer to nothing.
    fn is_taken(&self, random: &Answer, absent: &Answer) -> bool {
        match self.by_condition(random) {
            Some(verdict) => verdict == Verdict::Accepted,
            None => looks_accepted(random) && !looks_accepted(absent),
        }
    }

    /// The endpoint is open when no token at all gets success, unless every bad token gets that
    /// same success and a token under a known key another one: then it is this service's way to
    /// refuse.
    fn is_open(&self, [absent, garbage, random]: [&Answer; 3], right: &[&Answer]) -> bool {
        if let Some(verdict) = self.by_condition(absent) {
            return verdict == Verdict::Accepted;
        }
        if !looks_accepted(absent) {
            return false;
        }
        let one_answer = self.alike(absent, garbage) && self.alike(absent, random);
        let right_differs = right.iter().any(|right| !self.alike(absent, right));
        !(one_answer && right_differs)
    }

    /// Whether two answers are the same but for their volatile parts.
    pub(super) fn alike(&self, one: &Answer, other: &Answer) -> bool {
        Fingerprint::of(one, self.bodies) == Fingerprint::of(other, self.bodies)
    }

    /// What an observation means in this dialect.
    pub(super) fn judge(&self, observation: &Observation) -> Verdict {
        let answer = match &observation.outcome {
            Outcome::Failure(_) => return Verdict::Undecided(Doubt::NoAnswer),
            Outcome::Answer(answer) => answer,
        };
        if let Some(verdict) = self.by_condition(answer) {
            return verdict;
        }
        if is_rate_limit(answer) {
            return Verdict::Undecided(Doubt::RateLimited);
        }
        if self.refusals.contains(&Fingerprint::of(answer, self.bodies)) {
            return Verdict::Rejected(Refusal::LikeControl);
        }
        if self.protected.is_none() {
            return Verdict::Undecided(Doubt::NotCalibrated);
        }
        if observation.question.credential == Credential::Absent {
            return if looks_accepted(answer) {
                Verdict::Accepted
            } else {
                Verdict::Rejected(Refusal::LikeControl)
            };
        }
        self.beyond_controls(answer)
    }

    /// An answer that no control got: acceptance, or a refusal further on.
    fn beyond_controls(&self, answer: &Answer) -> Verdict {
        match answer.status {
            200..300 if body::says_no(answer) => Verdict::Rejected(Refusal::Further),
            300..400 if is_login(answer) => Verdict::Rejected(Refusal::Further),
            300..400 if self.refusals.is_empty() => Verdict::Undecided(Doubt::Redirected),
            200..400 => Verdict::Accepted,
            // The door is behind us: the endpoint itself has nothing for this request.
            404 | 405 | 406 | 409 | 410 | 415 if self.refuses_at_the_door() => Verdict::Accepted,
            // An exception of the verifier that nobody caught, in its own words.
            500.. if message::hint(answer).is_some() => Verdict::Rejected(Refusal::Further),
            500.. => Verdict::Undecided(Doubt::ServerError),
            _ => Verdict::Rejected(Refusal::Further),
        }
    }

    /// Whether bad tokens get 401 or 403, so that a 404 or 405 must come from behind the door.
    fn refuses_at_the_door(&self) -> bool {
        self.refusals.iter().any(|refusal| matches!(refusal.status, 401 | 403))
    }

    fn by_condition(&self, answer: &Answer) -> Option<Verdict> {
        let meets = |condition: &Option<Condition>| {
            condition.as_ref().is_some_and(|condition| met(condition, answer))
        };
        if meets(&self.conditions.reject) {
            return Some(Verdict::Rejected(Refusal::Configured));
        }
        meets(&self.conditions.accept).then_some(Verdict::Accepted)
    }
}

/// Whether the same credential always got the same body.
fn bodies(case: &Case) -> Bodies {
    let repeats = 1..shape::CONTROL_ROUND;
    let repeated = case.observations().iter().filter(|seen| repeats.contains(&seen.question.round));
    let stable = repeated.into_iter().all(|seen| {
        let first = case.observed(&seen.question.clone().again(0)).and_then(Observation::answer);
        match (first, seen.answer()) {
            (Some(first), Some(again)) if first.status == again.status => {
                first.body.digest == again.body.digest
            }
            _ => true,
        }
    });
    if stable { Bodies::Stable } else { Bodies::Volatile }
}

fn looks_accepted(answer: &Answer) -> bool {
    answer.is_success() && !body::says_no(answer)
}

pub(super) fn is_rate_limit(answer: &Answer) -> bool {
    answer.status == 429 || (answer.status == 503 && answer.retry_after.is_some())
}

/// Whether a redirect leads to where people log in.
pub(super) fn is_login(answer: &Answer) -> bool {
    let location = answer.location.as_deref().unwrap_or_default().to_ascii_lowercase();
    ["login", "log-in", "signin", "sign-in", "sign_in", "/auth", "sso", "oauth"]
        .iter()
        .any(|word| location.contains(word))
}

fn met(condition: &Condition, answer: &Answer) -> bool {
    let status = condition.status.is_empty() || condition.status.contains(&answer.status);
    let body = condition.body.as_ref().is_none_or(|text| answer.body.text.contains(text));
    let header = condition.header.as_ref().is_none_or(|(name, wanted)| {
        answer.field(&name.to_ascii_lowercase()).is_some_and(|value| {
            wanted.as_ref().is_none_or(|wanted| value.contains(wanted.as_str()))
        })
    });
    status && body && header
}
