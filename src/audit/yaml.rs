//! The text of a compose file or a manifest in, a tree of its values with their lines out. Gives no
//! field a meaning, expands anchors within a budget, and says nothing of a text that is not YAML.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Options, Spanned};

/// A value and the line it was written on, from 1.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

/// A YAML value; numbers and booleans are the text that a process would get.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Nothing,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The entry of a mapping.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.entries().iter().find(|(key, _)| key == name).map(|(_, node)| node)
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Nothing | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The items of a list; none of anything else.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Nothing | Value::Text(_) | Value::Map(_) => &[],
        }
    }

    /// The entries of a mapping; none of anything else.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Nothing | Value::Text(_) | Value::List(_) => &[],
        }
    }

    /// This node and all below it.
    pub(super) fn all(&self) -> Vec<&Self> {
        let mut found = vec![self];
        let mut next = 0;
        while let Some(node) = found.get(next).copied() {
            found.extend(node.items());
            found.extend(node.entries().iter().map(|(_, node)| node));
            next += 1;
        }
        found
    }
}

/// The documents of a text; none where it is not YAML, as in a template.
pub(super) fn documents(text: &str) -> Vec<Node> {
    let read = serde_saphyr::from_multiple_with_options::<Spanned<Parsed>>(text, options());
    read.map(|documents| documents.into_iter().map(node).collect()).unwrap_or_default()
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_nodes: 50_000, max_depth: 64 },
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        with_snippet: false,
    }
}

struct Parsed(Value);

fn node(parsed: Spanned<Parsed>) -> Node {
    Node { line: parsed.defined.line() as usize, value: parsed.value.0 }
}

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ParsedVisitor).map(Self)
    }
}

struct ParsedVisitor;

impl<'de> Visitor<'de> for ParsedVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(node(item));
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Parsed, _>()? {
            if let Value::Text(key) = key.0 {
                map.push((key, node(value)));
            }
        }
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::documents;

    #[test]
    fn a_merged_value_has_the_line_where_it_was_written() {
        let text = "x: &env\n  A: one\n  B: 2\n---\nb: &b\n  C: three\ns:\n  <<: *b\n  D: *b\n";
        let read = documents(text);
        assert_eq!(read.len(), 2);
        let merged = read[1].get("s").and_then(|s| s.get("C"));
        assert_eq!(merged.map(|node| (node.line, node.text())), Some((6, Some("three"))));
        let number = read[0].get("x").and_then(|x| x.get("B"));
        assert_eq!(number.and_then(|node| node.text()), Some("2"));
    }

    #[test]
    fn a_template_is_no_yaml_and_gives_nothing() {
        assert!(documents("a: {{ .Values.key }}\n{{- end }}\n").is_empty());
    }
}
