//! One answer to a token under the new or the old key, and what it means. An observation and its
//! verdict in; never judges an answer itself, but for what stands before the service.

use std::net::SocketAddr;

use crate::convergence::Answers;
use crate::diagnosis::Judged;
use crate::observation::{Observation, Outcome};
use crate::plan::KeyName;
use crate::question::Connection;
use crate::time::UnixTime;
use crate::verdict::{Doubt, Refusal, Verdict};

/// Which key a token was signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    New,
    Old,
}

impl Kind {
    /// The key's name in questions.
    pub(super) fn key(self) -> KeyName {
        match self {
            Self::New => KeyName::Reference,
            Self::Old => KeyName::Previous(0),
        }
    }
}

/// What kept an answer from being judged.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) doubt: Doubt,
    /// The words of the failure, if there are any.
    pub(super) detail: Option<String>,
    /// Where, if it went to one address of several.
    pub(super) address: Option<SocketAddr>,
}

impl Trouble {
    pub(super) fn of(doubt: Doubt, detail: Option<String>) -> Self {
        Self { doubt, detail, address: None }
    }
}

/// One answer and what it means.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) kind: Kind,
    pub(super) connection: Connection,
    pub(super) at: UnixTime,
    pub(super) verdict: Verdict,
    /// The header fields that may name the replica.
    pub(super) fields: Vec<(String, String)>,
    failure: Option<String>,
}

impl Seen {
    pub(super) fn of(answer: Observation, judged: &Judged) -> Self {
        let is_old = answer.question.shape().is_some_and(|shape| shape.key == Kind::Old.key());
        let status = answer.answer().map(|answer| answer.status);
        // A proxy says 502 to 504 while there is nobody behind it, whatever token comes; and a service
        // that fails at a right token may do so for any reason.
        let fails = match status {
            Some(502..=504) => true,
            Some(500..) => !is_old,
            _ => false,
        };
        let is_limit = judged.verdict == Verdict::Undecided(Doubt::RateLimited);
        let verdict = if fails && !is_limit {
            Verdict::Undecided(Doubt::ServerError)
        } else {
            judged.verdict
        };
        let (connection, at) = (answer.question.connection, answer.received_at);
        let (fields, failure) = match answer.outcome {
            Outcome::Answer(answer) => (answer.fields, None),
            Outcome::Failure(failure) => (Vec::new(), Some(failure.detail)),
        };
        let kind = if is_old { Kind::Old } else { Kind::New };
        Self { kind, connection, at, verdict, fields, failure }
    }

    pub(super) fn is_taken(&self) -> bool {
        self.verdict == Verdict::Accepted
    }

    pub(super) fn is_refused(&self) -> bool {
        matches!(self.verdict, Verdict::Rejected(_))
    }

    /// Whether it was refused with an answer that no token with a wrong signature gets.
    pub(super) fn is_refused_further(&self) -> bool {
        self.verdict == Verdict::Rejected(Refusal::Further)
    }

    pub(super) fn is_undecided(&self) -> bool {
        matches!(self.verdict, Verdict::Undecided(_))
    }

    pub(super) fn has_answer(&self) -> bool {
        self.failure.is_none()
    }

    /// Whether it shows a replica that is not on the new key alone, when it should be.
    pub(super) fn is_sign(&self, overlap_until: Option<UnixTime>) -> bool {
        match self.kind {
            Kind::New => self.is_refused(),
            Kind::Old => self.is_taken() && overlap_until.is_none_or(|end| self.at >= end),
        }
    }

    /// What kept it from being judged.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        let Verdict::Undecided(doubt) = self.verdict else { return None };
        let address = match self.connection {
            Connection::To(address) => Some(address),
            Connection::Kept | Connection::Fresh => None,
        };
        Some(Trouble { address, ..Trouble::of(doubt, self.failure.clone()) })
    }

    pub(super) fn count(&self, answers: &mut Answers) {
        match self.verdict {
            Verdict::Accepted => answers.accepted += 1,
            Verdict::Rejected(_) => answers.refused += 1,
            Verdict::Undecided(_) => answers.undecided += 1,
        }
    }
}
