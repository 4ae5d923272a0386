//! As a user who is nobody special: what belongs to others is refused before anything is changed, what is
//! ours is replaced however it is closed, and nobody looks into the process. Only root can arrange it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::fleet::{Fleet, Held};
use crate::real::setup::skip;

const NOBODY: u32 = 65_534;
const STRANGER: u32 = 12_345;
const PATIENCE: Duration = Duration::from_secs(30);

/// A fleet whose every file belongs to nobody; none where that cannot be arranged.
fn fleet() -> Option<Fleet> {
    let fleet = Fleet::new();
    let root = fleet.path("..");
    let mut give = Command::new("chown");
    give.args(["-R", "-h", &format!("{NOBODY}:{NOBODY}")]).arg(&root);
    let is_given = give.status().is_ok_and(|status| status.success());
    let may_run = nobody(&fleet, &["--version"]).output().is_ok_and(|run| run.status.success());
    if is_given && may_run {
        return Some(fleet);
    }
    skip("only root can run it as another user");
    None
}

fn nobody(fleet: &Fleet, arguments: &[&str]) -> Command {
    let id = NOBODY.to_string();
    let mut command = fleet.scrubbed("setpriv");
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups"]);
    command.arg(env!("CARGO_BIN_EXE_authprobe")).args(arguments);
    command
}

fn run(fleet: &Fleet, arguments: &[&str]) -> (Option<i32>, String) {
    fleet.told(&nobody(fleet, arguments).output().unwrap())
}

