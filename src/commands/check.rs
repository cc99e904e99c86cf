//! `guard check`: says what a command would do, and runs nothing.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::process::ExitCode;

use serde::Deserialize;

use super::batch;
use super::look::{self, Look, Verb};
use super::verdict::Verdict;
use crate::cli::Check;
use crate::doors;
use crate::effect::{Class, Finding};
use crate::outline;
use crate::request::Report;
use crate::visible;

/// How many columns of a part of the command are shown.
const WIDTH: usize = 100;

/// One line of `--jsonl`.
#[derive(Deserialize)]
struct Line {
    cmd: String,
    #[serde(default)]
    cwd: Option<String>,
}

/// Runs the subcommand.
pub fn run(check: &Check) -> ExitCode {
    let look = Look::new(!check.no_facts);
    let outcome = if check.jsonl { many(&look, check.steps) } else { one(&look, check) };
    match outcome {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guard: check: {error}");
            ExitCode::FAILURE
        }
    }
}

fn many(look: &Look, steps: bool) -> io::Result<ExitCode> {
    batch::run(io::stdin().lock(), io::stdout(), |line, answers| {
        let answer = match serde_json::from_slice::<Line>(line) {
            _ if batch::too_long(line) => Err("the line is longer than guard reads".to_owned()),
            Err(error) => Err(format!("expected a line such as {{\"cmd\": \"ls\"}}: {error}")),
            Ok(line) => {
                let (report, verb) = look.judge(&doors::text_request(OsStr::new(&line.cmd)), line.cwd);
                let verdict = verdict(&report, verb, steps);
                serde_json::to_writer(&mut *answers, &verdict).map_err(|error| error.to_string())
            }
        };
        if let Err(error) = answer {
            // Into memory, which does not fail.
            let _ = serde_json::to_writer(answers, &serde_json::json!({ "error": error }));
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn one(look: &Look, check: &Check) -> io::Result<ExitCode> {
    let (report, verb) = look.judge(&look::request(&check.asked), None);
    let mut out = io::stdout().lock();
    if check.json {
        serde_json::to_writer(&mut out, &verdict(&report, verb, check.steps))?;
        writeln!(out)?;
    } else {
        out.write_all(describe(&report, verb).as_bytes())?;
    }
    Ok(if check.exit_code { status(report.class) } else { ExitCode::SUCCESS })
}

fn verdict(report: &Report, verb: Verb, steps: bool) -> Verdict<'_> {
    if steps { Verdict::with_steps(report, verb) } else { Verdict::new(report, verb) }
}

/// The verdict for people: what, and each reason with the part of the text that it is about.
fn describe(report: &Report, verb: Verb) -> String {
    let mut text = outline::style(report.class).apply_to(look::headline(report, verb)).to_string() + "\n";
    if !report.parsed {
        text.push_str("not the whole of it could be read\n");
    }
    if report.unrecognised {
        text.push_str("it runs a program that no rule knows\n");
    }
    for finding in &report.findings {
        text.push('\n');
        text.push_str(&reason(finding, &report.text));
    }
    text
}

fn reason(finding: &Finding, text: &str) -> String {
    let part = visible::short(finding.span.of(text), WIDTH);
    let effect = finding.effect.map_or(finding.class.as_str(), |effect| effect.as_str());
    let mut shown = format!("  {}\n    {}", outline::style(finding.class).apply_to(part), finding.because);
    if !finding.subject.is_empty() {
        shown.push_str(&format!(": {}", visible::short(&finding.subject, WIDTH)));
    }
    shown.push_str(&format!(" ({effect}, {})\n", finding.rule));
    if let Some(instead) = &finding.instead {
        shown.push_str(&format!("    instead: {instead}\n"));
    }
    shown
}

fn status(class: Class) -> ExitCode {
    ExitCode::from(match class {
        Class::ReadOnly => 0,
        Class::Mutating => 10,
        Class::Destructive => 20,
    })
}
