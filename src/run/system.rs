//! The kernel's side of running a program: what this process inherited, and what it hands on.
//!
//! The only room with `unsafe`: the program's start, the way back to what it found then, and the heap.

#![allow(unsafe_code)]

mod heap;

use std::convert::Infallible;
use std::ffi::{CStr, CString, OsStr, OsString};
#[cfg(target_os = "linux")]
use std::io::Seek;
use std::io::{self, Write};
use std::os::fd::{OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use nix::sys::signal::{SigHandler, Signal, signal};
use nix::unistd;

/// Where guard's memory comes from.
#[global_allocator]
static HEAP: heap::Heap = heap::Heap;

/// Whether SIGPIPE was ignored when this process started.
static SIGPIPE_IGNORED: AtomicBool = AtomicBool::new(false);

/// Which of the standard streams were closed when this process started, a bit each.
static CLOSED_STREAMS: AtomicU8 = AtomicU8::new(0);

/// The program starts here, not in the standard library's `main`, which would look through `/proc/self/maps` and set up
/// handlers for every short call: a tenth of its time.
///
/// What the standard library does there and guard relies on, this does too, and notes what it found: writing to a
/// closed pipe is an error and no signal, and no file that is opened becomes a standard stream.
#[unsafe(no_mangle)]
extern "C" fn main(count: libc::c_int, arguments: *const *const libc::c_char) -> libc::c_int {
    prepare();
    let count = usize::try_from(count).unwrap_or_default();
    let argument = |index| {
        // SAFETY: the C library passes `count` strings that end with NUL and live as long as the process.
        let bytes = unsafe { CStr::from_ptr(*arguments.add(index)) }.to_bytes();
        OsStr::from_bytes(bytes).to_os_string()
    };
    let status = crate::start((0..count).map(argument).collect());
    // Ends as the standard library's `main` does, with what is still to be written.
    std::process::exit(i32::from(status))
}

fn prepare() {
    // SAFETY: neither disposition runs code of this process.
    let before = unsafe { signal(Signal::SIGPIPE, SigHandler::SigIgn) };
    SIGPIPE_IGNORED.store(matches!(before, Ok(SigHandler::SigIgn)), Ordering::Relaxed);
    for stream in 0..3 {
        // SAFETY: asks for the flags of a descriptor by number; a closed one is an error, which is the answer.
        if unsafe { libc::fcntl(stream, libc::F_GETFD) } == -1 {
            CLOSED_STREAMS.fetch_or(1 << stream, Ordering::Relaxed);
            // SAFETY: passes a string that ends with NUL. The lowest free descriptor is this one.
            if unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) } != stream {
                // A file that is opened later would be written to as if it were the stream.
                std::process::abort();
            }
        }
    }
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

/// Puts back what was changed when this process started.
pub fn restore_inherited() {
    restore_sigpipe();
    let closed = CLOSED_STREAMS.load(Ordering::Relaxed);
    for stream in (0..3).filter(|stream| closed & (1 << stream) != 0) {
        // SAFETY: nothing owns this descriptor: it was opened for nobody, and the process is about to become another
        // program.
        unsafe { libc::close(stream) };
    }
}

/// Becomes the program at `path`, with everything as this process inherited it but the environment, where one is given
/// as `NAME=value`. Returns only when it cannot.
pub fn execute(path: &Path, argv: &[OsString], environment: Option<Vec<Vec<u8>>>) -> Errno {
    let strings = |words: Vec<Vec<u8>>| words.into_iter().map(CString::new).collect::<Result<Vec<CString>, _>>();
    let argv = strings(argv.iter().map(|word| word.as_bytes().to_vec()).collect());
    let environment = environment.map(strings).transpose();
    let (Ok(path), Ok(argv), Ok(environment)) = (CString::new(path.as_os_str().as_bytes()), argv, environment) else {
        return Errno::EINVAL;
    };
    restore_inherited();
    let Err(error): Result<Infallible, Errno> = match environment {
        Some(environment) => unistd::execve(&path, &argv, &environment),
        None => unistd::execv(&path, &argv),
    };
    error
}

