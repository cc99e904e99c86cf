//! Programs and subcommands that no rule lists: judged by verbs, and by command lines that stand inside them.

use super::library::Library;
use super::reading::Reading;
use super::schema::{Form, Verbs};
use super::{Assessment, Carry, World, destructive};
use crate::effect::{Class, Effect};
use crate::follow::step::{Arg, Command};
use crate::payload::Carried;
use crate::payload::words::{is_deleting_word, leading_or_trailing_verb, leading_verb, words};
use crate::span::Span;

/// How many words of a command line may be subcommands.
const LEADING_WORDS: usize = 6;

/// How many words of a verb list's command line are looked at.
const VERB_WORDS: usize = 5;

/// Assesses a program that no rule knows.
pub fn unknown_program(
    command: &Command,
    name: &str,
    world: &World<'_>,
    carry: impl Fn(Carried) -> Carry,
) -> Assessment {
    let mut assessment = Assessment::new(Class::Mutating);
    assessment.unrecognised = true;
    let rest = command.argv.get(1..).unwrap_or_default();
    if asks_only_for_help(rest) {
        assessment.class = Class::ReadOnly;
        return assessment;
    }
    if let Some(program) = command.argv.first()
        && leading_or_trailing_verb(script_name(name)).is_some()
    {
        let mut finding = deleting("unknown.name", program, "its name says that it removes something");
        // A runner's task (`yarn db:drop`) says what it removes; the name of a script does not.
        finding.effect = deleting_task(program).filter(|_| name.contains(':')).or(finding.effect);
        assessment.find(finding);
    }
    for word in deleting_words(rest) {
        assessment.find(deleting(
            "unknown.verb",
            word,
            "no rule knows this program, and this word says that it removes something",
        ));
    }
    if let Some(at) = known_suffix(rest, world) {
        assessment.carried.push(carry(Carried::Arguments(rest[at..].to_vec())));
    }
    assessment
}

fn deleting(rule: &'static str, word: &Arg, because: &'static str) -> crate::effect::Finding {
    destructive(rule, Effect::Delete, word.span, word.shown("…"), because)
}

