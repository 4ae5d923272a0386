//! The text of a token in, its decoded parts out, or precisely what is wrong with the text (RFC
//! 7515 sections 2, 3.1 and 7, RFC 7519 section 7.2). Never verifies, never quotes the text.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::members::Members;
use super::wrapping;
use crate::explanation::Flaw;
use crate::secret::Secret;

/// A token that was caught in the wild: a JWT in compact serialization, decoded.
#[derive(Debug, Clone)]
pub struct Token {
    /// The JOSE header.
    pub header: Members,
    /// The claims.
    pub claims: Members,
    /// The whole text.
    pub text: Secret,
    /// The bytes of the signature; empty where there is none.
    pub signature: Secret,
}

/// The parts of a compact serialization, by the names that messages use.
const PARTS: [&str; 3] = ["header", "payload", "signature"];

impl Token {
    /// Reads what somebody pasted: a token, alone or with what it was copied with.
    ///
    /// # Errors
    /// What is wrong with it, if it is no JWT.
    pub fn read(pasted: &Secret) -> Result<Self, Flaw> {
        let not_text = |_| flaw("not-text", "this is not UTF-8 text", COPY);
        let text = wrapping::unwrap(std::str::from_utf8(pasted.expose()).map_err(not_text)?);
        let parts = three_parts(text)?;
        let [header, payload, signature] = parts;
        let header = members(PARTS[0], header)?;
        let claims = members(PARTS[1], payload)?;
        let signature = Secret::new(bytes(PARTS[2], signature)?);
        Ok(Self { header, claims, text: Secret::new(text), signature })
    }

    /// The `alg` of the header, where it is text.
    #[must_use]
    pub fn algorithm(&self) -> Option<&str> {
        self.header.get("alg").and_then(Value::as_str)
    }

    /// What the signature is over: the header and the payload as they were sent.
    pub(super) fn signing_input(&self) -> &[u8] {
        let text = self.text.expose();
        let end = text.iter().rposition(|byte| *byte == b'.').unwrap_or(text.len());
        &text[..end]
    }
}

const COPY: &str =
    "Copy the whole token again: three parts of letters, digits, - and _, with dots between.";
const COMPACT: &str = "Send the token in compact serialization: header.payload.signature.";

fn flaw(code: &'static str, summary: impl Into<String>, fix: &'static str) -> Flaw {
    Flaw { code, summary: summary.into(), fix }
}

fn three_parts(text: &str) -> Result<[&str; 3], Flaw> {
    if text.is_empty() {
        return Err(flaw("empty", "there is no token in the input", COPY));
    }
    if text.starts_with(['{', '[']) {
        return Err(json_instead(text));
    }
    if text.contains('…') || text.contains("...") {
        let summary = "the token was shortened: there are dots in place of some of its text";
        return Err(flaw("shortened", summary, COPY));
    }
    let parts: Vec<&str> = text.split('.').collect();
    match parts[..] {
        [header, payload, signature] => Ok([header, payload, signature]),
        [only] => Err(one_part(only)),
        [_, _] => Err(flaw(
            "two-parts",
            "the token has two parts instead of three: the second dot and the signature are missing",
            COPY,
        )),
        [header, _, _, _, _] => Err(five_parts(header)),
        _ => {
            let summary = format!("the token has {} parts; a signed JWT has three", parts.len());
            Err(flaw("parts", summary, COPY))
        }
    }
}

/// JSON in the token's place: another serialization (RFC 7515 section 7.2), or decoded claims.
fn json_instead(text: &str) -> Flaw {
    let has = |names: &[&str]| {
        let members = Members::parse(text).unwrap_or_default();
        names.iter().any(|name| members.get(name).is_some())
    };
    if has(&["ciphertext"]) {
        let summary =
            "this is an encrypted token in JSON serialization (RFC 7516 section 7.2), no JWT";
        return flaw("json-serialization", summary, COMPACT);
    }
    if has(&["payload", "signatures", "signature"]) {
        let summary = "this is a signed message in JSON serialization (RFC 7515 section 7.2); a JWT is \
                       in compact serialization";
        return flaw("json-serialization", summary, COMPACT);
    }
    flaw("json", "this is JSON, not a token: decoded claims, perhaps", COMPACT)
}

