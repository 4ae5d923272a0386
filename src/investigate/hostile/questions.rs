//! A row and the token that the service takes in, the questions of the row out, or the reason why it
//! cannot be asked.

use serde_json::Value;

use super::rows::{Right, Row, Signed};
use crate::hostile::Trick;
use crate::plan::{Algorithm, KeyName, Subject};
use crate::question::{Edit, Forgery, Part, Question, TokenShape};

/// The questions of a row.
///
/// # Errors
/// The reason why there are none, as a short fact.
pub(super) fn of(
    row: &Row,
    subject: &Subject,
    base: &TokenShape,
) -> Result<Vec<Question>, &'static str> {
    let mut shape = TokenShape { edits: edits(row, base), ..base.clone() };
    match row.right {
        Right::RefuseUncalled(member) => {
            let listener = subject.hostile_ground.listener.as_ref();
            let listener =
                listener.ok_or("it runs elsewhere and could not call a listener here")?;
            let address = format!("{listener}{}", row.id);
            shape.edits.push(edit(Part::Header, member, Some(address.into())));
            shape.edits.push(edit(Part::Header, "kid", Some("authprobe-published".into())));
        }
        Right::RefuseIfRead(claim) if !subject.token.claims.contains_key(claim) => {
            return Err("the configured tokens have no such claim");
        }
        _ => {}
    }
    signed(row, subject, shape)
}

/// The same token with another text in this claim: whoever takes it does not look at the claim.
pub(super) fn unread(claim: &str, base: &TokenShape) -> Question {
    let mut shape = base.clone();
    shape.edits.push(edit(Part::Payload, claim, Some("authprobe-nobody".into())));
    Question::token(shape)
}

fn signed(row: &Row, subject: &Subject, shape: TokenShape) -> Result<Vec<Question>, &'static str> {
    let keyed = |key| TokenShape { key, ..shape.clone() };
    let forged = |forgery| TokenShape { forgery: Some(forgery), ..shape.clone() };
    let shapes = match row.signed {
        Signed::No => vec![forged(Forgery::SignatureRemoved)],
        Signed::Rightly => vec![shape],
        Signed::AtRandom => vec![keyed(KeyName::Random)],
        Signed::WithNothing => vec![keyed(KeyName::Empty)],
        // Whoever ignores kid is right to take a token that is rightly signed.
        Signed::By(trick @ Trick::LongKeyId(_)) => {
            vec![TokenShape { key: KeyName::Random, ..forged(Forgery::Hostile(trick)) }]
        }
        Signed::By(trick) => vec![forged(Forgery::Hostile(trick))],
        Signed::WithDefaults => well_known(subject, &shape).map(keyed).collect(),
        Signed::WithPublicKey if subject.hostile_ground.public_key.is_empty() => {
            return Err("no public key of it is configured");
        }
        Signed::WithPublicKey => subject
            .hostile_ground
            .public_key
            .iter()
            .map(|form| TokenShape { algorithm: Algorithm::HS256, ..keyed(KeyName::Public(*form)) })
            .collect(),
    };
    Ok(shapes.into_iter().map(Question::token).collect())
}

/// The well-known keys and the empty one, without the key that the service rightly or wrongly uses.
fn well_known(subject: &Subject, base: &TokenShape) -> impl Iterator<Item = KeyName> {
    let used = base.key.clone();
    subject
        .other_keys
        .iter()
        .map(|label| label.name.clone())
        .filter(|name| matches!(name, KeyName::Default(_) | KeyName::Empty))
        .filter(move |name| *name != used)
}

fn edits(row: &Row, base: &TokenShape) -> Vec<Edit> {
    let header = row.header.iter().map(|member| (Part::Header, member));
    let claims = row.claims.iter().map(|member| (Part::Payload, member));
    let mut edits = base.edits.clone();
    for (part, (name, json)) in header.chain(claims) {
        edits.retain(|known| known.part != part || known.name != *name);
        edits.push(edit(part, name, json.and_then(|json| serde_json::from_str(json).ok())));
    }
    edits
}

fn edit(part: Part, name: &str, value: Option<Value>) -> Edit {
    Edit { part, name: name.to_owned(), value }
}
