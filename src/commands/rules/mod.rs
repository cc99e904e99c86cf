//! `guard rules`: what is known about programs, for people and for those who write rules.

mod lint;
mod list;
mod shelf;
mod show;
mod test;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::cli::{Rules, RulesAction};
use crate::rules::compile::Layer;

/// Runs the subcommand.
pub fn run(rules: &Rules) -> ExitCode {
    let outcome = match &rules.action {
        RulesAction::List(list) => list::run(list),
        RulesAction::Show(show) => show::run(show),
        RulesAction::Test(test) => test::run(test),
        RulesAction::Lint(lint) => lint::run(lint),
    };
    match outcome {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guard: rules: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a value as one line of JSON.
fn print_json(value: &impl serde::Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)
}

/// Whose rules a file holds: what lies in a project's folder can only raise.
fn layer_of(path: &Path) -> Layer {
    let folder = std::path::absolute(path).ok().and_then(|path| path.parent().map(Path::to_path_buf));
    match folder.is_some_and(|folder| folder.ends_with(".guard/rules")) {
        true => Layer::Project,
        false => Layer::User,
    }
}

/// Files with their texts, as compiling takes them.
fn read(paths: &[impl AsRef<Path>]) -> io::Result<Vec<(String, String)>> {
    let file = |path: &Path| {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
        Ok((name, text))
    };
    paths.iter().map(|path| file(path.as_ref())).collect()
}
