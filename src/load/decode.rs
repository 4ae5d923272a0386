//! A tree of values in, typed records out. Goes on after each problem, so that all are found; never
//! shows what stands where a secret may stand. The records themselves are in `raw`.

use schemars::JsonSchema;
use serde_json::Value;

use super::problem::{Place, Problem};
use super::tree::{Node, Placed};

/// Something that can be read from a YAML value.
pub(super) trait Decode: Sized {
    /// What the value must be, after "expected".
    const EXPECTED: &'static str;

    /// The value, or `None` and a problem in the reader.
    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self>;
}

/// What is gathered while records are read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Everything that is wrong so far.
    pub(super) problems: Vec<Problem>,
    /// What excerpts must not show.
    pub(super) hidden: Vec<Place>,
    /// Whether a value that is wanted could not be read: what it would mean is then unknown.
    pub(super) incomplete: bool,
    pub(super) confidential: bool,
}

impl Reader {
    /// A reader that knows already what excerpts must not show.
    pub(super) fn hiding(places: Vec<Place>) -> Self {
        Self { hidden: places, ..Self::default() }
    }

    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports that something is missing, unless it may be what could not be read.
    pub(super) fn report_absence(&mut self, problem: Problem) {
        if !self.incomplete {
            self.problems.push(problem);
        }
    }

    /// Reports a field that stands twice; the first one counts.
    pub(super) fn report_repeated(&mut self, key: &Placed<Node>, name: &str, again: &Placed<Node>) {
        if self.confidential {
            self.hide(again);
        }
        let message = format!("the field \"{name}\" stands here twice");
        self.report(Problem::at(&key.place, message).help("keep one of them"));
    }

    /// Reads what may hold a secret by mistake: wrong values in it are not shown.
    pub(super) fn confidentially<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.confidential, true);
        let result = read(self);
        self.confidential = before;
        result
    }

    /// Keeps every scalar of a value out of the excerpts.
    pub(super) fn hide(&mut self, node: &Placed<Node>) {
        match &node.value {
            Node::List(items) => items.iter().for_each(|item| self.hide(item)),
            Node::Map(entries) => entries.iter().for_each(|(_, value)| self.hide(value)),
            _ => self.hidden.push(node.place.clone()),
        }
    }

    /// Reports a value of the wrong type.
    pub(super) fn mismatch<T>(&mut self, node: &Placed<Node>, expected: &str) -> Option<T> {
        // A scalar where a mapping belongs may be a pasted key or token.
        if self.confidential || expected.contains("mapping") || expected.contains("key source") {
            self.hide(node);
        }
        self.incomplete = true;
        let found = node.value.kind();
        let message = format!("expected {expected}, found {found}");
        self.report(Problem::at(&node.place, message));
        None
    }

    /// Reports a text that does not say what it should.
    pub(super) fn invalid<T>(
        &mut self,
        node: &Placed<Node>,
        message: &str,
        help: &str,
    ) -> Option<T> {
        self.report(Problem::at(&node.place, message).help(help));
        None
    }
}

pub(super) fn decode_placed<T: Decode>(
    node: &Placed<Node>,
    reader: &mut Reader,
) -> Option<Placed<T>> {
    T::decode(node, reader).map(|value| Placed { value, place: node.place.clone() })
}

/// A mapping from names that the user chooses.
#[derive(Debug, Clone)]
pub(super) struct Named<T>(pub(super) Vec<(Placed<String>, Placed<T>)>);

impl<T> Named<T> {
    pub(super) fn get(&self, name: &str) -> Option<&Placed<T>> {
        self.0.iter().find(|(known, _)| known.value == name).map(|(_, value)| value)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.value.as_str())
    }
}

impl<T: Decode> Decode for Named<T> {
    const EXPECTED: &'static str = "a mapping";

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        let Node::Map(entries) = &node.value else { return reader.mismatch(node, Self::EXPECTED) };
        let mut named = Self(Vec::with_capacity(entries.len()));
        let mut complete = true;
        for (key, value) in entries {
            let Node::Text(name) = &key.value else {
                reader.hide(value);
                reader.mismatch::<()>(key, "a name");
                continue;
            };
            // A value whose colon was forgotten stands in the name.
            if reader.confidential && (name.contains(' ') || matches!(value.value, Node::Null)) {
                reader.hide(key);
            }
            if named.get(name).is_some() {
                reader.report_repeated(key, name, value);
                continue;
            }
            match decode_placed(value, reader) {
                Some(value) => {
                    let name = Placed { value: name.clone(), place: key.place.clone() };
                    named.0.push((name, value));
                }
                None => complete = false,
            }
        }
        complete.then_some(named)
    }
}

impl<T: Decode> Decode for Vec<Placed<T>> {
    const EXPECTED: &'static str = "a list";

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        let Node::List(items) = &node.value else { return reader.mismatch(node, Self::EXPECTED) };
        let read: Vec<_> = items.iter().map(|item| decode_placed(item, reader)).collect();
        read.into_iter().collect()
    }
}

impl Decode for String {
    const EXPECTED: &'static str = "text";

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Node::Text(text) => Some(text.clone()),
            _ => reader.mismatch(node, Self::EXPECTED),
        }
    }
}

impl Decode for bool {
    const EXPECTED: &'static str = "true or false";

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        match node.value {
            Node::Bool(value) => Some(value),
            _ => reader.mismatch(node, Self::EXPECTED),
        }
    }
}

impl Decode for u32 {
    const EXPECTED: &'static str = "a whole number, not negative";

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        let number = if let Node::Number(number) = &node.value { number.as_u64() } else { None };
        match number.and_then(|number| Self::try_from(number).ok()) {
            Some(number) => Some(number),
            None => reader.mismatch(node, Self::EXPECTED),
        }
    }
}

/// Something in which a secret may stand by mistake: what is wrong in it is not shown.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(transparent)]
pub(super) struct Confidential<T>(pub(super) T);

impl<T: Decode> Decode for Confidential<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        reader.confidentially(|reader| T::decode(node, reader)).map(Self)
    }
}

/// Any JSON value: claims and header members.
impl Decode for Value {
    const EXPECTED: &'static str = "a value";

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        Some(match &node.value {
            Node::Null => Self::Null,
            Node::Bool(value) => Self::Bool(*value),
            Node::Number(number) => Self::Number(number.clone()),
            Node::Text(text) => Self::String(text.clone()),
            Node::List(items) => {
                Self::Array(items.iter().filter_map(|item| Self::decode(item, reader)).collect())
            }
            Node::Map(_) => {
                let members = Named::<Self>::decode(node, reader)?.0;
                members.into_iter().map(|(name, value)| (name.value, value.value)).collect()
            }
        })
    }
}
