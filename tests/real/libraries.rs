//! Python libraries in the versions that differ by what they refuse: a setting in, a plain server
//! with one of them out. The program is `families/library_app.py`.

use std::path::Path;

use super::families::{Running, Setting};
use super::fastapi::python_with;
use super::setup::Unavailable;
use crate::common::service::Service;

/// `PyJWT` before it looked at the type of `sub`.
pub fn pyjwt_2_9(setting: &Setting) -> Result<Running, Unavailable> {
    library(setting, "pyjwt-2.9", "pyjwt", "PyJWT==2.9.0")
}

/// `PyJWT` that looks at the type of `sub`, not yet at `crit`.
pub fn pyjwt_2_10(setting: &Setting) -> Result<Running, Unavailable> {
    library(setting, "pyjwt-2.10", "pyjwt", "PyJWT==2.10.1")
}

/// python-jose.
pub fn python_jose(setting: &Setting) -> Result<Running, Unavailable> {
    library(setting, "python-jose", "python-jose", "python-jose==3.5.0")
}

/// `authlib.jose`.
pub fn authlib(setting: &Setting) -> Result<Running, Unavailable> {
    library(setting, "authlib", "authlib", "Authlib==1.6.5")
}

fn library(
    setting: &Setting,
    folder: &'static str,
    library: &str,
    requirement: &str,
) -> Result<Running, Unavailable> {
    let mut python = python_with(folder, requirement, &[requirement.to_owned()])?;
    let program = "tests/real/families/library_app.py";
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(program)).env("LIBRARY", library);
    setting.apply(&mut python);
    setting.shift(&mut python)?;
    Ok(Service::announced(&mut python).into())
}
