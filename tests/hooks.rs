//! A hook answers always, in its client's own terms, and lets nothing pass that a person must confirm.
//!
//! The requests in `agents/requests` are those that clients send: recorded from the real ones, but for those that
//! `agents/README.md` names as taken from their documentation.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Output, Stdio};

use home::{DANGEROUS, Home, guard, text};
use nix::sys::signal::Signal;
use pty::{Pty, Streams};
use serde_json::{Value, json};

const CLIENTS: [&str; 14] = [
    "claude",
    "codex",
    "gemini",
    "qwen",
    "copilot",
    "cursor",
    "cline",
    "opencode",
    "pi",
    "openhands",
    "windsurf",
    "amp",
    "kiro",
    "generic",
];

/// What a hook answered.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// The client goes on.
    Pass,
    /// The client goes on with this command.
    Instead(String),
    /// The client does not go on, and tells this.
    Refuse(String),
}

/// Reads an answer as the client does.
fn read(client: &str, output: &Output) -> Answer {
    let status = output.status.code();
    if matches!(client, "windsurf" | "amp" | "kiro") {
        return match status {
            Some(0) => Answer::Pass,
            Some(2) => Answer::Refuse(text(&output.stderr)),
            _ => unreachable!("{client} goes on after {output:?}"),
        };
    }
    assert!(status == Some(0) || (status == Some(2) && matches!(client, "opencode" | "pi" | "generic")), "{output:?}");
    if output.stdout.is_empty() {
        return Answer::Pass;
    }
    let answer: Value = serde_json::from_slice(&output.stdout).expect("the client reads JSON");
    let at = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let own = "/hookSpecificOutput";
    let (decision, reason, command) = match client {
        "claude" | "codex" | "qwen" => (
            at(&format!("{own}/permissionDecision")),
            at(&format!("{own}/permissionDecisionReason")),
            at(&format!("{own}/updatedInput/command")),
        ),
        "gemini" => (at("/decision"), at("/reason"), at(&format!("{own}/tool_input/command"))),
        "copilot" => (at("/permissionDecision"), at("/permissionDecisionReason"), at("/modifiedArgs/command")),
        "cursor" => (at("/permission"), at("/agent_message"), at("/updated_input/command")),
        "cline" => (at("/cancel"), at("/errorMessage"), at("/overrideInput/commands/0")),
        "generic" => (at("/decision"), at("/reason"), at("/command")),
        _ => (at("/decision"), at("/reason"), at("/args/command")),
    };
    let cancelled = answer.get("cancel").and_then(Value::as_bool) == Some(true);
    match (decision.as_deref(), command) {
        (Some("deny"), _) => Answer::Refuse(reason.expect("it says why")),
        _ if cancelled => Answer::Refuse(reason.expect("it says why")),
        (_, Some(command)) => Answer::Instead(command),
        _ => Answer::Pass,
    }
}

