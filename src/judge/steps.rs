//! Judges shell text: its steps, one after the other, with their redirections.

use super::{Judge, Judged, Ledger, MAX_COMMANDS, MAX_DEPTH, Site};
use crate::effect::{Class, Effect};
use crate::follow::step::{Action, Arg, Command, Context, Input, Redirection};
use crate::follow::{Start, follow};
use crate::payload::Carried;
use crate::place::{Place, pattern};
use crate::request::Node;
use crate::rules::schema::{Role, Where};
use crate::rules::{
    Assessment, Carry, Fate, Handling, Left, World, assess, destructive, is_network, judge_path, written,
};
use crate::scaffolding;
use crate::shell::ast::RedirectOperator;
use crate::span::Span;
use crate::stake::{ReachStake, Stake, What};
use crate::text::Text;

/// How long the label of a command is, seldom more.
const LABEL: usize = 64;

impl Judge<'_> {
    /// Judges a text that a shell runs.
    pub(super) fn shell(
        &mut self,
        text: &Text,
        start: &Start,
        place: Where,
        ledger: &mut Ledger,
        depth: usize,
    ) -> Judged {
        if depth > MAX_DEPTH {
            return Judged::opaque("judge.limit", text.source(), "code is nested too deep to be read");
        }
        let rules = self.rules;
        let followed = follow(text, start, self.facts, &|argv| written(argv, rules));
        self.parsed &= followed.parsed;
        let mut judged = Judged::read_only();
        let texts: Vec<Option<Text>> = followed
            .steps
            .iter()
            .map(|step| match &step.action {
                Action::Command(command) => command.output.clone(),
                _ => None,
            })
            .collect();
        let mut inner = ledger.inner(&start.input);
        let site = |context| Site { context, texts: Some(&texts), depth };
        // Whether code ran that nobody has read.
        let mut unread = false;
        for step in &followed.steps {
            // What runs again or at a time of its own may run when all others have.
            let settled = (!step.in_order).then(|| inner.note_change());
            let one = match &step.action {
                Action::Command(command) => self.command(command, step.span, site(&step.context), place, &mut inner),
                Action::Unreadable { because } => {
                    inner.note_printed(Default::default());
                    unread = true;
                    Judged::opaque("shell.unreadable", step.span, because)
                }
                Action::Endless { because } => {
                    inner.note_printed(Default::default());
                    Judged::endless(step.span, because)
                }
                Action::SourcedFile(path) => {
                    unread = true;
                    let command = Command { argv: vec![source_word(step.span), path.clone()], ..Command::default() };
                    self.command(&command, step.span, site(&step.context), place, &mut inner)
                }
            };
            if let Some(changed) = settled {
                inner.end_unsettled(changed || one.class > Class::ReadOnly);
            }
            if unread {
                inner.note_change();
            }
            judged.merge(one);
        }
        ledger.adopt(inner);
        judged
    }

    /// Judges one command with its redirections and what it carries.
    pub(super) fn command(
        &mut self,
        command: &Command,
        span: Span,
        site: Site<'_>,
        place: Where,
        ledger: &mut Ledger,
    ) -> Judged {
        let context = site.context;
        self.commands += 1;
        if self.commands > MAX_COMMANDS {
            ledger.note_printed(Default::default());
            return Judged::opaque("judge.limit", span, "more commands than can be read in time");
        }
        let (mut assessment, redirected) = {
            let world = self.world(&context.folder, &context.exported, place, ledger);
            let assessment = assess(command, span, &world);
            let redirected: Vec<_> = command
                .redirections
                .iter()
                .map(|redirection| redirect(redirection, command, &assessment, &world))
                .collect();
            (assessment, redirected)
        };
        self.unrecognised |= assessment.unrecognised;
        ledger.note_printed(std::mem::take(&mut assessment.printed));
        let mut own = Judged {
            class: assessment.class,
            findings: assessment.findings,
            nodes: Vec::new(),
            changes: assessment.changes,
        };
        let mut stakes = assessment.stakes;
        // Whoever carries code, or is given a text, may write anything into a file.
        let edits = !assessment.carried.is_empty() || !matches!(command.input, Input::Inherited | Input::Nothing);
        for (path, left) in assessment.left {
            let left = match left {
                Left::Written if edits => ledger.edited(&path, &context.folder, &command.argv),
                left => left,
            };
            ledger.note_left(&path, &context.folder, left);
        }
        for copied in &assessment.copied {
            ledger.note_copied(copied, &command.input, &context.folder);
        }
        for (fate, path, left) in redirected {
            own.class = own.class.max(fate.class);
            own.changes.besides |= fate.class > Class::ReadOnly && fate.changes.paths.is_empty();
            own.changes.merge(fate.changes);
            own.findings.extend(fate.findings);
            stakes.extend(fate.stakes);
            let Some(left) = left else { continue };
            let left = match left {
                Left::Appended(text) => ledger.appended(&path, &context.folder, text),
                left => left,
            };
            ledger.note_left(&path, &context.folder, left);
        }
        own.settle(self.rules);
        for redirection in &command.redirections {
            if let Some(carry) = sent_through(redirection, command, context, place) {
                own.merge(self.carry_from(&carry, site.deeper(), ledger));
            }
        }
        let alone = assessment.changes_nothing && command.redirections.is_empty() && assessment.carried.is_empty();
        for carry in &assessment.carried {
            self.read_by_dash = is_sh(command);
            own.merge(self.carry_from(carry, site.deeper(), ledger));
        }
        if own.class > Class::ReadOnly && !alone {
            ledger.note_changes(&own.changes);
        }
        if own.class == Class::Destructive {
            self.stake(stakes);
            self.stake(reached(command, span, context, place, self.bearings));
        }
        let because = own.findings.first().map(|finding| finding.because.clone().into_owned()).unwrap_or_default();
        let node =
            Node { label: label(command), class: own.class, because, span, children: std::mem::take(&mut own.nodes) };
        if !command.argv.is_empty() || !command.redirections.is_empty() {
            own.nodes.push(node);
        }
        own
    }

    pub(super) fn world<'w>(
        &'w self,
        folder: &'w crate::follow::step::Folder,
        exported: &'w [(String, Arg)],
        place: Where,
        ledger: &'w Ledger,
    ) -> World<'w> {
        let bearings = if place == Where::Here { self.bearings } else { Default::default() };
        World { rules: self.rules, facts: self.facts, bearings, folder, place, exported, earlier: ledger }
    }
}

