//! No agent answers for a human: each way to make a terminal of one's own, against the question, approve and watch.
//!
//! The agent is a script under `guard run`, and a script that is marked as a client marks its shells.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::process::{Command, Output, Stdio};

use desk::held;
use home::{DANGEROUS, Home, eventually};
use pty::{Pty, Streams};

/// Opens a pseudo-terminal, runs its arguments there, and types "y" again and again, as somebody would who read the
/// question. Gives what was drawn.
const PYTHON: &str = r#"
import os, pty, select, sys, time
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
typed = 0
while True:
    ready, _, _ = select.select([master], [], [], 1.0)
    try:
        if not ready and typed < 8:
            os.write(master, b"y\n")
            typed += 1
        elif not ready:
            os.kill(pid, 15)
            break
        else:
            drawn = os.read(master, 65536)
            if not drawn:
                break
            sys.stdout.buffer.write(drawn)
            sys.stdout.flush()
    except OSError:
        break
os.waitpid(pid, 0)
"#;

/// Types "y", or with an argument a line of it, into the terminal of this process, as its human would, and says what the kernel answers.
const PUSH: &str = r#"
import fcntl, os, sys, termios
terminal = os.open("/dev/tty", os.O_RDWR)
try:
    fcntl.ioctl(terminal, termios.TIOCSTI, b"y")
    if len(sys.argv) > 1:
        fcntl.ioctl(terminal, termios.TIOCSTI, b"\n")
    print("typed")
except OSError as error:
    print("refused", error.errno)
"#;

/// How an agent comes by a terminal: the program and its arguments before the command that it runs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Script,
    Python,
    Tmux,
    DoubleFork,
}

const WAYS: [Way; 4] = [Way::Script, Way::Python, Way::Tmux, Way::DoubleFork];

impl Way {
    /// A shell line that runs `line` on a terminal of the agent's own, and writes what is drawn to `$HOME/drawn`.
    fn around(self, line: &str) -> String {
        let quoted = shlex::try_quote(line).expect("a line").into_owned();
        let on_python = format!("python3 \"$HOME/typist.py\" /bin/sh -c {quoted}");
        match self {
            Way::Script => {
                format!("{{ sleep 2; echo y; sleep 1; echo y; sleep 1; }} | script -qec {quoted} /dev/null")
            }
            Way::Python => on_python,
            Way::Tmux => format!(
                "tmux -S \"$HOME/tmux\" new-session -d -x 200 -y 50 -s a {}\n\
                 for n in 1 2 3 4 5; do sleep 1; tmux -S \"$HOME/tmux\" send-keys -t a y Enter || break; done\n\
                 sleep 1; tmux -S \"$HOME/tmux\" kill-server",
                shlex::try_quote(&format!("{{ {line}; }} 2>&1 | tee -a \"$HOME/drawn\"")).expect("a line")
            ),
            Way::DoubleFork => {
                let started = format!("setsid --fork /bin/sh -c {}", shlex::try_quote(&on_python).expect("a line"));
                format!(
                    "({started} &); for n in $(seq 100); do sleep 0.1; grep -q '^ended' \"$HOME/drawn\" && break; done"
                )
            }
        }
    }
}

/// Runs a shell line as an agent does that `guard run` started.
fn agent(home: &Home, line: &str) -> Output {
    let mut command = home.command("setsid");
    let line = format!("exec >>\"$HOME/drawn\" 2>&1\n{line}");
    command.arg("-w").arg(home::guard()).args(["run", "--", "/usr/bin/env", "sh", "-c", &line]);
    command.stdin(Stdio::null()).output().expect("guard starts")
}

/// The same for an agent that guard did not start, but that marks its shells.
fn marked(home: &Home, line: &str) -> Output {
    let mut command = home.command("setsid");
    let line = format!("exec >>\"$HOME/drawn\" 2>&1\n{line}");
    command.args(["-w", "/bin/sh", "-c", &line]).env("CLAUDECODE", "1");
    command.stdin(Stdio::null()).output().expect("it starts")
}

