//! Services that refuse in ways of their own: how one verifies in, the running service out. The
//! program is `families/stranger_app.cjs`, or `families/asgi_app.py`.

use std::path::Path;
use std::process::Command;

use super::families::{Running, Setting};
use super::fastapi::{python, python_with};
use super::nginx::Nginx;
use super::node::node;
use super::setup::Unavailable;
use crate::common::service::Service;

/// koa-jwt, which complains of every word before the token but Bearer.
pub fn koa_jwt(setting: &Setting) -> Result<Running, Unavailable> {
    stranger(setting, "koa")
}

/// @hapi/jwt, which wants an `iat` and looks at the claims before the signature.
pub fn hapi_jwt(setting: &Setting) -> Result<Running, Unavailable> {
    stranger(setting, "hapi")
}

/// 200 and a page that says nothing.
pub fn welcome_page(setting: &Setting) -> Result<Running, Unavailable> {
    stranger(setting, "page")
}

/// 200 and a code that only this service knows.
pub fn own_codes(setting: &Setting) -> Result<Running, Unavailable> {
    stranger(setting, "code")
}

/// 200 and the errors of GraphQL.
pub fn graphql(setting: &Setting) -> Result<Running, Unavailable> {
    stranger(setting, "graphql")
}

/// 500 and a stack, for nobody catches what the library throws.
pub fn uncaught(setting: &Setting) -> Result<Running, Unavailable> {
    stranger(setting, "uncaught")
}

/// nginx that asks another service by `auth_request`, and has one page of its own for every refusal.
pub fn auth_request(setting: &Setting) -> Result<Running, Unavailable> {
    Nginx::asking(koa_jwt(setting)?.service)
}

/// Starlette's `AuthenticationMiddleware`, to which another scheme is as good as no token.
pub fn starlette(setting: &Setting) -> Result<Running, Unavailable> {
    framework(setting, python()?, "starlette")
}

/// Litestar, which wants an `iat`.
pub fn litestar(setting: &Setting) -> Result<Running, Unavailable> {
    let pins = ["litestar==2.25.0", "PyJWT==2.15.1", "cryptography==50.0.2", "uvicorn==0.54.0"];
    let python = python_with("litestar", &pins.join(" "), &pins.map(str::to_owned))?;
    framework(setting, python, "litestar")
}

fn framework(
    setting: &Setting,
    mut python: Command,
    framework: &str,
) -> Result<Running, Unavailable> {
    let program = "tests/real/families/asgi_app.py";
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(program)).env("FRAMEWORK", framework);
    setting.apply(&mut python);
    setting.shift(&mut python)?;
    Ok(Service::announced(&mut python).into())
}

fn stranger(setting: &Setting, style: &str) -> Result<Running, Unavailable> {
    let mut node = node()?;
    let program = "tests/real/families/stranger_app.cjs";
    node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(program)).env("STYLE", style);
    setting.apply(&mut node);
    setting.shift(&mut node)?;
    Ok(Service::announced(&mut node).into())
}
