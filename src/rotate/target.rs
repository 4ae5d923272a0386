//! One file that is to be replaced: a path in, an open folder and a checked file out. Whatever cannot be
//! replaced safely is refused here, before anything is changed. Links are followed once, at the start.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, Dir, FileType, IFlags, Mode, OFlags, Stat, StatVfsMountFlags};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::fault::{During as _, Fault, Refusal};
use super::stamp;
use crate::key::file::LARGEST;
use crate::secret::Secret;

/// A file and the folder that it is in.
pub(super) struct Target {
    /// The folder: all that follows is done through this descriptor.
    pub(super) folder: OwnedFd,
    /// The folder's path, without links.
    pub(super) folder_path: PathBuf,
    /// The file's name in the folder.
    pub(super) name: String,
    /// The open file.
    pub(super) file: OwnedFd,
    /// Its status when it was opened.
    pub(super) status: Stat,
}

impl Target {
    /// Opens and checks a file; a link leads to the file that is replaced.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let real = fs::canonicalize(path).during("find", path)?;
        let (Some(folder_path), Some(name)) = (real.parent(), real.file_name()) else {
            return Err(Fault::refused(path, Refusal::NotRegular));
        };
        let (Some(_), Some(text)) = (folder_path.to_str(), name.to_str()) else {
            return Err(Fault::refused(path, Refusal::NotUtf8));
        };
        let folder = open_folder(folder_path)?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&folder, name, flags, Mode::empty()).during("open", path)?;
        let status = rustix::fs::fstat(&file).during("look at", path)?;
        let (name, folder_path) = (text.to_owned(), folder_path.to_owned());
        let target = Self { folder, folder_path, name, file, status };
        match target.refusal()? {
            Some(refusal) => Err(Fault::refused(path, refusal)),
            None => Ok(target),
        }
    }

    /// The whole path, without links.
    pub(super) fn path(&self) -> PathBuf {
        self.folder_path.join(&self.name)
    }

    /// The bytes of the file.
    pub(super) fn read(&self) -> Result<Secret, Fault> {
        read_at(&self.folder, OsStr::new(&self.name)).during("read", &self.path())
    }

    fn refusal(&self) -> Result<Option<Refusal>, Fault> {
        let status = &self.status;
        if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
            return Ok(Some(Refusal::NotRegular));
        }
        if status.st_size.cast_unsigned() > LARGEST {
            return Ok(Some(Refusal::TooLarge));
        }
        if status.st_nlink > 1 {
            return Ok(Some(Refusal::HardLink));
        }
        let folder = rustix::fs::fstat(&self.folder).during("look at", &self.folder_path)?;
        if folder.st_dev != status.st_dev || is_mount_point(&self.path()) {
            return Ok(Some(Refusal::MountPoint));
        }
        if self.is_immutable() {
            return Ok(Some(Refusal::Immutable));
        }
        let system = rustix::fs::fstatvfs(&self.file).during("look at", &self.path())?;
        if system.f_flag.contains(StatVfsMountFlags::RDONLY) {
            return Ok(Some(Refusal::ReadOnly));
        }
        if let Some(refusal) = self.foreign(&folder)? {
            return Ok(Some(refusal));
        }
        let wanted = Access::WRITE_OK | Access::EXEC_OK;
        let writable = rustix::fs::accessat(&self.folder, ".", wanted, AtFlags::EACCESS);
        Ok(writable.is_err().then_some(Refusal::FolderReadOnly))
    }

    /// Only root may give a new file to another user, or to a group that it is not in.
    fn foreign(&self, folder: &Stat) -> Result<Option<Refusal>, Fault> {
        let (us, group) = (rustix::process::geteuid(), self.status.st_gid);
        if us.is_root() {
            return Ok(None);
        }
        if self.status.st_uid != us.as_raw() {
            return Ok(Some(Refusal::OtherOwner));
        }
        let is_given = folder.st_mode & Mode::SGID.as_raw_mode() != 0 && folder.st_gid == group;
        let ours = rustix::process::getgroups().during("tell our groups for", &self.path())?;
        let is_ours = ours.iter().any(|ours| ours.as_raw() == group);
        let is_fine = is_given || is_ours || rustix::process::getegid().as_raw() == group;
        Ok((!is_fine).then_some(Refusal::OtherGroup))
    }

    /// File systems that know no such marks have none.
    fn is_immutable(&self) -> bool {
        let marks = rustix::fs::ioctl_getflags(&self.file).unwrap_or(IFlags::empty());
        marks.intersects(IFlags::IMMUTABLE | IFlags::APPEND)
    }
}

/// Opens a folder for all that is done in it.
pub(super) fn open_folder(path: &Path) -> Result<OwnedFd, Fault> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty()).during("open", path)
}

/// Brings the names in a folder to the disk. Some file systems know no such thing for a folder (fsync(2),
/// EINVAL): there is nothing more to be had there.
pub(super) fn sync_folder(folder: &OwnedFd) -> rustix::io::Result<()> {
    match rustix::fs::fsync(folder) {
        Err(Errno::INVAL | Errno::NOTSUP | Errno::NOSYS) => Ok(()),
        done => done,
    }
}

/// A successor that another rotation has in this folder: one of another user, or with another state folder.
pub(super) fn stranger(folder: &OwnedFd, ours: &[&str]) -> rustix::io::Result<Option<OsString>> {
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if stamp::is_successor_name(name) && !ours.iter().any(|ours| ours.as_bytes() == name) {
            return Ok(Some(OsStr::from_bytes(name).to_owned()));
        }
    }
    Ok(None)
}

/// Reads a regular file of an open folder, whole; never through a link.
pub(super) fn read_at(folder: &OwnedFd, name: &OsStr) -> std::io::Result<Secret> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::openat(folder, name, flags, Mode::empty())?);
    let mut bytes = Zeroizing::new(Vec::with_capacity(file.metadata()?.len() as usize + 1));
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(Secret::new(std::mem::take(&mut *bytes)))
}

/// The status of a name in an open folder, of the link itself if it is one; `None` if there is none.
pub(super) fn status_at(folder: &OwnedFd, name: &str) -> std::io::Result<Option<Stat>> {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(status) => Ok(Some(status)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether something is mounted on the file: a rename over it would fail, and only then.
fn is_mount_point(path: &Path) -> bool {
    let Ok(mounts) = fs::read_to_string("/proc/self/mountinfo") else { return false };
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(4));
    points.map(unescaped).any(|point| Path::new(&point) == path)
}

/// Blanks and backslashes stand in mountinfo as octal numbers (proc(5)).
fn unescaped(point: &str) -> String {
    let spelled = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    spelled.iter().fold(point.to_owned(), |text, (octal, plain)| text.replace(octal, plain))
}
