//! `guard rules test`: judges the examples that stand beside the rules.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;

use super::shelf::{Shelf, Shelved};
use super::{layer_of, print_json, read};
use crate::cli::RulesTest;
use crate::effect::Class;
use crate::facts::NoFacts;
use crate::folders::Folders;
use crate::in_force::User;
use crate::judge::judge_by;
use crate::request::{Report, Request, Subject};
use crate::rules::compile::{Layer, Problem, Weight, compile};
use crate::rules::library::Library;
use crate::shell::Dialect;
use crate::visible;

#[derive(Serialize)]
struct Outcome {
    examples: usize,
    failures: Vec<Failure>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Failure {
    file: String,
    line: u64,
    text: String,
    expected: Class,
    found: Class,
}

/// Runs the subcommand.
pub fn run(test: &RulesTest) -> io::Result<ExitCode> {
    let mut outcome = Outcome { examples: 0, failures: Vec::new(), problems: Vec::new() };
    if test.files.is_empty() {
        let shelf = Shelf::here()?;
        for shelved in &shelf.pages {
            let rules = match shelved.layer {
                Layer::BuiltIn => Library::default(),
                Layer::User => shelf.users,
                Layer::Project => shelf.in_force.rules,
            };
            outcome.examine(shelved, &rules);
        }
        if shelf.in_force.configuration.is_err() {
            return Ok(ExitCode::FAILURE);
        }
    } else {
        outcome.examine_files(&test.files)?;
    }
    if test.json {
        print_json(&outcome)?;
    } else {
        io::stdout().lock().write_all(outcome.render().as_bytes())?;
    }
    let wrong = outcome.problems.iter().any(|problem| problem.weight == Weight::Wrong);
    Ok(if outcome.failures.is_empty() && !wrong { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Outcome {
    /// Examines the examples of files: a project's on top of the user's rules, others in place of the user's.
    fn examine_files(&mut self, paths: &[PathBuf]) -> io::Result<()> {
        let of = |layer: Layer| paths.iter().filter(move |path| layer_of(path) == layer).collect::<Vec<_>>();
        let files = read(&of(Layer::User))?;
        let mut users = User::load(Folders::of_user().as_ref()).rules();
        if !files.is_empty()
            && let Some((pages, archive)) = self.compile(&files, Layer::User, &Library::default())
        {
            users = Library::new(Some(archive), None);
            pages.iter().for_each(|shelved| self.examine(shelved, &users));
        }
        let files = read(&of(Layer::Project))?;
        if !files.is_empty()
            && let Some((pages, archive)) = self.compile(&files, Layer::Project, &users)
        {
            let rules = users.with_project(archive);
            pages.iter().for_each(|shelved| self.examine(shelved, &rules));
        }
        Ok(())
    }

    fn compile(
        &mut self,
        files: &[(String, String)],
        layer: Layer,
        below: &Library,
    ) -> Option<(Vec<Shelved>, &'static [u8])> {
        match compile(files, layer, &below.layers()) {
            Ok(compiled) => {
                self.problems.extend(compiled.notes);
                let pages = compiled.pages.into_iter().map(|page| Shelved { layer, page }).collect();
                Some((pages, Box::leak(compiled.archive.into_boxed_slice())))
            }
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    fn examine(&mut self, shelved: &Shelved, rules: &Library) {
        for example in &shelved.page.examples {
            self.examples += 1;
            let found = judge_by(&request(&example.text), rules, &NoFacts).class;
            if found != example.class {
                self.failures.push(Failure {
                    file: shelved.file(),
                    line: example.line,
                    text: example.text.clone(),
                    expected: example.class,
                    found,
                });
            }
        }
    }

    fn render(&self) -> String {
        let mut text = String::new();
        for problem in &self.problems {
            text.push_str(&format!("{problem}\n"));
        }
        for failure in &self.failures {
            let Failure { file, line, text: command, expected, found } = failure;
            text.push_str(&format!("{file}:{line}: {}: expected {expected}, found {found}\n", visible::line(command)));
        }
        text.push_str(&match (self.failures.len(), self.examples) {
            (0, 1) => "1 example holds\n".to_owned(),
            (0, examples) => format!("{examples} examples hold\n"),
            (failures, examples) => format!("{failures} of {examples} examples fail\n"),
        });
        text
    }
}

fn request(text: &str) -> Request {
    let subject = Subject::Shell { text: text.to_owned(), dialect: Dialect::Bash };
    Request { subject, arguments: Vec::new() }
}

/// What the rules that come with guard say of an example.
pub fn judged(text: &str) -> Report {
    judge_by(&request(text), &Library::default(), &NoFacts)
}
