//! strace, installed or unpacked from its Debian package: which calls a run makes, and a run with one of
//! them tampered with. A fleet and arguments in, what came of it out.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::fleet::Fleet;
use crate::real::debian::{self, Files};
use crate::real::setup::Unavailable;

/// Every call that changes a file system or opens something in it. Dying at another one is dying at the
/// next of these, as far as the files can tell.
pub(crate) const CALLS: &str = "openat,write,fsync,fchmod,fchown,renameat2,rename,unlink,unlinkat,mkdir,rmdir,\
                                ftruncate,flock,fsetxattr,fremovexattr";

/// One call of the main thread: its name, its number among those of that name, its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) number: usize,
    pub(crate) arguments: String,
}

pub(crate) struct Strace {
    pub(crate) program: PathBuf,
    libraries: String,
}

impl Strace {
    /// Finds it, and sees that it may trace here.
    pub(crate) fn find() -> Result<Self, Unavailable> {
        let files: Files = debian::package("strace", |root| {
            Some(root.join("usr/bin/strace")).filter(|program| program.is_file())
        })?;
        let strace = Self { libraries: files.libraries(), program: files.found };
        let mut command = Command::new(&strace.program);
        command.env("LD_LIBRARY_PATH", &strace.libraries).args(["-o", "/dev/null", "true"]);
        let traced = command.output().map_err(|error| format!("strace: {error}"))?;
        if traced.status.success() {
            return Ok(strace);
        }
        Err(format!("strace may not trace here: {}", String::from_utf8_lossy(&traced.stderr)))
    }

    /// The binary under strace; `tamper` is what `-e inject` takes.
    pub(crate) fn command(&self, fleet: &Fleet, arguments: &[&str], tamper: &[&str]) -> Command {
        // Whoever hangs fails.
        let mut command = fleet.scrubbed("timeout");
        command.args(["-s", "KILL", "60"]).arg(&self.program);
        // The log quotes nothing that is read or written (-s 0), so no key is in it.
        let log = fleet.path("../home/strace.log");
        command.arg("-f").arg("-qq").arg("-o").arg(log).args(["-s", "0", "-e"]);
        command.arg(format!("trace={CALLS}"));
        for tamper in tamper {
            command.arg("-e").arg(format!("inject={tamper}"));
        }
        command.arg(env!("CARGO_BIN_EXE_authprobe")).args(arguments);
        if !self.libraries.is_empty() {
            command.env("LD_LIBRARY_PATH", &self.libraries);
        }
        command
    }

    pub(crate) fn run(&self, fleet: &Fleet, arguments: &[&str], tamper: &[&str]) -> Output {
        self.command(fleet, arguments, tamper).output().unwrap()
    }

    /// The calls of a run from the first that changes anything to the report.
    pub(crate) fn calls(&self, fleet: &Fleet, arguments: &[&str]) -> Vec<Call> {
        let output = self.run(fleet, arguments, &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let log = fs::read_to_string(fleet.path("../home/strace.log")).unwrap();
        let (main, _) = log.split_once(' ').unwrap();
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut calls = Vec::new();
        let state = fleet.state();
        let mut begun = false;
        for line in log.lines() {
            let Some(call) = line.strip_prefix(main).map(str::trim_start) else { continue };
            let Some((name, arguments)) = call.split_once('(') else { continue };
            if !CALLS.split(',').any(|known| known == name) {
                continue;
            }
            let number = counts.entry(name.to_owned()).or_default();
            *number += 1;
            // Taking the lock is where it begins.
            begun |= ["mkdir", "flock"].contains(&name) || arguments.contains(&*lock(&state));
            let is_stream =
                name == "write" && ["1,", "2,"].iter().any(|fd| arguments.starts_with(fd));
            if begun && !is_stream {
                let arguments = arguments.to_owned();
                calls.push(Call { name: name.to_owned(), number: *number, arguments });
            }
        }
        calls
    }
}

fn lock(state: &std::path::Path) -> String {
    format!("{}/lock", state.display())
}
