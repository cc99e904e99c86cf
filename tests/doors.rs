//! Through every door, a command behaves as it does without guard: status, signal, streams, `$0`, arguments,
//! environment, process.

#[path = "support/compare.rs"]
mod compare;
#[path = "support/home.rs"]
mod home;

use std::path::Path;
use std::process::Stdio;

use compare::{assert_same, feed, output, shown};
use home::{Home, guard};

/// Runs the same arguments with `bash` and with guard.
fn compare(home: &Home, arguments: &[&str]) {
    let plain = output(home.command("bash").args(arguments));
    let guarded = output(home.guard(&[]).args(arguments));
    assert_same(&guarded, &plain, &format!("{arguments:?}"));
}

#[test]
fn a_text_ends_as_it_does_under_the_shell() {
    let home = Home::new();
    home.file("data", "not a program\n");
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
        compare(&home, &["-c", text]);
    }
}

#[test]
fn options_mean_what_they_mean_to_the_shell() {
    let home = Home::new();
    home.file("start-up", "echo started up\n");
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
        vec!["-Z", "-c", "true"],
        vec!["--no-such-option", "-c", "true"],
        vec!["--rcfile"],
    ] {
        compare(&home, &arguments);
    }
}

#[test]
fn a_login_shell_stays_one() {
    use std::os::unix::process::CommandExt;
    let home = Home::new();
    std::fs::write(home.path(".profile"), "echo profile\n").expect("it is written");
    let text = "shopt -q login_shell && echo login as $0";
    let plain = output(home.command("/bin/bash").arg0("-bash").args(["-c", text]));
    let guarded = output(home.guard(&[]).arg0("-guard").args(["-c", text]));
    assert_same(&guarded, &plain, "-guard");
}

#[test]
fn under_a_shells_name_guard_stands_for_that_shell() {
    let home = Home::new();
    for name in ["sh", "bash", "dash"] {
        let link = home.link(name);
        let arguments = ["-c", "echo \"$0\" ${BASH_VERSION+bash} $1; kill -TERM $$", "name", "a"];
        let plain = output(home.command(format!("/bin/{name}")).args(arguments));
        let guarded = output(home.command(&link).args(arguments));
        assert_same(&guarded, &plain, name);
        // The name alone, found on PATH as an agent finds it.
        let found = output(home.command("/usr/bin/env").args([name, "-c", "echo $0"]));
        assert_eq!(String::from_utf8_lossy(&found.stdout), format!("{name}\n"), "{}", shown(&found));
    }
    let version = output(home.command(home.path("bin/bash")).arg("--version"));
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("GNU bash"), "{}", shown(&version));
}

#[test]
fn a_copy_that_comes_first_on_path_is_passed_over_with_its_links() {
    let home = Home::new();
    let link = home.link("bash");
    std::os::unix::fs::symlink(&link, home.path("bin/sh")).expect("a link to the link");
    std::fs::hard_link(guard(), home.path("bin/dash")).ok();
    let path = format!("{0}:{0}/../bin:/usr/bin:/bin", home.path("bin").display());
    for name in ["bash", "sh"] {
        let program = home.path("bin").join(name);
        let run = output(home.command(program).env("PATH", &path).args(["-c", "echo it runs"]));
        assert_eq!(run.stdout, b"it runs\n", "{}", shown(&run));
    }
}

#[test]
fn an_argument_list_runs_without_a_shell() {
    let home = Home::new();
    home.program("tool", "#!/bin/sh\nprintf '<%s>' \"$@\"; exit 5\n");
    home.program("formless", "printf '<%s>' \"$0\" \"$@\"; exit 6\n");
    home.file("data", "");
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
        let plain = output(home.command(program).args(rest));
        let guarded = output(home.guard(&[]).arg("--").args(&arguments));
        assert_same(&guarded, &plain, &format!("{arguments:?}"));
    }
    let formless = output(home.guard(&[]).args(["--", "./formless", "a"]));
    assert_eq!((formless.status.code(), &formless.stdout[..]), (Some(6), &b"<./formless><a>"[..]));
    for (program, status) in
        [("no-such-program", 127), ("./no-such-program", 127), ("./data", 126), ("/usr", 126), ("", 127), ("cd", 127)]
    {
        let run = output(home.guard(&[]).args(["--", program]));
        assert_eq!(run.status.code(), Some(status), "{program:?}: {}", shown(&run));
        assert_eq!(String::from_utf8_lossy(&run.stderr).lines().count(), 1, "{}", shown(&run));
    }
}

