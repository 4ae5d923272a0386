//! Real limits of real file systems: a disk that is full, a limit on the size of files, folders that
//! cannot be synced, access control lists, names of every kind.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::fleet::{Fleet, Held};
use crate::real::setup::skip;
use crate::real::started;
use crate::strace::Strace;

const BINARY: &str = env!("CARGO_BIN_EXE_authprobe");

/// Runs a script in a mount namespace of its own, so that nothing of it stays; `None` where none is to be had.
fn mounted(fleet: &Fleet, script: &str) -> Option<(Option<i32>, String)> {
    let mut command = fleet.scrubbed("unshare");
    let output = command.args(["--mount", "sh", "-c", &format!("set -e\n{script}")]).output();
    let told = output.ok().map(|output| fleet.told(&output));
    let told = told.filter(|(_, said)| !said.contains("mount: ") && !said.contains("unshare: "));
    if told.is_none() {
        skip("no file system may be mounted here");
    }
    told
}

#[test]
fn on_a_full_disk_nothing_is_changed_and_nothing_is_left() {
    let fleet = Fleet::new();
    let script = format!(
        "cp admin/.env ../kept; mount -t tmpfs -o size=64k none admin; cp ../kept admin/.env
         dd if=/dev/zero of=admin/filler bs=1k 2>/dev/null || true
         status=0; {BINARY} rotate --apply --key-from env:NEW_KEY || status=$?
         cmp ../kept admin/.env; ls -A admin; rm ../kept; exit $status"
    );
    let Some((status, said)) = mounted(&fleet, &script) else { return };
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("No space left on device") && said.contains("make room"), "{said}");
    assert!(said.contains("nothing was changed") && said.starts_with(".env\nfiller\n"), "{said}");
    assert_eq!(fleet.all(), Ok(Held::Old));
    fleet.leftovers().unwrap();
}

#[test]
fn a_full_or_read_only_state_folder_stops_it_before_anything_is_changed() {
    for (options, fill, expected) in
        [("size=16k", "dd if=/dev/zero of=../state/filler bs=1k", 1), ("ro", "true", 2)]
    {
        let fleet = Fleet::new();
        let script = format!(
            "mkdir ../state; mount -t tmpfs -o {options} none ../state; {fill} 2>/dev/null || true
             exec {BINARY} rotate --apply --key-from env:NEW_KEY"
        );
        let Some((status, said)) = mounted(&fleet, &script) else { return };
        assert_eq!(status, Some(expected), "{said}");
        assert!(said.contains("nothing was changed") && said.contains("help: "), "{said}");
        assert_eq!(fleet.all(), Ok(Held::Old));
        fleet.leftovers().unwrap();
    }
}

/// The system sends a signal that would end the program in the middle.
#[test]
fn a_limit_on_the_size_of_files_is_an_error_like_any_other() {
    let fleet = Fleet::new();
    let file = fleet.path("shared/real.env");
    let text = fs::read_to_string(&file).unwrap() + &"# long\n".repeat(20_000);
    fs::write(&file, &text).unwrap();
    let script = format!("ulimit -f 64; exec {BINARY} rotate --apply --key-from env:NEW_KEY");
    let output = fleet.scrubbed("sh").args(["-c", &script]).output().unwrap();
    let (status, said) = fleet.told(&output);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("ulimit -f") && said.contains("nothing was changed"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert!(!fleet.held().contains(&Held::New));
    fleet.leftovers().unwrap();
}

/// Such file systems say EINVAL (fsync(2)); where a file says so, its bytes may be lost.
#[test]
fn a_folder_that_cannot_be_synced_is_no_obstacle_and_a_file_is() {
    let strace = started!(Strace::find());
    let calls = strace.calls(&Fleet::new(), &Fleet::APPLY);
    let mut seen = [0, 0];
    for call in calls.iter().filter(|call| call.name == "fsync") {
        let fleet = Fleet::new();
        let tamper = format!("fsync:error=EINVAL:when={}", call.number);
        let (status, said) = fleet.told(&strace.run(&fleet, &Fleet::APPLY, &[&tamper]));
        seen[usize::from(status == Some(0))] += 1;
        let held = if status == Some(0) { Held::New } else { fleet.all().unwrap() };
        assert_eq!(fleet.all(), Ok(held), "{said}");
        assert_eq!(fleet.run(&["rotate", "--recover"]).0, Some(0));
        fleet.leftovers().unwrap();
    }
    // Five new files, journal, key, patches and ledger; the folders of all of them.
    assert!(seen.iter().all(|count| *count >= 8), "{seen:?}");
}

#[test]
fn an_access_control_list_stays_and_that_of_the_folder_does_not_come_in() {
    let fleet = Fleet::new();
    // The form of acl(5) in the attribute: version 2, then tag, permissions and id of each entry.
    let program = r"
import os, struct, sys
def acl(user): return struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in
    [(1, 6, 2**32-1), (2, 4, user), (4, 4, 2**32-1), (16, 4, 2**32-1), (32, 0, 2**32-1)])
key, env, name = 'scraper/jwt.key', 'scraper/.env.production', 'system.posix_acl_access'
if sys.argv[1] == 'set':
    os.setxattr(key, name, acl(12345)); os.setxattr('scraper', 'system.posix_acl_default', acl(54321))
else:
    assert os.getxattr(key, name) == acl(12345), 'its own list is gone'
    assert name not in os.listxattr(env), 'it has got the list of the folder'
";
    let python = |step| fleet.scrubbed("python3").args(["-c", program, step]).output().unwrap();
    if !python("set").status.success() {
        return skip("no access control list can be made here");
    }
    let modes = |fleet: &Fleet| {
        ["jwt.key", ".env.production"]
            .map(|name| fs::metadata(fleet.path("scraper").join(name)).unwrap().permissions())
    };
    let before = modes(&fleet);
    for arguments in [&Fleet::APPLY[..], &["rotate", "--rollback"]] {
        let (status, said) = fleet.run(arguments);
        assert_eq!(status, Some(0), "{said}");
        let seen = python("see");
        assert!(seen.status.success(), "{}", String::from_utf8_lossy(&seen.stderr));
        assert_eq!(modes(&fleet), before);
    }
}

