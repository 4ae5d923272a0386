//! `authprobe keygen`: a new key, in the form of the seed document.

use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::args::{KeyFormat, Keygen};
use super::output;
use super::status::Status;
use crate::key;

pub(super) fn run(wanted: &Keygen) -> Result<Status, Box<dyn Error>> {
    let key = key::generate(usize::from(wanted.bytes))?;
    let text = match wanted.format {
        KeyFormat::Hex => hex::encode(key.expose()),
        KeyFormat::Base64url => URL_SAFE_NO_PAD.encode(key.expose()),
    };
    output::print(&format!("{}={text}", wanted.variable))?;
    Ok(Status::Passed)
}
