//! What was judged and decided is recorded, nothing in the record can be changed unseen, and what cannot be recorded
//! does not destroy.

#[path = "support/home.rs"]
mod home;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use home::{DANGEROUS, Home, guard, text};

fn log(home: &Home, arguments: &[&str]) -> (Option<i32>, String) {
    let output = home.guard(&["log"]).args(arguments).output().expect("guard starts");
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn a_record_says_what_happened() {
    let home = Home::new();
    assert!(home.run(&["-c", "true"]).status.success());
    assert!(home.run(&["--", "mkdir", "a b"]).status.success());
    assert_eq!(home.run(&["-c", DANGEROUS]).status.code(), Some(126));
    let records = home.journal();
    let shown: Vec<_> = records
        .iter()
        .map(|record| ["text", "class", "decision", "by", "door"].map(|key| record[key].as_str().unwrap_or("")))
        .collect();
    assert_eq!(
        shown,
        [
            ["true", "read-only", "ran", "policy", "-c"],
            ["mkdir 'a b'", "mutating", "ran", "policy", "--"],
            [DANGEROUS, "destructive", "refused", "nobody", "-c"],
        ]
    );
    let last = &records[2];
    assert_eq!(last["because"], "there is no terminal to ask on");
    assert_eq!(last["exit"], 126);
    assert_eq!(last["folder"], home.path("work").canonicalize().expect("it is there").to_str().expect("text"));
    assert_eq!(last["findings"][0]["effect"], "delete");
    assert_eq!(last["findings"][0]["subject"], "/srv/guard-test/victim");
    assert!(last["time"].as_str().is_some_and(|time| time.ends_with('Z')));
    assert_eq!(records.iter().map(|record| record["seq"].as_u64()).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
}

#[test]
fn the_journal_is_its_owners_alone() {
    let home = Home::new();
    home.run(&["-c", "true"]);
    let mode = |name: &str| fs::metadata(home.path(name)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode("state/guard"), 0o700);
    assert_eq!(mode("state/guard/journal.jsonl"), 0o600);
    assert_eq!(mode("state/guard/journal.head"), 0o600);
    fs::set_permissions(home.journal_path(), fs::Permissions::from_mode(0o644)).expect("it is its own");
    home.run(&["-c", "true"]);
    assert_eq!(mode("state/guard/journal.jsonl"), 0o600);
}

#[test]
fn secrets_are_not_recorded() {
    let home = Home::new();
    let command = "PGPASSWORD=hunter2 true; : 'Authorization: Bearer abcdefgh' https://me:hunter2@h/; rm /srv/guard-test/hunter2key --password=hunter2";
    home.run(&["-c", command]);
    let record = &home.journal()[0];
    assert_eq!(
        record["text"],
        "PGPASSWORD=*** true; : 'Authorization: Bearer ***' https://me:***@h/; rm /srv/guard-test/hunter2key --password=***"
    );
    let journal = fs::read_to_string(home.journal_path()).expect("it is there");
    assert_eq!(journal.matches("hunter2").count(), journal.matches("hunter2key").count(), "{journal}");
}

#[test]
fn a_long_text_is_cut() {
    let home = Home::new();
    let long = format!("{}{DANGEROUS}", "echo é; ".repeat(12_000));
    home.run(&["-c", &long]);
    let record = &home.journal()[0];
    assert_eq!(record["length"], long.len());
    assert!(record["findings"][0]["part"].as_str().is_some_and(|part| part.contains("victim")), "{record}");
    assert!(fs::metadata(home.journal_path()).expect("it is there").len() < 16 << 10);
    assert_eq!(log(&home, &["--verify"]).0, Some(0));
}

#[test]
fn many_writers_at_once_keep_the_chain() {
    let home = Home::new();
    let command = |number: usize| home.guard(&["-c", &format!("true {number}")]).stdout(Stdio::null()).spawn();
    let children: Vec<_> = (0..200).map(|number| command(number).expect("guard starts")).collect();
    for mut child in children {
        assert!(child.wait().expect("it is a child").success());
    }
    let mut numbers: Vec<_> = home.journal().iter().map(|record| record["text"].as_str().map(str::to_owned)).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 200);
    assert_eq!(log(&home, &["--verify"]), (Some(0), "200 records, none changed or missing\n".to_owned()));
}

#[test]
fn tampering_is_found() {
    let home = Home::new();
    for number in 0..4 {
        home.run(&["-c", &format!("true {number}")]);
    }
    let journal = fs::read_to_string(home.journal_path()).expect("it is there");
    let lines: Vec<&str> = journal.split_inclusive('\n').collect();
    let cases = [
        (journal.replace("true 1", "true x"), "record 2 was changed"),
        (journal.replace("true 3", "true x"), "record 4 was changed"),
        ([lines[0], lines[2], lines[3]].concat(), "record 2 is missing"),
        ([lines[0], lines[1], lines[2]].concat(), "record 4 is missing"),
        ([lines[0], lines[2], lines[1], lines[3]].concat(), "record 2 stands behind record 3"),
        (journal[..journal.len() - 30].to_owned(), "line 4 is no record"),
        (String::new(), "records 1 to 4 are missing"),
    ];
    for (tampered, problem) in cases {
        fs::write(home.journal_path(), tampered).expect("it is written");
        let (status, said) = log(&home, &["--verify"]);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.lines().any(|line| line == problem), "{problem}: {said}");
    }
    fs::remove_file(home.journal_path()).expect("it is there");
    assert_eq!(log(&home, &["--verify"]).0, Some(1));
}

