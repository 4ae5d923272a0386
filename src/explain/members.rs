//! The JSON text of a header or of claims in, its members in their order out, repeats included.
//! Never judges them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// One member of a JSON object.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its value; `None` where it is deeper or larger than can be held.
    pub value: Option<Value>,
}

/// The members of a JSON object as they are written: a name may stand twice.
#[derive(Debug, Clone, Default)]
pub struct Members(Vec<Member>);

impl Members {
    /// Reads the text of a JSON object.
    ///
    /// # Errors
    /// When it is no JSON, or JSON of another kind.
    pub(super) fn parse(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The members in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.0.iter()
    }

    /// The value of a member; where the name stands twice the last one counts, as in most parsers
    /// (RFC 7519 section 4).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|member| member.name == name)?.value.as_ref()
    }

    /// Each name once, in the order of the text.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for member in &self.0 {
            if !names.contains(&member.name.as_str()) {
                names.push(&member.name);
            }
        }
        names
    }

    /// The names that stand more than once.
    pub(super) fn repeated(&self) -> Vec<&str> {
        let count = |name: &str| self.0.iter().filter(|member| member.name == name).count();
        self.names().into_iter().filter(|name| count(name) > 1).collect()
    }

    /// Whether a copy made of names and values would say the same.
    pub(super) fn can_be_copied(&self) -> bool {
        self.repeated().is_empty() && self.0.iter().all(|member| member.value.is_some())
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, raw)) = map.next_entry::<String, Box<RawValue>>()? {
                    let value = serde_json::from_str(raw.get()).ok();
                    members.push(Member { name, value });
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::Members;

    #[test]
    fn a_name_that_stands_twice_is_seen_twice_and_the_last_value_counts() {
        let members =
            Members::parse(r#"{"exp":1,"sub":"x","exp":2,"deep":1e999}"#).unwrap_or_default();
        assert_eq!(members.iter().count(), 4);
        assert_eq!(members.get("exp"), Some(&2.into()));
        assert_eq!(members.repeated(), ["exp"]);
        assert_eq!(members.get("deep"), None);
        assert!(!members.can_be_copied());
        assert!(Members::parse("[1]").is_err());
    }
}
