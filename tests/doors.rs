//! Through every door, a command behaves as it does without guard: status, signal, streams, `$0`, arguments,
//! environment, process.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::{GUARD, Scratch, assert_same, feed, shown};

fn output(command: &mut Command) -> Output {
    command.output().expect("started")
}

/// Runs the same arguments with `bash` and with guard.
fn compare(scratch: &Scratch, arguments: &[&str]) {
    let plain = output(scratch.command("bash").args(arguments));
    let guarded = output(scratch.guard().args(arguments));
    assert_same(&guarded, &plain, &format!("{arguments:?}"));
}

#[test]
fn a_text_ends_as_it_does_under_the_shell() {
    let scratch = Scratch::new();
    scratch.file("data", "not a program\n");
    for text in [
        "true",
        "false",
        "",
        "exit 3",
        "exit 263",
        "(exit 4); echo $?",
        "false | true",
        "set -e; false; echo never",
        "set -o pipefail; false | true",
        "no-such-program",
        "./data",
        "/usr",
        "echo out; echo err >&2",
        "kill -TERM $$",
        "kill -KILL $$",
        "kill -INT $$",
        "kill -PIPE $$",
        "trap 'exit 9' TERM; kill -TERM $$; echo never",
        "echo \"$0\" $# \"$@\"",
        "pwd; umask; ulimit -n",
        "echo ${x:?is not set}",
        "yes | head -n 1",
        "printf '%s\\n' a b c | while read -r x; do echo \"<$x>\"; done",
        "cat <<E\nhere $((1 + 1))\nE",
        "wait; jobs; echo $-",
    ] {
        compare(&scratch, &["-c", text]);
    }
}

#[test]
fn options_mean_what_they_mean_to_the_shell() {
    let scratch = Scratch::new();
    scratch.file("start-up", "echo started up\n");
    let print = "echo \"$0\" $# \"$@\" $- $SHELLOPTS";
    for arguments in [
        vec!["-c", print, "name", "a", "b c"],
        vec!["-lc", print],
        vec!["-euc", print, "name"],
        vec!["-ec", "false; echo never"],
        vec!["-l", "-c", print, "name"],
        vec!["-c", "-l", print, "name", "a"],
        vec!["-c", "--", print, "name"],
        vec!["-c", "-", print, "name"],
        vec!["-o", "pipefail", "-c", print],
        vec!["-oc", "pipefail", print],
        vec!["-O", "extglob", "-c", "shopt extglob"],
        vec!["+O", "extglob", "+x", "-c", print],
        vec!["+o", "pipefail", "-c", print],
        vec!["--login", "--norc", "--noprofile", "-c", print],
        vec!["-norc", "-c", print],
        vec!["--posix", "-c", print],
        vec!["--rcfile", "start-up", "-ic", "echo \"$0\""],
        vec!["--init-file", "start-up", "-c", print],
        vec!["-c", "-s", print, "name"],
        vec!["-xc", "echo traced"],
        vec!["-n", "-c", "echo never"],
        vec!["-c"],
        vec!["-o"],
        vec!["-Z", "-c", "true"],
        vec!["--no-such-option", "-c", "true"],
        vec!["--rcfile"],
    ] {
        compare(&scratch, &arguments);
    }
}

#[test]
fn a_login_shell_stays_one() {
    use std::os::unix::process::CommandExt;
    let scratch = Scratch::new();
    scratch.file("home/.profile", "echo profile\n");
    let text = "shopt -q login_shell && echo login as $0";
    let plain = output(scratch.command("/bin/bash").arg0("-bash").args(["-c", text]));
    let guarded = output(scratch.guard().arg0("-guard").args(["-c", text]));
    assert_same(&guarded, &plain, "-guard");
}

#[test]
fn under_a_shells_name_guard_stands_for_that_shell() {
    let scratch = Scratch::new();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", scratch.path.join("bin").display());
    for name in ["sh", "bash", "dash"] {
        let link = scratch.link(name);
        let arguments = ["-c", "echo \"$0\" ${BASH_VERSION+bash} $1; kill -TERM $$", "name", "a"];
        let plain = output(scratch.command(format!("/bin/{name}")).args(arguments));
        let guarded = output(scratch.command(&link).env("PATH", &path).args(arguments));
        assert_same(&guarded, &plain, name);
        // The name alone, found on PATH as an agent finds it.
        let found = output(scratch.command("/usr/bin/env").env("PATH", &path).args([name, "-c", "echo $0"]));
        assert_eq!(String::from_utf8_lossy(&found.stdout), format!("{name}\n"), "{}", shown(&found));
    }
    let version = output(scratch.command(scratch.path.join("bin/bash")).env("PATH", &path).arg("--version"));
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("GNU bash"), "{}", shown(&version));
}

