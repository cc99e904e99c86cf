//! `sed`, for scripts that only substitute or transliterate: `s/…/…/g`, `y/…/…/`.

use super::{Run, made};
use crate::follow::step::Arg;
use crate::shell::Dialect;
use crate::text::Text;

/// A command of a script.
enum Command {
    Substitute { pattern: String, with: String, all: bool, at_start: bool, at_end: bool },
    Transliterate { from: Vec<char>, to: Vec<char> },
}

/// `sed`
pub(super) fn sed(run: &Run<'_>) -> Option<Arg> {
    let mut scripts = Vec::new();
    let mut operands = Vec::new();
    let mut arguments = run.arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.text()? {
            "-e" => scripts.push(arguments.next()?.text()?),
            "-E" | "-r" => {}
            text if text.len() > 1 && text.starts_with('-') => return None,
            _ => operands.push(argument),
        }
    }
    if scripts.is_empty() {
        scripts.push(operands.first()?.text()?);
        operands.remove(0);
    }
    let mut commands = Vec::new();
    for script in scripts {
        read(script, &mut commands)?;
    }
    let text = run.known_input(&operands)?;
    let mut result = String::with_capacity(text.as_str().len());
    for line in text.as_str().split_inclusive('\n') {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let changed = commands.iter().fold(content.to_owned(), |line, command| command.apply(&line));
        result.push_str(&changed);
        result.push_str(if content.len() < line.len() { "\n" } else { "" });
    }
    Some(made(result, &text))
}

/// What a file of `text` holds when `sed -i` is done with it. `None` unless that is the only file.
pub(super) fn edited(arguments: &[Arg], text: &Text) -> Option<Text> {
    let in_place = |word: &Arg| {
        word.text()
            .is_some_and(|text| text.starts_with("-i") || text == "--in-place" || text.starts_with("--in-place="))
    };
    let (options, arguments): (Vec<Arg>, Vec<Arg>) = arguments.iter().cloned().partition(in_place);
    let content = |_: &Arg| Some(Arg::known(text.clone(), text.source()));
    let operands = arguments.iter().filter(|word| !word.prefix().starts_with('-')).count();
    let scripts = arguments.iter().filter(|word| word.text() == Some("-e")).count();
    let files = if scripts == 0 { operands.checked_sub(1)? } else { operands.checked_sub(scripts)? };
    if options.is_empty() || files != 1 {
        return None;
    }
    let run = Run {
        name: "sed",
        arguments: &arguments,
        input: None,
        content: &content,
        dialect: Dialect::Bash,
        unescapes: false,
    };
    sed(&run)?.as_text()
}

/// Reads the commands of a script.
fn read(script: &str, commands: &mut Vec<Command>) -> Option<()> {
    let mut rest = script.trim_start_matches([' ', ';', '\n']);
    while !rest.is_empty() {
        let letter = rest.chars().next()?;
        let delimiter = rest.chars().nth(1).filter(|c| !c.is_alphanumeric() && *c != '\\' && *c != '\n')?;
        let inside = rest.get(1 + delimiter.len_utf8()..)?;
        let (first, inside) = until(inside, delimiter)?;
        let (second, inside) = until(inside, delimiter)?;
        let end = inside.find([';', '\n']).unwrap_or(inside.len());
        let flags = inside.get(..end)?.trim();
        rest = inside.get(end..)?.trim_start_matches([' ', ';', '\n']);
        commands.push(match letter {
            's' => substitution(&first, second, flags)?,
            'y' if flags.is_empty() => {
                let (from, to): (Vec<char>, Vec<char>) = (first.chars().collect(), second.chars().collect());
                if from.len() != to.len() || first.contains('\\') || second.contains('\\') {
                    return None;
                }
                Command::Transliterate { from, to }
            }
            _ => return None,
        });
    }
    Some(())
}

/// The text before the next `delimiter`, and what stands behind it.
fn until(text: &str, delimiter: char) -> Option<(String, &str)> {
    let mut taken = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        if c == delimiter {
            return Some((taken, text.get(at + c.len_utf8()..)?));
        }
        if c == '\\' {
            let (_, escaped) = characters.next()?;
            if escaped != delimiter {
                taken.push('\\');
            }
            taken.push(escaped);
            continue;
        }
        taken.push(c);
    }
    None
}

/// A substitution of plain text. Anything that needs a regular expression is not computed.
fn substitution(pattern: &str, with: String, flags: &str) -> Option<Command> {
    if !matches!(flags, "" | "g") || with.contains(['\\', '&', '\n']) {
        return None;
    }
    let (at_start, pattern) = match pattern.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let (at_end, pattern) = match pattern.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => (true, rest),
        _ => (false, pattern),
    };
    if pattern.contains(['.', '*', '[', ']', '^', '$', '+', '?', '(', ')', '{', '}', '|', '\\']) {
        return None;
    }
    if pattern.is_empty() && !(at_start || at_end) {
        return None;
    }
    Some(Command::Substitute { pattern: pattern.to_owned(), with, all: flags == "g", at_start, at_end })
}

impl Command {
    fn apply(&self, line: &str) -> String {
        match self {
            Command::Transliterate { from, to } => line
                .chars()
                .map(|c| {
                    from.iter().position(|other| *other == c).and_then(|index| to.get(index)).copied().unwrap_or(c)
                })
                .collect(),
            Command::Substitute { pattern, with, all, at_start, at_end } => match (at_start, at_end) {
                (false, false) if *all => line.replace(pattern, with),
                (false, false) => line.replacen(pattern, with, 1),
                (true, false) => match line.strip_prefix(pattern.as_str()) {
                    Some(rest) => format!("{with}{rest}"),
                    None => line.to_owned(),
                },
                (false, true) => match line.strip_suffix(pattern.as_str()) {
                    Some(rest) => format!("{rest}{with}"),
                    None => line.to_owned(),
                },
                (true, true) => {
                    if line == pattern {
                        with.clone()
                    } else {
                        line.to_owned()
                    }
                }
            },
        }
    }
}