#[test]
fn log_shows_and_filters() {
    let home = Home::new();
    assert_eq!(log(&home, &[]), (Some(0), String::new()));
    for command in ["true", "touch f", DANGEROUS, "echo '\x1b[2J'"] {
        home.run(&["-c", command]);
    }
    let ends = |arguments: &[&str]| -> Vec<String> {
        let (status, said) = log(&home, arguments);
        assert_eq!(status, Some(0), "{said}");
        said.lines().map(|line| line[21..].to_owned()).collect()
    };
    let shown = |decision: &str, class: &str, text: &str| format!("{decision:9}  {class:11}  {text}");
    let all = [
        shown("ran", "read-only", "true"),
        shown("ran", "mutating", "touch f"),
        shown("refused", "destructive", DANGEROUS),
        shown("ran", "read-only", "echo '^[[2J'"),
    ];
    assert_eq!(ends(&[]), all);
    assert_eq!(ends(&["--since", "1h"]), all);
    assert_eq!(ends(&["--since", "2100-01-01"]), [""; 0]);
    assert_eq!(ends(&["--class", "mutating"]), all[1..2]);
    assert_eq!(ends(&["--decision", "refused"]), all[2..3]);
    assert_eq!(ends(&["-n", "2"]), all[2..]);
    assert_eq!(ends(&["-n", "1", "--decision", "ran", "--class", "read-only"]), all[3..]);
    let (_, json) = log(&home, &["--json", "-n", "4"]);
    assert_eq!(json, fs::read_to_string(home.journal_path()).expect("it is there"));
    for wrong in [&["--since", "soon"][..], &["--class", "x"], &["--verify", "--json"]] {
        assert_eq!(log(&home, wrong).0, Some(2), "{wrong:?}");
    }
}

