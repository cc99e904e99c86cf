//! `guard run`: every shell of an agent is guard, whatever path it is started by, and nothing else changes.
//!
//! The agent is a small program of the system that starts what its arguments say. Where the system allows no
//! namespace, the tests that need one say so and check nothing.

#![cfg(target_os = "linux")]

#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use home::{DANGEROUS, Home, guard, text};
use pty::{Pty, Streams};

/// Runs an agent without a terminal.
fn run(home: &Home, arguments: &[&str]) -> Output {
    home.run(&[&["run"], arguments].concat())
}

/// Whether an agent can have a namespace here.
fn namespaces(home: &Home) -> bool {
    let output = run(home, &["--", "true"]);
    let allowed = output.stderr.is_empty();
    if !allowed {
        eprintln!("skipped: {}", text(&output.stderr));
    }
    allowed
}

/// The shells of this machine, by every path that an agent might use.
fn shells() -> Vec<PathBuf> {
    let folders = ["/bin", "/usr/bin"];
    let names = ["sh", "bash", "dash", "zsh"];
    let paths = folders.iter().flat_map(|folder| names.map(|name| Path::new(folder).join(name)));
    paths.filter(|path| path.exists()).collect()
}

/// A copy of a program that starts others, under a name that no rule knows.
fn starter(home: &Home, name: &str) {
    let original = ["/usr/bin/timeout", "/bin/timeout"].into_iter().find(|path| Path::new(path).exists());
    let bytes = fs::read(original.expect("coreutils are there")).expect("it is read");
    home.program(name, bytes);
}

fn held(output: &Output) -> bool {
    output.status.code() == Some(126) && text(&output.stderr).contains("guard: not run:")
}

#[test]
fn every_shell_is_guard_by_every_path() {
    let home = Home::new();
    if !namespaces(&home) {
        return;
    }
    for shell in shells() {
        let shell = shell.to_str().expect("it is UTF-8");
        let harmless = run(&home, &["--", "timeout", "20", shell, "-c", "echo \"$0\" $#; exit 5"]);
        assert_eq!(text(&harmless.stdout), format!("{shell} 0\n"), "{shell}");
        assert_eq!((harmless.status.code(), text(&harmless.stderr)), (Some(5), String::new()), "{shell}");
        let dangerous = run(&home, &["--", "timeout", "20", shell, "-c", DANGEROUS]);
        assert!(held(&dangerous), "{shell}: {dangerous:?}");
    }
    for shell in ["sh", "bash"] {
        assert!(held(&run(&home, &["--", "timeout", "20", shell, "-c", DANGEROUS])), "{shell}");
    }
    assert_eq!(home.runs(), 0);
}

#[test]
fn a_copy_of_a_shell_is_a_copy_of_guard() {
    let home = Home::new();
    if !namespaces(&home) {
        return;
    }
    let call = |line: &str| run(&home, &["--", "timeout", "20", "/bin/sh", "-c", line]);
    assert_eq!(call("cp /bin/bash copy").status.code(), Some(0));
    let harmless = call("./copy -c 'echo it runs; exit 6'");
    assert_eq!((text(&harmless.stdout).as_str(), harmless.status.code()), ("it runs\n", Some(6)), "{harmless:?}");
    // Nothing in this line says what the program is.
    assert!(held(&call(&format!("./copy -c '{DANGEROUS}'"))));
    assert_eq!(home.runs(), 0);
}

#[test]
fn guard_knows_its_place_whatever_it_is_called() {
    let home = Home::new();
    if !namespaces(&home) || !Path::new("/usr/bin/perl").exists() {
        return;
    }
    let call = |line: &str| {
        let program = format!("exec {{'/bin/bash'}} 'some-name', '-c', '{line}' or die");
        run(&home, &["--", "timeout", "20", "/usr/bin/perl", "-e", &program])
    };
    assert_eq!(text(&call("echo \"$0\"; exit 4").stdout), "some-name\n");
    assert!(held(&call(DANGEROUS)));
    assert_eq!(home.runs(), 0);
}

