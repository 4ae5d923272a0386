//! What a refusal is told from: the token, the service's facts, the twins, and the two clocks.

use super::signature::Signed;
use super::token::Token;
use super::twins::Twins;
use crate::clock::DateBox;
use crate::diagnosis::ServiceDiagnosis;
use crate::plan::Subject;
use crate::question::Moment;
use crate::scrub::Scrubber;
use crate::time::{Seconds, UnixTime};

/// Everything that a sentence is made from.
pub(super) struct Scene<'a> {
    pub(super) subject: &'a Subject,
    pub(super) token: &'a Token,
    pub(super) signed: &'a Signed,
    pub(super) twins: &'a Twins<'a>,
    pub(super) scrubber: &'a Scrubber,
    pub(super) sent_at: Option<UnixTime>,
    pub(super) skew: Option<DateBox>,
    pub(super) diagnosis: Option<&'a ServiceDiagnosis>,
}

impl Scene<'_> {
    /// How long the right token lives from the moment of its making.
    pub(super) fn right_lifetime(&self) -> Seconds {
        match self.twins.right.expires {
            Moment::FromNow(seconds) | Moment::Written(seconds, _) => Seconds(seconds as f64),
            Moment::Configured | Moment::Absent => {
                Seconds(self.subject.token.lifetime.as_secs_f64())
            }
        }
    }

    /// When the caught token was sent, on our clock.
    pub(super) fn now(&self) -> UnixTime {
        self.sent_at.unwrap_or(UnixTime(0.0))
    }

    /// The service's clock minus ours, as its `Date` fields have it.
    pub(super) fn skew_seconds(&self) -> f64 {
        self.skew.map_or(0.0, DateBox::guess)
    }
}
