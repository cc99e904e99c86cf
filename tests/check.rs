//! `guard check` and `guard explain` judge and run nothing, in the shapes that other programs rely on.

#[path = "support/compare.rs"]
mod compare;
#[path = "support/home.rs"]
mod home;

use compare::{feed, output, shown};
use home::Home;
use serde_json::Value;

fn json(text: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(text);
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn the_exit_status_tells_the_class() {
    let home = Home::new();
    home.file("victim", "data");
    for (text, status) in [("ls", 0), ("touch made", 10), ("rm victim", 20)] {
        let run = output(home.guard(&[]).args(["check", "--exit-code", text]));
        assert_eq!(run.status.code(), Some(status), "{text}: {}", shown(&run));
        let run = output(home.guard(&[]).args(["check", text]));
        assert_eq!(run.status.code(), Some(0), "{text}: {}", shown(&run));
    }
    assert!(home.path("work/victim").exists() && !home.path("work/made").exists());
    assert!(home.journal().is_empty());
}

#[test]
fn one_verdict_has_every_field() {
    let home = Home::new();
    let run = output(home.guard(&[]).args(["check", "--json", "true && rm -rf src"]));
    let verdicts = json(&run.stdout);
    let [verdict] = verdicts.as_slice() else { panic!("{}", shown(&run)) };
    assert_eq!(verdict["class"], "destructive");
    assert_eq!(verdict["effects"], serde_json::json!(["delete"]));
    assert_eq!(verdict["decision"], "ask");
    assert_eq!(verdict["parsed"], true);
    assert_eq!(verdict["unrecognised"], false);
    let finding = &verdict["findings"][0];
    for field in ["rule", "effect", "class", "span", "subject", "because", "instead"] {
        assert!(finding.get(field).is_some(), "{field}: {finding}");
    }
    let (from, to) = (finding["span"][0].as_u64().expect("from"), finding["span"][1].as_u64().expect("to"));
    assert!(from >= 8 && to <= 18 && from < to, "{finding}");
}

#[test]
fn an_argument_list_is_data() {
    let home = Home::new();
    let class = |arguments: &[&str]| {
        let run = output(home.guard(&[]).args(["check", "--json"]).args(arguments));
        json(&run.stdout)[0]["class"].clone()
    };
    assert_eq!(class(&["--", "echo", "$(rm -rf src)"]), "read-only");
    assert_eq!(class(&["--", "rm", "-rf", "a b"]), "destructive");
    assert_eq!(class(&["echo $(rm -rf src)"]), "destructive");
}

#[test]
fn lines_are_answered_in_order_and_bad_ones_in_their_place() {
    let home = Home::new();
    let mut input = String::new();
    for number in 0..5000 {
        match number % 5 {
            0 => input.push_str("{\"cmd\": \"ls\"}\n"),
            1 => input.push_str("{\"cmd\": \"rm -rf src\", \"cwd\": \"/\", \"more\": 1}\n"),
            2 => input.push_str("not JSON\n"),
            3 => input.push_str("{\"command\": \"ls\"}\n"),
            _ => input.push_str("{\"cmd\": \"echo \\u0000\"}\n"),
        }
    }
    input.push_str("{\"cmd\": \"no newline at the end\"}");
    let run = feed(home.guard(&[]).args(["check", "--jsonl", "--no-facts"]), &input);
    assert!(run.status.success(), "{}", shown(&run));
    let answers = json(&run.stdout);
    assert_eq!(answers.len(), 5001);
    for (number, answer) in answers.iter().take(5000).enumerate() {
        match number % 5 {
            0 => assert_eq!(answer["class"], "read-only"),
            1 => assert_eq!(answer["class"], "destructive"),
            2 | 3 => assert!(answer["error"].is_string() && answer.get("class").is_none(), "{answer}"),
            _ => assert_eq!(answer["effects"], serde_json::json!(["opaque"])),
        }
    }
    let invalid = feed(home.guard(&[]).args(["check", "--jsonl"]), b"{\"cmd\": \"\xff\"}\n");
    assert!(json(&invalid.stdout)[0]["error"].is_string());
}

#[test]
fn a_caller_that_waits_for_each_answer_gets_it() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;
    let home = Home::new();
    let mut command = home.guard(&[]);
    let mut child = command
        .args(["check", "--jsonl", "--no-facts"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut input = child.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for text in ["ls", "rm -rf src", "ls"] {
        writeln!(input, "{{\"cmd\": \"{text}\"}}").expect("written");
        let answer = answers.next().expect("an answer").expect("read");
        assert!(answer.contains("\"class\""), "{answer}");
    }
    drop(input);
    assert!(child.wait().expect("an end").success());
}

#[test]
fn steps_show_what_was_parsed() {
    let home = Home::new();
    let run = feed(home.guard(&[]).args(["check", "--jsonl", "--steps"]), "{\"cmd\": \"ls $x 2> 'a b' | wc\"}\n");
    let steps = &json(&run.stdout)[0]["steps"];
    assert_eq!(steps[0]["argv"], serde_json::json!(["ls", null]));
    assert_eq!(steps[0]["redirs"], serde_json::json!([["2", ">", "a b"]]));
    assert_eq!(steps[1]["argv"], serde_json::json!(["wc"]));
    assert_eq!(steps[1]["span"], serde_json::json!([17, 19]));
}

#[test]
fn explain_draws_what_is_carried() {
    let home = Home::new();
    let run = output(home.guard(&[]).args(["explain", "sudo sh -c 'rm -rf src' && ls"]));
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && text.starts_with("destructive"), "{}", shown(&run));
    assert!(text.contains("└─") && text.contains("rm -rf src"), "{}", shown(&run));
    assert!(!text.contains('\u{1b}'), "colour where there is no terminal: {}", shown(&run));
}