#[test]
fn one_argument_with_blanks_is_a_text() {
    let home = Home::new();
    let run = output(home.guard(&[]).arg("echo one  two; exit 3"));
    assert_eq!((run.status.code(), &run.stdout[..]), (Some(3), &b"one two\n"[..]), "{}", shown(&run));
    home.file("echo a script", "echo the file\n");
    let run = output(home.guard(&[]).arg("echo a script"));
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
    let home = Home::new();
    home.file("script", SCRIPT);
    home.file("with space/-dash.sh", SCRIPT);
    let absolute = home.path("work/script");
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
        let plain = feed(home.command("bash").args(&arguments), "hello\n");
        let guarded = feed(home.guard(&[]).args(&arguments), "hello\n");
        assert_same(&guarded, &plain, &format!("{arguments:?}"));
    }
    for text in ["kill -TERM $$", "no-such-program", "exit 300", "", "# nothing\n", "echo a\nif true; then\necho b\nfi"]
    {
        home.file("ends", text);
        compare(&home, &["ends"]);
    }
}

#[test]
fn a_script_that_names_guard_runs() {
    let home = Home::new();
    home.link("guard");
    for first in
        [format!("#!{}", guard().display()), "#!/usr/bin/env guard".to_owned(), "#!/usr/bin/env -S guard -u".to_owned()]
    {
        let script = home.program("self", format!("{first}\n{SCRIPT}"));
        let run = feed(home.command(&script).args(["a", "b c"]), "hello\n");
        let expected = format!("0={0} source={0} 2 <a b c>", script.display());
        assert_eq!(run.status.code(), Some(7), "{first}: {}", shown(&run));
        assert!(String::from_utf8_lossy(&run.stdout).starts_with(&expected), "{first}: {}", shown(&run));
        assert!(String::from_utf8_lossy(&run.stdout).contains("read hello"), "{first}: {}", shown(&run));
    }
}

#[test]
fn a_script_runs_with_what_its_first_line_names() {
    let home = Home::new();
    for (first, text, expected) in [
        ("#!/bin/sh -e", "echo \"$0 ${BASH_VERSION-none}\"; false; echo never", "./script none\n"),
        ("#!/bin/bash", "echo \"$0 ${BASH_SOURCE[0]}\"", "./script ./script\n"),
        ("#!/usr/bin/env bash", "echo \"$0 ${BASH_VERSION:+bash}\"", "./script bash\n"),
        ("#!/bin/cat", "text", "#!/bin/cat\ntext"),
        ("#!/usr/bin/awk -f", "BEGIN { print 1 + 1 }", "2\n"),
    ] {
        home.file("script", format!("{first}\n{text}"));
        let run = output(home.guard(&[]).arg("./script"));
        assert_eq!(String::from_utf8_lossy(&run.stdout), expected, "{first}: {}", shown(&run));
    }
    home.file("script", "#!/no/such/interpreter\n");
    assert_eq!(output(home.guard(&[]).arg("./script")).status.code(), Some(127));
}

