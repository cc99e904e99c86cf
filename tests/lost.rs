//! A person is shown what would be lost, and confirms severe losses by typing what they read.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use guard::ask::{self, Size};
use guard::doors::text_request;
use guard::facts::look::look;
use guard::facts::loss::{Loss, Severity};
use guard::facts::machine::Machine;
use guard::judge::judge;
use guard::policy::{self, Configuration, Decision};
use pty::{Pty, Session, Streams};

/// A home with a project `app` in it, in a folder where everything may go, and stubs for programs that lose something.
struct Place {
    home: home::Home,
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        let place = Place { home: home::Home::new(), folder: home::lasting_folder() };
        for (name, content) in [("README", "read me\n"), ("src/a.rs", "a\n"), ("src/b.rs", "b\n")] {
            place.write(name, content);
        }
        place.git(&["init", "-q", "../.."]);
        place.git(&["init", "-q", "-b", "main"]);
        place.git(&["add", "-A"]);
        place.git(&["commit", "-q", "-m", "first"]);
        for name in ["git", "psql", "kubectl"] {
            place.home.stub(name, "echo ran >> \"$HOME/ran\"; exit 3");
        }
        place
    }

    fn at_home(&self, name: &str) -> PathBuf {
        self.me().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.at_home("app").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("it is written");
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("/usr/bin/git");
        git.env_clear().env("HOME", self.me()).current_dir(self.at_home("app"));
        git.args(["-c", "user.name=me", "-c", "user.email=me@example.com"]).args(arguments);
        let output = git.output().expect("git starts");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn guard(&self, text: &str) -> Command {
        let mut command = self.home.guard(&["-c", text]);
        command.env("HOME", self.me()).env("NO_COLOR", "1").current_dir(self.at_home("app"));
        command
    }

    fn ask(&self, rows: u16, columns: u16, text: &str) -> Session {
        let mut session = Pty::new(rows, columns).start(&self.guard(text), Streams::Piped);
        session.await_question();
        session
    }

    /// The question as it is drawn, with the home's name of this test replaced before anything is folded.
    fn screen(&self, columns: usize, text: &str) -> String {
        let home = self.me().to_string_lossy().into_owned();
        let machine = Machine::at(self.at_home("app").to_string_lossy().into_owned());
        let report = judge(&text_request(text.as_ref()), &machine);
        let loss = serde_json::to_string(&look(&report, &machine, &Severity::default()))
            .expect("JSON")
            .replace(&home, "/home/me");
        let loss: Loss = serde_json::from_str(&loss).expect("a loss");
        let configuration = Ok(Configuration::default());
        let size = Size { rows: 40, columns, colour: false };
        let drawn = match policy::decide(&report, &configuration) {
            Decision::Ask(held) => ask::picture(&held, &loss, size),
            other => format!("{other:?}"),
        };
        drawn.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }

    fn me(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("it is there").join("me")
    }

    fn runs(&self) -> usize {
        fs::read_to_string(self.at_home("ran")).map_or(0, |text| text.lines().count())
    }
}

/// Compares with the file of that name. `UPDATE_SCREENS=1` writes it.
fn assert_screen(name: &str, screen: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens").join(name);
    if std::env::var_os("UPDATE_SCREENS").is_some() {
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, format!("{screen}\n")).expect("it is written");
    }
    let expected = fs::read_to_string(&path).expect("the screen is there");
    assert_eq!(screen, expected.trim_end_matches('\n'), "{name}");
}

#[test]
fn the_screens_are_as_they_are_documented() {
    let place = Place::new();
    place.write("notes/today", "mine\n");
    place.write("notes/tomorrow", &"mine, too\n".repeat(500));
    place.write("src/a.rs", "changed\n");
    place.write("../data/rows", "outside\n");
    for columns in [80, 200] {
        let long = format!("{}rm -rf notes{}", "echo one && ".repeat(60), " && echo two".repeat(60));
        for (name, text) in [
            ("delete", "rm -rf src notes"),
            ("outside", "rm -rf ../data"),
            ("reset", "git reset --hard"),
            ("production", "PGHOST=db.prod.example psql shop -c 'DROP TABLE orders'"),
            ("overwrite", "cp README notes/today"),
            ("long", &long),
        ] {
            assert_screen(&format!("{name}-{columns}.txt"), &place.screen(columns, text));
        }
    }
}