/// `purge.sh` is called `purge`.
fn script_name(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether nothing but help or the version is asked for.
fn asks_only_for_help(rest: &[Arg]) -> bool {
    match rest {
        [first] if matches!(first.text(), Some("--help" | "-h" | "--version" | "help" | "-V" | "version")) => true,
        // Only subcommands may stand in front of it: behind an operand an unknown program may not read it.
        [words @ .., last] if matches!(last.text(), Some("--help" | "-h")) => {
            words.len() < LEADING_WORDS && words.iter().all(|word| word.text().is_some_and(is_plain_word))
        }
        [first, words @ ..] if first.text() == Some("help") => {
            words.iter().all(|word| word.text().is_some_and(is_plain_word))
        }
        _ => false,
    }
}

fn is_plain_word(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// A plain word, or several joined by dots: `vm.destroy`.
fn is_subcommand(text: &str) -> bool {
    text.split('.').all(is_plain_word)
}

/// `delete`, `force-remove`, `db:drop`: a word that says what is done.
fn is_deleting_name(text: &str) -> bool {
    let compound = text.contains(['-', ':']) && !text.contains('_');
    is_deleting_word(text)
        || text.starts_with("force-")
        || (compound && leading_verb(text).is_some())
        || (text.contains(':') && leading_or_trailing_verb(text).is_some())
}

/// Verbs behind which other words are names, not what is done.
const NAMING: &[&str] = &[
    "add", "apply", "call", "cat", "check", "config", "copy", "create", "describe", "diff", "echo", "edit", "exec",
    "explain", "export", "find", "get", "grep", "import", "info", "inspect", "install", "invoke", "label", "list",
    "log", "logs", "ls", "new", "open", "plan", "post", "print", "put", "query", "read", "rename", "restart", "run",
    "search", "set", "show", "start", "status", "tag", "tail", "test", "update", "upload", "view", "watch", "write",
];

/// The words that say that an unknown program removes something: leading plain words, and long options.
fn deleting_words(rest: &[Arg]) -> Vec<&Arg> {
    let mut found = Vec::new();
    let mut leading = 0;
    for word in rest {
        let text = word.prefix();
        if text == "--" {
            break;
        }
        if let Some(option) = text.strip_prefix("--").or_else(|| text.strip_prefix('-').filter(|rest| rest.len() > 1)) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let denied = name.starts_with("no-") || matches!(value, "false" | "no" | "0");
            let is_long = text.starts_with("--") || name.len() > 3;
            if is_long && !denied && deleting_option(name) {
                found.push(word);
            }
            continue;
        }
        if text.starts_with('-') {
            continue;
        }
        if leading < LEADING_WORDS && !word.has_hole() && is_plain_word(text) {
            leading += 1;
            if is_deleting_name(text) {
                found.push(word);
            }
            if NAMING.contains(&text) {
                leading = LEADING_WORDS;
            }
        } else {
            leading = LEADING_WORDS;
        }
    }
    found
}

/// `--delete`, `--delete-after`, `--force-delete`: the first or last word is a deleting verb.
fn deleting_option(name: &str) -> bool {
    leading_or_trailing_verb(name).is_some() && !words(name).any(|word| matches!(word, "no" | "not" | "undelete"))
}

/// First words of the names of options that change something, whatever the program.
const TELLING: &[&str] = &[
    "apply",
    "autofix",
    "commit",
    "delete",
    "destroy",
    "edit",
    "erase",
    "execute",
    "fix",
    "inplace",
    "install",
    "nuke",
    "overwrite",
    "prune",
    "publish",
    "purge",
    "remove",
    "rewrite",
    "save",
    "terminate",
    "truncate",
    "uninstall",
    "upgrade",
    "wipe",
    "write",
];

/// Such names as a whole.
const TELLING_NAMES: &[&str] = &["in-place", "output-file", "out-file", "outfile", "output-dir", "outdir"];

/// Whether the name of a long option says that it changes something: `--fix`, `--write-baseline`, `--output-file`.
pub fn option_tells(written: &str) -> bool {
    let Some(name) = written.strip_prefix("--") else { return false };
    let first = words(name).next().unwrap_or_default();
    TELLING.contains(&first) || TELLING_NAMES.contains(&name)
}

/// Whether a long option is nothing but a verb that deletes, or deletes all: `--purge`, `--delete-all`.
pub fn option_deletes(word: &str) -> bool {
    let name = word.strip_prefix("--").map(|name| name.split('=').next().unwrap_or(name)).unwrap_or_default();
    let verb = name.strip_suffix("-all").unwrap_or(name);
    matches!(verb, "delete" | "destroy" | "erase" | "nuke" | "purge" | "terminate" | "truncate" | "wipe")
}

/// `mlflow models delete`: the deleting verb behind a subcommand that is known only by its name and is no verb
/// itself, so that it stands for a group of others.
pub fn verb_behind_a_noun<'a>(
    form: &Form<'_>,
    reading: &Reading<'a>,
    argv: &[Arg],
    rules: &Library,
) -> Option<&'a Arg> {
    let nothing_else = form.any_options
        && form.operands.is_empty()
        && form.subcommands.is_empty()
        && form.when.is_empty()
        && form.verbs.is_none();
    let verb = reading.operands.first().copied().filter(|word| word.text().is_some_and(is_deleting_word))?;
    if !nothing_else || reading.forms.len() < 2 {
        return None;
    }
    let at = argv.iter().position(|word| std::ptr::eq(word, verb))?;
    let is_noun = |text: &&str| text.bytes().all(|b| b.is_ascii_alphabetic());
    let noun = argv.get(at.checked_sub(1)?)?.text().filter(is_noun)?;
    let verbs = rules.verbs("cloud")?;
    (!NAMING.contains(&noun) && look_up(verbs, noun).is_none()).then_some(verb)
}

/// Where a command line of a known program begins inside the arguments of an unknown one.
fn known_suffix(rest: &[Arg], world: &World<'_>) -> Option<usize> {
    rest.iter().position(|word| {
        word.text().is_some_and(|text| {
            let name = text.rsplit('/').next().unwrap_or(text);
            is_plain_word(name) && world.rules.begins_command(name)
        })
    })
}

