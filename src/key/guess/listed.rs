//! Lists of libraries that are read line by line in, the loaders among them out: those of Python, Rust,
//! Ruby and Go. A name counts where a dependency may stand, and a comment never.

use super::speaker::{Said, Speaker};
use super::strength::Strength;

/// The libraries of Python. Starlette comes along with `FastAPI`, and lists of what is installed name
/// what others brought: so it counts least, and beside `FastAPI` not at all.
const PYTHON: [(&str, Said); 6] = [
    ("python-dotenv", (Strength::Library, "python-dotenv", "lists python-dotenv")),
    ("pydantic-settings", (Strength::Library, "python-dotenv", "lists pydantic-settings")),
    ("environs", (Strength::Library, "python-dotenv", "lists environs")),
    ("django-environ", (Strength::Library, "django-environ", "lists django-environ")),
    ("python-decouple", (Strength::Library, "decouple", "lists python-decouple")),
    ("starlette", (Strength::Framework, "starlette", "lists starlette")),
];

/// Honcho starts what a Procfile says, with the variables of the `.env` beside it.
const HONCHO: Said = (Strength::Script, "honcho", "lists honcho, and there is a Procfile");

/// requirements.txt, pyproject.toml, Pipfile, setup.cfg, setup.py.
pub(super) fn python(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let names: Vec<String> = lines.flat_map(packages).collect();
    let lists = |name: &str| names.iter().any(|listed| listed == name);
    let counts = |name: &str| lists(name) && !(name == "starlette" && lists("fastapi"));
    let mut said: Vec<Said> =
        PYTHON.iter().filter(|(name, _)| counts(name)).map(|(_, said)| *said).collect();
    let starts = speaker.beside.iter().any(|name| name == "Procfile");
    if lists("honcho") && starts && speaker.names_from_here(".env") {
        said.push(HONCHO);
    }
    said
}

/// The names that a line begins with or quotes, as PEP 503 normalizes them.
fn packages(line: &str) -> Vec<String> {
    let quoted = line.split(['"', '\'']).skip(1).step_by(2);
    let name = |text: &str| {
        let text = text.trim_start();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        text[..end].replace(['_', '.'], "-").to_ascii_lowercase()
    };
    std::iter::once(line).chain(quoted).map(name).filter(|name| !name.is_empty()).collect()
}

/// Cargo.toml: the tables of dependencies that are built into the program.
pub(super) fn cargo(_: &Speaker<'_>, text: &str) -> Vec<Said> {
    let mut found = Vec::new();
    let mut counts = false;
    for line in text.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
            counts = table.contains("dependencies")
                && !table.contains("dev-dependencies")
                && !table.contains("build-dependencies");
            if counts {
                found.extend(table.rsplit('.').next().and_then(crate_of));
            }
        } else if counts {
            found.extend(line.split(['=', '.', ' ']).next().and_then(crate_of));
        }
    }
    found
}

fn crate_of(name: &str) -> Option<Said> {
    match name.trim_matches('"') {
        "dotenvy" => Some((Strength::Library, "dotenvy", "depends on dotenvy")),
        "dotenv" => Some((Strength::Library, "rust-dotenv", "depends on dotenv")),
        _ => None,
    }
}

/// A Gemfile.
pub(super) fn gems(_: &Speaker<'_>, text: &str) -> Vec<Said> {
    let is_dotenv = |line: &str| {
        let name =
            line.trim_start().strip_prefix("gem").map(|rest| rest.trim_start_matches(['(', ' ']));
        let name = name.and_then(|rest| rest.split(['"', '\'']).nth(1));
        matches!(name, Some("dotenv" | "dotenv-rails"))
    };
    let says = (Strength::Library, "ruby-dotenv", "lists dotenv");
    text.lines().any(is_dotenv).then_some(says).into_iter().collect()
}

/// go.mod: what the module itself requires.
pub(super) fn go(_: &Speaker<'_>, text: &str) -> Vec<Said> {
    let is_direct = |line: &str| {
        let line = line.trim_start();
        let path = line.strip_prefix("require ").unwrap_or(line).trim_start();
        path.starts_with("github.com/joho/godotenv ") && !line.contains("// indirect")
    };
    let says = (Strength::Library, "godotenv", "requires godotenv");
    text.lines().any(is_direct).then_some(says).into_iter().collect()
}
