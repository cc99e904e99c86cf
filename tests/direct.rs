//! One simple command is executed without the shell, and gets exactly what the shell would have given it.

#[path = "support/compare.rs"]
mod compare;
#[path = "support/home.rs"]
mod home;

use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

use compare::{assert_same, output, shown};
use home::Home;

/// What `env -0` printed, in order.
fn variables(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let mut variables: Vec<String> = text.split('\0').map(str::to_owned).collect();
    variables.sort();
    variables
}

/// Runs `env -0` with the shell and with guard in its place, each with these changes to its environment.
fn compare(home: &Home, shell: &str, arguments: &[&str], change: impl Fn(&mut Command)) {
    let link = home.path("bin").join(shell);
    let mut plain = home.command(format!("/bin/{shell}"));
    // A shell names itself in its messages by what it was called.
    plain.arg0(&link);
    let mut guarded = home.command(&link);
    let what = format!("{shell} {arguments:?}");
    let [plain, guarded] = [&mut plain, &mut guarded].map(|command| {
        change(command);
        output(command.args(arguments))
    });
    let [left, right] = [&guarded, &plain].map(variables);
    assert_eq!(left, right, "{what}: {} {}", shown(&guarded), shown(&plain));
    assert_eq!((guarded.status, guarded.stderr), (plain.status, plain.stderr), "{what}");
}

#[test]
fn the_environment_is_the_one_that_the_shell_gives() {
    let home = Home::new();
    for shell in ["bash", "sh", "dash"] {
        if !std::path::Path::new("/bin").join(shell).exists() {
            println!("there is no {shell} to compare with");
            continue;
        }
        home.link(shell);
        let work = home.path("work").display().to_string();
        let bin = home.path("bin").display().to_string();
        let settings: &[&[(&str, &str)]] = &[
            &[],
            &[("SHLVL", "1")],
            &[("SHLVL", "0")],
            &[("SHLVL", "-1")],
            &[("SHLVL", "07")],
            &[("SHLVL", "x")],
            &[("SHLVL", "998")],
            &[("SHLVL", "999")],
            &[("SHLVL", "5000")],
            &[("PWD", &work)],
            &[("PWD", &bin)],
            &[("PWD", "."), ("OLDPWD", "/")],
            &[("PWD", "/nowhere"), ("OLDPWD", "/nowhere")],
            &[("OLDPWD", "/etc/passwd")],
            &[("_", "/usr/bin/something"), ("A", ""), ("B", "x=y")],
            &[("not-a-name", "1"), ("1x", "2"), ("a.b", "3")],
            &[("PS1", "> "), ("PS2", "> "), ("PS4", "+")],
            &[("IFS", ":")],
            &[("UID", "7"), ("EUID", "7"), ("PPID", "7")],
            &[("OPTIND", "4"), ("RANDOM", "1"), ("LINENO", "3"), ("SECONDS", "5")],
            &[("POSIXLY_CORRECT", "1")],
            &[("SHELLOPTS", "noglob")],
            &[("BASHOPTS", "extglob"), ("BASH_COMPAT", "42")],
            &[("BASH_FUNC_env%%", "() { echo the function; }")],
            &[("BASH_ENV", "start-up")],
            &[("ENV", "start-up")],
            &[("TERM", "dumb"), ("COLUMNS", "40"), ("LINES", "5"), ("HOSTNAME", "h"), ("SHELL", "/bin/x")],
            &[("LC_ALL", "xx_YY")],
            &[
                ("LC_CTYPE", "xx_YY"),
                ("LANG", "xx_YY"),
                ("TMOUT", "3"),
                ("HISTSIZE", "9"),
                ("GLOBIGNORE", "*"),
                ("PROMPT_COMMAND", "x"),
            ],
            &[("SSH_CLIENT", "a b c")],
        ];
        home.file("start-up", "export started=up\n");
        std::fs::write(home.path(".bashrc"), "export from=bashrc\n").expect("written");
        for variables in settings {
            compare(&home, shell, &["-c", "env -0"], |command| {
                command.envs(variables.iter().copied());
            });
        }
        compare(&home, shell, &["-ec", "/usr/bin/env -0", "name", "argument"], |_| {});
        compare(&home, shell, &["-c", "env -0"], |command| {
            command.env_remove("PATH");
        });
        compare(&home, shell, &["-c", "env -0"], |command| {
            command.env("PATH", "relative::/usr/bin:/bin");
        });
    }
}

