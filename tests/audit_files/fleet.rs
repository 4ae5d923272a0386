//! A folder in `RemoteHive`'s layout whose keys are right, with a git repository around it. Faults are for
//! the tests to add.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::common::authprobe::{Project, Run};
use crate::common::canary::Canary;

const CONFIGURATION: &str = "\
version: 1
services:
  - name: main
    source_of_truth: true
    endpoint: /me
    key: { dotenv: '.env.{environment}', variable: JWT_SECRET_KEY }
  - name: autoscraper
    endpoint: /me
    key: { dotenv: 'autoscraper-service/.env.{environment}', variable: JWT_SECRET_KEY }
  - name: admin
    endpoint: /me
    key: { dotenv: 'remotehive-admin/.env.{environment}', variable: JWT_SECRET, dialect: next }
environments:
  production:
    urls: { main: 'http://127.0.0.1:1', autoscraper: 'http://127.0.0.1:2', admin: 'http://127.0.0.1:3' }
";

/// The files that hold the key, and its variable in each.
pub(crate) const FILES: [(&str, &str); 3] = [
    (".env.production", "JWT_SECRET_KEY"),
    ("autoscraper-service/.env.production", "JWT_SECRET_KEY"),
    ("remotehive-admin/.env.production", "JWT_SECRET"),
];

/// A fleet's folder.
pub(crate) struct Fleet {
    pub(crate) project: Project,
    pub(crate) key: Canary,
}

impl Fleet {
    /// With nothing wrong: a repository that ignores the key files, and everything else committed.
    pub(crate) fn clean() -> Self {
        let fleet = Self::without_git();
        fleet.git(&["init", "-q", "-b", "main"]);
        fleet.project.write(".gitignore", ".env*\n");
        fleet.commit("a start");
        fleet
    }

    /// The same without a repository. Other users may enter the folder.
    pub(crate) fn without_git() -> Self {
        let project = Project::new();
        let key = project.canary();
        project.write("probes.yaml", CONFIGURATION);
        for (file, variable) in FILES {
            project.write(file, &format!("PORT=8000\n{variable}={key}\n"));
        }
        let fleet = Self { project, key };
        for folder in ["..", ".", "autoscraper-service", "remotehive-admin"] {
            fleet.chmod(folder, 0o755);
        }
        for (file, _) in FILES {
            fleet.chmod(file, 0o600);
        }
        fleet
    }

    /// Runs git in the folder, with none of our own settings.
    pub(crate) fn git(&self, arguments: &[&str]) {
        self.git_at("2026-11-20T12:00:00Z", arguments);
    }

    /// The same, at this moment by git's clock.
    pub(crate) fn git_at(&self, moment: &str, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments)
            .current_dir(self.project.path("."))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .envs([("GIT_AUTHOR_DATE", moment), ("GIT_COMMITTER_DATE", moment)])
            .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
            .output()
            .expect("git is installed");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Commits all that git does not ignore.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    pub(crate) fn chmod(&self, name: &str, mode: u32) {
        fs::set_permissions(self.project.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// What an audit finds.
    pub(crate) fn findings(&self) -> Vec<String> {
        findings(&self.project.authprobe(["audit", "-o", "json"]).run())
    }

    /// The one thing that an audit finds.
    #[track_caller]
    pub(crate) fn finding(&self) -> String {
        let mut found = self.findings();
        assert_eq!(found.len(), 1, "{found:#?}");
        found.remove(0)
    }
}

/// Each finding as `code status place`, its summary and its fix.
pub(crate) fn findings(run: &Run) -> Vec<String> {
    let json = run.json();
    let found = json["findings"].as_array().expect("a list of findings").iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    found
        .map(|it| {
            let line = it["line"].as_u64().map_or(String::new(), |line| format!(":{line}"));
            let place = text(&it["file"]) + &line;
            format!(
                "{} {} {place}\n{}\n{}",
                text(&it["code"]),
                text(&it["status"]),
                text(&it["summary"]),
                text(&it["fix"])
            )
        })
        .collect()
}

#[test]
fn a_clean_tree_is_silent_with_and_without_a_repository() {
    for fleet in [Fleet::clean(), Fleet::without_git()] {
        let run = fleet.project.authprobe(["audit", "-o", "json"]).run();
        assert_eq!(findings(&run), [""; 0]);
        run.assert_exit(0);
    }
}