#[test]
fn a_severe_loss_is_confirmed_by_typing_what_is_lost() {
    let place = Place::new();
    place.write("../data/rows", "outside\n");
    for (answers, runs) in [("y\ryes\rdate\r", false), ("\r", false), ("n\r", false), ("y\rdata\r", true)] {
        let mut session = place.ask(40, 100, "rm -rf ../data");
        assert!(session.drawn().contains("Run it? Then type the name of the folder, data: "), "{}", session.drawn());
        session.press(answers);
        assert_eq!(session.end().status.code(), Some(if runs { 3 } else { 126 }), "{answers:?}");
        assert_eq!(place.runs(), usize::from(runs), "{answers:?}");
    }
}

#[test]
fn from_elsewhere_too_a_severe_loss_is_confirmed_by_typing_what_is_lost() {
    let place = Place::new();
    place.write("../data/rows", "outside\n");
    let send = || {
        let mut command = desk::without_terminal(&place.home, &["-c", "rm -rf ../data"], "0");
        command.env("HOME", place.me()).current_dir(place.at_home("app"));
        command.output().expect("guard starts")
    };
    let ticket = desk::ticket(&home::text(&send().stderr));
    let approve = |typed: &str| {
        let mut session = Pty::new(40, 100).start(&place.home.guard(&["approve", &ticket]), Streams::Terminal);
        session.await_question();
        assert!(session.drawn().contains("is outside the project"), "{}", session.drawn());
        session.press(typed);
        session.end().status.code()
    };
    assert_eq!(approve("y\rn\r"), Some(1));
    assert_eq!(send().status.code(), Some(126));
    assert_eq!(approve("data\r"), Some(0));
    assert_eq!(send().status.code(), Some(3));

    send();
    let mut watch = Pty::new(40, 100).start(&place.home.guard(&["watch"]), Streams::Terminal);
    let mut at = 0;
    for (typed, then) in [("y\r", "That is not it."), ("data\r", "approved ")] {
        at = watch.await_text("[y] yes", at);
        watch.press("y");
        at = watch.await_text("Then type the name of the folder, data: ", at);
        watch.await_typing();
        watch.press(typed);
        at = watch.await_text(then, at);
    }
    assert_eq!(send().status.code(), Some(3));
    assert_eq!(place.runs(), 2);
}

#[test]
fn many_files_are_confirmed_by_their_number() {
    let place = Place::new();
    for number in 0..60 {
        place.write(&format!("one/{number}"), "x");
        place.write(&format!("two/{number}"), "x");
    }
    let mut session = place.ask(40, 100, "rm -rf one two");
    assert!(session.drawn().contains("severe       120 files are more than 100"), "{}", session.drawn());
    assert!(session.drawn().contains("type the number of files, 120: "), "{}", session.drawn());
    session.press("120\r");
    assert_eq!(session.end().status.code(), Some(3));
}

#[test]
fn from_when_on_a_loss_is_severe_is_the_users_to_say() {
    let place = Place::new();
    let configuration = "severe:\n  files: 2\n  bytes: 5kB\n  production: [kunden]\n";
    fs::write(place.home.path("config/guard/config.yaml"), configuration).expect("it is written");
    for name in ["many/1", "many/2", "many/3"] {
        place.write(name, "x");
    }
    place.write("large", &"x".repeat(6000));
    for (command, because) in [
        ("rm -rf many", "3 files are more than 2"),
        ("rm -rf large", "6.0 kB are more than 5.0 kB"),
        ("psql -h db-kunden shop -c 'DROP TABLE orders'", "the host db-kunden looks like production"),
    ] {
        let session = place.ask(40, 100, command);
        assert!(session.drawn().contains(because), "{because}: {}", session.drawn());
        assert!(session.drawn().contains("Then type the "), "{}", session.drawn());
    }
    let explained = place.home.guard(&["explain", "--facts", "rm -rf many"]).current_dir(place.at_home("app")).output();
    let explained = home::text(&explained.expect("guard starts").stdout);
    assert!(explained.contains("severe: 3 files are more than 2"), "{explained}");
}

