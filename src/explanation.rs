//! Why a caught token is refused, and by whom: what was read in it, what is wrong with it, and
//! what each service makes of it. Made by `explain`; reports are views of this.

use crate::check::Status;
use crate::diagnosis::Measured;
use crate::plan::KeyName;
use crate::time::{Seconds, UnixTime};

/// The explanation of one token.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The environment whose services and keys were used; `None` without a configuration.
    pub environment: Option<String>,
    /// When the token was read, on our clock: its times are told from here.
    pub started_at: UnixTime,
    /// When the last answer was there.
    pub finished_at: UnixTime,
    /// What the text turned out to be.
    pub token: Inspection,
    /// One entry for each service that was asked, in the order of the configuration.
    pub services: Vec<ServiceExplanation>,
}

impl Explanation {
    /// The worst ruling of the services that were asked; where none was, what the token shows.
    #[must_use]
    pub fn ruling(&self) -> Ruling {
        match &self.token {
            Inspection::Malformed(_) => Ruling::Refused,
            Inspection::Token(token) if self.services.is_empty() => token.ruling(),
            Inspection::Token(_) => {
                self.services.iter().map(|service| service.ruling).max().unwrap_or(Ruling::Accepted)
            }
        }
    }

    /// How many requests were sent.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.services.iter().map(|service| service.requests).sum()
    }
}

/// What a text turned out to be.
#[derive(Debug, Clone)]
pub enum Inspection {
    /// A JWT in compact serialization (RFC 7519 section 3).
    Token(Box<Decoded>),
    /// Something else, or a damaged token.
    Malformed(Flaw),
}

/// Why a text is no JWT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// A stable code.
    pub code: &'static str,
    /// A lower-case fact that never quotes the text.
    pub summary: String,
    /// What to do about it.
    pub fix: &'static str,
}

/// A decoded token, without its signature.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// The header members in their order, repeats included.
    pub header: Vec<ShownMember>,
    /// The claims in their order, repeats included.
    pub claims: Vec<ShownMember>,
    /// Who signed it.
    pub signer: Signer,
    /// The signer in words that follow "the token is".
    pub signed: String,
    /// What is wrong with it, as far as that can be told without asking anyone.
    pub findings: Vec<TokenFinding>,
}

impl Decoded {
    /// What the token alone shows: `Accepted` where nothing is wrong with it.
    #[must_use]
    pub fn ruling(&self) -> Ruling {
        if self.findings.iter().any(|finding| finding.status == Status::Fail) {
            return Ruling::Refused;
        }
        let open = self.findings.iter().any(|finding| finding.status == Status::Undecided);
        if open { Ruling::Undecided } else { Ruling::Accepted }
    }
}

/// A member as it may be shown: long and secret values are shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownMember {
    /// Its name.
    pub name: String,
    /// Its value as JSON text, shortened where it is long or looks like a secret.
    pub value: String,
    /// What the value means, such as a date and how far away it is.
    pub note: Option<String>,
}

/// The key that a token is signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// This key verifies it.
    Known {
        /// The key's name in the keyring of the service that knows it.
        key: KeyName,
        /// The service whose own key it is, where it is no key of the whole fleet.
        service: Option<String>,
    },
    /// None of the keys that are known.
    Unknown,
    /// No key is known at all, so nothing could be tried.
    NoKeysKnown,
    /// The algorithm is no HMAC, and only HMAC signatures can be verified here.
    Foreign,
    /// There is no signature.
    Unsigned,
}

impl Signer {
    /// The signer's name in the JSON report.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Known { .. } => "known",
            Self::Unknown => "unknown",
            Self::NoKeysKnown => "no-keys-known",
            Self::Foreign => "foreign",
            Self::Unsigned => "unsigned",
        }
    }
}

/// Something about the token that needs no service to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFinding {
    /// A stable code.
    pub code: &'static str,
    /// `Fail` for what is wrong, `Warn` for what a verifier may mind, `Undecided` for what could
    /// not be told.
    pub status: Status,
    /// One clause that follows "the token": `expired 12 s ago`.
    pub summary: String,
}

/// What one service makes of the token.
#[derive(Debug, Clone)]
pub struct ServiceExplanation {
    /// The service's name.
    pub name: String,
    /// The endpoint that was asked, without query and userinfo.
    pub url: String,
    /// Whether it takes the token.
    pub ruling: Ruling,
    /// The answer in one sentence.
    pub sentence: String,
    /// What the token is refused for: each was shown by twins that differ in one thing.
    pub reasons: Vec<Reason>,
    /// What to do next; empty where there is nothing to do.
    pub fix: String,
    /// The replays that show it, most telling first.
    pub evidence: Vec<Replay>,
    /// Its clock minus ours, from the `Date` fields of its answers.
    pub skew: Option<Measured>,
    /// How many requests were sent to it.
    pub requests: usize,
}

/// Whether a token is taken, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ruling {
    /// It is taken.
    Accepted,
    /// It cannot be told.
    Undecided,
    /// It is refused.
    Refused,
}

impl Ruling {
    /// The ruling's name in the JSON report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Undecided => "undecided",
            Self::Refused => "refused",
        }
    }
}

/// One reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// A stable code, such as `expired`.
    pub code: &'static str,
    /// The claim or header member it is about.
    pub member: Option<String>,
    /// A clause that follows "because".
    pub summary: String,
}

/// One request and what it got.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// What was sent, in words.
    pub sent: String,
    /// The status of the answer; `None` if there was none.
    pub status: Option<u16>,
    /// Whether it was taken; `None` if that cannot be told.
    pub taken: Option<bool>,
    /// What the answer's text says of the reason, if a known verifier speaks like that: a hint.
    pub hint: Option<String>,
    /// How long the answer took.
    pub round_trip: Seconds,
}
