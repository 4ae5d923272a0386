//! How this service refuses: learnt from the controls, whose right answer is known before asking.
//! Statuses alone are not trusted; answers cluster by fingerprint.

use super::body;
use super::case::Case;
use super::fingerprint::{Bodies, Fingerprint};
use super::message::{self, Hint};
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
    /// The texts of refusals.
    texts: Vec<String>,
    conditions: Conditions,
    /// Whether a request without a token is refused; `None` if that cannot be told.
    pub(super) protected: Option<bool>,
    /// Whether a token under a random key is taken.
    pub(super) takes_random_key: bool,
    /// Whether nothing, garbage and a wrong signature get one and the same success.
    one_success: bool,
    /// The server error that nothing, garbage and a wrong signature all get: its way to refuse.
    one_failure: Option<u16>,
    /// What the service says of a wrong signature.
    said_of_random: Option<Hint>,
}

/// A shorter text may stand in any answer.
const TELLING_TEXT: usize = 16;

impl Dialect {
    /// Learns from the controls; all of them must have been asked.
    pub(super) fn learn(case: &Case) -> Self {
        let spec = &case.subject.token;
        let mut dialect = Self {
            refusals: Vec::new(),
            bodies: bodies(case),
            texts: Vec::new(),
            conditions: case.subject.conditions.clone(),
            protected: None,
            takes_random_key: false,
            one_success: false,
            one_failure: None,
            said_of_random: None,
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
        dialect.one_success = dialect.is_one_success([absent, garbage, random]);
        dialect.one_failure = Some(absent.status).filter(|status| {
            *status >= 500 && [garbage, random].iter().all(|it| it.status == *status)
        });
        dialect.said_of_random = message::hint(random);
        dialect.protected = Some(!dialect.is_open(case, absent, &right));
        let controls = [absent, garbage, random];
        dialect.texts = texts(controls);
        let certain = controls.into_iter().filter(|control| {
            !looks_accepted(control)
                || (!dialect.takes_random_key && dialect.alike(control, random))
        });
        let elsewhere = elsewhere(case).filter(|control| !looks_accepted(control));
        dialect.refusals = certain
            .chain(elsewhere)
            .map(|control| Fingerprint::of(control, dialect.bodies))
            .collect();
        dialect
    }

    /// A random key is taken when its answer looks like success and unlike the answer to nothing.
    fn is_taken(&self, random: &Answer, absent: &Answer) -> bool {
        match self.by_condition(random) {
            Some(verdict) => verdict == Verdict::Accepted,
            None => looks_accepted(random) && !looks_accepted(absent),
        }
    }

    /// Whether what must be refused gets one and the same success: an open endpoint, or this
    /// service's way to refuse.
    fn is_one_success(&self, controls: [&Answer; 3]) -> bool {
        controls.iter().all(|control| looks_accepted(control) && self.alike(controls[0], control))
    }

    /// The endpoint is open when no token at all gets success, unless every bad token gets that
    /// same success and some token another one: then it is this service's way to refuse.
    fn is_open(&self, case: &Case, absent: &Answer, right: &[&Answer]) -> bool {
        if let Some(verdict) = self.by_condition(absent) {
            return verdict == Verdict::Accepted;
        }
        if !looks_accepted(absent) {
            return false;
        }
        let right_differs = right.iter().any(|right| !self.alike(absent, right));
        !(self.one_success && (right_differs || self.some_token_differs(case, absent)))
    }

    /// Whether some token gets another success than no token.
    fn some_token_differs(&self, case: &Case, absent: &Answer) -> bool {
        let tokens = case.observations().iter().filter(|seen| seen.question.shape().is_some());
        tokens
            .filter_map(Observation::answer)
            .any(|answer| looks_accepted(answer) && !self.alike(absent, answer))
    }

    /// Whether an open endpoint may still turn out to be one that refuses with a success.
    pub(super) fn may_refuse_with_success(&self) -> bool {
        self.one_success && self.bodies == Bodies::Stable
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
            200..300 if body::says_no(answer) || self.holds_a_refusal(answer) => {
                Verdict::Rejected(Refusal::Further)
            }
            300..400 if is_login(answer) => Verdict::Rejected(Refusal::Further),
            300..400 if self.refusals.is_empty() => Verdict::Undecided(Doubt::Redirected),
            200..400 => Verdict::Accepted,
            // The door is behind us: the endpoint itself has nothing for this request.
            404 | 405 | 406 | 409 | 410 | 415 if self.refuses_at_the_door() => Verdict::Accepted,
            // An exception of the verifier that nobody caught, in its own words.
            500.. if self.says_more(answer) => Verdict::Rejected(Refusal::Further),
            status if self.one_failure == Some(status) => Verdict::Rejected(Refusal::LikeControl),
            500.. => Verdict::Undecided(Doubt::ServerError),
            _ => Verdict::Rejected(Refusal::Further),
        }
    }

    /// Whether an answer gives a reason, and another one than that to a wrong signature.
    fn says_more(&self, answer: &Answer) -> bool {
        let said = message::hint(answer);
        said.is_some() && said != self.said_of_random
    }

    /// Whether a success holds the whole text of a refusal: what was printed before it, such as a
    /// warning of PHP, has sent the status.
    fn holds_a_refusal(&self, answer: &Answer) -> bool {
        let text = answer.body.text.as_str();
        self.texts.iter().any(|refusal| text.len() > refusal.len() && text.contains(refusal))
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

/// The texts of refusals that can be told from any other text.
fn texts(controls: [&Answer; 3]) -> Vec<String> {
    let refusals = controls.into_iter().filter(|control| !control.is_success());
    let texts = refusals.map(|control| control.body.text.trim().to_owned());
    texts.filter(|text| text.len() >= TELLING_TEXT).collect()
}

/// The answers to a wrong signature in other places than the configured one.
fn elsewhere(case: &Case) -> impl Iterator<Item = &Answer> {
    let is_control = |seen: &&Observation| {
        let shape = seen.question.shape();
        shape.is_some_and(|shape| shape.key == KeyName::Random && shape.carrier.is_some())
    };
    case.observations().iter().filter(is_control).filter_map(Observation::answer)
}

/// Whether the same credential always got the same body.
pub(super) fn bodies(case: &Case) -> Bodies {
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
