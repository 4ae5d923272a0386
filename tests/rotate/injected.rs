//! Killed, interrupted or refused at every call of a rotation of five files: in the end every file holds
//! the old key or every file holds the new one, and no key lies anywhere else.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::fleet::{Fleet, Held};
use crate::real::started;
use crate::strace::{Call, Strace};

/// Runs every case on two threads and lists those that went wrong.
pub(crate) fn each<C: Sync>(
    cases: &[C],
    check: impl Fn(&C) -> Result<(), String> + Sync,
    name: impl Fn(&C) -> String + Sync,
) {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(what) = check(case) {
                        wrong.lock().unwrap().push(format!("{}: {what}", name(case)));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} of {} cases:\n{}", cases.len(), wrong.join("\n"));
}

fn words(call: &Call) -> String {
    format!("{} number {} ({})", call.name, call.number, call.arguments)
}

pub(crate) fn tamper(call: &Call, what: &str) -> String {
    format!("{}:{what}:when={}", call.name, call.number)
}

/// Brings what was interrupted to its end and sees that all is well.
fn recovered(fleet: &Fleet) -> Result<Held, String> {
    if fleet.held().contains(&Held::Other) {
        return Err(format!("a file is torn: {:?}", fleet.held()));
    }
    let (status, said) = fleet.run(&["rotate", "--recover"]);
    if status != Some(0) {
        return Err(format!("recovery ended with {status:?}: {said}"));
    }
    settled(fleet)
}

/// What all files hold, if nothing is left to be done.
fn settled(fleet: &Fleet) -> Result<Held, String> {
    let held = fleet.all()?;
    fleet.leftovers()?;
    let kept = fleet.keeps_previous();
    if kept == (held == Held::New) { Ok(held) } else { Err(format!("{held:?}, kept: {kept}")) }
}

/// Both ends must have been seen, or the cases did not reach past the point of no return.
fn both(seen: &Mutex<Vec<Held>>) {
    let seen = seen.lock().unwrap();
    assert!(seen.contains(&Held::Old) && seen.contains(&Held::New), "{seen:?}");
}

#[test]
fn killed_at_every_call_it_ends_all_old_or_all_new() {
    let strace = started!(Strace::find());
    let calls = strace.calls(&Fleet::new(), &Fleet::APPLY);
    assert!(calls.len() > 80, "{}", calls.len());
    let seen = Mutex::new(Vec::new());
    let check = |call: &Call| {
        let fleet = Fleet::new();
        let output = strace.run(&fleet, &Fleet::APPLY, &[&tamper(call, "signal=KILL")]);
        if output.status.success() {
            return Err("it was not killed".to_owned());
        }
        seen.lock().unwrap().push(recovered(&fleet)?);
        Ok(())
    };
    each(&calls, check, words);
    both(&seen);
}

/// Every signal that asks a program to end, with the status that shells know for it.
const SIGNALS: [(&str, i32); 3] = [("TERM", 143), ("INT", 130), ("HUP", 129)];

#[test]
fn asked_to_end_at_every_call_it_ends_all_old_or_all_new_by_itself() {
    let strace = started!(Strace::find());
    let calls = strace.calls(&Fleet::new(), &Fleet::APPLY);
    let cases: Vec<_> =
        calls.iter().flat_map(|call| SIGNALS.map(|signal| (call.clone(), signal))).collect();
    let seen = Mutex::new(Vec::new());
    let check = |(call, (signal, expected)): &(Call, (&'static str, i32))| {
        let fleet = Fleet::new();
        let tamper = tamper(call, &format!("signal={signal}"));
        let (status, said) = fleet.told(&strace.run(&fleet, &Fleet::APPLY, &[&tamper]));
        let held = settled(&fleet)?;
        // A signal in the last moment may come after everything is done.
        if status != Some(*expected) && (status, held) != (Some(0), Held::New) {
            return Err(format!("{held:?}, but it ended with {status:?}: {said}"));
        }
        if status == Some(*expected) {
            seen.lock().unwrap().push((*signal, held));
        }
        Ok(())
    };
    each(&cases, check, |(call, (signal, _))| format!("{signal} at {}", words(call)));
    let seen = seen.into_inner().unwrap();
    for (signal, _) in SIGNALS {
        let of_it = seen.iter().filter(|(one, _)| *one == signal).map(|(_, held)| *held);
        both(&Mutex::new(of_it.collect()));
    }
}

#[test]
fn where_any_call_fails_nothing_or_everything_is_changed_and_the_status_says_so() {
    let strace = started!(Strace::find());
    let calls = strace.calls(&Fleet::new(), &Fleet::APPLY);
    let cases: Vec<(Call, &str)> = calls
        .iter()
        .flat_map(|call| errors(&call.name).iter().map(|error| (call.clone(), *error)))
        .collect();
    let check = |(call, error): &(Call, &str)| {
        let fleet = Fleet::new();
        let tamper = tamper(call, &format!("error={error}"));
        let (status, said) = fleet.told(&strace.run(&fleet, &Fleet::APPLY, &[&tamper]));
        let held = fleet.all()?;
        if status == Some(0) && !is_harmless(call) {
            return Err("it failed in silence".to_owned());
        }
        if status == Some(0) && held == Held::Old {
            return Err("it says that it is done".to_owned());
        }
        if status != Some(0) && held == Held::Old && !said.contains("nothing was changed") {
            return Err(format!("it does not say that nothing was changed: {said}"));
        }
        let after = recovered(&fleet)?;
        if after == held { Ok(()) } else { Err(format!("{held:?} became {after:?}")) }
    };
    each(&cases, check, |(call, error)| format!("{error} at {}", words(call)));
}

fn errors(call: &str) -> &'static [&'static str] {
    match call {
        "write" | "mkdir" => &["ENOSPC", "EIO"],
        "renameat2" | "rename" => &["EIO", "EROFS", "EPERM"],
        "openat" => &["EIO", "EROFS"],
        "fchmod" | "fchown" | "unlink" => &["EPERM"],
        _ => &["EIO"],
    }
}

