//! What a key looks like where it is written into a file that is no env file: names of variables and
//! texts in, a judgement out. Never shows the text, and takes a reference or a placeholder for no key.

use std::path::Path;

use super::view::AuditView;
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;
use crate::key::defaults;
use crate::secret::Secret;

/// Variables that hold a JWT key in any project, whatever the configuration names.
const EVERYWHERE: &[&str] = &[
    "JWT_SECRET_KEY",
    "JWT_SECRET",
    "JWT_SIGNING_KEY",
    "JWT_SIGNING_SECRET",
    "JWT_ACCESS_SECRET",
    "JWT_ACCESS_TOKEN_SECRET",
    "JWT_TOKEN_SECRET",
    "JWT_HMAC_SECRET",
];

/// How texts begin that say where a secret is, or that are another party's kind of key.
const NO_KEY_OF_OURS: &[&str] = &[
    "ENC[", "enc:", "vault:", "arn:", "op:", "ref+", "sm:", "ssm:", "file:", "/run/", "/etc/",
    "/var/", "sk_live_", "sk_test_", "pk_live_", "pk_test_", "whsec_", "ghp_", "AKIA", "xoxb-",
];

/// The variables that hold a key of the services.
pub(super) struct Variables(Vec<String>);

impl Variables {
    /// Those that the services read, and those that hold a JWT key in any project.
    pub(super) fn new<'a>(configured: impl IntoIterator<Item = &'a str>) -> Self {
        let names = configured.into_iter().chain(EVERYWHERE.iter().copied());
        let mut names: Vec<String> = names.map(normal).collect();
        names.sort();
        names.dedup();
        Self(names)
    }

    /// Whether a name is one of them, as `jwt-secret-key` or `jwt_secret_key` too.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.binary_search(&normal(name)).is_ok()
    }
}

fn normal(name: &str) -> String {
    name.trim().to_ascii_uppercase().replace(['-', '.'], "_")
}

/// A key that stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// The line, from 1.
    pub(super) line: usize,
    /// The variable that gets it.
    pub(super) variable: String,
    /// What it was written into.
    pub(super) construct: Construct,
    /// The key itself, for comparisons.
    key: Secret,
}

