//! The keys that the configuration of a model knows, in the order in which a run would try them,
//! and the places in which a model may look for its token. Never reads a file.

use authprobe::key::defaults;
use authprobe::key::reading::{Written, readings};
use authprobe::plan::{Carrier, KeyName};
use authprobe::secret::Secret;

pub const REFERENCE: &str = "reference-0123456789abcdef0123456789abcdef";
pub const OWN: &str = "own-file-0123456789abcdef0123456789abcdef";
pub const PREVIOUS: &str = "previous-0123456789abcdef0123456789abcdef";
pub const STAGING: &str = "staging-0123456789abcdef0123456789abcdef";
pub const OTHER_VARIABLE: &str = "refresh-0123456789abcdef0123456789abcdef";
pub const DEFAULT: &str = "your-secret-key";

/// Reference keys in the forms that loaders read in different ways.
pub const REFERENCES: [&str; 12] = [
    REFERENCE,
    "8f0c2d5b7a914e36bd02c5f1a7e8934d8f0c2d5b7a914e36bd02c5f1a7e8934d",
    "0x8F0C2D5B7A914E36BD02C5F1A7E8934D8F0C2D5B7A914E36BD02C5F1A7E8934D",
    "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
    "q83v_jRW-JCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA",
    "p4ss#w0rd with #tail-0123456789abcdef0123",
    "p4ss$HOME-${USER}-$$tail;0123456789abcdef",
    "\"quoted-0123456789abcdef0123456789abcdef\"",
    "lf-at-its-end-0123456789abcdef0123456789\n",
    "first-line-0123456789abcdef\nsecond-line-0123",
    "percent%2Bsigns%20and+plus-0123456789abcdef",
    "back\\slash\\tand\\\\more-0123456789abcdef01",
];

/// Every reading of a reference key: code and bytes.
pub fn readings_of(reference: &str) -> Vec<(&'static str, Secret)> {
    let key = Secret::new(reference);
    let file = Secret::new(format!("JWT_SECRET_KEY=\"{reference}\" # shared\n"));
    let written = Written { key: &key, variable: Some("JWT_SECRET_KEY"), file: Some(&file) };
    readings(written).into_iter().map(|(reading, secret)| (reading.code, secret)).collect()
}

/// The bytes of one reading.
pub fn misread(reference: &str, code: &str) -> Secret {
    let row = readings_of(reference).into_iter().find(|row| row.0 == code);
    row.expect("the reading applies to this key").1
}

/// Every key that a run knows of a model, without the reference key.
pub fn known(reference: &str) -> Vec<(KeyName, Secret)> {
    let named = [
        (KeyName::Own, OWN),
        (KeyName::OwnVariable("REFRESH_SECRET".into()), OTHER_VARIABLE),
        (KeyName::Previous(0), PREVIOUS),
        (KeyName::Environment("staging".into()), STAGING),
    ];
    let named = named.into_iter().map(|(name, key)| (name, Secret::new(key)));
    let read = readings_of(reference).into_iter().map(|(code, key)| (KeyName::Reading(code), key));
    let rows = defaults::TABLE.iter().enumerate();
    let public = rows.map(|(row, known)| (KeyName::Default(row), known.secret()));
    let nothing = std::iter::once((KeyName::Empty, Secret::new("")));
    let mut distinct: Vec<(KeyName, Secret)> = Vec::new();
    for (name, key) in named.chain(read).chain(public).chain(nothing) {
        if distinct.iter().all(|(_, known)| *known != key) {
            distinct.push((name, key));
        }
    }
    distinct
}

/// The place in which tokens are sent.
pub fn configured() -> Carrier {
    header("Authorization", Some("Bearer"))
}

/// Other places in which a service may look.
pub fn places() -> Vec<Carrier> {
    let words = [Some("JWT"), Some("Token"), None];
    let cookies = ["access_token", "token", "jwt", "auth_token", "access_token_cookie"];
    let queries = ["access_token", "token"];
    let words = words.map(|word| header("Authorization", word));
    let headers = ["X-Auth-Token", "X-Access-Token"].map(|name| header(name, None));
    let cookies = cookies.map(|name| Carrier::Cookie { name: name.to_owned() });
    let queries = queries.map(|name| Carrier::Query { name: name.to_owned() });
    words.into_iter().chain(headers).chain(cookies).chain(queries).collect()
}

fn header(name: &str, scheme: Option<&str>) -> Carrier {
    Carrier::Header { name: name.to_owned(), scheme: scheme.map(str::to_owned) }
}
