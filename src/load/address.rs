//! Urls of probes.yaml in, checked urls out. A url that carries a password or a token is refused,
//! and that part of it is never shown (OWASP ASVS 14.2.1).

use url::Url;

use super::decode::Reader;
use super::problem::{Place, Problem};
use super::tree::Placed;

/// Query parameters that carry credentials.
const CREDENTIALS: &[&str] = &[
    "access_token",
    "api_key",
    "apikey",
    "auth",
    "code",
    "jwt",
    "key",
    "password",
    "secret",
    "sig",
    "signature",
    "token",
];

/// An absolute http or https url without credentials.
pub(super) fn absolute(text: &Placed<String>, reader: &mut Reader) -> Option<Url> {
    match check(&text.value) {
        Ok(url) => Some(url),
        Err(refusal) => {
            refuse(&text.place, refusal, reader);
            None
        }
    }
}

/// Whether an endpoint is a whole url; otherwise it is a path.
pub(super) fn is_whole(endpoint: &str) -> bool {
    endpoint.contains("://")
}

/// An endpoint joined to the base url of its service, whose path stays in front.
pub(super) fn joined(base: &Url, endpoint: &Placed<String>, reader: &mut Reader) -> Option<Url> {
    let whole = format!("{}{}", base.as_str().trim_end_matches('/'), endpoint.value);
    match check(&whole) {
        Ok(url) => Some(url),
        Err(refusal) => {
            refuse(&endpoint.place, refusal, reader);
            None
        }
    }
}

/// A path begins with one slash.
pub(super) fn check_path(endpoint: &Placed<String>, reader: &mut Reader) -> bool {
    let path = &endpoint.value;
    let right = path.starts_with('/') && !path.starts_with("//");
    if !right {
        refuse(&endpoint.place, Refusal::NoPath, reader);
    }
    right
}

/// A base url has a path at most.
pub(super) fn base(text: &Placed<String>, reader: &mut Reader) -> Option<Url> {
    let url = absolute(text, reader)?;
    if url.query().is_some() {
        refuse(&text.place, Refusal::QueryInBase, reader);
        return None;
    }
    Some(url)
}

fn check(text: &str) -> Result<Url, Refusal> {
    let url = Url::parse(text).map_err(Refusal::Malformed)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(Refusal::Fragment);
    }
    if url.query_pairs().any(|(name, value)| is_credential(&name, &value)) {
        return Err(Refusal::Credential);
    }
    Ok(url)
}

fn is_credential(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    (CREDENTIALS.contains(&&*name) && !value.is_empty()) || value.starts_with("eyJ")
}

fn refuse(place: &Place, refusal: Refusal, reader: &mut Reader) {
    let help = refusal.help();
    reader.report(Problem::at(place, refusal.to_string()).help(help));
}

/// Why a url is refused.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum Refusal {
    #[error("this is not a url: {0}")]
    Malformed(url::ParseError),
    #[error("this is not an http or https url")]
    Scheme,
    #[error("this url carries a user name or a password")]
    UserInfo,
    #[error("this url has a fragment, which is never sent")]
    Fragment,
    #[error("this url carries a credential in its query")]
    Credential,
    #[error("this base url has a query")]
    QueryInBase,
    #[error("this is neither a path nor a url")]
    NoPath,
}

impl Refusal {
    fn help(self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::Scheme => "write it whole: http://127.0.0.1:8000",
            Self::UserInfo => "take it out of the url",
            Self::Fragment => "take out the # and what follows",
            Self::Credential => {
                "take it out; `send: { query: NAME }`, or --query NAME, sends the test token there"
            }
            Self::QueryInBase => "move it to the service's `endpoint`",
            Self::NoPath => "begin it with one slash: /api/v1/auth/me",
        }
    }
}
