//! What tells one state of a file from another: its inode, size, time of change and a salted digest of
//! its bytes. Never holds the bytes, and the digest tells nothing without them.

use aws_lc_rs::hmac;
use rustix::fs::Stat;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// A state of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    size: i64,
    modified: (i64, u64),
    digest: String,
}

impl Stamp {
    /// The state of a file with this status and these bytes.
    pub(super) fn of(status: &Stat, bytes: &Secret, salt: &Salt) -> Self {
        let modified = (status.st_mtime, status.st_mtime_nsec);
        Self {
            device: status.st_dev,
            inode: status.st_ino,
            size: status.st_size,
            modified,
            digest: salt.digest(bytes),
        }
    }

    /// Whether it is the same file, whatever stands in it.
    pub(super) fn is_file(&self, status: &Stat) -> bool {
        (self.device, self.inode) == (status.st_dev, status.st_ino)
    }

    /// Whether nobody has written to it, as far as its status tells.
    pub(super) fn is_untouched(&self, status: &Stat) -> bool {
        let modified = (status.st_mtime, status.st_mtime_nsec);
        self.is_file(status) && self.size == status.st_size && self.modified == modified
    }
}

/// Random bytes that make digests useless elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Salt(String);

impl Salt {
    /// A fresh one.
    pub(super) fn fresh() -> std::io::Result<Self> {
        random_name().map(Self)
    }

    /// HMAC-SHA256 of the bytes under the salt, in hexadecimal digits.
    pub(super) fn digest(&self, bytes: &Secret) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        hex::encode(hmac::sign(&key, bytes.expose()))
    }
}

/// 32 random hexadecimal digits: a salt, or a name that nobody else has.
pub(super) fn random_name() -> std::io::Result<String> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(std::io::Error::other)?;
    Ok(hex::encode(random))
}
