//! `guard rules show`: one rule, or one program, with everything that is said about it.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;

use super::list::{line, what};
use super::print_json;
use super::shelf::{Shelf, Shelved};
use super::test::judged;
use crate::cli::RulesShow;
use crate::effect::{Class, Effect};
use crate::rules::compile::{Example, RuleEntry, near};
use crate::rules::own;
use crate::visible;

/// How many examples of a rule are shown.
const MOST_EXAMPLES: usize = 8;

#[derive(Serialize, Default)]
struct Shown {
    id: String,
    programs: Vec<String>,
    about: String,
    class: Option<Class>,
    effect: Option<Effect>,
    because: String,
    instead: String,
    /// What it counts as by the rules of the user or the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts_as: Option<Class>,
    file: String,
    line: u64,
    whose: &'static str,
    rules: Vec<String>,
    examples: Vec<Shape>,
}

#[derive(Serialize)]
struct Shape {
    class: Class,
    text: String,
}

/// Runs the subcommand.
pub fn run(show: &RulesShow) -> io::Result<ExitCode> {
    let shelf = Shelf::here()?;
    let mut found = programs(&shelf, &show.id);
    if found.is_empty() {
        found = rules(&shelf, &show.id);
    }
    if found.is_empty() {
        found.extend(own_rule(&show.id, &shelf));
    }
    if found.is_empty() {
        let names = shelf.pages.iter().flat_map(|shelved| {
            let page = &shelved.page;
            page.names.iter().chain(page.rules.iter().map(|rule| &rule.id)).map(String::as_str)
        });
        let known = names.chain(own::RULES.iter().map(|rule| rule.id));
        return Err(io::Error::other(format!(
            "no rule and no program is named `{}`{}",
            show.id,
            near::hint(&show.id, known)
        )));
    }
    if show.json {
        print_json(&found)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = io::stdout().lock();
    for (index, shown) in found.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        out.write_all(shown.render().as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn programs(shelf: &Shelf, name: &str) -> Vec<Shown> {
    let programs = shelf.pages.iter().filter(|shelved| !shelved.page.recounts);
    programs
        .filter(|shelved| shelved.page.names.iter().any(|known| known == name))
        .map(|shelved| Shown {
            id: name.to_owned(),
            rules: shelved.page.rules.iter().map(line).collect(),
            examples: shelved.page.examples.iter().map(shape).collect(),
            ..about(shelved)
        })
        .collect()
}

fn rules(shelf: &Shelf, id: &str) -> Vec<Shown> {
    let mut found = Vec::new();
    for shelved in &shelf.pages {
        let Some(rule) = shelved.page.rules.iter().find(|rule| rule.id == id) else { continue };
        found.push(Shown {
            examples: examples_of(shelved, id),
            counts_as: shelf
                .in_force
                .rules
                .recount(id, rule.class.unwrap_or(Class::ReadOnly))
                .map(|recount| recount.class),
            ..of_rule(shelved, rule)
        });
    }
    found
}

/// A rule that is written in Rust, or whose name is made of another's.
fn own_rule(id: &str, shelf: &Shelf) -> Option<Shown> {
    let (form, end) = id.rsplit_once('.').unwrap_or((id, ""));
    let of_form = |shelved: &&Shelved| {
        shelved.page.names.iter().any(|name| name == form) || shelved.page.rules.iter().any(|rule| rule.id == form)
    };
    let counts_as = shelf.in_force.rules.recount(id, Class::Destructive).map(|recount| recount.class);
    if let Some((_, meaning)) = own::DERIVED.iter().find(|(derived, _)| *derived == end)
        && let Some(shelved) = shelf.pages.iter().find(of_form)
    {
        let because = (*meaning).to_owned();
        let examples = examples_of(shelved, id);
        return Some(Shown { id: id.to_owned(), because, examples, counts_as, ..about(shelved) });
    }
    let rule = own::find(id)?;
    let fixed = if own::is_fixed(id) { "; no user's and no project's rule changes it" } else { "" };
    let examples = shelf.pages.iter().flat_map(|shelved| examples_of(shelved, id)).take(MOST_EXAMPLES).collect();
    Some(Shown {
        id: id.to_owned(),
        because: format!("{}{fixed}", rule.about),
        class: Some(Class::Destructive),
        whose: "guard",
        counts_as,
        examples,
        ..Shown::default()
    })
}

fn about(shelved: &Shelved) -> Shown {
    Shown {
        programs: shelved.page.names.clone(),
        about: shelved.page.about.clone(),
        file: shelved.file(),
        line: shelved.page.line,
        whose: shelved.whose(),
        ..Shown::default()
    }
}

fn of_rule(shelved: &Shelved, rule: &RuleEntry) -> Shown {
    Shown {
        id: rule.id.clone(),
        class: rule.class,
        effect: rule.effect,
        because: rule.because.clone(),
        instead: rule.instead.clone(),
        ..about(shelved)
    }
}

/// The examples in which a rule is met; for rules that no finding names, those of its subcommand.
fn examples_of(shelved: &Shelved, id: &str) -> Vec<Shape> {
    let examples = &shelved.page.examples;
    let meets = |example: &&Example| judged(&example.text).findings.iter().any(|finding| finding.rule == id);
    let mut found: Vec<Shape> = examples.iter().filter(meets).take(MOST_EXAMPLES).map(shape).collect();
    if found.is_empty() {
        let words: Vec<&str> = id.split('.').collect();
        let has = |example: &&Example| {
            let given: Vec<&str> = example.text.split_whitespace().collect();
            words.iter().all(|word| given.contains(word))
        };
        found = examples.iter().filter(has).take(MOST_EXAMPLES).map(shape).collect();
    }
    found
}

fn shape(example: &Example) -> Shape {
    Shape { class: example.class, text: example.text.clone() }
}

impl Shown {
    fn render(&self) -> String {
        let mut text = visible::line(&self.id).into_owned();
        if self.class.is_some() || self.effect.is_some() {
            let rule = RuleEntry {
                id: String::new(),
                line: 0,
                class: self.class,
                effect: self.effect,
                because: String::new(),
                instead: String::new(),
                with_others: false,
            };
            text.push_str(&format!("  {}", what(&rule)));
        }
        text.push('\n');
        let mut say = |label: &str, what: &str| {
            if !what.is_empty() {
                text.push_str(&format!("  {label}{}\n", visible::line(what)));
            }
        };
        say("about: ", &self.about);
        say("why: ", &self.because);
        say("instead: ", &self.instead);
        if let Some(class) = self.counts_as {
            say("counts as: ", &format!("{class}, by your or the project's rules"));
        }
        say("programs: ", &self.programs.join(" "));
        if !self.file.is_empty() {
            say("from: ", &format!("{}:{}", self.file, self.line));
        }
        for (title, lines) in [
            ("rules", self.rules.clone()),
            ("examples", self.examples.iter().map(|shape| format!("{:11}  {}", shape.class, shape.text)).collect()),
        ] {
            if !lines.is_empty() {
                text.push_str(&format!("  {title}:\n"));
                lines.iter().for_each(|line| text.push_str(&format!("    {}\n", visible::line(line))));
            }
        }
        text
    }
}
