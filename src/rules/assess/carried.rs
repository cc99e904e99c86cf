//! The code that a command carries: in options, in operands, on standard input, in variables.

use std::borrow::Cow;
use std::collections::HashSet;

use super::Assessor;
use super::uses::{Giver, Use};
use crate::effect::{Class, Effect};
use crate::follow::step::{Arg, Command, Input, Source};
use crate::payload::secrets::is_secret_variable;
use crate::payload::{Carried, Language, editors};
use crate::rules::carry::{self, Added, AtOnce, Carrier, Separator};
use crate::rules::read;
use crate::rules::reading::Given;
use crate::rules::schema::{Arity, Clause, Form, Role, Where};
use crate::rules::{Assessment, Carry, World, destructive, is_network};
use crate::text::Text;

impl<'a> Assessor<'a, '_> {
    pub(super) fn carried(
        &mut self,
        form: &Form<'static>,
        uses: &[Use<'a>],
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        if let Some(least) = form.carries.at_least
            && self.class_limit.is_none()
        {
            assessment.raise(least);
        }
        self.carrier.variables = self.carried_variables(uses);
        let has_list = self.reading.given.iter().any(|given| given.role == Role::ArgumentsFile);
        if form.input == Some(Role::Arguments) && !form.style.colons && !has_list {
            // What xargs runs finds `/dev/null` there, unless the list came from elsewhere (xargs(1)). GNU parallel may
            // hand on what it reads.
            self.carrier.input = Input::Nothing;
        }
        let added = self.added(form, world);
        let mut codes: Vec<Carried> = Vec::new();
        for given in &self.reading.given {
            codes.extend(self.of_option(given, world));
        }
        if form.style.one_text {
            codes = carry::one_text(codes);
        }
        for used in uses.iter().filter(|used| used.giver == Giver::Clause) {
            if let Some(word) = &used.word {
                codes.extend(carry::of_value(used.role, word, &[], world));
            }
        }
        if self.class_limit.is_none() {
            codes.extend(self.of_operands(uses, world));
            codes.extend(self.of_command(added.as_ref(), world));
        } else {
            // A database in memory does not keep the code that it is given from running a shell.
            let code = |carried: &Carried| matches!(carried, Carried::Code { .. });
            codes.extend(self.of_operands(uses, world).into_iter().filter(code));
        }
        let given = |role| self.reading.given.iter().any(|given| given.role == role);
        if given(Role::InPlace) {
            // What stood there before is kept under another name.
            if self.reading.given.iter().any(|given| given.role == Role::InPlace && !given.values.is_empty()) {
                assessment.raise(Class::Mutating);
            }
            let prints = self.reading.given.iter().any(|given| given.names.contains(&"-p"));
            let quiet = given(Role::Quiet) && !prints;
            codes.iter_mut().for_each(|code| edits_in_place(code, quiet));
            let silent = |code: &Carried| match code {
                Carried::Code { language, text } => crate::payload::code::prints_nothing(*language, text),
                _ => false,
            };
            if quiet && !codes.is_empty() && codes.iter().all(silent) {
                let because = "leaves nothing in the file that it edits";
                assessment.find(destructive(form.id, Effect::Delete, self.span, "", because));
            }
        }
        let at_most = self.class_limit;
        let once = form.style.once && !given(Role::Later);
        let carry = |code| Carry { at_most, once, ..self.carrier.carry(code) };
        assessment.carried.extend(codes.into_iter().map(carry));
    }

    pub(super) fn of_option(&self, given: &Given<'a>, world: &World<'_>) -> Vec<Carried> {
        if is_input(given) || given.values.is_empty() || given.role == Role::Skip || given.role.is_path() {
            return Vec::new();
        }
        let values: Vec<Arg> = given.values.iter().map(|value| value.clone().into_owned()).collect();
        match given.arity {
            Arity::Until => {
                let added = Added { arguments: self.found(), placeholder: Some("{}".to_owned()), at_once: AtOnce::All };
                added.apply(&values).into_iter().map(Carried::Arguments).collect()
            }
            // What is found stands behind the command when nothing in it stands for it (`fd -X rm`).
            Arity::Rest if given.role == Role::Command && self.prints_found() => {
                let placeholder = values.iter().any(|word| word.shown("").contains("{}")).then(|| "{}".to_owned());
                let added = Added { arguments: self.found(), placeholder, at_once: AtOnce::All };
                added.apply(&values).into_iter().map(Carried::Arguments).collect()
            }
            Arity::Many => values.iter().flat_map(|value| carry::of_value(given.role, value, &[], world)).collect(),
            _ => match values.split_first() {
                Some((value, rest)) => carry::of_value(given.role, value, rest, world),
                None => Vec::new(),
            },
        }
    }

    pub(super) fn of_operands(&self, uses: &[Use<'a>], world: &World<'_>) -> Vec<Carried> {
        let mut codes = Vec::new();
        let operands: Vec<&Use<'a>> = uses.iter().filter(|used| used.giver == Giver::Operand).collect();
        let mut began = false;
        for (at, used) in operands.iter().enumerate() {
            let Some(word) = used.word.as_deref() else { continue };
            let rest = match used.role {
                // Where another of its kind follows, that is no argument of this one.
                Role::Shell | Role::File(_) if operands.get(at + 1).is_some_and(|next| next.role == used.role) => {
                    Vec::new()
                }
                Role::Shell | Role::File(_) => self.words_behind(word),
                // A clause's command begins at its first operand and takes all that follow.
                Role::Command | Role::ShellWords | Role::Words(_) if began => continue,
                Role::Command | Role::ShellWords | Role::Words(_) => {
                    began = true;
                    self.words_behind(word)
                }
                _ => Vec::new(),
            };
            codes.extend(carry::of_value(used.role, word, &rest, world));
        }
        codes
    }

    /// The words of the command line behind an operand.
    pub(super) fn words_behind(&self, word: &Arg) -> Vec<Arg> {
        let position = self.command.argv.iter().position(|other| std::ptr::eq(other, word));
        position.and_then(|at| self.command.argv.get(at + 1..)).map(<[Arg]>::to_vec).unwrap_or_default()
    }

    pub(super) fn of_command(&self, added: Option<&Added>, world: &World<'_>) -> Vec<Carried> {
        let Some(words) = self.reading.command else {
            // Without a command, the arguments behind `:::` are command lines themselves.
            let lines = self.reading.arguments.iter().filter(|word| !matches!(word.text(), Some(":::" | ":::+")));
            return lines.flat_map(|line| carry::of_value(Role::Shell, line, &[], world)).collect();
        };
        let lines = match added {
            Some(added) => added.apply(words),
            None => vec![words.to_vec()],
        };
        let role = self.reading.command_role.unwrap_or(Role::Command);
        if role == Role::Itself {
            let program = self.command.argv.first();
            let again = |line: Vec<Arg>| Carried::Arguments(program.into_iter().cloned().chain(line).collect());
            return lines.into_iter().map(again).collect();
        }
        lines
            .into_iter()
            .filter_map(|line| line.split_first().map(|(first, rest)| carry::of_value(role, first, rest, world)))
            .flatten()
            .collect()
    }

    /// The arguments that this command adds to what it carries.
    pub(super) fn added(&self, form: &Form<'static>, world: &World<'_>) -> Option<Added> {
        let from_words = !self.reading.arguments.is_empty();
        let from_file = self.reading.given.iter().any(|given| given.role == Role::ArgumentsFile);
        if form.input != Some(Role::Arguments) && !from_words && !from_file {
            return None;
        }
        let given = self.reading.given.iter().find(|given| given.role == Role::Placeholder);
        let placeholder = given.map(|given| match given.values.first().and_then(|value| value.text()) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => "{}".to_owned(),
        });
        let placeholder = placeholder.or_else(|| form.style.colons.then(|| "{}".to_owned()));
        let arguments = if from_words {
            self.reading.arguments.iter().filter(|word| !matches!(word.text(), Some(":::" | ":::+"))).cloned().collect()
        } else {
            carry::arguments_from(self.command, &self.reading, self.separator(placeholder.is_some()), world)
        };
        Some(Added { arguments, placeholder, at_once: self.at_once() })
    }

    /// What separates the arguments that come from a text, by the options that `xargs` and its kin share.
    fn separator(&self, by_line: bool) -> Separator {
        let mut separator = if by_line { Separator::Lines } else { Separator::Blanks };
        for given in &self.reading.given {
            let value = || given.values.first().and_then(|value| value.text()).unwrap_or_default().to_owned();
            for name in given.names {
                separator = match *name {
                    "-0" | "--null" => Separator::Only('\0'),
                    "-d" | "--delimiter" => match value().as_str() {
                        "\\n" => Separator::Only('\n'),
                        "\\t" => Separator::Only('\t'),
                        "\\0" => Separator::Only('\0'),
                        text if text.chars().count() == 1 => text.chars().next().map_or(separator, Separator::Only),
                        _ => separator,
                    },
                    _ => continue,
                };
            }
        }
        separator
    }

    /// How many of the arguments one command line gets.
    fn at_once(&self) -> AtOnce {
        let limits = ["-n", "--max-args", "-L", "--max-lines"];
        let given = self.reading.given.iter().find(|given| given.names.iter().any(|name| limits.contains(name)));
        let Some(given) = given else { return AtOnce::All };
        let counts_words = given.names.iter().any(|name| matches!(*name, "-n" | "--max-args"));
        match given.values.first().and_then(|value| value.text()) {
            Some("1") if counts_words => AtOnce::One,
            _ => AtOnce::Some,
        }
    }

    /// The variables that its operands set for what it carries (`make CC=gcc`). What is code itself sets none.
    pub(super) fn carried_variables(&self, uses: &[Use<'a>]) -> Vec<(String, Arg)> {
        let is_code = |used: &&Use<'_>| {
            used.giver == Giver::Operand && matches!(used.role, Role::Shell | Role::Code(_) | Role::File(_))
        };
        let codes: HashSet<*const Arg> =
            uses.iter().filter(is_code).filter_map(|used| used.word.as_deref()).map(std::ptr::from_ref).collect();
        let is_variable =
            |word: &&&Arg| read::is_assignment(word.prefix()) && !codes.contains(&std::ptr::from_ref(**word));
        let operands = self.reading.operands.iter().filter(is_variable);
        operands
            .filter_map(|word| {
                let (name, _) = word.prefix().split_once('=')?;
                Some((name.to_owned(), read::without_prefix(word, name.len() + 1)))
            })
            .collect()
    }

    /// Standard input, when it is code or leaves the machine.
    pub(super) fn input(
        &self,
        form: &Form<'static>,
        met: &[&Clause<'static>],
        uses: &[Use<'a>],
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        let role = met.iter().find_map(|clause| clause.roles.input).or(form.input);
        let Some(role) = role else { return };
        if self.class_limit.is_some() {
            return;
        }
        if role == Role::Sends {
            if world.is_secret_input(&self.command.input) || holds_secret_variable(&self.command.input) {
                assessment.find(destructive(form.id, Effect::Disclose, self.span, "", "sends something secret out"));
            }
            return;
        }
        let carries_code = |role: Role| {
            matches!(
                role,
                Role::Code(_) | Role::File(_) | Role::Shell | Role::Words(_) | Role::Command | Role::ShellWords
            )
        };
        let dash = |used: &Use<'_>| used.word.as_ref().is_some_and(|word| word.text() == Some("-"));
        let has_code = match self.reading.given.iter().any(is_input) {
            true => false,
            false => uses.iter().any(|used| carries_code(used.role) && !dash(used)),
        };
        if has_code || self.reading.command.is_some() || !carries_code(role) {
            return;
        }
        let code = match &self.command.input {
            // A session that somebody may type into.
            Input::Inherited => return assessment.raise(Class::Mutating),
            Input::Nothing => return,
            Input::Text(text) => Arg::known(text.clone(), text.source()),
            Input::Mixed(arg) => arg.clone(),
            Input::File(path) if is_network(path) => {
                assessment.find(destructive(
                    "input.unread",
                    Effect::Opaque,
                    self.span,
                    "",
                    "runs what comes through a connection and cannot be read first",
                ));
                return;
            }
            Input::File(path) => {
                assessment.carried.push(self.carrier.carry(file_of(role, path)));
                return;
            }
            Input::Pipe(_) | Input::Unknown => {
                assessment.find(destructive(
                    "input.unread",
                    Effect::Opaque,
                    self.span,
                    "",
                    "runs what comes through a pipe and cannot be read first",
                ));
                self.printed_code(role, world, assessment);
                return;
            }
        };
        // What the code itself reads comes behind it.
        let codes = carry::of_value(role, &code, &[], world);
        let carry = |code| Carry { input: Input::Inherited, ..self.carrier.carry(code) };
        assessment.carried.extend(codes.into_iter().map(carry));
    }
}

/// Whether an option that takes the rest of the line as code names standard input instead: `pwsh -Command -`.
fn is_input(given: &Given<'_>) -> bool {
    let is_code = given.arity == Arity::Rest && matches!(given.role, Role::Code(_));
    is_code && matches!(given.values.as_slice(), [value] if value.text() == Some("-"))
}

impl Assessor<'_, '_> {
    /// Names what the parts do that are known of code which comes through a pipe: the statement in
    /// `SELECT 'DROP TABLE ' || name` says what is run, whatever the names are.
    fn printed_code(&self, role: Role, world: &World<'_>, assessment: &mut Assessment) {
        let (Role::Code(language) | Role::Words(language)) = role else { return };
        if language == Language::Shell {
            return;
        }
        for text in world.printed_texts(&self.command.input) {
            let found = crate::payload::read(language, text).findings;
            let named = found.into_iter().filter(|finding| finding.effect != Some(Effect::Opaque));
            assessment.findings.extend(named);
        }
    }
}

/// `echo $API_TOKEN | nc host 9`: what is sent holds a variable whose name says that it is secret.
fn holds_secret_variable(input: &Input) -> bool {
    let Input::Mixed(text) = input else { return false };
    text.holes().any(|hole| matches!(&hole.source, Source::Variable(name) if is_secret_variable(name)))
}

/// Code that edits the files that it reads, with its own word for printing nothing by itself.
fn edits_in_place(code: &mut Carried, quiet: bool) {
    match code {
        Carried::Code { language: language @ Language::Sed, text } => {
            *language = Language::SedInPlace;
            if quiet {
                let first = Arg::known(Text::derived(editors::QUIET, text.span), text.span);
                *text = carry::join_by("", [&first, &*text].into_iter());
            }
        }
        Carried::File { language: language @ Language::Sed, .. } => *language = Language::SedInPlace,
        _ => {}
    }
}

/// A file that is given on standard input in place of code.
pub(super) fn file_of(role: Role, path: &Arg) -> Carried {
    let language = match role {
        Role::Code(language) | Role::File(language) | Role::Words(language) => language,
        _ => Language::Shell,
    };
    Carried::File { language, path: path.clone() }
}

/// Where what is carried runs.
pub(super) fn combined(outer: Where, inner: Where, lives_on: bool) -> Where {
    match (outer, inner) {
        (Where::Throwaway, _) => Where::Throwaway,
        (_, Where::Throwaway) if lives_on => Where::Elsewhere,
        (_, Where::Throwaway) => Where::Throwaway,
        (Where::Elsewhere, _) | (_, Where::Elsewhere) => Where::Elsewhere,
        (Where::Here, Where::Here) => Where::Here,
    }
}

/// Variables that are set for a command, in front of it or as its operands.
pub(super) fn variables(
    command: &Command,
    operands: &[&Arg],
    carrier: &Carrier,
    world: &World<'_>,
    assessment: &mut Assessment,
) {
    let operands = operands.iter().filter(|word| read::is_assignment(word.prefix())).filter_map(|word| {
        let (name, _) = word.prefix().split_once('=')?;
        Some((name, Cow::Owned(read::without_prefix(word, name.len() + 1))))
    });
    let assigned = command.assignments.iter().map(|(name, value)| (name.as_str(), Cow::Borrowed(value)));
    for (name, value) in assigned.chain(operands) {
        if let Some(replaced) = world.rules.replaced_variable(name) {
            let codes = carry::of_value(replaced.role, &value, &[], world);
            assessment.carried.extend(codes.into_iter().map(|code| Carry { only_fixed: true, ..carrier.carry(code) }));
        }
        let Some(variable) = world.rules.variable(name) else { continue };
        if value.text() == Some("") {
            continue;
        }
        if let Some(verdict) = &variable.verdict {
            assessment.raise(verdict.class);
            if let Some(effect) = verdict.effect {
                let because = if verdict.because.is_empty() { effect.meaning() } else { verdict.because };
                assessment.find(destructive(variable.id, effect, value.span, name, because));
            }
        }
        // A shell expands the name of its start-up file as between double quotes (bash(1), INVOCATION).
        let expands = value.text().is_some_and(|text| text.contains(['$', '`']));
        if variable.role == Role::File(Language::Shell) && expands {
            let source = carry::quoted_source(&value);
            assessment.carried.push(carrier.carry(source));
            continue;
        }
        let codes = carry::of_value(variable.role, &value, &[], world);
        assessment.carried.extend(codes.into_iter().map(|code| carrier.carry(code)));
    }
}
