//! The small words of probes.yaml: durations, algorithms, names of RFC 9110. Each is one row that
//! says what it takes and what its schema is. Never looks beyond its own value.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Reader};
use super::tree::{Node, Placed};
use crate::key::dotenv::{DIALECTS, Dialect};
use crate::key::encoding::{self, Encoding};
use crate::key::store::STAGES;
use crate::plan::Algorithm;
use crate::secret::Secret;

/// Declares words: type, what is expected, what is wrong with others, help, schema, reading.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident($inner:ty) $expected:literal $wrong:literal $help:expr,
        $schema:tt, $read:expr;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub(super) struct $name(pub(super) $inner);

        impl Decode for $name {
            const EXPECTED: &'static str = $expected;

            fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
                let Node::Text(text) = &node.value else {
                    return reader.mismatch(node, Self::EXPECTED);
                };
                let read: fn(&str) -> Option<$inner> = $read;
                match read(text) {
                    Some(value) => Some(Self(value)),
                    None => reader.invalid(node, $wrong, $help),
                }
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

words! {
    /// A duration such as 60s, 5m or 90d.
    Span(Duration) "a duration such as 60s, 5m or 90d" "this is not a duration"
        "write a number and a unit: 60s, 5m or 90d",
        { "type": "string", "pattern": "^\\s*[0-9]", "examples": ["60s", "5m", "90d"] },
        |text| humantime::parse_duration(text).ok();
    /// A span from now, in whole seconds, with an optional sign.
    Offset(i64) "an offset such as -30s" "this is not an offset"
        "write a sign, a number and a unit: -30s or 5m",
        { "type": "string", "pattern": "^\\s*[+-]?\\s*[0-9]", "examples": ["-30s"] },
        offset;
    /// A signature algorithm.
    SignedWith(Algorithm) "an algorithm such as HS256" "authprobe cannot sign with this algorithm"
        &format!("known: {}", Algorithm::ALL.map(Algorithm::name).join(", ")),
        { "type": "string", "enum": Algorithm::ALL.map(Algorithm::name) },
        |text| Algorithm::ALL.into_iter().find(|algorithm| algorithm.name() == text);
    /// How a key's text becomes bytes.
    EncodingName(Encoding) "an encoding such as hex" "this encoding is not known"
        &format!("known: {}", encoding::NAMES.map(|(name, _)| name).join(", ")),
        { "type": "string", "enum": encoding::NAMES.map(|(name, _)| name) },
        |text| encoding::NAMES.iter().find(|(name, _)| *name == text).map(|(_, encoding)| *encoding);
    /// An env-file loader.
    DialectName(&'static Dialect) "an env-file dialect such as python-dotenv" "this dialect is not known"
        &format!("known: {}", dialects().join(", ")),
        { "type": "string", "enum": dialects() },
        |text| Dialect::named(text);
    /// A staging label of AWS Secrets Manager.
    StageName(&'static str) "a staging label such as AWSPREVIOUS" "this staging label is not known"
        &format!("known: {}", STAGES.join(", ")),
        { "type": "string", "enum": STAGES },
        |text| STAGES.into_iter().find(|stage| *stage == text);
    /// A request method (RFC 9110 section 9).
    MethodName(String) "a request method such as GET" "this is not a request method"
        "write it in capitals: GET, POST",
        { "type": "string", "pattern": "^[A-Z]+$" },
        |text| method(text);
    /// A header's name (RFC 9110 section 5.1).
    HeaderName(String) "a header's name" "this is not a header's name"
        "letters, digits and hyphens: X-Access-Token",
        { "type": "string", "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
        |text| reqwest::header::HeaderName::from_bytes(text.as_bytes()).ok().map(|_| text.to_owned());
}

fn offset(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let (sign, span) = match text.strip_prefix('-') {
        Some(span) => (-1, span),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    i64::try_from(humantime::parse_duration(span).ok()?.as_secs())
        .ok()
        .map(|seconds| sign * seconds)
}

fn dialects() -> Vec<&'static str> {
    DIALECTS.iter().map(|dialect| dialect.name).collect()
}

/// Methods are case-sensitive; one in small letters is a slip.
fn method(text: &str) -> Option<String> {
    let capitals = text.bytes().all(|byte| byte.is_ascii_uppercase());
    (capitals && Method::from_bytes(text.as_bytes()).is_ok()).then(|| text.to_owned())
}

/// A text that may be a secret: a request body. Excerpts never show it.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(transparent)]
pub(super) struct HiddenText(#[schemars(with = "String")] pub(super) Secret);

impl Decode for HiddenText {
    const EXPECTED: &'static str = "text";

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        reader.hide(node);
        String::decode(node, reader).map(|text| Self(Secret::new(text)))
    }
}