#[test]
fn a_script_that_an_agent_starts_is_judged() {
    let home = Home::new();
    if !namespaces(&home) {
        return;
    }
    home.program("harmless", "#!/bin/sh\necho \"$0\" \"$1\"\n");
    home.program("dangerous", format!("#!/bin/sh\n{DANGEROUS}\n"));
    let harmless = run(&home, &["--", "timeout", "20", "./harmless", "a b"]);
    assert_eq!(text(&harmless.stdout), "./harmless a b\n");
    assert!(held(&run(&home, &["--", "timeout", "20", "./dangerous"])));
    assert_eq!(home.runs(), 0);
}

#[test]
fn shells_inside_a_judged_command_are_not_judged_again() {
    let home = Home::new();
    if !namespaces(&home) {
        return;
    }
    starter(&home, "builder");
    home.program("dangerous", format!("#!/bin/sh\n{DANGEROUS}\n"));
    // What the program starts cannot be seen from its arguments.
    let command = "./builder 20 ./dangerous";
    let output = run(&home, &["--", "timeout", "20", "/bin/sh", "-c", command]);
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("the stub ran\n", Some(3)), "{output:?}");
    assert_eq!(home.runs(), 1);
    let doors: Vec<_> = home.journal().iter().map(|record| record["text"].clone()).collect();
    assert_eq!(doors, [command]);
}

#[test]
fn an_agent_inside_a_judged_command_is_judged_anew() {
    let home = Home::new();
    if !namespaces(&home) {
        return;
    }
    starter(&home, "codex");
    home.program("dangerous", format!("#!/bin/sh\n{DANGEROUS}\n"));
    let nested = run(&home, &["--", "timeout", "20", "/bin/sh", "-c", "./codex 20 ./dangerous; exit $?"]);
    assert!(held(&nested), "{nested:?}");
    let own = format!("{} run -- timeout 20 ./dangerous; exit $?", guard().display());
    let nested = run(&home, &["--", "timeout", "20", "/bin/sh", "-c", &own]);
    assert!(held(&nested), "{nested:?}");
    assert_eq!(home.runs(), 0);
}

#[test]
fn the_scripts_that_start_the_agent_are_the_persons_own() {
    let home = Home::new();
    if !namespaces(&home) {
        return;
    }
    home.program("launcher", format!("#!/bin/sh\n{DANGEROUS}\n./second\n"));
    home.program("second", format!("#!/bin/sh\n{DANGEROUS}\nexec timeout 20 /bin/sh -c '{DANGEROUS}'\n"));
    let output = run(&home, &["--", "./launcher"]);
    assert!(held(&output), "{output:?}");
    assert_eq!(home.runs(), 2);
}

#[test]
fn guard_ends_as_the_agent_does() {
    let home = Home::new();
    for command in ["exit 7", "exit 0", "kill -TERM $$", "kill -KILL $$", "kill -INT $$", "kill -SEGV $$"] {
        let mut plain = home.command("sh");
        let mut guarded = home.guard(&["run", "--", "sh"]);
        let [plain, guarded] = [&mut plain, &mut guarded]
            .map(|program| program.args(["-c", command]).stdin(Stdio::null()).status().expect("it starts"));
        assert_eq!((guarded.code(), guarded.signal()), (plain.code(), plain.signal()), "{command}");
    }
    let missing = run(&home, &["--", "no-such-agent"]);
    assert_eq!(missing.status.code(), Some(127));
    assert!(text(&missing.stderr).contains("no-such-agent: command not found"), "{missing:?}");
}

#[test]
fn signals_reach_the_agent_once() {
    // Not SIGINT, which a shell in the background starts its programs without.
    for (name, signal) in [("TERM", Signal::SIGTERM), ("USR1", Signal::SIGUSR1), ("USR2", Signal::SIGUSR2)] {
        let home = Home::new();
        let script = format!("trap 'echo got >> got' {name}; echo > ready; while [ ! -e done ]; do sleep 0.02; done");
        let mut child =
            home.guard(&["run", "--", "sh", "-c", &script]).stdin(Stdio::null()).spawn().expect("it starts");
        let file = |name: &str| home.path("work").join(name);
        home::eventually("the agent is ready", || file("ready").exists());
        kill(Pid::from_raw(i32::try_from(child.id()).expect("it is a number")), signal).expect("it is there");
        home::eventually("the signal arrives", || file("got").exists());
        fs::write(file("done"), "").expect("it is written");
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "{name}");
        assert_eq!(fs::read_to_string(file("got")).expect("it is there"), "got\n", "{name}");
    }
}

