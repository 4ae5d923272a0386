//! Env-file loaders that read many files in one run: the files in, what each made of `JWT_SECRET` out.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::setup::{Unavailable, step};

/// What a loader makes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    Value(Vec<u8>),
    Unset,
    Refused,
}

/// A loader: the dialect that stands for it, and how it reads a folder of numbered files.
pub struct Loader {
    pub dialect: &'static str,
    pub read: fn(folder: &Path, files: usize) -> Result<Vec<Reading>, Unavailable>,
}

/// Every loader that is compared.
pub const LOADERS: [Loader; 6] = [
    Loader { dialect: "python-dotenv", read: |folder, files| python(folder, files, "True") },
    Loader { dialect: "python-dotenv-raw", read: |folder, files| python(folder, files, "False") },
    Loader {
        dialect: "dotenv",
        read: |folder, files| node(folder, files, "require('dotenv').parse"),
    },
    Loader {
        dialect: "node-env-file",
        read: |folder, files| {
            // The parser of --env-file, which would take a process for each file.
            node(folder, files, "text => require('util').parseEnv(text.toString())")
        },
    },
    Loader { dialect: "bash", read: |folder, files| shell(folder, files, "bash", BASH) },
    Loader { dialect: "dash", read: |folder, files| shell(folder, files, "dash", DASH) },
];

fn python(folder: &Path, files: usize, interpolate: &str) -> Result<Vec<Reading>, Unavailable> {
    let program = format!(
        "import sys, dotenv, logging
logging.disable()
for n in range({files}):
    value = dotenv.dotenv_values(str(n), interpolate={interpolate}).get('JWT_SECRET')
    sys.stdout.buffer.write(b'-\\0' if value is None else b'+' + value.encode() + b'\\0')"
    );
    let mut command = super::fastapi::python()?;
    run(command.args(["-c", &program]).current_dir(folder))
}

fn node(folder: &Path, files: usize, parse: &str) -> Result<Vec<Reading>, Unavailable> {
    let program = format!(
        "const fs = require('fs'), parse = {parse};
for (let n = 0; n < {files}; n++) {{
    const value = parse(fs.readFileSync(String(n))).JWT_SECRET;
    fs.writeSync(1, value === undefined ? '-\\0' : '+' + value + '\\0');
}}"
    );
    run(super::node::node()?.args(["-e", &program]).current_dir(folder))
}

/// How bash reads the files. In `( )`, bash 5.2 replaces itself by the last command of a file that it
/// reads, so there is one shell for all of them.
const BASH: &str = "unset JWT_SECRET A Z a b cd
    . ./$n >/dev/null 2>&1
    printf '%s\\0' \"${JWT_SECRET++}${JWT_SECRET-\"-\"}\"";

/// How dash reads them: an error ends the shell.
const DASH: &str = "( . ./$n >/dev/null 2>&1
    printf '%s\\0' \"${JWT_SECRET++}${JWT_SECRET-\"-\"}\" ) || printf '!\\0'";

/// No program can be found in the path, so that a file that runs one only fails.
fn shell(
    folder: &Path,
    files: usize,
    shell: &str,
    each: &str,
) -> Result<Vec<Reading>, Unavailable> {
    let program = format!(
        "n=0; PATH=/nonexistent\nwhile [ $n -lt {files} ]; do\n{each}\nn=$((n + 1))\ndone\n"
    );
    // As a file: with -c, the last command of a file that is read would replace the shell.
    fs::write(folder.join("read"), program).map_err(|error| error.to_string())?;
    let found = step(Command::new("sh").args(["-c", &format!("command -v {shell}")]))?;
    let path = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    run(Command::new(path).arg("read").env_clear().current_dir(folder))
}

fn run(command: &mut Command) -> Result<Vec<Reading>, Unavailable> {
    let output = step(command.stdin(Stdio::null()))?;
    let mut readings: Vec<_> = output.stdout.split(|byte| *byte == 0).collect();
    readings.pop();
    Ok(readings.into_iter().map(reading).collect())
}

fn reading(printed: &[u8]) -> Reading {
    match printed.split_first() {
        Some((b'+', value)) => Reading::Value(value.to_vec()),
        Some((b'-', _)) => Reading::Unset,
        _ => Reading::Refused,
    }
}

/// Writes the files of a comparison, by number.
pub fn write(folder: &Path, files: &[String]) {
    for (number, text) in files.iter().enumerate() {
        fs::write(folder.join(number.to_string()), text).expect("a file is written");
    }
}