#[test]
fn a_copy_that_comes_first_on_path_is_passed_over_with_its_links() {
    let scratch = Scratch::new();
    let link = scratch.link("bash");
    std::os::unix::fs::symlink(&link, scratch.path.join("bin/sh")).expect("a link to the link");
    std::fs::hard_link(GUARD, scratch.path.join("bin/dash")).ok();
    let path = format!("{0}:{0}/../bin:/usr/bin:/bin", scratch.path.join("bin").display());
    for name in ["bash", "sh"] {
        let program = scratch.path.join("bin").join(name);
        let run = output(scratch.command(program).env("PATH", &path).args(["-c", "echo it runs"]));
        assert_eq!(run.stdout, b"it runs\n", "{}", shown(&run));
    }
}

#[test]
fn an_argument_list_runs_without_a_shell() {
    let scratch = Scratch::new();
    scratch.program("tool", "#!/bin/sh\nprintf '<%s>' \"$@\"; exit 5\n");
    scratch.program("formless", "printf '<%s>' \"$0\" \"$@\"; exit 6\n");
    scratch.file("data", "");
    for arguments in [
        vec!["printf", "%s|", "*", "$HOME", "a b", "`id`", "", "~"],
        vec!["./tool", "a b", "*"],
        vec!["true"],
        vec!["false"],
        vec!["sh", "-c", "kill -TERM $$"],
        vec!["sh", "-c", "echo \"$0\" \"$@\"; exit 7", "name", "a  b"],
        vec!["env"],
    ] {
        let (program, rest) = arguments.split_first().expect("a program");
        let plain = output(scratch.command(program).args(rest));
        let guarded = output(scratch.guard().arg("--").args(&arguments));
        assert_same(&guarded, &plain, &format!("{arguments:?}"));
    }
    let formless = output(scratch.guard().args(["--", "./formless", "a"]));
    assert_eq!((formless.status.code(), &formless.stdout[..]), (Some(6), &b"<./formless><a>"[..]));
    for (program, status) in
        [("no-such-program", 127), ("./no-such-program", 127), ("./data", 126), ("/usr", 126), ("", 127), ("cd", 127)]
    {
        let run = output(scratch.guard().args(["--", program]));
        assert_eq!(run.status.code(), Some(status), "{program:?}: {}", shown(&run));
        assert_eq!(String::from_utf8_lossy(&run.stderr).lines().count(), 1, "{}", shown(&run));
    }
}

#[test]
fn one_argument_with_blanks_is_a_text() {
    let scratch = Scratch::new();
    let run = output(scratch.guard().arg("echo one  two; exit 3"));
    assert_eq!((run.status.code(), &run.stdout[..]), (Some(3), &b"one two\n"[..]), "{}", shown(&run));
    scratch.file("echo a script", "echo the file\n");
    let run = output(scratch.guard().arg("echo a script"));
    assert_eq!(run.stdout, b"the file\n", "{}", shown(&run));
}