/// Whether a command is a shell that is dash on many machines.
fn is_sh(command: &Command) -> bool {
    let name = command.argv.first().and_then(Arg::text).unwrap_or_default();
    matches!(name.rsplit('/').next(), Some("sh" | "dash" | "ash"))
}

/// The command line, for those who look up what it reaches elsewhere.
fn reached(
    command: &Command,
    span: Span,
    context: &Context,
    place: Where,
    bearings: crate::place::Bearings<'_>,
) -> Option<Stake> {
    let known = |word: &Arg| word.text().map(str::to_owned);
    let variables = context.exported.iter().chain(&command.assignments);
    let reach = ReachStake {
        words: command.argv.iter().map(known).collect(),
        variables: variables.map(|(name, value)| (name.clone(), known(value))).collect(),
        folder: pattern::folder_path(&context.folder, bearings, 0).filter(|_| place == Where::Here),
        here: place == Where::Here,
    };
    (!reach.words.is_empty()).then_some(Stake { what: What::Reach(reach), span })
}

fn source_word(span: Span) -> Arg {
    Arg::known(Text::derived("source", span), span)
}

fn label(command: &Command) -> String {
    let mut label = String::with_capacity(LABEL);
    for word in &command.argv {
        if !label.is_empty() {
            label.push(' ');
        }
        word.show("…", &mut label);
    }
    for redirection in &command.redirections {
        if !label.is_empty() {
            label.push(' ');
        }
        label.push_str(redirection.operator.as_str());
        label.push(' ');
        redirection.target.show("…", &mut label);
    }
    label
}

