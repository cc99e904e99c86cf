//! The dead man's switch: mutating commands run unasked while a human's session is there, and not a moment longer.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::process::{Command, Stdio};
use std::time::Instant;

use desk::without_terminal;
use home::{DANGEROUS, Home, text};
use nix::sys::signal::Signal;
use pty::{Pty, Session, Streams};

/// In this mode everything asks that does not only read.
const READ_ONLY: &str = "mode: read-only\nask: [{command: 'touch named'}]\n";

fn session(home: &Home, time: &str) -> Session {
    let mut session = Pty::new(30, 100).start(&home.guard(&["session", time]), Streams::Terminal);
    session.await_text("closing this terminal", 0);
    session
}

fn status(home: &Home, command: &str) -> Option<i32> {
    without_terminal(home, &["-c", command], "0").output().expect("guard starts").status.code()
}

#[test]
fn what_changes_something_runs_while_it_lasts_and_what_destroys_does_not() {
    let home = Home::with(READ_ONLY);
    assert_eq!(status(&home, "touch made"), Some(126));
    let mut held = session(&home, "30m");
    assert_eq!(status(&home, "touch made"), Some(0));
    let journal = home.journal();
    let record = journal.last().expect("a record");
    assert_eq!(record["decision"], "confirmed");
    assert!(record["terminal"].as_str().is_some_and(|from| from.starts_with("session on /dev/pts/")), "{record}");
    assert_eq!(status(&home, DANGEROUS), Some(126));
    assert_eq!(status(&home, "touch named"), Some(126), "what is asked about by name is asked about");
    held.press("x");
    assert_eq!(status(&home, "touch other"), Some(0));
    held.press("q");
    held.await_text("the session is over", 0);
    assert_eq!(held.end().status.code(), Some(0));
    assert_eq!(status(&home, "touch more"), Some(126));
    assert!(!home.path("work/named").exists() && !home.path("work/more").exists());
    assert_eq!(home.runs(), 0);
}

#[test]
fn it_ends_with_its_process_its_terminal_and_its_time() {
    for signal in [Signal::SIGKILL, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT, Signal::SIGTSTP] {
        let home = Home::with(READ_ONLY);
        let held = session(&home, "30m");
        held.signal(signal);
        held.end();
        assert_eq!(status(&home, "touch made"), Some(126), "{signal}");
    }
    let home = Home::with(READ_ONLY);
    session(&home, "30m").hang_up();
    assert_eq!(status(&home, "touch made"), Some(126), "hung up");

    let home = Home::with(READ_ONLY);
    let begun = Instant::now();
    let held = session(&home, "2s");
    // Stopped, it cannot end; its time is over all the same.
    held.signal(Signal::SIGSTOP);
    while begun.elapsed().as_secs_f64() < 2.5 {
        std::thread::yield_now();
    }
    assert_eq!(status(&home, "touch made"), Some(126), "its time is over");
    held.signal(Signal::SIGCONT);
    let ended = held.end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.screen());
}

#[test]
fn a_process_that_outlives_its_terminal_holds_nothing() {
    let home = Home::with(READ_ONLY);
    home.link("guard");
    // Deaf to what tells of the closed terminal.
    let mut shell = home.command("/bin/sh");
    shell.args(["-c", "trap '' HUP; guard session 30m"]);
    let mut held = Pty::new(30, 100).start(&shell, Streams::Terminal);
    held.await_text("closing this terminal", 0);
    assert_eq!(status(&home, "touch made"), Some(0));
    held.hang_up();
    assert_eq!(status(&home, "touch other"), Some(126));
}

#[test]
fn only_a_human_begins_one() {
    let home = Home::with(READ_ONLY);
    home.link("guard");
    let output = home.run(&["session", "30m"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no terminal"), "{}", text(&output.stderr));
    assert_eq!(home.journal()[0]["decision"], "refused");

    let mut marked = home.guard(&["session", "30m"]);
    marked.env("CLAUDECODE", "1");
    let refused = Pty::new(30, 100).start(&marked, Streams::Terminal).end();
    assert!(refused.screen().contains("this does not count"), "{}", refused.screen());

    for wrong in ["0s", "13h", "soon", "-5m"] {
        let ended = Pty::new(30, 100).start(&home.guard(&["session", "--", wrong]), Streams::Terminal).end();
        assert_eq!(ended.status.code(), Some(2), "{wrong}: {}", ended.screen());
    }
}

#[test]
fn a_file_that_an_agent_wrote_is_no_session() {
    let home = Home::with(READ_ONLY);
    home.link("guard");
    // It says all that a session says, of a process on a terminal, and is locked; but that process is the agent's own.
    let script = r#"
import fcntl, json, os, pty, subprocess, sys, time
pid, master = pty.fork()
if pid == 0:
    time.sleep(60)
    os._exit(0)
stat = None
while not stat or stat[4] == "0":
    stat = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
state = os.environ["XDG_STATE_HOME"] + "/guard/sessions"
os.makedirs(state, mode=0o700, exist_ok=True)
said = {"pid": pid, "started": int(stat[19]), "boot": open("/proc/sys/kernel/random/boot_id").read().strip(),
        "space": os.readlink("/proc/self/ns/pid"), "device": int(stat[4]), "terminal": "/dev/pts/0",
        "until": "2999-01-01T00:00:00Z"}
file = open(state + "/forged", "w")
fcntl.flock(file, fcntl.LOCK_EX)
file.write(json.dumps(said))
file.flush()
print(subprocess.run(["guard", "-c", "touch made"], stdin=subprocess.DEVNULL).returncode, file=sys.stderr)
os.kill(pid, 9)
"#;
    let path = home.file("forge.py", script);
    let run = |mut command: Command| {
        command.stdin(Stdio::null()).output().map(|output| text(&output.stderr)).expect("it starts")
    };
    let mut outside = home.command("setsid");
    outside.args(["-w", "python3"]).arg(&path);
    let said = run(outside);
    assert!(said.ends_with("\n0\n") || said == "0\n", "outside any agent's tree it would be one: {said}");
    std::fs::remove_file(home.path("work/made")).expect("it was made");

    let mut inside = home.command("setsid");
    inside.arg("-w").arg(home::guard()).args(["run", "--", "python3"]).arg(&path);
    let said = run(inside);
    assert!(said.ends_with("126\n"), "{said}");
    assert!(!home.path("work/made").exists());
}
