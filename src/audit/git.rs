//! Key files and the repositories around them in, findings out: which files git tracks, has in its
//! history, or would take with the next `git add`. Compares keys, and never shows or keeps one.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::git_command::{GitError, Repository};
use super::key_files::{SharedFile, argument, shared_files};
use super::view::{self, AuditView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;
use crate::secret::Secret;

/// So many versions of a file are looked into.
const VERSIONS: usize = 500;

/// A key file and where it really is.
struct RealFile<'v> {
    file: SharedFile<'v>,
    path: PathBuf,
}

/// What git knows of the key files.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let mut folders: BTreeMap<PathBuf, Vec<RealFile<'_>>> = BTreeMap::new();
    for file in shared_files(view) {
        let Ok(path) = file.path.canonicalize() else { continue };
        let Some(folder) = path.parent() else { continue };
        folders.entry(folder.to_owned()).or_default().push(RealFile { path: path.clone(), file });
    }
    let mut found = Vec::new();
    for (folder, files) in folders {
        match of_folder(view, &folder, &files) {
            Ok(findings) => found.extend(findings),
            Err(GitError::NoRepository | GitError::NotInstalled) => {}
            Err(error) => found.push(untold(view, &folder, &files, &error)),
        }
    }
    found
}

fn of_folder(
    view: &AuditView<'_>,
    folder: &Path,
    files: &[RealFile<'_>],
) -> Result<Vec<Finding>, GitError> {
    let repository = Repository::around(folder, view.around.variables)?;
    let named = files.iter().filter_map(|real| Some((real, repository.name_of(&real.path)?)));
    let named: Vec<_> = named.collect();
    let names: Vec<&OsStr> = named.iter().map(|(_, name)| *name).collect();
    let tracked = listed(&repository.ask(&["ls-files", "-z", "--cached"], &names, b"")?);
    let ignored = ignored(&repository, &names)?;
    let mut found = Vec::new();
    for (real, name) in named {
        let is_committed = is_committed(&repository, real, name)?;
        let finding = match (tracked.contains(&name.as_bytes().to_vec()), is_committed) {
            (true, true) => tracked_with_key(view, real),
            (true, false) if is_filtered(&repository, name)? => continue,
            (true, false) => tracked_without_key(view, real),
            (false, true) => in_history(view, real, name),
            (false, false) if ignored.contains(&name.as_bytes().to_vec()) => continue,
            (false, false) => not_ignored(view, &repository, real, name),
        };
        found.push(finding);
    }
    Ok(found)
}

/// The paths that a `.gitignore`, or the user's own rules, leave out.
fn ignored(repository: &Repository<'_>, names: &[&OsStr]) -> Result<Vec<Vec<u8>>, GitError> {
    let input: Vec<u8> = names.iter().flat_map(|name| [name.as_bytes(), b"\0"].concat()).collect();
    match repository.ask(&["check-ignore", "-z", "--stdin"], &[], &input) {
        Ok(answer) => Ok(listed(&answer)),
        Err(GitError::Failed(1)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn listed(answer: &[u8]) -> Vec<Vec<u8>> {
    answer.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(<[u8]>::to_vec).collect()
}

/// Whether a filter, such as git-crypt, changes the file on its way into the repository.
fn is_filtered(repository: &Repository<'_>, name: &OsStr) -> Result<bool, GitError> {
    let answer = repository.ask(&["check-attr", "-z", "filter"], &[name], b"")?;
    let value = listed(&answer).pop();
    Ok(value.is_some_and(|value| value != b"unspecified" && value != b"unset"))
}

/// Whether any version of the file, on any branch or in the index, holds a key that it holds now.
fn is_committed(
    repository: &Repository<'_>,
    real: &RealFile<'_>,
    name: &OsStr,
) -> Result<bool, GitError> {
    let staged = repository.ask(&["ls-files", "-z", "--stage"], &[name], b"")?;
    let staged = listed(&staged);
    let staged = staged.iter().filter_map(|entry| entry.split(|byte| *byte == b' ').nth(1));
    let arguments = ["rev-list", "--all", "--full-history", "--objects"];
    let objects = repository.ask(&arguments, &[name], b"")?;
    let of_file = objects.split(|byte| *byte == b'\n').filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b' ')?;
        (&line[at + 1..] == name.as_bytes()).then_some(&line[..at])
    });
    let versions: Vec<&[u8]> = staged.chain(of_file).collect();
    if versions.is_empty() {
        return Ok(false);
    }
    let newest = &versions[..versions.len().min(VERSIONS)];
    let contents = repository.ask(&["cat-file", "--batch"], &[], &newest.join(&b'\n'))?;
    let keys = real.file.keys.iter().filter(|key| key.key().is_some());
    let keys: Vec<_> = keys.collect();
    let holds = |blob: Zeroizing<Vec<u8>>| {
        let text = Secret::new(blob.as_slice());
        keys.iter().any(|key| view::held(key.file, &text) == key.held)
    };
    match blobs(&contents).into_iter().any(holds) {
        false if versions.len() > VERSIONS => Err(GitError::TooManyVersions),
        holds => Ok(holds),
    }
}

/// The contents in an answer of `cat-file --batch`: a line with the size, then that many bytes.
fn blobs(answer: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let mut found = Vec::new();
    let mut rest = answer;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let header = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        let mut words = header.split(' ').skip(1);
        let is_blob = words.next() == Some("blob");
        let Some(size) = words.next().and_then(|size| size.parse::<usize>().ok()) else { continue };
        if is_blob && size <= rest.len() {
            found.push(Zeroizing::new(rest[..size].to_vec()));
        }
        rest = rest.get(size + 1..).unwrap_or_default();
    }
    found
}

