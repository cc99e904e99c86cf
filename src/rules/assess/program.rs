//! Which program a command starts, and by which form it is read.

use crate::effect::{Class, Effect};
use crate::follow::step::{Arg, Folder, Piece};
use crate::payload::Carried;
use crate::rules::carry::Carrier;
use crate::rules::library::Library;
use crate::rules::{Assessment, Left, World, destructive, read_file};
use crate::text::Text;

/// How much of a script is read to know what runs it.
const SCRIPT_LIMIT: usize = 1024 * 1024;

/// The plain name of a program, and whether it is named as a file of this folder (`./x`).
pub(super) fn program_name(program: &Arg) -> Option<(&str, bool)> {
    if let Some(text) = program.text() {
        let path = if text.ends_with('/') { text.trim_end_matches('/') } else { text };
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        // A service script has the name of its service, and the words of all service scripts.
        let name = if folder.ends_with("/init.d") { "init.d" } else { name };
        return Some((name, text.strip_prefix("./").is_some_and(|rest| !rest.contains('/'))));
    }
    // `"$VENV/bin/python"`: the folder is not known, the name is.
    match program.pieces.last() {
        Some(Piece::Text(text)) => text.as_str().rsplit_once('/').map(|(_, name)| (name, false)),
        _ => None,
    }
}

/// The name under which a program is known, its own or that of its family: `python3.11`, `clang-17`, `prisma@5`,
/// `rm.exe`. A name that nothing is known of stays as it is.
pub(in crate::rules) fn family<'n>(name: &'n str, rules: &Library) -> &'n str {
    let known = |name: &str| rules.knows(name) || rules.project_program(name).is_some();
    if known(name) {
        return name;
    }
    let plain = name.split_once('@').map_or(name, |(plain, _)| plain);
    let plain = plain.strip_suffix(".exe").unwrap_or(plain);
    let family = plain.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    [plain, family].into_iter().find(|candidate| !candidate.is_empty() && known(candidate)).unwrap_or(name)
}

/// A program that this very text put where it runs from.
pub(super) fn just_made(command: &[Arg], program: &Arg, left: &Left, carrier: &Carrier) -> Option<Assessment> {
    let mut assessment = Assessment::new(Class::Mutating);
    match left {
        Left::Fetched => assessment.find(destructive(
            "shell.fetched-program",
            Effect::Opaque,
            program.span,
            program.shown("…"),
            "runs what was downloaded just before, unread",
        )),
        Left::Changed => assessment.find(destructive(
            "file.unread",
            Effect::Opaque,
            program.span,
            program.shown("…"),
            "runs what was written just before and then changed in a way that cannot be told",
        )),
        Left::Text(text) | Left::Appended(text) => {
            assessment.carried.push(carrier.carry(match first_line(text.as_str(), program) {
                Some(interpreter) => {
                    Carried::Arguments(interpreter.into_iter().chain(command.iter().cloned()).collect())
                }
                None => Carried::Shell { text: Arg::known(text.clone(), program.span), arguments: command.to_vec() },
            }))
        }
        Left::Copy(from, folder) => {
            let words = std::iter::once(named_from(from, folder, carrier)).chain(command.iter().skip(1).cloned());
            assessment.carried.push(carrier.carry(Carried::Arguments(words.collect())));
        }
        Left::Moved | Left::Written | Left::Secret | Left::Saved => return None,
    }
    Some(assessment)
}

/// The word by which the original of a copy is started from where its copy is.
fn named_from(from: &Arg, folder: &Folder, carrier: &Carrier) -> Arg {
    match from.text() {
        Some(text) if !text.starts_with(['/', '~']) && *folder != carrier.folder => {
            known(text.rsplit('/').next().unwrap_or(text), from)
        }
        Some(text) if !text.contains('/') => known(&format!("./{text}"), from),
        _ => from.clone(),
    }
}

/// What runs a script that is started by its path: the words of its first line, or a shell; `None` when it cannot be
/// read, or is no script.
pub(super) fn script_words(program: &Arg, world: &World<'_>) -> Option<Vec<Arg>> {
    if !program.text()?.contains('/') {
        return None;
    }
    let text = read_file(program, world, SCRIPT_LIMIT)?;
    if text.chars().any(|c| c.is_control() && !c.is_whitespace() && c != '\u{1b}') {
        return None;
    }
    // What has no first line of its own, a shell reads.
    first_line(&text, program).or_else(|| Some(vec![known("sh", program)]))
}

/// The words of a script's first line.
fn first_line(text: &str, program: &Arg) -> Option<Vec<Arg>> {
    let line = text.strip_prefix("#!")?.lines().next()?;
    let words: Vec<Arg> = line.split_whitespace().map(|word| known(word, program)).collect();
    (!words.is_empty()).then_some(words)
}

fn known(word: &str, program: &Arg) -> Arg {
    Arg::known(Text::derived(word, program.span), program.span)
}
