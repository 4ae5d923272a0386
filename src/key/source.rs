//! A key source of probes.yaml in, the key's bytes out, or the fact that the variable is not set.
//! Never shows what it reads, never looks at the process environment: it is handed the variables.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::command::{self, CommandError};
use super::dotenv::{Dialect, DotenvError};
use super::encoding::{Encoding, NotEncoded};
use super::file::{self, FileError};
use super::kubernetes::{self, ManifestError};
use super::store::{AwsSecret, StoreError, VaultSecret};
use crate::plan::KeyPlace;
use crate::secret::Secret;

/// What stands for the environment's name in paths and arguments.
const ENVIRONMENT: &str = "{environment}";

/// Where a key is read and how its text becomes bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it is read.
    pub origin: Origin,
    /// How its text becomes bytes.
    pub encoding: Encoding,
}

/// Where a key is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A variable in an env file.
    Dotenv {
        /// The env file, relative to the folder of probes.yaml.
        file: String,
        /// The variable that holds the key.
        variable: String,
        /// The loader whose reading of the file counts.
        dialect: &'static Dialect,
    },
    /// An environment variable of authprobe itself.
    Env {
        /// Its name.
        variable: String,
    },
    /// A whole file: every byte of it is the key, a final newline too.
    File {
        /// The file, relative to the folder of probes.yaml.
        file: String,
    },
    /// What a program prints, without one final newline.
    Command {
        /// The program and its arguments; no shell is involved.
        arguments: Vec<String>,
    },
    /// A field of a Kubernetes Secret in a file of manifests.
    KubernetesSecret {
        /// The file, relative to the folder of probes.yaml.
        file: String,
        /// The name of the Secret; it may be left out where the file has one only.
        name: Option<String>,
        /// The field under `data` or `stringData`.
        field: String,
    },
    /// A field of a secret in Vault.
    Vault(VaultSecret),
    /// A secret in AWS Secrets Manager, or a field of it.
    AwsSecretsManager(AwsSecret),
    /// What the caller has already read on standard input: every byte of it is the key.
    Input {
        /// The bytes.
        text: Secret,
    },
}

impl Source {
    /// The same source with `{environment}` replaced by a name.
    #[must_use]
    pub fn in_environment(&self, name: &str) -> Self {
        let named = |text: &String| text.replace(ENVIRONMENT, name);
        let origin = match &self.origin {
            Origin::Dotenv { file, variable, dialect } => {
                Origin::Dotenv { file: named(file), variable: variable.clone(), dialect }
            }
            Origin::File { file } => Origin::File { file: named(file) },
            Origin::Command { arguments } => {
                Origin::Command { arguments: arguments.iter().map(named).collect() }
            }
            Origin::KubernetesSecret { file, name, field } => Origin::KubernetesSecret {
                file: named(file),
                name: name.as_ref().map(named),
                field: field.clone(),
            },
            Origin::Vault(secret) => Origin::Vault(secret.with_texts(named)),
            Origin::AwsSecretsManager(secret) => {
                Origin::AwsSecretsManager(AwsSecret { id: named(&secret.id), ..secret.clone() })
            }
            same @ (Origin::Env { .. } | Origin::Input { .. }) => same.clone(),
        };
        Self { origin, encoding: self.encoding }
    }

