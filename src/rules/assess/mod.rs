//! The way from a command to its assessment: find the program, read its words, apply its form.

mod carried;
mod paths;
mod printed;
mod program;
mod tasks;
mod uses;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

use super::carry::Carrier;
use super::condition::Asked;
use super::read;
use super::reading::Reading;
use super::schema::{Clause, Form, Role, Verdict};
use super::stakes::Leaves;
use super::{Assessment, Left, World, destructive, judge_payload_path, pattern, request, unknown};
use crate::effect::{Class, Effect, Finding};
use crate::follow::step::{Arg, Command, Folder, FolderChange};
use crate::payload::{Carried, Language};
use crate::span::Span;
use crate::stake::{Stake, What, Work};
use carried::{combined, variables};
use program::{just_made, program_name, script_words};

pub(super) use program::family;

/// Assesses a command. `span` is where it stands.
pub fn assess(command: &Command, span: Span, world: &World<'_>) -> Assessment {
    let Some(program) = command.argv.first() else {
        return Assessment::new(Class::ReadOnly);
    };
    let Some((name, is_here)) = program_name(program) else {
        let mut assessment = Assessment::new(Class::Mutating);
        assessment.find(destructive(
            "shell.unknown-program",
            Effect::Opaque,
            program.span,
            program.shown("…"),
            "which program this runs is only known when it runs",
        ));
        return assessment;
    };
    let carrier = Carrier {
        place: world.place,
        folder: world.folder.clone(),
        variables: Vec::new(),
        input: command.input.clone(),
    };
    // What a name means is up to PATH, where the text sets that.
    let sets_path = || command.assignments.iter().chain(world.exported).any(|(name, _)| name == "PATH");
    let made = match program.text() {
        Some(text) if text.contains('/') => world.earlier.code_at(program, world.folder),
        Some(name) if sets_path() => world.earlier.code_named(name),
        Some(_) => None,
        None => world.earlier.code_at(program, world.folder),
    };
    let made = made.and_then(|left| just_made(&command.argv, program, &left, &carrier).map(|made| (made, left)));
    let original = match made {
        Some((made, Left::Copy(..))) if world.rules.knows(family(name, world.rules)) => Some(made),
        Some((made, _)) => return made,
        None => None,
    };
    let by_form = |form| {
        let reading = read::read(&command.argv, form);
        Assessor {
            command,
            span,
            world,
            reading,
            carrier: carrier.clone(),
            class_limit: None,
            moves_precious: OnceCell::new(),
        }
        .assess()
    };
    let known = family(name, world.rules);
    let unknown = || {
        let mut assessment = match script_words(program, world) {
            Some(interpreter) => {
                let words = interpreter.into_iter().chain(command.argv.iter().cloned()).collect();
                let mut assessment = Assessment::new(Class::ReadOnly);
                assessment.carried.push(carrier.carry(Carried::Arguments(words)));
                assessment
            }
            None => unknown::unknown_program(command, name, world, |code| carrier.carry(code)),
        };
        variables(command, &[], &carrier, world, &mut assessment);
        assessment
    };
    let mut assessment = match world.rules.program(known) {
        Some(form) => {
            let foreign = is_here && !form.style.project && !world.rules.is_users(known);
            let mut assessment = by_form(form);
            if foreign {
                assessment.raise(Class::Mutating);
                assessment.unrecognised = true;
            }
            assessment
        }
        None => unknown(),
    };
    if world.rules.is_users(known) {
        assessment.keep_fixed(world.rules.built_in_program(known).map_or_else(unknown, by_form));
    }
    if let Some(form) = world.rules.project_program(known) {
        assessment.raise_to(by_form(form));
    }
    // Which of the two names counts is up to the program, where it asks for its own.
    if let Some(original) = original {
        assessment.raise(Class::Mutating);
        assessment.carried.extend(original.carried);
    }
    assessment
}

struct Assessor<'a, 'w> {
    command: &'a Command,
    span: Span,
    world: &'w World<'w>,
    reading: Reading<'a>,
    carrier: Carrier,
    /// What a dry run leaves.
    class_limit: Option<Class>,
    /// Whether it moves something that cannot be made anew, once somebody asked.
    moves_precious: OnceCell<bool>,
}