/// What is not destructive runs, and a warning says that it is not recorded; what is destructive does not.
fn assert_only_the_harmless_runs(home: &Home, because: &str) {
    let output = home.run(&["-c", "echo it runs"]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "it runs\n"));
    let said = text(&output.stderr);
    assert!(said.starts_with("guard: not recorded: ") && said.contains(because), "{said}");
    let output = home.run(&["-c", DANGEROUS]);
    assert_eq!(output.status.code(), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn an_unwritable_journal_stops_only_what_destroys() {
    let home = Home::new();
    fs::write(home.path("state"), "in the way").expect("it is written");
    assert_only_the_harmless_runs(&home, "Not a directory");

    for name in ["journal.jsonl", "journal.head"] {
        let home = Home::new();
        fs::create_dir_all(home.path("state/guard").join(name)).expect("a folder");
        assert_only_the_harmless_runs(&home, "directory");
    }

    let home = Home::new();
    fs::create_dir_all(home.path("state/guard")).expect("a folder");
    nix::unistd::mkfifo(&home.journal_path(), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    assert_only_the_harmless_runs(&home, "not a regular file");
}

#[test]
fn a_locked_journal_does_not_stop_everything() {
    let home = Home::new();
    home.run(&["-c", "true"]);
    let head = File::open(home.path("state/guard/journal.head")).expect("it is there");
    head.lock().expect("nobody has it");
    let started = Instant::now();
    assert_only_the_harmless_runs(&home, "another process keeps it locked");
    assert!(started.elapsed() < Duration::from_secs(15));
}

/// Runs guard where no file may grow beyond so many KiB, which is what a full disk looks like.
fn on_a_full_disk(home: &Home, kibibytes: u32, ignored: bool, command: &str) -> std::process::Output {
    let trap = if ignored { "trap '' XFSZ; " } else { "" };
    let script = format!("{trap}ulimit -f {kibibytes}; exec {} -c \"$0\"", guard().display());
    let mut shell = home.command("setsid");
    shell.args(["-w", "/bin/bash", "-c", &script, command]).stdin(Stdio::null());
    shell.output().expect("bash starts")
}

#[test]
fn a_full_disk_stops_only_what_destroys() {
    let home = Home::new();
    let filler = format!("true {}", "x".repeat(600));
    let fill = |home: &Home| home.run(&["-c", &filler]).status.success();
    while fs::metadata(home.journal_path()).map_or(0, |metadata| metadata.len()) < 1500 {
        assert!(fill(&home));
    }
    let before = fs::read(home.journal_path()).expect("it is there");
    let output = on_a_full_disk(&home, 2, true, &filler);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).starts_with("guard: not recorded: "), "{}", text(&output.stderr));
    assert_eq!(
        fs::read(home.journal_path()).expect("it is there"),
        before,
        "what a full disk let through is taken back"
    );
    let output = on_a_full_disk(&home, 2, true, DANGEROUS);
    assert_eq!(output.status.code(), Some(126));
    assert_eq!(home.runs(), 0);
    assert!(fill(&home));
    assert_eq!(log(&home, &["--verify"]).0, Some(0));
}

#[test]
fn a_writer_that_dies_leaves_a_journal_that_goes_on() {
    let home = Home::new();
    let filler = format!("true {}", "x".repeat(600));
    while fs::metadata(home.journal_path()).map_or(0, |metadata| metadata.len()) < 1500 {
        assert!(home.run(&["-c", &filler]).status.success());
    }
    let output = on_a_full_disk(&home, 2, false, &filler);
    assert!(!output.status.success(), "it died while it wrote");
    assert_eq!(fs::metadata(home.journal_path()).expect("it is there").len(), 2048, "the record is torn");
    assert_eq!(log(&home, &["--verify"]).0, Some(0));
    assert!(home.run(&["-c", &filler]).status.success());
    let (status, said) = log(&home, &["--verify"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("were torn by a crash"), "{said}");
}

#[test]
fn a_reader_that_closes_early_is_no_error() {
    let home = Home::new();
    for _ in 0..20 {
        home.run(&["-c", "true"]);
    }
    let script = format!("{} log | head -n 1; echo \"${{PIPESTATUS[0]}}\"", guard().display());
    let output = home.command("/bin/bash").args(["-c", &script]).output().expect("bash starts");
    assert_eq!(text(&output.stderr), "");
}
