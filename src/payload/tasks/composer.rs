//! `composer.json`.

use serde_json::Value;

use super::{Line, Lines, with_arguments};

/// The scripts of these names.
pub fn scripts(text: &str, names: &[&str], arguments: &[String]) -> Option<Vec<Line>> {
    let file: Value = serde_json::from_str(text).ok()?;
    let scripts = file.get("scripts")?;
    let mut lines = Lines::default();
    for name in names {
        script(scripts, name, arguments, &mut lines, 0)?;
    }
    Some(lines.lines)
}

fn script(scripts: &Value, name: &str, arguments: &[String], lines: &mut Lines, depth: usize) -> Option<()> {
    let listed = scripts.get(name)?;
    let several = listed.as_array().map_or(std::slice::from_ref(listed), Vec::as_slice);
    for entry in several.iter().filter_map(Value::as_str) {
        if !lines.enter(depth) {
            break;
        }
        match entry.strip_prefix('@') {
            Some(line) if line.starts_with("php ") || line.starts_with("composer ") => {
                lines.push(with_arguments(line, arguments));
            }
            Some(line) if line.starts_with("putenv ") => {}
            Some(other) => {
                let name = other.split_whitespace().next().unwrap_or(other);
                if script(scripts, name, arguments, lines, depth + 1).is_none() {
                    lines.push(Line::Unknown);
                }
            }
            // A method of a class.
            None if entry.contains("::") && !entry.contains(' ') => lines.push(Line::Unknown),
            None => lines.push(with_arguments(entry, arguments)),
        }
    }
    Some(())
}
