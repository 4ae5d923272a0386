//! Manifests that kubectl itself writes, held against what an audit finds in them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::fleet::Fleet;
use crate::real::setup::{Unavailable, step};
use crate::real::started;

/// What kubectl makes of these arguments and this input, without a cluster.
fn kubectl(arguments: &[&str], input: &str) -> Result<String, Unavailable> {
    let mut command = Command::new("kubectl");
    command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    if input.is_empty() {
        let output = step(&mut command)?;
        return Ok(String::from_utf8(output.stdout).unwrap());
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("kubectl: {error}"))?;
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "kubectl {arguments:?}");
    Ok(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_secret_that_kubectl_writes_is_found_by_its_line() {
    let fleet = Fleet::clean();
    let other = fleet.project.canary();
    let file = fleet.project.write(".env.literal", &format!("A=1\nJWT_SECRET_KEY={other}\n"));
    let from = format!("--from-env-file={}", file.display());
    let arguments = ["create", "secret", "generic", "jwt", "--dry-run=client", "-o", "yaml", &from];
    let manifest = started!(kubectl(&arguments, ""));
    let line = 1 + manifest.lines().position(|line| line.contains("JWT_SECRET_KEY:")).unwrap();
    fleet.project.write("jwt.yaml", &manifest);
    let expected = format!(
        "key-hard-coded fail jwt.yaml:{line}\na Secret in this manifest holds JWT_SECRET_KEY\n"
    );
    let found = fleet.finding();
    assert!(found.starts_with(&expected), "{found}");
}

#[test]
fn a_variable_that_kubectl_sets_is_found_and_a_deployment_without_is_silent() {
    let create = ["create", "deployment", "api", "--image=api:1", "--dry-run=client", "-o", "yaml"];
    let deployment = started!(kubectl(&create, ""));
    let fleet = Fleet::clean();
    fleet.project.write("api.yaml", &deployment);
    assert_eq!(fleet.findings(), [""; 0]);
    let other = fleet.project.canary();
    let variable = format!("JWT_SECRET={other}");
    let set = ["set", "env", "--local", "-f", "-", "-o", "yaml", &variable];
    let deployment = started!(kubectl(&set, &deployment));
    fleet.project.write("api.yaml", &deployment);
    let line = 1 + deployment.lines().position(|line| line.contains("value:")).unwrap();
    let found = fleet.finding();
    assert!(found.starts_with(&format!("key-hard-coded fail api.yaml:{line}\n")), "{found}");
}
