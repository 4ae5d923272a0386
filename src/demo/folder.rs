//! The fleet's folder: probes.yaml and env files in the layout of `RemoteHive`, readable by their
//! owner alone. Written once, before the services start; removed with the fleet.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::blueprint::{Blueprint, EnvFile, KeySource, ServiceName};
use super::keys::{FALLBACK, Keys};
use crate::secret::Secret;

/// The configuration that is in the repository: the demo is that fleet, at other addresses.
const PROBES: &str = include_str!("../../probes.yaml");

/// The fleet's folder.
#[derive(Debug)]
pub(super) struct Folder {
    place: TempDir,
    kept: bool,
}

impl Folder {
    /// A new folder with the env files of these services.
    pub(super) fn create(blueprints: &[Blueprint], keys: &Keys) -> io::Result<Self> {
        let owner_alone = Permissions::from_mode(0o700);
        let place = Builder::new().prefix("authprobe-demo-").permissions(owner_alone).tempdir()?;
        let folder = Self { place, kept: false };
        for blueprint in blueprints {
            folder.write_env_files(blueprint, keys)?;
        }
        let variable = ServiceName::Main.variable();
        folder.write_key(".env.development.previous", variable, Some(&keys.previous))?;
        Ok(folder)
    }

    fn write_env_files(&self, blueprint: &Blueprint, keys: &Keys) -> io::Result<()> {
        let (folder, variable) = (blueprint.service.folder(), blueprint.service.variable());
        DirBuilder::new().recursive(true).mode(0o700).create(self.place.path().join(folder))?;
        let development = match blueprint.env_file {
            EnvFile::Shared => Some(&keys.reference),
            EnvFile::Quoted => Some(&quoted(&keys.reference)),
            EnvFile::Stray => Some(&keys.stray),
            EnvFile::Unset => None,
        };
        self.write_key(&format!("{folder}.env.development"), variable, development)?;
        self.write_key(&format!("{folder}.env.staging"), variable, Some(&keys.staging))?;
        self.write_key(&format!("{folder}.env.production"), variable, Some(&keys.production))
    }

    fn write_key(&self, file: &str, variable: &str, key: Option<&Secret>) -> io::Result<()> {
        let mut file = self.new_file(file)?;
        writeln!(file, "# written by authprobe demo; removed when it ends")?;
        let Some(key) = key else { return Ok(()) };
        write!(file, "{variable}=")?;
        file.write_all(key.expose())?;
        writeln!(file)
    }

    /// Writes probes.yaml with the addresses of the running services.
    pub(super) fn write_probes(&self, addresses: &[(ServiceName, SocketAddr)]) -> io::Result<()> {
        let mut probes = PROBES.to_owned();
        for (service, address) in addresses {
            let written = format!("\"{}\"", service.written_url());
            probes = probes.replace(&written, &format!("\"http://{address}\""));
        }
        self.new_file("probes.yaml")?.write_all(probes.as_bytes())
    }

    fn new_file(&self, name: &str) -> io::Result<File> {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.place.path().join(name))
    }

    /// The key that a service with this source has after its start: what the place holds, or the
    /// fallback.
    pub(super) fn key(&self, source: &KeySource, keys: &Keys) -> io::Result<Secret> {
        match source {
            KeySource::Process => Ok(keys.stray.clone()),
            KeySource::Variable { file, variable } => {
                let found = read_variable(&self.place.path().join(file), variable)?;
                Ok(found.unwrap_or_else(|| Secret::new(FALLBACK)))
            }
        }
    }

    pub(super) fn probes(&self) -> PathBuf {
        self.place.path().join("probes.yaml")
    }

    /// Leaves the folder behind.
    pub(super) fn keep(&mut self) {
        self.kept = true;
        self.place.disable_cleanup(true);
    }

    /// Removes the folder, unless it is kept.
    pub(super) fn remove(self) -> io::Result<()> {
        if self.kept { Ok(()) } else { self.place.close() }
    }
}

fn quoted(key: &Secret) -> Secret {
    Secret::new([b"\"", key.expose(), b"\""].concat())
}

/// As `docker run --env-file` reads it: all that follows the `=`, quotes included.
fn read_variable(path: &Path, variable: &str) -> io::Result<Option<Secret>> {
    let mut text = zeroize::Zeroizing::new(String::new());
    File::open(path)?.read_to_string(&mut text)?;
    let value = text.lines().find_map(|line| line.strip_prefix(variable)?.strip_prefix('='));
    Ok(value.map(Secret::new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_and_endpoint_of_the_demo_stands_once_in_the_configuration() {
        for service in ServiceName::ALL {
            let url = format!("{}: \"{}\"", service.name(), service.written_url());
            assert_eq!(PROBES.matches(&url).count(), 1, "{url}");
            let endpoint = format!("endpoint: {}\n", service.endpoint());
            assert_eq!(PROBES.matches(&endpoint).count(), 1, "{endpoint}");
        }
    }
}