/// The same for an agent that nothing tells of.
fn unknown(home: &Home, line: &str) -> Output {
    let mut command = home.command("setsid");
    let line = format!("exec >>\"$HOME/drawn\" 2>&1\n{line}");
    command.args(["-w", "/bin/sh", "-c", &line]).stdin(Stdio::null()).output().expect("it starts")
}

fn prepared() -> Home {
    let home = Home::new();
    home.link("guard");
    std::fs::write(home.path("typist.py"), PYTHON).expect("it is written");
    std::fs::write(home.path("push.py"), PUSH).expect("it is written");
    home
}

fn drawn(home: &Home) -> String {
    std::fs::read_to_string(home.path("drawn")).unwrap_or_default()
}

/// Whether it is recorded that guard refused: where it was called to answer, or where it judged the line for a shell,
/// which may hold already for how the terminal is made.
fn is_refused(home: &Home, call: &str) -> bool {
    home.journal().iter().any(|record| {
        let says = |field: &str, part: &str| record[field].as_str().is_some_and(|text| text.contains(part));
        let why = says("because", "it comes from inside") || says("because", "there is no terminal");
        says("text", call) && record["decision"] == "refused" && why
    })
}

/// Each way, by an agent of each kind.
fn each(mut try_it: impl FnMut(&Home, &dyn Fn(&str) -> Output, &str)) {
    for way in WAYS {
        for (kind, run) in [("guard run", agent as fn(&Home, &str) -> Output), ("marked", marked)] {
            let home = prepared();
            let in_terminal = |line: &str| run(&home, &way.around(&format!("{line}; echo ended $?")));
            try_it(&home, &in_terminal, &format!("{way:?}, {kind}"));
        }
    }
}

#[test]
fn the_question_is_not_put_on_a_terminal_of_the_agents() {
    each(|home, run, what| {
        run(&format!("guard -c '{DANGEROUS}'"));
        let drawn = drawn(home);
        // Where the shells are guard, the line that makes the terminal is refused before there is one.
        let refused = drawn.contains("the terminal belongs to the agent") || drawn.contains("there is no terminal");
        assert!(refused && drawn.contains("not run: "), "{what}: {drawn}");
        assert!(!drawn.contains("Run it?"), "{what}: {drawn}");
        assert_eq!(home.runs(), 0, "{what}");
    });
}

#[test]
fn an_agent_approves_nothing() {
    each(|home, run, what| {
        let ticket = held(home, &["-c", DANGEROUS]);
        run(&format!("guard approve {ticket}"));
        assert!(is_refused(home, &format!("guard approve {ticket}")), "{what}: {}", drawn(home));
        assert_eq!(held(home, &["-c", DANGEROUS]), ticket, "{what}");
        assert_eq!(home.runs(), 0, "{what}");
    });
}

#[test]
fn an_agent_watches_nothing() {
    each(|home, run, what| {
        held(home, &["-c", DANGEROUS]);
        run("guard watch");
        assert!(is_refused(home, "guard watch"), "{what}: {}", drawn(home));
        held(home, &["-c", DANGEROUS]);
        assert_eq!(home.runs(), 0, "{what}");
    });
}

#[test]
fn an_agent_allows_nothing_ahead_and_sets_no_factor() {
    let calls = ["guard grant --effect delete --path build.log", "guard session 30m", "guard factor set totp"];
    each(|home, run, what| {
        run(&calls.join("; "));
        for call in calls {
            let words: Vec<&str> = call.split(' ').take(2).collect();
            assert!(is_refused(home, &words.join(" ")), "{what}: {call}: {}", drawn(home));
        }
        for kept in ["state/guard/grants", "state/guard/factors", "state/guard/sessions"] {
            let files = std::fs::read_dir(home.path(kept)).map_or(0, |files| files.count());
            assert_eq!(files, 0, "{what}: {kept}");
        }
    });
}

