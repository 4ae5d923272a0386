//! Where an env file is in, whether a path that some file writes is that env file out. Compares names
//! alone: links are not followed, and nothing needs to exist.

use std::cell::Cell;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::memory::Memory;

/// Folders above an env file are looked into so far.
const MOST_FOLDERS: usize = 12;
/// So much is read of all files around an env file: a hundred times what a project has.
const MOST_BYTES: usize = 4 << 20;

/// An env file, and the folders whose files may speak of it.
pub(super) struct Site<'a> {
    /// The folder of the configuration.
    root: PathBuf,
    file: PathBuf,
    /// The variable that is read.
    pub(super) variable: &'a str,
    pub(super) memory: &'a Memory,
    /// The bytes of files around it that may still be read.
    pub(super) bytes: Cell<usize>,
}

impl<'a> Site<'a> {
    /// `None` where the path is none.
    pub(super) fn of(
        root: &Path,
        file: &str,
        variable: &'a str,
        memory: &'a Memory,
    ) -> Option<Self> {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let root = plain(&std::path::absolute(root).ok()?);
        let file = plain(&root.join(file));
        file.file_name()?;
        Some(Self { root, file, variable, memory, bytes: Cell::new(MOST_BYTES) })
    }

    /// The folder of the env file, then each above it up to the root.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        let below = self.file.strip_prefix(&self.root);
        let folders = below.map_or(1, |below| below.components().count());
        self.file.ancestors().skip(1).take(folders.min(MOST_FOLDERS))
    }

    /// The env file's own name.
    pub(super) fn name(&self) -> &str {
        self.file.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// Whether the env file is right in this folder.
    pub(super) fn is_in(&self, folder: &Path) -> bool {
        self.file.parent() == Some(folder)
    }

    /// A path as it is shown: relative to the folder of the configuration where it is in it.
    pub(super) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// The folders that a relative path in a file of `folder` may be relative to: scripts are started
    /// from their own folder or from one above.
    pub(super) fn bases(&self, folder: &Path) -> Vec<PathBuf> {
        let within = folder.ancestors().take_while(|above| above.starts_with(&self.root));
        let bases: Vec<_> = within.map(Path::to_owned).take(MOST_FOLDERS).collect();
        if bases.is_empty() { vec![folder.to_owned()] } else { bases }
    }

    /// Whether `written`, relative to one of `bases`, is the env file. Variables in it stand for
    /// anything, but a name that is nothing else names no file.
    pub(super) fn is_named(&self, written: &str, bases: &[PathBuf]) -> bool {
        static VARIABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"\$\$?(?:\([^)]*\)|\{[^}]*\}|\w+|[@*#?])|\{\{[^}]*\}\}|%[a-zA-Z]").ok()
        });
        let Some(variable) = VARIABLE.as_ref() else { return false };
        let written = variable.replace_all(written, "*");
        let written = written.strip_prefix("*/").unwrap_or(&written);
        let name = written.rsplit('/').next().unwrap_or_default();
        if name.chars().all(|c| c == '*' || c == '.') {
            return false;
        }
        let mut paths = bases.iter().map(|base| plain(&base.join(written)));
        paths.any(|path| self.is_file(&path)) || self.is_installed(written)
    }

    /// An absolute path elsewhere is where the service is installed: its folder has the same name.
    fn is_installed(&self, written: &str) -> bool {
        let end = |path: &Path| -> Option<PathBuf> {
            Some(Path::new(path.parent()?.file_name()?).join(path.file_name()?))
        };
        let (there, here) = (end(Path::new(written)), end(&self.file));
        written.starts_with('/') && there.is_some() && there == here
    }

    fn is_file(&self, pattern: &Path) -> bool {
        let (pattern, file) = (pattern.components(), self.file.components());
        pattern.clone().count() == file.clone().count()
            && std::iter::zip(pattern, file).all(|(pattern, name)| fits(pattern, name))
    }
}

/// Whether a name is what a pattern says, in which `*` stands for any text.
fn fits(pattern: Component<'_>, name: Component<'_>) -> bool {
    let text = |one: Component<'_>| one.as_os_str().to_string_lossy().into_owned();
    let (pattern, name) = (text(pattern), text(name));
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inner = name.strip_prefix(start).and_then(|name| name.strip_suffix(end));
    let Some(mut inner) = inner else { return false };
    for part in middle.split('*') {
        let Some(at) = inner.find(part) else { return false };
        inner = &inner[at + part.len()..];
    }
    true
}

/// The path without `.` and, by its letters, without `..`.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_path_is_compared_with_variables_standing_for_anything() {
        let memory = Memory::default();
        let site = Site::of(Path::new("/srv/hive"), "admin/.env.staging", "K", &memory);
        let site = site.unwrap_or_else(|| unreachable!("it is a path"));
        let admin = site.bases(Path::new("/srv/hive/admin"));
        for written in [
            ".env.staging",
            "./.env.staging",
            "admin/.env.staging",
            "../admin/.env.staging",
            ".env.$STAGE",
            ".env.${STAGE:-development}",
            "$DIR/.env.staging",
            "$(dirname $0)/.env.staging",
            "/srv/hive/admin/.env.staging",
            "/opt/somewhere/admin/.env.staging",
            ".env.%i",
            ".env.$(STAGE)",
            ".env.$B$C",
            "$A/../$B/.e${C}v.${D}g",
        ] {
            assert!(site.is_named(written, &admin), "{written}");
        }
        for written in
            ["", ".", "$FILE", "$DIR/$FILE", ".env", ".env.stagin", "x/.env.staging", ".env$A.$B.x"]
        {
            assert!(!site.is_named(written, &admin), "{written}");
        }
        assert!(!site.is_named("/opt/other/.env.staging", &admin));
    }

    #[test]
    fn folders_end_at_the_configuration_and_a_file_elsewhere_has_its_own_alone() {
        let folders = |file: &str| -> Vec<String> {
            let memory = Memory::default();
            let site = Site::of(Path::new("/srv/hive"), file, "K", &memory);
            let shown = |site: Site<'_>| site.folders().map(|f| f.display().to_string()).collect();
            site.map(shown).unwrap_or_default()
        };
        assert_eq!(folders(".env"), ["/srv/hive"]);
        assert_eq!(folders("a/b/.env"), ["/srv/hive/a/b", "/srv/hive/a", "/srv/hive"]);
        assert_eq!(folders("../other/.env"), ["/srv/other"]);
        assert_eq!(folders("/etc/hive/.env"), ["/etc/hive"]);
    }
}
