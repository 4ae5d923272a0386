//! Who else can read, change or replace a key file.

use std::os::unix::fs::{chown, symlink};

use super::fleet::Fleet;

const FIX: &str =
    "Run chmod 600 .env.production, and chown it to the user that the service runs as.";

#[test]
fn a_key_file_that_everyone_can_read_is_a_warning() {
    let fleet = Fleet::clean();
    fleet.chmod(".env.production", 0o644);
    assert_eq!(
        fleet.finding(),
        format!(
            "file-readable warn .env.production\neveryone on this machine can read this key file\n{FIX}"
        )
    );
    fleet.project.authprobe(["audit"]).run().assert_exit(0);
}

#[test]
fn a_key_file_that_everyone_can_change_fails() {
    let fleet = Fleet::clean();
    fleet.chmod(".env.production", 0o602);
    assert_eq!(
        fleet.finding(),
        format!(
            "file-writable fail .env.production\neveryone on this machine can change this key file\n{FIX}"
        )
    );
}

#[test]
fn a_folder_that_nobody_else_may_enter_protects_its_files() {
    let fleet = Fleet::clean();
    fleet.chmod(".env.production", 0o666);
    fleet.chmod("..", 0o700);
    assert_eq!(fleet.findings(), [""; 0]);
}

#[test]
fn a_folder_that_everyone_can_write_fails_unless_it_is_sticky() {
    let fleet = Fleet::clean();
    fleet.chmod("remotehive-admin", 0o777);
    assert_eq!(
        fleet.finding(),
        "file-writable fail remotehive-admin/.env.production\n\
         everyone on this machine can replace this key file, for its folder can be written\n\
         Run chmod go-w remotehive-admin."
    );
    fleet.chmod("remotehive-admin", 0o1777);
    assert_eq!(fleet.findings(), [""; 0]);
}

#[test]
fn a_link_is_told_and_judged_where_it_leads() {
    let fleet = Fleet::clean();
    let real = fleet.project.path("remotehive-admin/.env.real");
    std::fs::rename(fleet.project.path("remotehive-admin/.env.production"), &real).unwrap();
    symlink(".env.real", fleet.project.path("remotehive-admin/.env.production")).unwrap();
    fleet.project.keys_may_stand_in("remotehive-admin/.env.real");
    fleet.chmod("remotehive-admin/.env.real", 0o604);
    let place = "remotehive-admin/.env.production";
    assert_eq!(
        fleet.findings(),
        [
            format!(
                "file-readable warn {place}\neveryone on this machine can read this key file\nRun chmod \
                 600 {place}, and chown it to the user that the service runs as."
            ),
            format!(
                "file-linked warn {place}\nthis key file is a link to .env.real\nNothing, if it is meant \
                 so: mode, owner and git were looked at where it leads."
            ),
        ]
    );
}

/// Only root can give a file away; without that there is nothing to try.
#[test]
fn a_group_that_is_not_the_owners_own_and_another_owner_are_warnings() {
    let fleet = Fleet::clean();
    let file = fleet.project.path(".env.production");
    if chown(&file, Some(0), Some(4242)).is_err() {
        return;
    }
    fleet.chmod(".env.production", 0o640);
    assert_eq!(
        fleet.finding(),
        format!(
            "file-readable warn .env.production\nevery member of group 4242 can read this key file\n{FIX}"
        )
    );
    chown(&file, Some(4343), Some(4343)).unwrap();
    assert_eq!(
        fleet.finding(),
        "file-owner warn .env.production\n\
         this key file belongs to user 4343, who can change it; this runs as user 0\n\
         Run chown 0 .env.production, unless that is the user of the service."
    );
}