/// Starts a hook.
fn start(home: &Home, client: &str, within: &str) -> Child {
    let mut command = home.command("setsid");
    command.arg("-w").arg(guard()).args(["hook", "--within", within, client]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

/// Asks a hook.
fn ask(home: &Home, client: &str, request: &[u8]) -> Output {
    let mut child = start(home, client, "20");
    // A hook may answer before it has read everything.
    let _ = child.stdin.take().expect("it is piped").write_all(request);
    child.wait_with_output().expect("it ends")
}

fn requests(client: &str) -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/agents/requests/{client}.jsonl"));
    let text = fs::read_to_string(file).expect("every client has one");
    text.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
}

/// The request with another command.
fn with(request: &Value, command: &str) -> Value {
    let mut request = request.clone();
    let places = [
        "/tool_input/command",
        "/toolArgs/command",
        "/args/command",
        "/tool_call/input/commands/0",
        "/tool_info/command_line",
        "/command",
        "/cmd",
    ];
    let place = places.into_iter().find(|place| request.pointer(place).is_some()).expect("it has a command");
    *request.pointer_mut(place).expect("it is there") = Value::from(command);
    request
}

#[test]
fn what_only_reads_passes_as_the_client_sent_it() {
    let home = Home::new();
    for client in CLIENTS {
        for request in requests(client) {
            let output = ask(&home, client, request.to_string().as_bytes());
            let answer = read(client, &output);
            // The generic form says the command back.
            let expected = match request.get("command").filter(|_| client == "generic") {
                Some(command) => Answer::Instead(command.as_str().expect("a text").to_owned()),
                None => Answer::Pass,
            };
            assert_eq!(answer, expected, "{client}: {request}");
        }
    }
}

#[test]
fn what_must_be_confirmed_goes_to_guard_or_is_refused_with_the_reason() {
    let home = Home::new();
    let command = format!("{DANGEROUS}; echo 'it'\"'\"'s'");
    for client in CLIENTS {
        for request in requests(client) {
            let request = with(&request, &command);
            match read(client, &ask(&home, client, request.to_string().as_bytes())) {
                Answer::Pass => panic!("{client} runs {request}"),
                Answer::Refuse(reason) => {
                    assert!(reason.contains("guard: not run:") && reason.contains("rm"), "{reason}")
                }
                Answer::Instead(line) => {
                    let output = home.command("setsid").args(["-w", "sh", "-c", &line]).stdin(Stdio::null()).output();
                    let output = output.expect("it starts");
                    assert_eq!(output.status.code(), Some(126), "{client}: {line}");
                    let record = home.journal().pop().expect("it is recorded");
                    assert_eq!(record["text"], json!(command), "{client}: {line}");
                }
            }
        }
    }
    assert_eq!(home.runs(), 0);
}

/// What a human does in a terminal of their own.
fn approve(home: &Home, ticket: &str) {
    let answer = Pty::new(30, 100).start(&home.guard(&["approve", ticket]), Streams::Piped).end();
    assert_eq!(answer.status.code(), Some(0), "{}", answer.errors);
}

#[test]
fn what_is_refused_has_a_ticket_and_passes_once_when_that_is_approved() {
    let mut asked = Vec::new();
    for client in CLIENTS {
        let home = Home::new();
        let request = with(&requests(client)[0], DANGEROUS).to_string();
        let ask = || read(client, &ask(&home, client, request.as_bytes()));
        // The others go on with a command by which guard itself asks.
        let Answer::Refuse(reason) = ask() else { continue };
        asked.push(client);
        assert!(reason.contains("repeat exactly this command"), "{client}: {reason}");
        let ticket = desk::ticket(&reason);
        let Answer::Refuse(again) = ask() else { panic!("{client} runs it without an answer") };
        assert_eq!(desk::ticket(&again), ticket, "{client}");
        approve(&home, &ticket);
        assert!(!matches!(ask(), Answer::Refuse(_)), "{client}");
        let last = home.journal().pop().expect("it is recorded");
        assert_eq!((&last["door"], &last["decision"]), (&json!("hook"), &json!("confirmed")), "{client}");
        let Answer::Refuse(reason) = ask() else { panic!("{client} runs it twice") };
        assert_ne!(desk::ticket(&reason), ticket, "{client}");
    }
    assert_eq!(asked, ["qwen", "cursor", "openhands", "windsurf", "amp", "kiro", "generic"]);
}

#[test]
fn several_acts_of_one_request_have_one_ticket() {
    let home = Home::new();
    let patch =
        "*** Begin Patch\n*** Delete File: /srv/guard-test/a\n*** Delete File: /srv/guard-test/b\n*** End Patch";
    let request =
        json!({"hook_event_name": "PreToolUse", "tool_name": "apply_patch", "tool_input": {"command": patch}});
    let ask = || read("codex", &ask(&home, "codex", request.to_string().as_bytes()));
    let Answer::Refuse(reason) = ask() else { panic!("it goes") };
    approve(&home, &desk::ticket(&reason));
    assert_eq!(ask(), Answer::Pass);
    assert!(matches!(ask(), Answer::Refuse(_)));
}

#[test]
fn no_agent_answers_through_its_hook() {
    let home = Home::new();
    for client in ["qwen", "openhands", "windsurf", "amp", "kiro"] {
        let request = with(&requests(client)[0], "guard approve 1234").to_string();
        let Answer::Refuse(reason) = read(client, &ask(&home, client, request.as_bytes())) else { panic!("{client}") };
        assert!(!reason.contains("repeat exactly"), "{client}: {reason}");
    }
    assert_eq!(text(&home.run(&["pending"]).stdout), "");
}

#[test]
fn what_a_client_sends_along_is_kept() {
    let home = Home::new();
    let request = json!({
        "hook_event_name": "PreToolUse", "cwd": "/", "tool_name": "Bash",
        "tool_input": { "command": DANGEROUS, "timeout": 7, "description": "d", "run_in_background": true },
    });
    let output = ask(&home, "claude", request.to_string().as_bytes());
    let answer: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let input = &answer["hookSpecificOutput"]["updatedInput"];
    assert_eq!((&input["timeout"], &input["run_in_background"]), (&json!(7), &json!(true)));
}

#[test]
fn one_of_several_commands_is_enough_to_ask() {
    let home = Home::new();
    let request = json!({
        "hookName": "tool_call", "workspaceRoots": ["/"],
        "tool_call": { "name": "run_commands", "input": { "commands": ["ls", DANGEROUS, "pwd"] } },
    });
    let output = ask(&home, "cline", request.to_string().as_bytes());
    let answer: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let commands = answer["overrideInput"]["commands"].as_array().expect("a list");
    assert_eq!((commands.len(), &commands[0], &commands[2]), (3, &json!("ls"), &json!("pwd")));
    assert!(commands[1].as_str().expect("a text").contains(" -c 'rm "), "{commands:?}");
}

#[test]
fn files_that_outlast_the_task_are_not_written() {
    let home = Home::new();
    let start_up = home.path(".bashrc");
    let calls = [
        ("claude", json!({"hook_event_name": "PreToolUse", "tool_name": "Write", "tool_input": {"file_path": "@F@"}})),
        (
            "gemini",
            json!({"hook_event_name": "BeforeTool", "tool_name": "write_file", "tool_input": {"file_path": "@F@"}}),
        ),
        ("qwen", json!({"hook_event_name": "PreToolUse", "tool_name": "edit", "tool_input": {"file_path": "@F@"}})),
        ("copilot", json!({"toolName": "edit", "toolArgs": {"path": "@F@"}})),
        ("opencode", json!({"tool": "write", "args": {"filePath": "@F@"}})),
        ("pi", json!({"tool": "edit", "args": {"path": "@F@"}})),
        ("windsurf", json!({"agent_action_name": "pre_write_code", "tool_info": {"file_path": "@F@"}})),
        ("generic", json!({"write": "@F@"})),
        (
            "codex",
            json!({"hook_event_name": "PreToolUse", "tool_name": "apply_patch",
            "tool_input": {"command": "*** Begin Patch\n*** Update File: @F@\n@@\n*** End Patch"}}),
        ),
    ];
    for (client, call) in calls {
        let call = |path: &Path| call.to_string().replace("@F@", path.to_str().expect("it is UTF-8"));
        let answer = read(client, &ask(&home, client, call(&start_up).as_bytes()));
        assert!(matches!(&answer, Answer::Refuse(reason) if reason.contains("persist")), "{client}: {answer:?}");
        let answer = read(client, &ask(&home, client, call(Path::new("src/main.rs")).as_bytes()));
        assert!(!matches!(answer, Answer::Refuse(_)), "{client}: {answer:?}");
    }
}

#[test]
fn tools_that_only_look_pass() {
    let home = Home::new();
    let calls = [
        ("copilot", json!({"toolName": "view", "toolArgs": {"path": "a"}})),
        ("opencode", json!({"tool": "read", "args": {"filePath": "a"}})),
        ("pi", json!({"tool": "grep", "args": {"pattern": "rm -rf"}})),
        ("cline", json!({"hookName": "tool_call", "tool_call": {"name": "read_files", "input": {"path": "a"}}})),
        ("cursor", json!({"hook_event_name": "beforeReadFile", "file_path": "a"})),
        ("claude", json!({"hook_event_name": "PostToolUse", "tool_name": "Bash"})),
    ];
    for (client, call) in calls {
        assert_eq!(read(client, &ask(&home, client, call.to_string().as_bytes())), Answer::Pass, "{client}: {call}");
    }
}

#[test]
fn nonsense_is_refused() {
    let home = Home::new();
    let deep = "[".repeat(50_000);
    for client in CLIENTS {
        for request in ["", " ", "{", "null", "[]", "\"x\"", "{}", "not JSON", "\0\u{ff}", deep.as_str()] {
            let answer = read(client, &ask(&home, client, request.as_bytes()));
            assert!(
                matches!(&answer, Answer::Refuse(reason) if reason.contains("guard: not run")),
                "{client}: {answer:?}"
            );
        }
        let answer = read(client, &ask(&home, client, b"\xff\xfe{}"));
        assert!(matches!(answer, Answer::Refuse(_)), "{client}");
    }
}

#[test]
fn a_huge_request_is_refused_and_a_large_one_is_judged() {
    let home = Home::new();
    for client in CLIENTS {
        let padded = |command: &str, length: usize| {
            let mut request = with(&requests(client)[0], command);
            request["padding"] = Value::from("x".repeat(length));
            request.to_string()
        };
        let large = read(client, &ask(&home, client, padded("ls", 2 << 20).as_bytes()));
        assert!(!matches!(large, Answer::Refuse(_)), "{client}: {large:?}");
        let large = read(client, &ask(&home, client, padded(DANGEROUS, 2 << 20).as_bytes()));
        assert_ne!(large, Answer::Pass, "{client}");
        let huge = read(client, &ask(&home, client, padded("ls", 17 << 20).as_bytes()));
        assert!(matches!(&huge, Answer::Refuse(reason) if reason.contains("16 MiB")), "{client}: {huge:?}");
    }
}

#[test]
fn a_request_that_does_not_end_is_refused_in_time() {
    let home = Home::new();
    let mut waiting = CLIENTS.map(|client| (client, start(&home, client, "1")));
    let inputs = waiting.each_mut().map(|(client, child)| {
        let request = requests(client)[0].to_string();
        let mut input = child.stdin.take().expect("it is piped");
        input.write_all(&request.as_bytes()[..request.len() / 2]).expect("it reads");
        input
    });
    for (client, child) in waiting {
        let answer = read(client, &child.wait_with_output().expect("it ends"));
        assert!(matches!(&answer, Answer::Refuse(reason) if reason.contains("in time")), "{client}: {answer:?}");
    }
    drop(inputs);
}

#[test]
fn an_open_stream_is_no_hindrance() {
    let home = Home::new();
    let mut child = start(&home, "claude", "20");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(with(&requests("claude")[0], "ls").to_string().as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(read("claude", &output), Answer::Pass);
    drop(input);
}

/// What is refused without a question, so that it is recorded by every hook.
const REFUSED: &str = "never:\n  - command: rm *\n";

/// Makes the judging wait: it records what it refuses, and the journal is locked.
fn held_up(home: &Home) -> File {
    let head = home.journal_path().with_extension("head");
    fs::create_dir_all(head.parent().expect("a folder")).expect("a folder");
    let file = File::create(head).expect("it is new");
    file.lock().expect("nobody else has it");
    file
}

/// Asks a hook whose judging waits, and then gets this signal.
fn ask_held_up(home: &Home, client: &str, within: &str, signal: Signal) -> Child {
    let mut child = start(home, client, within);
    let request = with(&requests(client)[0], DANGEROUS).to_string();
    child.stdin.take().expect("it is piped").write_all(request.as_bytes()).expect("it reads");
    let mut judge = None;
    home::eventually("it is judged", || {
        judge = judge_below(child.id());
        judge.is_some()
    });
    let judge = nix::unistd::Pid::from_raw(judge.expect("it was started"));
    nix::sys::signal::kill(judge, signal).expect("it waits for the journal");
    child
}

/// What is told when the client does not run the command. Cline tells it only by running another one.
fn told(client: &str, output: &Output) -> String {
    match read(client, output) {
        Answer::Refuse(reason) => reason,
        Answer::Instead(line) if client == "cline" && line.starts_with("printf ") => line,
        answer => unreachable!("{client}: {answer:?}"),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_slow_judgement_is_a_refusal() {
    let home = Home::with(REFUSED);
    let _lock = held_up(&home);
    let waiting = CLIENTS.map(|client| (client, ask_held_up(&home, client, "4", Signal::SIGSTOP)));
    for (client, child) in waiting {
        let told = told(client, &child.wait_with_output().expect("it ends"));
        assert!(told.contains("in time"), "{client}: {told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_judgement_that_is_killed_is_a_refusal() {
    let home = Home::with(REFUSED);
    let _lock = held_up(&home);
    for client in CLIENTS {
        let child = ask_held_up(&home, client, "20", Signal::SIGKILL);
        let told = told(client, &child.wait_with_output().expect("it ends"));
        assert!(told.contains("guard failed"), "{client}: {told}");
    }
}

/// The process below `pid` that judges.
fn judge_below(pid: u32) -> Option<i32> {
    let below = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    below.split_whitespace().filter_map(|child| child.parse::<u32>().ok()).find_map(|child| {
        let words = fs::read_to_string(format!("/proc/{child}/cmdline")).unwrap_or_default();
        if words.contains("--judge") { i32::try_from(child).ok() } else { judge_below(child) }
    })
}

#[test]
fn a_broken_configuration_stops_all_but_reading() {
    let home = Home::with("mode: loose\n");
    let ask = |command: &str| {
        let request = with(&requests("claude")[0], command).to_string();
        read("claude", &ask(&home, "claude", request.as_bytes()))
    };
    assert_eq!(ask("ls"), Answer::Pass);
    assert!(matches!(ask("touch a"), Answer::Refuse(reason) if reason.contains("config.yaml")));
}
