//! What a command does to the paths, tasks and settings that it is given, and what it leaves behind.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::Assessor;
use super::uses::{Giver, Use};
use crate::effect::Effect;
use crate::follow::step::{Arg, Piece};
use crate::rules::paths::{Handling, judge_path};
use crate::rules::reading::operand_roles;
use crate::rules::schema::{Form, Prints, Role, SettingTable};
use crate::rules::{Assessment, Copied, Left, World, carry, destructive, settings, unknown};
use crate::span::Span;
use crate::text::Text;

impl<'a> Assessor<'a, '_> {
    pub(super) fn paths(
        &self,
        form: &Form<'static>,
        uses: &[Use<'a>],
        effect: Option<Effect>,
        overwrites: bool,
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        let recursive = form.recursive.iter().any(|name| self.reading.has(name));
        let instead = form.base.as_ref().map_or("", |verdict| verdict.instead);
        let handling = Handling { rule: form.id, recursive, effect, instead, overwrites };
        let outside = World { folder: self.world.folder, ..*world };
        // Looked for once at most: every word may be a target.
        let sources = LazyCell::new(|| self.sources(form, uses));
        let secret = LazyCell::new(|| {
            let read = uses.iter().filter(|used| matches!(used.role, Role::Reads | Role::Moves));
            read.filter_map(|used| used.word.as_deref()).any(|word| world.is_secret_path(word))
        });
        for used in uses {
            let world = if form.style.options_here && used.giver != Giver::Operand { &outside } else { world };
            match (used.role, &used.word) {
                (Role::DeletesFound, _) => {
                    for shape in self.found() {
                        let mut fate = judge_path(Role::Deletes, &shape, handling, world);
                        fate.findings.iter_mut().for_each(|finding| finding.span = self.span);
                        assessment.suffer(fate);
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
                    let path = Arg::known(Text::derived(name, word.span), word.span);
                    assessment.left.push((path, Left::Fetched));
                }
                (Role::SettingKey(table), Some(word)) => self.kept_setting(form, table, word, uses, world, assessment),
                (role, Some(word)) if role.is_path() => {
                    assessment.suffer(judge_path(role, word, handling, world));
                    if overwrites && role == Role::Writes && world.is_folder(word) {
                        for inside in self.written_into(word, uses) {
                            assessment.suffer(judge_path(role, &inside, handling, world));
                        }
                    }
                    self.leave(form, role, word, || *secret, world, assessment);
                    if matches!(role, Role::Writes | Role::Appends)
                        && self.class_limit.is_none()
                        && let Some(sources) = &*sources
                    {
                        copy(sources, word, role == Role::Appends, assessment);
                    }
                }
                _ => {}
            }
        }
    }

    /// `git config alias.x '!…'`: what the setting will run, and that it stays.
    pub(super) fn kept_setting(
        &self,
        form: &Form<'static>,
        table: SettingTable,
        key: &Arg,
        uses: &[Use<'a>],
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        let name = key.prefix().to_ascii_lowercase();
        let Some(setting) = settings::find(&name, table, world.rules) else { return };
        let value =
            uses.iter().find(|used| matches!(used.role, Role::SettingValue(_))).and_then(|used| used.word.as_ref());
        let Some((role, value)) = value.and_then(|value| settings::value_of(setting, value)) else { return };
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
    pub(super) fn leave(
        &self,
        form: &Form<'static>,
        role: Role,
        path: &Arg,
        secret: impl Fn() -> bool,
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        if role == Role::Stages {
            // What is sent from here later has the secret in it.
            if world.is_secret_path(path) {
                let here = Arg::known(Text::derived(".", path.span), path.span);
                assessment.left.push((here, Left::Secret));
            }
            return;
        }
        let left = match role {
            Role::Writes if form.fetches => Left::Fetched,
            Role::Writes if secret() => Left::Secret,
            Role::Writes if self.moves_something_precious() => Left::Moved,
            Role::Writes | Role::Appends => Left::Written,
            Role::Moves | Role::Reads
                if !form.overwrites.is_empty() && world.earlier.left_at(path, world.folder).is_none() =>
            {
                Left::Saved
            }
            _ => return,
        };
        assessment.left.push((path.clone(), left));
    }

    /// What a program copies to where it writes: its other operands, when it writes over what stands there. `None` when
    /// it copies nothing, empty when it copies standard input.
    fn sources<'u>(&'u self, form: &Form<'static>, uses: &'u [Use<'a>]) -> Option<Vec<&'u Arg>> {
        if !form.overwrites.is_empty() {
            let writes = |used: &&Use<'a>| matches!(used.role, Role::Writes | Role::Appends | Role::Empties);
            let targets = uses.iter().filter(writes).filter_map(|used| used.word.as_deref());
            // Known by where they are kept: words that are the same are different words.
            let targets: BTreeSet<*const Arg> = targets.map(std::ptr::from_ref).collect();
            let others =
                self.reading.operands.iter().copied().filter(|word| !targets.contains(&std::ptr::from_ref(*word)));
            Some(others.collect())
        } else if form.prints == Prints::Content {
            let from_option = |used: &&Use<'a>| used.role == Role::Reads && used.giver == Giver::Option;
            Some(uses.iter().filter(from_option).filter_map(|used| used.word.as_deref()).collect())
        } else {
            None
        }
    }

    /// The paths in a folder that get the content of what is copied or moved there.
    fn written_into(&self, folder: &Arg, uses: &[Use<'a>]) -> Vec<Arg> {
        let sources = uses.iter().filter(|used| matches!(used.role, Role::Moves | Role::Reads));
        let names = sources.filter_map(|used| used.word.as_deref()).filter_map(|word| {
            let name = word.suffix().trim_end_matches('/').rsplit('/').next()?;
            let whole = word.text().is_some() || word.suffix().contains('/');
            (whole && !matches!(name, "" | "." | "..")).then(|| (name.to_owned(), word.span))
        });
        let inside = |(name, span): (String, Span)| {
            let mut path = folder.clone();
            path.pieces.push(Piece::Text(Text::derived(format!("/{name}"), span)));
            Arg { pieces: joined(path.pieces), span }
        };
        names.map(inside).collect()
    }

    pub(super) fn moves_something_precious(&self) -> bool {
        let Some(form) = self.reading.form() else { return false };
        *self.moves_precious.get_or_init(|| {
            operand_roles(&self.reading, &form.operands)
                .any(|(word, role)| role == Role::Moves && !self.world.locate(word).regenerable)
        })
    }

    /// A dry run leaves no more than it says.
    pub(super) fn limit(&self, assessment: &mut Assessment) {
        if let Some(limit) = self.class_limit {
            assessment.class = assessment.class.min(limit);
            assessment.findings.retain(|finding| finding.class <= limit);
            assessment.carried.clear();
            assessment.left.clear();
            assessment.copied.clear();
        }
    }
}

/// Remembers that a path gets the content of `sources`, it or what stands in it; without any, of standard input.
fn copy(sources: &[&Arg], to: &Arg, appends: bool, assessment: &mut Assessment) {
    let from_input = |word: &Arg| matches!(word.text(), Some("-" | "/dev/stdin" | "/dev/fd/0"));
    for from in sources {
        let Some(name) = from.suffix().rsplit('/').next().filter(|name| !name.is_empty()) else { continue };
        let mut inside = to.clone();
        inside.pieces.push(Piece::Text(Text::derived(format!("/{name}"), from.span)));
        let inside = Arg { pieces: joined(inside.pieces), span: to.span };
        for to in [to.clone(), inside] {
            let from = (!from_input(from)).then(|| (*from).clone());
            assessment.copied.push(Copied { to, from, appends });
        }
    }
    if sources.is_empty() {
        assessment.copied.push(Copied { to: to.clone(), from: None, appends });
    }
}

/// Pieces with texts beside each other as one.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push(&text),
            (_, piece) => joined.push(piece),
        }
    }
    joined
}
