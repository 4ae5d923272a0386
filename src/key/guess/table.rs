//! Which files tell the loader of an env file, one kind a row: a folder in, what its files say out.
//! Knows names of files; what stands in them, each reader knows.

use std::path::Path;

use super::site::Site;
use super::speaker::{Said, Speaker};
use super::strength::Strength;
use super::{compose, folder, listed, package, script, unit};
use crate::loader::Clue;

/// What the name of a file must be.
enum Name {
    Is(&'static str),
    Ends(&'static str),
    Between(&'static str, &'static str),
    /// In a folder of the first name, with the second as its end.
    In(&'static str, &'static str),
}

/// How a file's text tells of loaders.
type Read = fn(&Speaker<'_>, &str) -> Vec<Said>;

/// Every kind of file.
const KINDS: &[(Name, Read)] = &[
    (Name::Between("compose", ".yaml"), compose::read),
    (Name::Between("compose", ".yml"), compose::read),
    (Name::Between("docker-compose", ".yaml"), compose::read),
    (Name::Between("docker-compose", ".yml"), compose::read),
    (Name::Ends(".service"), unit::read),
    (Name::Is("package.json"), package::npm),
    (Name::Is("deno.json"), package::deno),
    (Name::Is("deno.jsonc"), package::deno),
    (Name::Is("composer.json"), package::composer),
    (Name::Between("requirements", ".txt"), listed::python),
    (Name::In("requirements", ".txt"), listed::python),
    (Name::Is("pyproject.toml"), listed::python),
    (Name::Is("Pipfile"), listed::python),
    (Name::Is("setup.cfg"), listed::python),
    (Name::Is("setup.py"), listed::python),
    (Name::Is("Cargo.toml"), listed::cargo),
    (Name::Is("Gemfile"), listed::gems),
    (Name::Is("go.mod"), listed::go),
    (Name::Is(".envrc"), script::direnv),
    (Name::Is("Makefile"), script::make),
    (Name::Is("makefile"), script::make),
    (Name::Is("GNUmakefile"), script::make),
    (Name::Ends(".mk"), script::make),
    (Name::Between("Dockerfile", ""), script::image),
    (Name::Is("Containerfile"), script::image),
    (Name::Between("Procfile", ""), script::procfile),
    (Name::Ends(".sh"), script::shell),
    (Name::Ends(".bash"), script::shell),
    (Name::Ends(".zsh"), script::shell),
    (Name::Is("justfile"), script::shell),
];

/// Folders beside a service's own files where the same kinds of file are kept.
const FOLDERS: [&str; 7] =
    ["bin", "deploy", "deployment", "docker", "requirements", "scripts", "systemd"];

/// So many files of a folder are read: a project has fewer.
const MOST_FILES: usize = 64;

/// What the files of a folder tell, with what each counts.
pub(super) fn evidence(site: &Site<'_>, here: &Path) -> Vec<(Strength, Clue)> {
    let names = folder::names(here);
    let mut found: Vec<_> = by_its_name(site, here).into_iter().collect();
    found.extend(of_files(site, here, &names));
    for name in FOLDERS.iter().filter(|name| names.iter().any(|known| known == *name)) {
        let below = here.join(name);
        let said = of_files(site, &below, &folder::names(&below)).into_iter();
        // The libraries of a script or a deployment are its own, not the service's.
        let is_of_service = |strength| *name == "requirements" || !is_of_library(strength);
        found.extend(said.filter(|(strength, _)| is_of_service(*strength)));
    }
    found
}

/// Whether it tells what the code depends on.
pub(super) fn is_of_library(strength: Strength) -> bool {
    matches!(strength, Strength::Library | Strength::Framework)
}

/// Java's property files tell their grammar by their own name.
fn by_its_name(site: &Site<'_>, here: &Path) -> Option<(Strength, Clue)> {
    let path = Path::new(site.name());
    let is_properties = path.extension().is_some_and(|extension| extension == "properties");
    let clue = Clue {
        dialect: "java-properties",
        file: site.shown(&here.join(site.name())),
        says: "has such a name",
    };
    (is_properties && site.is_in(here)).then_some((Strength::Library, clue))
}

fn of_files(site: &Site<'_>, here: &Path, names: &[String]) -> Vec<(Strength, Clue)> {
    let read =
        |name: &String| KINDS.iter().find(|(kind, _)| kind.fits(here, name)).map(|(_, r)| *r);
    let known = names.iter().filter_map(|name| Some((name, read(name)?)));
    let mut found = Vec::new();
    for (name, read) in known.take(MOST_FILES) {
        let path = here.join(name);
        let speaker = Speaker { site, name, bases: site.bases(here), beside: names };
        let said =
            folder::read(&path, &site.bytes, |text| read(&speaker, text)).unwrap_or_default();
        found.extend(said.into_iter().map(|(strength, dialect, says)| {
            (strength, Clue { dialect, file: site.shown(&path), says })
        }));
    }
    found
}

impl Name {
    fn fits(&self, here: &Path, name: &str) -> bool {
        match self {
            Self::Is(known) => name == *known,
            Self::Ends(end) => name.ends_with(end),
            Self::In(folder, end) => here.ends_with(folder) && name.ends_with(end),
            // `compose.prod.yaml` is one, `composer.yaml` is none.
            Self::Between(start, end) => name
                .strip_prefix(start)
                .and_then(|rest| rest.strip_suffix(end))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_'])),
        }
    }
}
