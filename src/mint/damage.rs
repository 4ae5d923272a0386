//! Header members, claims and a damage in, the damaged token out: what a JWT library rightly refuses to
//! do. Never makes a claim of its own beyond the one that the damage is about.

use serde_json::Value;

use super::claims::Members;
use super::forge::{compact, mac, sign, signing_input};
use super::{MintError, fresh_jti, hostile, json};
use crate::plan::Algorithm;
use crate::question::Forgery;
use crate::secret::Secret;

/// A token that is damaged in this way.
pub(super) fn damaged(
    damage: &Forgery,
    header: &Members,
    mut payload: Members,
    key: &Secret,
    algorithm: Algorithm,
) -> Result<Secret, MintError> {
    let text = json(header);
    match damage {
        Forgery::AlgNone | Forgery::SignatureRemoved => {
            Ok(compact(&signing_input(&text, &json(&payload)), ""))
        }
        Forgery::SignaturePadded => {
            let input = signing_input(&text, &json(&payload));
            let mut mac = mac(&input, key, algorithm)?;
            while mac.len() % 4 != 0 {
                mac.push('=');
            }
            Ok(compact(&input, &mac))
        }
        Forgery::HeaderNames(_) => sign(&text, &json(&payload), key, algorithm),
        Forgery::PayloadChanged => {
            let old = mac(&signing_input(&text, &json(&payload)), key, algorithm)?;
            // The identifier, because a service that does not look at the signature must have no
            // other reason to refuse.
            payload.insert("jti".into(), fresh_jti()?.into());
            Ok(compact(&signing_input(&text, &json(&payload)), &old))
        }
        Forgery::Hostile(trick) => hostile::token(*trick, header, &payload, key, algorithm),
        Forgery::DuplicateClaim(name, value) => {
            sign(&text, &with_duplicate(payload, name, value), key, algorithm)
        }
    }
}

/// The claims as JSON text in which `name` stands twice, the second time with `value`.
fn with_duplicate(mut payload: Members, name: &str, value: &Value) -> Vec<u8> {
    payload.entry(name).or_insert_with(|| value.clone());
    let mut text = json(&payload);
    text.pop(); // the closing brace; at least one claim stands before it
    text.extend_from_slice(format!(",{}:{value}}}", Value::from(name)).as_bytes());
    text
}
