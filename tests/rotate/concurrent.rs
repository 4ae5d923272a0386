//! Beside others: an editor that saves in the worst moment keeps its edit and undoes the rotation, of
//! many rotations one runs, and a lock of the dead holds nobody up.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::fleet::{Fleet, Held};
use crate::real::started;
use crate::strace::Strace;

const PATIENCE: Duration = Duration::from_mins(1);

/// A rotation that stands still.
pub(crate) struct Stopped {
    child: Child,
    process: String,
}

impl Stopped {
    /// Starts one that stops by itself at a call, and waits until it does.
    pub(crate) fn at(call: &str, strace: &Strace, fleet: &Fleet) -> Self {
        let log = fleet.path("../home/strace.log");
        let tamper = call.replace("when", "signal=STOP:when");
        let mut command = strace.command(fleet, &Fleet::APPLY, &[&tamper]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut stopped = Self { child: command.spawn().unwrap(), process: String::new() };
        let begin = Instant::now();
        while stopped.process.is_empty() {
            let lines = fs::read_to_string(&log).unwrap_or_default();
            let mut lines = lines.lines();
            if let Some(line) = lines.find(|line| line.contains("--- stopped by SIGSTOP")) {
                line.split(' ').next().unwrap().clone_into(&mut stopped.process);
            }
            assert!(begin.elapsed() < PATIENCE, "it never stopped");
            thread::sleep(Duration::from_millis(5));
        }
        stopped
    }

    /// Lets it go on to its end.
    pub(crate) fn finish(self, fleet: &Fleet) -> (Option<i32>, String) {
        go_on(&self.process);
        fleet.told(&self.child.wait_with_output().unwrap())
    }
}

fn go_on(process: &str) {
    let status = Command::new("sh").args(["-c", &format!("kill -s CONT {process}")]).status();
    assert!(status.unwrap().success());
}

fn save_in_place(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

fn save_by_rename(path: &Path, text: &str) {
    let new = path.with_extension("edited");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

#[test]
fn an_edit_in_the_worst_moment_is_kept_and_everything_else_is_as_it_was() {
    let strace = started!(Strace::find());
    // While the new files are made; after the point of no return, before and after the very exchange.
    let moments = ["fchmod:when=2", "renameat2:when=1", "renameat2:when=2"];
    let editors: [fn(&Path, &str); 2] = [save_in_place, save_by_rename];
    for moment in moments {
        for save in editors {
            let fleet = Fleet::new();
            let edited = fleet.path("scraper/jwt.key");
            let stopped = Stopped::at(moment, &strace, &fleet);
            save(&edited, "edited meanwhile");
            let (status, said) = stopped.finish(&fleet);
            assert_eq!(status, Some(1), "{moment}: {said}");
            assert!(said.contains("scraper/jwt.key: somebody else changed it"), "{said}");
            assert!(said.contains("nothing was changed"), "{said}");
            assert_eq!(fs::read_to_string(&edited).unwrap(), "edited meanwhile");
            let others = fleet.held().iter().filter(|held| **held == Held::Old).count();
            assert_eq!(others, 4, "{moment}: {:?}", fleet.held());
            fleet.leftovers().unwrap();
        }
    }
}

#[test]
fn of_twenty_rotations_at_once_one_runs_and_the_others_say_why_not() {
    let fleet = Fleet::new();
    let start = || {
        let mut command = fleet.scrubbed(env!("CARGO_BIN_EXE_authprobe"));
        command.args(Fleet::APPLY).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<Child> = (0..20).map(|_| start()).collect();
    let ended = children.into_iter().map(|child| fleet.told(&child.wait_with_output().unwrap()));
    let (done, refused): (Vec<_>, Vec<_>) = ended.partition(|(status, _)| *status == Some(0));
    assert_eq!(done.len(), 1, "{refused:?}");
    for (status, said) in refused {
        let why = ["another rotation is under way", "is not finished", "is the present one"];
        assert!(why.iter().any(|why| said.contains(why)), "{said}");
        assert_eq!(status, Some(2), "{said}");
    }
    assert_eq!(fleet.all(), Ok(Held::New));
    fleet.leftovers().unwrap();
}

#[test]
fn the_holder_of_the_lock_is_named() {
    let strace = started!(Strace::find());
    let fleet = Fleet::new();
    let stopped = Stopped::at("renameat2:when=2", &strace, &fleet);
    let (status, said) = fleet.run(&["rotate", "--recover"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains(&format!("process {} runs it since ", stopped.process)), "{said}");
    assert_eq!(stopped.finish(&fleet).0, Some(0));
}

/// The lock belongs to a process and not to a number, so even one that names a living process is free.
#[test]
fn a_lock_that_a_dead_process_left_holds_nobody_up() {
    let fleet = Fleet::new();
    assert_eq!(fleet.run(&["rotate", "--recover"]).0, Some(0));
    assert_eq!(fleet.run(&Fleet::APPLY).0, Some(0));
    let folder = fs::read_dir(fleet.state()).unwrap().next().unwrap().unwrap().path();
    let left = format!("{{\"process\":{},\"since\":1.0}}", std::process::id());
    fs::write(folder.join("lock"), left).unwrap();
    let (status, said) = fleet.run(&["rotate", "--rollback"]);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(fleet.all(), Ok(Held::Old));
}
