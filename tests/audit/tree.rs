//! A tree in `RemoteHive`'s layout, with canaries for keys: every service in every environment holds the
//! right one, until a test changes a file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::common::authprobe::{Project, Run};
use crate::common::canary::Canary;

pub(crate) const PROBES: &str = r#"version: 1
services:
  - name: main
    source_of_truth: true
    endpoint: /api/v1/auth/me
    key: { dotenv: ".env.{environment}", variable: JWT_SECRET_KEY }
  - name: autoscraper
    endpoint: /api/v1/autoscraper/dashboard
    key: { dotenv: "autoscraper-service/.env.{environment}", variable: JWT_SECRET_KEY }
  - name: admin
    endpoint: /api/auth/verify
    key: { dotenv: "remotehive-admin/.env.{environment}", variable: JWT_SECRET, dialect: dotenv }
environments:
  development: { urls: {} }
  staging: { urls: {} }
  production: { urls: {} }
"#;

/// The folder of each service, with a slash where it is not the top, and the variable of its key.
pub(crate) const SERVICES: [(&str, &str); 3] = [
    ("", "JWT_SECRET_KEY"),
    ("autoscraper-service/", "JWT_SECRET_KEY"),
    ("remotehive-admin/", "JWT_SECRET"),
];
pub(crate) const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];

pub(crate) struct Tree {
    pub(crate) project: Project,
    /// The keys, in the order of the environments.
    pub(crate) keys: Vec<Canary>,
}

impl Tree {
    /// A clean one with a configuration.
    pub(crate) fn new() -> Self {
        let tree = Self::without_probes();
        tree.project.write("probes.yaml", PROBES);
        tree
    }

    /// The same without one.
    pub(crate) fn without_probes() -> Self {
        let project = Project::new();
        let keys: Vec<Canary> =
            ENVIRONMENTS.iter().map(|_| project.search_for(Canary::hexadecimal())).collect();
        let tree = Self { project, keys };
        for (environment, key) in ENVIRONMENTS.iter().zip(&tree.keys) {
            for (folder, variable) in SERVICES {
                let text = format!(
                    "# {environment}\nLOG_LEVEL=info\n{variable}={}\nJWT_ALGORITHM=HS256\n\
                     ACCESS_TOKEN_EXPIRE_MINUTES=30\n",
                    key.text()
                );
                tree.write(&format!("{folder}.env.{environment}"), &text);
            }
        }
        tree
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.project.write(name, text);
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Puts one text in the place of another in a file.
    pub(crate) fn change(&self, name: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.project.path(name)).unwrap();
        assert!(text.contains(old), "{name} has what is to be changed");
        self.write(name, &text.replace(old, new));
    }

    pub(crate) fn audit(&self, arguments: &[&str]) -> Run {
        self.project.authprobe(["audit"].iter().chain(arguments)).run()
    }

    /// The findings of the JSON report, which fits its schema.
    pub(crate) fn findings(&self) -> Vec<Value> {
        let report = self.json(&[]);
        report["findings"].as_array().unwrap().clone()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let run = self.audit(&[arguments, &["-o", "json"]].concat());
        let report = run.json();
        let schema = self.project.authprobe(["schema", "audit"]).run().json();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let errors: Vec<_> =
            validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let status = match report["verdict"].as_str().unwrap() {
            "pass" => 0,
            "fail" => 1,
            _ => 3,
        };
        run.assert_exit(status);
        report
    }
}

/// The texts of some fields of a finding, without quotes.
pub(crate) fn fields(finding: &Value, names: &[&str]) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    names.iter().map(|name| text(&finding[*name])).collect()
}