    /// The file that is read, relative to the folder of probes.yaml, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match &self.origin {
            Origin::Dotenv { file, .. }
            | Origin::File { file }
            | Origin::KubernetesSecret { file, .. } => Some(file),
            Origin::Env { .. }
            | Origin::Command { .. }
            | Origin::Vault(_)
            | Origin::AwsSecretsManager(_)
            | Origin::Input { .. } => None,
        }
    }

    /// Whether each environment has a file of its own.
    #[must_use]
    pub fn has_file_per_environment(&self) -> bool {
        self.file().is_some_and(|file| file.contains(ENVIRONMENT))
    }

    /// Where it reads, as a phrase for reports.
    #[must_use]
    pub fn place(&self) -> KeyPlace {
        let (source, variable) = match &self.origin {
            Origin::Dotenv { file, variable, .. } => (file.clone(), Some(variable.clone())),
            Origin::Env { variable } => ("the environment".to_owned(), Some(variable.clone())),
            Origin::File { file } => (file.clone(), None),
            Origin::Command { arguments } => {
                (format!("the output of {}", arguments.first().map_or("", String::as_str)), None)
            }
            Origin::KubernetesSecret { file, name: None, field } => {
                (file.clone(), Some(field.clone()))
            }
            Origin::KubernetesSecret { file, name: Some(name), field } => {
                (format!("{file} (Secret {name})"), Some(field.clone()))
            }
            Origin::Vault(secret) => (secret.to_string(), Some(secret.field.clone())),
            Origin::AwsSecretsManager(secret) => (secret.to_string(), secret.field.clone()),
            Origin::Input { .. } => ("standard input".to_owned(), None),
        };
        KeyPlace { source: source.into(), variable }
    }

    /// How a value is written here without a line feed at its end, where one is hardly ever meant: an
    /// editor ends a file with it, but a value in a manifest or a store has it from `echo` only.
    #[must_use]
    pub fn without_newline(&self) -> Option<&'static str> {
        match &self.origin {
            Origin::KubernetesSecret { .. } => Some(
                "`printf %s \"$KEY\" | base64 -w0` under `data`, or `|-` in place of `|` under \
                 `stringData`",
            ),
            Origin::Vault(_) => Some("`printf %s \"$KEY\" | vault kv put PATH FIELD=-`"),
            Origin::AwsSecretsManager(_) => Some(
                "`printf %s \"$KEY\" > FILE; aws secretsmanager put-secret-value --secret-id NAME \
                 --secret-string file://FILE`",
            ),
            _ => None,
        }
    }

    /// Whether a server is asked for it.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        matches!(self.origin, Origin::Vault(_) | Origin::AwsSecretsManager(_))
    }

    /// The whole file that the key is read from by name or as it is, if it is one and can be read.
    #[must_use]
    pub fn whole_file(&self, folder: &Path) -> Option<Secret> {
        if matches!(self.origin, Origin::KubernetesSecret { .. }) {
            return None;
        }
        file::read(&folder.join(self.file()?)).ok()
    }

    /// Reads the key; `None` if the variable is not set. Files are relative to `folder`.
    ///
    /// # Errors
    /// When the source cannot be read, or what it holds is not what it should be.
    pub fn read(
        &self,
        folder: &Path,
        variables: &HashMap<String, String>,
    ) -> Result<Option<Secret>, ReadError> {
        let read = |file: &String| {
            file::read(&folder.join(file))
                .map_err(|error| ReadError::File { file: PathBuf::from(file), error })
        };
        let text = match &self.origin {
            Origin::Env { variable } => {
                variables.get(variable).map(|text| Secret::new(text.as_str()))
            }
            Origin::File { file } => Some(read(file)?),
            Origin::Input { text } => Some(text.clone()),
            Origin::Command { arguments } => Some(command::run(arguments, folder, variables)?),
            Origin::KubernetesSecret { file, name, field } => {
                let manifests = read(file)?;
                let value = kubernetes::value(manifests.expose(), name.as_deref(), field);
                Some(value.map_err(|error| ReadError::Manifest { file: file.into(), error })?)
            }
            Origin::Vault(secret) => Some(secret.read(folder, variables)?),
            Origin::AwsSecretsManager(secret) => Some(secret.read(variables)?),
            Origin::Dotenv { file, variable, dialect } => {
                let bytes = read(file)?;
                dialect
                    .value(bytes.expose(), variable)
                    .map_err(|error| ReadError::Dotenv { file: PathBuf::from(file), error })?
            }
        };
        Ok(text.map(|text| self.encoding.decode(text)).transpose()?)
    }
}

/// Why a key could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why not.
        #[source]
        error: FileError,
    },
    /// The loader that the dialect names refuses the whole file.
    #[error("{}: {error}", file.display())]
    Dotenv {
        /// The file.
        file: PathBuf,
        /// Why it is refused.
        #[source]
        error: DotenvError,
    },
    /// The manifests in a file give no key.
    #[error("{}: {error}", file.display())]
    Manifest {
        /// The file.
        file: PathBuf,
        /// Why not.
        #[source]
        error: ManifestError,
    },
    /// A secret store gave no key.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The program gave no key.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The text is not in the encoding that is configured.
    #[error(transparent)]
    Encoding(#[from] NotEncoded),
}
