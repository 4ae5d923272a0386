//! A token and the keyrings of the services in, the name of the key that verifies it out. Never
//! shows a key.

use jsonwebtoken::DecodingKey;

use super::token::Token;
use crate::explanation::Signer;
use crate::plan::{Algorithm, KeyLabel, KeyName, Keyring, Service};
use crate::secret::Secret;

/// A signer, and the algorithm of the signature, whatever the header says.
pub(super) struct Signed {
    pub(super) signer: Signer,
    pub(super) algorithm: Option<Algorithm>,
    /// Where the key is read.
    pub(super) label: Option<KeyLabel>,
}

impl Signed {
    fn by_nobody(signer: Signer) -> Self {
        Self { signer, algorithm: None, label: None }
    }
}

/// Who signed the token, as far as these services' keys tell.
pub(super) fn signed(token: &Token, services: &[Service]) -> Signed {
    if token.signature.is_empty() {
        return Signed::by_nobody(Signer::Unsigned);
    }
    let Some(algorithm) = by_length(&token.signature) else {
        return Signed::by_nobody(if header_algorithm(token).is_some() {
            Signer::Unknown
        } else {
            Signer::Foreign
        });
    };
    for service in services {
        if let Some(name) = verified_by(token, algorithm, &service.keyring) {
            return known(name, algorithm, service);
        }
    }
    let signer = match (header_algorithm(token), services) {
        (None, _) => Signer::Foreign,
        (Some(_), []) => Signer::NoKeysKnown,
        (Some(_), _) => Signer::Unknown,
    };
    Signed::by_nobody(signer)
}

fn known(name: &KeyName, algorithm: Algorithm, service: &Service) -> Signed {
    let subject = &service.subject;
    let labels = std::iter::once(&subject.reference).chain(&subject.other_keys);
    let label = labels.into_iter().find(|label| label.name == *name).cloned();
    let is_its_own = matches!(name, KeyName::Own | KeyName::OwnVariable(_));
    let owner = is_its_own.then(|| subject.name.clone());
    let signer = Signer::Known { key: name.clone(), service: owner };
    Signed { signer, algorithm: Some(algorithm), label }
}

/// The first key of the ring that verifies the token, or the empty one.
fn verified_by<'a>(token: &Token, algorithm: Algorithm, ring: &'a Keyring) -> Option<&'a KeyName> {
    ring.keys().find(|(_, key)| verifies(token, algorithm, key)).map(|(name, _)| name)
}

/// Whether this key verifies the token under this algorithm, whatever its header says.
fn verifies(token: &Token, algorithm: Algorithm, key: &Secret) -> bool {
    let algorithm = match algorithm {
        Algorithm::HS256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::HS384 => jsonwebtoken::Algorithm::HS384,
        Algorithm::HS512 => jsonwebtoken::Algorithm::HS512,
    };
    let text = token.text.expose();
    let signature = text.get(token.signing_input().len() + 1..).unwrap_or_default();
    let Ok(signature) = std::str::from_utf8(signature) else { return false };
    let key = DecodingKey::from_secret(key.expose());
    jsonwebtoken::crypto::verify(signature, token.signing_input(), &key, algorithm).unwrap_or(false)
}

/// The HMAC algorithm that the header names.
pub(super) fn header_algorithm(token: &Token) -> Option<Algorithm> {
    Algorithm::ALL.into_iter().find(|known| Some(known.name()) == token.algorithm())
}

/// The HMAC algorithm that makes signatures of this length.
fn by_length(signature: &Secret) -> Option<Algorithm> {
    match signature.len() {
        32 => Some(Algorithm::HS256),
        48 => Some(Algorithm::HS384),
        64 => Some(Algorithm::HS512),
        _ => None,
    }
}
