//! What the system asks of its users as a proof: the real libpam with its real modules, led by a service file of the
//! test's own, which lies in the place of `/etc/pam.d` in a mount namespace.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::fs;
use std::process::Command;

use desk::held;
use home::{DANGEROUS, Home, guard, text};
use pty::{Ended, Pty, Session, Streams};

/// A home that asks for PAM with every yes. Its service says something, takes the password that its check takes, and
/// tells wrong ones as the system's own services do.
fn home_with(check: &str) -> Home {
    let home = Home::with("factors: {pam: always}\n");
    let check = home.program("check", format!("#!/bin/sh\n{check}\n"));
    let service = format!(
        "auth optional pam_echo.so touch the key, {{\\033[2J}}\n\
         auth [success=1 default=ignore] pam_exec.so quiet expose_authtok {}\n\
         auth requisite pam_deny.so\n\
         auth required pam_permit.so\n\
         account required pam_permit.so\n",
        check.display()
    );
    home.file("pam.d/guard", service);
    home
}

/// Takes one password.
const CHECK: &str = "test \"$(/usr/bin/tr -d '\\0')\" = 'open sesame'";

/// guard where this home's service files are the system's.
fn start(home: &Home, arguments: &[&str]) -> Session {
    let mut command = home.command("unshare");
    command.args(["-m", "/bin/sh", "-c", "mount --bind \"$0\" /etc/pam.d && exec \"$@\""]);
    command.arg(home.path("work/pam.d")).arg(guard()).args(arguments);
    Pty::new(40, 120).start(&command, Streams::Terminal)
}

/// Whether a mount namespace can be made here: only root can without a user namespace, from inside which guard could not
/// see who holds the terminal.
fn can_mount() -> bool {
    let tried = Command::new("unshare").args(["-m", "mount", "--bind", "/tmp", "/etc/pam.d"]).status();
    let can = tried.is_ok_and(|status| status.success());
    if !can {
        eprintln!("skipped: no mount namespace can be made here");
    }
    can
}

fn says_yes(home: &Home, passwords: &[&str]) -> Ended {
    let mut session = start(home, &["-c", DANGEROUS]);
    session.await_question();
    session.press("y\r");
    let mut from = 0;
    for password in passwords {
        from = session.await_text("Password: ", from);
        session.press(&format!("{password}\r"));
    }
    session.end()
}

#[test]
fn what_pam_takes_confirms_and_what_it_does_not_take_refuses() {
    if !can_mount() {
        return;
    }
    let home = home_with(CHECK);
    let ended = says_yes(&home, &["open sesame"]);
    assert_eq!(ended.status.code(), Some(3), "{}", ended.screen());
    assert!(!ended.screen().contains("sesame"), "it is not shown: {}", ended.screen());
    assert!(ended.screen().contains("touch the key, "), "what its modules say is shown: {}", ended.screen());
    assert_eq!(says_yes(&home, &["wrong", "open sesame"]).status.code(), Some(3));
    assert_eq!(home.runs(), 2);
    let ended = says_yes(&home, &["wrong", "", "Open Sesame"]);
    assert_eq!(ended.status.code(), Some(126), "{}", ended.screen());
    assert_eq!(home.runs(), 2);
    assert_eq!(home.journal().last().expect("a record")["because"], "PAM did not take it");
}

#[test]
fn an_approval_from_elsewhere_asks_for_it_too() {
    if !can_mount() {
        return;
    }
    let home = home_with(CHECK);
    let ticket = held(&home, &["-c", DANGEROUS]);
    for (password, status) in [("no", 1), ("open sesame", 0)] {
        let mut session = start(&home, &["approve", &ticket]);
        let mut from = 0;
        for _ in 0..if status == 0 { 1 } else { 3 } {
            from = session.await_text("Password: ", from);
            session.press(&format!("{password}\r"));
        }
        let ended = session.end();
        assert_eq!(ended.status.code(), Some(status), "{}", ended.screen());
    }
}

#[test]
fn modules_that_do_not_end_hold_nobody_up() {
    if !can_mount() {
        return;
    }
    // It ends with the test's folder.
    let home = home_with("while test -e \"$0\"; do /bin/sleep 0.1; done");
    fs::write(home.path("config/guard/config.yaml"), "factors: {pam: always}\nprompt-timeout: 2s\n")
        .expect("it is written");
    let ended = says_yes(&home, &["open sesame"]);
    assert_eq!(ended.status.code(), Some(126), "{}", ended.screen());
    assert!(ended.screen().contains("nobody answered"), "{}", ended.screen());
    fs::write(home.path("config/guard/config.yaml"), "factors: {pam: always}\n").expect("it is written");
    let mut session = start(&home, &["-c", DANGEROUS]);
    session.await_question();
    session.press("y\r");
    session.await_text("Password: ", 0);
    session.press("open sesame\r");
    session.press("\x03");
    assert_eq!(session.end().status.code(), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn without_a_service_of_its_own_nothing_is_confirmed() {
    if !can_mount() {
        return;
    }
    let home = home_with(CHECK);
    // What PAM goes by for services that it does not know lets everybody in.
    fs::rename(home.path("work/pam.d/guard"), home.path("work/pam.d/other")).expect("it is there");
    home.file("pam.d/other", "auth required pam_permit.so\naccount required pam_permit.so\n");
    let ended = says_yes(&home, &[]);
    assert_eq!(ended.status.code(), Some(126), "{}", ended.screen());
    assert!(ended.screen().contains("there is no /etc/pam.d/guard"), "{}", ended.screen());
    assert_eq!(home.runs(), 0);
    assert!(text(&home.run(&["factor", "list"]).stdout).contains("pam"));
}