#[test]
fn production_is_confirmed_by_the_name_of_what_is_dropped() {
    let place = Place::new();
    let command = "psql -h prod-db shop -c 'DROP TABLE orders'";
    let mut session = place.ask(40, 100, command);
    assert!(session.drawn().contains("database: host prod-db, database shop (looks like production)"));
    session.press("orders\r");
    assert_eq!(session.end().status.code(), Some(3));
    let mut session = place.ask(40, 100, "psql -h staging-db shop -c 'DROP TABLE orders'");
    assert!(session.drawn().contains("Run it? [y/N] "), "{}", session.drawn());
    session.press("y\r");
    assert_eq!(session.end().status.code(), Some(3));
}

#[test]
fn the_cluster_that_would_be_reached_is_read_from_its_files() {
    let place = Place::new();
    fs::create_dir_all(place.at_home(".kube")).expect("a folder");
    let config = "contexts: [{name: live-eu, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'https://k.example'}}]\ncurrent-context: live-eu\n";
    fs::write(place.at_home(".kube/config"), config).expect("it is written");
    let mut session = place.ask(40, 100, "kubectl delete namespace web");
    let drawn = session.drawn();
    assert!(drawn.contains("cluster: context live-eu (https://k.example), namespace default"), "{drawn}");
    assert!(drawn.contains("type the context, live-eu: "), "{drawn}");
    session.press("live-eu\r");
    assert_eq!(session.end().status.code(), Some(3));
}

#[test]
fn more_is_shown_on_request_and_what_is_typed_meanwhile_does_not_count() {
    let place = Place::new();
    for number in 0..30 {
        place.write(&format!("notes/file{number:02}"), "x");
    }
    let mut session = place.ask(24, 80, &format!("{}rm -rf notes", "echo one; ".repeat(200)));
    assert!(session.drawn().contains("e: why, d: details, w: whole command"), "{}", session.drawn());
    for (key, shown) in [("e", "rules        rm"), ("d", "file29"), ("w", "rm -rf notes")] {
        let before = session.drawn().len();
        session.press(&format!("{key}\ry\r"));
        session.await_text(shown, before);
        session.await_open(before);
        assert_eq!(place.runs(), 0);
    }
    session.press("y\r");
    assert_eq!(session.end().status.code(), Some(3));
    assert_eq!(place.runs(), 1);
}

#[test]
fn names_from_the_machine_are_not_obeyed_by_the_terminal() {
    let place = Place::new();
    place.write("notes/evil\x1b[2J\u{202e}name", "x");
    let mut session = place.ask(40, 100, "rm -rf notes");
    let before = session.drawn().len();
    session.press("d\r");
    session.await_open(before);
    session.press("n\r");
    let screen = session.end().screen();
    assert!(screen.contains("evil^[[2J<U+202E>name"), "{screen}");
    assert!(!screen.contains(['\x1b', '\u{202e}']), "{screen:?}");
}

#[test]
fn explain_tells_the_facts() {
    let place = Place::new();
    place.write("src/a.rs", "changed\n");
    let explain = |text: &str| {
        let mut guard = place.home.guard(&["explain", "--facts", text]);
        guard.env("HOME", place.me()).current_dir(place.at_home("app"));
        String::from_utf8(guard.output().expect("guard starts").stdout).expect("text")
    };
    let told = explain("git reset --hard");
    assert!(told.contains("fact:   1 file with changes that are not committed:\nfact:     src/a.rs\n"), "{told}");
    let told = explain("rm -rf src");
    assert!(told.contains("src: 2 files, 10 bytes, 1 not in git"), "{told}");
    assert!(explain("ls").contains("fact: nothing on this machine changes that"));
}
