//! `guard hook`: answers a client's request before one of its tools runs.
//!
//! Clients run the command when a hook crashes, answers nonsense or takes too long. So the process that the client
//! started only reads the request, has a second process judge it, and answers in any case: what that one says, or, when
//! it says nothing in time, a refusal.

use std::env;
use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::agents::{self, Output, Reply};
use crate::cli;
use crate::hook;

/// A larger request is not read.
const LARGEST: usize = 16 << 20;

/// Runs the subcommand.
pub fn run(call: &cli::Hook) -> ExitCode {
    let Some(hook) = agents::hook(&call.agent) else {
        eprintln!("guard: hook: no client is called {}", call.agent);
        return ExitCode::from(2);
    };
    if call.judge {
        return judge(hook);
    }
    let deadline = Instant::now() + Duration::from_secs(call.within);
    let answer = request(deadline).and_then(|request| {
        let answer = in_another_process(&call.agent, &request, deadline);
        answer.map_err(|reason| (serde_json::from_slice(&request).unwrap_or(Value::Null), reason))
    });
    let output = answer.unwrap_or_else(|(request, reason)| {
        (hook.reply)(&request, &Reply::Refuse(format!("guard: not run: {reason}; tell the human")))
    });
    give(&output)
}

/// Writes an answer, and gives the status that belongs to it.
fn give(output: &Output) -> ExitCode {
    let written = io::stdout().write_all(output.stdout.as_bytes()).and_then(|()| io::stdout().flush());
    let _ = io::stderr().write_all(output.stderr.as_bytes());
    match written {
        Ok(()) => ExitCode::from(output.status),
        Err(_) => ExitCode::from(2),
    }
}

/// The request on standard input: to its end, or to the end of its JSON where the client leaves the stream open.
fn request(deadline: Instant) -> Result<Vec<u8>, (Value, String)> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = vec![0; 64 << 10];
        loop {
            let part = io::stdin().read(&mut bytes).map(|read| bytes.get(..read).unwrap_or_default().to_vec());
            let ended = part.as_ref().map_or(true, Vec::is_empty);
            if sender.send(part).is_err() || ended {
                return;
            }
        }
    });
    let fail = |reason: &str| Err((Value::Null, reason.to_owned()));
    let mut request = Vec::new();
    loop {
        match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Ok(part)) if part.is_empty() => return Ok(request),
            Ok(Ok(part)) => request.extend_from_slice(&part),
            Ok(Err(error)) => return fail(&format!("the request cannot be read: {error}")),
            Err(RecvTimeoutError::Timeout) => return fail("the request did not arrive in time"),
            Err(RecvTimeoutError::Disconnected) => return fail("the request ended early"),
        }
        if request.len() > LARGEST {
            return fail("the request is larger than 16 MiB");
        }
        if request.trim_ascii_end().ends_with(b"}") && serde_json::from_slice::<Value>(&request).is_ok() {
            return Ok(request);
        }
    }
}

/// The answer of a second process to `request`, or why there is none.
fn in_another_process(agent: &str, request: &[u8], deadline: Instant) -> Result<Output, String> {
    let program = env::current_exe().map_err(|error| format!("guard's own file is not found: {error}"))?;
    let mut command = Command::new(program);
    command.args(["hook", "--judge", agent]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("guard cannot be started: {error}"))?;
    let answer = talk(&mut child, request, deadline);
    if answer.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    match answer {
        Ok(answer) if status.success() => {
            serde_json::from_slice(&answer).map_err(|_| "guard gave no answer that can be read".to_owned())
        }
        Ok(_) => Err(format!("guard failed over the request ({status})")),
        Err(reason) => Err(reason),
    }
}

/// Hands the request to the second process, and takes all that it says before the deadline.
fn talk(child: &mut Child, request: &[u8], deadline: Instant) -> Result<Vec<u8>, String> {
    let (Some(mut input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("guard cannot be talked to".to_owned());
    };
    let request = request.to_vec();
    thread::spawn(move || input.write_all(&request));
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut answer = Vec::new();
        let read = output.read_to_end(&mut answer).map(|_| answer);
        let _ = sender.send(read);
    });
    match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(read) => read.map_err(|error| format!("guard's answer cannot be read: {error}")),
        Err(_) => Err("guard found no answer in time".to_owned()),
    }
}

/// The second process: its answer is the [`Output`] that the first one is to give.
fn judge(hook: &agents::Hook) -> ExitCode {
    let mut bytes = Vec::new();
    let output = match io::stdin().read_to_end(&mut bytes).map(|_| serde_json::from_slice::<Value>(&bytes)) {
        Ok(Ok(request)) => (hook.reply)(&request, &hook::answer(hook, &request)),
        Ok(Err(error)) => unreadable(hook, &error.to_string()),
        Err(error) => unreadable(hook, &error.to_string()),
    };
    let written = serde_json::to_writer(io::stdout(), &output);
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn unreadable(hook: &agents::Hook, error: &str) -> Output {
    let reason = format!("guard: not run: the request cannot be read ({error}); tell the human");
    (hook.reply)(&Value::Null, &Reply::Refuse(reason))
}