/// What only reads for a better message, or is done as well as can be.
fn is_harmless(call: &Call) -> bool {
    let arguments = &call.arguments;
    let is_folder = call.name == "mkdir" && arguments.contains("EEXIST");
    // Closing the file opens the lock as well.
    let is_unlock = arguments.contains("LOCK_UN");
    is_folder
        || is_unlock
        || ["/proc/", "/sys/", "/etc/", "ledger.jsonl\", O_RDONLY"]
            .iter()
            .any(|path| arguments.contains(path))
}

#[test]
fn a_recovery_that_is_killed_at_every_call_can_be_made_again() {
    let strace = started!(Strace::find());
    let calls = strace.calls(&Fleet::new(), &Fleet::APPLY);
    let exchanges = calls.iter().filter(|call| call.name == "renameat2");
    let third = exchanges.clone().nth(2).unwrap();
    let before = calls.iter().rfind(|call| call.name == "fchmod").unwrap();
    let mut cases = Vec::new();
    for (moment, expected) in [(third, Held::New), (before, Held::Old)] {
        let interrupted = || {
            let fleet = Fleet::new();
            strace.run(&fleet, &Fleet::APPLY, &[&tamper(moment, "signal=KILL")]);
            fleet
        };
        let calls = strace.calls(&interrupted(), &["rotate", "--recover"]);
        assert!(calls.len() > 10, "{}", calls.len());
        cases.extend(calls.into_iter().map(|call| (moment.clone(), call, expected)));
    }
    let check = |(moment, call, expected): &(Call, Call, Held)| {
        let fleet = Fleet::new();
        strace.run(&fleet, &Fleet::APPLY, &[&tamper(moment, "signal=KILL")]);
        let output = strace.run(&fleet, &["rotate", "--recover"], &[&tamper(call, "signal=KILL")]);
        if output.status.success() {
            return Err("it was not killed".to_owned());
        }
        let held = recovered(&fleet)?;
        if held == *expected { Ok(()) } else { Err(format!("{held:?}")) }
    };
    each(&cases, check, |(moment, call, _)| format!("{}, then {}", words(moment), words(call)));
}

#[test]
fn a_rollback_that_is_killed_at_every_exchange_ends_all_old_or_all_new() {
    let strace = started!(Strace::find());
    let rotated = || {
        let fleet = Fleet::new();
        assert_eq!(fleet.run(&Fleet::APPLY).0, Some(0));
        fleet
    };
    let calls = strace.calls(&rotated(), &["rotate", "--rollback"]);
    let steps = ["renameat2", "rename", "unlink", "rmdir", "fchmod"];
    let calls: Vec<_> =
        calls.into_iter().filter(|call| steps.contains(&call.name.as_str())).collect();
    let seen = Mutex::new(Vec::new());
    let check = |call: &Call| {
        let fleet = rotated();
        strace.run(&fleet, &["rotate", "--rollback"], &[&tamper(call, "signal=KILL")]);
        seen.lock().unwrap().push(recovered(&fleet)?);
        Ok(())
    };
    each(&calls, check, words);
    both(&seen);
}

#[test]
fn where_the_file_system_stays_broken_recovery_waits_until_it_is_mended() {
    let strace = started!(Strace::find());
    let fleet = Fleet::new();
    let broken = "renameat2:error=EROFS:when=3+";
    let (status, said) = fleet.told(&strace.run(&fleet, &Fleet::APPLY, &[broken]));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("authprobe rotate --recover"), "{said}");
    assert!(!fleet.held().contains(&Held::Other));
    let (status, said) = fleet.run(&["rotate"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("stands halfway"), "{said}");
    assert_eq!(recovered(&fleet), Ok(Held::Old));
}

#[test]
fn a_file_system_that_cannot_exchange_two_files_is_served_by_renaming() {
    let strace = started!(Strace::find());
    // Only the exchange is refused, as NFS does; the rename after it is another call.
    let fleet = Fleet::new();
    let (status, said) =
        fleet.told(&strace.run(&fleet, &Fleet::APPLY, &["renameat2:error=EINVAL:when=1+"]));
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(settled(&fleet), Ok(Held::New));
}
