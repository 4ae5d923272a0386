//! Odd files: what must stay stays (links, modes, owners, attributes), and what cannot be replaced as a
//! whole is refused before anything is changed.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::fleet::{Fleet, Held};
use crate::real::setup::skip;

fn sh(script: &str) -> bool {
    Command::new("sh").args(["-c", script]).output().unwrap().status.success()
}

/// Nothing was changed, and the words say why.
fn refused(fleet: &Fleet, why: &str) {
    for arguments in [&Fleet::APPLY[..], &["rotate"]] {
        let (status, said) = fleet.run(arguments);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(why) && said.contains("help: "), "{said}");
    }
    fleet.leftovers().unwrap();
    assert!(!fleet.held().contains(&Held::New), "{:?}", fleet.held());
}

#[test]
fn a_link_stays_and_the_file_behind_it_is_replaced() {
    let fleet = Fleet::new();
    symlink("../shared", fleet.path("admin/there")).unwrap();
    let before = fs::read_link(fleet.path(".env")).unwrap();
    let (status, said) = fleet.run(&Fleet::APPLY);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(fs::read_link(fleet.path(".env")).unwrap(), before);
    assert_eq!(fleet.all(), Ok(Held::New));
}

#[test]
fn mode_owner_group_and_attributes_stay_whatever_the_umask_and_the_folder_say() {
    for umask in ["000", "077"] {
        let fleet = Fleet::new();
        let set = |name: &str, mode| {
            fs::set_permissions(fleet.path(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        set(".env.production", 0o400);
        set("scraper/jwt.key", 0o664);
        let is_root = fs::metadata(fleet.path("")).unwrap().uid() == 0;
        let is_marked = fleet.path("scraper/jwt.key");
        let key = is_marked.display();
        let has_attributes = sh(&format!(
            "python3 -c 'import os; os.setxattr(\"{key}\", \"user.note\", b\"kept\")'"
        ));
        if is_root {
            assert!(sh(&format!(
                "chown 12345:54321 {key} && chgrp 54322 {}",
                fleet.path("admin").display()
            )));
        }
        set("admin", 0o2775);
        let status = |name: &str| {
            let found = fs::metadata(fleet.path(name)).unwrap();
            (found.mode(), found.uid(), found.gid())
        };
        let names = [".env.production", "shared/real.env", "scraper/jwt.key", "admin/.env"];
        let before = names.map(status);
        let line = "umask $0; exec \"$@\"";
        let mut command = fleet.scrubbed("sh");
        command.args(["-c", line, umask, env!("CARGO_BIN_EXE_authprobe")]).args(Fleet::APPLY);
        let (ended, said) = fleet.told(&command.output().unwrap());
        assert_eq!(ended, Some(0), "{said}");
        assert_eq!(fleet.all(), Ok(Held::New));
        assert_eq!(names.map(status), before, "umask {umask}");
        if has_attributes {
            let read = format!(
                "python3 -c 'import os; assert os.getxattr(\"{key}\", \"user.note\") == b\"kept\"'"
            );
            assert!(sh(&read), "the attribute is gone");
        }
        for kept in kept(&fleet.state()) {
            assert_eq!(fs::metadata(&kept).unwrap().mode() & 0o077, 0, "{}", kept.display());
        }
    }
}

/// Everything in the state folder.
fn kept(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(kept(&path));
        }
        all.push(path);
    }
    all
}

#[test]
fn a_hard_link_is_refused() {
    let fleet = Fleet::new();
    fs::hard_link(fleet.path("admin/.env"), fleet.path("admin/second")).unwrap();
    let (status, said) = fleet.run(&Fleet::APPLY);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("admin/.env: it has a second name (hard link)"), "{said}");
    assert_eq!(fleet.all(), Ok(Held::Old));
}

#[test]
fn what_is_no_regular_file_is_refused_without_waiting() {
    let fleet = Fleet::new();
    let place = fleet.path("scraper/.env.production");
    fs::remove_file(&place).unwrap();
    refused(&fleet, "cannot read it: there is no such file");
    fs::create_dir(&place).unwrap();
    refused(&fleet, "cannot read it: it is a folder");
    fs::remove_dir(&place).unwrap();
    assert!(sh(&format!("mkfifo {}", place.display())));
    refused(&fleet, "cannot read it: it is not a regular file");
    fs::remove_file(&place).unwrap();
    symlink(".env.production", &place).unwrap();
    refused(&fleet, "symlink loop");
    fs::remove_file(&place).unwrap();
    fs::File::create(&place).unwrap().set_len((1 << 20) + 1).unwrap();
    refused(&fleet, "cannot read it: it is larger than 1 MiB");
}

#[test]
fn a_mount_point_is_refused() {
    let fleet = Fleet::new();
    let file = fleet.path("admin/.env");
    let script = format!(
        "mount --bind {0} {0} && exec {1} rotate --apply --key-from env:NEW_KEY",
        file.display(),
        env!("CARGO_BIN_EXE_authprobe")
    );
    // In a mount namespace of its own: nothing of it stays.
    let mut command = fleet.scrubbed("unshare");
    let output = command.args(["--mount", "sh", "-c", &script]).output();
    let Ok(output) = output else { return skip("unshare is not there") };
    let (status, said) = fleet.told(&output);
    if !said.contains("admin/.env") || said.contains("mount: ") {
        return skip("no mount may be made here");
    }
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("admin/.env: it is a mount point"), "{said}");
    assert_eq!(fleet.all(), Ok(Held::Old));
}

#[test]
fn a_folder_or_a_file_that_may_not_be_written_is_refused() {
    let fleet = Fleet::new();
    let is_root = fs::metadata(fleet.path("")).unwrap().uid() == 0;
    if is_root {
        let file = fleet.path("admin/.env");
        if !sh(&format!("chattr +i {}", file.display())) {
            return skip("no file can be marked immutable here");
        }
        let (status, said) = fleet.run(&Fleet::APPLY);
        assert!(sh(&format!("chattr -i {}", file.display())));
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains("admin/.env: it is marked immutable"), "{said}");
    } else {
        let mode =
            |mode| fs::set_permissions(fleet.path("admin"), fs::Permissions::from_mode(mode));
        mode(0o555).unwrap();
        let (status, said) = fleet.run(&Fleet::APPLY);
        mode(0o755).unwrap();
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains("no file can be made in its folder"), "{said}");
    }
    assert_eq!(fleet.all(), Ok(Held::Old));
    fleet.leftovers().unwrap();
}
