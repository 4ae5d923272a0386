//! Where a token travels in a request: what the configuration names, what the search tries. Never sends
//! anything.

use std::fmt;

/// Where the token travels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// A request header, with a scheme word before the token or none.
    Header {
        /// The header's name, such as `Authorization`.
        name: String,
        /// The word before the token, such as `Bearer`; `None` sends the bare token.
        scheme: Option<String>,
    },
    /// A cookie.
    Cookie {
        /// The cookie's name.
        name: String,
    },
    /// A query parameter.
    Query {
        /// The parameter's name.
        name: String,
    },
    /// All of these at once, each with the same token: one request that finds whether any is read.
    Together(Vec<Carrier>),
}

impl Carrier {
    /// Whether a token that is sent so stands in this place.
    #[must_use]
    pub fn holds(&self, place: &Self) -> bool {
        match self {
            Self::Together(places) => places.contains(place),
            one => one == place,
        }
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { name, scheme: Some(scheme) } => write!(f, "header {name}: {scheme}"),
            Self::Header { name, scheme: None } => write!(f, "header {name}"),
            Self::Cookie { name } => write!(f, "cookie {name}"),
            Self::Query { name } => write!(f, "query parameter {name}"),
            Self::Together(places) => {
                let places: Vec<_> = places.iter().map(Self::to_string).collect();
                f.write_str(&places.join(" and "))
            }
        }
    }
}
