//! The place of a secret in Vault in, its value out: one GET of the key-value engine, version 2, and
//! one more where Vault refuses. `VAULT_SKIP_VERIFY` is not honoured.

use std::collections::HashMap;
use std::path::Path;

use reqwest::header::HeaderValue;
use reqwest::{Certificate, Client, Method, Request};
use serde_json::Value;
use url::Url;

use super::client::{Answer, ask, client, wait};
use super::{StoreError, VaultSecret, field};
use crate::key::file;
use crate::secret::Secret;

/// A Vault server and a login to it.
struct Vault {
    client: Client,
    address: Url,
    namespace: Option<HeaderValue>,
    token: HeaderValue,
}

pub(super) fn read(
    secret: &VaultSecret,
    folder: &Path,
    variables: &HashMap<String, String>,
) -> Result<Secret, StoreError> {
    let vault = Vault::of(secret, folder, variables)?;
    let path = data_path(secret)?;
    let answer = wait(async {
        let answer = vault.get(&path).await?;
        if answer.status == 403 { Err(vault.refusal(secret, &answer).await) } else { Ok(answer) }
    })?;
    value(secret, &vault.server(), &answer)
}

/// The parts of the path with `data` after the mount, as the engine has it.
fn data_path(secret: &VaultSecret) -> Result<Vec<&str>, StoreError> {
    let parts = |text| str::split(text, '/').filter(|part: &&str| !part.is_empty());
    let mut path: Vec<&str> = parts(secret.path.as_str()).collect();
    let mount: Vec<&str> = match &secret.mount {
        Some(mount) => parts(mount).collect(),
        None => path.drain(..path.len().min(1)).collect(),
    };
    let dots = |part: &&str| matches!(*part, "." | "..");
    if path.is_empty() || mount.is_empty() || path.iter().chain(&mount).any(dots) {
        return Err(StoreError::NoPath);
    }
    Ok([&["v1"], &mount[..], &["data"], &path[..]].concat())
}

impl Vault {
    fn of(
        secret: &VaultSecret,
        folder: &Path,
        variables: &HashMap<String, String>,
    ) -> Result<Self, StoreError> {
        let set = |name| variables.get(name).filter(|text: &&String| !text.is_empty());
        let address = secret.address.as_ref().or_else(|| set("VAULT_ADDR"));
        let address = Url::parse(address.ok_or(StoreError::NoAddress)?)
            .map_err(|_| StoreError::BadAddress)?;
        let has_login = !address.username().is_empty() || address.password().is_some();
        if !matches!(address.scheme(), "http" | "https") || has_login {
            return Err(StoreError::BadAddress);
        }
        let extra = match (&secret.ca, set("VAULT_CACERT")) {
            (Some(name), _) => authorities(name, &folder.join(name))?,
            (None, Some(name)) => authorities(name, Path::new(name))?,
            (None, None) => Vec::new(),
        };
        let namespace = secret.namespace.as_ref().or_else(|| set("VAULT_NAMESPACE"));
        let namespace = namespace.map(|name| HeaderValue::from_str(name)).transpose();
        let token = token(secret, &address, folder, variables)?;
        let mut token =
            HeaderValue::from_bytes(token.expose()).map_err(|_| StoreError::BadToken)?;
        token.set_sensitive(true);
        let namespace = namespace.map_err(|_| StoreError::BadNamespace)?;
        Ok(Self { client: client(&extra)?, address, namespace, token })
    }

    fn server(&self) -> String {
        self.address.origin().ascii_serialization()
    }

    async fn get(&self, path: &[&str]) -> Result<Answer, StoreError> {
        let mut url = self.address.clone();
        let segments = url.path_segments_mut();
        segments.map_err(|()| StoreError::BadAddress)?.pop_if_empty().extend(path);
        let mut request = Request::new(Method::GET, url);
        request.headers_mut().insert("X-Vault-Token", self.token.clone());
        // Vault takes it for a sign that no browser was tricked into the request.
        request.headers_mut().insert("X-Vault-Request", HeaderValue::from_static("true"));
        if let Some(namespace) = &self.namespace {
            request.headers_mut().insert("X-Vault-Namespace", namespace.clone());
        }
        ask(&self.client, request).await
    }

    /// Why it refuses: older versions say the same of a bad token and of one that may not read.
    async fn refusal(&self, secret: &VaultSecret, answer: &Answer) -> StoreError {
        let server = self.server();
        if says(answer, "invalid token") || says(answer, "bad token") {
            return StoreError::TokenRefused(server);
        }
        match self.get(&["v1", "auth", "token", "lookup-self"]).await {
            Ok(answer) if answer.status == 200 => StoreError::MayNotRead(secret.to_string()),
            Ok(answer) if says(&answer, "invalid token") || says(&answer, "bad token") => {
                StoreError::TokenRefused(server)
            }
            _ => StoreError::Refused { server, secret: secret.to_string() },
        }
    }
}

/// Whether one of the errors in the answer has these words.
fn says(answer: &Answer, words: &str) -> bool {
    let json = answer.json();
    let errors = json["errors"].as_array().into_iter().flatten().filter_map(Value::as_str);
    errors.into_iter().any(|error| error.contains(words))
}

fn value(secret: &VaultSecret, server: &str, answer: &Answer) -> Result<Secret, StoreError> {
    let (json, server) = (answer.json(), server.to_owned());
    let metadata = &json["data"]["metadata"];
    match answer.status {
        200 if json["data"]["data"].is_object() => {
            field(&json["data"]["data"], &secret.field, &secret.to_string())
        }
        200 if json["data"].is_object() => Err(StoreError::OldEngine(secret.to_string())),
        404 if metadata["destroyed"] == true => Err(StoreError::Destroyed(secret.to_string())),
        404 if metadata.is_object() => Err(StoreError::Deleted(secret.to_string())),
        404 if says(answer, "no handler for route") => {
            Err(StoreError::NoEngine(secret.to_string()))
        }
        404 if json["errors"].is_array() => Err(StoreError::NoSecret(secret.to_string())),
        503 if says(answer, "sealed") => Err(StoreError::Sealed(server)),
        300..400 => Err(StoreError::Redirected(server)),
        200 | 404 => Err(StoreError::NotAStore(server)),
        status => Err(StoreError::Status { server, status }),
    }
}

fn authorities(name: &str, path: &Path) -> Result<Vec<Certificate>, StoreError> {
    let read = read_file(name, path)?;
    match Certificate::from_pem_bundle(read.expose()) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(StoreError::NoCertificate(name.to_owned())),
    }
}

/// The token that is named, else that of the environment, else what `vault login` left.
fn token(
    secret: &VaultSecret,
    address: &Url,
    folder: &Path,
    variables: &HashMap<String, String>,
) -> Result<Secret, StoreError> {
    let set = |name| variables.get(name).filter(|text| !text.is_empty());
    if let Some(name) = &secret.token_file {
        return read_file(name, &folder.join(name)).map(|token| trimmed(&token));
    }
    if let Some(token) = set("VAULT_TOKEN") {
        return Ok(Secret::new(token.trim()));
    }
    let left = set("HOME").and_then(|home| file::read(&Path::new(home).join(".vault-token")).ok());
    let left = left.map(|token| trimmed(&token)).filter(|token| !token.is_empty());
    left.ok_or_else(|| StoreError::NoToken(address.origin().ascii_serialization()))
}

fn trimmed(token: &Secret) -> Secret {
    Secret::new(token.expose().trim_ascii())
}

fn read_file(name: &str, path: &Path) -> Result<Secret, StoreError> {
    file::read(path).map_err(|error| StoreError::File { file: name.to_owned(), error })
}
