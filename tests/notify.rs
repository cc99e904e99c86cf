//! The user's program is told of what waits, and brings an answer that counts when it is signed, for that request, once.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use ed25519_compact::{KeyPair, Seed};
use serde_json::{Value, json};

use desk::{Waiting, held, waits, without_terminal};
use home::{DANGEROUS, Home, eventually, guard, text};
use pty::{Pty, Streams};

/// The program: it keeps what it is told, and prints what the test lays down.
const RELAY: &str = r#"env >"$HOME/environment"; echo $$ >"$HOME/pid"; cat >"$HOME/told.new"; mv "$HOME/told.new" "$HOME/told"
while ! test -e "$HOME/answer"; do sleep 0.05; done; cat "$HOME/answer""#;

/// The key of the one who may answer, and another one.
fn key(number: u8) -> KeyPair {
    KeyPair::from_seed(Seed::new([number; 32]))
}

/// Bytes as base64, by the system's own tool.
fn base64(bytes: &[u8]) -> String {
    use std::io::Write;
    let mut command = Command::new("base64");
    command.arg("-w0").stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("coreutils are there");
    child.stdin.take().expect("a pipe").write_all(bytes).expect("it reads");
    text(&child.wait_with_output().expect("it ends").stdout)
}

/// A home whose configuration names this program, with a key.
fn with_program(script: &str) -> Home {
    let home = Home::new();
    let program = home.path("config/guard/notify");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("it is written");
    fs::set_permissions(&program, Permissions::from_mode(0o700)).expect("it is its own");
    for folder in ["config", "config/guard"] {
        fs::set_permissions(home.path(folder), Permissions::from_mode(0o755)).expect("it is its own");
    }
    configure(&home, &program);
    home
}

fn configure(home: &Home, program: &Path) {
    let key = base64(&*key(1).pk);
    let text = format!("notify: {{program: {}, key: \"{key}\"}}\n", program.display());
    fs::write(home.path("config/guard/config.yaml"), text).expect("it is written");
}

/// What the program was told.
fn told(home: &Home) -> Value {
    eventually("the program is told", || home.path("told").exists());
    serde_json::from_slice(&fs::read(home.path("told")).expect("it is read")).expect("JSON")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later").as_secs()
}

/// A signed answer.
fn signed(by: u8, request: &Value, answer: &str, expires: u64, because: &str) -> Value {
    let request = request["request"].as_str().expect("a hash");
    let text = format!("guard answer 1\n{request}\n{answer}\n{expires}\n{because}\n");
    let signature = base64(&*key(by).sk.sign(text, None));
    json!({"request": request, "answer": answer, "expires": expires, "because": because, "signature": signature})
}

fn answer(home: &Home, answer: &str) {
    fs::write(home.path("answer.new"), answer).expect("it is written");
    fs::rename(home.path("answer.new"), home.path("answer")).expect("it is there");
}

fn waiting(home: &Home) -> Waiting {
    waits(without_terminal(home, &["-c", DANGEROUS], "60"))
}

fn human(home: &Home, arguments: &[&str]) {
    let ended = Pty::new(30, 100).start(&home.guard(arguments), Streams::Piped).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
}

#[test]
fn a_signed_yes_runs_it_and_a_signed_no_says_why() {
    let home = with_program(RELAY);
    let run = waiting(&home);
    answer(&home, &signed(1, &told(&home), "approve", now() + 60, "").to_string());
    let (status, said) = run.end();
    assert_eq!(status.code(), Some(3), "{said}");
    assert_eq!(home.runs(), 1);
    assert_eq!(home.journal()[1]["terminal"], "off the machine (notify)");
    assert_eq!(home.journal()[1]["by"], "human");

    for file in ["answer", "told"] {
        fs::remove_file(home.path(file)).expect("it is there");
    }
    let denied = waiting(&home);
    answer(&home, &signed(1, &told(&home), "deny", now() + 60, "not on a Friday").to_string());
    let (status, said) = denied.end();
    assert_eq!(status.code(), Some(126), "{said}");
    assert!(said.contains("a human said no: not on a Friday;"), "{said}");
    assert_eq!(home.runs(), 1);
}

