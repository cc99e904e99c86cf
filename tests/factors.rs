//! What a yes needs besides a terminal: at the question, and from elsewhere.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::fs;
use std::process::Command;

use desk::{held, waits, without_terminal};
use home::{DANGEROUS, Home, text};
use pty::{Ended, Pty, Session, Streams};

const PASSPHRASE: &str = "correct horse battery";

/// A code by the standard's own words, of a secret as it is shown.
const CODE: &str = r#"
import base64, hashlib, hmac, struct, sys, time
key, step = base64.b32decode(sys.argv[1]), int(time.time()) // 30 + int(sys.argv[2])
mac = hmac.new(key, struct.pack(">q", step), hashlib.sha1).digest()
at = mac[-1] & 15
print("%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 10**6))
"#;

fn start(home: &Home, arguments: &[&str]) -> Session {
    Pty::new(40, 120).start(&home.guard(arguments), Streams::Terminal)
}

fn answer(mut session: Session, dialogue: &[(&str, &str)]) -> Ended {
    let mut from = 0;
    for (question, typed) in dialogue {
        from = session.await_text(question, from);
        session.press(&format!("{typed}\r"));
    }
    session.end()
}

fn with_passphrase(configuration: &str) -> Home {
    let home = Home::with(configuration);
    let dialogue = [("New passphrase: ", PASSPHRASE), ("Once more: ", PASSPHRASE)];
    let ended = answer(start(&home, &["factor", "set", "passphrase"]), &dialogue);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.screen());
    assert!(!ended.screen().contains(PASSPHRASE), "{}", ended.screen());
    home
}

fn code(secret: &str, step: &str) -> String {
    let output = Command::new("python3").args(["-c", CODE, secret, step]).output().expect("python starts");
    text(&output.stdout).trim().to_owned()
}

#[test]
fn a_passphrase_is_asked_for_with_every_yes() {
    let home = with_passphrase("factors: {passphrase: always}\n");
    for (tries, status) in
        [(&[PASSPHRASE][..], 3), (&["wrong", PASSPHRASE], 3), (&["", "wrong", "Correct horse battery"], 126)]
    {
        let before = home.runs();
        let mut session = start(&home, &["-c", DANGEROUS]);
        session.await_question();
        session.press("y\r");
        let dialogue: Vec<(&str, &str)> = tries.iter().map(|typed| ("Passphrase: ", *typed)).collect();
        let ended = answer(session, &dialogue);
        assert_eq!(ended.status.code(), Some(status), "{}", ended.screen());
        assert!(!ended.screen().contains(PASSPHRASE), "it is not shown");
        assert_eq!(home.runs() - before, usize::from(status == 3));
    }
    let journal = home.journal();
    assert_eq!(journal.last().expect("a record")["because"], "the passphrase was wrong");
    // What was typed along with the yes was typed before the question for it.
    let mut session = start(&home, &["-c", DANGEROUS]);
    session.await_question();
    session.press(&format!("y\r{PASSPHRASE}\r"));
    session.await_text("Passphrase: ", 0);
    session.press("\x03");
    assert_eq!(session.end().status.code(), Some(126));
}

#[test]
fn approve_watch_grant_and_session_ask_for_it_too() {
    let home = with_passphrase("factors: {passphrase: always}\n");
    let ticket = held(&home, &["-c", DANGEROUS]);
    let wrong = [("Passphrase: ", "one"), ("Passphrase: ", "two"), ("Passphrase: ", "three")];
    assert_eq!(answer(start(&home, &["approve", &ticket]), &wrong).status.code(), Some(1));
    assert_eq!(held(&home, &["-c", DANGEROUS]), ticket, "it is not answered");
    let ended = answer(start(&home, &["approve", &ticket]), &[("Passphrase: ", PASSPHRASE)]);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.screen());
    let run = |command: &str| without_terminal(&home, &["-c", command], "0").output().expect("guard starts").status;
    assert_eq!(run(DANGEROUS).code(), Some(3));

    let mut watch = start(&home, &["watch"]);
    watch.await_text("appear here", 0);
    let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "60"));
    watch.await_text("[y] yes", 0);
    watch.press("y");
    watch.await_text("Passphrase: ", 0);
    watch.press(&format!("{PASSPHRASE}\r"));
    assert_eq!(waiting.end().0.code(), Some(3));
    watch.press("q");

    let refused = answer(start(&home, &["grant", "--command", DANGEROUS]), &wrong);
    assert_eq!(refused.status.code(), Some(1), "{}", refused.screen());
    assert_eq!(run(DANGEROUS).code(), Some(126));
    let mut session = start(&home, &["session", "1m"]);
    session.await_text("Passphrase: ", 0);
    session.press(&format!("{PASSPHRASE}\r"));
    session.await_text("run unasked until", 0);
    session.press("q");
    assert_eq!(session.end().status.code(), Some(0));
    // A no needs no proof.
    let ticket = held(&home, &["-c", DANGEROUS]);
    assert_eq!(start(&home, &["deny", &ticket]).end().status.code(), Some(0));
}