fn tracked_with_key(view: &AuditView<'_>, real: &RealFile<'_>) -> Finding {
    let file = real.file.argument(view);
    let summary = "git tracks this key file, and the key is in its history".to_owned();
    let fix = format!(
        "Run git rm --cached {file}, add it to .gitignore and commit; then {}, for every clone has the \
         key.",
        real.file.rotation()
    );
    real.file.finding(view, AuditCode::KeyTracked, Status::Fail, summary, fix)
}

fn tracked_without_key(view: &AuditView<'_>, real: &RealFile<'_>) -> Finding {
    let file = real.file.argument(view);
    let summary = "git tracks this key file; its key is not committed yet".to_owned();
    let fix = format!(
        "Run git rm --cached {file}, add it to .gitignore and commit, before a commit takes the key along."
    );
    real.file.finding(view, AuditCode::KeyTracked, Status::Warn, summary, fix)
}

fn in_history(view: &AuditView<'_>, real: &RealFile<'_>, name: &OsStr) -> Finding {
    let summary = "git tracks this key file no longer, but the key is in its history".to_owned();
    let fix = format!(
        "Run {}, for every clone has the key. To take the file out of the history as well: git \
         filter-repo --invert-paths --path {}",
        real.file.rotation(),
        argument(&name.to_string_lossy())
    );
    real.file.finding(view, AuditCode::KeyInHistory, Status::Fail, summary, fix)
}

fn not_ignored(
    view: &AuditView<'_>,
    repository: &Repository<'_>,
    real: &RealFile<'_>,
    name: &OsStr,
) -> Finding {
    let summary = "no .gitignore leaves this key file out, so git add takes it along".to_owned();
    let ignore_file = view.ground.place(&repository.top.join(".gitignore"), None).name;
    let fix = format!("Add the line /{} to {ignore_file}.", pattern(&name.to_string_lossy()));
    real.file.finding(view, AuditCode::KeyNotIgnored, Status::Warn, summary, fix)
}

/// A path as a line of `.gitignore` (gitignore(5)).
fn pattern(name: &str) -> String {
    name.chars().flat_map(|c| ["\\".repeat(usize::from("*?[\\".contains(c))), c.into()]).collect()
}

fn untold(
    view: &AuditView<'_>,
    folder: &Path,
    files: &[RealFile<'_>],
    error: &GitError,
) -> Finding {
    let file = &files[0].file;
    let summary = format!("whether keys are in git's history could not be told: {error}");
    let folder = argument(&folder.display().to_string());
    let fix = match error {
        GitError::Distrusted => format!(
            "Run this as the owner of the repository, or, if you trust it: git config --global --add \
             safe.directory {folder}"
        ),
        _ => format!("Run git -C {folder} status and see what it says."),
    };
    file.finding(view, AuditCode::GitUntold, Status::Undecided, summary, fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_are_cut_by_their_sizes_whatever_is_in_them() {
        let answer = b"aa blob 4\nx\ny\n\nbb missing\ncc tree 3\nabc\ndd blob 0\n\n";
        let found: Vec<Vec<u8>> = blobs(answer).iter().map(|blob| blob.to_vec()).collect();
        assert_eq!(found, [b"x\ny\n".to_vec(), Vec::new()]);
    }

    #[test]
    fn a_path_with_glob_characters_is_escaped() {
        assert_eq!(pattern("a/.env[1]*"), "a/.env\\[1]\\*");
    }
}
