//! `guard rules list`: the programs that are known, or the rules of one of them.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;

use super::print_json;
use super::shelf::{Shelf, Shelved};
use crate::cli::RulesList;
use crate::effect::{Class, Effect};
use crate::rules::compile::{Layer, Page, RuleEntry, near};
use crate::rules::library::pages;
use crate::visible;

/// How many columns the names of a program take.
const NAMES: usize = 28;

#[derive(Serialize)]
struct Program<'a> {
    names: &'a [String],
    about: &'a str,
    file: String,
    line: u64,
    whose: &'static str,
    rules: usize,
}

#[derive(Serialize)]
struct Rule<'a> {
    id: &'a str,
    class: Option<Class>,
    effect: Option<Effect>,
    because: &'a str,
    instead: &'a str,
    whose: &'static str,
}

/// Runs the subcommand.
pub fn run(list: &RulesList) -> io::Result<ExitCode> {
    if list.markdown {
        io::stdout().lock().write_all(markdown().as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut shelf = Shelf::here()?;
    match &list.program {
        Some(program) => rules_of(&shelf, program, list.json),
        None => {
            shelf.pages.sort_by(|one, other| one.page.names.cmp(&other.page.names));
            programs(&shelf, list.json)
        }
    }
}

fn programs(shelf: &Shelf, json: bool) -> io::Result<ExitCode> {
    if json {
        let programs: Vec<Program<'_>> = shelf
            .pages
            .iter()
            .map(|shelved| Program {
                names: &shelved.page.names,
                about: &shelved.page.about,
                file: shelved.file(),
                line: shelved.page.line,
                whose: shelved.whose(),
                rules: shelved.page.rules.len(),
            })
            .collect();
        print_json(&programs)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = io::stdout().lock();
    for shelved in &shelf.pages {
        let names = visible::short(&shelved.page.names.join(" "), NAMES);
        let gap = " ".repeat(NAMES.saturating_sub(visible::width(&names)) + 2);
        let whose = if shelved.layer == Layer::BuiltIn { String::new() } else { format!(" ({})", shelved.whose()) };
        writeln!(out, "{names}{gap}{}{whose}", visible::line(&shelved.page.about))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn rules_of(shelf: &Shelf, program: &str, json: bool) -> io::Result<ExitCode> {
    let pages: Vec<&Shelved> =
        shelf.pages.iter().filter(|shelved| shelved.page.names.iter().any(|name| name == program)).collect();
    if pages.is_empty() {
        let names = shelf.pages.iter().flat_map(|shelved| shelved.page.names.iter().map(String::as_str));
        return Err(io::Error::other(format!("no rule knows `{program}`{}", near::hint(program, names))));
    }
    let rules = pages.iter().flat_map(|shelved| shelved.page.rules.iter().map(|rule| (rule, shelved.whose())));
    if json {
        let rules: Vec<Rule<'_>> = rules.map(|(rule, whose)| as_json(rule, whose)).collect();
        print_json(&rules)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = io::stdout().lock();
    for (rule, _) in rules {
        writeln!(out, "{}", line(rule))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json<'a>(rule: &'a RuleEntry, whose: &'static str) -> Rule<'a> {
    let RuleEntry { id, class, effect, because, instead, .. } = rule;
    Rule { id, class: *class, effect: *effect, because, instead, whose }
}

/// A rule in one line.
pub fn line(rule: &RuleEntry) -> String {
    let because = if rule.because.is_empty() { String::new() } else { format!(": {}", visible::line(&rule.because)) };
    format!("{}  {}{because}", rule.id, what(rule))
}

/// What a rule gives.
pub fn what(rule: &RuleEntry) -> String {
    match (rule.class, rule.effect) {
        (_, Some(effect)) => format!("destructive ({effect})"),
        (Some(class), None) => class.to_string(),
        (None, None) => "by what its operands are".to_owned(),
    }
}

/// The page of all programs that come with guard.
fn markdown() -> String {
    let mut pages = pages();
    pages.sort_by(|one, other| one.names.cmp(&other.names));
    let programs: usize = pages.iter().map(|page| page.names.len()).sum();
    let mut text = format!(
        "# Programs that guard knows\n\n\
         {programs} names of programs, with what their rules can give. This page is made by\n\
         `guard rules list --markdown > docs/programs.md`; `guard rules show NAME` shows a program's rules and examples.\n\n\
         | program | about | can be | rules in |\n|---|---|---|---|\n"
    );
    for page in &pages {
        let names: Vec<String> = page.names.iter().map(|name| format!("`{}`", name.replace('|', "\\|"))).collect();
        let about = page.about.replace('|', "\\|");
        text.push_str(&format!("| {} | {about} | {} | {} |\n", names.join(" "), classes(page), page.file));
    }
    text
}

/// The classes that the examples of a page show.
fn classes(page: &Page) -> String {
    let given = |class: &Class| page.examples.iter().any(|example| example.class == *class);
    let classes = [Class::ReadOnly, Class::Mutating, Class::Destructive];
    classes.iter().filter(|class| given(class)).map(|class| class.as_str()).collect::<Vec<_>>().join(", ")
}