const SCRIPT: &str = "\
set -u
echo \"0=$0 source=${BASH_SOURCE[0]} $# <$*> $-\"
read -r line; echo \"read $line\"
here() { echo \"${FUNCNAME[*]} ${BASH_SOURCE[*]}\"; }; here
[[ ${BASH_SOURCE[0]} == \"$0\" ]] && echo main
trap 'echo bye' EXIT
exit 7
";

#[test]
fn a_script_sees_itself_as_it_would_under_the_shell() {
    let scratch = Scratch::new();
    scratch.file("script", SCRIPT);
    scratch.file("with space/-dash.sh", SCRIPT);
    let absolute = scratch.path.join("script");
    let absolute = absolute.to_str().expect("UTF-8");
    for arguments in [
        vec!["script", "a", "b c"],
        vec!["./script"],
        vec![absolute, "x"],
        vec!["with space/../script"],
        vec!["with space/-dash.sh"],
        vec!["-eu", "script", "a"],
        vec!["--norc", "--", "script", "-c", "x"],
    ] {
        let plain = feed(scratch.command("bash").args(&arguments), "hello\n");
        let guarded = feed(scratch.guard().args(&arguments), "hello\n");
        assert_same(&guarded, &plain, &format!("{arguments:?}"));
    }
    for text in ["kill -TERM $$", "no-such-program", "exit 300", "", "# nothing\n", "echo a\nif true; then\necho b\nfi"]
    {
        scratch.file("ends", text);
        compare(&scratch, &["ends"]);
    }
}

#[test]
fn a_script_that_names_guard_runs() {
    let scratch = Scratch::new();
    scratch.link("guard");
    let path = format!("{}:/usr/bin:/bin", scratch.path.join("bin").display());
    for first in [format!("#!{GUARD}"), "#!/usr/bin/env guard".to_owned(), "#!/usr/bin/env -S guard -u".to_owned()] {
        let script = scratch.program("self", format!("{first}\n{SCRIPT}"));
        let run = feed(scratch.command(&script).env("PATH", &path).args(["a", "b c"]), "hello\n");
        let expected = format!("0={0} source={0} 2 <a b c>", script.display());
        assert_eq!(run.status.code(), Some(7), "{first}: {}", shown(&run));
        assert!(String::from_utf8_lossy(&run.stdout).starts_with(&expected), "{first}: {}", shown(&run));
        assert!(String::from_utf8_lossy(&run.stdout).contains("read hello"), "{first}: {}", shown(&run));
    }
}

#[test]
fn a_script_runs_with_what_its_first_line_names() {
    let scratch = Scratch::new();
    for (first, text, expected) in [
        ("#!/bin/sh -e", "echo \"$0 ${BASH_VERSION-none}\"; false; echo never", "./script none\n"),
        ("#!/bin/bash", "echo \"$0 ${BASH_SOURCE[0]}\"", "./script ./script\n"),
        ("#!/usr/bin/env bash", "echo \"$0 ${BASH_VERSION:+bash}\"", "./script bash\n"),
        ("#!/bin/cat", "text", "#!/bin/cat\ntext"),
        ("#!/usr/bin/awk -f", "BEGIN { print 1 + 1 }", "2\n"),
    ] {
        scratch.file("script", format!("{first}\n{text}"));
        let run = output(scratch.guard().arg("./script"));
        assert_eq!(String::from_utf8_lossy(&run.stdout), expected, "{first}: {}", shown(&run));
    }
    scratch.file("script", "#!/no/such/interpreter\n");
    assert_eq!(output(scratch.guard().arg("./script")).status.code(), Some(127));
}

#[test]
fn standard_input_is_a_script() {
    let scratch = Scratch::new();
    let text = "echo \"$0\" $# \"$@\"\nfalse\necho $?\nexit 4\n";
    for arguments in
        [vec![], vec!["-s", "a", "b c"], vec!["-s"], vec!["-"], vec!["-e"], vec!["--norc", "-s", "--", "x"]]
    {
        let plain = feed(scratch.command("bash").args(&arguments), text);
        let guarded = feed(scratch.guard().args(&arguments), text);
        assert_same(&guarded, &plain, &format!("{arguments:?}"));
    }
    let file = scratch.file("script", text);
    let opened = || std::fs::File::open(&file).expect("opened");
    let plain = output(scratch.command("bash").stdin(opened()));
    let guarded = output(scratch.guard().stdin(opened()));
    assert_same(&guarded, &plain, "< script");
    // The script was read whole: what it runs finds the end of its input, not the lines that follow.
    let run = feed(&mut scratch.guard(), "cat\necho after\n");
    assert_eq!(run.stdout, b"after\n", "{}", shown(&run));
}

#[test]
fn a_long_script_on_standard_input_runs() {
    let scratch = Scratch::new();
    let text = format!("{}echo end $0\nexit 3\n", "# filling\n".repeat(30_000));
    let run = feed(&mut scratch.guard(), text);
    assert_eq!((run.status.code(), &run.stdout[..]), (Some(3), &b"end bash\n"[..]), "{}", shown(&run));
}

#[test]
fn the_environment_is_the_same() {
    let scratch = Scratch::new();
    for arguments in [vec!["-c", "env | sort"], vec!["-c", "exec env"], vec!["-lc", "env | sort"]] {
        for level in [None, Some("1"), Some("7")] {
            let with = |program: &str| {
                let mut command = scratch.command(program);
                command.env("ODD", "a\nb").env("_", "/before").args(&arguments);
                level.map(|level| command.env("SHLVL", level));
                output(&mut command)
            };
            assert_same(&with(GUARD), &with("bash"), &format!("{arguments:?} at {level:?}"));
        }
    }
}

#[test]
fn signals_and_streams_are_handed_on_as_they_came() {
    let scratch = Scratch::new();
    let state = "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status; ls /proc/self/fd; cat";
    for around in [
        "exec \"$@\"",
        "trap '' PIPE; exec \"$@\"",
        "trap '' HUP INT TERM; exec \"$@\"",
        "exec \"$@\" <&-",
        "exec \"$@\" 2>&-",
        "exec \"$@\" 5</dev/null",
    ] {
        let with = |program: &str| output(scratch.command("sh").args(["-c", around, "sh", program, "-c", state]));
        assert_same(&with(GUARD), &with("bash"), around);
    }
}

#[test]
fn guard_becomes_the_program() {
    let scratch = Scratch::new();
    scratch.file("script", "echo $$ $PPID");
    for arguments in [vec!["-c", "echo $$ $PPID"], vec!["script"], vec!["--", "sh", "-c", "echo $$ $PPID"]] {
        let child = scratch.guard().args(&arguments).stdout(std::process::Stdio::piped()).spawn().expect("started");
        let expected = format!("{} {}\n", child.id(), std::process::id());
        let run = child.wait_with_output().expect("an end");
        assert_eq!(String::from_utf8_lossy(&run.stdout), expected, "{arguments:?}");
    }
}

#[test]
fn help_and_version_are_there() {
    let scratch = Scratch::new();
    let help = output(scratch.guard().arg("--help"));
    assert!(
        help.status.success() && String::from_utf8_lossy(&help.stdout).contains("guard -c TEXT"),
        "{}",
        shown(&help)
    );
    let version = output(scratch.guard().arg("--version"));
    assert_eq!(version.stdout, format!("guard {}\n", env!("CARGO_PKG_VERSION")).into_bytes());
    assert!(Path::new(GUARD).is_absolute());
}
