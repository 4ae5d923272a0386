//! YAML text in, a tree of values with their places out. Never gives meaning to a field, takes no
//! anchors or aliases, and never repeats a value in an error.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{Error, Location, Options, Spanned};

use super::problem::{Place, Problem};

/// Something of the file and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// A YAML value.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Placed<Node>>),
    /// In the order of the file, repeated keys included.
    Map(Vec<(Placed<Node>, Placed<Node>)>),
}

impl Node {
    /// What it is, in a word, for "expected …, found …".
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Reads one YAML document.
///
/// # Errors
/// The first offence against YAML, or against the limits.
pub(super) fn parse(text: &str) -> Result<Placed<Node>, Problem> {
    let read = serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options());
    read.map(placed).map_err(|error| problem(text, &error))
}

/// A configuration has a few hundred nodes; what has twenty thousand is no configuration.
fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: 20_000,
            max_depth: 24,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
        },
        // The tree keeps repeated keys, so that they are reported with everything else.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        strict_booleans: true,
        with_snippet: false,
    }
}

fn problem(text: &str, error: &Error) -> Problem {
    let location = error.location().unwrap_or(Location::UNKNOWN);
    let start = offset(text, &location);
    let message = match error {
        Error::NonFiniteFloat { .. } => "a number must be finite".to_owned(),
        Error::Budget { breach, .. } => match breach {
            BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => {
                "anchors and aliases are not taken here".to_owned()
            }
            BudgetBreach::Documents { .. } => "there must be one document only".to_owned(),
            _ => "the file is larger or deeper than a configuration can be".to_owned(),
        },
        other => {
            let message = other.to_string();
            let end = message.find(" at line ").unwrap_or(message.len());
            format!("this is not YAML: {}", &message[..end])
        }
    };
    Problem::at(&(start..start + 1), message)
}

/// The syntax errors know their line and column only.
fn offset(text: &str, location: &Location) -> usize {
    if let Some(offset) = location.span().byte_offset() {
        return offset as usize;
    }
    let (line, column) = (location.line() as usize, location.column() as usize);
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let within = text[start..].char_indices().nth(column.saturating_sub(1));
    start + within.map_or(text.len() - start, |(index, _)| index)
}

fn placed(node: Spanned<Node>) -> Placed<Node> {
    let span = node.referenced.span();
    let start = span.byte_offset().unwrap_or_default() as usize;
    let length = span.byte_len().unwrap_or_default() as usize;
    Placed { value: node.value, place: start..start + length }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        Number::from_f64(value)
            .map(Node::Number)
            .ok_or_else(|| E::custom("a number must be finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(placed(item));
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry()? {
            map.push((placed(key), placed(value)));
        }
        Ok(Node::Map(map))
    }
}
