//! A mapping in, the fields of a record out: required, optional, misspelt, repeated. Never shows what
//! an unknown field holds, for it may be a secret that was pasted in the wrong place.

use std::collections::BTreeMap;

use super::decode::{Decode, Reader, decode_placed};
use super::problem::{Place, Problem};
use super::tree::{Node, Placed};

/// The fields of a mapping while a record is read from it.
pub(super) struct Fields<'t> {
    place: Place,
    known: &'static [&'static str],
    found: BTreeMap<&'static str, &'t Placed<Node>>,
    /// The known fields that misspelt ones were meant to be.
    meant: Vec<&'static str>,
}

impl<'t> Fields<'t> {
    /// Sorts a mapping's fields; reports those that are unknown or repeated.
    pub(super) fn open(
        node: &'t Placed<Node>,
        known: &'static [&'static str],
        expected: &str,
        reader: &mut Reader,
    ) -> Option<Self> {
        let Node::Map(entries) = &node.value else { return reader.mismatch(node, expected) };
        let mut fields =
            Self { place: node.place.clone(), known, found: BTreeMap::new(), meant: Vec::new() };
        for (key, value) in entries {
            fields.sort(key, value, reader);
        }
        Some(fields)
    }

    fn sort(&mut self, key: &Placed<Node>, value: &'t Placed<Node>, reader: &mut Reader) {
        let known = match &key.value {
            Node::Text(name) => self.known.iter().find(|known| *known == name),
            _ => None,
        };
        let Some(known) = known else { return self.unknown(key, value, reader) };
        if self.found.contains_key(known) {
            // It is not read, so nothing tells which parts of it may be shown.
            reader.hide(value);
            reader.report_repeated(key, known, value);
            return;
        }
        self.found.insert(known, value);
    }

    /// A field without a value may be a pasted secret, and so may the value of an unknown field.
    fn unknown(&mut self, key: &Placed<Node>, value: &Placed<Node>, reader: &mut Reader) {
        reader.hide(value);
        reader.incomplete |= reader.confidential;
        let name = if let Node::Text(name) = &key.value { name.as_str() } else { "" };
        let nearest = nearest(name, self.known.iter().copied());
        if nearest.is_none() && (matches!(value.value, Node::Null) || !is_word(name)) {
            reader.hide(key);
            let known = format!("known here: {}", self.known.join(", "));
            reader.report(Problem::at(&key.place, "unknown field").help(known));
            return;
        }
        let problem = match nearest {
            Some(meant) => {
                reader.incomplete = true;
                self.meant.push(meant);
                Problem::at(
                    &key.place,
                    format!("unknown field \"{name}\"; did you mean \"{meant}\"?"),
                )
            }
            None => Problem::at(&key.place, format!("unknown field \"{name}\""))
                .help(format!("known here: {}", self.known.join(", "))),
        };
        reader.report(problem);
    }

    /// A field that must be there.
    pub(super) fn required<T: Decode>(&self, name: &str, reader: &mut Reader) -> Option<Placed<T>> {
        match self.found.get(name) {
            Some(node) if !matches!(node.value, Node::Null) => decode_placed(node, reader),
            Some(node) => reader.mismatch(node, T::EXPECTED),
            None if self.meant.contains(&name) => None,
            None => {
                reader.incomplete = true;
                let message = format!("the field \"{name}\" is missing");
                reader.report(Problem::at(&self.place, message));
                None
            }
        }
    }

    /// A field that may be left out; no value is as good as no field.
    pub(super) fn optional<T: Decode>(&self, name: &str, reader: &mut Reader) -> Option<Placed<T>> {
        let node = self.found.get(name).filter(|node| !matches!(node.value, Node::Null))?;
        decode_placed(node, reader)
    }
}

/// A type that a record's field can have: required or optional.
pub(super) trait Field: Sized {
    fn take(fields: &Fields<'_>, name: &str, reader: &mut Reader) -> Option<Self>;
}

impl<T: Decode> Field for Placed<T> {
    fn take(fields: &Fields<'_>, name: &str, reader: &mut Reader) -> Option<Self> {
        fields.required(name, reader)
    }
}

impl<T: Decode> Field for Option<Placed<T>> {
    fn take(fields: &Fields<'_>, name: &str, reader: &mut Reader) -> Option<Self> {
        Some(fields.optional(name, reader))
    }
}

/// Declares a mapping of probes.yaml once: its fields, their types, and their words for the schema.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident $expected:literal { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(Debug, Clone, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $(#[$meta])*
        pub(super) struct $name { $($(#[$field_meta])* pub(super) $field: $type,)* }

        impl $crate::load::decode::Decode for $name {
            const EXPECTED: &'static str = $expected;

            fn decode(
                node: &$crate::load::tree::Placed<$crate::load::tree::Node>,
                reader: &mut $crate::load::decode::Reader,
            ) -> Option<Self> {
                const KNOWN: &[&str] = &[$(stringify!($field)),*];
                let fields = $crate::load::fields::Fields::open(node, KNOWN, $expected, reader)?;
                $(let $field = $crate::load::fields::Field::take(&fields, stringify!($field), reader);)*
                Some(Self { $($field: $field?,)* })
            }
        }
    };
}
pub(super) use record;

/// The known name that a misspelt one was meant to be.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let rated = known.map(|known| (strsim::damerau_levenshtein(name, known), known));
    rated
        .filter(|(distance, known)| *distance <= known.len().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Whether it reads like a field's name rather than like a pasted value.
fn is_word(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '-')
}
