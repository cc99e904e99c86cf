//! The way from a command to its assessment: find the program, read its words, apply its form.

use std::borrow::Cow;
use std::rc::Rc;

use super::carry::{self, Added, Carrier};
use super::condition::Asked;
use super::paths::{Handling, judge_path};
use super::read::{self, Given, Reading, operand_roles};
use super::schema::{Arity, Clause, Form, PlaceName, Prints, Role, Where};
use super::{Assessment, Left, World, destructive, found, request, settings, unknown};
use crate::effect::{Class, Effect, Finding};
use crate::follow::step::{Arg, Command, Folder, FolderChange, Input, Piece};
use crate::payload::Carried;
use crate::span::Span;

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
    if let Some(left) = world.earlier.left_at(program, world.folder)
        && let Some(assessment) = just_made(program, &left)
    {
        return assessment;
    }
    let carrier = Carrier {
        place: world.place,
        folder: world.folder.clone(),
        variables: Vec::new(),
        input: command.input.clone(),
    };
    let by_form = |form| {
        let reading = read::read(&command.argv, form);
        Assessor { command, span, world, reading, carrier: carrier.clone(), class_limit: None }.assess()
    };
    let mut assessment = match family(name, world) {
        Some(form) => {
            let foreign = is_here && !form.style.project;
            let mut assessment = by_form(form);
            if foreign {
                assessment.raise(Class::Mutating);
                assessment.unrecognised = true;
            }
            assessment
        }
        None => {
            let mut assessment = unknown::unknown_program(command, name, world, |code| carrier.carry(code));
            variables(command, &[], &carrier, world, &mut assessment);
            assessment
        }
    };
    if let Some(form) = world.library.project_program(name) {
        let stricter = by_form(form);
        assessment.raise(stricter.class);
        assessment.findings.extend(stricter.findings);
        assessment.carried.extend(stricter.carried);
    }
    assessment
}

/// The plain name of a program, and whether it is named as a file of this folder (`./x`).
fn program_name(program: &Arg) -> Option<(&str, bool)> {
    if let Some(text) = program.text() {
        let name = text.trim_end_matches('/').rsplit('/').next().unwrap_or(text);
        return Some((name, text.strip_prefix("./").is_some_and(|rest| !rest.contains('/'))));
    }
    // `"$VENV/bin/python"`: the folder is not known, the name is.
    match program.pieces.last() {
        Some(Piece::Text(text)) => text.as_str().rsplit_once('/').map(|(_, name)| (name, false)),
        _ => None,
    }
}

/// The form of a program, by its name or that of its family: `python3.11`, `clang-17`, `prisma@5`, `rm.exe`.
fn family(name: &str, world: &World<'_>) -> Option<Form<'static>> {
    if let Some(form) = world.library.program(name) {
        return Some(form);
    }
    let plain = name.split_once('@').map_or(name, |(plain, _)| plain);
    let plain = plain.strip_suffix(".exe").unwrap_or(plain);
    let family = plain.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    [plain, family]
        .into_iter()
        .filter(|known| *known != name && !known.is_empty())
        .find_map(|known| world.library.program(known))
}

/// A program that this very text put where it runs from.
fn just_made(program: &Arg, left: &Left) -> Option<Assessment> {
    let mut assessment = Assessment::new(Class::Mutating);
    match left {
        Left::Fetched => assessment.find(destructive(
            "shell.fetched-program",
            Effect::Opaque,
            program.span,
            program.shown("…"),
            "runs what was downloaded just before, unread",
        )),
        Left::Text(text) => assessment.carried.push(super::Carry {
            code: Carried::Shell { text: Arg::known(text.clone(), program.span), arguments: Vec::new() },
            place: Where::Here,
            folder: Folder::Start,
            variables: Vec::new(),
            input: Input::Inherited,
            at_most: None,
        }),
        Left::Moved | Left::Written | Left::Secret => return None,
    }
    Some(assessment)
}

/// One use of a word: its role, the word, and what gave it.
struct Use<'a> {
    role: Role,
    word: Option<Cow<'a, Arg>>,
    giver: Giver,
}

