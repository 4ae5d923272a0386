//! Services that refuse in ways of their own: how one verifies in, the running service out. The
//! program is `families/stranger_app.cjs`.

use std::path::Path;

use super::families::{Running, Setting};
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

fn stranger(setting: &Setting, style: &str) -> Result<Running, Unavailable> {
    let mut node = node()?;
    let program = "tests/real/families/stranger_app.cjs";
    node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(program)).env("STYLE", style);
    setting.apply(&mut node);
    setting.shift(&mut node)?;
    Ok(Service::announced(&mut node).into())
}
