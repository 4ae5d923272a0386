//! JSON files of packages in, the loaders that they start or depend on out: package.json, deno.json,
//! composer.json. Versions are read as far as majors go.

use serde_json::Value;

use super::command;
use super::speaker::{Said, Speaker};
use super::strength::Strength;

/// A package of npm: its scripts, and the libraries it depends on.
pub(super) fn npm(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let Ok(package) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut said = scripts(speaker, &package["scripts"]);
    let version = |name: &str| {
        ["dependencies", "optionalDependencies", "devDependencies"]
            .iter()
            .find_map(|kind| package[kind].get(name)?.as_str())
    };
    // Next reads env files before any code runs, and expansion is on top of dotenv: the first counts.
    let library = if version("next").is_some() {
        Some(("next", "depends on next"))
    } else if let Some(expand) = version("dotenv-expand") {
        Some((expand_of(expand), "depends on dotenv-expand"))
    } else if let Some(dotenv) = version("dotenv") {
        Some((dotenv_of(dotenv), "depends on dotenv"))
    } else {
        version("@nestjs/config").map(|_| ("dotenv", "depends on @nestjs/config"))
    };
    said.extend(library.map(|(dialect, says)| (Strength::Library, dialect, says)));
    said
}

/// A configuration of Deno: its tasks.
pub(super) fn deno(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let Ok(file) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut said = scripts(speaker, &file["tasks"]);
    let bare = |task: &Value| {
        let command = task.as_str().or_else(|| task["command"].as_str()).unwrap_or_default();
        command.split_whitespace().any(|word| word == "--env-file" || word == "--env")
    };
    // Without a name, deno --env-file reads .env.
    let tasks = file["tasks"].as_object();
    if speaker.names_from_here(".env") && tasks.is_some_and(|tasks| tasks.values().any(bare)) {
        said.push((Strength::Start, "deno", "hands it to deno --env-file"));
    }
    said
}

/// A package of PHP: the libraries it depends on.
pub(super) fn composer(_: &Speaker<'_>, text: &str) -> Vec<Said> {
    const LIBRARIES: [(&str, &str, &str); 3] = [
        ("vlucas/phpdotenv", "phpdotenv", "depends on vlucas/phpdotenv"),
        ("laravel/framework", "phpdotenv", "depends on laravel/framework"),
        ("symfony/dotenv", "symfony", "depends on symfony/dotenv"),
    ];
    let Ok(package) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let listed = |name: &str| package["require"].get(name).is_some();
    let libraries = LIBRARIES.iter().filter(|(name, ..)| listed(name));
    libraries.map(|(_, dialect, says)| (Strength::Library, *dialect, *says)).collect()
}

fn scripts(speaker: &Speaker<'_>, scripts: &Value) -> Vec<Said> {
    let all = scripts.as_object().into_iter().flat_map(|all| all.values());
    let commands = all.filter_map(|one| one.as_str().or_else(|| one["command"].as_str()));
    commands.flat_map(|text| command::said(speaker, text, "dash")).collect()
}

/// What reads as the dotenv of this range does; 15 differs from 16 in back quotes alone.
fn dotenv_of(range: &str) -> &'static str {
    match newest_major(range) {
        Some(..14) => "dotenv-8",
        Some(14) => "dotenv-14",
        Some(15 | 16) => "dotenv-16",
        Some(17) => "dotenv-17",
        Some(18..) | None => "dotenv",
    }
}

fn expand_of(range: &str) -> &'static str {
    match newest_major(range) {
        Some(..13) => "dotenv-expand-12",
        Some(13..) | None => "dotenv-expand-1000",
    }
}

/// The newest major version that a range takes; `None` where it has no end, or names no number.
fn newest_major(range: &str) -> Option<u32> {
    let number = |text: &str| -> Option<u32> {
        let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let newest = |one: &str| match one.rsplit_once('<') {
        Some((_, end)) if end.starts_with('=') => number(end),
        Some((_, end)) => number(end).map(|major| major.saturating_sub(1)),
        None if one.contains('>') || one.contains('/') => None,
        None => number(one),
    };
    range.split("||").map(newest).collect::<Option<Vec<_>>>()?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_by_the_newest_version_that_it_takes() {
        for (range, dialect) in [
            ("^8.2.0", "dotenv-8"),
            ("8.x", "dotenv-8"),
            ("~10.0.0", "dotenv-8"),
            ("14.3.2", "dotenv-14"),
            ("^15.0.0", "dotenv-16"),
            ("^16.4.5 || ^17.0.0", "dotenv-17"),
            (">=8 <10", "dotenv-8"),
            (">=16 <=17.2", "dotenv-17"),
            (">=8", "dotenv"),
            ("^18.0.10", "dotenv"),
            ("npm:dotenv@16.4.7", "dotenv-16"),
            ("github:motdotla/dotenv", "dotenv"),
            ("latest", "dotenv"),
            ("*", "dotenv"),
            ("", "dotenv"),
            ("99999999999999999999", "dotenv"),
        ] {
            assert_eq!(dotenv_of(range), dialect, "{range}");
        }
        assert_eq!(expand_of("^11.0.6"), "dotenv-expand-12");
        assert_eq!(expand_of("1000.0.0"), "dotenv-expand-1000");
    }
}
