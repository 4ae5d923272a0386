//! What was done, when and with which files: one line of JSON each, never rewritten. A key is in it as a
//! salted digest only.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use super::fault::{During as _, Fault};
use super::stamp::{Digest, Salt, random_name};
use super::store::{Place, Store};
use crate::secret::Secret;
use crate::time::{Anchor, UnixTime};

const FILE: &str = "ledger.jsonl";

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// A new key was written.
    Applied,
    /// The previous key was given up.
    Finished,
    /// The previous key was written back.
    RolledBack,
}

/// One line of the ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    /// A random name, so that a line is written once.
    id: String,
    /// When it was begun, RFC 3339 in UTC.
    at: String,
    /// The environment.
    pub(super) environment: String,
    /// What was done.
    pub(super) state: Deed,
    /// The files, without links.
    files: Vec<PathBuf>,
    /// HMAC-SHA256 of the key that was written, under this salt.
    digest: Option<Digest>,
    salt: Salt,
}

impl Record {
    /// A line about what is done now; `key` is the one that is written.
    pub(super) fn now(
        environment: &str,
        state: Deed,
        files: Vec<PathBuf>,
        key: Option<&Secret>,
    ) -> io::Result<Self> {
        let salt = Salt::fresh()?;
        Ok(Self {
            id: random_name()?,
            at: rfc3339(Anchor::new().now()),
            environment: environment.to_owned(),
            state,
            files,
            digest: key.map(|key| salt.digest(key)),
            salt,
        })
    }

    /// When it was begun.
    fn moment(&self) -> Option<UnixTime> {
        let at = DateTime::parse_from_rfc3339(&self.at).ok()?;
        Some(UnixTime(at.timestamp_millis() as f64 / 1000.0))
    }

    /// Adds the line, unless it is there already.
    pub(super) fn enter(&self, store: &Store) -> Result<(), Fault> {
        let path = store.path(FILE);
        let known = fs::read(&path).unwrap_or_default();
        let known = String::from_utf8_lossy(&known);
        if known.contains(&self.id) {
            return Ok(());
        }
        // A line that was cut off by a crash ends here, so that the next one is whole.
        let begin = if known.is_empty() || known.ends_with('\n') { "" } else { "\n" };
        let line = serde_json::to_string(self).map_err(io::Error::from).during("write", &path)?;
        let mut options = OpenOptions::new();
        let file = options.append(true).create(true).mode(0o600).open(&path);
        let add = |mut file: fs::File| {
            file.write_all(format!("{begin}{line}\n").as_bytes())?;
            file.sync_all()
        };
        file.and_then(add).during("write", &path)?;
        store.sync()
    }
}

/// When this very key was written into the files of an environment, by the oldest line that knows it;
/// `None` where no line does, or where it was only written back: then it is older than its line.
pub(super) fn written_at(place: &Place, environment: &str, key: &Secret) -> Option<UnixTime> {
    let records = records(environment, place).ok()?;
    let mut knowing = records.iter().filter(|record| {
        let digest = record.digest.as_ref();
        digest == Some(&record.salt.digest(key))
    });
    let oldest = knowing.next().filter(|record| record.state == Deed::Applied)?;
    oldest.moment()
}

/// When the key that an environment has now was written, as far as the ledger knows.
pub(super) fn applied_at(environment: &str, place: &Place) -> Result<Option<UnixTime>, Fault> {
    let mut applied = None;
    for record in records(environment, place)? {
        applied = match record.state {
            Deed::Applied => record.moment(),
            Deed::Finished => applied,
            Deed::RolledBack => None,
        };
    }
    Ok(applied)
}

/// The lines about an environment, the oldest first.
fn records(environment: &str, place: &Place) -> Result<Vec<Record>, Fault> {
    let path = place.path(FILE);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.during("read", &path)?,
    };
    // A line that was cut off by a crash says nothing.
    let records = text.lines().filter_map(|line| serde_json::from_str::<Record>(line).ok());
    Ok(records.filter(|record| record.environment == environment).collect())
}

fn rfc3339(moment: UnixTime) -> String {
    moment.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
