//! What a human sees before they answer.
//!
//! Takes a held command and the size of the screen, gives text for a terminal. Every part of the command, of its
//! subjects and of its folder goes through [`visible`], so that nothing in it is obeyed.

use std::ops::Range;

use super::marked::{self, Room};
use super::pen::{INDENT, PROSE, Pen};
use super::question::{Question, View};
use crate::effect::{Class, Finding};
use crate::facts::loss::Loss;
use crate::grants::Offer;
use crate::outline;
use crate::policy::{Held, Why};
use crate::visible;

/// How many reasons are told on a screen of usual height, and on a lower one.
const REASONS: usize = 5;
const REASONS_ON_LOW_SCREEN: usize = 2;

/// How many paths, tables or hosts are named for one reason.
const SUBJECTS: usize = 8;

/// How many things are listed that are lost, and on a small screen.
const LOST: usize = 6;
const LOST_ON_SMALL_SCREEN: usize = 1;

/// Asks what of several things is allowed ahead.
pub const CHOICE: &str = "Which of these, if you run it now? Type its number, or Enter for none: ";

/// A screen with fewer rows is low, one with fewer columns narrow.
const LOW: usize = 24;
const NARROW: usize = 60;

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
    pub seconds: Option<u64>,
}

impl Setting<'_> {
    /// Whether the screen has little room.
    fn is_small(&self) -> bool {
        self.rows < LOW || self.columns < NARROW
    }
}

/// What is drawn for one held command.
pub struct Screen<'a> {
    /// The command.
    pub held: &'a Held<'a>,
    /// What it would lose.
    pub loss: &'a Loss,
    /// What is known besides.
    pub setting: Setting<'a>,
}

impl Screen<'_> {
    fn pen(&self) -> Pen {
        Pen { colour: self.setting.colour, columns: self.setting.columns.clamp(16, 400) }
    }

    /// What is asked.
    pub fn question(&self) -> Question<'_> {
        Question {
            phrase: self.loss.phrase.as_ref().filter(|_| !self.loss.severe.is_empty()),
            colour: self.setting.colour,
            cut: self.command(self.rows_for_command(self.others("").0), &self.pen()).1,
            listed: !self.loss.is_empty(),
            offers: false,
            allows: false,
        }
    }

    /// The question's text, folded to the screen.
    pub fn asked(&self, question: &Question<'_>) -> String {
        let text = question.text();
        match console::measure_text_width(&text) > self.setting.columns {
            true => self.pen().fold("", text.trim_end(), "").trim_end().to_owned() + " ",
            false => text,
        }
    }

    /// Everything above the question.
    pub fn body(&self, question: &Question<'_>) -> String {
        let pen = self.pen();
        let headline = pen.fold("", &headline(self.held), "");
        let headline: String = headline.lines().map(|line| pen.strong(line) + "\n").collect();
        let (rows, reasons, notes) = self.others(&question.keys());
        let (command, _) = self.command(self.rows_for_command(rows), &pen);
        format!("\n{headline}\n{command}\n{reasons}\n{notes}\n")
    }

    /// What stands beside the command: its rows, the reasons with what is lost, and the notes.
    fn others(&self, keys: &str) -> (usize, String, String) {
        let pen = self.pen();
        let reasons = reasons(self.held, &self.setting, &pen) + &lost(self.loss, &self.setting, &pen);
        let notes = notes(&self.setting, keys, &pen);
        (reasons.lines().count() + notes.lines().count(), reasons, notes)
    }

    /// What is shown on request.
    pub fn view(&self, view: View) -> String {
        let pen = self.pen();
        match view {
            View::Explanation => {
                let class = |class| outline::style(class).force_styling(self.setting.colour);
                let tree = outline::outline(self.held.report, class);
                let rules = self.held.findings.iter().map(|finding| finding.rule.as_ref());
                let rules = rules.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>();
                format!("\n{tree}\n{}\n", pen.labelled("rules", &visible::line(&rules.join(", "))))
            }
            View::Details => {
                let lines = self.loss.lost(usize::MAX);
                let lines = if lines.is_empty() { vec!["nothing is known of what is lost".to_owned()] } else { lines };
                format!("\n{}{}\n", pen.listed("lost", &lines), pen.listed("reaches", &self.loss.reached()))
            }
            View::Whole => format!("\n{}\n", self.command(usize::MAX - 1, &pen).0),
        }
    }

    /// What could be allowed ahead, and which of it is wanted.
    pub fn choices(&self, offers: &[Offer]) -> String {
        let pen = self.pen();
        let mut text = "\n".to_owned();
        for (number, offer) in offers.iter().enumerate() {
            text.push_str(&pen.labelled(&(number + 1).to_string(), &visible::short(&offer.told(), 20 * PROSE)));
        }
        format!("{text}\n{CHOICE}")
    }

    /// What was chosen.
    pub fn choice(&self, offers: &[Offer], chosen: Option<usize>) -> String {
        let told = match chosen.and_then(|chosen| offers.get(chosen)) {
            Some(offer) => format!("with a yes: {}", offer.told()),
            None => "nothing is allowed ahead".to_owned(),
        };
        self.pen().fold(INDENT, &visible::short(&told, 20 * PROSE), INDENT) + "\n"
    }

    /// How many rows the command may take beside so many others. The rest is what stands around it: the headline, the
    /// question, and blank lines.
    fn rows_for_command(&self, others: usize) -> usize {
        self.setting.rows.saturating_sub(others + 7).max(5)
    }

    /// The command with its dangerous parts marked under the text, and whether something of it is left out.
    fn command(&self, rows: usize, pen: &Pen) -> (String, bool) {
        let text = self.held.report.text.trim_end();
        let marks: Vec<Range<usize>> = self.held.findings.iter().take(MARKS).map(|finding| range(finding)).collect();
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
        let cut = left_out > 0 || rows.iter().any(|row| matches!(row, marked::Row::Gap(_)));
        (drawn, cut)
    }
}

