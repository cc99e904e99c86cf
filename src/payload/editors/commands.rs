//! Reads the command lines of ed, of vim and its kin, and of gdb: what they run, write and delete.

use super::{opaque, shell, writes};
use crate::effect::{Class, Effect};
use crate::payload::{HOLE, Outcome};
use crate::text::Text;

/// Reads commands for ed.
pub fn ed(code: &Text) -> Outcome {
    let mut outcome = Outcome::read_only();
    let mut emptied = false;
    for (start, end) in lines(code.as_str(), false) {
        let line = &code.as_str()[start..end];
        let command = line
            .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | '$' | '.' | '%' | ';' | '+' | '-'));
        let address = &line[..line.len() - command.len()];
        let argument = |from: usize| code.slice(start + address.len() + from, end);
        match command.chars().next() {
            Some('!') => shell(&mut outcome, argument(1)),
            Some('r' | 'w' | 'e' | 'W') if command[1..].trim_start().starts_with('!') => {
                shell(&mut outcome, argument(command.find('!').unwrap_or(0) + 1));
            }
            Some('d') if matches!(address, "," | "%" | "1,$" | "0,$") => emptied = true,
            Some('w' | 'W') => {
                outcome.raise(Class::Mutating);
                if emptied {
                    empties(&mut outcome, code);
                }
                let path = argument(1);
                if path.as_str().starts_with(' ') {
                    writes(&mut outcome, "ed.write", trimmed(&path));
                }
            }
            Some(HOLE) => opaque(&mut outcome, "ed.unknown", code),
            _ => {}
        }
    }
    outcome
}

/// Reads commands for ex, vi and vim.
pub fn ex(code: &Text) -> Outcome {
    let mut outcome = Outcome::read_only();
    let text = code.as_str();
    if !text.is_empty() && text.trim().chars().all(|c| c == HOLE) {
        opaque(&mut outcome, "vim.unknown", code);
        return outcome;
    }
    let mut emptied = false;
    for (start, end) in lines(text, true) {
        ex_command(&mut outcome, code, start, end, &mut emptied);
    }
    outcome
}

fn ex_command(outcome: &mut Outcome, code: &Text, start: usize, end: usize, emptied: &mut bool) {
    let line = &code.as_str()[start..end];
    let command = line.trim_start_matches([' ', ':', '\t']);
    let command =
        command.strip_prefix("silent").map_or(command, |rest| rest.strip_prefix('!').unwrap_or(rest).trim_start());
    let range_end =
        command.find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '$' | '.' | '%' | ' ' | '\'' | '<' | '>')));
    let (range, command) = command.split_at(range_end.unwrap_or(command.len()));
    let at = end - command.len();
    let rest = |word: &str| code.slice(at + word.len(), end);
    let name_end = command.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(command.len());
    let (name, behind) = command.split_at(name_end);
    match name {
        "" if behind.starts_with('!') => shell(outcome, rest("!")),
        "r" | "read" | "w" | "write" if behind.trim_start().starts_with('!') && !behind.starts_with('!') => {
            shell(outcome, code.slice(at + command.find('!').unwrap_or(0) + 1, end));
        }
        "w" | "write" | "wq" | "x" | "xit" | "sav" | "saveas" | "update" | "wa" | "wall" | "wqa" => {
            outcome.raise(Class::Mutating);
            if *emptied {
                empties(outcome, code);
            }
            let path = trimmed(&code.slice(at + name_end, end));
            let path = if path.as_str().starts_with('!') { trimmed(&path.slice(1, path.as_str().len())) } else { path };
            if !path.as_str().is_empty() {
                writes(outcome, "vim.write", path);
            }
        }
        "d" | "delete" if behind.is_empty() && matches!(range.trim(), "%" | "1,$") => *emptied = true,
        "terminal" | "term" | "make" | "grep" => shell(outcome, rest(name)),
        "py" | "py3" | "python" | "python3" | "lua" | "perl" | "ruby" | "luafile" | "pyfile" | "source" | "so"
        | "execute" | "exe" | "normal" => {
            outcome.raise(Class::Mutating);
            functions(outcome, code, start, end);
        }
        _ if behind.starts_with(HOLE) && name.is_empty() => opaque(outcome, "vim.unknown", code),
        _ => functions(outcome, code, start, end),
    }
}

/// Calls of vim's functions, and of other languages' from its command line, that run, write or delete.
fn functions(outcome: &mut Outcome, code: &Text, start: usize, end: usize) {
    let line = &code.as_str()[start..end];
    for (name, runs) in [
        ("system(", true),
        ("systemlist(", true),
        ("job_start(", true),
        ("termopen(", true),
        ("jobstart(", true),
        ("os.execute(", true),
        ("io.popen(", true),
        ("delete(", false),
        ("os.remove(", false),
        ("rmtree(", false),
        ("unlink(", false),
    ] {
        let Some(found) = line.find(name) else { continue };
        // A longer name that ends alike is another function.
        if line[..found].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
            && !name.contains('.')
            && !line[..found].ends_with('.')
        {
            continue;
        }
        let from = start + found + name.len();
        let argument = quoted(code, from, end);
        match (argument, runs) {
            (Some(line), true) => shell(outcome, line),
            (None, true) => opaque(outcome, "vim.execute", code),
            (path, false) => {
                let place = path.as_ref().map_or_else(|| code.source(), Text::source);
                let subject = path.map(|path| path.as_str().to_owned()).unwrap_or_default();
                outcome.destructive("vim.delete", Effect::Delete, place, subject, "removes a file");
            }
        }
    }
}