/// A project under another name, which the fleet's folder links to.
fn renamed(name: &Path) -> Fleet {
    let fleet = Fleet::new();
    let (old, new) = (fleet.path(""), fleet.path("..").canonicalize().unwrap().join(name));
    fs::create_dir_all(new.parent().unwrap()).unwrap();
    fs::rename(fleet.path("../project"), &new).unwrap();
    symlink(&new, old.parent().unwrap().join("project")).unwrap();
    fleet
}

#[test]
fn long_names_and_odd_names_of_folders_are_served_and_never_printed_raw() {
    let long = "p".repeat(250);
    let deep = ["d".repeat(200).as_str(); 17].join("/");
    for name in [&long, &deep, "a 'b\" $c", "ä\u{200b}ö", "new\nline", "\u{1b}[31mred"] {
        let fleet = renamed(Path::new(name));
        let (status, said) = fleet.run(&Fleet::APPLY);
        assert_eq!(status, Some(0), "{name}: {said}");
        assert_eq!(fleet.all(), Ok(Held::New));
        fs::write(fleet.path("admin/.env"), "JWT_SECRET=other\n").unwrap();
        let (status, said) = fleet.run(&["rotate", "--rollback"]);
        assert_eq!(status, Some(1), "{said}");
        assert!(!said.contains('\u{1b}') && !said.contains("new\nline"), "{said}");
    }
}

#[test]
fn a_folder_whose_name_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let fleet = renamed(Path::new(std::ffi::OsStr::from_bytes(b"\xff\xfe")));
    let (status, said) = fleet.run(&Fleet::APPLY);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("its path is not UTF-8"), "{said}");
    assert_eq!(fleet.all(), Ok(Held::Old));
}

#[test]
fn two_configurations_that_share_a_file_see_it_and_neither_undoes_the_other() {
    let fleet = Fleet::new();
    let second = fleet.path("../second");
    fs::create_dir(&second).unwrap();
    fs::write(
        second.join("probes.yaml"),
        "version: 1\nservices:\n  - name: other\n    source_of_truth: true\n    endpoint: /me\n    key: { dotenv: ../project/admin/.env, variable: JWT_SECRET, dialect: docker }\nenvironments: { production: { urls: {} }, staging: { urls: {} } }\n",
    )
    .unwrap();
    let there = ["--environment", "production", "--config", "../second/probes.yaml"];
    let run = |arguments: &[&str]| fleet.run(&[arguments, &there].concat());
    let (status, said) = run(&["rotate"]);
    assert_eq!(status, Some(0), "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("is also the file of staging"), "{said}");
    assert_eq!(fleet.run(&Fleet::APPLY).0, Some(0));
    assert_eq!(run(&["rotate", "--apply"]).0, Some(0));
    // The first may not take back what the second has written since.
    let (status, said) = fleet.run(&["rotate", "--rollback"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("admin/.env: somebody else changed it"), "{said}");
    assert_eq!(run(&["rotate", "--rollback"]).0, Some(0));
    assert_eq!(fleet.run(&["rotate", "--rollback"]).0, Some(0));
    assert_eq!(fleet.all(), Ok(Held::Old));
}
