//! `guard rules lint`: everything that is wrong with rule files, by file, line and column.

use std::io::{self, Write};
use std::process::ExitCode;

use super::{layer_of, print_json, read};
use crate::cli::RulesLint;
use crate::folders::Folders;
use crate::in_force::User;
use crate::rules::compile::{Layer, Problem, compile};
use crate::rules::library::Library;

/// Runs the subcommand.
pub fn run(lint: &RulesLint) -> io::Result<ExitCode> {
    let mut problems: Vec<Problem> = Vec::new();
    for layer in [Layer::User, Layer::Project] {
        let paths: Vec<_> = lint.files.iter().filter(|path| layer_of(path) == layer).collect();
        let files = read(&paths)?;
        let below = match layer {
            Layer::Project => User::load(Folders::of_user().as_ref()).rules(),
            Layer::User | Layer::BuiltIn => Library::default(),
        };
        match compile(&files, layer, &below.layers()) {
            Ok(compiled) => problems.extend(compiled.notes),
            Err(found) => problems.extend(found),
        }
    }
    if lint.json {
        print_json(&problems)?;
    } else {
        let mut out = io::stdout().lock();
        for problem in &problems {
            writeln!(out, "{problem}")?;
        }
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
