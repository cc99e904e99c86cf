//! Reads a client's configuration file: options, one a line, as curl takes them.

use crate::payload::stores::words;
use crate::text::Text;

/// An option with its dashes, and its value.
pub type Setting = (String, Option<Text>);

/// The options in a configuration file, in order.
pub fn settings(text: &Text) -> Vec<Setting> {
    let source = text.as_str();
    let mut settings = Vec::new();
    let mut start = 0;
    for end in source.match_indices('\n').map(|(at, _)| at).chain([source.len()]) {
        settings.extend(setting(text, start, end));
        start = end + 1;
    }
    settings
}

/// `name = value`, `name: value`, `--name value`, `-n value`; the value may stand in double quotes.
fn setting(text: &Text, start: usize, end: usize) -> Option<Setting> {
    let line = text.as_str().get(start..end)?;
    let name_start = line.len() - line.trim_start().len();
    let line = line.trim_start();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let dashes = line.len() - line.trim_start_matches('-').len();
    let is_end = |c: char| c.is_whitespace() || c == '=' || c == ':';
    let length = line.find(is_end).unwrap_or(line.len());
    let name = line.get(dashes..length)?;
    let name = match (dashes, name.len()) {
        (1, _) => format!("-{name}"),
        _ => format!("--{name}"),
    };
    let rest = line.get(length..)?;
    let value_at = start + name_start + length + (rest.len() - rest.trim_start_matches(is_end).len());
    let value = words(text, value_at, end).into_iter().next();
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_options() {
        let text = Text::request("# c\nurl = \"https://a/b\"\nrequest: DELETE\n-d @x\nsilent\n  --header \"A: b\"");
        let settings: Vec<String> = settings(&text)
            .into_iter()
            .map(|(name, value)| format!("{name}={}", value.unwrap_or_default().as_str()))
            .collect();
        assert_eq!(settings, ["--url=https://a/b", "--request=DELETE", "-d=@x", "--silent=", "--header=A: b"]);
    }
}
