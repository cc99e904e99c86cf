//! Without a terminal a command waits at the desk, and a human answers from another one: once, for exactly that.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Instant;

use desk::{Waiting, held, ticket, waits, without_terminal};
use home::{DANGEROUS, Home, PATIENCE, eventually, text};
use pty::{Ended, Pty, Streams};

/// What a human does in a terminal of their own.
fn human(home: &Home, arguments: &[&str]) -> Ended {
    Pty::new(30, 100).start(&home.guard(arguments), Streams::Piped).end()
}

#[test]
fn who_waits_is_told_at_once_and_runs_when_approved() {
    let home = Home::new();
    let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "25"));
    assert!(waiting.said.contains("guard: waiting up to 25 s for a human to approve: rm /srv"), "{}", waiting.said);
    let answer = human(&home, &["approve", &waiting.ticket()]);
    assert_eq!(answer.status.code(), Some(0), "{}", answer.errors);
    assert!(answer.output.contains(DANGEROUS) && answer.output.contains("it runs now"), "{}", answer.output);
    assert_eq!(waiting.end().0.code(), Some(3));
    assert_eq!(home.runs(), 1);
    let journal = home.journal();
    let decisions: Vec<_> = journal.iter().map(|record| record["decision"].as_str().unwrap_or_default()).collect();
    assert_eq!(decisions, ["held", "confirmed"]);
    assert!(journal[1]["terminal"].as_str().is_some_and(|terminal| terminal.starts_with("/dev/pts/")));
    assert_eq!(text(&home.run(&["pending"]).stdout), "");
}

#[test]
fn who_is_denied_is_told_why() {
    let home = Home::new();
    let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "25"));
    let answer = human(&home, &["deny", &waiting.ticket(), "--because", "use the\x1b[2J staging copy"]);
    assert_eq!(answer.status.code(), Some(0), "{}", answer.errors);
    let (status, said) = waiting.end();
    assert_eq!(status.code(), Some(126));
    assert!(said.contains("a human said no: use the^[[2J staging copy;"), "{said}");
    assert_eq!(home.runs(), 0);
    assert_eq!(home.journal()[1]["by"], "human");
}

#[test]
fn the_wait_ends_with_a_ticket() {
    let home = Home::with("desk-wait: 1s\n");
    let started = Instant::now();
    let mut command = without_terminal(&home, &["-c", DANGEROUS], "9999");
    let output = command.output().expect("guard starts");
    assert!(started.elapsed().as_secs_f64() >= 1.0);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(126), "{said}");
    assert!(said.contains("nobody answered within 1 s"), "{said}");
    assert!(said.contains("then repeat exactly this command"), "{said}");
    let pending = text(&home.run(&["pending", "--json"]).stdout);
    let request: serde_json::Value = serde_json::from_str(&pending).expect("one request");
    assert_eq!(request["id"], ticket(&said).as_str());
    assert_eq!((&request["text"], &request["awaited"]), (&DANGEROUS.into(), &false.into()));
    assert_eq!(request["findings"][0]["effect"], "delete");
}

/// A time that is written as text.
fn time(value: &serde_json::Value) -> jiff::Timestamp {
    value.as_str().expect("a time").parse().expect("a time")
}

#[test]
fn the_wait_ends_to_the_second() {
    for wait in [0, 1, 3] {
        // A machine under load may hold up a process, but not every one of several.
        let is_exact = (0..10).any(|_| {
            let home = Home::with(&format!("desk-wait: {wait}s\n"));
            let output = without_terminal(&home, &["-c", DANGEROUS], "9999").output().expect("guard starts");
            assert_eq!(output.status.code(), Some(126));
            let pending = text(&home.run(&["pending", "--json"]).stdout);
            let request: serde_json::Value = serde_json::from_str(&pending).expect("one request");
            let (came, until) = (time(&request["time"]), time(&request["until"]));
            assert_eq!(until.duration_since(came).as_millis(), wait * 1000);
            let journal = home.journal();
            let refused = time(&journal.last().expect("a record")["time"]);
            // What is written into the journal has its time cut to milliseconds.
            let late = refused.duration_since(until).as_millis() + 1;
            assert!(late >= 0, "it ended {late} ms before its time");
            late < 1000
        });
        assert!(is_exact, "no wait of {wait} s ended within a second after it");
    }
}

