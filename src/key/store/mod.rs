//! Secret stores: what one holds and how it is asked in, a key or one clear error out. Never shows a
//! value or a token, never honours proxy variables, never follows a redirect.

#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "aws")]
mod aws_login;
#[cfg(any(feature = "aws", feature = "vault"))]
mod client;
mod error;
#[cfg(feature = "vault")]
mod vault;

pub use error::StoreError;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

#[cfg(any(feature = "aws", feature = "vault"))]
use serde_json::Value;

#[cfg(any(feature = "aws", feature = "vault"))]
use super::names::listed;
use crate::secret::Secret;

/// The staging labels of AWS that can be asked for: the version in use, and the one before it.
pub const STAGES: [&str; 2] = [CURRENT, "AWSPREVIOUS"];
const CURRENT: &str = "AWSCURRENT";

/// A secret in the key-value engine, version 2, of `HashiCorp` Vault or `OpenBao`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultSecret {
    /// The path as `vault kv get` takes it, the mount first unless that is named by itself.
    pub path: String,
    /// The mount; the first part of the path if `None`.
    pub mount: Option<String>,
    /// The field of the secret.
    pub field: String,
    /// The server; `VAULT_ADDR` if `None`.
    pub address: Option<String>,
    /// The namespace; `VAULT_NAMESPACE` if `None`, and none if that is not set.
    pub namespace: Option<String>,
    /// A file with the token; `VAULT_TOKEN`, then `~/.vault-token` if `None`.
    pub token_file: Option<String>,
    /// A PEM file with certificate authorities; `VAULT_CACERT` if `None`.
    pub ca: Option<String>,
}

/// A secret in AWS Secrets Manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsSecret {
    /// Its name or ARN.
    pub id: String,
    /// The member, where the secret is a JSON object; all of it if `None`.
    pub field: Option<String>,
    /// The region; that of the ARN, the environment or the profile if `None`.
    pub region: Option<String>,
    /// The staging label, such as `AWSPREVIOUS`.
    pub stage: &'static str,
}

impl VaultSecret {
    /// The same with what `named` makes of the texts that may differ between environments.
    #[must_use]
    pub(super) fn with_texts(&self, named: impl Fn(&String) -> String) -> Self {
        let each = |text: &Option<String>| text.as_ref().map(&named);
        Self {
            path: named(&self.path),
            mount: each(&self.mount),
            address: each(&self.address),
            namespace: each(&self.namespace),
            token_file: each(&self.token_file),
            ca: each(&self.ca),
            field: self.field.clone(),
        }
    }

    /// Asks the server; `folder` is what files are relative to.
    ///
    /// # Errors
    /// When there is no login, no answer, or no such value.
    #[cfg(feature = "vault")]
    pub(super) fn read(
        &self,
        folder: &Path,
        variables: &HashMap<String, String>,
    ) -> Result<Secret, StoreError> {
        vault::read(self, folder, variables)
    }

    #[cfg(not(feature = "vault"))]
    pub(super) fn read(&self, _: &Path, _: &HashMap<String, String>) -> Result<Secret, StoreError> {
        Err(StoreError::VaultLeftOut)
    }
}

impl AwsSecret {
    /// Asks AWS.
    ///
    /// # Errors
    /// When there is no login, no answer, or no such value.
    #[cfg(feature = "aws")]
    pub(super) fn read(&self, variables: &HashMap<String, String>) -> Result<Secret, StoreError> {
        aws::read(self, variables)
    }

    #[cfg(not(feature = "aws"))]
    pub(super) fn read(&self, _: &HashMap<String, String>) -> Result<Secret, StoreError> {
        Err(StoreError::AwsLeftOut)
    }
}

impl fmt::Display for VaultSecret {
    /// `Vault secret/remotehive/jwt`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault ")?;
        if let Some(mount) = &self.mount {
            write!(f, "{}/", mount.trim_matches('/'))?;
        }
        f.write_str(self.path.trim_start_matches('/'))
    }
}

impl fmt::Display for AwsSecret {
    /// `AWS secret remotehive/jwt`, with the staging label where that is not the usual one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AWS secret {}", self.id)?;
        if self.stage == CURRENT { Ok(()) } else { write!(f, " ({})", self.stage) }
    }
}

/// The text of a field of a JSON object; `secret` says whose.
#[cfg(any(feature = "aws", feature = "vault"))]
fn field(object: &Value, field: &str, secret: &str) -> Result<Secret, StoreError> {
    let secret = secret.to_owned();
    let Value::Object(members) = object else { return Err(StoreError::NoFields(secret)) };
    match members.get(field) {
        Some(Value::String(text)) => Ok(Secret::new(text.as_str())),
        Some(_) => Err(StoreError::NotText(secret)),
        None => {
            let fields = listed(members.keys().map(String::as_str));
            Err(StoreError::NoField { secret, fields })
        }
    }
}