#[test]
fn a_bash_that_is_started_over_a_socket_reads_its_file() {
    let home = Home::new();
    home.link("bash");
    std::fs::write(home.path(".bashrc"), "export from=bashrc\n").expect("written");
    for level in [None, Some("1")] {
        let run = |mut command: Command| {
            let (ours, theirs) = UnixStream::pair().expect("a pair");
            command.args(["-c", "env -0"]).stdin(std::os::fd::OwnedFd::from(theirs));
            command.envs(level.map(|level| ("SHLVL", level)));
            let output = command.output().expect("it runs");
            drop(ours);
            variables(&output)
        };
        assert_eq!(run(home.command(home.path("bin/bash"))), run(home.command("/bin/bash")), "{level:?}");
    }
}

#[test]
fn arguments_status_and_messages_are_the_shells() {
    let home = Home::new();
    home.file("data", "not a program\n");
    home.program("plain", "echo a script without a first line $0 $1\n");
    home.program("broken", "#!/no/such/interpreter\n");
    home.program("answer", "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\"; exit 7\n");
    std::fs::create_dir(home.path("bin/folder")).expect("a folder");
    std::fs::write(home.path("bin/not-executable"), "").expect("a file");
    for text in [
        "./answer a 'b  c' \"d'e\" \\$f {} '' g=h",
        "./plain x",
        "./broken",
        "./data",
        "./nothing",
        "folder",
        "not-executable",
        "no-such-program at all",
        "/usr",
        "sleep x",
        "ls --no-such-option",
        "sh -c 'kill -TERM $$'",
        "cat /nowhere",
    ] {
        let plain = output(home.command("/bin/bash").arg0("bash").args(["-c", text]));
        let guarded = output(&mut home.guard(&["-c", text]));
        assert_same(&guarded, &plain, text);
    }
}

#[test]
fn the_shell_is_not_started_for_one_command() {
    let home = Home::new();
    // Not a shell at all: whatever starts it is seen.
    home.stub("bash", "echo the shell was started");
    let text = |arguments: &[&str]| home::text(&output(&mut home.guard(arguments)).stdout);
    assert_eq!(
        text(&["-c", "printenv HOME"]),
        format!("{}\n", home.path("").display().to_string().trim_end_matches('/'))
    );
    for arguments in
        [&["-c", "printenv HOME; true"][..], &["-c", "printenv HOME > /dev/null"], &["-lc", "printenv HOME"]]
    {
        assert_eq!(text(arguments), "the shell was started\n", "{arguments:?}");
    }
}

#[test]
fn built_in_commands_print_and_end_as_the_shells_do() {
    let home = Home::new();
    for shell in ["bash", "dash"] {
        if !std::path::Path::new("/bin").join(shell).exists() {
            println!("there is no {shell} to compare with");
            continue;
        }
        let link = home.link(shell);
        for text in [
            "true",
            "true x",
            "false",
            ": x",
            "echo",
            "echo a 'b  c' \\* \"d\"",
            "echo -n a",
            "echo -e 'a\\tb'",
            "echo -",
            "echo 'a\\tb\\c'",
            "echo --version",
            "echo ''",
            "echo é",
            "echo a >&-",
            "echo a > /dev/full",
        ] {
            let argv = ["-c", text];
            let plain = output(home.command(format!("/bin/{shell}")).arg0(&link).args(argv));
            let guarded = output(home.command(&link).args(argv));
            assert_same(&guarded, &plain, &format!("{shell} {text}"));
        }
        for redirection in ["> /dev/full", ">&-"] {
            let ends = |program: &str| {
                let script = format!("'{program}' -c 'echo a' {redirection}; echo $?");
                output(home.command("/bin/bash").args(["-c", &script]))
            };
            let plain = ends(&format!("/bin/{shell}"));
            let guarded = ends(&link.display().to_string());
            assert_eq!(guarded.stdout, plain.stdout, "{shell} {redirection}: {} {}", shown(&guarded), shown(&plain));
        }
    }
}
