//! The faults that can be planted: one row each, with what is done to the service and which
//! causes a right diagnosis names. Changes a blueprint, never a running service.

use super::blueprint::{
    Blueprint, EnvFile, KeySource, Port, ServiceName, access_token_cookie, bearer,
};
use super::claims::{Audience, Member};
use super::dialect::Style;
use super::front::Front;
use super::times::TimeRule;
use super::verifier::SignatureRule;
use crate::cause::CauseCode;
use crate::plan::Algorithm;
use crate::time::Seconds;

/// A fault that can be planted.
#[derive(Debug)]
pub struct Fault {
    /// The cause that it plants, under the code that a report gives it.
    pub code: CauseCode,
    /// What is wrong with the service, in words that follow its name.
    pub words: &'static str,
    /// The services that can have it.
    pub services: &'static [ServiceName],
    /// Further codes that name it rightly: what an honest observer says who cannot see inside.
    pub or: &'static [CauseCode],
    /// Consequences that may rightly be named beside it.
    pub also: &'static [CauseCode],
    /// What it decides about a service; two faults of one service must not share any of it.
    pub(super) aspects: &'static [Aspect],
    /// Does it.
    pub(super) plant: fn(&mut Blueprint),
}

/// A property of a service that a fault decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aspect {
    Key,
    Algorithm,
    Signature,
    Expiry,
    Clock,
    Claims,
    Path,
}

/// The whole path to the verifier: nothing behind it can be seen.
const EVERYTHING: &[Aspect] = &[
    Aspect::Key,
    Aspect::Algorithm,
    Aspect::Signature,
    Aspect::Expiry,
    Aspect::Clock,
    Aspect::Claims,
    Aspect::Path,
];
const ANY: &[ServiceName] = &ServiceName::ALL;
/// How far ahead a skewed clock is.
const SKEW: Seconds = Seconds(95.0);
/// An excessive leeway: the default of .NET.
const LEEWAY: Seconds = Seconds(300.0);

/// A row that any service can have and that one code alone names.
const fn fault(
    code: CauseCode,
    aspects: &'static [Aspect],
    words: &'static str,
    plant: fn(&mut Blueprint),
) -> Fault {
    Fault { code, words, services: ANY, or: &[], also: &[], aspects, plant }
}

