//! `HAProxy` as the verifier: how it verifies in, the running gateway out. The configuration is
//! `families/haproxy.cfg`; one command starts each program, again if its port was taken.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::debian::packages;
use super::families::{Running, Setting};
use super::fastapi::python;
use super::setup::Unavailable;
use crate::common::service::Service;

/// The converter `jwt_verify` of `HAProxy`, before an application on the same host.
pub fn haproxy(setting: &Setting) -> Result<Running, Unavailable> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    fs::write(folder.path().join("me"), "welcome").map_err(|error| error.to_string())?;
    let mut python = python()?;
    python.args(["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory"]);
    python.arg(folder.path());
    setting.shift(&mut python)?;
    let application = Service::on_free_port(|port| {
        let mut command = again(&python);
        command.arg(port.to_string());
        command
    });
    let text =
        gateway(setting, "# ALONE").replace("APPLICATION", &application.address().to_string());
    let service = start_haproxy(setting, &folder, &text)?;
    Ok(Running { service, behind: Some((application, folder).into()) })
}

/// The same without an application: it answers by itself, and then without a `Date`.
pub fn haproxy_alone(setting: &Setting) -> Result<Running, Unavailable> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    start_haproxy(setting, &folder, &gateway(setting, "# BEFORE")).map(Running::from)
}

fn start_haproxy(setting: &Setting, folder: &TempDir, text: &str) -> Result<Service, Unavailable> {
    let files = packages("haproxy", &["haproxy"], |root| {
        Some(root.join("usr/sbin/haproxy")).filter(|path| path.is_file())
    })?;
    let path = folder.path().join("haproxy.cfg");
    let mut haproxy = Command::new(&files.found);
    haproxy.args(["-db", "-f"]).arg(&path);
    haproxy.env_clear().env("LD_LIBRARY_PATH", files.libraries());
    setting.apply(&mut haproxy);
    setting.shift(&mut haproxy)?;
    Ok(Service::on_free_port(|port| {
        let text = text.replace("127.0.0.1:PORT", &format!("127.0.0.1:{port}"));
        fs::write(&path, text).expect("the configuration");
        again(&haproxy)
    }))
}

/// The configuration of `HAProxy`, still without addresses; a fault leaves out the line that would
/// prevent it.
fn gateway(setting: &Setting, unwanted: &str) -> String {
    let missing = match setting.fault {
        "signature-ignored" => "# SIGNATURE",
        "expiry-ignored" => "# EXPIRY",
        _ => unwanted,
    };
    let lines = include_str!("families/haproxy.cfg").lines();
    let lines: Vec<&str> =
        lines.filter(|line| ![unwanted, missing].iter().any(|end| line.ends_with(end))).collect();
    let pinned = match setting.algorithms {
        "" => "HS256 HS384 HS512".to_owned(),
        names => names.replace(',', " "),
    };
    let text = lines.join("\n") + "\n";
    text.replace("-m str ALGORITHMS", &format!("-m str {pinned}"))
        .replace("-m str AUDIENCE", &format!("-m str {}", setting.audience))
        .replace("add(LEEWAY)", &format!("add({})", setting.leeway))
}

/// A second command like this one.
fn again(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args()).env_clear();
    copy.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    copy
}
