//! Loaders and a value in, a way to write it that all of them read alike out. Never shows the value.

use super::Dialect;
use crate::secret::Secret;

/// How a value is written behind the `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// As it is.
    Bare,
    /// Between single quotes.
    SingleQuoted,
    /// Between double quotes.
    DoubleQuoted,
}

impl Writing {
    /// The plainest way that every one of these loaders reads as this value; `None` if there is none.
    #[must_use]
    pub fn common(loaders: &[&Dialect], variable: &str, value: &Secret) -> Option<Self> {
        let ways = [Self::Bare, Self::SingleQuoted, Self::DoubleQuoted];
        ways.into_iter().find(|way| {
            let line = way.line(variable, value);
            let reads = |loader: &&Dialect| {
                loader.value(line.expose(), variable).as_ref() == Ok(&Some(value.clone()))
            };
            loaders.iter().all(reads)
        })
    }

    fn line(self, variable: &str, value: &Secret) -> Secret {
        let quote: &[u8] = match self {
            Self::Bare => b"",
            Self::SingleQuoted => b"'",
            Self::DoubleQuoted => b"\"",
        };
        Secret::new([variable.as_bytes(), b"=", quote, value.expose(), quote, b"\n"].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plainest_way_that_all_read_alike_is_found_if_there_is_one() {
        for (names, value, way) in [
            (&["python-dotenv", "docker", "bash"][..], "abc", Some(Writing::Bare)),
            (&["python-dotenv", "bash"], "ab$cd", Some(Writing::SingleQuoted)),
            (&["dotenv", "bash"], "it's", Some(Writing::DoubleQuoted)),
            (&["python-dotenv", "docker", "bash"], "ab$cd", None),
        ] {
            let loaders: Vec<&Dialect> =
                names.iter().map(|name| Dialect::named(name).unwrap()).collect();
            assert_eq!(Writing::common(&loaders, "K", &Secret::new(value)), way, "{value}");
        }
    }
}
