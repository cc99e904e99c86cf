//! A mount namespace of an agent's own, in which guard stands where the shells are.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use guard::doors::kept::{GUARD, Kept, NAME};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};

use super::system;

/// How much the file system with the real shells may hold: links to processes, never the shells themselves.
const LIMITS: &str = "mode=0711,size=16m,nr_inodes=20k";

/// Puts `guard` in the place of each of `shells`, for this process and all that it starts. The real ones are kept
/// below `folder`, which must be there. When it fails, nothing has changed.
///
/// # Errors
///
/// What the system does not allow.
pub fn enter(guard: &Path, shells: &[PathBuf], folder: &Path) -> Result<Kept, Errno> {
    // A user namespace cannot be left again, so all of it is tried in another process first.
    if let Some(error) = system::try_elsewhere(|| enter_here(guard, shells, folder).err())? {
        return Err(error);
    }
    let entered = enter_here(guard, shells, folder);
    let kept = Kept::entered();
    entered?;
    kept.ok_or(Errno::ENOENT)
}

fn enter_here(guard: &Path, shells: &[PathBuf], folder: &Path) -> Result<(), Errno> {
    unshare_here()?;
    let none: Option<&str> = None;
    // What is mounted outside later is still seen inside, and nothing the other way.
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_SLAVE, none)?;
    mount(Some(NAME), folder, Some("tmpfs"), MsFlags::MS_NOSUID | MsFlags::MS_NODEV, Some(LIMITS))?;
    fs::create_dir(folder.join("judged")).map_err(system::errno)?;
    let own = folder.join(GUARD);
    File::create_new(&own).map_err(system::errno)?;
    mount(Some(guard), &own, none, MsFlags::MS_BIND, none)?;
    for shell in shells {
        let place = Kept::place(folder, shell);
        let parent = place.parent().map_or(Ok(()), fs::create_dir_all);
        parent.and_then(|()| File::create_new(&place)).map_err(system::errno)?;
        mount(Some(shell), &place, none, MsFlags::MS_BIND, none)?;
    }
    for shell in shells {
        mount(Some(guard), shell, none, MsFlags::MS_BIND, none)?;
    }
    Ok(())
}

/// Leaves the namespace of everybody else: as root at once, otherwise by way of a user namespace in which the user is
/// the same one.
fn unshare_here() -> Result<(), Errno> {
    match unshare(CloneFlags::CLONE_NEWNS) {
        Err(Errno::EPERM) => {}
        other => return other,
    }
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS)?;
    let write = |file: &str, text: String| fs::write(format!("/proc/self/{file}"), text).map_err(system::errno);
    write("setgroups", "deny".to_owned())?;
    write("uid_map", format!("{user} {user} 1"))?;
    write("gid_map", format!("{group} {group} 1"))
}
