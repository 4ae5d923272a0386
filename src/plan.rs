//! What one run is about: the services of one environment, how to reach them, what a token for
//! them looks like, which keys are known, and what the report holds them to. Made by `load`.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use url::Url;

use crate::secret::Secret;

/// Everything a run needs, validated: all later stages trust it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The environment that was chosen, such as `development`.
    pub environment: String,
    /// The services in the order of the configuration.
    pub services: Vec<Service>,
    /// How many requests may be under way.
    pub limits: Limits,
    /// Findings about the keys that need no network, such as one key in two environments.
    pub key_facts: Vec<KeyFact>,
}

/// One service: what is known of it, where it is, and the keys to try on it.
#[derive(Debug, Clone)]
pub struct Service {
    /// What the investigation may know: no key bytes, no address.
    pub subject: Subject,
    /// Where and how a token is sent.
    pub target: Target,
    /// The bytes behind the key names of the subject.
    pub keyring: Keyring,
}

/// The facts about a service that an investigation reasons with.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The service's name in the configuration.
    pub name: String,
    /// Whether this service's key file is the master (seed document, rule 1).
    pub source_of_truth: bool,
    /// What every test token carries.
    pub token: TokenSpec,
    /// What the report holds the service to.
    pub policy: Policy,
    /// Where the token travels.
    pub carrier: Carrier,
    /// Answers that the configuration calls accepted or rejected, where calibration is not enough.
    pub conditions: Conditions,
    /// The keys that can be tried, without the reference key and without repeats of equal bytes.
    pub other_keys: Vec<KeyLabel>,
    /// The reference key.
    pub reference: KeyLabel,
    /// What the service's own key file holds.
    pub own_key: OwnKey,
}

/// What the configuration says of a service's own key, compared with the reference key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnKey {
    /// No key source is configured for the service.
    NotConfigured,
    /// The file is there and does not set the variable.
    Unset(KeyPlace),
    /// The same bytes as the reference key.
    SameAsReference(KeyPlace),
    /// Other bytes than the reference key.
    Differs(KeyPlace),
}

impl OwnKey {
    /// Where the service reads its key, if that is configured.
    #[must_use]
    pub fn place(&self) -> Option<&KeyPlace> {
        match self {
            Self::NotConfigured => None,
            Self::Unset(place) | Self::SameAsReference(place) | Self::Differs(place) => Some(place),
        }
    }
}

/// A key's name and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLabel {
    /// The name used in questions and reports.
    pub name: KeyName,
    /// Where it was read.
    pub place: KeyPlace,
    /// The key's length in bits, for the length rule of RFC 7518 section 3.2.
    pub bits: usize,
}

/// Where a key is read: a phrase for reports, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlace {
    /// The file, the environment variable or the command, such as `autoscraper-service/.env.staging`;
    /// for keys that stand nowhere, what they are.
    pub source: Cow<'static, str>,
    /// The variable inside the source, if it has variables.
    pub variable: Option<String>,
}

impl fmt::Display for KeyPlace {
    /// `JWT_SECRET in remotehive-admin/.env.development`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variable {
            Some(variable) => write!(f, "{variable} in {}", self.source),
            None => f.write_str(&self.source),
        }
    }
}

/// The name of a key. Names are what reports show; the bytes stay in the [`Keyring`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyName {
    /// The key of the source of truth.
    Reference,
    /// The key in the service's own file, when it differs from the reference.
    Own,
    /// A previous key of this environment; 0 is the first that is listed.
    Previous(usize),
    /// The reference key of another environment.
    Environment(String),
    /// Another value in the service's own env file that could be a key; this variable holds it.
    OwnVariable(String),
    /// The reference key in another reading; the code is that of a row in `key::reading`.
    Reading(&'static str),
    /// A framework default or well-known example; the number is its row in `key::defaults`.
    Default(usize),
    /// No bytes at all.
    Empty,
    /// Fresh random bytes, never used twice: a control that must be refused.
    Random,
}

impl fmt::Display for KeyName {
    /// The phrase that fits after "signed with".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference => f.write_str("the reference key"),
            Self::Own => f.write_str("the key in its own file"),
            Self::Previous(0) => f.write_str("the previous key"),
            Self::Previous(n) => write!(f, "previous key number {}", n + 1),
            Self::Environment(name) => write!(f, "the key of {name}"),
            Self::OwnVariable(name) => write!(f, "the value of {name} in its own file"),
            Self::Reading(code) => write!(f, "the reference key read otherwise ({code})"),
            Self::Default(_) => f.write_str("a well-known default key"),
            Self::Empty => f.write_str("an empty key"),
            Self::Random => f.write_str("a random key"),
        }
    }
}

/// The bytes behind the key names of one service.
#[derive(Debug, Clone, Default)]
pub struct Keyring(Vec<(KeyName, Secret)>);

impl Keyring {
    /// Adds a key; a name is added once.
    pub fn insert(&mut self, name: KeyName, secret: Secret) {
        self.0.push((name, secret));
    }

