//! `authprobe keygen`: a new key, in the form of the seed document.

use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::ValueEnum;

use super::output;
use super::status::Status;
use crate::key;

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  authprobe keygen                            JWT_SECRET_KEY=<64 hex digits>
  authprobe keygen --format base64url --bytes 48
  authprobe keygen --variable JWT_SECRET >> .env.new

Exit status:
  0    printed
  2    usage error")]
pub(super) struct Keygen {
    /// How many random bytes
    ///
    /// 32 suit HS256, 48 HS384, 64 HS512 (RFC 7518 section 3.2).
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(16..=1024))]
    pub(super) bytes: u16,

    /// How the bytes are written
    #[arg(long, value_enum, default_value = "hex")]
    pub(super) format: KeyFormat,

    /// The variable that the line sets
    #[arg(long, value_name = "NAME", default_value = "JWT_SECRET_KEY", value_parser = variable)]
    pub(super) variable: String,
}

#[derive(Debug, Clone, Copy, ValueEnum, PartialEq, Eq)]
pub(super) enum KeyFormat {
    /// Two digits a byte
    Hex,
    /// Unpadded base64url (RFC 4648 section 5)
    Base64url,
}

/// A name that shells and env files take (POSIX, XBD section 8.1).
fn variable(name: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.bytes().all(fits)
    {
        return Err("letters, digits and underscores make a variable's name".to_owned());
    }
    Ok(name.to_owned())
}

pub(super) fn run(wanted: &Keygen) -> Result<Status, Box<dyn Error>> {
    let key = key::generate(usize::from(wanted.bytes))?;
    let text = match wanted.format {
        KeyFormat::Hex => hex::encode(key.expose()),
        KeyFormat::Base64url => URL_SAFE_NO_PAD.encode(key.expose()),
    };
    output::print(&format!("{}={text}", wanted.variable))?;
    Ok(Status::Passed)
}
