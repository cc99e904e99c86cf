//! A script that changes between the judgement and the run: what was judged is what runs.
//!
//! guard records a command before it runs it, under a lock on the journal. The test holds that lock, so that guard
//! waits just there, changes the script, and lets go.

#[path = "support/compare.rs"]
mod compare;
#[path = "support/home.rs"]
mod home;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use compare::shown;
use home::Home;
use nix::sys::ptrace::{self, Options};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

/// guard, which has judged a script and waits for the journal.
struct Waiting {
    child: Child,
    lock: File,
}

impl Waiting {
    fn start(home: &Home, script: &str) -> Waiting {
        assert!(home.guard(&["-c", "true"]).status().expect("started").success(), "the journal is there");
        let head = home.path("state/guard/journal.head");
        let lock = File::open(&head).expect("the journal's head");
        lock.lock().expect("locked");
        let mut command = home.guard(&[script]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        let start = Instant::now();
        while !has_open(child.id(), &head) {
            assert!(child.try_wait().expect("asked").is_none(), "guard did not wait for the journal");
            assert!(start.elapsed() < Duration::from_secs(20), "guard did not come to the journal");
            thread::sleep(Duration::from_millis(1));
        }
        Waiting { child, lock }
    }

    fn finish(self) -> Output {
        drop(self.lock);
        self.child.wait_with_output().expect("an end")
    }

    /// The same while this process traces guard, as a debugger does, so that guard cannot have itself traced.
    fn finish_traced(mut self) -> String {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("a process"));
        ptrace::seize(pid, Options::empty()).expect("traced");
        drop(self.lock);
        loop {
            match waitpid(pid, None).expect("waited") {
                WaitStatus::Exited(..) | WaitStatus::Signaled(..) => break,
                WaitStatus::Stopped(_, signal) => ptrace::cont(pid, signal).expect("continued"),
                _ => ptrace::cont(pid, None).expect("continued"),
            }
        }
        let mut output = String::new();
        self.child.stdout.take().expect("a pipe").read_to_string(&mut output).expect("text");
        output
    }
}

fn has_open(pid: u32, file: &Path) -> bool {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    descriptors.map(|descriptor| descriptor.path()).any(|path| fs::read_link(path).is_ok_and(|open| open == file))
}

#[test]
fn the_judged_bytes_run() {
    let home = Home::new();
    type Change = fn(&Path);
    let changes: [(&str, Change); 4] = [
        ("written over", |path| fs::write(path, "echo changed; exit 9\n").expect("written")),
        ("replaced", |path| {
            let other = path.with_extension("new");
            fs::write(&other, "echo changed; exit 9\n").expect("written");
            fs::rename(other, path).expect("renamed");
        }),
        ("added to", |path| {
            let text = fs::read_to_string(path).expect("read");
            fs::write(path, text + "echo changed\n").expect("written");
        }),
        ("emptied", |path| fs::write(path, "").expect("written")),
    ];
    for (what, change) in changes {
        let script = home.file("script", "echo judged \"$0\" \"${BASH_SOURCE[0]-}\"\n");
        let waiting = Waiting::start(&home, "script");
        change(&script);
        let run = waiting.finish();
        assert_eq!(run.stdout, b"judged script script\n", "{what}: {}", shown(&run));
        assert!(run.status.success(), "{what}: {}", shown(&run));
    }
}

#[test]
fn another_interpreter_reads_the_judged_bytes() {
    let home = Home::new();
    let script = home.file("script", "#!/usr/bin/awk -f\nBEGIN { print \"judged\" }\n");
    let waiting = Waiting::start(&home, "./script");
    fs::write(script, "BEGIN { print \"changed\" }\n").expect("written");
    let run = waiting.finish();
    assert_eq!(run.stdout, b"judged\n", "{}", shown(&run));
}

#[test]
fn where_guard_cannot_be_traced_the_judged_bytes_run_all_the_same() {
    let home = Home::new();
    let filling = "# filling\n".repeat(20_000);
    for (text, expected) in [
        ("echo judged \"$0\" $#\n".to_owned(), "judged script 0\n"),
        (format!("{filling}echo judged \"$0\" $#\n"), "judged script 0\n"),
        ("#!/usr/bin/awk -f\nBEGIN { print \"judged\" }\n".to_owned(), "judged\n"),
    ] {
        let script = home.file("script", &text);
        let waiting = Waiting::start(&home, "script");
        fs::write(script, "echo changed\n").expect("written");
        assert_eq!(waiting.finish_traced(), expected);
    }
}
