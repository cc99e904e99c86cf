//! Judges the code that a command carries: shell lines, argument lists, other languages, files.

use super::{Judge, Judged, Ledger, MAX_DEPTH, Site};
use crate::effect::Class;
use crate::facts::NoFacts;
use crate::follow::Start;
use crate::follow::step::{Arg, Command, Context, Input, Piece, Source};
use crate::payload::{self, Carried, Language};
use crate::request::Node;
use crate::rules::schema::Where;
use crate::rules::{Carry, Earlier, Left, judge_payload_path, read_file};
use crate::shell::Dialect;
use crate::span::Span;
use crate::text::Text;

/// How much of a script is read.
const SCRIPT_LIMIT: usize = 1024 * 1024;

/// The name that a part of a carried line gets that is not known.
const UNKNOWN_PART: &str = "${GUARD_UNKNOWN}";

impl Judge<'_> {
    /// Judges carried code that stands by itself.
    pub(super) fn carry(&mut self, carry: &Carry, ledger: &mut Ledger, depth: usize) -> Judged {
        self.carry_from(carry, Site { context: &Context::default(), texts: None, depth }, ledger)
    }

    /// Judges what a command carries.
    pub(super) fn carry_from(&mut self, carry: &Carry, site: Site<'_>, ledger: &mut Ledger) -> Judged {
        let span = span_of(&carry.code);
        if site.depth > MAX_DEPTH {
            return Judged::opaque("judge.limit", span, "code is nested too deep to be read");
        }
        if carry.only_fixed {
            let (told, staked) = ((self.parsed, self.unrecognised), self.stakes.len());
            let carry = Carry { only_fixed: false, ..carry.clone() };
            let mut judged = self.carry_from(&carry, site, &mut ledger.inner(&carry.input));
            (self.parsed, self.unrecognised) = told;
            judged.keep_fixed();
            if judged.findings.is_empty() {
                self.stakes.truncate(staked);
            }
            return judged;
        }
        // Whoever carries code decides when it runs, and how often.
        let settled = if carry.once { ledger.has_changed() } else { ledger.note_change() };
        let judged = self.carry_at(carry, site, ledger);
        let told = carry.once && !judged.changes.besides && !judged.changes.paths.is_empty();
        ledger.end_unsettled(settled || judged.class > Class::ReadOnly && !told);
        judged
    }

    fn carry_at(&mut self, carry: &Carry, site: Site<'_>, ledger: &mut Ledger) -> Judged {
        if carry.place != Where::Here {
            // The files, folders and variables of this machine say nothing about another one.
            let outer = std::mem::replace(&mut self.facts, &NoFacts);
            let judged = self.carry_here(carry, site, ledger);
            self.facts = outer;
            return judged;
        }
        self.carry_here(carry, site, ledger)
    }

    fn carry_here(&mut self, carry: &Carry, site: Site<'_>, ledger: &mut Ledger) -> Judged {
        let Site { context, texts, depth } = site;
        let context = Context {
            folder: carry.folder.clone(),
            exported: context.exported.iter().cloned().chain(carry.variables.iter().cloned()).collect(),
            functions: context.functions.clone(),
        };
        let inside = Site { context: &context, texts, depth };
        match &carry.code {
            Carried::Shell { text, arguments } => {
                let start =
                    Start { context, arguments: arguments.clone(), input: carry.input.clone(), ..Start::default() };
                self.shell_line(text, &start, carry.place, ledger, depth)
            }
            Carried::Arguments(argv) => {
                let span = span_of(&carry.code);
                let command = Command {
                    argv: argv.clone(),
                    assignments: carry.variables.clone(),
                    input: carry.input.clone(),
                    ..Command::default()
                };
                let kept = ledger.begin_carried();
                let judged = self.command(&command, span, inside, carry.place, ledger);
                ledger.end_carried(kept);
                judged
            }
            Carried::Code { language: Language::Shell, text } => {
                let start = Start { context, input: carry.input.clone(), ..Start::default() };
                self.shell_line(text, &start, carry.place, ledger, depth)
            }
            Carried::Code { language, text } => self.code(*language, text, carry, inside, ledger),
            Carried::File { language, path } => self.file(*language, path, carry, inside, ledger),
        }
    }

    /// A line for a shell, with parts that may not be known.
    fn shell_line(&mut self, line: &Arg, start: &Start, place: Where, ledger: &mut Ledger, depth: usize) -> Judged {
        if let [Piece::Hole(hole)] = line.pieces.as_slice() {
            if let Source::Output(steps) = &hole.source
                && !steps.is_empty()
                && steps.iter().all(|step| ledger.printed(*step).is_some_and(|printed| printed.setup))
            {
                return Judged { class: Class::Mutating, ..Judged::read_only() };
            }
            return Judged::opaque("shell.unread", line.span, "the code it runs cannot be read before it runs");
        }
        let text = filled(line);
        let read_by_dash = std::mem::take(&mut self.read_by_dash);
        let mut judged = self.shell(&text, start, place, ledger, depth);
        if read_by_dash && !crate::shell::runs_the_same_in_dash(text.as_str()) {
            let start = Start { dialect: Dialect::Posix, ..start.clone() };
            judged.merge(self.shell(&text, &start, place, &mut ledger.inner(&start.input), depth));
        }
        judged
    }

    fn code(&mut self, language: Language, text: &Arg, carry: &Carry, site: Site<'_>, ledger: &mut Ledger) -> Judged {
        let outcome = payload::read(language, text);
        let mut judged = Judged::read_only();
        judged.class = outcome.class;
        judged.changes.besides = outcome.class > Class::ReadOnly;
        judged.findings = outcome.findings;
        ledger.note_texts(outcome.texts);
        let mut stakes = Vec::new();
        {
            let world = self.world(&carry.folder, &site.context.exported, carry.place, ledger);
            for used in &outcome.paths {
                let fate = judge_payload_path(used, &world);
                judged.class = judged.class.max(fate.class);
                judged.changes.merge(fate.changes);
                judged.findings.extend(fate.findings);
                stakes.extend(fate.stakes);
            }
        }
        if judged.class == Class::Destructive {
            self.stake(stakes);
        }
        if let Some(limit) = carry.at_most {
            judged.class = judged.class.min(limit);
            judged.findings.retain(|finding| finding.class <= limit);
        }
        judged.settle(self.rules);
        for code in outcome.carried {
            // What code starts in a shell, it starts in `sh`.
            self.read_by_dash = true;
            let inner = Carry { code, at_most: None, ..carry.clone() };
            judged.merge(self.carry_from(&inner, site.apart().deeper(), ledger));
        }
        let because = judged.findings.first().map(|finding| finding.because.clone().into_owned()).unwrap_or_default();
        let label = format!("{}: {}", language.name(), text.shown("…"));
        let children = std::mem::take(&mut judged.nodes);
        judged.nodes.push(Node { label, class: judged.class, because, span: text.span, children });
        judged
    }

    fn file(&mut self, language: Language, path: &Arg, carry: &Carry, site: Site<'_>, ledger: &mut Ledger) -> Judged {
        let found = self.text_of(path, carry, site, ledger);
        match found {
            FileText::Known(text) => {
                let span = path.span;
                let arg = Arg::known(text, span);
                // A file that is standard input has been read when its code runs.
                let input = if is_stdin(path) { Input::Inherited } else { carry.input.clone() };
                let inner = Carry { code: Carried::Code { language, text: arg }, input, ..carry.clone() };
                self.carry_here(&inner, site.apart().deeper(), ledger)
            }
            FileText::Opaque(because) => Judged::opaque("file.unread", path.span, because),
            FileText::Unread => {
                self.unrecognised = true;
                let class = carry.at_most.map_or(Class::Mutating, |limit| limit.min(Class::Mutating));
                Judged { class, ..Judged::read_only() }
            }
        }
    }

    /// The text of a file of code, from the steps before, from a substitution, from standard input or from the machine.
    fn text_of(&self, path: &Arg, carry: &Carry, site: Site<'_>, ledger: &Ledger) -> FileText {
        let piped = "runs what comes through a pipe and cannot be read first";
        if let [Piece::Hole(hole)] = path.pieces.as_slice()
            && let Source::Process(steps) = &hole.source
        {
            let known: Option<Vec<&Text>> = steps
                .iter()
                .map(|step| site.texts.and_then(|texts| texts.get(*step)).and_then(Option::as_ref))
                .collect();
            return match known {
                Some(known) if !known.is_empty() => {
                    let mut text = Text::default();
                    known.into_iter().for_each(|part| text.push(part));
                    FileText::Known(text)
                }
                _ => FileText::Opaque(piped),
            };
        }
        if is_stdin(path) {
            return match &carry.input {
                Input::File(file) if !is_stdin(file) => self.text_of(file, carry, site, ledger),
                Input::Text(text) => FileText::Known(text.clone()),
                Input::Pipe(_) | Input::Unknown | Input::Mixed(_) => FileText::Opaque(piped),
                Input::Inherited | Input::Nothing | Input::File(_) => FileText::Unread,
            };
        }
        let mut appended = Text::default();
        let (mut path, mut folder) = (path.clone(), carry.folder.clone());
        match ledger.code_at(&path, &folder) {
            Some(Left::Text(text)) => return FileText::Known(text),
            Some(Left::Fetched) => return FileText::Opaque("runs what was downloaded just before, unread"),
            Some(Left::Changed) => {
                return FileText::Opaque(
                    "runs what was written just before and then changed in a way that cannot be told",
                );
            }
            Some(Left::Copy(from, seen_from)) => (path, folder) = (from, seen_from),
            Some(Left::Appended(text)) => appended = text,
            _ => {}
        }
        let world = self.world(&folder, &site.context.exported, carry.place, ledger);
        match read_file(&path, &world, SCRIPT_LIMIT) {
            Some(text) => {
                let mut text = Text::derived(text, path.span);
                text.push(&appended);
                FileText::Known(text)
            }
            None if !appended.is_empty() => FileText::Known(appended),
            None => FileText::Unread,
        }
    }
}

/// What is known of a file of code.
enum FileText {
    Known(Text),
    Opaque(&'static str),
    /// It cannot be read here: it counts as a program that is started.
    Unread,
}

/// The line with each part that is not known replaced by a variable that nobody has set.
fn filled(line: &Arg) -> Text {
    let mut text = Text::default();
    for piece in &line.pieces {
        match piece {
            Piece::Text(known) => text.push(known),
            Piece::Hole(hole) => {
                let stand_in = match &hole.source {
                    Source::Home => "${HOME}",
                    Source::StartFolder => "${PWD}",
                    Source::Number => "0",
                    Source::Glob(pattern) => pattern,
                    _ => UNKNOWN_PART,
                };
                text.push(&Text::derived(stand_in, line.span));
            }
        }
    }
    text
}

fn span_of(code: &Carried) -> Span {
    match code {
        Carried::Shell { text, .. } | Carried::Code { text, .. } => text.span,
        Carried::File { path, .. } => path.span,
        Carried::Arguments(argv) => match (argv.first(), argv.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::default(),
        },
    }
}

/// Whether a path is a name of standard input.
fn is_stdin(path: &Arg) -> bool {
    matches!(path.text(), Some("-" | "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0"))
}