#[test]
fn an_approval_after_the_wait_is_good_once_for_exactly_that() {
    let home = Home::new();
    let ticket = held(&home, &["-c", DANGEROUS]);
    let answer = human(&home, &["approve", &ticket]);
    assert!(answer.output.contains("it runs once"), "{}{}", answer.output, answer.errors);
    let again = human(&home, &["approve", &ticket]);
    assert_eq!(again.status.code(), Some(1));
    assert!(again.errors.contains("it is answered already: approve"), "{}", again.errors);

    std::fs::create_dir(home.path("work/other")).expect("a folder");
    for number in 0..4 {
        let mut command = without_terminal(&home, &["-c", DANGEROUS], "0");
        match number {
            0 => command.current_dir(home.path("work/other")),
            1 => command.env("DATABASE_URL", "postgres://production"),
            2 => command.env("AWS_PROFILE", "production"),
            _ => command.args(["a", "b"]),
        };
        assert_eq!(command.output().expect("guard starts").status.code(), Some(126), "{number}");
    }
    let spelled = format!("{DANGEROUS} ");
    assert_ne!(held(&home, &["-c", &spelled]), ticket);
    assert_eq!(home.runs(), 0);

    let run = |expected| {
        let status = without_terminal(&home, &["-c", DANGEROUS], "0").output().expect("guard starts").status;
        assert_eq!(status.code(), Some(expected));
    };
    run(3);
    run(126);
    assert_eq!(home.runs(), 1);
}

#[test]
fn a_denial_after_the_wait_reaches_who_repeats() {
    let home = Home::new();
    let ticket = held(&home, &["-c", DANGEROUS]);
    human(&home, &["deny", &ticket, "--because", "never this"]);
    let output = without_terminal(&home, &["-c", DANGEROUS], "0").output().expect("guard starts");
    assert!(text(&output.stderr).contains("a human said no: never this"), "{}", text(&output.stderr));
    assert_eq!(home.runs(), 0);
}

#[test]
fn a_link_that_points_elsewhere_since_is_another_request() {
    let home = Home::new();
    for name in ["one", "two"] {
        home.file(&format!("{name}/data"), "x");
    }
    let link = home.path("work/current");
    std::os::unix::fs::symlink("one", &link).expect("it is new");
    let ticket = held(&home, &["-c", "rm current/data"]);
    human(&home, &["approve", &ticket]);
    std::fs::remove_file(&link).expect("it is there");
    std::os::unix::fs::symlink("two", &link).expect("it is new");
    held(&home, &["-c", "rm current/data"]);
    assert_eq!(home.runs(), 0);
}

#[test]
fn a_killed_guard_leaves_its_ticket() {
    let home = Home::new();
    let mut waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "25"));
    let ticket = waiting.ticket();
    waiting.child.kill().expect("it is there");
    waiting.child.wait().expect("it is a child");
    assert_eq!(held(&home, &["-c", DANGEROUS]), ticket, "who repeats keeps the ticket");
    human(&home, &["approve", &ticket]);
    let output = without_terminal(&home, &["-c", DANGEROUS], "0").output().expect("guard starts");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert_eq!(home.runs(), 1);
}

#[test]
fn nothing_runs_for_a_sender_that_has_gone() {
    let home = Home::new();
    let mut command = home.command("setsid");
    let script = format!("{} -c '{DANGEROUS}' & wait", home::guard().display());
    command.args(["-w", "/bin/sh", "-c", &script]).env("GUARD_WAIT", "25");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut waiting = waits(command);
    waiting.child.kill().expect("it is there");
    let (_, said) = waiting.end();
    assert!(said.contains("whoever sent it has ended"), "{said}");
    assert_eq!(home.runs(), 0);
}

#[test]
fn the_first_of_several_answers_counts() {
    let home = Home::new();
    for _ in 0..5 {
        let ticket = held(&home, &["-c", DANGEROUS]);
        let answers = ["approve", "deny", "approve", "deny"];
        let sessions: Vec<_> =
            answers.iter().map(|word| Pty::new(30, 100).start(&home.guard(&[word, &ticket]), Streams::Piped)).collect();
        let ended: Vec<Ended> = sessions.into_iter().map(pty::Session::end).collect();
        let given: Vec<usize> = (0..4).filter(|number| ended[*number].status.code() == Some(0)).collect();
        assert_eq!(given.len(), 1, "{:?}", ended.iter().map(|ended| &ended.errors).collect::<Vec<_>>());
        let before = home.runs();
        without_terminal(&home, &["-c", DANGEROUS], "0").output().expect("guard starts");
        assert_eq!(home.runs() - before, usize::from(answers[given[0]] == "approve"));
    }
}