/// Sets a variable for the program that this process becomes.
pub fn set_variable(name: &OsStr, value: &OsStr) {
    // SAFETY: this process has one thread, so nobody reads the environment meanwhile.
    unsafe { std::env::set_var(name, value) };
}

/// Keeps `text` in a file without a name, open for the program that comes next, and gives the path by which that
/// program can read it. Nobody can change it any more.
pub fn hold(text: &[u8]) -> Result<OsString, Errno> {
    let file = nameless_file(text)?;
    // Far from the descriptors that scripts use by number.
    let inherited = fcntl(&file, FcntlArg::F_DUPFD(FIRST_HELD)).or_else(|_| fcntl(&file, FcntlArg::F_DUPFD(3)))?;
    Ok(OsString::from(format!("/dev/fd/{inherited}")))
}

/// Held files get this descriptor or a higher one.
const FIRST_HELD: RawFd = 100;

/// A file without a name that holds `text`, and that nobody can change.
#[cfg(target_os = "linux")]
pub fn nameless_file(text: &[u8]) -> Result<OwnedFd, Errno> {
    use nix::fcntl::SealFlag;
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let mut file = std::fs::File::from(memfd_create(c"guard", flags)?);
    file.write_all(text).and_then(|()| file.rewind()).map_err(errno)?;
    let seals = SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_SEAL;
    fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(OwnedFd::from(file))
}

/// A file that holds `text` and has no name any more.
#[cfg(not(target_os = "linux"))]
pub fn nameless_file(text: &[u8]) -> Result<OwnedFd, Errno> {
    use std::fs::{self, File};
    use std::os::unix::fs::OpenOptionsExt;
    let path = std::env::temp_dir().join(format!("guard-{}", std::process::id()));
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&path).map_err(errno)?;
    let opened = file.write_all(text).and_then(|()| File::open(&path));
    fs::remove_file(&path).and(opened).map(OwnedFd::from).map_err(errno)
}

/// The number of a system's error.
pub fn errno(error: io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))
}

/// Runs `life` in a process of its own, which no wait of this one will ever see, without the standard streams.
#[cfg(target_os = "linux")]
pub fn spawn_orphan(life: impl FnOnce()) -> Result<(), Errno> {
    use nix::sys::wait::waitpid;
    use nix::unistd::{ForkResult, fork};
    // SAFETY: this process has one thread, so the child may do whatever the parent might.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => waitpid(child, None).map(|_| ()),
        ForkResult::Child => {
            // SAFETY: as above.
            if let Ok(ForkResult::Child) = unsafe { fork() } {
                leave_streams();
                life();
            }
            // SAFETY: ends this copy of the process, without running what the original has arranged for its end.
            unsafe { libc::_exit(0) }
        }
    }
}

/// What `attempt` gives in a copy of this process, which ends with it: `None` when it went well.
#[cfg(target_os = "linux")]
pub fn try_elsewhere(attempt: impl FnOnce() -> Option<Errno>) -> Result<Option<Errno>, Errno> {
    use nix::sys::wait::{WaitStatus, waitpid};
    use nix::unistd::{ForkResult, fork};
    // SAFETY: this process has one thread, so the child may do whatever the parent might.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => match waitpid(child, None)? {
            WaitStatus::Exited(_, 0) => Ok(None),
            WaitStatus::Exited(_, number) => Ok(Some(Errno::from_raw(number))),
            _ => Ok(Some(Errno::EINTR)),
        },
        ForkResult::Child => {
            let number = attempt().map_or(0, |error| error as i32);
            // SAFETY: ends this copy of the process, without running what the original has arranged for its end.
            unsafe { libc::_exit(number) }
        }
    }
}

