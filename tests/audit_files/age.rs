//! The age of a key where no rotation is known: from a commit, else from the file's time.

use std::fs::File;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::fleet::{FILES, Fleet};

const DAY: Duration = Duration::from_hours(24);
const FIX: &str = "Run authprobe rotate --environment production.";

fn set_age(fleet: &Fleet, name: &str, time: SystemTime) {
    File::open(fleet.project.path(name)).unwrap().set_modified(time).unwrap();
}

#[test]
fn the_oldest_file_with_the_key_bounds_its_age_from_below() {
    let fleet = Fleet::clean();
    let hour = Duration::from_hours(1);
    set_age(&fleet, FILES[0].0, SystemTime::now() - 40 * DAY);
    set_age(&fleet, FILES[2].0, SystemTime::now() - 100 * DAY - hour);
    assert_eq!(
        fleet.finding(),
        format!(
            "key-old warn remotehive-admin/.env.production:2\nthe key is at least 100 days old: its file \
             was last written then; policy 90 days\n{FIX}"
        )
    );
    set_age(&fleet, FILES[2].0, SystemTime::now() - 90 * DAY + hour);
    assert_eq!(fleet.findings(), [""; 0]);
}

#[test]
fn times_that_archives_make_up_and_times_to_come_say_nothing() {
    let fleet = Fleet::clean();
    for time in
        [UNIX_EPOCH + Duration::from_secs(1), UNIX_EPOCH + 3650 * DAY, SystemTime::now() + DAY]
    {
        set_age(&fleet, FILES[0].0, time);
        assert_eq!(fleet.findings(), [""; 0]);
    }
}

#[test]
fn a_commit_that_changed_another_line_does_not_make_the_key_younger() {
    let fleet = Fleet::clean();
    let file = FILES[0].0;
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let moment = format!("{} +0000", started - 200 * DAY.as_secs() - 60);
    fleet.git_at(&moment, &["add", "-f", file]);
    fleet.git_at(&moment, &["commit", "-q", "-m", "oops"]);
    fleet.project.write(file, &format!("# more\nPORT=9000\nJWT_SECRET_KEY={}\n", fleet.key));
    fleet.git_at(&format!("{started} +0000"), &["commit", "-q", "-a", "-m", "another port"]);
    let found = fleet.findings();
    assert!(found[0].starts_with("key-tracked fail"), "{found:#?}");
    assert_eq!(
        found[1..],
        [format!(
            "key-old warn .env.production:3\nthe key is at least 200 days old: its line was last changed \
             by a commit then; policy 90 days\n{FIX}"
        )]
    );
}