fn one_part(text: &str) -> Flaw {
    let is_header = bytes(PARTS[0], text).is_ok_and(|bytes| bytes.starts_with(b"{"));
    if is_header {
        let summary =
            "the token ends after its first part: the payload and the signature are missing";
        return flaw("one-part", summary, COPY);
    }
    let summary = format!(
        "this is no JWT: {} characters without a dot, where three parts with dots between belong; an \
         opaque token or a session id, perhaps",
        text.chars().count()
    );
    flaw("opaque", summary, "Ask the service that issued it what it is: it cannot be read here.")
}

fn five_parts(header: &str) -> Flaw {
    let is_encrypted = members(PARTS[0], header).is_ok_and(|header| header.get("enc").is_some());
    let says = if is_encrypted { ", as its header says" } else { "" };
    let summary = format!(
        "the token has five parts, so it is encrypted{says} (JWE, RFC 7516 section 7.1): only the \
         service that holds the key can read it"
    );
    flaw("jwe", summary, "Let the issuer send a signed token, or decrypt it first.")
}

/// The members of a part that is base64url of UTF-8 of a JSON object.
fn members(part: &'static str, text: &str) -> Result<Members, Flaw> {
    if text.is_empty() {
        return Err(flaw("empty-part", format!("the {part} is empty"), COPY));
    }
    let bytes = bytes(part, text)?;
    let json = std::str::from_utf8(&bytes).map_err(|error| {
        let summary = format!("the {part} is not UTF-8: byte {} is wrong", error.valid_up_to() + 1);
        flaw("not-utf-8", summary, DAMAGED)
    })?;
    Members::parse(json).map_err(|error| not_an_object(part, json, &error))
}

const DAMAGED: &str =
    "The token was damaged on its way, or made by hand: take it from where it was issued.";

fn not_an_object(part: &str, json: &str, error: &serde_json::Error) -> Flaw {
    let kind = match serde_json::from_str(json) {
        Ok(Value::Array(_)) => "an array",
        Ok(Value::String(_)) => "a string",
        Ok(Value::Number(_)) => "a number",
        Ok(Value::Bool(_)) => "a boolean",
        Ok(Value::Null) => "null",
        Ok(Value::Object(_)) | Err(_) => {
            let what = if error.is_eof() { "it breaks off" } else { "it goes wrong" };
            let summary = format!("the {part} is not JSON: {what} at byte {}", error.column());
            return flaw("not-json", summary, DAMAGED);
        }
    };
    let summary = format!("the {part} is JSON, but {kind}: it must be an object");
    flaw("not-an-object", summary, DAMAGED)
}

/// The bytes behind base64url without padding, blanks or line breaks (RFC 7515 section 2).
fn bytes(part: &'static str, text: &str) -> Result<Vec<u8>, Flaw> {
    let stranger = text.chars().position(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
    if let Some(at) = stranger {
        return Err(strange_character(part, text, at));
    }
    if text.len() % 4 == 1 {
        let summary = format!(
            "the {part} is {} long, which base64url never is: a character is missing or too many",
            text.len()
        );
        return Err(flaw("length", summary, COPY));
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| {
        let summary = format!(
            "the last character of the {part} carries bits that belong to no byte: it was changed \
             or cut"
        );
        flaw("trailing-bits", summary, COPY)
    })
}

fn strange_character(part: &str, text: &str, at: usize) -> Flaw {
    let c = text.chars().nth(at).unwrap_or_default();
    let place = format!("at character {}", at + 1);
    match c {
        '=' if URL_SAFE.decode(text).is_ok() => flaw(
            "padding",
            format!("the {part} is padded with =, which RFC 7515 section 2 forbids"),
            "Let the issuer leave the padding out; many verifiers refuse it.",
        ),
        '\n' | '\r' => flaw(
            "line-break",
            format!(
                "there is a line break in the {part}, {place}: it was wrapped when it was copied"
            ),
            "Join the lines.",
        ),
        c if c.is_whitespace() => {
            flaw("blank", format!("there is a blank in the {part}, {place}"), "Take it out.")
        }
        '+' | '/' => flaw(
            "alphabet",
            format!(
                "the {part} is base64, not base64url: there is a {c} {place}, where - or _ belongs"
            ),
            "Let the issuer encode with the URL-safe alphabet (RFC 4648 section 5).",
        ),
        '%' => flaw(
            "percent",
            format!("there is a % in the {part}, {place}: the token was percent-encoded"),
            "Decode it as a URL first.",
        ),
        c => {
            let shown: String = c.escape_debug().collect();
            let summary = format!(
                "there is a \u{201c}{shown}\u{201d} in the {part}, {place}, which base64url does not have"
            );
            flaw("character", summary, COPY)
        }
    }
}