#[test]
fn standard_input_is_a_script() {
    let home = Home::new();
    let text = "echo \"$0\" $# \"$@\"\nfalse\necho $?\nexit 4\n";
    for arguments in
        [vec![], vec!["-s", "a", "b c"], vec!["-s"], vec!["-"], vec!["-e"], vec!["--norc", "-s", "--", "x"]]
    {
        let plain = feed(home.command("bash").args(&arguments), text);
        let guarded = feed(home.guard(&[]).args(&arguments), text);
        assert_same(&guarded, &plain, &format!("{arguments:?}"));
    }
    let file = home.file("script", text);
    let opened = || std::fs::File::open(&file).expect("opened");
    let plain = output(home.command("bash").stdin(opened()));
    let guarded = output(home.guard(&[]).stdin(opened()));
    assert_same(&guarded, &plain, "< script");
    // The script was read whole: what it runs finds the end of its input, not the lines that follow.
    let run = feed(&mut home.guard(&[]), "cat\necho after\n");
    assert_eq!(run.stdout, b"after\n", "{}", shown(&run));
}

#[test]
fn a_long_script_on_standard_input_runs() {
    let home = Home::new();
    let text = format!("{}echo end $0\nexit 3\n", "# filling\n".repeat(30_000));
    let run = feed(&mut home.guard(&[]), text);
    assert_eq!((run.status.code(), &run.stdout[..]), (Some(3), &b"end bash\n"[..]), "{}", shown(&run));
}

#[test]
fn the_environment_is_the_same() {
    let home = Home::new();
    for arguments in [vec!["-c", "env | sort"], vec!["-c", "exec env"], vec!["-lc", "env | sort"]] {
        for level in [None, Some("1"), Some("7")] {
            let with = |program: &Path| {
                let mut command = home.command(program);
                command.env("ODD", "a\nb").env("_", "/before").args(&arguments);
                level.map(|level| command.env("SHLVL", level));
                output(&mut command)
            };
            assert_same(&with(guard()), &with(Path::new("bash")), &format!("{arguments:?} at {level:?}"));
        }
    }
}

#[test]
fn signals_and_streams_are_handed_on_as_they_came() {
    let home = Home::new();
    let state = "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status; ls /proc/self/fd; cat";
    for around in [
        "exec \"$@\"",
        "trap '' PIPE; exec \"$@\"",
        "trap '' HUP INT TERM; exec \"$@\"",
        "exec \"$@\" <&-",
        "exec \"$@\" 2>&-",
        "exec \"$@\" 5</dev/null",
    ] {
        let with =
            |program: &Path| output(home.command("sh").args(["-c", around, "sh"]).arg(program).args(["-c", state]));
        assert_same(&with(guard()), &with(Path::new("bash")), around);
    }
}

#[test]
fn guard_becomes_the_program() {
    let home = Home::new();
    home.file("script", "echo $$ $PPID");
    for arguments in [vec!["-c", "echo $$ $PPID"], vec!["script"], vec!["--", "sh", "-c", "echo $$ $PPID"]] {
        let child = home.guard(&[]).args(&arguments).stdout(Stdio::piped()).spawn().expect("started");
        let expected = format!("{} {}\n", child.id(), std::process::id());
        let run = child.wait_with_output().expect("an end");
        assert_eq!(String::from_utf8_lossy(&run.stdout), expected, "{arguments:?}");
    }
}

#[test]
fn help_and_version_are_there() {
    let home = Home::new();
    let help = output(home.guard(&[]).arg("--help"));
    assert!(
        help.status.success() && String::from_utf8_lossy(&help.stdout).contains("guard -c TEXT"),
        "{}",
        shown(&help)
    );
    let version = output(home.guard(&[]).arg("--version"));
    assert_eq!(version.stdout, format!("guard {}\n", env!("CARGO_PKG_VERSION")).into_bytes());
}

#[test]
fn what_was_judged_once_is_not_judged_again() {
    let home = Home::new();
    let bash = home.link("bash");
    home.link("sh");
    home.program("script", format!("#!{}\necho \"$0\"\n", home.path("bin/sh").display()));
    for arguments in
        [vec!["--", "sh", "-c", "true"], vec!["--", bash.to_str().expect("UTF-8"), "-c", "true"], vec!["./script"]]
    {
        let before = home.journal().len();
        let run = output(&mut home.guard(&arguments));
        assert!(run.status.success(), "{arguments:?}: {}", shown(&run));
        assert_eq!(home.journal().len(), before + 1, "{arguments:?}");
    }
}
