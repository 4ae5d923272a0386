//! What one run is about: the services of one environment, how to reach them, what a token for
//! them looks like, which keys are known, and what the report holds them to. Made by `load`.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use url::Url;

pub use crate::carrier::Carrier;
pub use crate::hostile::HostileGround;
pub use crate::keyring::{KeyFact, KeyLabel, KeyName, KeyPlace, Keyring, OwnKey, PublicKeyForm};
pub use crate::limits::{Limits, Quota};
pub use crate::loader::Loader;
pub use crate::scope::{About, ClockScope, ForgedScope, Scope};
use crate::secret::Secret;

/// Hostile tokens are many, and they were asked for: the quota grows by so many requests for them.
const HOSTILE_REQUESTS: usize = 2_000;

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

impl Plan {
    /// The same plan, going this far; hostile tokens only where the configuration allows them.
    #[must_use]
    pub fn within(mut self, scope: Scope) -> Self {
        for Service { subject, .. } in &mut self.services {
            subject.scope = scope;
            match scope.forged {
                ForgedScope::Hostile if subject.hostile_allowed => {
                    subject.quota.requests += HOSTILE_REQUESTS;
                }
                ForgedScope::Hostile => subject.scope.forged = ForgedScope::Usual,
                ForgedScope::Controls | ForgedScope::Usual => {}
            }
        }
        self
    }

    /// The same plan with these quotas in place of the configured ones, where they are given.
    #[must_use]
    pub fn with_quota(mut self, requests: Option<usize>, spacing: Option<Duration>) -> Self {
        for Service { subject, .. } in &mut self.services {
            subject.quota.requests = requests.unwrap_or(subject.quota.requests);
            subject.quota.spacing = spacing.or(subject.quota.spacing);
        }
        self
    }

    /// The same plan with these bytes behind the name of a key, at every service.
    #[must_use]
    pub fn with_key(mut self, name: &KeyName, secret: &Secret) -> Self {
        for Service { keyring, .. } in &mut self.services {
            keyring.replace(name.clone(), secret.clone());
        }
        self
    }

    /// The same plan with one more previous key, where a service does not know these bytes by another name.
    #[must_use]
    pub fn with_previous_key(mut self, secret: &Secret, place: &KeyPlace, bits: usize) -> Self {
        for Service { subject, keyring, .. } in &mut self.services {
            if keyring.holds(secret) {
                continue;
            }
            let is_previous = |label: &&KeyLabel| matches!(label.name, KeyName::Previous(_));
            let name = KeyName::Previous(subject.other_keys.iter().filter(is_previous).count());
            keyring.replace(name.clone(), secret.clone());
            subject.other_keys.insert(0, KeyLabel { name, place: place.clone(), bits });
        }
        self
    }
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
    /// How its env file is read, if its key stands in one.
    pub loader: Option<Loader>,
    /// Whether the configuration lets `--hostile` reach this service.
    pub hostile_allowed: bool,
    /// What hostile tokens can be made with here, beside the keys.
    pub hostile_ground: HostileGround,
    /// How far this run goes.
    pub scope: Scope,
    /// What it may be asked in this run.
    pub quota: Quota,
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
    /// The addresses of the host that were named by hand, with their ports; empty leaves it to the
    /// system's resolver. Each is one replica, or what stands before some.
    pub addresses: Vec<SocketAddr>,
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
