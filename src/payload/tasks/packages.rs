//! `package.json` and `deno.json`.

use serde_json::Value;

use super::{Line, Lines, with_arguments};

/// The scripts of these names; each with `pre…` and `post…`.
pub fn scripts(text: &str, names: &[&str], arguments: &[String]) -> Option<Vec<Line>> {
    let file: Value = serde_json::from_str(text).ok()?;
    let scripts = file.get("scripts")?;
    let script = |name: &str| scripts.get(name).and_then(Value::as_str);
    let mut lines = Vec::new();
    for name in names {
        let main = script(name);
        let line = |line: &str| Line::Shell(line.to_owned());
        lines.extend(script(&format!("pre{name}")).map(line));
        lines.extend(main.map(|main| with_arguments(main, arguments)));
        lines.extend(script(&format!("post{name}")).map(line));
    }
    (!lines.is_empty()).then_some(lines)
}

/// The tasks of these names, with those that they depend on.
pub fn deno(text: &str, names: &[&str], arguments: &[String]) -> Option<Vec<Line>> {
    let file: Value = serde_json::from_str(&plain(text)).ok()?;
    let tasks = file.get("tasks")?;
    let mut lines = Lines::default();
    for name in names {
        task(tasks, name, arguments, &mut lines, 0)?;
    }
    Some(lines.lines)
}

fn task(tasks: &Value, name: &str, arguments: &[String], lines: &mut Lines, depth: usize) -> Option<()> {
    if !lines.enter(depth) {
        return Some(());
    }
    let task_value = tasks.get(name)?;
    let needs = task_value.get("dependencies").and_then(Value::as_array);
    for need in needs.into_iter().flatten().filter_map(Value::as_str) {
        task(tasks, need, &[], lines, depth + 1)?;
    }
    let command = task_value.as_str().or_else(|| task_value.get("command").and_then(Value::as_str));
    if let Some(command) = command {
        lines.push(with_arguments(command, arguments));
    }
    Some(())
}

/// JSON without comments and trailing commas.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let width = match c {
            '"' => {
                let mut end = 1;
                while let Some(next) = rest.get(end..).and_then(|rest| rest.chars().next()) {
                    end += next.len_utf8();
                    match next {
                        '"' => break,
                        '\\' => end += rest.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8),
                        _ => {}
                    }
                }
                out.push_str(rest.get(..end).unwrap_or(""));
                end
            }
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '}' | ']' => {
                let kept = out.trim_end().trim_end_matches(',').len();
                out.truncate(kept);
                out.push(c);
                1
            }
            c => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(width..).unwrap_or("");
    }
    out
}
