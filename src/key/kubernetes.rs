//! A file of Kubernetes manifests in, one value of one Secret out, decoded as the API server would.
//! Never follows an alias, never opens a sealed manifest, never shows a value.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use serde_saphyr::Error;
use serde_saphyr::budget::BudgetBreach;

use super::names::listed;
use crate::secret::Secret;

/// As Go's encoding/base64 reads it: padding is needed, spare bits may be set.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The value of a field in the Secret of this name; the name may be left out where there is one only.
/// `stringData` wins over `data`, as it does where a manifest is applied.
///
/// # Errors
/// When this is no YAML or JSON, no such Secret is in it, or the Secret has no such value.
pub(super) fn value(file: &[u8], name: Option<&str>, field: &str) -> Result<Secret, ManifestError> {
    let manifests = manifests(file)?;
    let secret = chosen(&manifests, name)?;
    let member = |part: &str| secret.get(part).and_then(Value::as_object);
    let (plain, encoded) = (member("stringData"), member("data"));
    if let Some(value) = plain.and_then(|plain| plain.get(field)) {
        return value.as_str().map(Secret::new).ok_or(ManifestError::NotText);
    }
    let Some(value) = encoded.and_then(|encoded| encoded.get(field)) else {
        let known = plain.into_iter().chain(encoded).flat_map(Map::keys).map(String::as_str);
        return Err(ManifestError::NoField(listed(known)));
    };
    // The decoder of the API server skips line ends, as they stand in folded text.
    let text = value.as_str().ok_or(ManifestError::NotText)?.replace(['\r', '\n'], "");
    BASE64.decode(text).map(Secret::new).map_err(|_| ManifestError::NotBase64)
}

/// The manifests of all documents, those inside a List too.
fn manifests(file: &[u8]) -> Result<Vec<Value>, ManifestError> {
    let text =
        std::str::from_utf8(file).map_err(|error| ManifestError::NotUtf8(error.valid_up_to()))?;
    let documents = match serde_json::from_str(text) {
        Ok(document) => vec![document],
        Err(_) => yaml(text)?,
    };
    let mut manifests = Vec::new();
    for mut document in documents {
        match document.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) if kind(&document).ends_with("List") => {
                manifests.extend(items);
            }
            _ => manifests.push(document),
        }
    }
    Ok(manifests)
}

fn yaml(text: &str) -> Result<Vec<Value>, ManifestError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: 100_000,
            max_depth: 64,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1_000,
        },
        strict_booleans: true,
        with_snippet: false,
    };
    // What the library says may quote the file; its line does not.
    let line = |error: &Error| error.location().map_or(1, |location| location.line());
    serde_saphyr::from_multiple_with_options(text, options).map_err(|error| match &error {
        Error::Budget { breach, .. } => match breach {
            BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => ManifestError::Aliases,
            _ => ManifestError::TooLarge,
        },
        _ => ManifestError::NotYaml(line(&error)),
    })
}

/// The one Secret that is meant.
fn chosen<'m>(manifests: &'m [Value], wanted: Option<&str>) -> Result<&'m Value, ManifestError> {
    let is_meant = |manifest: &&Value| wanted.is_none_or(|wanted| name(manifest) == wanted);
    let of_kind = |wanted: &'static str| {
        manifests.iter().filter(move |manifest| kind(manifest) == wanted).filter(is_meant)
    };
    let meant: Vec<&Value> = of_kind("Secret").collect();
    match meant[..] {
        [secret] if secret.get("sops").is_some() => Err(ManifestError::Encrypted),
        [secret] => Ok(secret),
        [] if of_kind("SealedSecret").next().is_some() => Err(ManifestError::Sealed),
        [] if of_kind("ExternalSecret").next().is_some() => Err(ManifestError::External),
        [] => {
            let others = manifests.iter().filter(|manifest| kind(manifest) == "Secret");
            Err(ManifestError::NoSecret(listed(others.map(name))))
        }
        _ if wanted.is_some() => Err(ManifestError::Ambiguous),
        _ => Err(ManifestError::Several(listed(meant.into_iter().map(name)))),
    }
}

fn kind(manifest: &Value) -> &str {
    manifest["kind"].as_str().unwrap_or_default()
}

fn name(manifest: &Value) -> &str {
    manifest["metadata"]["name"].as_str().unwrap_or_default()
}

/// Why a manifest gives no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not UTF-8; the first byte that is wrong.
    #[error("it is not UTF-8: byte {0} is wrong")]
    NotUtf8(usize),
    /// Neither YAML nor JSON; the line of the first offence.
    #[error("it is neither YAML nor JSON: line {0} is wrong")]
    NotYaml(u64),
    /// Anchors and aliases can make a small file huge.
    #[error("anchors and aliases are not taken here")]
    Aliases,
    /// More than a file of manifests holds.
    #[error("it is larger or deeper than manifests are")]
    TooLarge,
    /// No Secret, or none of the wanted name; the names of those there are.
    #[error("there is no such Secret in it; the Secrets in it: {0}")]
    NoSecret(String),
    /// Several Secrets and no name; their names.
    #[error("there are several Secrets in it: {0}")]
    Several(String),
    /// Several Secrets of the wanted name.
    #[error("there are several Secrets of this name in it")]
    Ambiguous,
    /// A `SealedSecret`: only its controller can open it.
    #[error("its Secret is sealed, and only the cluster can open it")]
    Sealed,
    /// An `ExternalSecret`: it names a store and holds no value.
    #[error("it holds an ExternalSecret, which has no value of its own")]
    External,
    /// Encrypted with SOPS.
    #[error("its Secret is encrypted with SOPS")]
    Encrypted,
    /// The Secret has other fields; their names.
    #[error("the Secret has no such field; the fields it has: {0}")]
    NoField(String),
    /// A number, a boolean or a structure where text belongs.
    #[error("the field holds no text, and Kubernetes would refuse it")]
    NotText,
    /// A value of `data` that is not base64.
    #[error("the field's value under `data` is not base64")]
    NotBase64,
}

impl ManifestError {
    /// How it is mended.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotUtf8(_) | Self::NotYaml(_) => {
                "name the manifest as it is applied; a template is no manifest yet"
            }
            Self::Aliases | Self::TooLarge | Self::Ambiguous => {
                "write a file with the one Secret in it"
            }
            Self::NoSecret(_) => "correct the name or the file",
            Self::Several(_) => {
                "say which one with `name`: { kubernetes_secret: FILE, name: NAME, field: NAME }"
            }
            Self::Sealed | Self::External => {
                "read it from the cluster: { command: [kubectl, get, secret, NAME, -o, \
                 'jsonpath={.data.FIELD}'], encoding: base64 }"
            }
            Self::Encrypted => {
                "let sops open it: { command: [sops, decrypt, --extract, \
                 '[\"stringData\"][\"FIELD\"]', FILE] }"
            }
            Self::NoField(_) => "correct `field`, or add the value to the Secret",
            Self::NotText => "put the value in quotes",
            Self::NotBase64 => {
                "put plain text under `stringData`, or encode it: printf %s \"$KEY\" | base64 -w0"
            }
        }
    }
}
