//! Arguments of the command line in, the same tree out that a probes.yaml with the same words would
//! give: one argument a line, so that a problem points at it. Never judges what an argument says.

use std::path::Path;

use serde_json::Value;

use super::conceal;
use super::decode::Reader;
use super::problem::{Place, Problems};
use super::tree::{Node, Placed};

/// The arguments that have been read, as the text that excerpts are cut from.
#[derive(Debug, Default)]
pub(super) struct CommandLine {
    text: String,
    values: Vec<Placed<Node>>,
}

impl CommandLine {
    /// Writes down one argument; `option` is empty for one that stands by itself.
    pub(super) fn write(&mut self, option: &str, value: &str) -> Placed<String> {
        let gap = if option.is_empty() { "" } else { " " };
        self.text.extend([option, gap]);
        let start = self.text.len();
        self.text.extend([value, "\n"]);
        let placed = Placed { value: value.to_owned(), place: start..start + value.len() };
        self.values.push(text(placed.clone()));
        placed
    }

    /// The problems of a reader, with nothing in the excerpts that may be a key or a token.
    pub(super) fn problems(self, mut reader: Reader) -> Problems {
        let end = self.text.len();
        let root = Placed { value: Node::List(self.values), place: 0..end };
        reader.hidden.extend(conceal::suspicious(&self.text, &root));
        let shown = conceal::places(&self.text, &reader.hidden);
        Problems::new(Path::new("command line"), shown, reader.problems)
    }
}

/// A part of an argument, at its own place.
pub(super) fn part(whole: &Placed<String>, range: Place) -> Placed<String> {
    let start = whole.place.start;
    Placed {
        value: whole.value[range.clone()].to_owned(),
        place: start + range.start..start + range.end,
    }
}

/// A text of the tree.
pub(super) fn text(text: Placed<String>) -> Placed<Node> {
    Placed { value: Node::Text(text.value), place: text.place }
}

/// A mapping of the tree, from the fields that are there.
pub(super) fn mapping<'f>(
    place: &Place,
    fields: impl IntoIterator<Item = (&'f str, Option<Placed<Node>>)>,
) -> Placed<Node> {
    let key = |name: &str| Placed { value: Node::Text(name.to_owned()), place: place.clone() };
    let entries =
        fields.into_iter().filter_map(|(name, value)| Some((key(name), value?))).collect();
    Placed { value: Node::Map(entries), place: place.clone() }
}

/// A value of the tree: JSON where the text is JSON, else the text itself.
pub(super) fn json_or_text(written: Placed<String>) -> Placed<Node> {
    match serde_json::from_str(&written.value) {
        Ok(value) => Placed { value: node(value, &written.place), place: written.place },
        Err(_) => text(written),
    }
}

fn node(value: Value, place: &Place) -> Node {
    let placed = |value| Placed { value: node(value, place), place: place.clone() };
    match value {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(value),
        Value::Number(number) => Node::Number(number),
        Value::String(text) => Node::Text(text),
        Value::Array(items) => Node::List(items.into_iter().map(placed).collect()),
        Value::Object(members) => Node::Map(
            members
                .into_iter()
                .map(|(name, value)| (placed(Value::String(name)), placed(value)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_json_where_it_can_be() {
        let rows = [
            ("7", "a number"),
            ("\"7\"", "text"),
            ("service", "text"),
            ("true", "a boolean"),
            ("[\"a\"]", "a list"),
            ("{\"a\": {}}", "a mapping"),
            ("{a: b}", "text"),
            ("null", "nothing"),
            ("", "text"),
        ];
        for (written, kind) in rows {
            let placed = Placed { value: written.to_owned(), place: 0..written.len() };
            assert_eq!(json_or_text(placed).value.kind(), kind, "{written}");
        }
    }
}