/// Known text that goes through a connection which a redirection opens, as `nc` would send it.
fn sent_through(redirection: &Redirection, command: &Command, context: &Context, place: Where) -> Option<Carry> {
    let text = command.output.as_ref().filter(|text| !text.is_empty() && is_network(&redirection.target))?;
    let target = redirection.target.text()?;
    let (host, port) = target.trim_start_matches("/dev/").split_once('/')?.1.rsplit_once('/')?;
    let span = redirection.span;
    let word = |text: &str| Arg::known(Text::derived(text, span), span);
    let code = Carried::Arguments(vec![word("nc"), word(host), word(port)]);
    let input = Input::Text(text.clone());
    Some(Carry { input, place, folder: context.folder.clone(), ..Carry::plain(code) })
}

/// What goes through a connection that a redirection opens.
fn through_network(redirection: &Redirection, command: &Command, assessment: &Assessment, world: &World<'_>) -> Fate {
    let name = command.argv.first().and_then(Arg::text).map(|text| text.rsplit('/').next().unwrap_or(text));
    let input = name.and_then(|name| world.rules.program(name)).and_then(|form| form.input);
    let finding = |effect, because| {
        let rule = "shell.redirect.network";
        Fate::bad(vec![destructive(rule, effect, redirection.span, redirection.target.shown("…"), because)])
    };
    if matches!(input, Some(Role::Shell | Role::Code(_))) {
        return finding(Effect::Opaque, "somebody elsewhere can type commands into it");
    }
    if assessment.printed.secret {
        return finding(Effect::Disclose, "sends something secret out");
    }
    let reads = redirection.operator == RedirectOperator::Read;
    Fate::harmless(if reads { Class::ReadOnly } else { Class::Mutating })
}

/// Whether a client's own scaffolding notes something in a temporary file of the client's, and the file is no link.
fn is_note(role: Role, redirection: &Redirection, command: &Command, fate: &Fate, world: &World<'_>) -> bool {
    let target = &redirection.target;
    role == Role::Writes
        && matches!(redirection.descriptor, None | Some(1))
        && fate.class == Class::Mutating
        && fate.findings.is_empty()
        && target.text().is_some_and(|path| scaffolding::is_note(command.argv.iter().map(Arg::text), path))
        && world.locate(target).place == Place::Temporary
        && world.led_elsewhere(role, target).is_none()
}

/// What a redirection does to its file, and what it leaves there, unless it only reads.
fn redirect(
    redirection: &Redirection,
    command: &Command,
    assessment: &Assessment,
    world: &World<'_>,
) -> (Fate, Arg, Option<Left>) {
    use RedirectOperator::{Append, AppendBoth, Clobber, ReadWrite, Write, WriteBoth};
    let nothing = command.output.as_ref().is_some_and(Text::is_empty);
    let is_output = matches!(redirection.descriptor, None | Some(1));
    let beyond = redirection.descriptor.is_some_and(|descriptor| descriptor > 2);
    let role = match redirection.operator {
        Write | Clobber | WriteBoth if beyond || (is_output && nothing) => Role::Empties,
        Write | Clobber | WriteBoth => Role::Writes,
        Append | AppendBoth | ReadWrite => Role::Appends,
        _ => Role::Reads,
    };
    let overwrites = matches!(redirection.operator, Write | Clobber | WriteBoth);
    let handling = Handling { overwrites, ..Handling::by("shell.redirect") };
    if is_network(&redirection.target) {
        return (through_network(redirection, command, assessment, world), redirection.target.clone(), None);
    }
    let mut fate = judge_path(role, &redirection.target, handling, world);
    for finding in &mut fate.findings {
        finding.span = redirection.span;
    }
    let left = match (&command.output, role) {
        (None, Role::Writes) if is_output && let Some(from) = &command.copies => {
            Left::Copy(from.clone(), world.folder.clone())
        }
        (Some(text), Role::Writes) => Left::Text(text.clone()),
        (Some(text), Role::Appends) if redirection.operator != ReadWrite => Left::Appended(text.clone()),
        _ if assessment.printed.secret => Left::Secret,
        _ if assessment.printed.fetched => Left::Fetched,
        _ => Left::Written,
    };
    if role == Role::Reads || is_note(role, redirection, command, &fate, world) {
        fate.class = Class::ReadOnly;
    }
    (fate, redirection.target.clone(), Some(left).filter(|_| role != Role::Reads))
}