fn headline(held: &Held<'_>) -> String {
    let class = held.report.class;
    match &held.why {
        _ if class == Class::Destructive => "guard: this command is destructive".to_owned(),
        Why::Named(entry) => {
            format!(
                "guard: this command is {class}, and the configuration asks about it ({})",
                visible::short(entry, PROSE)
            )
        }
        _ if class == Class::Mutating => "guard: this command is mutating, and the mode is read-only".to_owned(),
        _ => "guard: this command is read-only".to_owned(),
    }
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

/// What is lost, and why that is severe.
fn lost(loss: &Loss, setting: &Setting<'_>, pen: &Pen) -> String {
    let most = if setting.is_small() { LOST_ON_SMALL_SCREEN } else { LOST };
    let mut text = pen.listed("lost", &loss.lost(most).into_iter().take(2 * most).collect::<Vec<_>>());
    text.push_str(&pen.listed("reaches", &loss.reached().into_iter().take(most).collect::<Vec<_>>()));
    let severe = loss.severe.iter().map(|because| visible::short(because, 3 * PROSE)).collect::<Vec<_>>();
    text.push_str(&pen.listed("severe", &severe));
    text
}

/// Where it would run, for whom, how long the question stands, and what shows more.
fn notes(setting: &Setting<'_>, keys: &str, pen: &Pen) -> String {
    let folder = setting.folder.map(|folder| format!("in {}", visible::short(folder, PROSE)));
    let client = setting.client.map(|client| format!("for {client}"));
    let limit = setting.seconds.map(|seconds| format!("no answer within {seconds} s is no"));
    let more = setting.is_small().then(|| keys.split(", ").filter_map(|key| key.split(':').next()).collect::<Vec<_>>());
    let more = more.map(|keys| format!("{} for more", keys.join("/")));
    let notes = [folder, client, limit, more].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let notes = if notes.is_empty() { notes } else { pen.fold(INDENT, &notes, INDENT) };
    let notes = if setting.is_small() { notes } else { notes + &pen.fold(INDENT, keys, INDENT) };
    notes.lines().map(|line| pen.faint(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Effect;
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
            changes: Default::default(),
            direct: None,
        };
        let held = Held { report: &report, findings: report.findings.iter().collect(), why: Why::Class };
        let setting = Setting {
            rows,
            columns,
            colour: false,
            folder: Some("/home/me/app"),
            client: Some("claude"),
            seconds: Some(25),
        };
        let loss = Loss::default();
        let screen = Screen { held: &held, loss: &loss, setting };
        let question = screen.question();
        screen.body(&question) + &question.text()
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
  e: why

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
  no answer within 25 s is no,
  e for more

Run it? [y/N] ";
        let drawn = screen(40, 31).lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + " ";
        assert_eq!(drawn, expected);
    }
}
