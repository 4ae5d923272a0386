//! The ground of an audit in, what its key files hold out: each file is read once, and every family of
//! findings looks at that. Never shows what was read, never writes.

use std::collections::HashMap;

use super::here;
use crate::audit_finding::{AuditCode, FilePlace, Finding};
use crate::audit_ground::AuditGround;
use crate::check::Status;
use crate::inventory::{InFile, Inventory, KeyFile};
use crate::key::dotenv::{Dialect, DotenvError};
use crate::key::file::{self, FileError};
use crate::key::{Encoding, dotenv};
use crate::plan::Policy;
use crate::secret::Secret;
use crate::time::UnixTime;

/// The longest value of a setting, in bytes.
const LONGEST_SETTING: usize = 16;

/// Environments of which the files are copies of whichever runs here, where they were found by their names.
pub(super) const COPIES: [&str; 2] = ["default", "local"];

/// What the caller knows beside the files.
pub struct Surroundings<'a> {
    /// The environment variables of this process.
    pub variables: &'a HashMap<String, String>,
    /// When the audit is made.
    pub now: UnixTime,
    /// The environment that was asked for by name.
    pub named: Option<&'a str>,
    /// When the rotation ledger says that an environment's key was written, if it knows this very key.
    pub written_at: &'a dyn Fn(&str, &Secret) -> Option<UnixTime>,
}

/// Everything that a family of findings may look at.
pub struct AuditView<'a> {
    /// The folder, the services and their policies.
    pub ground: &'a AuditGround,
    /// What the caller knows beside the files.
    pub around: &'a Surroundings<'a>,
    /// The environments, in the order of the configuration.
    pub environments: Vec<EnvironmentView<'a>>,
}

/// One environment and what its key files hold.
pub struct EnvironmentView<'a> {
    /// Where the key stands.
    pub inventory: &'a Inventory,
    /// The same order as the inventory's files.
    pub keys: Vec<KeyView<'a>>,
    /// Whether it is judged: one of its key files is here, it has none to be here, or it was asked for
    /// by name.
    pub is_looked_at: bool,
}

/// One place of a key, read.
pub struct KeyView<'a> {
    /// The place.
    pub file: &'a KeyFile,
    /// The bytes of the whole file, if it could be read.
    pub text: Option<Secret>,
    /// Every line that sets the variable, counted from 1; empty where the whole file is the key.
    pub lines: Vec<usize>,
    /// What it holds.
    pub held: Held,
}

/// What a place holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// This key, as the service gets it.
    Key(Secret),
    /// No bytes at all.
    Empty,
    /// There is no file.
    NoFile,
    /// The file does not set the variable.
    Unset,
    /// It cannot be read; why.
    Unreadable(String),
}

impl<'a> AuditView<'a> {
    /// Reads every key file once.
    #[must_use]
    pub fn read(ground: &'a AuditGround, around: &'a Surroundings<'a>) -> Self {
        let environments = ground.inventories.iter().map(|inventory| EnvironmentView {
            inventory,
            keys: inventory.files.iter().map(KeyView::read).collect(),
            is_looked_at: around.named == Some(&inventory.environment) || here::is_here(inventory),
        });
        Self { ground, around, environments: environments.collect() }
    }

    /// What a service is held to.
    #[must_use]
    pub fn policy(&self, service: &str) -> Policy {
        self.ground.service(service).map_or_else(Policy::default, |known| known.policy.clone())
    }

    /// What to type for a new key in every file of an environment.
    #[must_use]
    pub fn new_key(&self, environment: &str) -> String {
        match self.ground.configuration {
            Some(_) => format!("authprobe rotate --apply --environment {environment}"),
            None => "authprobe keygen".to_owned(),
        }
    }

    /// A finding about the place of a key in an environment; summary and fix are still to be said.
    #[must_use]
    pub fn finding(
        &self,
        code: AuditCode,
        status: Status,
        environment: &EnvironmentView<'_>,
        key: &KeyView<'_>,
    ) -> Finding {
        Finding {
            code,
            status,
            environments: vec![environment.name().to_owned()],
            service: Some(key.file.service.clone()),
            place: Some(self.place(key)),
            summary: String::new(),
            fix: String::new(),
        }
    }

    /// The file of a key, and the line that counts.
    #[must_use]
    pub fn place(&self, key: &KeyView<'_>) -> FilePlace {
        self.ground.place(&key.file.path, key.line())
    }

    /// The file of a key, and the line that sets another variable.
    #[must_use]
    pub fn place_of(&self, key: &KeyView<'_>, variable: &str) -> FilePlace {
        let text = key.text.as_ref().map(Secret::expose).unwrap_or_default();
        self.ground.place(&key.file.path, dotenv::lines_of(text, variable).last().copied())
    }
}

impl<'a> EnvironmentView<'a> {
    /// The environment's name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.inventory.environment
    }

    /// The place that the others are compared with, and its key: the first of the source of truth with
    /// a key; where it has none in a file, the first of any service.
    #[must_use]
    pub fn reference(&self) -> Option<(&KeyView<'a>, &Secret)> {
        let held = || self.keys.iter().filter_map(|key| Some((key, key.key()?)));
        held().find(|(key, _)| key.file.source_of_truth).or_else(|| held().next())
    }
}

