//! Waits until something in a folder changes.
//!
//! The kernel tells, where it can (inotify). Where it cannot, or has told too many others already, the folder is looked
//! at now and then.

use std::os::fd::BorrowedFd;
use std::path::Path;
use std::time::Duration;

/// How long a folder that the kernel does not tell of is left alone.
const PAUSE: Duration = Duration::from_millis(150);

/// Changes in some folders, from when this was made.
pub struct Changes {
    #[cfg(target_os = "linux")]
    notices: Option<nix::sys::inotify::Inotify>,
}

impl Changes {
    /// Looks at some folders or files from now on; of a file, whether somebody touches it.
    #[cfg(target_os = "linux")]
    pub fn of(folders: &[&Path]) -> Changes {
        use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
        let in_folder = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MOVED_TO | AddWatchFlags::IN_DELETE;
        let flags = in_folder | AddWatchFlags::IN_ATTRIB | AddWatchFlags::IN_DELETE_SELF;
        let notices = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok();
        let watched = |notices: &Inotify| folders.iter().all(|folder| notices.add_watch(*folder, flags).is_ok());
        Changes { notices: notices.filter(watched) }
    }

    /// Looks at some folders or files from now on.
    #[cfg(not(target_os = "linux"))]
    pub fn of(_folders: &[&Path]) -> Changes {
        Changes {}
    }

    /// Returns when something may have changed, at the latest after so long.
    pub fn wait(&self, limit: Duration) {
        #[cfg(target_os = "linux")]
        if let Some(notices) = &self.notices {
            use nix::poll::{PollFd, PollFlags, poll};
            use std::os::fd::AsFd;
            let mut files = [PollFd::new(notices.as_fd(), PollFlags::POLLIN)];
            let _ = poll(&mut files, crate::ask::remaining(std::time::Instant::now() + limit));
            while notices.read_events().is_ok_and(|events| !events.is_empty()) {}
            return;
        }
        std::thread::sleep(limit.min(PAUSE));
    }

    /// What becomes readable when something changes; `None` where the folder must be looked at now and then.
    #[cfg(target_os = "linux")]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        use std::os::fd::AsFd;
        self.notices.as_ref().map(AsFd::as_fd)
    }

    /// What becomes readable when something changes; `None` where the folder must be looked at now and then.
    #[cfg(not(target_os = "linux"))]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    /// Forgets the changes so far.
    pub fn clear(&self) {
        #[cfg(target_os = "linux")]
        if let Some(notices) = &self.notices {
            while notices.read_events().is_ok_and(|events| !events.is_empty()) {}
        }
    }
}
