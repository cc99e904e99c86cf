//! `guard config show`: what is configured, and where each value comes from.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::{Config, ConfigAction};
use crate::folders::Folders;
use crate::in_force::{CONFIGURATION, InForce};
use crate::policy::{Configuration, Mode, WrittenValue, written_values};
use crate::rules::compile::Layer;
use crate::visible;

/// One key of the configuration.
#[derive(Serialize)]
struct Setting {
    /// The key, as the file spells it.
    key: &'static str,
    /// Its value, in the words of the file; a sentence where there is none.
    value: Value,
    /// `FILE:LINE`, the name of a variable, or `default`.
    from: String,
}

/// Runs the subcommand: 0, or 1 when the configuration cannot be used or the output not be written.
pub fn run(config: &Config) -> ExitCode {
    let ConfigAction::Show { json } = config.action;
    let folders = Folders::of_user();
    let folder = env::current_dir().ok();
    let in_force = InForce::load(folders.as_ref(), folder.as_deref());
    let configuration = match in_force.configuration {
        Ok(configuration) => configuration,
        Err(mistake) => {
            eprintln!("guard: {mistake}");
            return ExitCode::FAILURE;
        }
    };
    let mut settings = settings(&configuration, &written(folders.as_ref()));
    settings.extend(in_force.files.iter().map(|(layer, path)| Setting {
        key: "rules",
        value: json!(match layer {
            Layer::BuiltIn => "built in",
            Layer::User => "the user's, which may raise and lower",
            Layer::Project => "a project's, which only raise",
        }),
        from: path.display().to_string(),
    }));
    match print(&settings, json) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("guard: config: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// What stands in the user's file, with the place of each value; nothing where there is none.
fn written(folders: Option<&Folders>) -> BTreeMap<String, (Value, String)> {
    let path = folders.map(|folders| folders.configuration.join(CONFIGURATION));
    let Some((path, text)) = path.and_then(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?))) else {
        return BTreeMap::new();
    };
    let place = |line: Option<u64>| match line {
        Some(line) => format!("{}:{line}", path.display()),
        None => path.display().to_string(),
    };
    let values = written_values(&text).into_iter();
    values.map(|WrittenValue { key, value, line }| (key, (value, place(line)))).collect()
}

fn settings(configuration: &Configuration, written: &BTreeMap<String, (Value, String)>) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Configuration::defaults_in_words()
        .into_iter()
        .map(|(key, default)| match written.get(key) {
            Some((value, from)) => Setting { key, value: value.clone(), from: from.clone() },
            None => Setting { key, value: json!(default), from: "default".to_owned() },
        })
        .collect();
    // What the environment tightened.
    let mut overrule = |key: &str, value: String, variable: &str| {
        if let Some(setting) = settings.iter_mut().find(|setting| setting.key == key) {
            (setting.value, setting.from) = (json!(value), variable.to_owned());
        }
    };
    let of_file = |key: &str| written.get(key).and_then(|(value, _)| value.as_str());
    if of_file("mode").and_then(Mode::of).unwrap_or(Mode::Standard) != configuration.mode {
        overrule("mode", configuration.mode.as_str().to_owned(), Configuration::MODE_VARIABLE);
    }
    if let Some(wait) = configuration.shortened_wait() {
        overrule("desk-wait", format!("{}s", wait.as_secs()), Configuration::WAIT_VARIABLE);
    }
    settings
}

fn print(settings: &[Setting], json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, settings).map_err(io::Error::from)?;
        return writeln!(out);
    }
    let shown: Vec<String> = settings.iter().map(|setting| words(&setting.value)).collect();
    let key = settings.iter().map(|setting| setting.key.len()).max().unwrap_or_default();
    let value = shown.iter().map(|value| visible::width(value)).max().unwrap_or_default();
    for (setting, shown) in settings.iter().zip(&shown) {
        let gap = " ".repeat(value.saturating_sub(visible::width(shown)));
        writeln!(out, "{:key$}  {shown}{gap}  {}", setting.key, visible::line(&setting.from))?;
    }
    Ok(())
}

/// A value in one line: a word as it is, what has parts as JSON.
fn words(value: &Value) -> String {
    match value {
        Value::String(word) => visible::line(word).into_owned(),
        other => visible::line(&other.to_string()).into_owned(),
    }
}
