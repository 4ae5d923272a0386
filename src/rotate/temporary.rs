//! The new file beside the old one: a checked target and its new bytes in, a file with the same owner,
//! mode and attributes out, on the disk and read back. Never visible under the target's name.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{Gid, Mode, OFlags, Stat, Uid, XattrFlags};
use rustix::io::Errno;

use super::fault::{During as _, Fault};
use super::stamp::{Digest, Salt};
use super::target::{Target, read_at};
use crate::secret::Secret;

/// No attribute of a file is larger (xattr(7)).
const LARGEST_ATTRIBUTE: usize = 65_536;

/// Makes the new file under this name and tells the digest of what is in it.
pub(super) fn make(
    target: &Target,
    name: &str,
    bytes: &Secret,
    salt: &Salt,
) -> Result<Digest, Fault> {
    let path = target.folder_path.join(name);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(&target.folder, name, flags, Mode::RUSR | Mode::WUSR);
    let file = file.during("make", &path)?;
    let mut file = File::from(file);
    // While it is still ours alone; who may read it comes after what is in it.
    file.write_all(bytes.expose()).during("write", &path)?;
    copy_owner(target, &file).during("give the owner of the old file to", &path)?;
    // Attributes before the mode: a mode such as 0400 would keep us from writing them.
    copy_attributes(&target.file, &file).during("copy the attributes of the old file to", &path)?;
    let mode = Mode::from_raw_mode(target.status.st_mode);
    rustix::fs::fchmod(&file, mode).during("give the mode of the old file to", &path)?;
    // What fsync has refused once may be lost, whatever it says the second time: no second try.
    file.sync_all().during("sync", &path)?;
    let status = rustix::fs::fstat(&file).during("look at", &path)?;
    let read = read_at(&target.folder, OsStr::new(name)).during("read back", &path)?;
    if read != *bytes || !is_alike(&target.status, &status) {
        let error = std::io::Error::other("it is not what was written");
        return Err(Fault::step("read back", &path, error));
    }
    Ok(salt.digest(bytes))
}

fn is_alike(old: &Stat, new: &Stat) -> bool {
    (old.st_mode, old.st_uid, old.st_gid) == (new.st_mode, new.st_uid, new.st_gid)
}

fn copy_owner(target: &Target, file: &File) -> rustix::io::Result<()> {
    let (old, new) = (&target.status, rustix::fs::fstat(file)?);
    if (old.st_uid, old.st_gid) == (new.st_uid, new.st_gid) {
        return Ok(());
    }
    let owner = (old.st_uid != new.st_uid).then(|| Uid::from_raw(old.st_uid));
    let group = (old.st_gid != new.st_gid).then(|| Gid::from_raw(old.st_gid));
    rustix::fs::fchown(file, owner, group)
}

/// Access control lists and labels are attributes; those that the folder gave to the new file and the
/// old one lacks are taken away.
fn copy_attributes(old: &OwnedFd, new: &File) -> rustix::io::Result<()> {
    let wanted = attributes(old)?;
    let given = attributes(new)?;
    for name in given.iter().filter(|name| !wanted.contains(name)) {
        rustix::fs::fremovexattr(new, name.as_slice())?;
    }
    for name in &wanted {
        let value = attribute(old, name)?;
        if !given.contains(name) || attribute(new, name)? != value {
            rustix::fs::fsetxattr(new, name.as_slice(), &value, XattrFlags::empty())?;
        }
    }
    Ok(())
}

fn attributes(file: impl AsFd) -> rustix::io::Result<Vec<Vec<u8>>> {
    let mut names = vec![0_u8; LARGEST_ATTRIBUTE];
    match rustix::fs::flistxattr(file, &mut names[..]) {
        Ok(length) => {
            names.truncate(length);
            let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
            Ok(names.map(<[u8]>::to_vec).collect())
        }
        Err(Errno::NOTSUP | Errno::NOSYS) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn attribute(file: impl AsFd, name: &[u8]) -> rustix::io::Result<Vec<u8>> {
    let mut value = vec![0_u8; LARGEST_ATTRIBUTE];
    let length = rustix::fs::fgetxattr(file, name, &mut value[..])?;
    value.truncate(length);
    Ok(value)
}
