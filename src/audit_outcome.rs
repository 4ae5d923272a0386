//! The end of an audit: how the key of each service stands in each environment, and what was found.
//! Reports are views of this; names and places only, never a value.

use std::path::PathBuf;

use crate::audit_finding::Finding;
use crate::check::Status;
use crate::diagnosis::RunVerdict;

/// The result of an audit.
#[derive(Debug, Clone)]
pub struct AuditOutcome {
    /// The folder that was audited, absolute.
    pub root: PathBuf,
    /// The configuration; `None` where the files were found by their names.
    pub configuration: Option<PathBuf>,
    /// The services, in the order of the configuration.
    pub services: Vec<String>,
    /// The environments, each with the places of its key.
    pub environments: Vec<AuditedEnvironment>,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// What was taken for granted where no configuration says it, one sentence each.
    pub assumptions: Vec<String>,
}

impl AuditOutcome {
    /// The same for one environment: its keys, and what concerns it or no environment in particular.
    #[must_use]
    pub fn within(mut self, environment: &str) -> Self {
        self.environments.retain(|known| known.name == environment);
        self.findings.retain(|finding| {
            let names = &finding.environments;
            names.is_empty() || names.iter().any(|name| name == environment)
        });
        self
    }

    /// The verdict: the worst of the findings; warnings alone leave it at `Pass`, and nothing to look at
    /// makes it `Inconclusive`.
    #[must_use]
    pub fn verdict(&self) -> RunVerdict {
        let verdict = |finding: &Finding| match finding.status {
            Status::Fail => RunVerdict::Fail,
            Status::Undecided => RunVerdict::Inconclusive,
            Status::Pass | Status::Warn | Status::Skip => RunVerdict::Pass,
        };
        let is_blind = !self.environments.iter().any(|environment| environment.is_looked_at);
        let least = if is_blind { RunVerdict::Inconclusive } else { RunVerdict::Pass };
        self.findings.iter().map(verdict).max().unwrap_or(RunVerdict::Pass).max(least)
    }
}

/// One environment.
#[derive(Debug, Clone)]
pub struct AuditedEnvironment {
    /// Its name.
    pub name: String,
    /// Whether it was judged; not where none of its key files is here, unless it was asked for by name.
    pub is_looked_at: bool,
    /// Every place where its key stands.
    pub keys: Vec<AuditedKey>,
}

/// One place of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedKey {
    /// The service that reads it.
    pub service: String,
    /// The file, or what the key comes from, as reports name it.
    pub source: String,
    /// The variable; `None` where the whole file is the key.
    pub variable: Option<String>,
    /// The loader whose reading counts; `None` where no env file is read.
    pub dialect: Option<&'static str>,
    /// How it stands beside the key of the source of truth.
    pub agreement: Agreement,
}

/// How a place stands beside the key of the source of truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// It is the key of the source of truth.
    Truth,
    /// It holds the same key.
    Same,
    /// It holds the same key once it is read otherwise: the code of a row in `key::reading`.
    SameOnce(&'static str),
    /// It holds another key.
    Differs,
    /// It holds another key, and nothing says that the two should be one.
    Unrelated,
    /// The key is empty.
    Empty,
    /// There is no file, or the file does not set the variable.
    Missing,
    /// It cannot be read.
    Unreadable,
    /// There is nothing to compare it with, or no file to look into.
    Untold,
}

impl Agreement {
    /// Every word of [`Self::code`].
    pub const CODES: [&str; 9] = [
        "truth",
        "same",
        "same-once",
        "differs",
        "unrelated",
        "empty",
        "missing",
        "unreadable",
        "untold",
    ];

    /// The word for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Truth => "truth",
            Self::Same => "same",
            Self::SameOnce(_) => "same-once",
            Self::Differs => "differs",
            Self::Unrelated => "unrelated",
            Self::Empty => "empty",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Untold => "untold",
        }
    }
}