/// Runs `life` in a copy of this process; the copy ends with it.
pub fn fork_child(life: impl FnOnce()) -> Result<unistd::Pid, Errno> {
    // SAFETY: this process has one thread, so the child may do whatever the parent might.
    match unsafe { unistd::fork() }? {
        unistd::ForkResult::Parent { child } => Ok(child),
        unistd::ForkResult::Child => {
            life();
            // SAFETY: ends this copy of the process, without running what the original has arranged for its end.
            unsafe { libc::_exit(126) }
        }
    }
}

/// Has this process killed when `parent` ends, however that happens.
#[cfg(target_os = "linux")]
pub fn die_with(parent: unistd::Pid) {
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
    if unistd::getppid() != parent {
        std::process::exit(126);
    }
}

/// There is no such arrangement here.
#[cfg(not(target_os = "linux"))]
pub fn die_with(_parent: unistd::Pid) {}

/// Whoever started this process may have had its children end unseen; here they are waited for.
pub fn expect_children() {
    set_disposition(Signal::SIGCHLD, SigHandler::SigDfl);
}

/// Sets what a signal does to one of the two things that run no code.
pub fn set_disposition(of: Signal, handler: SigHandler) {
    if matches!(handler, SigHandler::SigIgn | SigHandler::SigDfl) {
        // SAFETY: neither disposition runs code of this process.
        let _ = unsafe { signal(of, handler) };
    }
}

/// A signal that came, and who sent it.
#[derive(Clone, Copy, Debug)]
pub struct Caught {
    /// The signal.
    pub signal: Signal,
    /// The process that sent it to this one or its group; `None` for the kernel, such as the terminal's driver.
    pub sender: Option<unistd::Pid>,
}

impl Caught {
    /// Whether `child`, which is in the same group, has it as well: the terminal sends its signals to the whole group,
    /// and so does a program that signals its own.
    pub fn reached_group(&self, child: unistd::Pid) -> bool {
        self.sender.is_none_or(|sender| sender == child)
    }
}

/// Waits for one of `signals`, all of which are blocked.
#[cfg(target_os = "linux")]
pub fn next_signal(signals: &nix::sys::signal::SigSet) -> Result<Caught, Errno> {
    let mut info = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the kernel fills `info`, which is zeroed, when the call succeeds; only then it is read.
    let (number, info) = unsafe {
        let number = Errno::result(libc::sigwaitinfo(signals.as_ref(), info.as_mut_ptr()))?;
        (number, info.assume_init())
    };
    // SAFETY: a signal that a process sent has the sender's number.
    let sender = (info.si_code <= 0).then(|| unistd::Pid::from_raw(unsafe { info.si_pid() }));
    Ok(Caught { signal: Signal::try_from(number)?, sender })
}

/// Waits for one of `signals`, all of which are blocked. Who sent it is not told here: what the terminal can send is
/// taken as sent to the whole group.
#[cfg(not(target_os = "linux"))]
pub fn next_signal(signals: &nix::sys::signal::SigSet) -> Result<Caught, Errno> {
    let signal = signals.wait()?;
    let by_terminal = matches!(signal, Signal::SIGINT | Signal::SIGQUIT | Signal::SIGTSTP | Signal::SIGWINCH);
    Ok(Caught { signal, sender: (!by_terminal).then(|| unistd::Pid::from_raw(0)) })
}

/// Puts `/dev/null` in place of the standard streams, so that nobody waits for their end.
#[cfg(target_os = "linux")]
fn leave_streams() {
    let Ok(null) = std::fs::File::options().read(true).write(true).open("/dev/null") else { return };
    for stream in 0..3 {
        // SAFETY: the standard streams belong to nobody in this process, which prints nothing.
        unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&null), stream) };
    }
}