/// What docs/threat-model.md says of agents that `guard run` did not start, where that is that they answer: whoever
/// changes this must change the table.
#[test]
fn without_guard_run_an_unmarked_agent_answers_as_the_threat_model_says() {
    for way in WAYS {
        let home = prepared();
        unknown(&home, &way.around(&format!("guard -c '{DANGEROUS}'; echo ended $?")));
        assert_eq!(home.runs(), 1, "{way:?}: {}", drawn(&home));
        let ticket = held(&home, &["-c", DANGEROUS]);
        unknown(&home, &way.around(&format!("guard approve {ticket}; echo ended $?")));
        let again = home.run(&["-c", DANGEROUS]);
        assert_eq!(again.status.code(), Some(3), "{way:?}: {}", drawn(&home));
    }
}

#[test]
fn a_marked_agent_that_empties_its_environment_answers_the_question_as_the_threat_model_says() {
    let empty = "env -i PATH=$PATH HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME XDG_STATE_HOME=$XDG_STATE_HOME \
                 XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR GUARD_WAIT=0";
    let home = prepared();
    let question = format!("guard -c '{DANGEROUS}'");
    marked(&home, &format!("{empty} {}", Way::Python.around(&question)));
    assert_eq!(home.runs(), 1, "{}", drawn(&home));
    // Who answers elsewhere is looked at up to the first process.
    let ticket = held(&home, &["-c", DANGEROUS]);
    marked(&home, &format!("{empty} {}", Way::Python.around(&format!("guard approve {ticket}"))));
    assert!(is_refused(&home, &format!("guard approve {ticket}")), "{}", drawn(&home));
    assert_eq!(home.runs(), 1);
    // After a double fork there is nothing above it to see.
    marked(
        &home,
        &Way::DoubleFork
            .around(&format!("{empty} guard approve {ticket}; echo ended $?"))
            .replace("setsid", &format!("{empty} setsid")),
    );
    let again = home.run(&["-c", DANGEROUS]);
    assert_eq!(again.status.code(), Some(3), "{}", drawn(&home));
}

#[test]
fn an_emptied_environment_leads_out_of_no_tree() {
    let home = prepared();
    let ticket = held(&home, &["-c", DANGEROUS]);
    let empty = "env -i PATH=$PATH HOME=/nonexistent XDG_RUNTIME_DIR=/nonexistent";
    let line = format!("cd /; setsid -w {empty} guard approve {ticket}");
    let run = format!("python3 \"$HOME/typist.py\" /bin/sh -c '{line}'");
    agent(&home, &run);
    let drawn = drawn(&home);
    assert!(drawn.contains("it comes from inside"), "{drawn}");
}

#[test]
fn a_command_that_answers_for_the_human_is_refused_where_it_is_judged() {
    let home = prepared();
    let ticket = held(&home, &["-c", DANGEROUS]);
    for line in [format!("guard approve {ticket}"), "guard watch".to_owned(), "guard grants revoke x".to_owned()] {
        agent(&home, &format!("guard -c '{line}'; echo ended $?"));
        assert!(is_refused(&home, &line), "{line}: {}", drawn(&home));
        assert!(drawn(&home).contains("ended 126"), "{line}: {}", drawn(&home));
    }
}

#[test]
fn nothing_below_guard_run_types_into_the_humans_terminal() {
    let home = prepared();
    let on_terminal = |command: &Command| {
        let ended = Pty::new(24, 80).start(command, Streams::Terminal).end();
        ended.screen()
    };
    let mut free = home.command("python3");
    free.arg(home.path("push.py"));
    let mut below = home.guard(&["run", "--", "python3"]);
    below.arg(home.path("push.py"));
    let without = on_terminal(&free);
    if !without.contains("typed") {
        eprintln!("this kernel lets nobody type for others: {without}");
    }
    assert!(on_terminal(&below).contains("refused 1"), "{}", on_terminal(&below));
}