#[test]
fn the_agent_ends_with_guard_and_leaves_no_zombie() {
    let home = Home::new();
    let script = "sh -c 'sh -c \"exit 0\" & echo $! > orphan' ; echo $$ > agent; exec sleep 60";
    let mut child = home.guard(&["run", "--", "sh", "-c", script]).stdin(Stdio::null()).spawn().expect("it starts");
    let number = |name: &str| fs::read_to_string(home.path("work").join(name)).unwrap_or_default().trim().to_owned();
    home::eventually("the agent runs", || !number("agent").is_empty());
    let process = |name: &str| PathBuf::from("/proc").join(number(name));
    home::eventually("its orphan is taken in", || !process("orphan").exists());
    child.kill().and_then(|()| child.wait()).expect("it ends");
    home::eventually("the agent ends, too", || !process("agent").join("exe").exists());
}

#[test]
fn the_terminal_is_the_agents() {
    let home = Home::new();
    let line =
        "stty size; [ -t 0 ] && [ \"$(ps -o tpgid= -p $$)\" = \"$(ps -o pgid= -p $$)\" ] && echo foreground; echo end";
    let mut session = Pty::new(33, 101).start(&home.guard(&["run", "--", "sh", "-c", line]), Streams::Terminal);
    session.await_text("end", 0);
    let drawn = session.drawn();
    assert!(drawn.contains("33 101") && drawn.contains("foreground"), "{drawn}");
}

#[test]
fn job_control_stops_and_continues_both() {
    let home = Home::new();
    let mut shell = home.command("bash");
    shell.args(["--norc", "--noprofile", "-i"]);
    let mut session = Pty::new(24, 80).start(&shell, Streams::Terminal);
    session.press(&format!("PS1='> '; {} run -- sh -c 'echo re\"\"ady; cat; echo en\"\"ded'\n", guard().display()));
    let at = session.await_text("ready", 0);
    // A shell that starts `cat` by vfork(2) cannot stop before that is done, with or without guard.
    session.press("first\n");
    let at = session.await_text("first\r\nfirst", at);
    session.press("\x1a");
    let at = session.await_text("Stopped", at);
    // What is entered before the shell has the terminal back may be lost, with or without guard.
    let at = session.await_text("> ", at);
    session.press("fg\n");
    // The shell shows what it continues.
    let at = session.await_text("fg", at);
    let at = session.await_text("sh -c", at);
    session.press("some text\n");
    let at = session.await_text("some text\r\nsome text", at);
    session.press("\x04");
    session.await_text("ended", at);
    session.press("exit\n");
}

#[test]
fn without_a_namespace_the_environment_leads_to_guard() {
    let home = Home::new();
    let run = |arguments: &[&str]| run(&home, &[&["--no-namespace", "--"], arguments].concat());
    let harmless = run(&["timeout", "20", "/bin/bash", "-c", "echo \"$0\" \"$1\"", "name", "a b"]);
    assert_eq!(text(&harmless.stdout), "name a b\n");
    let said = text(&harmless.stderr);
    assert!(said.contains("no namespace") && said.contains("not covered: "), "{said}");
    for shell in ["sh", "bash", "/bin/bash"] {
        assert!(held(&run(&["timeout", "20", shell, "-c", DANGEROUS])), "{shell}");
    }
    let by_words = run(&["timeout", "20", "/bin/bash", "-c", "\"$@\"", "_", "rm", home::VICTIM]);
    assert!(held(&by_words), "{by_words:?}");
    let level = run(&["sh", "-c", "echo $SHLVL"]);
    assert_ne!(text(&level.stdout).trim(), "0");
    assert_eq!(home.runs(), 0);
}

#[test]
fn the_users_own_start_up_file_for_bash_is_still_read() {
    let home = Home::new();
    let file = home.file("own", "echo own\n");
    let mut setsid = home.command("setsid");
    setsid.args(["-w"]).arg(guard()).args([
        "run",
        "--no-namespace",
        "--",
        "timeout",
        "20",
        "/bin/bash",
        "-c",
        "echo it",
    ]);
    let output = setsid.env("BASH_ENV", file).stdin(Stdio::null()).output().expect("it starts");
    assert_eq!(text(&output.stdout), "own\nit\n");
}