#[test]
fn a_one_time_code_is_asked_for_with_the_effects_that_are_named_and_is_good_once() {
    let home = Home::with("factors: {totp: [delete]}\n");
    home.stub("git", "exit 3");
    let mut session = start(&home, &["factor", "set", "totp"]);
    let at = session.await_text("otpauth://totp/guard:", 0);
    session.await_text("now: ", at);
    let drawn = session.drawn();
    let secret = drawn.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).expect("a secret").to_owned();
    session.press(&format!("{}\r", code(&secret, "-1")));
    assert_eq!(session.end().status.code(), Some(0));

    let asked = |command: &str, typed: &str| {
        let mut session = start(&home, &["-c", command]);
        session.await_question();
        session.press("y\r");
        session.await_text("One-time code: ", 0);
        session.press(&format!("{typed}\r"));
        session
    };
    // A step ahead, so that it is neither used up nor over, wherever in its time this runs.
    let good = code(&secret, "1");
    assert_eq!(asked(DANGEROUS, &good).end().status.code(), Some(3));
    let mut again = asked(DANGEROUS, &good);
    again.await_text("That is not it.", 0);
    again.press("\x03");
    assert_eq!(again.end().status.code(), Some(126));

    let mut other = start(&home, &["-c", "git push --force"]);
    other.await_question();
    other.press("y\r");
    assert_eq!(other.end().status.code(), Some(3), "another effect needs no code");
}

#[test]
fn what_is_asked_for_and_not_set_confirms_nothing() {
    let home = Home::with("factors: {passphrase: always}\n");
    let mut session = start(&home, &["-c", DANGEROUS]);
    session.await_question();
    session.press("y\r");
    let ended = session.end();
    assert_eq!(ended.status.code(), Some(126));
    assert!(ended.screen().contains("none is set: guard factor set passphrase"), "{}", ended.screen());
    let ticket = held(&home, &["-c", DANGEROUS]);
    assert_eq!(start(&home, &["approve", &ticket]).end().status.code(), Some(1));
    assert_eq!(home.runs(), 0);
}

#[test]
fn a_factor_is_kept_unread_and_changed_by_who_has_it() {
    use std::os::unix::fs::PermissionsExt;
    let home = with_passphrase("");
    let path = home.path("state/guard/factors/passphrase.json");
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
    let kept = fs::read(&path).expect("it is there");
    assert!(!text(&kept).contains("horse"));
    let wrong = [("Passphrase: ", "a"), ("Passphrase: ", "b"), ("Passphrase: ", "c")];
    let ended = answer(start(&home, &["factor", "set", "passphrase"]), &wrong);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.screen());
    // Who has guessed often must wait, and the right one does not count meanwhile.
    let misses = serde_json::json!({ "count": 20, "last": jiff::Timestamp::now() }).to_string();
    fs::write(home.path("state/guard/factors/misses.json"), misses).expect("it is written");
    let ended = answer(start(&home, &["factor", "remove", "passphrase"]), &[("Passphrase: ", PASSPHRASE)]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.screen().contains("wrong too often; wait "), "{}", ended.screen());
    assert_eq!(fs::read(&path).expect("it is there"), kept);
    assert_eq!(home.run(&["factor", "set", "passphrase"]).status.code(), Some(1), "without a terminal");
    assert!(text(&home.run(&["factor", "list"]).stdout).contains("passphrase  set"));
}

#[test]
fn a_new_passphrase_is_typed_twice_and_is_no_short_one() {
    let home = Home::new();
    for dialogue in [
        &[("New passphrase: ", "short")][..],
        &[("New passphrase: ", "long enough 1"), ("Once more: ", "long enough 2")],
    ] {
        let ended = answer(start(&home, &["factor", "set", "passphrase"]), dialogue);
        assert_eq!(ended.status.code(), Some(1), "{}", ended.screen());
        assert!(!home.path("state/guard/factors/passphrase.json").exists());
    }
}