/// The construct that a key was written into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Construct {
    /// `environment:` or `args:` of a compose file.
    ComposeEnvironment,
    /// `${NAME:-key}` in a compose file.
    ComposeFallback,
    /// A Kubernetes `Secret` or `ConfigMap`.
    KubernetesObject(&'static str),
    /// `env:` of a container.
    ContainerEnvironment,
    /// `literals:` of a kustomization.
    Kustomization,
    /// `ENV` or `ARG` of a Dockerfile.
    Dockerfile,
    /// What a program takes where its variable is not set, and how to read the variable without;
    /// `{}` stands for its name.
    SourceFallback(&'static str),
}

impl Construct {
    /// A key that is there is used; a fallback is used only where a variable is missing.
    fn is_fallback(self) -> bool {
        matches!(self, Self::ComposeFallback | Self::SourceFallback(_))
    }

    fn summary(self, variable: &str) -> String {
        match self {
            Self::ComposeEnvironment => format!("{variable} is written into this compose file"),
            Self::ComposeFallback => {
                format!("this compose file has a fallback for {variable}, used where it is not set")
            }
            Self::KubernetesObject(kind) => format!("a {kind} in this manifest holds {variable}"),
            Self::ContainerEnvironment => {
                format!("{variable} is written into a container's env in this manifest")
            }
            Self::Kustomization => format!("{variable} is written into this kustomization"),
            Self::Dockerfile => format!("this Dockerfile sets {variable}, so every image holds it"),
            Self::SourceFallback(_) => {
                format!("the source has a fallback for {variable}, used where it is not set")
            }
        }
    }

    fn fix(self, variable: &str) -> String {
        match self {
            Self::ComposeEnvironment => format!(
                "Write {variable}: ${{{variable}:?}}, or give the service an env_file; then rotate the key."
            ),
            Self::ComposeFallback => {
                format!("Write ${{{variable}:?}}, so that nothing starts without its key.")
            }
            Self::KubernetesObject(_) => "Keep it out of the tree: kubectl create secret generic \
                 --from-env-file, a SealedSecret or an ExternalSecret; then rotate the key."
                .to_owned(),
            Self::ContainerEnvironment => {
                "Write valueFrom: secretKeyRef in place of value; then rotate the key.".to_owned()
            }
            Self::Kustomization => {
                "Write envs: with a file that git ignores; then rotate the key.".to_owned()
            }
            Self::Dockerfile => {
                "Take the line out and set it where the container is started; then \
                 rotate the key."
                    .to_owned()
            }
            Self::SourceFallback(strict) => {
                let strict = strict.replace("{}", variable);
                format!("Write {strict}, so that the service does not start without its key.")
            }
        }
    }
}

impl Literal {
    /// A key in a file, unless the text cannot be one.
    pub(super) fn new(
        line: usize,
        variable: &str,
        construct: Construct,
        text: &str,
    ) -> Option<Self> {
        let (variable, key) = (variable.trim().to_owned(), Secret::new(text.trim()));
        could_be_key(text, &variable).then_some(Self { line, variable, construct, key })
    }

    /// What there is to say of it; whether it is a key in use, or one that everyone knows.
    pub(super) fn finding(&self, view: &AuditView<'_>, path: &Path) -> Finding {
        let environments = view.environments.iter().filter(|environment| {
            environment.keys.iter().any(|key| key.as_written().as_ref() == Some(&self.key))
        });
        let environments: Vec<String> = environments.map(|it| it.name().to_owned()).collect();
        let well_known = defaults::position(&self.key).map(|row| defaults::TABLE[row].label);
        let more = match (well_known, environments.is_empty()) {
            (Some(label), _) => format!("; it is well known: {label}"),
            (None, false) => format!("; it is the key of {}", environments.join(" and ")),
            (None, true) => String::new(),
        };
        let is_harmless = self.construct.is_fallback() && environments.is_empty();
        let code = if self.construct.is_fallback() {
            AuditCode::KeyFallback
        } else {
            AuditCode::KeyHardCoded
        };
        Finding {
            code,
            status: if is_harmless { Status::Warn } else { Status::Fail },
            environments,
            service: service_of(view, path),
            place: Some(view.ground.place(path, Some(self.line))),
            summary: self.construct.summary(&self.variable) + &more,
            fix: self.construct.fix(&self.variable),
        }
    }
}

/// The service in whose folder a file is; the innermost one, and not the one whose folder is the root.
fn service_of(view: &AuditView<'_>, path: &Path) -> Option<String> {
    let services = view.ground.services.iter();
    let around = services.filter(|service| path.starts_with(&service.folder));
    let innermost = around.max_by_key(|service| service.folder.components().count())?;
    (innermost.folder != view.ground.root).then(|| innermost.name.clone())
}

/// Whether a text could be a key: no reference, no gap to be filled in, not the variable's own name.
fn could_be_key(text: &str, variable: &str) -> bool {
    let text = text.trim();
    let is_gap = text.is_empty()
        || ["${", "{{", "$(", "<%"].iter().any(|opening| text.contains(opening))
        || (text.starts_with('<') && text.ends_with('>'))
        || text.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-' | '_'))
        || ["null", "none", "undefined"].contains(&text.to_ascii_lowercase().as_str());
    let is_elsewhere =
        text.contains("://") || NO_KEY_OF_OURS.iter().any(|begin| text.starts_with(begin));
    !is_gap && !is_elsewhere && normal(text) != normal(variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_references_are_no_keys() {
        for text in [
            "",
            "  ",
            "${OTHER}",
            "{{ .Values.key }}",
            "$(KEY)",
            "<your key>",
            "********",
            "xxxx",
            "null",
            "JWT_SECRET_KEY",
            "jwt-secret-key",
            "vault:secret/data/jwt#key",
            "awssm://jwt",
            "arn:aws:secretsmanager:x",
            "/run/secrets/jwt",
            "sk_test_4eC39HqLyjWDar",
            "ENC[AES256]",
        ] {
            assert!(!could_be_key(text, "JWT_SECRET_KEY"), "{text}");
        }
        for text in ["changeme", "abc", "your-secret-key", "x7", "12345678", "jwt-secret"] {
            assert!(could_be_key(text, "JWT_SECRET_KEY"), "{text}");
        }
    }

    #[test]
    fn names_are_known_in_every_spelling_and_others_are_not() {
        let variables = Variables::new(["ADMIN_KEY"]);
        for name in ["ADMIN_KEY", "jwt_secret_key", "jwt-secret", "jwt.secret.key"] {
            assert!(variables.has(name), "{name}");
        }
        for name in ["SECRET_KEY", "STRIPE_SECRET", "JWT_PUBLIC_KEY", "JWT_SECRET_NAME"] {
            assert!(!variables.has(name), "{name}");
        }
    }
}
