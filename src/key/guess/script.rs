//! Scripts of any kind in, the loaders that they hand the env file to out: shell scripts, Makefiles,
//! Dockerfiles, Procfiles, .envrc. Runs nothing.

use super::command;
use super::speaker::{Said, Speaker};
use super::strength::Strength;

/// A shell script: its first line says which shell reads what it sources.
pub(super) fn shell(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let first = text.lines().next().filter(|line| line.starts_with("#!")).unwrap_or_default();
    let ends = |name: &str| first.trim_end().ends_with(name);
    let shell = match first {
        _ if ends("zsh") || speaker.has_extension("zsh") => "zsh",
        _ if ends("/sh") || ends(" sh") || ends("dash") => "dash",
        _ => "bash",
    };
    command::said(speaker, text, shell)
}

/// A Makefile: what it includes, and its recipes.
pub(super) fn make(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let included = |line: &str| {
        let mut words = line.split_whitespace();
        let is_include = matches!(words.next(), Some("include" | "-include" | "sinclude"));
        is_include && words.any(|path| speaker.names(path))
    };
    let mut said = command::said(speaker, &without_marks(text), "dash");
    let all = |line: &str| line.trim() == "export" || line.starts_with(".EXPORT_ALL_VARIABLES");
    let is_exported = text.lines().any(all) || command::exports(text, speaker.site.variable);
    if text.lines().any(included) {
        let strength = if is_exported { Strength::Script } else { Strength::Possible };
        said.push((strength, "make", "includes it"));
    }
    said
}

/// Recipes without what tells make to be silent or to go on.
fn without_marks(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_start_matches(['\t', '@', '-', '+']));
    lines.collect::<Vec<_>>().join("\n")
}

/// A Dockerfile: what it runs; and whoever starts the image may hand an env file over.
pub(super) fn image(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let mut said = command::said(speaker, text, "dash");
    said.push((Strength::Possible, "docker", "may be started by docker run --env-file"));
    said
}

/// A Procfile: its commands.
pub(super) fn procfile(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    command::said(speaker, text, "dash")
}

/// An .envrc, whose own words are those of direnv-stdlib(1).
pub(super) fn direnv(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let mut said = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        let (word, path) = (words.next().unwrap_or_default(), words.next());
        let is_named = |usual| speaker.names_from_here(path.unwrap_or(usual));
        match word {
            "dotenv" | "dotenv_if_exists" if is_named(".env") => {
                said.push((Strength::Script, "direnv", "reads it with dotenv"));
            }
            "source_env" | "source_env_if_exists" | "source" | "." if is_named("") => {
                said.push((command::sourced(speaker, text), "bash", "sources it"));
            }
            _ => {}
        }
    }
    said
}
