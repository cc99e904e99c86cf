//! `guard check`: says what a command would do, and runs nothing.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::effect::Class;
use crate::facts::{Facts, NoFacts};
use crate::judge::judge;
use crate::request::{Report, Request, Subject};
use crate::shell::Dialect;
use serde::Deserialize;

use super::batch;
use super::verdict::Verdict;
use crate::cli::Check;

/// One line of `--jsonl`.
#[derive(Deserialize)]
struct Line {
    cmd: String,
    #[serde(default)]
    #[expect(dead_code, reason = "facts of another folder come with the machine's facts")]
    cwd: Option<String>,
}

/// Runs the subcommand.
pub fn run(check: &Check) -> ExitCode {
    let outcome = if check.jsonl { many() } else { one(check) };
    match outcome {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guard: check: {error}");
            ExitCode::FAILURE
        }
    }
}

fn many() -> io::Result<ExitCode> {
    batch::run(io::stdin().lock(), io::stdout(), |line, answers| {
        if batch::too_long(line) {
            return fail(answers, "the line is too long to be judged");
        }
        match serde_json::from_slice::<Line>(line) {
            Ok(line) => {
                let report = judge(&shell(line.cmd), &NoFacts);
                if serde_json::to_writer(&mut *answers, &Verdict::new(&report, decision(report.class))).is_err() {
                    fail(answers, "the verdict could not be written");
                }
            }
            Err(error) => fail(answers, &format!("not a line of the form {{\"cmd\": TEXT}}: {error}")),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn fail(answers: &mut Vec<u8>, message: &str) {
    let _ = serde_json::to_writer(answers, &serde_json::json!({ "error": message }));
}

fn one(check: &Check) -> io::Result<ExitCode> {
    let report = report(check, &NoFacts);
    let mut out = io::stdout().lock();
    if check.json {
        serde_json::to_writer(&mut out, &Verdict::new(&report, decision(report.class)))?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", report.class)?;
    }
    Ok(if check.exit_code { status(report.class) } else { ExitCode::SUCCESS })
}

fn report(check: &Check, facts: &dyn Facts) -> Report {
    let words = || check.arguments.iter().map(lossy).collect();
    let request = match &check.text {
        Some(text) => shell(lossy(text)),
        None => Request { subject: Subject::Arguments(words()), arguments: Vec::new() },
    };
    judge(&request, facts)
}

fn lossy(text: &OsString) -> String {
    text.to_string_lossy().into_owned()
}

fn shell(text: String) -> Request {
    Request { subject: Subject::Shell { text, dialect: Dialect::Bash }, arguments: vec!["bash".to_owned()] }
}

fn decision(class: Class) -> &'static str {
    match class {
        Class::ReadOnly | Class::Mutating => "run",
        Class::Destructive => "ask",
    }
}

fn status(class: Class) -> ExitCode {
    ExitCode::from(match class {
        Class::ReadOnly => 0,
        Class::Mutating => 10,
        Class::Destructive => 20,
    })
}
