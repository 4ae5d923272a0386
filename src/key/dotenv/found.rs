//! What a parser has found so far: variables in the order of the file, for references and for the
//! result. Values are wiped from memory when they are dropped.

use zeroize::Zeroizing;

/// A value as text.
pub(super) type Chars = Zeroizing<String>;

/// What a line gives a variable.
#[derive(Clone)]
pub(super) enum Value {
    /// This text.
    Known(Chars),
    /// Nothing: the variable is named, or taken back.
    Absent,
    /// What only a run of the loader could tell.
    Unknown,
    /// An error where the value is asked for.
    Refused,
}

impl Value {
    pub(super) fn known(text: impl Into<String>) -> Self {
        Self::Known(Zeroizing::new(text.into()))
    }
}

/// Variables in the order of the file.
#[derive(Default)]
pub(super) struct Found(Vec<(String, Value)>);

impl Found {
    /// One more line.
    pub(super) fn push(&mut self, name: &str, value: Value) {
        self.0.push((name.to_owned(), value));
    }

    /// The latest value of a variable.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// What a reference becomes: the latest text, or `None` where the file sets none.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Unclear> {
        match self.get(name) {
            Some(Value::Known(text)) => Ok(Some(text)),
            Some(Value::Absent | Value::Refused) | None => Ok(None),
            Some(Value::Unknown) => Err(Unclear),
        }
    }

    /// Each variable once: where it stood first, with its latest value, as in a JavaScript object.
    pub(super) fn into_object(self) -> Self {
        let mut object: Vec<(String, Value)> = Vec::new();
        for (name, value) in self.0 {
            match object.iter_mut().find(|(known, _)| *known == name) {
                Some((_, before)) => *before = value,
                None => object.push((name, value)),
            }
        }
        Self(object)
    }

    /// Every line so far.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many lines there are so far.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes back all lines after the first so many.
    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    pub(super) fn into_bindings(self) -> Vec<(String, Value)> {
        self.0
    }
}

/// A value that only a run of the loader could tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclear;

impl From<Result<Chars, Unclear>> for Value {
    fn from(text: Result<Chars, Unclear>) -> Self {
        text.map_or(Self::Unknown, Self::Known)
    }
}
