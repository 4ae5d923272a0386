//! A systemd unit in, whether `EnvironmentFile=` names the env file out. Paths are where the service is
//! installed, so what is below its working directory counts as below the unit's folder.

use super::speaker::{Said, Speaker};
use super::strength::Strength;

/// What a unit says (systemd.exec(5)).
pub(super) fn read(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let value = |name: &'static str| {
        let lines = text.lines().filter_map(move |line| line.trim().split_once('='));
        lines.filter(move |(key, _)| key.trim_end() == name).map(|(_, value)| value.trim())
    };
    let installed = value("WorkingDirectory").next().unwrap_or("/").trim_end_matches('/');
    let names = |path: &str| {
        let path = path.strip_prefix('-').unwrap_or(path);
        let below = path.strip_prefix(installed).and_then(|path| path.strip_prefix('/'));
        let below = below.filter(|_| !installed.is_empty());
        speaker.names(path) || below.is_some_and(|path| speaker.names(path))
    };
    let named = value("EnvironmentFile").any(names);
    let says = (Strength::Start, "systemd", "names it as EnvironmentFile");
    named.then_some(says).into_iter().collect()
}
