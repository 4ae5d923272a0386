//! The fleet of the seed document as files: probes.yaml and a key file for each service and
//! environment, each with a key of its own making. The verifiers behind it are real.

use std::path::{Path, PathBuf};

use crate::common::authprobe::{Project, Run};
use crate::common::canary::Canary;
use crate::common::service::free_port;

/// probes.yaml; MAIN, AUTOSCRAPER and ADMIN stand for addresses.
const PROBES: &str = r#"version: 1
default_environment: development

token:
  algorithm: HS256
  lifetime: 60s
  claims: { sub: authprobe, iss: RemoteHive, aud: RemoteHive-Services, type: service, service: authprobe }

services:
  - name: main
    source_of_truth: true
    endpoint: /api/v1/auth/me
    key: { dotenv: ".env.{environment}", variable: JWT_SECRET_KEY }
  - name: autoscraper
    endpoint: /api/v1/auth/me
    key: { dotenv: "autoscraper-service/.env.{environment}", variable: JWT_SECRET_KEY }
  - name: admin
    endpoint: /api/auth/verify
    send: { cookie: access_token }
    key: { dotenv: "remotehive-admin/.env.{environment}", variable: JWT_SECRET }

environments:
  development:
    urls: { main: "MAIN", autoscraper: "AUTOSCRAPER", admin: "ADMIN" }
    previous_keys: [ { dotenv: ".env.development.previous", variable: JWT_SECRET_KEY } ]
  staging:
    urls: { main: "MAIN", autoscraper: "AUTOSCRAPER", admin: "ADMIN" }
"#;

/// The files of a fleet whose services are as they should be, and the keys in them.
pub struct Fleet {
    /// The folder it is in, and what runs the binary.
    pub project: Project,
    /// The key of the source of truth in development.
    pub reference: Canary,
    /// The key before it.
    pub previous: Canary,
    /// The key of the source of truth in staging.
    pub staging: Canary,
}

impl Fleet {
    /// Writes the files.
    pub fn new() -> Self {
        let project = Project::new();
        let [reference, previous, staging] = [(); 3].map(|()| project.canary());
        let fleet = Self { project, reference, previous, staging };
        for (environment, key) in [("development", &fleet.reference), ("staging", &fleet.staging)] {
            fleet.set(&format!(".env.{environment}"), "JWT_SECRET_KEY", key);
            fleet.set(&format!("autoscraper-service/.env.{environment}"), "JWT_SECRET_KEY", key);
            fleet.set(&format!("remotehive-admin/.env.{environment}"), "JWT_SECRET", key);
        }
        fleet.set(".env.development.previous", "JWT_SECRET_KEY", &fleet.previous);
        fleet
    }

    /// The same with a key of 64 hexadecimal digits in development.
    pub fn with_hexadecimal_key() -> Self {
        let mut fleet = Self::new();
        fleet.reference = fleet.project.search_for(Canary::hexadecimal());
        let key = &fleet.reference;
        fleet.set(".env.development", "JWT_SECRET_KEY", key);
        fleet.set("autoscraper-service/.env.development", "JWT_SECRET_KEY", key);
        fleet.set("remotehive-admin/.env.development", "JWT_SECRET", key);
        fleet
    }

    /// Makes a key file hold this variable and no other.
    pub fn set(&self, file: &str, variable: &str, key: &Canary) -> PathBuf {
        self.project.write(file, &format!("# a key file\n{variable}={key}\n"))
    }

    /// A fresh key that no file holds.
    pub fn unknown_key(&self) -> Canary {
        self.project.canary()
    }

    /// Checks these services, each at its address; there is nothing where the others should be.
    pub fn check(&self, services: &[(&str, &str)]) -> Run {
        self.check_in_time(services, None)
    }

    /// The same by a binary that lives in another time: the library that shifts it, and by how much.
    pub fn check_in_time(&self, services: &[(&str, &str)], time: Option<(&Path, &str)>) -> Run {
        let nowhere = format!("http://127.0.0.1:{}", free_port());
        let mut probes = PROBES.to_owned();
        for name in ["main", "autoscraper", "admin"] {
            let found = services.iter().find(|(service, _)| *service == name);
            let url = found.map_or(nowhere.as_str(), |(_, url)| *url);
            probes = probes.replace(&name.to_uppercase(), url);
        }
        self.project.write("probes.yaml", &probes);
        let names = services.iter().map(|(name, _)| *name);
        let arguments = ["check"].into_iter().chain(names).chain(["-o", "json"]);
        let mut invocation = self.project.authprobe(arguments).traced();
        if let Some((library, shift)) = time {
            invocation = invocation
                .env("LD_PRELOAD", library.to_string_lossy())
                .env("FAKETIME", shift)
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        invocation.run()
    }
}
