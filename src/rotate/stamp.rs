//! What tells one state of a file from another: its status while it is watched, a salted digest of its
//! bytes for later; and the name of its successor. Never holds the bytes, of which a digest tells nothing.

use aws_lc_rs::hmac;
use rustix::fs::Stat;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// What every successor's name begins with; a random part follows.
const PREFIX: &str = ".authprobe-";
/// The length of the random part: 16 bytes in hexadecimal digits.
const RANDOM: usize = 32;

/// The status of a file, as long as this process looks: device numbers do not outlive the next start of
/// the machine, so it is never written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    size: i64,
    modified: (i64, u64),
    /// Tells of a new mode, owner, attribute or second name, too.
    changed: (i64, u64),
}

impl Stamp {
    /// The state of a file with this status.
    pub(super) fn of(status: &Stat) -> Self {
        Self {
            device: status.st_dev,
            inode: status.st_ino,
            size: status.st_size,
            modified: (status.st_mtime, status.st_mtime_nsec),
            changed: (status.st_ctime, status.st_ctime_nsec),
        }
    }

    /// Whether it is the same file, whatever became of it.
    pub(super) fn is_file(&self, other: Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

/// HMAC-SHA256 of a file's bytes, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Digest(String);

/// Random bytes that make digests useless elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Salt(String);

impl Salt {
    /// A fresh one.
    pub(super) fn fresh() -> std::io::Result<Self> {
        random_name().map(Self)
    }

    /// The digest of the bytes under the salt.
    pub(super) fn digest(&self, bytes: &Secret) -> Digest {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        Digest(hex::encode(hmac::sign(&key, bytes.expose())))
    }
}

/// 32 random hexadecimal digits: a salt, or a name that nobody else has.
pub(super) fn random_name() -> std::io::Result<String> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(std::io::Error::other)?;
    Ok(hex::encode(random))
}

/// A name for a successor that nobody else has.
pub(super) fn successor_name() -> std::io::Result<String> {
    Ok(format!("{PREFIX}{}", random_name()?))
}

/// Whether a rotation, of whomever, made this name.
pub(super) fn is_successor_name(name: &[u8]) -> bool {
    let random = name.strip_prefix(PREFIX.as_bytes());
    random.is_some_and(|rest| rest.len() == RANDOM && rest.iter().all(u8::is_ascii_hexdigit))
}