impl<'a> Assessor<'a, '_> {
    fn assess(mut self) -> Assessment {
        let mut assessment = Assessment::new(Class::ReadOnly);
        if self.reading.help {
            return assessment;
        }
        let Some(form) = self.reading.form() else { return assessment };
        self.enter_folders();
        let folder = self.carrier.folder.clone();
        let world = World { folder: &folder, ..*self.world };
        let mut uses = self.uses(form);
        let assigned: Vec<(&str, &Arg)> =
            self.command.assignments.iter().chain(world.exported).map(|(name, value)| (name.as_str(), value)).collect();
        let places = self.places(form, &uses, &assigned, &world);
        let words = self.reading.words();
        let asked = Asked {
            command: self.command,
            reading: &self.reading,
            words: &words,
            places: &places,
            variables: &assigned,
        };
        // A file that the same text wrote is none of those that are known by their names.
        let is_own = |used: &uses::Use<'_>| {
            let word = used.word.as_deref().filter(|_| matches!(used.role, Role::File(_)));
            word.is_some_and(|word| world.earlier.left_at(word, world.folder).is_some())
        };
        let lowerings = form.lowers.iter().filter(|_| !uses.iter().any(is_own));
        self.class_limit =
            lowerings.filter(|lowering| asked.lowers(&lowering.condition)).map(|lowering| lowering.to).min();
        let others = self.words_without_values();
        let asked_otherwise = others.as_ref().map(|words| Asked { words, ..asked });
        let holds = |clause: &&Clause<'static>| {
            asked.holds(&clause.condition)
                || asked_otherwise.as_ref().is_some_and(|asked| asked.holds(&clause.condition))
        };
        let met: Vec<&Clause<'static>> = form.when.iter().filter(holds).collect();
        let lives_on = form.carries.unless.iter().any(|condition| asked.holds(condition));
        self.carrier.place = combined(world.place, form.carries.context, lives_on);

        let overwrites = form.overwrites.iter().any(|condition| asked.holds(condition));
        let tasks = if self.class_limit.is_none() { self.tasks(form, &world) } else { None };
        let mut without_tasks = None;
        if let Some(found) = &tasks {
            // What the tasks do is known: their names, and what is said of any task, do not count.
            let mut own = form.clone();
            own.base = own.base.filter(|_| form.tasks.as_ref().is_some_and(|tasks| tasks.besides));
            own.carries.at_least = None;
            without_tasks = Some(own);
            uses.retain(|used| !tasks::names_a_task(used));
            self.reading.given.retain(|given| !matches!(given.role, Role::File(Language::Make)));
            self.reading.unknown_subcommand = None;
            self.reading.command = None;
            assessment.raise(if found.unknown { Class::Mutating } else { Class::ReadOnly });
            assessment.unrecognised |= found.unknown;
        }
        let form = without_tasks.as_ref().unwrap_or(form);
        self.base(form, &mut assessment);
        self.clauses(form, &met, &mut assessment);
        for clause in &met {
            self.clause_uses(clause, &mut uses);
        }
        let effect = met.iter().filter(|clause| !clause.roles.operands.is_empty() || !clause.roles.options.is_empty());
        let effect = effect.filter_map(|clause| clause.verdict.as_ref().and_then(|verdict| verdict.effect)).next();
        self.paths(form, &uses, effect, overwrites, &world, &mut assessment);
        if let Some(outcome) =
            request::judge(uses.iter().map(|used| (used.role, used.word.as_deref())), form, &self.command.input, &world)
        {
            let carrier = self.carrier.clone();
            for used in &outcome.paths {
                assessment.suffer(judge_payload_path(used, &world));
            }
            assessment.merge(outcome, |code| carrier.carry(code));
        }
        self.limit(&mut assessment);
        // What it does to a dry run is not known either.
        if self.class_limit.is_some() && self.has_unknown_option() {
            assessment.raise(Class::Mutating);
        }
        self.carried(form, &uses, &world, &mut assessment);
        if let Some(found) = tasks {
            self.carrier.folder = found.folder;
            assessment.carried.extend(found.carried.into_iter().map(|code| self.carrier.carry(code)));
        }
        self.input(form, &met, &uses, &world, &mut assessment);
        variables(self.command, &self.reading.operands, &self.carrier, &world, &mut assessment);
        self.printed(form, &met, &uses, &world, &mut assessment);
        assessment
    }

    /// `snapper -c root delete 4`: the words without those that may be values of options, where there are such.
    fn words_without_values(&self) -> Option<Vec<&'a Arg>> {
        let doubtful = &self.reading.doubtful;
        let is_sure = |word: &&Arg| !doubtful.iter().any(|other| std::ptr::eq(*other, *word));
        (!doubtful.is_empty()).then(|| self.reading.words().into_iter().filter(is_sure).collect())
    }

    /// Takes the folders that options lead into.
    fn enter_folders(&mut self) {
        for given in self.reading.given.iter().filter(|given| given.role == Role::Folder) {
            if let Some(value) = given.values.first() {
                let change = FolderChange { from: self.carrier.folder.clone(), to: value.clone().into_owned() };
                self.carrier.folder = Folder::Changed(Rc::new(change));
            }
        }
    }

    /// What the form says of every command line of its shape.
    fn base(&self, form: &Form<'static>, assessment: &mut Assessment) {
        let subcommand = self.reading.forms.len() > 1;
        if let Some(verdict) = &form.base {
            let span = if subcommand { self.leading_span() } else { self.span };
            if !self.loses_nothing(form.loses.filter(|_| verdict.effect.is_some()), span, assessment) {
                self.say(form.id, verdict, span, "", assessment);
            }
        }
        if self.has_unknown_option() {
            assessment.raise(Class::Mutating);
        }
        if let Some(word) = self.reading.telling_option {
            self.telling(form, word, assessment);
        }
        if let Some(word) = unknown::verb_behind_a_noun(form, &self.reading, &self.command.argv, self.world.rules) {
            let because = "the verb says that it removes something";
            let rule = format!("{}.verb", form.id);
            assessment.find(destructive(rule, Effect::Delete, word.span, word.shown("…"), because));
        }
        // Where operands mean nothing, the first may be a subcommand that the form does not list.
        let means_nothing = !form.subcommands.is_empty() && form.operands.iter().all(|spec| spec.role == Role::Skip);
        let unlisted = self.reading.operands.first().filter(|word| means_nothing && !word.has_hole());
        let Some(word) = self.reading.unknown_subcommand.or(unlisted.copied()) else { return };
        if word.has_hole() {
            assessment.find(destructive(
                format!("{}.unknown-subcommand", form.id),
                Effect::Opaque,
                word.span,
                word.shown("…"),
                "what this does is only known when it runs",
            ));
            return;
        }
        let verbs = form.verbs.and_then(|name| self.world.rules.verbs(name));
        let told = match verbs {
            Some(verbs) if self.reading.unknown_subcommand.is_some() => {
                unknown::by_verbs(&self.reading, &self.command.argv, verbs)
            }
            _ => unknown::by_deleting_verb(word, &self.reading)
                .map(|span| (Class::Destructive, Some(Effect::Delete), span)),
        };
        let Some((class, effect, span)) = told else {
            // What the form says of itself holds for a subcommand that nothing is known of.
            if form.base.is_none() && self.reading.unknown_subcommand.is_some() {
                assessment.raise(Class::Mutating);
            }
            return;
        };
        assessment.raise(class);
        if let Some(effect) = effect {
            let because = "the verb says that it removes or stops something";
            assessment.find(destructive(format!("{}.verb", form.id), effect, span, word.shown("…"), because));
        }
    }

    /// Whether an option is given that nothing lists and whose name says nothing.
    fn has_unknown_option(&self) -> bool {
        let conditions = || {
            let forms = self.reading.forms.iter();
            forms.flat_map(|form| {
                let when = form.when.iter().map(|clause| &clause.condition);
                when.chain(form.lowers.iter().map(|lowering| &lowering.condition))
            })
        };
        let says_nothing = |name: &Cow<'_, str>| {
            !self.is_harmless_option(name.trim_start_matches('-'))
                && !conditions().any(|condition| condition.names_option(name))
        };
        self.reading.unknown_option
            || self.reading.unlisted.iter().any(says_nothing)
            || self.has_unknown_letter(|name| conditions().any(|condition| condition.names_option(name)))
    }

    fn is_harmless_option(&self, name: &str) -> bool {
        let with_verbs = self.reading.forms.iter().any(|form| form.verbs.is_some());
        self.world.rules.is_harmless_option(name, with_verbs)
    }

    /// Whether a short option is given that neither a form nor the list of its program's short options has.
    fn has_unknown_letter(&self, is_asked_for: impl Fn(&str) -> bool) -> bool {
        let mut letters = self.reading.unlisted_letters.iter().peekable();
        if letters.peek().is_none() {
            return false;
        }
        let program =
            self.command.argv.first().and_then(program_name).map_or("", |(name, _)| family(name, self.world.rules));
        let known = self.world.rules.short_options(program);
        let mut read: Option<&Arg> = None;
        letters.any(|(word, at)| {
            let (text, letter) = (word.prefix(), word.prefix().get(*at..).unwrap_or_default());
            let is_read = read.is_some_and(|read| std::ptr::eq(read, *word));
            // `-c5`, `-o=json`: what is no letter belongs to the one in front of it.
            if is_read || letter.is_empty() || (*at > 1 && letter.starts_with(|c: char| c.is_ascii_digit())) {
                return false;
            }
            if *at > 1 && letter.starts_with('=') {
                read = Some(*word);
                return false;
            }
            let end = letter.chars().next().map_or(0, char::len_utf8);
            match known.split_once(&letter[..end]).filter(|_| !letter.starts_with(':')) {
                Some((_, behind)) => {
                    read = behind.starts_with(':').then_some(*word);
                    false
                }
                None if is_asked_for(&format!("-{}", &letter[..end])) => false,
                // A program may write its long options with one dash.
                None => {
                    let name = text.trim_start_matches('-').split('=').next().unwrap_or_default();
                    let is_long = name.len() > 2 && self.is_harmless_option(name);
                    read = is_long.then_some(*word);
                    !is_long
                }
            }
        })
    }

    /// An option that nothing lists, although the form takes any, says by its name that something is changed.
    fn telling(&self, form: &Form<'static>, word: &Arg, assessment: &mut Assessment) {
        assessment.raise(Class::Mutating);
        if unknown::option_deletes(word.prefix()) {
            let because = "the option says that it removes something";
            let rule = format!("{}.verb", form.id);
            assessment.find(destructive(rule, Effect::Delete, word.span, word.shown("…"), because));
        }
    }

    /// From the program to the last word in front of the operands.
    fn leading_span(&self) -> Span {
        let first = self.command.argv.first().map_or(self.span, |word| word.span);
        self.command
            .argv
            .get(..self.reading.forms.len())
            .and_then(<[Arg]>::last)
            .map_or(first, |last| first.to(last.span))
    }

    /// Whether a git command that would throw work away has none to throw away here. Otherwise it is at stake.
    fn loses_nothing(&self, work: Option<Work>, span: Span, assessment: &mut Assessment) -> bool {
        let world = World { folder: &self.carrier.folder, ..*self.world };
        let Some(stake) = work.and_then(|work| world.work_of(work, self.command, &self.reading)) else { return false };
        if let Some(leaves) = world.leaves(&stake) {
            assessment.changes_nothing |= leaves == Leaves::AsItWas;
            assessment.raise(Class::Mutating);
            return true;
        }
        assessment.stakes.push(Stake { what: What::Work(stake), span });
        false
    }

    /// Whether the machine says that a git command throws work away.
    fn loses_something(&self, work: Option<Work>) -> bool {
        let world = World { folder: &self.carrier.folder, ..*self.world };
        let stake = work.and_then(|work| world.work_of(work, self.command, &self.reading));
        stake.and_then(|stake| world.facts.work(&stake)).is_some_and(|loss| !loss.is_nothing())
    }

    fn clauses(&self, form: &Form<'static>, met: &[&Clause<'static>], assessment: &mut Assessment) {
        for clause in met {
            let Some(verdict) = &clause.verdict else { continue };
            // The effect beside roles names the effect of what those roles find.
            if verdict.effect.is_some() && !(clause.roles.operands.is_empty() && clause.roles.options.is_empty()) {
                continue;
            }
            let (span, subject) = self.clause_place(clause);
            let loses = clause.loses.or(form.loses).filter(|_| verdict.effect.is_some());
            let holds = !clause.if_lost || self.loses_something(loses);
            if !holds || self.loses_nothing(loses, span, assessment) {
                continue;
            }
            self.say(clause.id, verdict, span, &subject, assessment);
        }
    }

    /// Where a clause holds: at its option, or at the operand that it matched.
    fn clause_place(&self, clause: &Clause<'static>) -> (Span, String) {
        let condition = &clause.condition;
        let options =
            condition.options.iter().chain(&condition.all_options).chain(condition.values.iter().map(|(name, _)| name));
        if let Some(given) = options.flat_map(|name| self.reading.given.iter().filter(|given| given.is(name))).next() {
            return (given.word.span, String::new());
        }
        let matched = |patterns: &[&str]| self.reading.operands.iter().find(|word| pattern::any(patterns, word));
        let patterns = std::iter::once(&condition.operands).chain(condition.at.iter().map(|(_, patterns)| patterns));
        match patterns.filter(|patterns| !patterns.is_empty()).find_map(|patterns| matched(patterns)) {
            Some(word) => (word.span, word.shown("…")),
            None => (self.span, String::new()),
        }
    }

    fn say(
        &self,
        rule: &'static str,
        verdict: &Verdict<'static>,
        span: Span,
        subject: &str,
        assessment: &mut Assessment,
    ) {
        let recount = self.world.rules.recount(rule, verdict.class);
        let recounted = recount.map(|recount| recount.of(verdict));
        let verdict = recounted.as_ref().unwrap_or(verdict);
        assessment.raise(verdict.class);
        let Some(effect) = verdict.effect else { return };
        let because = if verdict.because.is_empty() { effect.meaning() } else { verdict.because };
        let instead = (!verdict.instead.is_empty()).then_some(Cow::Borrowed(verdict.instead));
        assessment.find(Finding { instead, ..destructive(rule, effect, span, subject, because) });
    }
}
