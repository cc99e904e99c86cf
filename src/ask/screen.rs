//! What a human sees before they answer.
//!
//! Takes a held command and the size of the screen, gives text for a terminal. Every part of the command, of its
//! subjects and of its folder goes through [`visible`], so that nothing in it is obeyed.

use std::ops::Range;

use console::Style;
use dialoguer::theme::{SimpleTheme, Theme};

use super::marked::{self, Room};
use super::pen::{INDENT, PROSE, Pen};
use crate::effect::{Class, Finding};
use crate::policy::Held;
use crate::visible;

/// How many reasons are told on a screen of usual height, and on a lower one.
const REASONS: usize = 5;
const REASONS_ON_LOW_SCREEN: usize = 2;

/// How many paths, tables or hosts are named for one reason.
const SUBJECTS: usize = 8;

/// A screen with fewer rows is low.
const LOW: usize = 24;

/// How many parts of the command are marked at most.
const MARKS: usize = 32;

/// What is known besides the command.
pub struct Setting<'a> {
    /// The rows of the screen.
    pub rows: usize,
    /// The columns of the screen.
    pub columns: usize,
    /// Whether colours are wanted.
    pub colour: bool,
    /// Where the command would run.
    pub folder: Option<&'a str>,
    /// The agent that wants it.
    pub client: Option<&'a str>,
    /// How long an answer is waited for, in seconds.
    pub seconds: u64,
}

/// Everything above the question.
pub fn body(held: &Held<'_>, setting: &Setting<'_>) -> String {
    let pen = Pen { colour: setting.colour, columns: setting.columns.clamp(16, 400) };
    let headline: String =
        pen.fold("", headline(held.report.class), "").lines().map(|line| pen.strong(line) + "\n").collect();
    let reasons = reasons(held, setting, &pen);
    let notes = notes(setting, &pen);
    // The rest is what stands around the command: the headline, the question, and blank lines.
    let others = reasons.lines().count() + notes.lines().count() + 7;
    let command = command(held, setting.rows.saturating_sub(others).max(5), &pen);
    format!("\n{headline}\n{command}\n{reasons}\n{notes}\n")
}

/// The question itself, without a newline behind it.
pub fn question(colour: bool) -> String {
    let mut question = String::new();
    // Writing to a string does not fail.
    let _ = SimpleTheme.format_confirm_prompt(&mut question, "Run it?", Some(false));
    Style::new().bold().force_styling(colour).apply_to(question).to_string()
}

fn headline(class: Class) -> &'static str {
    match class {
        Class::Destructive => "guard: this command is destructive",
        Class::Mutating => "guard: this command is mutating, and the mode is read-only",
        Class::ReadOnly => "guard: this command is read-only",
    }
}

/// The command with its dangerous parts marked under the text.
fn command(held: &Held<'_>, rows: usize, pen: &Pen) -> String {
    let text = held.report.text.trim_end();
    let marks: Vec<Range<usize>> = held.findings.iter().take(MARKS).map(|finding| range(finding)).collect();
    let gutter = match text.lines().count() {
        0 | 1 => 0,
        lines => lines.to_string().len() + 3,
    };
    let columns = pen.columns.saturating_sub(2 * INDENT.len() + gutter).max(8);
    let (rows, left_out) = marked::picture(text, &marks, Room { columns, rows });
    let mut drawn: String = rows.iter().map(|row| pen.row(row, gutter)).collect();
    if left_out > 0 {
        drawn.push_str(&pen.row(&marked::Row::Gap(format!("[... {left_out} more dangerous parts ...]")), 0));
    }
    drawn
}

fn range(finding: &Finding) -> Range<usize> {
    finding.span.start as usize..finding.span.end as usize
}

/// What the command does, why, and what to do instead.
fn reasons(held: &Held<'_>, setting: &Setting<'_>, pen: &Pen) -> String {
    let reasons = grouped(&held.findings);
    if reasons.is_empty() {
        return pen.labelled(held.report.class.as_str(), meaning(held.report.class));
    }
    let most = if setting.rows < LOW { REASONS_ON_LOW_SCREEN } else { REASONS };
    let mut text: String = reasons.iter().take(most).map(|reason| reason.drawn(pen)).collect();
    if reasons.len() > most {
        text.push_str(&pen.labelled("", &format!("and {} more", reasons.len() - most)));
    }
    text
}

/// Findings that differ in nothing but what they are about.
struct Reason<'a> {
    finding: &'a Finding,
    subjects: Vec<&'a str>,
}

/// The reasons, in the order of the first finding of each.
fn grouped<'a>(findings: &[&'a Finding]) -> Vec<Reason<'a>> {
    let mut reasons: Vec<Reason<'a>> = Vec::new();
    for finding in findings {
        let same = |reason: &&mut Reason<'_>| {
            (reason.finding.effect, &reason.finding.because, &reason.finding.instead)
                == (finding.effect, &finding.because, &finding.instead)
        };
        let subject = finding.subject.as_str();
        match reasons.iter_mut().find(same) {
            Some(reason) if subject.is_empty() || reason.subjects.contains(&subject) => {}
            Some(reason) => reason.subjects.push(subject),
            None => {
                let subjects = Some(subject).filter(|subject| !subject.is_empty()).into_iter().collect();
                reasons.push(Reason { finding, subjects });
            }
        }
    }
    reasons
}

