//! The three services of the `RemoteHive` fleet as they are built when nothing is wrong;
//! a fault is planted by changing a blueprint. Pure descriptions: no key, no socket.

use super::claims::{Audience, Member};
use super::dialect::{Dialect, Style};
use super::front::Front;
use super::verifier::Verifier;
use crate::plan::Carrier;
use crate::secret::Secret;

/// A service of the fleet, by the name it has in probes.yaml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServiceName {
    /// The main service: the source of truth.
    Main,
    /// The autoscraper service.
    Autoscraper,
    /// The admin service.
    Admin,
}

impl ServiceName {
    /// Every service, in the order of probes.yaml.
    pub const ALL: [Self; 3] = [Self::Main, Self::Autoscraper, Self::Admin];

    /// The name in probes.yaml.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Autoscraper => "autoscraper",
            Self::Admin => "admin",
        }
    }

    /// The address that probes.yaml has for it, which the demo replaces.
    pub(super) fn written_url(self) -> &'static str {
        match self {
            Self::Main => "http://127.0.0.1:8000",
            Self::Autoscraper => "http://127.0.0.1:8001",
            Self::Admin => "http://127.0.0.1:3000",
        }
    }

    /// The folder of its env files: empty, or with a slash at its end.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Main => "",
            Self::Autoscraper => "autoscraper-service/",
            Self::Admin => "remotehive-admin/",
        }
    }

    /// The variable that holds its key.
    pub(super) fn variable(self) -> &'static str {
        match self {
            Self::Main | Self::Autoscraper => "JWT_SECRET_KEY",
            Self::Admin => "JWT_SECRET",
        }
    }

    /// Its auth endpoint.
    pub(super) fn endpoint(self) -> &'static str {
        match self {
            Self::Main => "/api/v1/auth/me",
            Self::Autoscraper => "/api/v1/autoscraper/dashboard",
            Self::Admin => "/api/auth/verify",
        }
    }
}

/// How a service is built.
#[derive(Debug, Clone)]
pub(super) struct Blueprint {
    pub(super) service: ServiceName,
    /// What its env file of development holds.
    pub(super) env_file: EnvFile,
    /// Where the running service got its key.
    pub(super) key_source: KeySource,
    /// Where a second replica behind the same address got its key, if there is one.
    pub(super) replica: Option<KeySource>,
    /// Where it looks for the token.
    pub(super) carrier: Carrier,
    /// How it verifies; its key is read when it starts.
    pub(super) verifier: Verifier,
    pub(super) dialect: Dialect,
    pub(super) front: Front,
    pub(super) port: Port,
}

/// What the env file of development holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EnvFile {
    /// The key that all services share.
    Shared,
    /// The same key in double quotes.
    Quoted,
    /// A key of its own.
    Stray,
    /// No key.
    Unset,
}

/// Where a running service got its key. Where the place holds none, it falls back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeySource {
    /// From this variable of this file, relative to the fleet's folder.
    Variable { file: String, variable: &'static str },
    /// From the environment of its process, which beats any file.
    Process,
}

/// Whether anybody listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    Listening,
    Closed,
}

impl Blueprint {
    /// The service when nothing is wrong with it.
    pub(super) fn healthy(service: ServiceName) -> Self {
        let (carrier, verifier, style) = match service {
            ServiceName::Main | ServiceName::Autoscraper => {
                (bearer(), remotehive(), Style::OneText401)
            }
            ServiceName::Admin => {
                (access_token_cookie(), Verifier::npm_jsonwebtoken(no_key_yet()), Style::NodeJson)
            }
        };
        Self {
            service,
            env_file: EnvFile::Shared,
            key_source: KeySource::Variable {
                file: format!("{}.env.development", service.folder()),
                variable: service.variable(),
            },
            replica: None,
            carrier,
            verifier,
            dialect: style.into(),
            front: Front::Direct,
            port: Port::Listening,
        }
    }

    /// Lets the service say why it refuses, in the words of its library.
    pub(super) fn tell_reasons(&mut self) {
        self.dialect.style = match self.service {
            ServiceName::Main | ServiceName::Autoscraper => Style::Telling401,
            ServiceName::Admin => Style::TellingNode401,
        };
    }
}

pub(super) fn bearer() -> Carrier {
    Carrier::Header { name: "Authorization".into(), scheme: Some("Bearer".into()) }
}

pub(super) fn access_token_cookie() -> Carrier {
    Carrier::Cookie { name: "access_token".into() }
}

/// `PyJWT` with issuer and audience, and a check of the type that leaves out refresh tokens.
fn remotehive() -> Verifier {
    let mut verifier = Verifier::pyjwt(no_key_yet());
    verifier.issuer = Some("RemoteHive".into());
    verifier.audience = Audience::Required(vec!["RemoteHive-Services".into()]);
    verifier.members.push(Member::claim("type", &["access", "api", "service"]));
    verifier
}

/// The key is read when the service starts.
fn no_key_yet() -> Secret {
    Secret::new("")
}
