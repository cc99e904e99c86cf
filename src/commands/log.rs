//! `guard log`: shows the journal, and checks that it is whole.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use console::{Style, Term};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::cli::Log;
use crate::effect::Class;
use crate::folders::Folders;
use crate::journal::{Journal, Record, Unwritten, Verification, Word};
use crate::visible;

/// Runs the subcommand: 0, or 1 when the journal is not whole or cannot be read, or 2 when the call is wrong.
pub fn run(log: &Log) -> ExitCode {
    let folders = Folders::of_user();
    let journal = Journal::of(folders.as_ref());
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = match log.verify {
        true => journal.verify().map_err(Failure::from).and_then(|found| tell(&found, &mut out)),
        false => show(log, &journal, &mut out),
    };
    match outcome.and_then(|code| out.flush().map(|()| code).map_err(Failure::Output)) {
        Ok(code) => code,
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let (message, code) = match failure {
                Failure::Output(error) => (error.to_string(), 1),
                Failure::Journal(error) => (error.to_string(), 1),
                Failure::Call(message) => (message, 2),
            };
            eprintln!("guard: log: {message}");
            ExitCode::from(code)
        }
    }
}

/// Why nothing is shown.
enum Failure {
    Output(io::Error),
    Journal(Unwritten),
    Call(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

impl From<Unwritten> for Failure {
    fn from(error: Unwritten) -> Failure {
        Failure::Journal(error)
    }
}

fn tell(found: &Verification, out: &mut impl Write) -> Result<ExitCode, Failure> {
    for (record, bytes) in &found.torn {
        writeln!(out, "note: {bytes} bytes before record {record} were torn by a crash")?;
    }
    for problem in &found.problems {
        writeln!(out, "{problem}")?;
    }
    let records = found.records;
    let whole = found.problems.is_empty();
    writeln!(out, "{records} records, {}", if whole { "none changed or missing" } else { "the journal is not whole" })?;
    Ok(ExitCode::from(u8::from(!whole)))
}

fn show(log: &Log, journal: &Journal<'_>, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let since = log.since.as_deref().map(|text| since(text, Timestamp::now(), &TimeZone::system())).transpose()?;
    let path = journal.path()?;
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(ExitCode::SUCCESS),
        Err(error) => return Err(Failure::Journal(Unwritten { place: path.display().to_string(), error })),
    };
    let fits = |record: &Record<'_>| {
        since.is_none_or(|since| record.time >= since)
            && log.class.is_none_or(|class| record.class == class)
            && log.decision.is_none_or(|decision| record.decision == decision)
    };
    let mut last = Last::new(log.last);
    let screen = Screen::of_output();
    let mut emit = |line: &[u8]| match log.json {
        true => out.write_all(line),
        false => match serde_json::from_slice::<Record<'_>>(line) {
            Ok(record) => screen.write(&record, out),
            Err(_) => Ok(()),
        },
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let record = serde_json::from_slice::<Record<'_>>(&line).ok();
        if record.is_some_and(|record| fits(&record))
            && let Some(line) = last.push(std::mem::take(&mut line))
        {
            emit(&line)?;
        }
        line.clear();
    }
    last.lines.iter().try_for_each(|line| emit(line))?;
    Ok(ExitCode::SUCCESS)
}

/// The last so many lines; without a number, each is given on at once.
struct Last {
    number: Option<usize>,
    lines: VecDeque<Vec<u8>>,
}

impl Last {
    fn new(number: Option<usize>) -> Last {
        Last { number, lines: VecDeque::new() }
    }

    fn push(&mut self, line: Vec<u8>) -> Option<Vec<u8>> {
        let Some(number) = self.number else { return Some(line) };
        self.lines.push_back(line);
        if self.lines.len() > number {
            self.lines.pop_front();
        }
        None
    }
}

/// The moment that `--since` names.
fn since(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let here = now.to_zoned(zone.clone());
    let span = text.parse::<Span>().ok().and_then(|span| here.checked_sub(span.abs()).ok());
    let date = || text.parse::<DateTime>().ok().and_then(|date| date.to_zoned(zone.clone()).ok());
    let moment = text.parse::<Timestamp>().ok().or_else(|| span.or_else(date).map(|zoned| zoned.timestamp()));
    moment.ok_or_else(|| {
        let found = visible::short(text, 40);
        Failure::Call(format!("--since: expected a time span (1h, 2d) or a date (2026-11-22), found \"{found}\""))
    })
}

/// How records are drawn.
struct Screen {
    zone: TimeZone,
    /// The columns of the terminal; `None` when the output is no terminal, and lines are as long as they are.
    columns: Option<usize>,
}

impl Screen {
    fn of_output() -> Screen {
        let columns = Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
        Screen { zone: TimeZone::system(), columns }
    }

    fn write(&self, record: &Record<'_>, out: &mut impl Write) -> io::Result<()> {
        let time = record.time.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let decision = format!("{:9}", record.decision.as_str());
        let class = format!("{:11}", record.class);
        let before = time.len() + decision.len() + class.len() + 6;
        let text = match self.columns {
            Some(columns) => visible::short(&record.text, columns.saturating_sub(before).max(20)),
            None => visible::line(&record.text).into_owned(),
        };
        let (decision, class) = (decided(record.decision).apply_to(decision), classed(record.class).apply_to(class));
        writeln!(out, "{time}  {decision}  {class}  {text}")
    }
}

fn decided(decision: Word) -> Style {
    match decision {
        Word::Ran => Style::new().dim(),
        Word::Confirmed | Word::Held => Style::new().yellow(),
        Word::Refused => Style::new().red(),
    }
}

fn classed(class: Class) -> Style {
    match class {
        Class::ReadOnly => Style::new().green(),
        Class::Mutating => Style::new().yellow(),
        Class::Destructive => Style::new().red(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_span_or_a_date() {
        let now: Timestamp = "2026-11-22T18:00:00Z".parse().expect("a time");
        let cases = [
            ("1h", Some("2026-11-22T17:00:00Z")),
            ("90m", Some("2026-11-22T16:30:00Z")),
            ("2d", Some("2026-11-20T18:00:00Z")),
            ("1h 30m", Some("2026-11-22T16:30:00Z")),
            ("2026-11-22", Some("2026-11-22T00:00:00Z")),
            ("2026-11-22T12:30", Some("2026-11-22T12:30:00Z")),
            ("2026-11-22T12:30:00+02:00", Some("2026-11-22T10:30:00Z")),
            ("yesterday", None),
            ("", None),
            ("5", None),
        ];
        for (text, expected) in cases {
            let found = since(text, now, &TimeZone::UTC).ok();
            assert_eq!(found, expected.map(|time| time.parse().expect("a time")), "{text}");
        }
    }
}