impl<'a> KeyView<'a> {
    /// The key, if there is one.
    #[must_use]
    pub fn key(&self) -> Option<&Secret> {
        match &self.held {
            Held::Key(key) => Some(key),
            Held::Empty | Held::NoFile | Held::Unset | Held::Unreadable(_) => None,
        }
    }

    /// The variable, or words for the whole file.
    #[must_use]
    pub fn variable(&self) -> &'a str {
        self.file.place.variable().unwrap_or("the whole file")
    }

    /// The loader whose reading counts, if the key stands in an env file.
    #[must_use]
    pub fn dialect(&self) -> Option<&'static Dialect> {
        match &self.file.place {
            InFile::Variable { dialect, .. } => Dialect::named(dialect),
            InFile::Whole => None,
        }
    }

    /// The line that counts.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        let takes_first = self.dialect().is_some_and(Dialect::takes_first);
        if takes_first { self.lines.first() } else { self.lines.last() }.copied()
    }

    /// The value of each line that sets the variable, in the order of the file, without references
    /// put in: what python-dotenv would take if the line stood alone.
    #[must_use]
    pub fn every_value(&self) -> Vec<Secret> {
        let (Some(variable), Some(text)) = (self.file.place.variable(), &self.text) else {
            return Vec::new();
        };
        let raw = Dialect::named("python-dotenv-raw");
        let bindings = raw.and_then(|raw| raw.bindings(text.expose()).ok()).unwrap_or_default();
        let of_variable = bindings.into_iter().filter(|(name, _)| name == variable);
        of_variable.filter_map(|(_, value)| value).collect()
    }

    /// The value as the loader gives it to the service, before it is decoded.
    #[must_use]
    pub fn as_written(&self) -> Option<Secret> {
        self.read_as(self.dialect()?).ok().flatten()
    }

    /// The number of the line in another version of the file that is the key's line to the letter;
    /// the first one where the whole file is the key and has not changed.
    #[must_use]
    pub fn line_in(&self, version: &[u8]) -> Option<usize> {
        let text = self.text.as_ref()?.expose();
        let Some(line) = self.line() else { return (text == version).then_some(1) };
        let ours = text.split(|byte| *byte == b'\n').nth(line - 1)?.trim_ascii_end();
        let mut theirs = version.split(|byte| *byte == b'\n');
        theirs.position(|line| line.trim_ascii_end() == ours).map(|index| index + 1)
    }

    /// What this loader makes of the variable, before it is decoded.
    ///
    /// # Errors
    /// When the loader refuses the file, or only a run of it could tell.
    pub fn read_as(&self, loader: &Dialect) -> Result<Option<Secret>, DotenvError> {
        match (self.file.place.variable(), &self.text) {
            (Some(variable), Some(text)) => loader.value(text.expose(), variable),
            _ => Ok(None),
        }
    }

    /// The other variables of its env file whose values are as short as settings are. What they hold may
    /// still be secret: only what is known to be harmless may be told.
    #[must_use]
    pub fn settings(&self) -> Vec<(String, String)> {
        let (Some(dialect), Some(text)) = (self.dialect(), &self.text) else { return Vec::new() };
        let own = self.file.place.variable();
        let bindings = dialect.bindings(text.expose()).unwrap_or_default().into_iter();
        let others = bindings.filter(|(name, _)| Some(name.as_str()) != own);
        let short = others.filter_map(|(name, value)| {
            let value = value.filter(|value| value.len() <= LONGEST_SETTING)?;
            Some((name, String::from_utf8_lossy(value.expose()).into_owned()))
        });
        let mut settings: Vec<(String, String)> = Vec::new();
        for (name, value) in short {
            settings.retain(|(known, _)| *known != name);
            settings.push((name, value));
        }
        settings
    }

    fn read(file: &'a KeyFile) -> Self {
        let absent = |held| Self { file, text: None, lines: Vec::new(), held };
        match file::read(&file.path) {
            Err(FileError::Missing) => absent(Held::NoFile),
            Err(error) => absent(Held::Unreadable(error.to_string())),
            Ok(text) => {
                let variable = file.place.variable();
                let lines = variable.map(|variable| dotenv::lines_of(text.expose(), variable));
                let held = held(file, &text);
                Self { file, text: Some(text), lines: lines.unwrap_or_default(), held }
            }
        }
    }
}

/// What a place would hold if its file had these bytes.
pub(super) fn held(file: &KeyFile, text: &Secret) -> Held {
    let read = match &file.place {
        InFile::Whole => Ok(Some(text.clone())),
        InFile::Variable { name, dialect } => match Dialect::named(dialect) {
            Some(dialect) => dialect.value(text.expose(), name),
            None => Ok(None),
        },
    };
    let encoding = Encoding::named(file.encoding).unwrap_or_default();
    match read {
        Err(error) => Held::Unreadable(error.to_string()),
        Ok(None) => Held::Unset,
        Ok(Some(text)) if text.is_empty() => Held::Empty,
        Ok(Some(text)) => match encoding.decode(text) {
            Err(error) => Held::Unreadable(error.to_string()),
            Ok(key) if key.is_empty() => Held::Empty,
            Ok(key) => Held::Key(key),
        },
    }
}