/// The string that begins at `from`.
fn quoted(code: &Text, from: usize, end: usize) -> Option<Text> {
    let rest = code.as_str().get(from..end)?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let close = rest[1..].find(quote)?;
    Some(code.slice(from + 1, from + 1 + close))
}

/// Reads commands for gdb.
pub fn gdb(code: &Text) -> Outcome {
    let mut outcome = Outcome::read_only();
    for (start, end) in lines(code.as_str(), false) {
        let line = &code.as_str()[start..end];
        let name = line.split_whitespace().next().unwrap_or_default();
        let behind = trimmed(&code.slice(start + line.find(name).unwrap_or(0) + name.len(), end));
        match name {
            "shell" | "sh" | "make" => shell(&mut outcome, behind),
            _ if name.starts_with('!') => shell(&mut outcome, code.slice(start + line.find('!').unwrap_or(0) + 1, end)),
            "pipe" | "|" => {
                if let Some(bar) = behind.as_str().find('|') {
                    shell(&mut outcome, behind.slice(bar + 1, behind.as_str().len()));
                }
            }
            "python" | "py" | "source" | "guile" => {
                outcome.raise(Class::Mutating);
                functions(&mut outcome, code, start, end);
            }
            "call" | "print" | "p" | "eval" | "compile" => functions(&mut outcome, code, start, end),
            _ if name.starts_with(HOLE) => opaque(&mut outcome, "gdb.unknown", code),
            _ => {}
        }
    }
    outcome
}

fn empties(outcome: &mut Outcome, code: &Text) {
    outcome.destructive(
        "edit.empty",
        Effect::Delete,
        code.source(),
        "",
        "deletes every line of the file and keeps that",
    );
}

fn trimmed(text: &Text) -> Text {
    let string = text.as_str();
    let start = string.len() - string.trim_start().len();
    text.slice(start, start + string.trim().len())
}

/// Where the lines stand; with `bars`, a `|` ends one too, unless the line is for a shell.
fn lines(text: &str, bars: bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut for_shell = false;
    let mut quote: Option<char> = None;
    // Whether the line calls something so far, and whether it has nothing but a range.
    let (mut calls, mut blank) = (false, true);
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('\n', _) => {
                found.push((start, at));
                (start, for_shell, quote) = (at + 1, false, None);
                (calls, blank) = (false, true);
                continue;
            }
            (c, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) if bars && calls => quote = Some(c),
            ('!', None) => for_shell |= blank,
            ('|', None) if bars && !for_shell => {
                found.push((start, at));
                start = at + 1;
                (calls, blank) = (false, true);
                continue;
            }
            _ => {}
        }
        calls |= c == '(';
        blank &= matches!(c, ':' | ' ' | '%');
    }
    found.push((start, text.len()));
    found.retain(|(start, end)| start < end);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    type Reader = fn(&Text) -> Outcome;

    #[test]
    fn what_commands_do() {
        // Reader, commands, class, shell lines.
        let cases: [(Reader, &str, Class, usize); 17] = [
            (ed, "1s/a/b/\nw\nq", Class::Mutating, 0),
            (ed, ",d\nw\nq", Class::Destructive, 0),
            (ed, ",p\nq", Class::ReadOnly, 0),
            (ed, "!rm -rf lib", Class::ReadOnly, 1),
            (ed, "r !ls", Class::ReadOnly, 1),
            (ex, "%s/a/b/|wq", Class::Mutating, 0),
            (ex, "%d|x", Class::Destructive, 0),
            (ex, "!rm -rf lib", Class::ReadOnly, 1),
            (ex, "silent !rm -rf lib | ls", Class::ReadOnly, 1),
            (ex, "call system('rm -rf lib')", Class::ReadOnly, 1),
            (ex, "call delete('a.txt')", Class::Destructive, 0),
            (ex, "q", Class::ReadOnly, 0),
            (ex, "set number", Class::ReadOnly, 0),
            (ex, "r !ls", Class::ReadOnly, 1),
            (gdb, "shell rm -rf lib", Class::ReadOnly, 1),
            (gdb, "bt\nquit", Class::ReadOnly, 0),
            (gdb, "call system(\"rm -rf lib\")", Class::ReadOnly, 1),
        ];
        for (read, commands, class, lines) in cases {
            let outcome = read(&Text::request(commands));
            assert_eq!(outcome.class, class, "{commands}");
            assert_eq!(outcome.carried.len(), lines, "{commands}");
        }
    }
}
