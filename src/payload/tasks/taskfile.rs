//! Taskfiles (go-task).

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Line, Lines, UNKNOWN, filled};

/// The commands of the tasks of these names, or of `default`.
pub fn commands(text: &str, names: &[&str], values: &[(&str, &str)]) -> Option<Vec<Line>> {
    let file: Value = serde_yaml::from_str(text).ok()?;
    let tasks = file.get("tasks")?;
    let mut variables = BTreeMap::new();
    variables_of(&file, &mut variables);
    variables.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let names = if names.is_empty() { &["default"] } else { names };
    let mut lines = Lines::default();
    for name in names {
        run(tasks, name, &variables, &mut lines, 0)?;
    }
    if file.get("includes").is_some() {
        lines.push(Line::Unknown);
    }
    Some(lines.lines)
}

fn variables_of(value: &Value, variables: &mut BTreeMap<String, String>) {
    let listed = value.get("vars").and_then(Value::as_object);
    for (name, value) in listed.into_iter().flatten() {
        let known = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => UNKNOWN.to_owned(),
        };
        variables.insert(name.clone(), known);
    }
}

fn run(tasks: &Value, name: &str, variables: &BTreeMap<String, String>, lines: &mut Lines, depth: usize) -> Option<()> {
    if !lines.enter(depth) {
        return Some(());
    }
    let task = tasks.get(name)?;
    let mut variables = variables.clone();
    variables_of(task, &mut variables);
    let needs = task.get("deps").and_then(Value::as_array);
    for need in needs.into_iter().flatten() {
        let need = need.as_str().or_else(|| need.get("task").and_then(Value::as_str));
        if need.is_none_or(|need| run(tasks, need, &variables, lines, depth + 1).is_none()) {
            lines.push(Line::Unknown);
        }
    }
    let listed = task.get("cmds").or_else(|| task.get("cmd")).unwrap_or(task);
    let several = listed.as_array().map_or(std::slice::from_ref(listed), Vec::as_slice);
    for entry in several {
        let command = entry.as_str().or_else(|| entry.get("cmd").and_then(Value::as_str));
        let other = entry.get("task").or_else(|| entry.get("defer")).and_then(Value::as_str);
        match (command, other) {
            (Some(line), _) => lines.push(Line::Shell(filled(line, |name| variables.get(name.strip_prefix('.')?)))),
            (None, Some(other)) => {
                if run(tasks, other, &variables, lines, depth + 1).is_none() {
                    lines.push(Line::Unknown);
                }
            }
            (None, None) if entry.is_object() && entry.get("cmds").is_none() && several.len() == 1 => {}
            (None, None) => lines.push(Line::Unknown),
        }
    }
    Some(())
}
