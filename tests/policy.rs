//! What a user configures holds, the environment only tightens, and a broken configuration lets only reading through.

#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::fs;

use home::{DANGEROUS, Home, text};
use pty::{Pty, Streams};

#[test]
fn a_broken_configuration_is_told_on_every_call() {
    let cases = [
        ("mode: loose\n", ":1:7: expected \"standard\" or \"read-only\", found \"loose\""),
        (
            "mode: standard\nnever:\n  - efect: drop\n",
            ":3:5: expected one of rule, effect, subject, command, because, found \"efect\"",
        ),
        ("prompt-timeout: 1000h\n", ":1:17: expected a time from 1s to 1h, such as 25s or 2m, found \"1000h\""),
        ("mode: [\n", ":"),
    ];
    for (configuration, told) in cases {
        let home = Home::with(configuration);
        let path = home.path("config/guard/config.yaml");
        for (command, status) in [("true", 0), ("touch made", 126), (DANGEROUS, 126)] {
            let output = home.run(&["-c", command]);
            assert_eq!(output.status.code(), Some(status), "{configuration} {command}");
            let said = text(&output.stderr);
            let first = said.lines().next().unwrap_or_default();
            assert!(first.starts_with(&format!("guard: {}{told}", path.display())), "{first}");
        }
        assert!(!home.path("work/made").exists());
        assert_eq!(home.runs(), 0);
        fs::write(path, "mode: standard\n").expect("it is written");
        assert!(home.run(&["-c", "touch made"]).status.success());
        assert!(home.path("work/made").exists());
    }
}

#[test]
fn a_configuration_that_is_no_file_is_broken_and_no_hang() {
    let home = Home::new();
    nix::unistd::mkfifo(&home.path("config/guard/config.yaml"), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    assert_eq!(home.run(&["-c", "touch made"]).status.code(), Some(126));
    assert_eq!(home.run(&["-c", "true"]).status.code(), Some(0));
}

#[test]
fn without_a_configuration_nothing_is_said() {
    let home = Home::new();
    let output = home.run(&["-c", "touch made"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn the_mode_may_be_tightened_from_outside_and_not_loosened() {
    let cases = [
        ("", None, 0),
        ("", Some("read-only"), 126),
        ("mode: read-only\n", None, 126),
        ("mode: read-only\n", Some("standard"), 126),
        ("mode: read-only\n", Some(""), 126),
        ("mode: standard\n", Some("off"), 126),
    ];
    for (configuration, variable, status) in cases {
        let home = Home::with(configuration);
        let mut command = home.command("setsid");
        command.arg("-w").arg(home::guard()).args(["-c", "touch made"]).stdin(std::process::Stdio::null());
        command.envs(variable.map(|value| ("GUARD_MODE", value)));
        let output = command.output().expect("guard starts");
        assert_eq!(output.status.code(), Some(status), "{configuration:?} {variable:?}");
        assert_eq!(home.path("work/made").exists(), status == 0);
    }
}

#[test]
fn in_read_only_mode_a_mutating_command_is_asked_about() {
    let home = Home::with("mode: read-only\n");
    let mut session = Pty::new(30, 100).start(&home.guard(&["-c", "touch made"]), Streams::Terminal);
    session.await_question();
    session.press("y\r");
    let ended = session.end();
    assert_eq!(ended.status.code(), Some(0));
    assert!(ended.screen().contains("this command is mutating, and the mode is read-only"), "{}", ended.screen());
    assert!(home.path("work/made").exists());
}

#[test]
fn what_must_never_run_is_not_asked_about() {
    let cases = [
        ("never: [{command: 'rm *'}]\n", DANGEROUS, "command rm *"),
        ("never: [{effect: delete, because: nothing is deleted here}]\n", DANGEROUS, "nothing is deleted here"),
        ("never: [{effect: delete, subject: '/srv/*'}]\n", DANGEROUS, "effect delete, subject /srv/*"),
        ("never: [{command: 'touch *'}]\n", "touch made", "command touch *"),
    ];
    for (configuration, command, entry) in cases {
        let home = Home::with(configuration);
        let ended = Pty::new(30, 100).start(&home.guard(&["-c", command]), Streams::Terminal).end();
        let screen = ended.screen();
        assert_eq!(ended.status.code(), Some(126), "{screen}");
        assert!(!screen.contains("Run it?"), "{screen}");
        assert!(screen.contains(&format!("it is on the list of what never runs ({entry})")), "{screen}");
        assert_eq!(home.runs(), 0);
        assert!(!home.path("work/made").exists());
        let record = &home.journal()[0];
        assert_eq!((&record["decision"], &record["by"]), (&"refused".into(), &"policy".into()));
    }
}

#[test]
fn the_configured_shell_runs_the_command() {
    let home = Home::new();
    home.stub("bash", "echo configured; exec /bin/sh \"$@\"");
    let path = home.path("bin/bash");
    fs::write(home.path("config/guard/config.yaml"), format!("shell: {}\n", path.display())).expect("it is written");
    assert_eq!(text(&home.run(&["-c", "echo ran"]).stdout), "configured\nran\n");
}

#[test]
fn in_read_only_mode_commands_may_write_in_narrow_scopes() {
    let folder = home::lasting_folder();
    let top = folder.path().canonicalize().expect("it is there");
    for name in ["app/src", "app/docs", "app/srcs"] {
        fs::create_dir_all(top.join(name)).expect("a folder");
    }
    std::os::unix::fs::symlink("../docs", top.join("app/src/link")).expect("it is new");
    let home = Home::with(&format!("mode: read-only\nmay-write: [{}]\n", top.join("app/src").display()));
    let top = top.display();
    let cases = [
        ("touch src/a", 0),
        ("cd src && touch b", 0),
        ("echo x > src/c", 0),
        ("cat >> src/d <<E\nx\nE", 0),
        ("echo x | tee src/e > /dev/null", 0),
        ("mkdir -p src/f/g", 0),
        ("cp docs src/h -r", 0),
        (&format!("touch {top}/app/src/../src/i"), 0),
        ("mkdir src/j && touch src/j/a && cp src/j/a src/k", 0),
        ("bash -c 'touch src/l'", 0),
        ("touch src/m && sed -i s/a/b/ src/m", 0),
        ("sed -i s/a/b/ docs/README", 126),
        ("sed -i/etc/* s/a/b/ src/m", 126),
        ("sed -i 'w docs/x' src/m", 126),
        ("ln -s ../docs src/n; touch src/n/a", 126),
        ("mkdir src/o && ln -s ../docs src/o/p && touch src/o/p/a", 126),
        ("touch docs/a", 126),
        ("touch srcs/a", 126),
        ("touch src/a docs/a", 126),
        ("touch src/link/a", 126),
        ("touch src/../docs/a", 126),
        ("touch src/*", 126),
        ("touch $X", 126),
        ("cd docs && touch a", 126),
        ("mv docs src/docs", 126),
        ("ln -s ../docs src/other && touch src/other/a", 126),
        ("touch src/a; git init", 126),
        ("make -C src", 126),
        (DANGEROUS, 126),
    ];
    for (command, status) in cases {
        let mut call = home.command("setsid");
        call.arg("-w").arg(home::guard()).args(["-c", command]).stdin(std::process::Stdio::null());
        call.current_dir(format!("{top}/app"));
        let output = call.output().expect("guard starts");
        assert_eq!(output.status.code(), Some(status), "{command}: {}", text(&output.stderr));
    }
    assert_eq!(fs::read_dir(format!("{top}/app/docs")).expect("it is there").count(), 0);
}