fn mode(fleet: &Fleet, name: &str, mode: u32) {
    fs::set_permissions(fleet.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

/// Plan and deed say the same, and nothing was changed.
fn refused(fleet: &Fleet, why: &str) {
    for arguments in [&["rotate"][..], &Fleet::APPLY] {
        let (status, said) = run(fleet, arguments);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(why) && said.contains("help: "), "{said}");
    }
    assert_eq!(fleet.all(), Ok(Held::Old));
    fleet.leftovers().unwrap();
}

#[test]
fn a_file_of_another_user_is_refused_and_so_is_a_group_that_we_are_not_in() {
    let Some(fleet) = fleet() else { return };
    let key = fleet.path("scraper/jwt.key");
    chown(&key, Some(STRANGER), None).unwrap();
    refused(&fleet, "scraper/jwt.key: it belongs to another user");
    chown(&key, Some(NOBODY), Some(STRANGER)).unwrap();
    refused(&fleet, "scraper/jwt.key: its group is none of yours");
    // A folder that gives its group to what is made in it makes up for that.
    chown(fleet.path("scraper"), None, Some(STRANGER)).unwrap();
    mode(&fleet, "scraper", 0o2755);
    let (status, said) = run(&fleet, &Fleet::APPLY);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(fs::metadata(&key).unwrap().gid(), STRANGER);
    assert_eq!(fleet.all(), Ok(Held::New));
}

#[test]
fn a_folder_that_is_closed_to_us_is_refused() {
    let Some(fleet) = fleet() else { return };
    mode(&fleet, "admin", 0o555);
    refused(&fleet, "admin/.env: no file can be made in its folder");
}

#[test]
fn our_own_files_are_replaced_even_read_only_with_attributes_and_in_a_sticky_folder() {
    let Some(fleet) = fleet() else { return };
    let key = fleet.path("scraper/jwt.key");
    let note = |program: &str| {
        let program = format!("import os; f = {:?}; {program}", key.display().to_string());
        Command::new("python3").args(["-c", &program]).status().is_ok_and(|status| status.success())
    };
    let has_note = note("os.setxattr(f, 'user.note', b'kept')");
    mode(&fleet, "scraper/jwt.key", 0o400);
    chown(fleet.path("scraper"), Some(0), Some(0)).unwrap();
    mode(&fleet, "scraper", 0o1777);
    let (status, said) = run(&fleet, &Fleet::APPLY);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(fleet.all(), Ok(Held::New));
    assert_eq!(fs::metadata(&key).unwrap().mode() & 0o7777, 0o400);
    assert!(!has_note || note("assert os.getxattr(f, 'user.note') == b'kept'"), "it is gone");
    let (status, said) = run(&fleet, &["rotate", "--rollback"]);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(fleet.all(), Ok(Held::Old));
}

#[test]
fn a_state_folder_that_is_not_ours_is_not_used() {
    let Some(fleet) = fleet() else { return };
    fs::create_dir(fleet.state()).unwrap();
    let (status, said) = run(&fleet, &Fleet::APPLY);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("the state folder cannot be made: Permission denied"), "{said}");
    assert!(said.contains("help: name another with --state"), "{said}");
    chown(fleet.state(), Some(NOBODY), None).unwrap();
    assert_eq!(run(&fleet, &Fleet::APPLY).0, Some(0));
    // Root has no business in it either: what is in there is not root's word.
    let (status, said) = fleet.run(&["rotate", "--rollback"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("belongs to another user"), "{said}");
    assert_eq!(fleet.all(), Ok(Held::New));
}

#[test]
fn a_key_still_comes_from_dev_stdin_and_a_report_still_goes_to_dev_stdout() {
    let Some(fleet) = fleet() else { return };
    fs::write(fleet.path("../key"), fleet.new.text()).unwrap();
    let arguments =
        ["rotate", "--apply", "--key-from", "file:/dev/stdin", "-q", "-o", "json=/dev/stdout"];
    let mut command = nobody(&fleet, &arguments);
    let input = fs::File::open(fleet.path("../key")).unwrap();
    // A pipe of root's could not be opened again by another user.
    let report = fleet.path("../report");
    let output = fs::File::create(&report).unwrap();
    chown(&report, Some(NOBODY), None).unwrap();
    let output = command.stdin(input).stdout(output).output().unwrap();
    assert_eq!(fleet.told(&output).0, Some(0), "{:?}", fleet.told(&output));
    let report = fs::read_to_string(report).unwrap();
    assert!(report.contains("\"state\": \"applied\""), "{report}");
    assert_eq!(fleet.all(), Ok(Held::New));
}

/// It has read the present keys by the time it waits for the new one.
#[test]
fn nobody_looks_into_a_process_that_holds_keys_and_it_leaves_no_core() {
    let Some(fleet) = fleet() else { return };
    // A run that was put into the background ignores the signal, and all that it starts would.
    let limit = "ulimit -c unlimited; exec env --default-signal=QUIT \"$@\"";
    let start = |program: Command| {
        let mut command = fleet.scrubbed("sh");
        command.args(["-c", limit, "sh"]).arg(program.get_program()).args(program.get_args());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let id = NOBODY.to_string();
    let mut control = Command::new("setpriv");
    control.args(["--reuid", &id, "--regid", &id, "--clear-groups", "cat"]);
    let look = |process: u32| {
        let environment = format!("/proc/{process}/environ");
        let mut look = Command::new("setpriv");
        look.args(["--reuid", &id, "--regid", &id, "--clear-groups", "cat", &environment]);
        look.output().unwrap().status.success()
    };
    let mut seen = Vec::new();
    for program in [control, nobody(&fleet, &["rotate", "--apply", "--key-from", "-"])] {
        let mut child = start(program);
        waits_for_input(child.id());
        let is_open = look(child.id());
        let quit =
            Command::new("sh").args(["-c", &format!("kill -s QUIT {}", child.id())]).status();
        assert!(quit.unwrap().success());
        let ended = child.wait().unwrap();
        assert_eq!(ended.signal(), Some(3), "{ended}");
        seen.push((is_open, ended.core_dumped()));
    }
    // The first is another program, which shows that there would be something to be seen.
    if seen[0] != (true, true) {
        return skip("no program leaves a core here");
    }
    assert_eq!(seen[1], (false, false), "(can be looked into, leaves a core)");
}

/// Until it is in read(2) of its standard input: call 0, or 63 on arm64.
fn waits_for_input(process: u32) {
    let begin = Instant::now();
    loop {
        let call = fs::read_to_string(format!("/proc/{process}/syscall")).unwrap_or_default();
        let mut words = call.split(' ');
        let is_read = words.next().is_some_and(|number| ["0", "63"].contains(&number));
        if is_read && words.next() == Some("0x0") {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "it never read: {call}");
        thread::sleep(Duration::from_millis(5));
    }
}
