//! The keys of each environment in, findings about those older than the policy allows out. The rotation
//! ledger knows an age; a commit and the time a file was written give a lower bound. Never guesses more.

use std::ffi::OsStr;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::git_command::Repository;
use super::key_files::argument;
use super::view::{AuditView, EnvironmentView, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;
use crate::time::{Seconds, UnixTime};

/// May 2015, the month of RFC 7519: times before it are those that archives and images make up.
const FIRST_JWT: UnixTime = UnixTime(1_430_438_400.0);
/// A day in seconds.
const DAY: f64 = 86_400.0;

/// Since when a key has been what it is, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Since {
    moment: UnixTime,
    known_by: KnownBy,
}

/// How the age of a key is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KnownBy {
    /// A rotation wrote it then.
    Ledger,
    /// The last commit that changed its line.
    Commit,
    /// The file was last written then.
    FileTime,
}

/// Keys that are older than the policy allows, one finding a key.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    view.environments.iter().flat_map(|environment| of_environment(view, environment)).collect()
}

/// Each file that holds a key bounds its age from below, so the earliest moment of all counts.
fn of_environment(view: &AuditView<'_>, environment: &EnvironmentView<'_>) -> Vec<Finding> {
    let mut oldest: Vec<(&KeyView<'_>, Since)> = Vec::new();
    for key in &environment.keys {
        let Some(since) = since(view, environment, key) else { continue };
        match oldest.iter_mut().find(|(known, _)| known.key() == key.key()) {
            None => oldest.push((key, since)),
            Some(known) if since.moment < known.1.moment => *known = (key, since),
            Some(_) => {}
        }
    }
    oldest.into_iter().filter_map(|(key, since)| finding(view, environment, key, since)).collect()
}

fn since(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
) -> Option<Since> {
    if let Some(moment) = (view.around.written_at)(environment.name(), key.key()?) {
        return Some(Since { moment, known_by: KnownBy::Ledger });
    }
    let commit = committed(view, key).map(|moment| Since { moment, known_by: KnownBy::Commit });
    let written = written(key.file.path.as_path());
    let written = written.map(|moment| Since { moment, known_by: KnownBy::FileTime });
    let plausible = |since: &Since| since.moment >= FIRST_JWT && since.moment <= view.around.now;
    let bounds = commit.into_iter().chain(written).filter(plausible);
    bounds.min_by(|one, other| one.moment.0.total_cmp(&other.moment.0))
}

fn finding(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
    since: Since,
) -> Option<Finding> {
    let age = view.around.now - since.moment;
    let allowed = Seconds(view.policy(&key.file.service).max_key_age.as_secs_f64());
    if age.0 <= allowed.0 {
        return None;
    }
    let (days, most) = ((age.0 / DAY).floor(), allowed.in_words());
    let summary = match since.known_by {
        KnownBy::Ledger => {
            format!("the key is {days} days old, by the rotation ledger; policy {most}")
        }
        KnownBy::Commit => format!(
            "the key is at least {days} days old: its line was last changed by a commit then; policy {most}"
        ),
        KnownBy::FileTime => format!(
            "the key is at least {days} days old: its file was last written then; policy {most}"
        ),
    };
    let fix = format!("Run authprobe rotate --environment {}.", argument(environment.name()));
    let found = view.finding(AuditCode::KeyOld, Status::Warn, environment, key);
    Some(Finding { summary, fix, ..found })
}

/// When the file was last written: what is in it is not younger.
fn written(path: &Path) -> Option<UnixTime> {
    let time = path.metadata().ok()?.modified().ok()?;
    Some(UnixTime(time.duration_since(UNIX_EPOCH).ok()?.as_secs_f64()))
}

/// When the last commit changed the line that holds the key, if the line is committed as it is.
fn committed(view: &AuditView<'_>, key: &KeyView<'_>) -> Option<UnixTime> {
    let path = key.file.path.canonicalize().ok()?;
    let repository = Repository::around(path.parent()?, view.around.variables).ok()?;
    let name = repository.name_of(&path)?;
    let line = line_at_head(&repository, name, key)?;
    let range = format!("-L{line},{line}");
    let arguments = ["blame", "--incremental", "--no-textconv", &range, "HEAD"];
    let blamed = repository.ask(&arguments, &[name], b"").ok()?;
    let blamed = String::from_utf8_lossy(&blamed);
    let time = blamed.lines().find_map(|line| line.strip_prefix("committer-time "))?;
    time.parse().ok().map(UnixTime)
}

/// The number of the key's line in the last commit, if that has the very same line.
fn line_at_head(repository: &Repository<'_>, name: &OsStr, key: &KeyView<'_>) -> Option<usize> {
    let object = format!("HEAD:{}", name.to_str()?);
    let contents = repository.ask(&["cat-file", "blob", &object], &[], b"");
    key.line_in(&contents.ok()?)
}