#[test]
fn the_program_is_told_what_would_be_lost_and_nothing_of_the_agents_environment() {
    let home = with_program(RELAY);
    let victim = home.file("victim", "data");
    let mut command = without_terminal(&home, &["-c", "rm victim"], "60");
    command.env("LD_LIBRARY_PATH", "/agent").env("BASH_ENV", "/agent").env("AGENT_SECRET", "x");
    let run = waits(command);
    let told = told(&home);
    assert_eq!(told["id"], run.ticket().as_str());
    assert_eq!((&told["text"], &told["class"]), (&json!("rm victim"), &json!("destructive")));
    assert_eq!(told["findings"][0]["effect"], "delete");
    assert_eq!(told["folder"], home.path("work").to_str().expect("text"));
    assert!(told["lost"].to_string().contains(victim.to_str().expect("text")), "{told}");
    let environment = fs::read_to_string(home.path("environment")).expect("it is written");
    assert!(!environment.contains("agent") && !environment.contains("AGENT"), "{environment}");
    assert!(environment.contains("PATH=/usr/local/bin:/usr/bin:/bin\n"), "{environment}");
    human(&home, &["deny", &run.ticket()]);
    run.end();
    assert!(victim.exists());
}

#[test]
fn no_other_answer_counts() {
    type Make<'m> = &'m dyn Fn(&Value) -> String;
    let cases: [(&str, Make<'_>); 9] = [
        ("missing field `signature`", &|told| {
            json!({"request": told["request"], "answer": "approve", "expires": now() + 60}).to_string()
        }),
        ("its signature is none", &|told| {
            let mut answer = signed(1, told, "approve", now() + 60, "");
            answer["signature"] = json!("AAAA");
            answer.to_string()
        }),
        ("it is not signed with the configured key", &|told| signed(2, told, "approve", now() + 60, "").to_string()),
        ("it is not signed with the configured key", &|told| {
            let mut answer = signed(1, told, "deny", now() + 60, "");
            answer["answer"] = json!("approve");
            answer.to_string()
        }),
        ("it is not signed with the configured key", &|told| {
            let mut answer = signed(1, told, "approve", now() - 60, "");
            answer["expires"] = json!(now() + 60);
            answer.to_string()
        }),
        ("it answers another request", &|_| {
            signed(1, &json!({"request": "0".repeat(64)}), "approve", now() + 60, "").to_string()
        }),
        ("it has expired", &|told| signed(1, told, "approve", now() - 1, "").to_string()),
        ("the answer does not count: ", &|_| "yes\n".to_owned()),
        ("the answer does not count: ", &|_| "{\"request\": ".repeat(20_000)),
    ];
    for (why, make) in cases {
        let home = with_program(RELAY);
        let mut run = waiting(&home);
        answer(&home, &make(&told(&home)));
        run.until("guard: notify: ");
        assert!(run.said.contains(why), "{why}: {}", run.said);
        // The human can still answer otherwise.
        human(&home, &["deny", &run.ticket()]);
        assert_eq!(run.end().0.code(), Some(126));
        assert_eq!(home.runs(), 0, "{why}");
    }
}

#[test]
fn an_answer_counts_once() {
    let home = with_program(RELAY);
    let run = waiting(&home);
    let first = told(&home);
    answer(&home, &signed(1, &first, "approve", now() + 600, "").to_string());
    assert_eq!(run.end().0.code(), Some(3));
    // The same command, and the program still prints the same answer.
    fs::remove_file(home.path("told")).expect("it is there");
    let mut again = waiting(&home);
    again.until("it answers another request");
    let second = told(&home);
    assert_eq!(first["digest"], second["digest"]);
    assert_ne!(first["request"], second["request"]);
    human(&home, &["deny", &again.ticket()]);
    assert_eq!(again.end().0.code(), Some(126));
    assert_eq!(home.runs(), 1);
}

#[test]
fn who_answers_first_is_the_one_that_counts() {
    let home = with_program(RELAY);
    let run = waiting(&home);
    let told = told(&home);
    human(&home, &["deny", &run.ticket()]);
    answer(&home, &signed(1, &told, "approve", now() + 60, "").to_string());
    assert_eq!(run.end().0.code(), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn a_late_answer_and_a_program_that_hangs_change_nothing() {
    let home = with_program(&format!("trap '' TERM HUP INT\n{RELAY}"));
    let run = waits(without_terminal(&home, &["-c", DANGEROUS], "2"));
    let ticket = run.ticket();
    let told = told(&home);
    let (status, said) = run.end();
    assert_eq!(status.code(), Some(126));
    assert!(said.contains("nobody answered within 2 s"), "{said}");
    let pid = fs::read_to_string(home.path("pid")).expect("it is written");
    let is_there = || Path::new("/proc").join(pid.trim()).exists();
    eventually("the program is ended", || !is_there());
    answer(&home, &signed(1, &told, "approve", now() + 60, "").to_string());
    // Nobody prints it now, and who repeats the command is not let through.
    assert_eq!(held(&home, &["-c", DANGEROUS]), ticket);
    assert_eq!(home.runs(), 0);
}

#[test]
fn who_does_not_wait_tells_the_program_once_and_takes_no_answer() {
    let home = with_program("cat >/dev/null; echo told >>\"$HOME/count\"");
    let count = || fs::read_to_string(home.path("count")).unwrap_or_default().lines().count();
    held(&home, &["-c", DANGEROUS]);
    eventually("the program is told", || count() == 1);
    held(&home, &["-c", DANGEROUS]);
    held(&home, &["-c", "rm /srv/guard-test/other"]);
    eventually("the program is told of the other", || count() >= 2);
    assert_eq!(count(), 2);
}

#[test]
fn a_program_that_is_missing_fails_or_could_be_an_agents_is_said_and_harms_nothing() {
    type Change = fn(&Home);
    let cases: [(&str, Change); 4] = [
        ("No such file", |home| fs::remove_file(home.path("config/guard/notify")).expect("it is there")),
        ("it is not started: it must lie in", |home| {
            home.stub("relay", "touch \"$HOME/started\"");
            configure(home, &home.path("bin/relay"));
        }),
        ("it is not started: it must lie in", |home| {
            home.stub("relay", "touch \"$HOME/started\"");
            let program = home.path("config/guard/notify");
            fs::remove_file(&program).expect("it is there");
            std::os::unix::fs::symlink(home.path("bin/relay"), program).expect("it is new");
        }),
        ("it is not started: it must lie in", |home| {
            let mode = Permissions::from_mode(0o722);
            fs::set_permissions(home.path("config/guard/notify"), mode).expect("it is its own");
        }),
    ];
    for (why, change) in cases {
        let home = with_program("touch \"$HOME/started\"");
        change(&home);
        let mut run = waiting(&home);
        run.until(why);
        human(&home, &["approve", &run.ticket()]);
        assert_eq!(run.end().0.code(), Some(3), "{why}");
        assert!(!home.path("started").exists(), "{why}");
    }
    let home = with_program("exit 9");
    let run = waiting(&home);
    human(&home, &["approve", &run.ticket()]);
    assert_eq!(run.end().0.code(), Some(3));
}

#[test]
fn without_a_key_no_answer_counts() {
    let home = with_program(RELAY);
    let program = home.path("config/guard/notify");
    let text = format!("notify: {{program: {}}}\n", program.display());
    fs::write(home.path("config/guard/config.yaml"), text).expect("it is written");
    let run = waiting(&home);
    answer(&home, &signed(1, &told(&home), "approve", now() + 60, "").to_string());
    human(&home, &["deny", &run.ticket()]);
    assert_eq!(run.end().0.code(), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn what_openssl_signs_counts() {
    let home = with_program(RELAY);
    let sign = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/notify-sign.sh");
    let private = home.path("key.pem");
    let openssl = |arguments: &[&str]| Command::new("openssl").args(arguments).arg("-in").arg(&private).output();
    let made = Command::new("openssl").args(["genpkey", "-algorithm", "ed25519", "-out"]).arg(&private).output();
    if !made.is_ok_and(|made| made.status.success()) {
        eprintln!("skipped: there is no openssl that knows Ed25519");
        return;
    }
    let public = text(&openssl(&["pkey", "-pubout"]).expect("it is there").stdout);
    let block: String = public.lines().map(|line| format!("    {line}\n")).collect();
    let program = home.path("config/guard/notify");
    let configuration = format!("notify:\n  program: {}\n  key: |\n{block}", program.display());
    fs::write(home.path("config/guard/config.yaml"), configuration).expect("it is written");
    let run = waiting(&home);
    let hash = told(&home)["request"].as_str().expect("a hash").to_owned();
    let signed = Command::new(sign).arg(private).args([&hash, "approve"]).output().expect("a shell is there");
    assert!(signed.status.success(), "{}", text(&signed.stderr));
    answer(&home, &text(&signed.stdout));
    let (status, said) = run.end();
    assert_eq!(status.code(), Some(3), "{said}");
}

#[test]
fn under_guard_run_the_programs_shell_is_real_and_the_agents_is_not() {
    let home = with_program(&format!("rm \"$HOME/own\" 2>>\"$HOME/errors\"\n{RELAY}"));
    let own = home.path("own");
    fs::write(&own, "the program's own").expect("it is written");
    // An agent that no rule knows: it starts shells by their path.
    let original = ["/usr/bin/timeout", "/bin/timeout"].into_iter().find(|path| Path::new(path).exists());
    home.program("agent", fs::read(original.expect("coreutils are there")).expect("it is read"));
    let agent = home.path("work/agent");
    let start = |line: &str, wait: &str| {
        let mut command = home.command("setsid");
        command.arg("-w").arg(guard()).args(["run", "--"]).arg(&agent).args(["60", "/bin/sh", "-c", line]);
        command.env("GUARD_WAIT", wait).stdin(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
        command
    };
    let tried = start("true", "0").output().expect("guard starts");
    if !tried.stderr.is_empty() {
        eprintln!("skipped: {}", text(&tried.stderr));
        return;
    }
    let run = waits(start(DANGEROUS, "60"));
    eventually("the program removes its file", || !own.exists());
    // What the agent's shell is given waits meanwhile, as ever.
    assert_eq!(home.runs(), 0);
    answer(&home, &signed(1, &told(&home), "approve", now() + 60, "").to_string());
    let (status, said) = run.end();
    assert_eq!(status.code(), Some(3), "{said}");
}

/// Hands `guard answer` what somebody signed; gives how it ended and what it said.
fn hand_in(home: &Home, answer: &str) -> (Option<i32>, String) {
    use std::io::Write;
    use std::process::Stdio;
    let mut command = home.guard(&["answer"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("guard starts");
    child.stdin.take().expect("a pipe").write_all(answer.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

/// Runs it without waiting, and gives its exit status and what it said.
fn repeated(home: &Home) -> (Option<i32>, String) {
    let output = without_terminal(home, &["-c", DANGEROUS], "0").output().expect("guard starts");
    (output.status.code(), text(&output.stderr))
}

#[test]
fn a_signed_answer_counts_after_the_wait_as_well() {
    let home = with_program("cat >\"$HOME/told.new\"; mv \"$HOME/told.new\" \"$HOME/told\"");
    held(&home, &["-c", DANGEROUS]);
    let yes = signed(1, &told(&home), "approve", now() + 600, "").to_string();
    let (status, said) = hand_in(&home, &yes);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains(DANGEROUS) && said.contains("when exactly the same is asked for"), "{said}");
    let (status, said) = hand_in(&home, &yes);
    assert_eq!(status, Some(1), "twice: {said}");
    assert!(said.contains("it is answered already"), "{said}");
    assert_eq!(repeated(&home).0, Some(3));
    assert_eq!(home.journal().last().expect("a record")["terminal"], "off the machine (guard answer)");
    fs::remove_file(home.path("told")).expect("it is there");
    assert_eq!(repeated(&home).0, Some(126), "it is good once");
    assert_eq!(hand_in(&home, &yes).0, Some(1), "and for one request");

    let no = signed(1, &told(&home), "deny", now() + 600, "not today").to_string();
    assert_eq!(hand_in(&home, &no).0, Some(0));
    let (status, said) = repeated(&home);
    assert_eq!(status, Some(126));
    assert!(said.contains("a human said no: not today;"), "{said}");
    assert_eq!(home.runs(), 1);
}

#[test]
fn a_signed_answer_lets_what_waits_go_on() {
    let home = with_program(RELAY);
    let run = waiting(&home);
    let (status, said) = hand_in(&home, &signed(1, &told(&home), "approve", now() + 60, "").to_string());
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("it runs now"), "{said}");
    assert_eq!(run.end().0.code(), Some(3));
}

#[test]
fn what_is_not_signed_for_a_request_is_not_handed_in() {
    let home = with_program("cat >\"$HOME/told.new\"; mv \"$HOME/told.new\" \"$HOME/told\"");
    held(&home, &["-c", DANGEROUS]);
    let told = told(&home);
    let mut turned = signed(1, &told, "deny", now() + 60, "");
    turned["answer"] = json!("approve");
    for (why, answer) in [
        ("standard input is no signed answer", "yes".to_owned()),
        ("standard input is no signed answer", String::new()),
        ("it is not signed with the configured key", signed(2, &told, "approve", now() + 60, "").to_string()),
        ("it is not signed with the configured key", turned.to_string()),
        ("it has expired", signed(1, &told, "approve", now() - 1, "").to_string()),
        (
            "no request that can be answered is the one it names",
            signed(1, &json!({"request": "0".repeat(64)}), "approve", now() + 60, "").to_string(),
        ),
    ] {
        let (status, said) = hand_in(&home, &answer);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.starts_with("guard: answer: the answer does not count: ") && said.contains(why), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    fs::write(home.path("config/guard/config.yaml"), "prompt-timeout: 5s\n").expect("it is written");
    let (status, said) = hand_in(&home, &signed(1, &told, "approve", now() + 60, "").to_string());
    assert_eq!(status, Some(1));
    assert!(said.contains("no key under notify:"), "{said}");
    assert_eq!(repeated(&home).0, Some(126));
    assert_eq!(home.runs(), 0);
}
