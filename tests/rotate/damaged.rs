//! When the state folder is not as it was left: a torn journal, an unfinished deletion, a clock that went
//! back, links and doors that others opened. Nothing is lost, nothing is guessed.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::TempDir;

use crate::fleet::{Fleet, Held};
use crate::injected::{each, tamper};
use crate::real::setup::skip;
use crate::real::started;
use crate::strace::Strace;

fn folder(fleet: &Fleet) -> PathBuf {
    fs::read_dir(fleet.state()).unwrap().next().unwrap().unwrap().path()
}

fn applied() -> Fleet {
    let fleet = Fleet::new();
    assert_eq!(fleet.run(&Fleet::APPLY).0, Some(0));
    fleet
}

#[test]
fn a_torn_journal_is_told_and_touched_by_nobody() {
    let strace = started!(Strace::find());
    let fleet = Fleet::new();
    strace.run(&fleet, &Fleet::APPLY, &["renameat2:signal=KILL:when=3"]);
    let journal = folder(&fleet).join("journal.json");
    let whole = fs::read(&journal).unwrap();
    let held = fleet.held();
    for torn in [&whole[..whole.len() / 2], b"", b"\0\0\0\0", b"{}", b"[]", b"\xff\xfe"] {
        fs::write(&journal, torn).unwrap();
        for deed in ["--recover", "--rollback", "--finish", "--apply"] {
            let (status, said) = fleet.run(&["rotate", deed]);
            assert_eq!(status, Some(1), "{deed}: {said}");
            assert!(
                said.contains("journal.json: this is not what authprobe wrote there"),
                "{said}"
            );
            assert!(said.contains("nothing was changed"), "{said}");
        }
        assert_eq!(fs::read(&journal).unwrap(), torn);
        assert_eq!(fleet.held(), held);
    }
    // Who removes it without looking is stopped by what lies beside the files, then by what is kept.
    fs::remove_file(&journal).unwrap();
    let (status, said) = fleet.run(&["rotate", "--apply"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("another rotation works in this folder"), "{said}");
    fs::write(&journal, &whole).unwrap();
    assert_eq!(fleet.run(&["rotate", "--recover"]).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::New));
    fleet.leftovers().unwrap();
}

#[test]
fn a_previous_key_that_waits_without_a_journal_is_not_thrown_away() {
    let fleet = applied();
    let (kept, waiting) = ("previous-production", "waiting-production");
    fs::rename(folder(&fleet).join(kept), folder(&fleet).join(waiting)).unwrap();
    let (status, said) = fleet.run(&["rotate", "--apply"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("whose journal is gone"), "{said}");
    fs::rename(folder(&fleet).join(waiting), folder(&fleet).join(kept)).unwrap();
    assert_eq!(fleet.run(&["rotate", "--rollback"]).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::Old));
}

#[test]
fn what_is_kept_and_cannot_be_read_is_still_deleted_by_finish() {
    let fleet = applied();
    fs::write(folder(&fleet).join("previous-production/patches.json"), "torn").unwrap();
    let (status, said) = fleet.run(&["rotate", "--rollback"]);
    assert_eq!(status, Some(1), "{said}");
    assert_eq!(fleet.run(&["rotate", "--finish"]).0, Some(0));
    assert!(!fleet.keeps_previous());
}

