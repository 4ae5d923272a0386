//! One service of any family as files: a probes.yaml with it alone, and its keys, each a canary. The
//! verifier behind it is real.

use std::path::PathBuf;

use crate::common::authprobe::{Project, Run};
use crate::common::canary::Canary;

/// probes.yaml; URL stands for an address.
const PROBES: &str = r#"version: 1
default_environment: development

token:
  algorithm: HS256
  lifetime: 60s
  claims:
    { sub: authprobe, iss: RemoteHive, aud: RemoteHive-Services, token_type: access, user_id: authprobe }

services:
  - name: gateway
    source_of_truth: true
    endpoint: /me
    key: { dotenv: ".env.{environment}", variable: JWT_SECRET_KEY }

environments:
  development:
    urls: { gateway: "URL" }
    previous_keys: [ { dotenv: ".env.development.previous", variable: JWT_SECRET_KEY } ]
  staging:
    urls: { gateway: "URL" }
"#;

/// The name of the service in reports.
pub const NAME: &str = "gateway";

/// The files, and the keys in them.
pub struct Solo {
    project: Project,
    /// The key of the source of truth in development.
    pub reference: Canary,
    /// The key before it.
    pub previous: Canary,
    /// The key of staging.
    pub staging: Canary,
}

impl Solo {
    /// Writes the key files.
    pub fn new() -> Self {
        let project = Project::new();
        let [reference, previous, staging] = [(); 3].map(|()| project.canary());
        for (file, key) in [
            (".env.development", &reference),
            (".env.development.previous", &previous),
            (".env.staging", &staging),
        ] {
            project.write(file, &format!("JWT_SECRET_KEY={key}\n"));
        }
        Self { project, reference, previous, staging }
    }

    /// A fresh key that no file holds.
    pub fn unknown_key(&self) -> Canary {
        self.project.canary()
    }

    /// Checks the service at this address.
    pub fn check(&self, url: &str) -> Run {
        self.check_with(url, &[])
    }

    /// The same with further options.
    pub fn check_with(&self, url: &str, options: &[&str]) -> Run {
        self.check_configured(&PROBES.replace("URL", url), options)
    }

    /// The same with `--claims`.
    pub fn check_with_claims(&self, url: &str) -> Run {
        self.check_with(url, &["--claims"])
    }

    /// Checks the service at this address with another piece of the configuration.
    pub fn check_but(&self, url: &str, piece: &str, other: &str) -> Run {
        assert!(PROBES.contains(piece), "{piece} is in the configuration");
        self.check_configured(&PROBES.replace(piece, other).replace("URL", url), &[])
    }

    fn check_configured(&self, probes: &str, arguments: &[&str]) -> Run {
        self.project.write("probes.yaml", probes);
        let all: Vec<&str> = ["check", "-o", "json"].iter().chain(arguments).copied().collect();
        self.project.authprobe(all).traced().run()
    }

    /// Sends it what attackers send, too; the lines are added to its entry.
    pub fn check_hostile(&self, url: &str, entry: &str) -> Run {
        let allowed = format!("endpoint: /me\n    allow_hostile: true\n{entry}");
        let probes = PROBES.replace("URL", url).replace("endpoint: /me\n", &allowed);
        self.project.write("probes.yaml", &probes);
        self.project.authprobe(["check", "--hostile", "-o", "json"]).run()
    }

    /// Writes another file beside probes.yaml, and tells where it is.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        self.project.write(name, text)
    }
}
