//! Lines of commands in, the loaders that they hand the env file to out: an option of docker, node and
//! others, `source`, xargs. Knows as much of a shell as that takes, and runs none.

use std::path::PathBuf;
use std::sync::LazyLock;

use regex::Regex;

use super::site::plain;
use super::speaker::{Said, Speaker};
use super::strength::Strength;

/// A program that takes env files.
struct Program {
    name: &'static str,
    /// One of these words makes it such a program; empty where none is needed.
    with: &'static [&'static str],
    options: &'static [&'static str],
    said: Said,
}

/// Declares the programs: name, words, options, strength, dialect, what is said.
macro_rules! programs {
    ($($name:literal $with:expr, $options:expr, $strength:ident $dialect:literal $says:literal;)*) => {
        /// The first row that fits counts.
        const PROGRAMS: &[Program] = &[$(Program {
            name: $name,
            with: &$with,
            options: &$options,
            said: (Strength::$strength, $dialect, $says),
        },)*];
    };
}

programs! {
    "docker" ["compose"], ["--env-file"], Compose "compose" "hands it to docker compose";
    "docker-compose" [], ["--env-file"], Compose "compose" "hands it to docker-compose";
    "docker" ["run", "create"], ["--env-file"], Start "docker" "hands it to docker run";
    "podman" ["run", "create"], ["--env-file"], Start "docker" "hands it to podman run";
    "kubectl" ["secret", "configmap"], ["--from-env-file"], Start "kubectl" "hands it to kubectl";
    "node" [], ["--env-file", "--env-file-if-exists"], Start "node-env-file" "hands it to node --env-file";
    "tsx" [], ["--env-file", "--env-file-if-exists"], Start "node-env-file" "hands it to node --env-file";
    "deno" [], ["--env-file", "--env"], Start "deno" "hands it to deno --env-file";
    "uvicorn" [], ["--env-file"], Start "python-dotenv" "hands it to uvicorn --env-file";
    "flask" [], ["--env-file", "-e"], Start "python-dotenv" "hands it to flask --env-file";
    "dotenv" ["run"], ["-f", "--file"], Start "python-dotenv" "hands it to dotenv run";
    "honcho" [], ["-e", "--env"], Start "honcho" "hands it to honcho";
}

/// Words before a command that are none.
const BEFORE: [&str; 29] = [
    "RUN",
    "CMD",
    "ENTRYPOINT",
    "if",
    "then",
    "else",
    "elif",
    "do",
    "while",
    "until",
    "{",
    "!",
    "exec",
    "sudo",
    "env",
    "time",
    "nohup",
    "command",
    "npx",
    "pnpm",
    "yarn",
    "bunx",
    "poetry",
    "uv",
    "pipenv",
    "run",
    "bundle",
    "tini",
    "cross-env",
];

/// What lines of commands say. `shell` is the loader that `.` stands for in them.
pub(super) fn said(speaker: &Speaker<'_>, text: &str, shell: &'static str) -> Vec<Said> {
    let (mut bases, sourced) = (speaker.bases.clone(), sourced(speaker, text));
    let mut found = Vec::new();
    for line in text.replace("\\\n", " ").lines().filter(|line| !line.trim().starts_with('#')) {
        let is_named = |path: &str, bases: &[PathBuf]| speaker.site.is_named(path, bases);
        let hands_on = ["export", "env"].iter().any(|word| words(line).any(|one| one == *word));
        let is_pipe = line.contains("xargs") && hands_on;
        if is_pipe && words(line).any(|word| is_named(word, &bases)) {
            found.push((Strength::Script, "xargs", "exports it through xargs"));
            continue;
        }
        for command in commands(line) {
            let words: Vec<&str> = words(&command).skip_while(|word| is_before(word)).collect();
            if let ["cd", folder, ..] = words[..] {
                let there = vec![plain(&speaker.bases[0].join(folder))];
                bases = [there, speaker.bases.clone()].concat();
            }
            found.extend(of_command(&words, (sourced, shell), |path| is_named(path, &bases)));
        }
    }
    found
}

/// How much it counts that a script sources the file: what it does not export, the service never sees.
pub(super) fn sourced(speaker: &Speaker<'_>, text: &str) -> Strength {
    static ALL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\bset\s+-[a-z]*a|allexport").ok());
    let exports_all = ALL.as_ref().is_some_and(|all| all.is_match(text));
    let exports_it = exports(text, speaker.site.variable);
    if exports_all || exports_it { Strength::Script } else { Strength::Possible }
}

/// Whether `export` names the variable.
pub(super) fn exports(text: &str, variable: &str) -> bool {
    let names_it = |rest: &str| {
        let line = rest.lines().next().unwrap_or_default();
        line.split_whitespace().any(|word| word.split('=').next() == Some(variable))
    };
    text.split("export ").skip(1).any(names_it)
}

fn of_command(
    words: &[&str],
    (sourced, shell): (Strength, &'static str),
    is_named: impl Fn(&str) -> bool,
) -> Option<Said> {
    let dialect = match words.first()? {
        // A plain POSIX shell has no such word.
        &"source" if shell == "dash" => "bash",
        &("source" | ".") => shell,
        program => return of_program(program, words, is_named),
    };
    let is_read = words.get(1).is_some_and(|path| is_named(path));
    is_read.then_some((sourced, dialect, "sources it"))
}

fn of_program(path: &str, words: &[&str], is_named: impl Fn(&str) -> bool) -> Option<Said> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let fits = |program: &&Program| {
        program.name == name
            && (program.with.is_empty() || program.with.iter().any(|word| words.contains(word)))
    };
    let program = PROGRAMS.iter().find(fits)?;
    let values = words.iter().enumerate().filter_map(|(index, word)| {
        let option = program.options.iter().find(|option| word.starts_with(**option))?;
        match word[option.len()..].split_once('=') {
            Some(("", value)) => Some(value),
            _ if word == option => words.get(index + 1).copied(),
            _ => None,
        }
    });
    values.into_iter().any(is_named).then_some(program.said)
}

/// The commands of a line, with `$(…)` standing for some text.
fn commands(line: &str) -> Vec<String> {
    static INNER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\$\([^()]*\)").ok());
    let line = INNER.as_ref().map_or(line.into(), |inner| inner.replace_all(line, "$${_}"));
    line.split(['&', '|', ';', '(', ')']).map(str::to_owned).collect()
}

/// The words of a command; those of the list form of a Dockerfile too.
fn words(command: &str) -> impl Iterator<Item = &str> {
    let is_between = |c: char| c.is_whitespace() || "\"'`,[]()".contains(c);
    command.split(is_between).filter(|word| !word.is_empty())
}

/// Whether a word stands before the command: an assignment, a keyword, a wrapper, make's `@` and `-`.
fn is_before(word: &str) -> bool {
    let is_assignment = word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    let is_label = word.ends_with(':') && word.len() > 1;
    is_assignment || is_label || BEFORE.contains(&word) || word == "@" || word == "-"
}
