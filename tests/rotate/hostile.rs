//! Against whoever may write beside us: a folder that becomes another one, edits of a file that is
//! already exchanged, a rotation with another state folder, other inodes after a crash.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::concurrent::Stopped;
use crate::fleet::{Fleet, Held};
use crate::real::started;
use crate::strace::Strace;

/// In the order of their exchange.
const FILES: [&str; 5] = [
    ".env.production",
    "admin/.env",
    "scraper/.env.production",
    "scraper/jwt.key",
    "shared/real.env",
];

fn killed(strace: &Strace, fleet: &Fleet, call: &str) {
    strace.run(fleet, &Fleet::APPLY, &[&call.replace("when", "signal=KILL:when")]);
}

fn append(path: &Path, text: &str) {
    let now = fs::read_to_string(path).unwrap();
    fs::write(path, now + text).unwrap();
}

fn temporaries(fleet: &Fleet) -> Vec<PathBuf> {
    let folders = ["", "admin", "scraper", "shared"].map(|name| fleet.path(name));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().flatten());
    let paths = entries.map(|entry| entry.path());
    let is_ours = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".authprobe-"))
    };
    paths.filter(is_ours).collect()
}

#[test]
fn no_key_goes_into_a_folder_that_took_the_place_of_the_one_that_was_checked() {
    let strace = started!(Strace::find());
    let fleet = Fleet::new();
    let trap = fleet.path("../trap");
    fs::create_dir(&trap).unwrap();
    for name in [".env.production", "jwt.key"] {
        fs::write(trap.join(name), "of somebody else").unwrap();
        fs::set_permissions(trap.join(name), fs::Permissions::from_mode(0o666)).unwrap();
    }
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::open(&trap).unwrap().set_modified(long_ago).unwrap();
    // The second new file is being made; those of this folder come next.
    let stopped = Stopped::at("fchmod:when=2", &strace, &fleet);
    fs::rename(fleet.path("scraper"), fleet.path("moved")).unwrap();
    symlink(&trap, fleet.path("scraper")).unwrap();
    let (status, said) = stopped.finish(&fleet);
    // Whatever had been in there for a moment would have changed the time of the folder.
    assert_eq!(fs::metadata(&trap).unwrap().modified().unwrap(), long_ago, "it went there");
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("somebody else changed it meanwhile"), "{said}");
    fs::remove_file(fleet.path("scraper")).unwrap();
    fs::rename(fleet.path("moved"), fleet.path("scraper")).unwrap();
    assert_eq!(fleet.all(), Ok(Held::Old));
    fleet.leftovers().unwrap();
}

/// The new file would have the old mode, and the second name the old key.
#[test]
fn a_mode_or_a_second_name_that_comes_after_the_check_undoes_everything() {
    let strace = started!(Strace::find());
    let close = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    let link = |path: &Path| fs::hard_link(path, path.with_extension("second")).unwrap();
    let deeds: [&dyn Fn(&Path); 2] = [&close, &link];
    for deed in deeds {
        let fleet = Fleet::new();
        let stopped = Stopped::at("fchmod:when=3", &strace, &fleet);
        let path = fleet.path("admin/.env");
        deed(&path);
        let (status, said) = stopped.finish(&fleet);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains("admin/.env: somebody else changed it meanwhile"), "{said}");
        assert_eq!(fleet.all(), Ok(Held::Old));
        let _ = fs::remove_file(path.with_extension("second"));
        fleet.leftovers().unwrap();
    }
}

#[test]
fn an_edit_of_a_file_that_is_already_exchanged_survives_when_the_rest_goes_back() {
    let strace = started!(Strace::find());
    let fleet = Fleet::new();
    let stopped = Stopped::at("renameat2:when=3", &strace, &fleet);
    append(&fleet.path(FILES[0]), "# edited\n");
    append(&fleet.path(FILES[3]), "edited");
    let (status, said) = stopped.finish(&fleet);
    assert_eq!(status, Some(1), "{said}");
    assert!(fs::read_to_string(fleet.path(FILES[0])).unwrap().ends_with("# edited\n"), "{said}");
    assert!(fs::read_to_string(fleet.path(FILES[3])).unwrap().ends_with("edited"), "{said}");
    assert!(
        said.contains(".env.production: somebody else changed it after it was exchanged"),
        "{said}"
    );
    assert!(said.contains("every other file is as it was"), "{said}");
    assert_eq!(fleet.run(&["rotate", "--recover"]).0, Some(0));
    assert!(temporaries(&fleet).is_empty());
}

#[test]
fn an_edit_between_a_crash_and_the_recovery_is_kept_and_told() {
    let strace = started!(Strace::find());
    let fleet = Fleet::new();
    killed(&strace, &fleet, "renameat2:when=3");
    append(&fleet.path(FILES[0]), "# edited\n");
    let (status, said) = fleet.run(&["rotate", "--recover"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains(".env.production: somebody else changed it"), "{said}");
    assert!(said.contains("every other file was changed"), "{said}");
    assert!(fs::read_to_string(fleet.path(FILES[0])).unwrap().ends_with("# edited\n"));
    let held = fleet.held().iter().filter(|held| **held == Held::New).count();
    assert_eq!(held, 4, "{:?}", fleet.held());
    assert!(fleet.keeps_previous() && temporaries(&fleet).is_empty());
}

/// As after a start of the machine that gave a network file system other numbers.
#[test]
fn a_recovery_knows_the_files_by_their_bytes_when_every_inode_is_another() {
    let strace = started!(Strace::find());
    for (moment, expected) in [("renameat2:when=3", Held::New), ("fchmod:when=3", Held::Old)] {
        let fleet = Fleet::new();
        killed(&strace, &fleet, moment);
        let files = FILES.iter().map(|name| fleet.path(name));
        for path in files.chain(temporaries(&fleet)) {
            let copy = path.with_extension("copied");
            fs::copy(&path, &copy).unwrap();
            fs::rename(&copy, &path).unwrap();
        }
        let (status, said) = fleet.run(&["rotate", "--recover"]);
        assert_eq!(status, Some(0), "{moment}: {said}");
        assert_eq!(fleet.all(), Ok(expected));
        fleet.leftovers().unwrap();
    }
}

#[test]
fn a_rotation_with_another_state_folder_keeps_away_from_one_that_is_under_way_or_was_killed() {
    let strace = started!(Strace::find());
    let fleet = Fleet::new();
    let other = fleet.path("../other").display().to_string();
    let elsewhere = ["rotate", "--apply", "--state", &other];
    let stopped = Stopped::at("renameat2:when=2", &strace, &fleet);
    let (status, said) = fleet.run(&elsewhere);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("another rotation works in this folder"), "{said}");
    assert_eq!(stopped.finish(&fleet).0, Some(0));
    let fleet = Fleet::new();
    killed(&strace, &fleet, "renameat2:when=2");
    let (status, said) = fleet.run(&elsewhere);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("another rotation works in this folder"), "{said}");
    assert_eq!(fleet.run(&["rotate", "--recover"]).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::New));
}
