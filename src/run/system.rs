//! The kernel's side of running a program: what this process inherited, and what it hands on.
//!
//! The only room with `unsafe`: two look-ups before `main`, and the way back to what they found.

#![allow(unsafe_code)]

use std::convert::Infallible;
use std::ffi::{CString, OsString};
use std::io::{self, Seek, Write};
use std::os::fd::{OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use nix::sys::signal::{SigHandler, Signal, signal};
use nix::unistd;

/// Whether SIGPIPE was ignored when this process started. The standard library ignores it before `main`.
static SIGPIPE_IGNORED: AtomicBool = AtomicBool::new(false);

/// Which of the standard streams were closed, a bit each. The standard library opens `/dev/null` in their place.
static CLOSED_STREAMS: AtomicU8 = AtomicU8::new(0);

#[used]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_os = "macos"), unsafe(link_section = ".init_array"))]
static NOTE_INHERITED: extern "C" fn() = note_inherited;

/// Runs before the standard library's own preparations, on the only thread.
extern "C" fn note_inherited() {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null new action asks only; the kernel fills `action`, which is zeroed when it does not.
    let handler = unsafe {
        libc::sigaction(libc::SIGPIPE, std::ptr::null(), action.as_mut_ptr());
        action.assume_init().sa_sigaction
    };
    SIGPIPE_IGNORED.store(handler == libc::SIG_IGN, Ordering::Relaxed);
    let closed = (0..3).filter(|stream| {
        // SAFETY: asks for the flags of a descriptor by number; a closed one is an error, which is the answer.
        unsafe { libc::fcntl(*stream, libc::F_GETFD) == -1 }
    });
    CLOSED_STREAMS.store(closed.fold(0, |bits, stream| bits | 1 << stream), Ordering::Relaxed);
}

/// Sets SIGPIPE to what it was when this process started.
pub fn restore_sigpipe() {
    let handler = match SIGPIPE_IGNORED.load(Ordering::Relaxed) {
        true => SigHandler::SigIgn,
        false => SigHandler::SigDfl,
    };
    // SAFETY: neither disposition runs code of this process.
    let _ = unsafe { signal(Signal::SIGPIPE, handler) };
}

/// Puts back what the standard library changed when this process started.
fn restore_inherited() {
    restore_sigpipe();
    let closed = CLOSED_STREAMS.load(Ordering::Relaxed);
    for stream in (0..3).filter(|stream| closed & (1 << stream) != 0) {
        // SAFETY: nothing owns this descriptor: the standard library opened it for nobody, and the process is
        // about to become another program.
        unsafe { libc::close(stream) };
    }
}

/// Becomes the program at `path`, with everything as this process inherited it. Returns only when it cannot.
pub fn execute(path: &Path, argv: &[OsString]) -> Errno {
    let argv: Result<Vec<CString>, _> = argv.iter().map(|word| CString::new(word.as_bytes())).collect();
    let (Ok(path), Ok(argv)) = (CString::new(path.as_os_str().as_bytes()), argv) else {
        return Errno::EINVAL;
    };
    restore_inherited();
    let Err(error): Result<Infallible, Errno> = unistd::execv(&path, &argv);
    error
}

/// Keeps `text` in a file without a name, open for the program that comes next, and gives the path by which that
/// program can read it. Nobody can change it any more.
pub fn hold(text: &[u8]) -> Result<OsString, Errno> {
    let file = nameless_file(text).map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO)))?;
    // Far from the descriptors that scripts use by number.
    let inherited = fcntl(&file, FcntlArg::F_DUPFD(FIRST_HELD)).or_else(|_| fcntl(&file, FcntlArg::F_DUPFD(3)))?;
    Ok(OsString::from(format!("/dev/fd/{inherited}")))
}

/// Held files get this descriptor or a higher one.
const FIRST_HELD: RawFd = 100;

#[cfg(target_os = "linux")]
fn nameless_file(text: &[u8]) -> io::Result<OwnedFd> {
    use nix::fcntl::SealFlag;
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let mut file = std::fs::File::from(memfd_create(c"guard", flags)?);
    file.write_all(text)?;
    let seals = SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_SEAL;
    fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
    file.rewind()?;
    Ok(OwnedFd::from(file))
}

#[cfg(not(target_os = "linux"))]
fn nameless_file(text: &[u8]) -> io::Result<OwnedFd> {
    use std::fs::{self, File};
    use std::os::unix::fs::OpenOptionsExt;
    let path = std::env::temp_dir().join(format!("guard-{}", std::process::id()));
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
    let opened = file.write_all(text).and_then(|()| File::open(&path));
    fs::remove_file(&path)?;
    opened.map(OwnedFd::from)
}