    /// The bytes of a named key. `Random` is never in here: the mint makes it.
    #[must_use]
    pub fn get(&self, name: &KeyName) -> Option<&Secret> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, secret)| secret)
    }

    /// What must be scrubbed out of whatever a service sends back: every key that is not public
    /// knowledge. Readings of a key are scrubbed with it.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let private = self.0.iter().filter(|(name, _)| {
            !matches!(name, KeyName::Default(_) | KeyName::Empty | KeyName::Reading(_))
        });
        private.map(|(_, secret)| secret)
    }
}

/// A finding about keys that needs no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFact {
    /// This environment's reference key is also the reference key of another (seed document, rule 3).
    SharedWithEnvironment(String),
    /// The reference key is shorter than the policy asks (RFC 7518 section 3.2).
    TooShort {
        /// The bits there are.
        bits: usize,
        /// The bits the policy wants.
        wanted: usize,
    },
    /// The reference key is a well-known default or example.
    WellKnown,
}

/// What every test token carries.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenSpec {
    /// The algorithm of the baseline token.
    pub algorithm: Algorithm,
    /// The life of a token whose question is not about life.
    pub lifetime: Duration,
    /// The claims beside the times and `jti`.
    pub claims: Map<String, Value>,
    /// The header members beside `alg`.
    pub header: Map<String, Value>,
    /// The offset of `nbf` from now, if the baseline token carries one.
    pub not_before: Option<i64>,
    /// Whether the baseline token carries `iat`.
    pub issued_at: bool,
}

/// A signature algorithm of RFC 7518 section 3.1 that authprobe can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
}

impl Algorithm {
    /// Every algorithm, in the order of the registry.
    pub const ALL: [Self; 3] = [Self::HS256, Self::HS384, Self::HS512];

    /// The registered name, as in the `alg` header parameter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the report holds a service to.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The algorithms that may be accepted.
    pub algorithms: Vec<Algorithm>,
    /// The longest leeway that passes.
    pub max_leeway: Duration,
    /// The largest clock skew that passes, either way.
    pub max_clock_skew: Duration,
    /// The shortest key that passes, in bits.
    pub min_key_bits: usize,
    /// The oldest key that passes.
    pub max_key_age: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            algorithms: vec![Algorithm::HS256],
            max_leeway: Duration::from_mins(1),
            max_clock_skew: Duration::from_secs(5),
            min_key_bits: 256,
            max_key_age: Duration::from_hours(90 * 24),
        }
    }
}

/// Where the token travels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// A request header, with a scheme word before the token or none.
    Header {
        /// The header's name, such as `Authorization`.
        name: String,
        /// The word before the token, such as `Bearer`; `None` sends the bare token.
        scheme: Option<String>,
    },
    /// A cookie.
    Cookie {
        /// The cookie's name.
        name: String,
    },
    /// A query parameter.
    Query {
        /// The parameter's name.
        name: String,
    },
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { name, scheme: Some(scheme) } => write!(f, "header {name}: {scheme}"),
            Self::Header { name, scheme: None } => write!(f, "header {name}"),
            Self::Cookie { name } => write!(f, "cookie {name}"),
            Self::Query { name } => write!(f, "query parameter {name}"),
        }
    }
}

/// Conditions from the configuration that overrule calibration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// An answer that meets this is an acceptance.
    pub accept: Option<Condition>,
    /// An answer that meets this is a rejection.
    pub reject: Option<Condition>,
}

/// What an answer must show; every part that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// One of these statuses; empty means any.
    pub status: Vec<u16>,
    /// The body contains this text.
    pub body: Option<String>,
    /// A header of this name is there and, if a text is given, contains it.
    pub header: Option<(String, Option<String>)>,
}

/// Where a service is and how it is spoken to.
#[derive(Debug, Clone)]
pub struct Target {
    /// The auth endpoint.
    pub url: Url,
    /// The request method, `GET` unless configured.
    pub method: String,
    /// Extra request headers. Their values may be secrets, so they are held as such.
    pub headers: Vec<(String, Secret)>,
    /// The request body, if one is configured.
    pub body: Option<String>,
    /// The limits of time for one request.
    pub timeouts: Timeouts,
    /// Extra certificates, for TLS inside the house.
    pub tls: Tls,
    /// The proxy to use; none unless it is asked for, whatever the environment says.
    pub proxy: Option<Url>,
}

/// Limits of time for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// Until the first byte of the answer.
    pub first_byte: Duration,
    /// For all of it.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            first_byte: Duration::from_secs(5),
            total: Duration::from_secs(10),
        }
    }
}

/// Extra certificates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// A PEM file of certificate authorities, trusted beside the system's.
    pub ca: Option<PathBuf>,
    /// A PEM file with a client certificate and its private key.
    pub client_certificate: Option<PathBuf>,
}

/// How many requests may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To one service.
    pub per_service: usize,
    /// In all.
    pub total: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_service: 4, total: 64 }
    }
}