/// What gave a word its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Giver {
    /// An option of the form.
    Option,
    /// An operand of the form, or of a clause.
    Operand,
    /// A clause, for an option's value.
    Clause,
}

struct Assessor<'a, 'w> {
    command: &'a Command,
    span: Span,
    world: &'w World<'w>,
    reading: Reading<'a>,
    carrier: Carrier,
    /// What a dry run leaves.
    class_limit: Option<Class>,
}

impl<'a> Assessor<'a, '_> {
    fn assess(mut self) -> Assessment {
        let mut assessment = Assessment::new(Class::ReadOnly);
        if self.reading.help {
            return assessment;
        }
        let Some(form) = self.reading.forms.pop() else { return assessment };
        self.enter_folders();
        let folder = self.carrier.folder.clone();
        let world = World { folder: &folder, ..*self.world };
        let mut uses = self.uses(&form);
        let assigned: Vec<(&str, &Arg)> =
            self.command.assignments.iter().chain(world.exported).map(|(name, value)| (name.as_str(), value)).collect();
        self.reading.forms.push(form.clone());
        let places = self.places(&form, &uses, &assigned, &world);
        let asked = Asked { command: self.command, reading: &self.reading, places: &places, variables: &assigned };
        self.class_limit =
            form.lowers.iter().filter(|lowering| asked.holds(&lowering.condition)).map(|lowering| lowering.to).min();
        let met: Vec<&Clause<'static>> = form.when.iter().filter(|clause| asked.holds(&clause.condition)).collect();
        let lives_on = form.carries.unless.iter().any(|condition| asked.holds(condition));
        self.carrier.place = combined(world.place, form.carries.context, lives_on);

        self.base(&form, &mut assessment);
        self.clauses(&met, &mut assessment);
        for clause in &met {
            self.clause_uses(clause, &mut uses);
        }
        let effect = met.iter().filter(|clause| !clause.roles.operands.is_empty() || !clause.roles.options.is_empty());
        let effect = effect.filter_map(|clause| clause.verdict.as_ref().and_then(|verdict| verdict.effect)).next();
        self.paths(&form, &uses, effect, &world, &mut assessment);
        if let Some(outcome) = request::judge(
            uses.iter().map(|used| (used.role, used.word.as_deref())),
            &form,
            &self.command.input,
            &world,
        ) {
            let carrier = self.carrier.clone();
            for used in &outcome.paths {
                let fate = super::judge_payload_path(used, &world);
                assessment.raise(fate.class);
                assessment.findings.extend(fate.findings);
            }
            assessment.merge(outcome, |code| carrier.carry(code));
        }
        self.limit(&mut assessment);
        self.carried(&form, &uses, &world, &mut assessment);
        self.input(&form, &met, &uses, &world, &mut assessment);
        variables(self.command, &self.reading.operands, &self.carrier, &world, &mut assessment);
        self.printed(&form, &met, &uses, &world, &mut assessment);
        assessment
    }

    /// The places that the command's paths lie in, those included that get their role from a clause.
    fn places(
        &self,
        form: &Form<'static>,
        uses: &[Use<'a>],
        assigned: &[(&str, &Arg)],
        world: &World<'_>,
    ) -> Vec<PlaceName> {
        let asked = Asked { command: self.command, reading: &self.reading, places: &[], variables: assigned };
        let mut added = Vec::new();
        for clause in form.when.iter().filter(|clause| clause.condition.places.is_empty()) {
            let gives_paths = !clause.roles.operands.is_empty() || !clause.roles.options.is_empty();
            if gives_paths && asked.holds(&clause.condition) {
                self.clause_uses(clause, &mut added);
            }
        }
        let paths = uses.iter().chain(&added).filter(|used| is_path_role(used.role));
        paths.flat_map(|used| used.word.iter().flat_map(|word| world.place_names(used.role, word))).collect()
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

    fn uses(&self, form: &Form<'static>) -> Vec<Use<'a>> {
        let mut uses: Vec<Use<'a>> = Vec::new();
        for given in &self.reading.given {
            let word =
                if matches!(given.arity, Arity::Until | Arity::Rest) { None } else { given.values.first().cloned() };
            uses.push(Use { role: given.role, word, giver: Giver::Option });
            if given.arity == Arity::Many {
                let others = given.values.iter().skip(1);
                uses.extend(others.map(|word| Use {
                    role: given.role,
                    word: Some(word.clone()),
                    giver: Giver::Option,
                }));
            }
        }
        uses.extend(operand_roles(&self.reading, &form.operands).map(|(word, role)| Use {
            role,
            word: Some(Cow::Borrowed(word)),
            giver: Giver::Operand,
        }));
        // Clients such as HTTPie send what stands behind `<` or `|`.
        if form.input == Some(Role::HttpUpload) && !matches!(self.command.input, Input::Inherited | Input::Nothing) {
            let dash = Arg::known(crate::text::Text::derived("-", self.span), self.span);
            uses.push(Use { role: Role::HttpUpload, word: Some(Cow::Owned(dash)), giver: Giver::Option });
        }
        uses
    }

    /// The uses that a clause adds.
    fn clause_uses(&self, clause: &Clause<'static>, uses: &mut Vec<Use<'a>>) {
        uses.extend(operand_roles(&self.reading, &clause.roles.operands).map(|(word, role)| Use {
            role,
            word: Some(Cow::Borrowed(word)),
            giver: Giver::Operand,
        }));
        for (name, role) in &clause.roles.options {
            for given in self.reading.given.iter().filter(|given| given.is(name)) {
                uses.push(Use { role: *role, word: given.values.first().cloned(), giver: Giver::Clause });
            }
        }
        if let Some(role) = clause.roles.here {
            let here = Arg::known(crate::text::Text::derived(".", self.span), self.span);
            uses.push(Use { role, word: Some(Cow::Owned(here)), giver: Giver::Operand });
        }
    }

    /// What the form says of every command line of its shape.
    fn base(&self, form: &Form<'static>, assessment: &mut Assessment) {
        let subcommand = self.reading.forms.len() > 1;
        if let Some(verdict) = &form.base {
            let span = if subcommand { self.leading_span() } else { self.span };
            self.say(form.id, verdict, span, "", assessment);
        }
        if self.reading.unknown_option {
            assessment.raise(Class::Mutating);
        }
        let Some(word) = self.reading.unknown_subcommand else { return };
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
        let verbs = form.verbs.and_then(|name| self.world.library.verbs(name));
        let told = match &verbs {
            Some(verbs) => unknown::by_verbs(&self.reading, verbs),
            None => {
                unknown::by_deleting_verb(&self.reading).map(|span| (Class::Destructive, Some(Effect::Delete), span))
            }
        };
        let Some((class, effect, span)) = told else {
            // What the form says of itself holds for a subcommand that nothing is known of.
            if form.base.is_none() {
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

    /// From the program to the last word in front of the operands.
    fn leading_span(&self) -> Span {
        let first = self.command.argv.first().map_or(self.span, |word| word.span);
        self.command
            .argv
            .get(..self.reading.forms.len())
            .and_then(<[Arg]>::last)
            .map_or(first, |last| first.to(last.span))
    }

    fn clauses(&self, met: &[&Clause<'static>], assessment: &mut Assessment) {
        for clause in met {
            let Some(verdict) = &clause.verdict else { continue };
            // The effect beside roles names the effect of what those roles find.
            if verdict.effect.is_some() && !(clause.roles.operands.is_empty() && clause.roles.options.is_empty()) {
                continue;
            }
            let (span, subject) = self.clause_place(clause);
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
        let matched = |patterns: &[&str]| self.reading.operands.iter().find(|word| super::pattern::any(patterns, word));
        let patterns = std::iter::once(&condition.operands).chain(condition.at.iter().map(|(_, patterns)| patterns));
        match patterns.filter(|patterns| !patterns.is_empty()).find_map(|patterns| matched(patterns)) {
            Some(word) => (word.span, word.shown("…")),
            None => (self.span, String::new()),
        }
    }

    fn say(
        &self,
        rule: &'static str,
        verdict: &super::schema::Verdict<'static>,
        span: Span,
        subject: &str,
        assessment: &mut Assessment,
    ) {
        assessment.raise(verdict.class);
        let Some(effect) = verdict.effect else { return };
        let because = if verdict.because.is_empty() { effect.meaning() } else { verdict.because };
        let instead = (!verdict.instead.is_empty()).then_some(Cow::Borrowed(verdict.instead));
        assessment.find(Finding { instead, ..destructive(rule, effect, span, subject, because) });
    }

    fn paths(
        &self,
        form: &Form<'static>,
        uses: &[Use<'a>],
        effect: Option<Effect>,
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        let recursive = form.recursive.iter().any(|name| self.reading.has(name));
        let instead = form.base.as_ref().map_or("", |verdict| verdict.instead);
        let handling = Handling { rule: form.id, recursive, effect, instead };
        for used in uses {
            match (used.role, &used.word) {
                (Role::DeletesFound, _) => {
                    for shape in self.found() {
                        let fate = judge_path(Role::Deletes, &shape, handling, world);
                        assessment.raise(fate.class);
                        assessment
                            .findings
                            .extend(fate.findings.into_iter().map(|finding| Finding { span: self.span, ..finding }));
                    }
                }
                (Role::Task, Some(word)) => {
                    if let Some(effect) = unknown::deleting_task(word) {
                        assessment.find(destructive(
                            format!("{}.task", form.id),
                            effect,
                            word.span,
                            word.shown("…"),
                            "the name of the task says that it removes something",
                        ));
                    }
                }
                (Role::Discloses, Some(word)) if word.holes().any(|hole| world.is_secret_hole(hole)) => {
                    assessment.find(destructive(
                        form.id,
                        Effect::Disclose,
                        word.span,
                        "",
                        "sends something secret out",
                    ));
                }
                (Role::Url, Some(word)) if form.fetches => {
                    // A download keeps the last part of its address as its name.
                    let name = word.suffix().rsplit('/').next().unwrap_or_default();
                    let path = Arg::known(crate::text::Text::derived(name, word.span), word.span);
                    assessment.left.push((path, Left::Fetched));
                }
                (Role::SettingKey(table), Some(word)) => self.kept_setting(form, table, word, uses, world, assessment),
                (role, Some(word)) if is_path_role(role) => {
                    let fate = judge_path(role, word, handling, world);
                    assessment.raise(fate.class);
                    assessment.findings.extend(fate.findings);
                    self.leave(form, role, word, uses, world, assessment);
                }
                _ => {}
            }
        }
    }

    /// `git config alias.x '!…'`: what the setting will run, and that it stays.
    fn kept_setting(
        &self,
        form: &Form<'static>,
        table: super::schema::SettingTable,
        key: &Arg,
        uses: &[Use<'a>],
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        let name = key.prefix().to_ascii_lowercase();
        let Some(setting) = settings::find(&name, table, world.library) else { return };
        let value =
            uses.iter().find(|used| matches!(used.role, Role::SettingValue(_))).and_then(|used| used.word.as_ref());
        let Some((role, value)) = value.and_then(|value| settings::value_of(&setting, value)) else { return };
        if role == Role::Itself {
            assessment.carried.push(self.carrier.carry(carry::own_line(table.name(), &value)));
            return;
        }
        let because = "a setting that runs a program outlasts this task";
        assessment.find(destructive(form.id, Effect::Persist, key.span, name, because));
        assessment
            .carried
            .extend(carry::of_value(role, &value, &[], world).into_iter().map(|code| self.carrier.carry(code)));
    }

    /// Remembers what is left at a path.
    fn leave(
        &self,
        form: &Form<'static>,
        role: Role,
        path: &Arg,
        uses: &[Use<'a>],
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        let secret = || {
            let sources = uses.iter().filter(|used| matches!(used.role, Role::Reads | Role::Moves));
            sources.filter_map(|used| used.word.as_deref()).any(|word| world.is_secret_path(word))
        };
        let left = match role {
            Role::Writes if form.fetches => Left::Fetched,
            Role::Writes if secret() => Left::Secret,
            Role::Writes if self.moves_something_precious() => Left::Moved,
            Role::Writes | Role::Appends => Left::Written,
            _ => return,
        };
        assessment.left.push((path.clone(), left));
    }

    fn moves_something_precious(&self) -> bool {
        let Some(form) = self.reading.form() else { return false };
        operand_roles(&self.reading, &form.operands)
            .any(|(word, role)| role == Role::Moves && !self.world.locate(word).regenerable)
    }

    /// A dry run leaves no more than it says.
    fn limit(&self, assessment: &mut Assessment) {
        if let Some(limit) = self.class_limit {
            assessment.class = assessment.class.min(limit);
            assessment.findings.retain(|finding| finding.class <= limit);
            assessment.carried.clear();
            assessment.left.clear();
        }
    }

    fn carried(&mut self, form: &Form<'static>, uses: &[Use<'a>], world: &World<'_>, assessment: &mut Assessment) {
        if let Some(least) = form.carries.at_least
            && self.class_limit.is_none()
        {
            assessment.raise(least);
        }
        self.carrier.variables = self.carried_variables();
        let added = self.added(form, world);
        let mut codes: Vec<Carried> = Vec::new();
        for given in &self.reading.given {
            codes.extend(self.of_option(given, world));
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
        if self.reading.given.iter().any(|given| given.role == Role::InPlace) {
            codes.iter_mut().for_each(edits_in_place);
        }
        let at_most = self.class_limit;
        assessment.carried.extend(codes.into_iter().map(|code| super::Carry { at_most, ..self.carrier.carry(code) }));
    }

    fn of_option(&self, given: &Given<'a>, world: &World<'_>) -> Vec<Carried> {
        let values: Vec<Arg> = given.values.iter().map(|value| value.clone().into_owned()).collect();
        match given.arity {
            Arity::Until => {
                let added = Added { arguments: self.found(), placeholder: Some("{}".to_owned()) };
                added.apply(&values).into_iter().map(Carried::Arguments).collect()
            }
            // What is found stands behind the command when nothing in it stands for it (`fd -X rm`).
            Arity::Rest if given.role == Role::Command && self.prints_found() => {
                let placeholder = values.iter().any(|word| word.shown("").contains("{}")).then(|| "{}".to_owned());
                let added = Added { arguments: self.found(), placeholder };
                added.apply(&values).into_iter().map(Carried::Arguments).collect()
            }
            Arity::Many => values.iter().flat_map(|value| carry::of_value(given.role, value, &[], world)).collect(),
            _ => match values.split_first() {
                Some((value, rest)) => carry::of_value(given.role, value, rest, world),
                None => Vec::new(),
            },
        }
    }

    fn of_operands(&self, uses: &[Use<'a>], world: &World<'_>) -> Vec<Carried> {
        let mut codes = Vec::new();
        let operands: Vec<&Use<'a>> = uses.iter().filter(|used| used.giver == Giver::Operand).collect();
        let mut began = false;
        for used in operands {
            let Some(word) = used.word.as_deref() else { continue };
            let rest = match used.role {
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
    fn words_behind(&self, word: &Arg) -> Vec<Arg> {
        let position = self.command.argv.iter().position(|other| std::ptr::eq(other, word));
        position.and_then(|at| self.command.argv.get(at + 1..)).map(<[Arg]>::to_vec).unwrap_or_default()
    }

    fn of_command(&self, added: Option<&Added>, world: &World<'_>) -> Vec<Carried> {
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
    fn added(&self, form: &Form<'static>, world: &World<'_>) -> Option<Added> {
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
            carry::arguments_from(self.command, &self.reading, placeholder.is_some(), world)
        };
        Some(Added { arguments, placeholder })
    }

    fn carried_variables(&self) -> Vec<(String, Arg)> {
        let operands = self.reading.operands.iter().filter(|word| read::is_assignment(word.prefix()));
        operands
            .filter_map(|word| {
                let (name, _) = word.prefix().split_once('=')?;
                Some((name.to_owned(), read::without_prefix(word, name.len() + 1)))
            })
            .collect()
    }

    /// Standard input, when it is code or leaves the machine.
    fn input(
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
            if world.is_secret_input(&self.command.input) {
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
        let has_code = uses.iter().any(|used| carries_code(used.role) && !dash(used));
        if has_code || self.reading.command.is_some() || !carries_code(role) {
            return;
        }
        let code = match &self.command.input {
            // A session that somebody may type into.
            Input::Inherited => return assessment.raise(Class::Mutating),
            Input::Nothing => return,
            Input::Text(text) => Arg::known(text.clone(), text.source()),
            Input::Mixed(arg) => arg.clone(),
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
                return;
            }
        };
        let codes = carry::of_value(role, &code, &[], world);
        assessment.carried.extend(codes.into_iter().map(|code| self.carrier.carry(code)));
    }

    fn printed(
        &self,
        form: &Form<'static>,
        met: &[&Clause<'static>],
        uses: &[Use<'a>],
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        let prints = met.iter().find_map(|clause| clause.roles.prints).unwrap_or(form.prints);
        let printed = &mut assessment.printed;
        match prints {
            Prints::Anything => {}
            Prints::Secrets => printed.secret = true,
            Prints::Setup => printed.setup = true,
            Prints::Fetched => printed.fetched = true,
            Prints::Found => printed.found = Some(self.found()),
            Prints::Content => {
                let reads_secret = uses.iter().any(|used| {
                    used.role == Role::Reads && used.word.as_ref().is_some_and(|word| world.is_secret_path(word))
                });
                let words = uses.iter().filter_map(|used| used.word.as_ref());
                let holds_secret = words.flat_map(|word| word.holes()).any(|hole| world.is_secret_hole(hole));
                printed.secret = reads_secret || holds_secret || world.is_secret_input(&self.command.input);
            }
        }
        // What a carried command prints is printed.
        if self.reading.command.is_some() && !printed.secret {
            printed.secret = world.is_secret_input(&self.command.input);
        }
    }

    fn prints_found(&self) -> bool {
        self.reading.form().is_some_and(|form| form.prints == Prints::Found)
    }

    fn found(&self) -> Vec<Arg> {
        found::shapes(&self.reading, &self.reading.operands)
    }
}

/// Code that edits the files that it reads.
fn edits_in_place(code: &mut Carried) {
    use crate::payload::Language;
    if let Carried::Code { language: language @ Language::Sed, .. }
    | Carried::File { language: language @ Language::Sed, .. } = code
    {
        *language = Language::SedInPlace;
    }
}

/// A file that is given on standard input in place of code.
fn file_of(role: Role, path: &Arg) -> Carried {
    use crate::payload::Language;
    let language = match role {
        Role::Code(language) | Role::File(language) | Role::Words(language) => language,
        _ => Language::Shell,
    };
    Carried::File { language, path: path.clone() }
}

/// Where what is carried runs.
fn combined(outer: Where, inner: Where, lives_on: bool) -> Where {
    match (outer, inner) {
        (Where::Throwaway, _) => Where::Throwaway,
        (_, Where::Throwaway) if lives_on => Where::Elsewhere,
        (_, Where::Throwaway) => Where::Throwaway,
        (Where::Elsewhere, _) | (_, Where::Elsewhere) => Where::Elsewhere,
        (Where::Here, Where::Here) => Where::Here,
    }
}

/// Variables that are set for a command, in front of it or as its operands.
fn variables(command: &Command, operands: &[&Arg], carrier: &Carrier, world: &World<'_>, assessment: &mut Assessment) {
    let operands = operands.iter().filter(|word| read::is_assignment(word.prefix())).filter_map(|word| {
        let (name, _) = word.prefix().split_once('=')?;
        Some((name, Cow::Owned(read::without_prefix(word, name.len() + 1))))
    });
    let assigned = command.assignments.iter().map(|(name, value)| (name.as_str(), Cow::Borrowed(value)));
    for (name, value) in assigned.chain(operands) {
        let Some(variable) = world.library.variable(name) else { continue };
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
        let codes = carry::of_value(variable.role, &value, &[], world);
        assessment.carried.extend(codes.into_iter().map(|code| carrier.carry(code)));
    }
}

/// Whether a role says what happens to a path.
fn is_path_role(role: Role) -> bool {
    matches!(
        role,
        Role::Reads
            | Role::Writes
            | Role::Appends
            | Role::Deletes
            | Role::Empties
            | Role::Moves
            | Role::Modifies
            | Role::Creates
            | Role::Formats
            | Role::Sends
            | Role::Path
    )
}