#[test]
fn two_hundred_wait_at_once_and_each_is_answered_once() {
    let home = Home::new();
    let commands: Vec<String> = (0..200).map(|number| format!("{DANGEROUS}-{number}")).collect();
    let waiting: Vec<Waiting> =
        commands.iter().map(|command| without_terminal(&home, &["-c", command], "300")).map(waits).collect();
    let tickets: BTreeSet<String> = waiting.iter().map(Waiting::ticket).collect();
    assert_eq!(tickets.len(), 200);
    let pending = text(&home.run(&["pending", "--json"]).stdout);
    assert_eq!(pending.lines().count(), 200);
    // Two humans answer: one approves the odd ones, the other denies the even ones, each in a terminal of their own.
    let answers = |word: &str, rest: usize| {
        let chosen: Vec<String> = waiting.iter().skip(rest).step_by(2).map(Waiting::ticket).collect();
        let script = format!("for id in {}; do guard {word} $id || exit 1; done", chosen.join(" "));
        let mut shell = home.command("/bin/sh");
        shell.args(["-c", &script]);
        Pty::new(30, 100).start(&shell, Streams::Terminal)
    };
    home.link("guard");
    let (approving, denying) = (answers("approve", 1), answers("deny", 0));
    assert_eq!(approving.end().status.code(), Some(0));
    assert_eq!(denying.end().status.code(), Some(0));
    for (number, waiting) in waiting.into_iter().enumerate() {
        let (status, said) = waiting.end();
        assert_eq!(status.code(), Some(if number % 2 == 1 { 3 } else { 126 }), "{said}");
    }
    assert_eq!(home.runs(), 100);
    let verified = home.run(&["log", "--verify"]);
    assert!(verified.status.success(), "{}", text(&verified.stdout));
    assert_eq!(home.journal().len(), 400);
}

#[test]
fn a_file_that_guard_did_not_write_is_no_answer() {
    let home = Home::new();
    let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "2"));
    let ticket = waiting.ticket();
    let desk = home.path("run/guard/desk");
    let requests = std::fs::read_dir(desk.join("requests")).expect("the desk");
    let path = requests.flatten().next().expect("a request").path();
    let request: serde_json::Value =
        serde_json::from_slice(&std::fs::read(path).expect("it is there")).expect("a request");
    let forged = serde_json::json!({
        "id": ticket, "digest": request["digest"], "verdict": "approve", "time": request["time"], "from": "/dev/pts/0",
        "seal": "0".repeat(64),
    });
    std::fs::write(desk.join("answers").join(&ticket), forged.to_string()).expect("it is written");
    assert_eq!(waiting.end().0.code(), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn a_full_desk_refuses() {
    let home = Home::new();
    let guard = home::guard().display();
    // A disk on which nothing fits any more, in a mount namespace of its own.
    let script = format!(
        "mount -t tmpfs -o size=8k,mode=700 none \"$XDG_RUNTIME_DIR\" || exit 99\n\
         head -c 8192 /dev/zero >\"$XDG_RUNTIME_DIR/full\"\n\
         {guard} -c '{DANGEROUS}'; echo \"status $?\" >&2"
    );
    let mut command = home.command("unshare");
    command.args(["-m", "--map-root-user", "setsid", "-w", "/bin/sh", "-c", &script]).stdin(Stdio::null());
    let output = command.output().expect("unshare starts");
    let said = text(&output.stderr);
    if output.status.code() == Some(99) || said.contains("unshare") {
        eprintln!("skipped: no mount namespace can be made here");
        return;
    }
    assert!(said.contains("status 126"), "{said}");
    assert!(said.contains("neither a terminal nor a desk to ask at (No space left on device"), "{said}");
    assert_eq!(home.runs(), 0);
}

#[test]
fn the_desk_is_the_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    held(&home, &["-c", DANGEROUS]);
    let mode = |name: &str| std::fs::metadata(home.path(name)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode("run/guard"), 0o700);
    assert_eq!(mode("run/guard/desk"), 0o700);
    for file in std::fs::read_dir(home.path("run/guard/desk/requests")).expect("the desk").flatten() {
        assert_eq!(file.metadata().expect("it is there").permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn without_a_runtime_folder_the_desk_is_in_the_state_folder() {
    let home = Home::new();
    let mut command = without_terminal(&home, &["-c", DANGEROUS], "0");
    command.env("XDG_RUNTIME_DIR", "relative");
    let ticket = ticket(&text(&command.output().expect("guard starts").stderr));
    eventually("the request is found", || text(&home.run(&["pending"]).stdout).contains(&ticket));
    let started = Instant::now();
    assert_eq!(human(&home, &["approve", &ticket]).status.code(), Some(0));
    assert!(started.elapsed() < PATIENCE);
}