/// Lets the process `tracer` trace this one where the system restricts tracing to ancestors.
#[cfg(target_os = "linux")]
pub fn allow_tracer(tracer: i32) {
    // SAFETY: passes a number; where the kernel has no such restriction it answers with an error.
    unsafe { libc::prctl(libc::PR_SET_PTRACER, tracer) };
}

/// Has the kernel ask `program` about every call that this process makes from now on, and those that it starts.
#[cfg(target_os = "linux")]
pub fn filter_calls(program: &[libc::sock_filter]) -> Result<(), Errno> {
    let length = u16::try_from(program.len()).map_err(|_| Errno::EINVAL)?;
    let program = libc::sock_fprog { len: length, filter: program.as_ptr().cast_mut() };
    // SAFETY: the kernel reads `len` steps from `filter`, which is a slice of that length, and keeps a copy.
    let result = unsafe {
        libc::prctl(libc::PR_SET_SECCOMP, libc::c_ulong::from(libc::SECCOMP_MODE_FILTER), &raw const program, 0, 0)
    };
    Errno::result(result).map(drop)
}

/// The system call at which a traced process stands.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub enum SystemCall {
    /// It is about to be made.
    Entry {
        /// Its number.
        number: i64,
        /// Its arguments.
        arguments: [u64; 6],
        /// Whether it is one of this machine's own kind, not of an older or narrower one.
        native: bool,
    },
    /// It was made.
    Exit {
        /// What it gave.
        result: i64,
    },
    /// The process does not stand at one.
    Other,
}

/// The system call at which `pid` stands.
#[cfg(target_os = "linux")]
pub fn system_call(pid: unistd::Pid) -> Result<SystemCall, Errno> {
    const GET_SYSCALL_INFO: u32 = 0x420e;
    // `struct ptrace_syscall_info` as words: operation and architecture, two pointers, then what the operation has.
    let mut info = [0_u64; 16];
    // SAFETY: the kernel writes at most as many bytes as the third argument says, which is the size of `info`.
    let written = unsafe {
        libc::ptrace(GET_SYSCALL_INFO as _, pid.as_raw(), size_of_val(&info), info.as_mut_ptr().cast::<libc::c_void>())
    };
    Errno::result(written)?;
    let [first, _, _, third, rest @ ..] = info;
    let [operation, _, _, _, a, b, c, d] = first.to_ne_bytes();
    Ok(match operation {
        1 => {
            let [one, two, three, four, five, six, ..] = rest;
            let number = i64::try_from(third).unwrap_or(-1);
            let native = u32::from_ne_bytes([a, b, c, d]) == NATIVE_ARCHITECTURE && number & 0x4000_0000 == 0;
            SystemCall::Entry { number, arguments: [one, two, three, four, five, six], native }
        }
        2 => SystemCall::Exit { result: i64::from_ne_bytes(third.to_ne_bytes()) },
        _ => SystemCall::Other,
    })
}

/// What the kernel's audit calls the architecture that guard was built for; 0 where that is not known, which no
/// process is.
#[cfg(target_os = "linux")]
pub const NATIVE_ARCHITECTURE: u32 = if cfg!(target_arch = "x86_64") {
    0xc000_003e
} else if cfg!(target_arch = "aarch64") {
    0xc000_00b7
} else {
    0
};

/// The folder (`None`: the working folder) and the address of the path, for a call that opens a file.
#[cfg(target_os = "linux")]
pub fn opened_path(number: i64, arguments: &[u64; 6]) -> Option<(Option<i32>, u64)> {
    let [first, second, ..] = *arguments;
    #[cfg(target_arch = "x86_64")]
    if number == libc::SYS_open {
        return Some((None, first));
    }
    if number != libc::SYS_openat && number != libc::SYS_openat2 {
        return None;
    }
    // The kernel takes the low half as a signed number.
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "as the kernel reads it")]
    let folder = first as u32 as i32;
    Some(((folder != libc::AT_FDCWD).then_some(folder), second))
}