impl Reason<'_> {
    fn drawn(&self, pen: &Pen) -> String {
        let finding = self.finding;
        let (label, meaning) = match finding.effect {
            Some(effect) => (effect.as_str(), effect.meaning()),
            None => (finding.class.as_str(), meaning(finding.class)),
        };
        let mut text = match self.subjects() {
            subjects if subjects.is_empty() => pen.labelled(label, meaning),
            subjects => pen.labelled(label, &format!("{meaning}: {subjects}")),
        };
        if !finding.because.is_empty() {
            text.push_str(&pen.labelled("", &format!("why: {}", visible::short(&finding.because, 3 * PROSE))));
        }
        if let Some(instead) = &finding.instead {
            text.push_str(&pen.labelled("", &format!("instead: {}", visible::short(instead, 3 * PROSE))));
        }
        text
    }

    fn subjects(&self) -> String {
        let shown: Vec<String> =
            self.subjects.iter().take(SUBJECTS).map(|subject| visible::short(subject, PROSE)).collect();
        match self.subjects.len().checked_sub(SUBJECTS).filter(|more| *more > 0) {
            Some(more) => format!("{} and {more} more", shown.join(", ")),
            None => shown.join(", "),
        }
    }
}

/// What a class means where there is no effect to name.
fn meaning(class: Class) -> &'static str {
    match class {
        Class::ReadOnly => "changes nothing",
        Class::Mutating => "changes something that an ordinary command brings back",
        Class::Destructive => "can lose something that no ordinary command brings back",
    }
}

/// Where it would run, for whom, and how long the question stands.
fn notes(setting: &Setting<'_>, pen: &Pen) -> String {
    let folder = setting.folder.map(|folder| format!("in {}", visible::short(folder, PROSE)));
    let client = setting.client.map(|client| format!("for {client}"));
    let limit = format!("no answer within {} s is no", setting.seconds);
    let notes = [folder, client, Some(limit)].into_iter().flatten().collect::<Vec<_>>().join(", ");
    pen.fold(INDENT, &notes, INDENT).lines().map(|line| pen.faint(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Effect;
    use crate::policy::Why;
    use crate::request::Report;
    use crate::span::Span;

    fn finding(text: &str, effect: Effect, subject: &str, instead: Option<&'static str>) -> Finding {
        let start = text.find(subject).unwrap_or(0);
        Finding {
            rule: "test".into(),
            class: Class::Destructive,
            effect: Some(effect),
            span: Span::new(start, start + subject.len()),
            subject: subject.to_owned(),
            because: "nothing keeps a copy of it".into(),
            instead: instead.map(Into::into),
        }
    }

    fn screen(rows: usize, columns: usize) -> String {
        let text = "cd app && git push --force origin main; rm -rf src lib".to_owned();
        let findings = vec![
            finding(&text, Effect::Rewrite, "--force", Some("push a new branch")),
            finding(&text, Effect::Delete, "src", None),
            finding(&text, Effect::Delete, "lib", None),
        ];
        let report = Report {
            text,
            class: Class::Destructive,
            findings,
            parsed: true,
            unrecognised: false,
            tree: Vec::new(),
            stakes: Vec::new(),
            direct: None,
        };
        let held = Held { report: &report, findings: report.findings.iter().collect(), why: Why::Class };
        let setting =
            Setting { rows, columns, colour: false, folder: Some("/home/me/app"), client: Some("claude"), seconds: 25 };
        body(&held, &setting) + &question(false)
    }

    #[test]
    fn on_a_usual_screen() {
        let expected = "
guard: this command is destructive

  cd app && git push --force origin main; rm -rf src lib
                     ^^^^^^^                     ^^^ ^^^

  rewrite      replaces or withdraws what others share: --force
               why: nothing keeps a copy of it
               instead: push a new branch
  delete       removes or empties data: src, lib
               why: nothing keeps a copy of it

  in /home/me/app, for claude, no answer within 25 s is no

Run it? [y/N] ";
        assert_eq!(screen(24, 80), expected);
        assert_eq!(screen(50, 200), expected);
    }

    #[test]
    fn on_a_narrow_screen() {
        let expected = "
guard: this command is
destructive

  cd app && git push --force
                     ^^^^^^^
  origin main; rm -rf src lib
                      ^^^ ^^^

  rewrite: replaces or
  withdraws what others share:
  --force
  why: nothing keeps a copy of
  it
  instead: push a new branch
  delete: removes or empties
  data: src, lib
  why: nothing keeps a copy of
  it

  in /home/me/app, for claude,
  no answer within 25 s is no

Run it? [y/N] ";
        let drawn = screen(40, 31).lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + " ";
        assert_eq!(drawn, expected);
    }
}
