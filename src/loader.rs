//! Which loader reads an env file, and how that is known: facts for reports. Made by `load`; names and
//! places only, never a value.

use std::fmt;

/// How an env file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loader {
    /// The env file as the configuration names it.
    pub file: String,
    /// The loader whose reading counts: a name of `key::dotenv`.
    pub dialect: &'static str,
    /// How that is known.
    pub reason: Reason,
    /// Other loaders that the files around it speak of, likeliest first.
    pub others: Vec<OtherLoader>,
}

impl fmt::Display for Loader {
    /// `remotehive-admin/.env is read as dotenv (guessed from …)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is read as {} ({})", self.file, self.dialect, self.reason)
    }
}

/// How the loader of an env file is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// `dialect:` names it.
    Configured,
    /// Something beside the file tells it.
    Guessed(Clue),
    /// What is beside the file speaks of several loaders with equal right: the default counts.
    Contested(Vec<Clue>),
    /// Nothing beside the file tells it: the default counts.
    Untold,
}

impl Reason {
    /// Every word for machines.
    pub const CODES: [&'static str; 4] = ["configured", "guessed", "contested", "default"];

    /// The word for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        let [configured, guessed, contested, default] = Self::CODES;
        match self {
            Self::Configured => configured,
            Self::Guessed(_) => guessed,
            Self::Contested(_) => contested,
            Self::Untold => default,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured => f.write_str("the configuration says so"),
            Self::Guessed(clue) => write!(f, "guessed from {}, which {}", clue.file, clue.says),
            Self::Contested(clues) => {
                f.write_str("the default, for loaders are named with equal right:")?;
                for (index, clue) in clues.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma} {} by {}", clue.dialect, clue.file)?;
                }
                Ok(())
            }
            Self::Untold => f.write_str("the default, for no file around it tells its loader"),
        }
    }
}

/// What a file around an env file tells of its loader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clue {
    /// The loader: a name of `key::dotenv`.
    pub dialect: &'static str,
    /// The file that tells it, relative to the folder of the configuration.
    pub file: String,
    /// What it says, in words that fit after "which".
    pub says: &'static str,
}

/// A loader that may read the same file, and what it makes of the same variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLoader {
    /// What speaks for it.
    pub clue: Clue,
    /// What it reads.
    pub reads: OtherReading,
}

/// What another loader makes of the variable that holds the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherReading {
    /// The same bytes.
    Same,
    /// Other bytes: those of the reference key.
    Reference,
    /// Other bytes.
    Differs {
        /// The row of `key::reading` that makes them of the first; `None` where none does.
        variant: Option<&'static str>,
    },
    /// Nothing: it does not set the variable, or refuses the file.
    Nothing,
    /// That cannot be told here.
    Unknown,
}

impl OtherReading {
    /// Every word for machines.
    pub const CODES: [&'static str; 5] =
        ["same", "reference-key", "another-key", "no-key", "unknown"];

    /// The word for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        let [same, reference, another, none, unknown] = Self::CODES;
        match self {
            Self::Same => same,
            Self::Reference => reference,
            Self::Differs { .. } => another,
            Self::Nothing => none,
            Self::Unknown => unknown,
        }
    }
}
