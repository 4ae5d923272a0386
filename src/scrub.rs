//! Takes keys and tokens out of text that a service sent, before anything else sees it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::secret::Secret;

const MARK: &str = "[redacted]";
/// Shorter secrets would blank out ordinary words; well-known defaults such as `secret` are public.
const SHORTEST: usize = 8;

/// Knows what must never be shown, in each form in which a service could echo it.
#[derive(Clone, Default)]
pub struct Scrubber {
    forms: Vec<Secret>,
}

impl Scrubber {
    /// A scrubber for these secrets: as text, in base64, base64url and hex.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut forms = Vec::new();
        for secret in secrets {
            let bytes = secret.expose();
            if bytes.len() < SHORTEST {
                continue;
            }
            forms.push(secret.clone());
            forms.push(Secret::new(STANDARD.encode(bytes).trim_end_matches('=')));
            forms.push(Secret::new(URL_SAFE_NO_PAD.encode(bytes)));
            forms.push(Secret::new(hex::encode(bytes)));
            forms.push(Secret::new(hex::encode_upper(bytes)));
        }
        Self { forms }
    }

    /// The text without any known secret and without any part of `credential`; tells whether the
    /// credential was in it.
    #[must_use]
    pub fn clean(&self, text: &str, credential: Option<&Secret>) -> (String, bool) {
        let mut clean = Cow::Borrowed(text);
        let mut echoed = false;
        for part in credential.iter().flat_map(|secret| parts(secret)) {
            echoed |= replace(&mut clean, part);
        }
        for form in &self.forms {
            if let Ok(form) = std::str::from_utf8(form.expose()) {
                replace(&mut clean, form);
            }
        }
        (clean.into_owned(), echoed)
    }
}

/// The whole token, then its segments: a service may echo only one of them.
fn parts(token: &Secret) -> impl Iterator<Item = &str> {
    let whole = std::str::from_utf8(token.expose()).unwrap_or_default();
    std::iter::once(whole).chain(whole.split('.')).filter(|part| part.len() >= SHORTEST)
}

fn replace(text: &mut Cow<'_, str>, secret: &str) -> bool {
    let found = text.contains(secret);
    if found {
        *text = Cow::Owned(text.replace(secret, MARK));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echoed_token_and_a_leaked_key_disappear_in_every_form() {
        let key = Secret::new("canary-key-0123456789");
        let token = Secret::new("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl");
        let hexed = hex::encode(key.expose());
        let text = format!(
            "bad token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl, sig c2lnbmF0dXJl; JWT_SECRET=canary-key-0123456789 {hexed}"
        );
        let (clean, echoed) = Scrubber::new([&key]).clean(&text, Some(&token));
        assert!(echoed);
        assert_eq!(clean, "bad token [redacted], sig [redacted]; JWT_SECRET=[redacted] [redacted]");
    }
}