/// Every fault, in the order of the causes.
pub const FAULTS: &[Fault] = &[
    fault(CauseCode::Unreachable, EVERYTHING, "does not listen on its port", |service| {
        service.port = Port::Closed;
    }),
    fault(CauseCode::WrongEndpoint, EVERYTHING, "has no such endpoint", |service| {
        service.front = Front::NotFound;
    }),
    fault(CauseCode::Unprotected, EVERYTHING, "lets everyone in, token or not", |service| {
        service.front = Front::Open;
    }),
    Fault {
        also: &[CauseCode::UnsignedAccepted, CauseCode::AlgorithmPermissive],
        ..fault(
            CauseCode::SignatureNotVerified,
            &[Aspect::Key, Aspect::Algorithm, Aspect::Signature],
            "decodes tokens without verifying them",
            |service| service.verifier.signature = SignatureRule::Ignored,
        )
    },
    fault(
        CauseCode::KeyPrevious,
        &[Aspect::Key],
        "was not restarted after the rotation: it still holds the previous key",
        |service| service.key_source = previous_key(),
    ),
    Fault {
        services: &[ServiceName::Autoscraper, ServiceName::Admin],
        ..fault(
            CauseCode::KeyOwnFile,
            &[Aspect::Key],
            "has another key in its env file than the main service",
            |service| service.env_file = EnvFile::Stray,
        )
    },
    fault(
        CauseCode::KeyOtherEnvironment,
        &[Aspect::Key],
        "was started with the env file of staging",
        |service| {
            service.key_source = KeySource::Variable {
                file: format!("{}.env.staging", service.service.folder()),
                variable: service.service.variable(),
            };
        },
    ),
    fault(
        CauseCode::KeyDefault,
        &[Aspect::Key],
        "does not find its key and falls back to the placeholder in its code",
        forget_the_key,
    ),
    fault(
        CauseCode::KeyVariant,
        &[Aspect::Key],
        "has the key in quotes in its env file, and its loader keeps them",
        |service| service.env_file = EnvFile::Quoted,
    ),
    Fault {
        or: &[CauseCode::Unjudgeable],
        ..fault(
            CauseCode::KeyMismatch,
            &[Aspect::Key],
            "has a key in its process environment that stands in no file",
            |service| service.key_source = KeySource::Process,
        )
    },
    fault(
        CauseCode::KeyMixedReplicas,
        EVERYTHING,
        "has two replicas, and one was not restarted after the rotation",
        |service| service.replica = Some(previous_key()),
    ),
    fault(CauseCode::AlgorithmMismatch, &[Aspect::Algorithm], "takes HS512 only", |service| {
        service.verifier.algorithms = vec![Algorithm::HS512];
    }),
    fault(
        CauseCode::AlgorithmPermissive,
        &[Aspect::Algorithm],
        "takes HS384 and HS512 beside HS256",
        |service| service.verifier.algorithms = Algorithm::ALL.to_vec(),
    ),
    fault(
        CauseCode::UnsignedAccepted,
        &[Aspect::Signature],
        "takes tokens without a signature",
        |service| service.verifier.signature = SignatureRule::UnsignedTaken,
    ),
    Fault {
        also: &[CauseCode::LeewayExcessive],
        ..fault(
            CauseCode::ExpiryNotEnforced,
            &[Aspect::Expiry],
            "does not look at exp",
            |service| service.verifier.exp = TimeRule::Ignored,
        )
    },
    fault(
        CauseCode::LeewayExcessive,
        &[Aspect::Expiry],
        "forgives 300 s on every time",
        forgive_too_much,
    ),
    fault(
        CauseCode::LifetimeLimit,
        &[Aspect::Expiry],
        "refuses tokens that live longer than 30 s",
        |service| {
            service.verifier.max_remaining = Some(Seconds(30.0));
            service.tell_reasons();
        },
    ),
    fault(CauseCode::ClockSkew, &[Aspect::Clock], "has a clock that is 95 s ahead", |service| {
        service.verifier.skew = SKEW;
    }),
    fault(CauseCode::ClaimRequired, &[Aspect::Claims], "wants another audience (aud)", |service| {
        service.verifier.audience = Audience::Required(vec!["RemoteHive-Internal".into()]);
        service.tell_reasons();
    }),
    fault(CauseCode::OtherAuthScheme, EVERYTHING, "stands behind a password", |service| {
        service.front = Front::OtherScheme;
    }),
    fault(
        CauseCode::TokenLocation,
        &[Aspect::Path],
        "looks for the token in a cookie instead of the header, or the other way round",
        |service| {
            service.carrier = match service.service {
                ServiceName::Main | ServiceName::Autoscraper => access_token_cookie(),
                ServiceName::Admin => bearer(),
            };
        },
    ),
    fault(
        CauseCode::HeaderStripped,
        EVERYTHING,
        "stands behind a proxy that drops the token",
        |service| service.front = Front::Stripping,
    ),
    fault(
        CauseCode::SubjectUnknown,
        &[Aspect::Claims],
        "does not know the subject of the token",
        |service| {
            service.verifier.subjects = Some(vec!["alice".into()]);
            service.tell_reasons();
        },
    ),
    fault(
        CauseCode::Unjudgeable,
        &[Aspect::Claims],
        "wants a claim that nobody can guess, and does not say so",
        |service| {
            service.verifier.members.push(Member::claim("shard", &["eu-7"]));
            service.dialect = Style::DropwizardPlain.into();
        },
    ),
    fault(CauseCode::RateLimited, EVERYTHING, "answers 429 to everything", |service| {
        service.front = Front::Throttled;
    }),
    fault(CauseCode::ServerError, EVERYTHING, "answers 500 to everything", |service| {
        service.front = Front::Failing;
    }),
    fault(CauseCode::Redirected, EVERYTHING, "redirects everything elsewhere", |service| {
        service.front = Front::Elsewhere;
    }),
];

/// What a replica still holds that was not restarted after the rotation.
fn previous_key() -> KeySource {
    KeySource::Variable {
        file: ".env.development.previous".into(),
        variable: ServiceName::Main.variable(),
    }
}

/// The main service holds the master key, so it looks for it under another name; the others have
/// no key in their env file.
fn forget_the_key(service: &mut Blueprint) {
    if service.service == ServiceName::Main {
        service.key_source =
            KeySource::Variable { file: ".env.development".into(), variable: "SECRET_KEY" };
        return;
    }
    service.env_file = EnvFile::Unset;
}

fn forgive_too_much(service: &mut Blueprint) {
    let verifier = &mut service.verifier;
    for rule in [&mut verifier.exp, &mut verifier.nbf, &mut verifier.iat] {
        *rule = rule.forgiving(LEEWAY);
    }
}

impl Fault {
    /// The fault of this code, if it can be planted.
    #[must_use]
    pub fn of(code: CauseCode) -> Option<&'static Self> {
        FAULTS.iter().find(|fault| fault.code == code)
    }

    /// Whether a report that names this code has found the fault.
    #[must_use]
    pub fn is_named_by(&self, code: CauseCode) -> bool {
        self.code == code || self.or.contains(&code)
    }

    /// Whether a report may rightly name this code when the fault is planted.
    #[must_use]
    pub fn explains(&self, code: CauseCode) -> bool {
        self.is_named_by(code) || self.also.contains(&code)
    }

    /// Whether both would decide one property of a service.
    pub(super) fn collides(&self, other: &Self) -> bool {
        self.aspects.iter().any(|aspect| other.aspects.contains(aspect))
    }
}
