//! The mode, the owner and the folder of each key file in, findings about who else gets at it out.
//! Opens no file. A folder that nobody else may enter protects all that is below it.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::key_files::{SharedFile, argument, shared_files};
use super::view::AuditView;
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;

const READ: u32 = 0o4;
const WRITE: u32 = 0o2;
const ENTER: u32 = 0o1;
const STICKY: u32 = 0o1000;

/// Who else gets at a file or a folder, beside its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Party {
    /// Everyone on this machine.
    Others,
    /// The members of its group.
    Group(u32),
}

impl Party {
    /// Whether this party may do so with it (stat(2), `st_mode`).
    fn may(self, right: u32, what: &Metadata) -> bool {
        match self {
            Self::Others => what.mode() & right != 0,
            Self::Group(_) => what.mode() & (right << 3 | right) != 0,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Others => "everyone on this machine".to_owned(),
            Self::Group(group) => format!("every member of group {group}"),
        }
    }
}

/// Who can read, change or replace key files.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let us = rustix::process::geteuid().as_raw();
    shared_files(view).iter().flat_map(|file| of_file(view, file, us)).collect()
}

fn of_file(view: &AuditView<'_>, file: &SharedFile<'_>, us: u32) -> Vec<Finding> {
    let mut found: Vec<Finding> = linked(view, file).into_iter().collect();
    let Ok(path) = file.path.canonicalize() else { return found };
    let (Ok(status), Some(folder)) = (fs::metadata(&path), path.parent()) else { return found };
    let Ok(around) = fs::metadata(folder) else { return found };
    let name = file.argument(view);
    let inside = parties(&status).into_iter().filter(|party| reaches(*party, folder));
    let inside: Vec<Party> = inside.collect();
    let fix = format!("Run chmod 600 {name}, and chown it to the user that the service runs as.");
    if let Some(party) = inside.iter().find(|party| party.may(WRITE, &status)) {
        let summary = format!("{} can change this key file", party.words());
        found.push(file.finding(view, AuditCode::FileWritable, Status::Fail, summary, fix));
    } else if let Some(party) = inside.iter().find(|party| party.may(READ, &status)) {
        let summary = format!("{} can read this key file", party.words());
        found.push(file.finding(view, AuditCode::FileReadable, Status::Warn, summary, fix));
    }
    found.extend(replaceable(view, file, folder, &around));
    if status.uid() != us && status.uid() != 0 {
        let summary = format!(
            "this key file belongs to user {}, who can change it; this runs as user {us}",
            status.uid()
        );
        let fix = format!("Run chown {us} {name}, unless that is the user of the service.");
        found.push(file.finding(view, AuditCode::FileOwner, Status::Warn, summary, fix));
    }
    found
}

/// Whoever may write into the folder can put another file in its place.
fn replaceable(
    view: &AuditView<'_>,
    file: &SharedFile<'_>,
    folder: &Path,
    around: &Metadata,
) -> Option<Finding> {
    let is_sticky = around.mode() & STICKY != 0;
    let mut parties = parties(around).into_iter();
    let replaces = |party: &Party| party.may(WRITE, around) && party.may(ENTER, around);
    let party = parties.find(|party| !is_sticky && replaces(party) && reaches(*party, folder))?;
    let folder = argument(&view.ground.place(folder, None).name);
    let folder = if folder == "''" { ".".to_owned() } else { folder };
    let summary =
        format!("{} can replace this key file, for its folder can be written", party.words());
    let fix = format!("Run chmod go-w {folder}.");
    Some(file.finding(view, AuditCode::FileWritable, Status::Fail, summary, fix))
}

/// A group that has its owner's number is the owner's own, as Debian and Fedora make them.
fn parties(what: &Metadata) -> Vec<Party> {
    let group = (what.uid() != what.gid()).then_some(Party::Group(what.gid()));
    std::iter::once(Party::Others).chain(group).collect()
}

/// Whether a party may go through the folder and every folder above it.
fn reaches(party: Party, folder: &Path) -> bool {
    let mut folders = folder.ancestors().filter_map(|folder| fs::metadata(folder).ok());
    folders.all(|folder| party.may(ENTER, &folder))
}

fn linked(view: &AuditView<'_>, file: &SharedFile<'_>) -> Option<Finding> {
    let target = fs::read_link(file.path).ok()?;
    let target = target.display();
    let summary = format!("this key file is a link to {target}");
    let fix =
        "Nothing, if it is meant so: mode, owner and git were looked at where it leads.".into();
    Some(file.finding(view, AuditCode::FileLinked, Status::Warn, summary, fix))
}
