//! The view in, its key files out, each once: two services or environments may share one. Holds
//! borrowed keys only, and never opens one.

use std::path::Path;

use super::view::{AuditView, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;

/// A key file that is there, and all who read it.
pub(super) struct SharedFile<'v> {
    /// Its absolute path; links are not followed.
    pub(super) path: &'v Path,
    /// The environments whose key it holds.
    pub(super) environments: Vec<&'v str>,
    /// The keys in it.
    pub(super) keys: Vec<&'v KeyView<'v>>,
}

/// Every key file that could be read, in the order of the configuration.
pub(super) fn shared_files<'v>(view: &'v AuditView<'v>) -> Vec<SharedFile<'v>> {
    let mut files: Vec<SharedFile<'v>> = Vec::new();
    for environment in &view.environments {
        for key in environment.keys.iter().filter(|key| key.text.is_some()) {
            let known = files.iter().position(|file| file.path == key.file.path);
            let index = known.unwrap_or_else(|| {
                let path = &key.file.path;
                files.push(SharedFile { path, environments: Vec::new(), keys: Vec::new() });
                files.len() - 1
            });
            let file = &mut files[index];
            file.keys.push(key);
            if !file.environments.contains(&environment.name()) {
                file.environments.push(environment.name());
            }
        }
    }
    files
}

impl SharedFile<'_> {
    /// A finding about the whole file; it names a service where only one reads the file.
    pub(super) fn finding(
        &self,
        view: &AuditView<'_>,
        code: AuditCode,
        status: Status,
        summary: String,
        fix: String,
    ) -> Finding {
        let service = &self.keys[0].file.service;
        let is_alone = self.keys.iter().all(|key| key.file.service == *service);
        Finding {
            code,
            status,
            environments: self.environments.iter().map(ToString::to_string).collect(),
            service: is_alone.then(|| service.clone()),
            place: Some(view.ground.place(self.path, None)),
            summary,
            fix,
        }
    }

    /// The file as commands name it, from the folder that is audited.
    pub(super) fn argument(&self, view: &AuditView<'_>) -> String {
        argument(&view.ground.place(self.path, None).name)
    }

    /// What changes the key in every environment of the file.
    pub(super) fn rotation(&self) -> String {
        let commands = self.environments.iter();
        let commands: Vec<_> = commands
            .map(|name| format!("authprobe rotate --environment {}", argument(name)))
            .collect();
        commands.join(" and ")
    }
}

/// A word as a shell takes it.
pub(super) fn argument(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/-@%+=:,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn a_word_that_a_shell_would_change_is_quoted() {
        for (word, quoted) in [
            ("a/.env", "a/.env"),
            ("my env", "'my env'"),
            ("it's", r"'it'\''s'"),
            ("$A", "'$A'"),
            ("", "''"),
        ] {
            assert_eq!(argument(word), quoted);
        }
    }
}
