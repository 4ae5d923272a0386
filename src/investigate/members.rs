//! The base token with one claim or header member left out, changed or repeated: what toggles and
//! the question of what is looked at are made of. Never claims a privilege.

use serde_json::{Value, json};

use super::view::View;
use crate::question::{Edit, Part, Question, TokenShape};

/// A value that nobody gave a meaning.
const STRANGE: &str = "authprobe-other";

/// The base with these further edits; an edit of the base for the same member gives way.
pub(super) fn edited(view: &View<'_>, edits: Vec<Edit>) -> Question {
    let named =
        |edit: &Edit| edits.iter().any(|new| (new.part, &new.name) == (edit.part, &edit.name));
    let mut all: Vec<Edit> = view.base.edits.iter().filter(|edit| !named(edit)).cloned().collect();
    all.extend(edits);
    Question::token(TokenShape { edits: all, ..view.base.clone() })
}

/// The base with this claim.
pub(super) fn with_claim(view: &View<'_>, name: &str, value: impl Into<Value>) -> Question {
    edited(view, vec![edit(Part::Payload, name, Some(value.into()))])
}

/// The base without this member.
pub(super) fn without(view: &View<'_>, part: Part, name: &str) -> Question {
    edited(view, vec![edit(part, name, None)])
}

/// The base with another value of this member; `None` where another value could ask for more than
/// the configured one does.
pub(super) fn other(view: &View<'_>, part: Part, name: &str) -> Option<Question> {
    let value = match value(view, part, name) {
        Some(Value::Bool(false)) => return None,
        Some(Value::Bool(true)) => json!(false),
        Some(Value::Number(_)) => json!(-1),
        Some(Value::Array(_)) => json!([STRANGE]),
        Some(Value::Object(_)) => json!({ STRANGE: STRANGE }),
        Some(Value::String(_) | Value::Null) | None => json!(STRANGE),
    };
    Some(edited(view, vec![edit(part, name, Some(value))]))
}

/// The base itself, to be sent between the others: a service that takes offence begins to refuse
/// it. It says once more what its header says, so that no other line takes it for a repeat.
pub(super) fn control(view: &View<'_>) -> Question {
    let typ = value(view, Part::Header, "typ");
    edited(view, vec![edit(Part::Header, "typ", typ)])
}

/// The value that the base has for a member.
pub(super) fn value(view: &View<'_>, part: Part, name: &str) -> Option<Value> {
    let edits = &view.base.edits;
    if let Some(edit) = edits.iter().find(|edit| edit.part == part && edit.name == name) {
        return edit.value.clone();
    }
    let spec = &view.subject().token;
    match part {
        Part::Payload => spec.claims.get(name).cloned(),
        Part::Header => {
            spec.header.get(name).cloned().or_else(|| (name == "typ").then(|| Value::from("JWT")))
        }
    }
}

/// One change.
pub(super) fn edit(part: Part, name: &str, value: Option<Value>) -> Edit {
    Edit { part, name: name.to_owned(), value }
}
