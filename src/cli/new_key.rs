//! The key that a rotation writes: made here, or read where the caller says. Never taken from an
//! argument, which other users can read.

use std::env;
use std::fmt;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::keygen::KeyFormat;
use super::output;
use crate::key::file::{self, FileError};
use crate::key::{self, Encoding};
use crate::secret::Secret;

/// Where the new key is read.
#[derive(Debug, Clone)]
pub(super) enum KeySource {
    /// An environment variable.
    Env(String),
    /// A file, every byte of it the key.
    File(PathBuf),
    /// Standard input.
    Input,
}

/// As it is typed.
impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Input => f.write_str("-"),
        }
    }
}

impl KeySource {
    /// Reads the argument. What is none of the forms may be the key itself, and is not repeated.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text == "-" {
            return Ok(Self::Input);
        }
        let is_name = |name: &&str| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            !name.is_empty() && name.len() <= 64 && name.bytes().all(fits)
        };
        if let Some(name) = text.strip_prefix("env:").filter(is_name) {
            return Ok(Self::Env(name.to_owned()));
        }
        match text.strip_prefix("file:") {
            Some(file) if !file.is_empty() => Ok(Self::File(file.into())),
            _ => {
                Err("the key itself is never an argument: write env:VARIABLE, file:PATH or - for \
                      standard input"
                    .to_owned())
            }
        }
    }

    /// The key as it is written in the file of the source of truth.
    pub(super) fn read(&self) -> Result<Secret, KeyError> {
        let text = match self {
            Self::Env(name) => env::var_os(name)
                .map(|value| Secret::new(value.into_encoded_bytes()))
                .ok_or_else(|| KeyError::Unset(name.clone()))?,
            Self::File(path) => {
                file::read(path).map_err(|error| KeyError::File { path: path.clone(), error })?
            }
            Self::Input => read_input()?,
        };
        if text.ends_with_newline() { Err(KeyError::Newline) } else { Ok(text) }
    }
}

fn read_input() -> Result<Secret, KeyError> {
    let input = io::stdin().lock();
    if input.is_terminal() {
        output::note("authprobe: type the key, then Ctrl-D twice");
    }
    let mut bytes = Zeroizing::new(Vec::new());
    input.take(file::LARGEST).read_to_end(&mut bytes).map_err(KeyError::Input)?;
    Ok(Secret::new(std::mem::take(&mut *bytes)))
}

/// A new key as it is written in the file of the source of truth. Where that file's text is decoded, it
/// is written so that so many random bytes come out.
pub(super) fn make(
    bytes: u16,
    format: KeyFormat,
    encoding: Encoding,
) -> Result<Secret, getrandom::Error> {
    let random = key::generate(usize::from(bytes))?;
    Ok(match (encoding, format) {
        (Encoding::Raw, KeyFormat::Hex) => Encoding::Hex.encode(&random),
        (Encoding::Raw, KeyFormat::Base64url) => Encoding::Base64url.encode(&random),
        (other, _) => other.encode(&random),
    })
}

/// The name of a file, for messages.
fn shown(path: &Path) -> String {
    path.display().to_string().escape_debug().to_string()
}

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    /// There is no such variable.
    #[error("there is no {0} in the environment\n  help: export it first")]
    Unset(String),
    /// The file cannot be read.
    #[error("cannot read {}: {error}", shown(path))]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: FileError,
    },
    /// Standard input cannot be read.
    #[error("standard input cannot be read")]
    Input(#[source] io::Error),
    /// No env file holds it without quotes, and hardly anybody means it.
    #[error(
        "the new key ends with a newline\n  help: tr -d '\\n' < FILE | authprobe rotate --apply --key-from -"
    )]
    Newline,
}
