//! A script that changes between the judgement and the run: what was judged is what runs.
//!
//! guard records a command before it runs it, under a lock on the journal. The test holds that lock, so that guard
//! waits just there, changes the script, and lets go.

mod support;

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use support::{Scratch, shown};

/// Runs `script` under guard, and changes it by `change` once guard has judged it.
fn run_while(scratch: &Scratch, script: &str, change: impl FnOnce(&Path)) -> std::process::Output {
    assert!(scratch.guard().args(["-c", "true"]).status().expect("started").success(), "the journal is there");
    let head = scratch.path.join("home/.local/state/guard/journal.head");
    let lock = File::open(&head).expect("the journal's head");
    lock.lock().expect("locked");
    let mut command = scratch.guard();
    let mut child = command.arg(script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    let start = Instant::now();
    while !has_open(child.id(), &head) {
        assert!(child.try_wait().expect("asked").is_none(), "guard did not wait for the journal");
        assert!(start.elapsed() < Duration::from_secs(20), "guard did not come to the journal");
        thread::sleep(Duration::from_millis(1));
    }
    change(&scratch.path.join(script));
    drop(lock);
    child.wait_with_output().expect("an end")
}

fn has_open(pid: u32, file: &Path) -> bool {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    descriptors.map(|descriptor| descriptor.path()).any(|path| fs::read_link(path).is_ok_and(|open| open == file))
}

#[test]
fn the_judged_bytes_run() {
    let scratch = Scratch::new();
    let judged = "echo judged \"$0\" \"${BASH_SOURCE[0]-}\"\n";
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
        scratch.file("script", judged);
        let run = run_while(&scratch, "script", change);
        assert_eq!(run.stdout, b"judged script script\n", "{what}: {}", shown(&run));
        assert!(run.status.success(), "{what}: {}", shown(&run));
    }
}

#[test]
fn another_interpreter_reads_the_judged_bytes() {
    let scratch = Scratch::new();
    scratch.file("script", "#!/usr/bin/awk -f\nBEGIN { print \"judged\" }\n");
    let run =
        run_while(&scratch, "./script", |path| fs::write(path, "BEGIN { print \"changed\" }\n").expect("written"));
    assert_eq!(run.stdout, b"judged\n", "{}", shown(&run));
}
