//! What programs print that only compute: the text is found without running them.
//!
//! The programs are named here, in one table. Each takes its arguments and its input as far as they are known and
//! gives what it prints, or nothing when that cannot be told.

mod bytes;
mod echo;
mod escapes;
mod filters;
mod lines;
mod sed;

use super::command::Call;
use super::follower::{Follower, Printed};
use super::limits;
use super::step::{Arg, Hole, Input, Source};
use crate::shell::Dialect;
use crate::text::Text;

/// What a program gets.
struct Run<'r> {
    /// The name it was called by, without folders.
    name: &'r str,
    arguments: &'r [Arg],
    /// What comes on standard input, when it is known.
    input: Option<Arg>,
    /// What the files hold that it may read.
    content: &'r dyn Fn(&Arg) -> Option<Arg>,
    dialect: Dialect,
    /// Whether `echo` unescapes what it prints without being asked.
    unescapes: bool,
}

/// A program that only computes.
type Compute = fn(&Run<'_>) -> Option<Arg>;

/// The programs that only compute, and how.
fn computed(name: &str) -> Option<Compute> {
    Some(match name {
        "awk" | "gawk" | "mawk" => lines::awk,
        "base32" | "base64" => bytes::base,
        "basename" => lines::basename,
        "cat" => filters::cat,
        "cut" => lines::cut,
        "dirname" => lines::dirname,
        "echo" => echo::echo,
        "expr" => lines::expr,
        "fold" => lines::fold,
        "gunzip" | "gzip" | "zcat" => bytes::gunzip,
        "head" => filters::head,
        "openssl" => bytes::openssl,
        "printf" => echo::printf,
        "rev" => filters::rev,
        "sed" => sed::sed,
        "seq" => lines::seq,
        "sort" => filters::sort,
        "tac" => filters::tac,
        "tail" => filters::tail,
        "tee" => filters::tee,
        "tr" => filters::tr,
        "uniq" => filters::uniq,
        "xxd" => bytes::xxd,
        "yes" => lines::yes,
        _ => return None,
    })
}

/// Whether a program of this table looks for something, and fails when it does not find it.
pub(super) fn may_miss(call: &Call) -> bool {
    matches!(call.argv.first().and_then(Arg::text), Some("which" | "git"))
}

/// What the file that `argv` edits in place holds afterwards, if it held `text`.
pub fn edited(argv: &[Arg], text: &Text) -> Option<Text> {
    let (program, arguments) = argv.split_first()?;
    match program.text()?.rsplit('/').next() {
        Some("sed" | "gsed") => sed::edited(arguments, text),
        _ => None,
    }
}

/// The one file whose content a program prints whole and unchanged.
pub(super) fn copied(call: &Call) -> Option<Arg> {
    let name = call.argv.first().and_then(Arg::text)?;
    if name.rsplit('/').next() != Some("cat") {
        return None;
    }
    let mut operands = call.arguments().iter().filter(|word| !matches!(word.text(), Some("-u" | "--")));
    match (operands.next(), operands.next()) {
        (Some(from), None) if !from.splits() && !from.prefix().starts_with('-') => Some(from.clone()),
        (None, None) => match call.opened.streams.read(0).map(|feed| &*feed.input) {
            Some(Input::File(from)) => Some(from.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Programs that print nothing, whatever they are given.
fn is_silent(name: &str) -> bool {
    matches!(name, "false" | "sleep" | "wait" | "umask" | "ulimit" | "enable" | "hash")
}

/// What of a repository a `git rev-parse` prints, whose path ends with it.
fn inside_repository(arguments: &[Arg]) -> Option<String> {
    let words: Vec<&str> = arguments.iter().map(Arg::text).collect::<Option<_>>()?;
    match words.as_slice() {
        ["rev-parse", "--git-dir" | "--absolute-git-dir" | "--git-common-dir"] => Some(".git".to_owned()),
        ["rev-parse", "--git-path", path] => Some(format!(".git/{path}")),
        _ => None,
    }
}

impl<'a> Follower<'a, '_> {
    /// What a program prints.
    pub(super) fn print(&mut self, call: &Call) -> Printed {
        let Some(name) = call.argv.first().and_then(Arg::text) else { return Printed::Unknown };
        let name = name.rsplit('/').next().unwrap_or(name);
        match name {
            "pwd" if call.argv.len() == 1 => {
                let mut folder = self.working_folder();
                folder.push_text(Text::derived("\n", call.span));
                return Printed::String(folder);
            }
            "mktemp" => {
                let mut path = Arg::hole(Hole::filled(Source::FreshTemporary(call.span)), call.span);
                path.push_text(Text::derived("\n", call.span));
                return Printed::String(path);
            }
            "git" => {
                return match inside_repository(call.arguments()) {
                    Some(inside) => {
                        let mut path = Arg::hole(Hole::filled(Source::Other), call.span);
                        path.push_text(Text::derived(format!("/{inside}\n"), call.span));
                        Printed::String(path)
                    }
                    None => Printed::Unknown,
                };
            }
            "which" if call.argv.len() == 2 => return self.found_as(&call.argv[1]),
            _ if is_silent(name) && (name != "hash" || call.argv.len() > 1) => return Printed::Nothing,
            _ => {}
        }
        let Some(compute) = computed(name) else { return Printed::Unknown };
        let input = match call.opened.streams.read(0) {
            Some(feed) => self.known_input(&feed.input),
            None => None,
        };
        let run = Run {
            name,
            arguments: call.arguments(),
            input,
            content: &|path| self.content(path),
            dialect: self.dialect,
            unescapes: self.dialect != Dialect::Bash || self.state.registers.options.xpg_echo,
        };
        let printed = compute(&run);
        let work: usize = run.arguments.iter().chain(&run.input).map(Arg::size).sum();
        self.spend(work);
        match printed {
            Some(text) if text.is_too_long() => Printed::Unknown,
            Some(text) if text.is_empty() => Printed::Nothing,
            Some(text) => Printed::String(text.at(call.span)),
            None => Printed::Unknown,
        }
    }
}

impl Run<'_> {
    /// The text that the operands name, `-` and none being standard input.
    fn all_input(&self, operands: &[&Arg]) -> Option<Arg> {
        if operands.is_empty() {
            return self.input.clone();
        }
        let mut whole = Arg::default();
        for operand in operands {
            whole.append(&self.one_input(operand)?);
        }
        (whole.size() <= limits::TEXT).then_some(whole)
    }

    fn one_input(&self, operand: &Arg) -> Option<Arg> {
        match operand.text() {
            Some("-" | "/dev/stdin" | "/dev/fd/0") => self.input.clone(),
            Some("/dev/null") => Some(Arg::default()),
            _ => (self.content)(operand),
        }
    }

    /// The known text that the operands name.
    fn known_input(&self, operands: &[&Arg]) -> Option<Text> {
        self.all_input(operands)?.as_text()
    }
}

/// A text made from `from`.
fn made(text: impl Into<String>, from: &Text) -> Arg {
    let span = from.source();
    Arg::known(Text::derived(text, span), span)
}

/// Bytes made from `from`, when they are text.
fn made_of_bytes(bytes: Vec<u8>, from: &Text) -> Option<Arg> {
    String::from_utf8(bytes).ok().map(|text| made(text, from))
}