/// A deletion that is cut off anywhere is either not begun, and the way back is open, or carried on with.
#[test]
fn a_finish_that_is_killed_or_fails_at_any_call_leaves_the_way_back_or_ends_the_deletion() {
    let strace = started!(Strace::find());
    let calls = strace.calls(&applied(), &["rotate", "--finish"]);
    let steps = ["write", "fsync", "rename", "unlink", "rmdir"];
    let calls = calls.into_iter().filter(|call| steps.contains(&call.name.as_str()));
    let cases: Vec<_> = calls
        .flat_map(|call| ["signal=KILL", "error=EIO"].map(|what| tamper(&call, what)))
        .filter(|tamper| !tamper.starts_with("fsync:signal"))
        .collect();
    let seen = Mutex::new(Vec::new());
    let check = |tamper: &String| {
        let fleet = applied();
        let output = strace.run(&fleet, &["rotate", "--finish"], &[tamper]);
        let (status, first) = fleet.told(&output);
        let undone = first.contains("nothing was changed");
        let is_told = status.is_none_or(|status| status == 137) || status == Some(0);
        if !(is_told || undone || first.contains("rotate --recover")) {
            return Err(format!("no word of how it stands: {first}"));
        }
        let (status, said) = fleet.run(&["rotate", "--recover"]);
        if status != Some(0) {
            return Err(format!("recovery: {said}"));
        }
        fleet.leftovers()?;
        let keeps = fleet.keeps_previous();
        seen.lock().unwrap().push(keeps);
        if undone && !keeps {
            return Err("it said that nothing was changed".to_owned());
        }
        let (status, said) = fleet.run(&["rotate", "--rollback"]);
        if status == Some(if keeps { 0 } else { 2 }) { Ok(()) } else { Err(said) }
    };
    each(&cases, check, String::clone);
    let seen = seen.into_inner().unwrap();
    assert!(seen.iter().filter(|keeps| **keeps).count() > 5, "{seen:?}");
    assert!(seen.iter().filter(|keeps| !**keeps).count() > 5, "{seen:?}");
}

#[test]
fn a_clock_that_went_back_or_mad_changes_nothing() {
    let fleet = applied();
    for (name, from, to) in [
        ("ledger.jsonl", "\"at\":\"20", "\"at\":\"99"),
        ("previous-production/patches.json", "\"at\":1", "\"at\":9e300,\"was\":1"),
    ] {
        let path = folder(&fleet).join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replace(from, to)).unwrap();
    }
    let (status, said) = fleet.run(&["rotate", "--apply"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("is not finished"), "{said}");
    assert_eq!(fleet.run(&["rotate", "--rollback"]).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::Old));
    let ledger = fs::read_to_string(folder(&fleet).join("ledger.jsonl")).unwrap();
    let last = ledger.lines().last().unwrap();
    assert!(last.contains("rolled-back"), "{ledger}");
}

#[test]
fn a_state_folder_that_others_can_exchange_is_refused_and_a_link_to_the_root_of_all_is_fine() {
    let fleet = applied();
    let mode = |mode| fs::set_permissions(fleet.state(), fs::Permissions::from_mode(mode)).unwrap();
    let refused = |why: &str| {
        let (status, said) = fleet.run(&["rotate", "--rollback"]);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(why), "{said}");
        assert_eq!(fleet.all(), Ok(Held::New));
    };
    mode(0o777);
    refused("others may put another folder into its place");
    mode(0o1777);
    let (inner, moved) = (folder(&fleet), fleet.path("../moved"));
    fs::rename(&inner, &moved).unwrap();
    symlink(&moved, &inner).unwrap();
    refused("the state folder is a link");
    fs::remove_file(&inner).unwrap();
    fs::rename(&moved, &inner).unwrap();
    fs::rename(fleet.state(), &moved).unwrap();
    symlink(&moved, fleet.state()).unwrap();
    let (status, said) = fleet.run(&["rotate", "--rollback"]);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(fleet.all(), Ok(Held::Old));
}

#[test]
fn a_state_folder_on_another_file_system_serves_as_well() {
    let Ok(shared) = TempDir::new_in("/dev/shm") else { return skip("there is no /dev/shm") };
    let fleet = Fleet::new();
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    if device(shared.path()) == device(&fleet.path("")) {
        return skip("/dev/shm is no file system of its own");
    }
    let state = shared.path().display().to_string();
    let run = |arguments: &[&str]| fleet.run(&[arguments, &["--state", &state]].concat());
    assert_eq!(run(&Fleet::APPLY).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::New));
    assert_eq!(run(&["rotate", "--rollback"]).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::Old));
}
