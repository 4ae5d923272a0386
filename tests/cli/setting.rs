//! Projects as users have them: a probes.yaml with one service, its key in an env file.

use crate::common::authprobe::Project;
use crate::common::canary::Canary;

/// A project whose only service, `main`, is at this URL.
pub(crate) struct Setting {
    pub(crate) project: Project,
    pub(crate) key: Canary,
}

impl Setting {
    pub(crate) fn new() -> Self {
        let project = Project::new();
        let key = project.canary();
        project.write(".env.development", &format!("JWT_SECRET_KEY={key}\n"));
        Self { project, key }
    }

    /// Writes the configuration.
    pub(crate) fn with_main_at(self, url: &str) -> Self {
        self.project.write("probes.yaml", &probes(url));
        self
    }
}

/// A configuration with the service `main` at this URL.
pub(crate) fn probes(url: &str) -> String {
    format!(
        "version: 1
token:
  claims: {{ sub: authprobe }}
services:
  - name: main
    endpoint: {url}
    key: {{ dotenv: \".env.{{environment}}\", variable: JWT_SECRET_KEY }}
environments:
  development: {{}}
"
    )
}