/// What docs/threat-model.md says of agents that `guard run` did not start, where the kernel lets one type for others.
#[test]
fn without_guard_run_an_agent_types_into_the_humans_terminal_as_the_threat_model_says() {
    let home = prepared();
    let session = |program: &str, arguments: &[&str]| {
        let mut command = home.command(program);
        command.args(arguments).env("CLAUDECODE", "1");
        Pty::new(30, 100).start(&command, Streams::Terminal)
    };
    let push = home.path("push.py").display().to_string();
    if !session("python3", &[&push]).end().screen().contains("typed") {
        eprintln!("skipped: this kernel lets nobody type for others");
        return;
    }
    let again = format!("n=0; while [ $n -lt 30 ]; do sleep 1; python3 {push} line >/dev/null; n=$((n + 1)); done");
    let mut asked = session("/bin/sh", &["-c", &format!("({again}) & guard -c '{DANGEROUS}'")]);
    asked.await_question();
    assert_eq!(asked.end().status.code(), Some(3));
    assert_eq!(home.runs(), 1);
}

/// Keys that are sent to the multiplexer in which the human sits come from the human's own terminal, for all that can be
/// seen: only a factor stops them, as docs/threat-model.md says.
#[test]
fn keys_sent_to_the_humans_own_tmux_answer_unless_there_is_a_factor() {
    let tmux = |home: &Home, arguments: &[&str]| {
        let mut command = home.command("tmux");
        command.args(["-f", "/dev/null", "-S"]).arg(home.path("tmux")).args(arguments);
        command.stdin(Stdio::null()).output()
    };
    // The agent waits for the question, answers it as often as it is put, and types a passphrase that it guesses.
    let script = |home: &Home| {
        format!(
            "tmux() {{ command tmux -S {} \"$@\"; }}\n\
             (until tmux capture-pane -p | grep -q 'Run it'; do sleep 0.1; done; sleep 1; tmux send-keys y Enter
             for n in 1 2 3; do sleep 1; tmux send-keys guess$n Enter; done) &\n\
             guard -c '{DANGEROUS}'; echo $? >\"$HOME/ended\"; wait\n",
            home.path("tmux").display()
        )
    };
    for (configuration, status, runs) in [("", "3", 1), ("factors: {passphrase: always}\n", "126", 0)] {
        let home = prepared();
        std::fs::write(home.path("config/guard/config.yaml"), configuration).expect("it is written");
        if !configuration.is_empty() {
            let mut session = Pty::new(30, 100).start(&home.guard(&["factor", "set", "passphrase"]), Streams::Terminal);
            for question in ["New passphrase: ", "Once more: "] {
                session.await_text(question, 0);
                session.press("correct horse battery\r");
            }
            assert_eq!(session.end().status.code(), Some(0));
        }
        let agent = home.program("agent", format!("#!/bin/sh\n{}", script(&home)));
        let guard = home::guard().display();
        let line = format!("{guard} run --no-namespace -- {}", agent.display());
        let started = tmux(&home, &["new-session", "-d", "-x", "100", "-y", "30", &line]);
        if !started.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: there is no tmux");
            return;
        }
        eventually("it ends", || home.path("ended").exists());
        let _ = tmux(&home, &["kill-server"]);
        let ended = std::fs::read_to_string(home.path("ended")).expect("it is written");
        assert_eq!((ended.trim(), home.runs()), (status, runs), "{configuration}");
    }
}

#[test]
fn the_human_of_an_agents_own_terminal_is_still_asked() {
    let home = prepared();
    let mut command = home.guard(&["run", "--", "/usr/bin/env", "sh", "-c"]);
    command.arg(format!("guard -c '{DANGEROUS}'"));
    let mut session = Pty::new(30, 100).start(&command, Streams::Terminal);
    session.await_question();
    session.press("y\r");
    assert_eq!(session.end().status.code(), Some(3));
    eventually("it ran", || home.runs() == 1);
}

#[test]
fn a_terminal_inside_another_does_not_count() {
    let home = prepared();
    let mut command = home.command("script");
    command.args(["-qec", &format!("guard -c '{DANGEROUS}'"), "/dev/null"]);
    let screen = Pty::new(30, 100).start(&command, Streams::Terminal).end().screen();
    assert!(screen.contains("the terminal stands inside another one (/dev/pts/"), "{screen}");
    assert_eq!(home.runs(), 0);
}
