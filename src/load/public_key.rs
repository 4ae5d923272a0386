//! A public key's file in, its bytes under the names of its forms into a keyring. A public key is no
//! secret: it is what a confused verifier may take for an HMAC key (RFC 8725 section 2.1). Never a
//! private key.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::decode::Reader;
use super::problem::Problem;
use super::tree::Placed;
use crate::key::file;
use crate::plan::{HostileGround, KeyName, Keyring, PublicKeyForm};
use crate::secret::Secret;

/// Reads the file, relative to `folder`, into the ring, and says whether there is a public key.
pub(super) fn read(
    given: Option<&Placed<String>>,
    folder: &Path,
    ring: &mut Keyring,
    reader: &mut Reader,
) -> HostileGround {
    let mut ground = HostileGround::default();
    let Some(given) = given else { return ground };
    let key = match file::read(&folder.join(&given.value)) {
        Ok(key) => key,
        Err(error) => {
            let message = format!("the public key cannot be read: {error}");
            reader.report(Problem::at(&given.place, message).help("name a PEM or JWK file"));
            return ground;
        }
    };
    let text = String::from_utf8_lossy(key.expose());
    if !is_public(&text) {
        let problem = Problem::at(&given.place, "this file holds no public key");
        reader.report(problem.help("name a PEM file with a PUBLIC KEY, or a JWK without d"));
        return ground;
    }
    for form in PublicKeyForm::ALL {
        if let Some(bytes) = in_form(&text, form) {
            ring.insert(KeyName::Public(form), Secret::new(bytes));
            ground.public_key.push(form);
        }
    }
    ground
}

/// Whether this is a public key in PEM, or a JWK without any private member (RFC 7517).
fn is_public(text: &str) -> bool {
    if text.contains("PRIVATE KEY") {
        return false;
    }
    match serde_json::from_str::<serde_json::Map<String, Value>>(text) {
        Ok(jwk) => jwk.contains_key("kty") && !jwk.contains_key("d") && !jwk.contains_key("k"),
        Err(_) => text.contains("PUBLIC KEY"),
    }
}

/// The bytes that a verifier may hold of this text; `None` where the text has no such form.
fn in_form(text: &str, form: PublicKeyForm) -> Option<Vec<u8>> {
    match form {
        PublicKeyForm::File => Some(text.into()),
        PublicKeyForm::OtherEnd => Some(match text.strip_suffix('\n') {
            Some(without) => without.into(),
            None => [text, "\n"].concat().into(),
        }),
        PublicKeyForm::Der => {
            let lines = text.lines().map(str::trim).skip_while(|line| !line.starts_with("-----"));
            let body: String = lines.skip(1).take_while(|line| !line.starts_with('-')).collect();
            STANDARD.decode(body).ok().filter(|der| !der.is_empty())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_or_shared_key_is_no_public_key() {
        for (text, public) in [
            ("-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----\n", true),
            (r#"{"kty":"EC","x":"AQ","y":"AQ"}"#, true),
            ("-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n", false),
            (r#"{"kty":"EC","x":"AQ","y":"AQ","d":"AQ"}"#, false),
            (r#"{"kty":"oct","k":"AQ"}"#, false),
            ("JWT_SECRET_KEY=abc", false),
        ] {
            assert_eq!(is_public(text), public, "{text}");
        }
    }

    #[test]
    fn a_pem_has_three_forms_and_a_jwk_two() {
        let pem = "-----BEGIN PUBLIC KEY-----\nAQID\nBAU=\n-----END PUBLIC KEY-----\n";
        let forms = |text| PublicKeyForm::ALL.map(|form| in_form(text, form));
        let [file, other, der] = forms(pem);
        assert_eq!(file.as_deref(), Some(pem.as_bytes()));
        assert_eq!(other.as_deref(), Some(pem.trim_end().as_bytes()));
        assert_eq!(der.as_deref(), Some(&[1, 2, 3, 4, 5][..]));
        let jwk = r#"{"kty":"RSA"}"#;
        assert_eq!(forms(jwk)[1].as_deref(), Some(&b"{\"kty\":\"RSA\"}\n"[..]));
        assert_eq!(forms(jwk)[2], None);
    }
}