/// What a verb list says of a subcommand that no rule lists.
pub fn by_verbs(reading: &Reading<'_>, argv: &[Arg], verbs: &Verbs<'_>) -> Option<(Class, Option<Effect>, Span)> {
    let first = reading.unknown_subcommand.filter(|word| word.text().is_some_and(is_subcommand))?;
    let others = reading.operands.iter().copied().filter(|word| !std::ptr::eq(first, *word));
    let others = others.take_while(|word| word.text().is_some_and(is_plain_word));
    let candidates: Vec<&Arg> = std::iter::once(first).chain(others).take(VERB_WORDS).collect();
    // What stands behind an option may be its value: the words in front of it are asked first.
    let leading = candidates.get(..unbroken(&candidates, argv)).unwrap_or_default();
    decide(leading, verbs).or_else(|| decide(&candidates, verbs))
}

/// How many of the words follow each other in the command line.
fn unbroken(words: &[&Arg], argv: &[Arg]) -> usize {
    let place = |word: &Arg| argv.iter().position(|other| std::ptr::eq(other, word));
    let steps = words.windows(2).take_while(|pair| match pair {
        [one, next] => place(one).zip(place(next)).is_some_and(|(one, next)| next == one + 1),
        _ => false,
    });
    steps.count() + 1
}

/// What the first verb among the words says: one that is a word of its own before one that is part of a word.
fn decide(words: &[&Arg], verbs: &Verbs<'_>) -> Option<(Class, Option<Effect>, Span)> {
    let text = |word: &Arg| word.text().unwrap_or_default().to_owned();
    let told = |word: &Arg, verb: &str| look_up(verbs, verb).map(|(class, effect)| (class, effect, word.span));
    let parts = |word: &Arg| {
        let text = text(word);
        // `build:list`: behind a colon stands what is done to the thing in front of it.
        words_of(text.rsplit_once(':').map_or(text.as_str(), |(_, action)| action))
    };
    let first = |word: &&Arg| {
        let part = parts(word).into_iter().find(|part| !verbs.prefixes.contains(&part.as_str()))?;
        told(word, &part)
    };
    let last = |word: &&Arg| told(word, &parts(word).pop()?);
    for (at, word) in words.iter().enumerate() {
        let verb = text(word);
        let Some(found) = told(word, &verb) else { continue };
        // `logs delete`: a word that also names a thing leaves it to the verb behind it.
        let behind = if verbs.nouns.contains(&verb.as_str()) { words.get(at + 1..).unwrap_or_default() } else { &[] };
        let whole = behind.iter().find_map(|word| told(word, &text(word)));
        return whole.or_else(|| behind.first().and_then(first)).or(Some(found));
    }
    words.iter().find_map(first).or_else(|| words.iter().find_map(last))
}

/// The words of a name, in small letters: `DeleteInstances`, `batch-delete`.
fn words_of(name: &str) -> Vec<String> {
    words(name).map(str::to_ascii_lowercase).collect()
}

fn look_up(verbs: &Verbs<'_>, word: &str) -> Option<(Class, Option<Effect>)> {
    if let Some((effect, _)) = verbs.destructive.iter().find(|(_, list)| list.contains(&word)) {
        return Some((Class::Destructive, Some(*effect)));
    }
    if verbs.read_only.contains(&word) {
        return Some((Class::ReadOnly, None));
    }
    verbs.mutating.contains(&word).then_some((Class::Mutating, None))
}

/// What the deleting-verb rule says of a subcommand of a known program that no rule lists.
pub fn by_deleting_verb(first: &Arg, reading: &Reading<'_>) -> Option<Span> {
    let second = reading.operands.get(1).copied().filter(|word| word.text().is_some_and(is_deleting_word));
    std::iter::once(first)
        .filter(|word| word.text().is_some_and(|text| is_plain_word(text) && is_deleting_name(text)))
        .chain(second)
        .map(|word| word.span)
        .next()
}

/// What the deleting verb in the name of a task does: `destroy`, `infra:destroy`, `db-drop`.
pub fn deleting_task(task: &Arg) -> Option<Effect> {
    let text = task.text().filter(|text| !text.contains('=') && !is_product(text))?;
    let verb = leading_or_trailing_verb(text)?;
    Some(match verb.to_ascii_lowercase().as_str() {
        "drop" | "truncate" | "flush" | "reset" => Effect::Drop,
        "destroy" | "deprovision" | "terminate" => Effect::Deprovision,
        _ => Effect::Delete,
    })
}

/// `delete-user.o`: a task that is the file it makes.
fn is_product(task: &str) -> bool {
    const EXTENSIONS: [&str; 11] = ["o", "lo", "a", "so", "d", "obj", "pdf", "html", "css", "json", "stamp"];
    task.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}
