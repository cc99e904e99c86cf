//! Keeps a program, and all that it starts, from typing into terminals for others.
//!
//! A process may push characters into its terminal's input (TIOCSTI; on a console also TIOCLINUX, which pastes), where
//! they look as if a human had typed them. Below an agent the kernel refuses both.

use std::fs;

use nix::errno::Errno;
use nix::libc::{self, sock_filter};

use super::system;

/// Says yes to every other call, and to these: not permitted. In force until the process ends, for whatever it starts.
///
/// # Errors
///
/// When the kernel takes no filter. Then whoever shares a terminal with the agent may be typed for.
pub fn deny() -> Result<(), Errno> {
    match system::filter_calls(&filter()) {
        Err(Errno::EACCES) if refused_by_kernel() => Ok(()),
        // Without the right to filter by itself, a process may when it gives up gaining rights (as through sudo).
        Err(Errno::EACCES) => {
            nix::sys::prctl::set_no_new_privs()?;
            system::filter_calls(&filter())
        }
        result => result,
    }
}

/// Whether this machine's kernel refuses by itself, to all who may not administer it.
fn refused_by_kernel() -> bool {
    fs::read_to_string("/proc/sys/dev/tty/legacy_tiocsti").is_ok_and(|value| value.trim() == "0")
}

/// The filter: for an `ioctl` with one of the two requests the answer is EPERM.
#[expect(clippy::cast_possible_truncation, reason = "numbers of calls and requests fit")]
fn filter() -> [sock_filter; 13] {
    // Where the kernel puts what a filter may look at: the call, the architecture, the low half of the second argument.
    const CALL: u32 = 0;
    const ARCHITECTURE: u32 = 4;
    const REQUEST: u32 = if cfg!(target_endian = "little") { 24 } else { 28 };
    // `ioctl` as 32-bit programs call it on x86 and ARM, and as x32 ones do.
    const NARROW: u32 = 54;
    const X32: u32 = 0x4000_0000 | 514;
    [
        load(ARCHITECTURE),
        when(system::NATIVE_ARCHITECTURE, 0, 4),
        load(CALL),
        when(libc::SYS_ioctl as u32, 4, 0),
        when(X32, 3, 0),
        give(libc::SECCOMP_RET_ALLOW),
        load(CALL),
        when(NARROW, 0, 3),
        load(REQUEST),
        when(libc::TIOCSTI as u32, 2, 0),
        when(PASTE, 1, 0),
        give(libc::SECCOMP_RET_ALLOW),
        give(libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
    ]
}

/// The request TIOCLINUX.
const PASTE: u32 = 0x541c;

fn load(offset: u32) -> sock_filter {
    step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, offset)
}

/// Goes on after as many steps as the first number says where the value is this one, else as the second says.
fn when(value: u32, equal: u8, other: u8) -> sock_filter {
    step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, equal, other, value)
}

fn give(answer: u32) -> sock_filter {
    step(libc::BPF_RET | libc::BPF_K, 0, 0, answer)
}

#[expect(clippy::cast_possible_truncation, reason = "codes have 16 bits")]
fn step(code: u32, jt: u8, jf: u8, k: u32) -> sock_filter {
    sock_filter { code: code as u16, jt, jf, k }
}
