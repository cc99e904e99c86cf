//! What becomes of a path: the roles that delete, empty, write, move, modify, format and send.

use std::borrow::Cow;

use super::schema::{PlaceName, Role, Where};
use super::{Left, World, destructive, is_secret};
use crate::effect::{Class, Effect, Finding};
use crate::follow::step::{Arg, Source};
use crate::payload::{PathRole, PathUse};
use crate::place::{self, Location, Place};
use crate::stake::{Changes, Stake};

/// What happens to one path.
#[derive(Clone, Debug)]
pub struct Fate {
    /// The class of that.
    pub class: Class,
    /// The reasons.
    pub findings: Vec<Finding>,
    /// What is at stake.
    pub stakes: Vec<Stake>,
    /// What is changed.
    pub changes: Changes,
}

impl Fate {
    /// What may happen without a reason against it.
    pub fn harmless(class: Class) -> Fate {
        Fate { class, findings: Vec::new(), stakes: Vec::new(), changes: Changes::default() }
    }

    /// What may not.
    pub fn bad(findings: Vec<Finding>) -> Fate {
        Fate { class: Class::Destructive, findings, ..Fate::harmless(Class::Destructive) }
    }

    /// Two of them together.
    fn and(mut self, other: Fate) -> Fate {
        self.class = self.class.max(other.class);
        self.findings
            .extend(other.findings.into_iter().filter(|finding| !self.findings.contains(finding)).collect::<Vec<_>>());
        self.stakes.extend(other.stakes);
        self.changes.merge(other.changes);
        self
    }
}

/// How a path is worked on.
#[derive(Clone, Copy, Debug)]
pub struct Handling<'a> {
    /// The rule that says so.
    pub rule: &'a str,
    /// Whole trees are worked on.
    pub recursive: bool,
    /// The effect that a loss has, when the rule names one.
    pub effect: Option<Effect>,
    /// What the rule says to do instead; empty when it says nothing.
    pub instead: &'static str,
    /// What stood at a path that is written is gone then.
    pub overwrites: bool,
}

impl<'a> Handling<'a> {
    /// A path that a rule works on, and nothing more is known.
    pub fn by(rule: &'a str) -> Handling<'a> {
        Handling { rule, recursive: false, effect: None, instead: "", overwrites: false }
    }
}

/// Judges what `role` does to `path`.
pub fn judge_path(role: Role, path: &Arg, handling: Handling<'_>, world: &World<'_>) -> Fate {
    if let Some(paths) = printed_paths(path, world) {
        let fates =
            paths.iter().map(|path| Fate { changes: Changes::besides(), ..judge_one(role, path, handling, world) });
        return fates.reduce(worse).unwrap_or_else(|| Fate::harmless(Class::ReadOnly));
    }
    judge_one(role, path, handling, world)
}

fn worse(one: Fate, other: Fate) -> Fate {
    if other.class > one.class { other } else { one }
}

/// Judges what a payload does to a path.
pub fn judge_payload_path(used: &PathUse, world: &World<'_>) -> Fate {
    let role = match used.role {
        PathRole::Deletes => Role::Deletes,
        PathRole::Empties => Role::Empties,
        PathRole::Writes => Role::Writes,
        PathRole::Reads => Role::Reads,
        PathRole::ChangesMode => Role::Modifies,
        PathRole::Sends => Role::Sends,
    };
    judge_path(role, &used.path, Handling::by(&used.rule), world)
}

fn judge_one(role: Role, path: &Arg, handling: Handling<'_>, world: &World<'_>) -> Fate {
    if place::is_remote(path) {
        return Fate { changes: Changes::besides(), ..remote(role, path, handling) };
    }
    // What nothing is kept of leads nowhere, and is written to by half of all commands.
    if !changes(role) || world.locate(path).place == Place::Sink {
        return judge_named(role, path, handling, world);
    }
    let led = world.led_elsewhere(role, path);
    let changes = world.changes_of(role, path, led.as_ref());
    let mut fate = match led {
        // A step before may change where it leads: then both places count.
        Some(led) if world.earlier.is_settled() => judge_named(role, &led, handling, world),
        Some(led) => judge_named(role, &led, handling, world).and(judge_named(role, path, handling, world)),
        None => judge_named(role, path, handling, world),
    };
    if fate.class > Class::ReadOnly {
        fate.changes = changes;
    }
    if fate.class == Class::Destructive {
        fate.stakes.push(world.stake_of(role, path));
    }
    fate
}

/// Whether a role changes what stands at a path.
fn changes(role: Role) -> bool {
    matches!(
        role,
        Role::Deletes
            | Role::DeletesFound
            | Role::Empties
            | Role::Writes
            | Role::Appends
            | Role::Creates
            | Role::Moves
            | Role::Modifies
            | Role::Formats
    )
}

/// Judges a path by its name.
fn judge_named(role: Role, path: &Arg, handling: Handling<'_>, world: &World<'_>) -> Fate {
    match role {
        Role::Deletes | Role::DeletesFound | Role::Empties => deletes(role, path, handling, world),
        Role::Writes | Role::Appends | Role::Creates => {
            let overwrites = handling.overwrites && role == Role::Writes;
            writes(path, Handling { overwrites, ..handling }, world)
        }
        Role::Moves => moves(path, handling, world),
        Role::Modifies => modifies(path, handling, world),
        Role::Formats => formats(path, handling, world),
        Role::Sends if world.is_secret_path(path) => {
            Fate::bad(vec![finding(handling, Effect::Disclose, path, "sends the content of a secret file out")])
        }
        _ => Fate::harmless(Class::ReadOnly),
    }
}

fn remote(role: Role, path: &Arg, handling: Handling<'_>) -> Fate {
    match role {
        Role::Deletes | Role::DeletesFound | Role::Empties => {
            Fate::bad(vec![finding(handling, Effect::Delete, path, "removes data on another machine")])
        }
        Role::Writes | Role::Appends | Role::Creates | Role::Moves | Role::Modifies => Fate::harmless(Class::Mutating),
        _ => Fate::harmless(Class::ReadOnly),
    }
}

fn deletes(role: Role, path: &Arg, handling: Handling<'_>, world: &World<'_>) -> Fate {
    let Location { place, regenerable } = world.locate(path);
    let because = if role == Role::Empties { "empties a file" } else { "removes data that nothing keeps a copy of" };
    let delete = || finding(handling, Effect::Delete, path, because);
    match place {
        _ if world.place == Where::Throwaway => Fate::harmless(Class::Mutating),
        Place::Sink => Fate::harmless(Class::ReadOnly),
        Place::Root => Fate::bad(vec![whole("place.root.delete", Effect::Delete, path, "removes the whole system")]),
        Place::Home => Fate::bad(vec![whole("place.home.delete", Effect::Delete, path, "removes a whole home folder")]),
        Place::System => Fate::bad(vec![whole("place.system.delete", Effect::Delete, path, "removes a system folder")]),
        Place::Guard => Fate::bad(vec![delete(), own("place.guard.delete", path)]),
        _ if moved_there(path, world) => {
            Fate::bad(vec![finding(handling, Effect::Delete, path, "removes what was moved there just before")])
        }
        _ if regenerable => Fate::harmless(Class::Mutating),
        Place::Device => Fate::bad(vec![finding(handling, Effect::Device, path, "removes a device"), delete()]),
        Place::Persist => {
            let persist =
                finding(handling, Effect::Persist, path, "removes what decides what runs, or who may do what");
            Fate::bad(vec![delete(), persist])
        }
        _ if world.is_kept(path) => Fate::harmless(Class::Mutating),
        _ => Fate::bad(vec![delete()]),
    }
}

fn writes(path: &Arg, handling: Handling<'_>, world: &World<'_>) -> Fate {
    if matches!(path.text(), Some("-" | "")) || is_process(path) {
        return Fate::harmless(Class::ReadOnly);
    }
    let Location { place, regenerable } = world.locate(path);
    // A folder as a whole as the target means that something is written into it.
    let place = match place {
        Place::Root => Place::Persist,
        Place::System | Place::Home => place::locate_inside(path, world.folder, world.bearings).place,
        place => place,
    };
    match place {
        Place::Sink => Fate::harmless(Class::ReadOnly),
        _ if world.place == Where::Throwaway => Fate::harmless(Class::Mutating),
        Place::Device => {
            Fate::bad(vec![whole("place.device.write", Effect::Device, path, "writes a disk or device raw")])
        }
        Place::Guard => Fate::bad(vec![own("place.guard.write", path)]),
        Place::Persist => Fate::bad(vec![finding(
            handling,
            Effect::Persist,
            path,
            "changes what runs, or who may do what, beyond this task",
        )]),
        Place::Temporary | Place::TemporaryFolder => Fate::harmless(Class::Mutating),
        _ if handling.overwrites && !regenerable && world.overwrites(path) => {
            Fate::bad(vec![finding(handling, Effect::Delete, path, "replaces a file that nothing keeps a copy of")])
        }
        _ => Fate::harmless(Class::Mutating),
    }
}

fn moves(path: &Arg, handling: Handling<'_>, world: &World<'_>) -> Fate {
    match world.locate(path).place {
        Place::Root => Fate::bad(vec![whole("place.root.delete", Effect::Delete, path, "moves the whole system away")]),
        Place::Home => Fate::bad(vec![whole("place.home.delete", Effect::Delete, path, "moves a home folder away")]),
        Place::System => {
            Fate::bad(vec![whole("place.system.delete", Effect::Delete, path, "moves a system folder away")])
        }
        Place::Guard => Fate::bad(vec![own("place.guard.delete", path)]),
        _ if place::holds_own(path, world.folder, world.bearings) => Fate::bad(vec![own("place.guard.delete", path)]),
        Place::Persist => Fate::bad(vec![finding(
            handling,
            Effect::Persist,
            path,
            "takes away what decides what runs, or who may do what",
        )]),
        _ => Fate::harmless(Class::Mutating),
    }
}

fn modifies(path: &Arg, handling: Handling<'_>, world: &World<'_>) -> Fate {
    let place = world.locate(path).place;
    let owner = |rule| whole(rule, Effect::Persist, path, "changes the mode or owner of a whole tree of the system");
    match place {
        Place::Root if handling.recursive => Fate::bad(vec![owner("place.root.owner")]),
        Place::Home if handling.recursive => Fate::bad(vec![owner("place.home.owner")]),
        Place::System if handling.recursive => Fate::bad(vec![owner("place.system.owner")]),
        Place::Guard => Fate::bad(vec![own("place.guard.owner", path)]),
        Place::Sink => Fate::harmless(Class::Mutating),
        Place::Persist if path.shown("~").contains("/.ssh") => Fate::harmless(Class::Mutating),
        Place::Root | Place::System | Place::Persist | Place::Device => Fate::bad(vec![finding(
            handling,
            Effect::Persist,
            path,
            "changes who may do what in a place that outlasts this task",
        )]),
        _ => Fate::harmless(Class::Mutating),
    }
}

fn formats(path: &Arg, handling: Handling<'_>, world: &World<'_>) -> Fate {
    match world.locate(path).place {
        Place::Sink => Fate::harmless(Class::ReadOnly),
        Place::InProject | Place::Temporary | Place::Elsewhere => Fate::harmless(Class::Mutating),
        _ => Fate::bad(vec![finding(handling, Effect::Device, path, "writes a disk or filesystem raw")]),
    }
}

fn finding(handling: Handling<'_>, effect: Effect, path: &Arg, because: &'static str) -> Finding {
    let effect = match effect {
        Effect::Delete => handling.effect.unwrap_or(effect),
        effect => effect,
    };
    let instead = (!handling.instead.is_empty()).then_some(Cow::Borrowed(handling.instead));
    Finding { instead, ..destructive(handling.rule.to_owned(), effect, path.span, path.shown("…"), because) }
}

fn whole(rule: &'static str, effect: Effect, path: &Arg, because: &'static str) -> Finding {
    destructive(rule, effect, path.span, path.shown("…"), because)
}

/// A change of one of guard's own places.
fn own(rule: &'static str, path: &Arg) -> Finding {
    whole(rule, Effect::Persist, path, "changes guard's own files: what it asks about, refuses or records")
}

fn is_process(path: &Arg) -> bool {
    path.holes().any(|hole| matches!(hole.source, Source::Process(_)))
}

fn moved_there(path: &Arg, world: &World<'_>) -> bool {
    world.earlier.left_at(path, world.folder) == Some(Left::Moved)
}

/// The paths that stand behind a word that is nothing but what steps before it print.
fn printed_paths(path: &Arg, world: &World<'_>) -> Option<Vec<Arg>> {
    let [crate::follow::step::Piece::Hole(hole)] = path.pieces.as_slice() else { return None };
    let Source::Output(steps) = &hole.source else { return None };
    let mut paths = Vec::new();
    for step in steps {
        paths.extend(world.earlier.printed(*step)?.found.as_ref()?.iter().cloned());
    }
    (!paths.is_empty()).then_some(paths)
}

impl World<'_> {
    /// Whether a path names something secret, or a copy of it that this text made.
    pub fn is_secret_path(&self, path: &Arg) -> bool {
        is_secret(path) || self.earlier.left_at(path, self.folder) == Some(Left::Secret)
    }

    /// Where a path points.
    pub fn locate(&self, path: &Arg) -> Location {
        place::locate(path, self.folder, self.bearings)
    }

    /// The names of the places that a path in this role lies in, for conditions.
    pub fn place_names(&self, role: Role, path: &Arg) -> Vec<PlaceName> {
        let mut names = Vec::new();
        if matches!(role, Role::Reads | Role::Sends | Role::Stages | Role::Path | Role::Appends) && is_secret(path) {
            names.push(PlaceName::Secret);
        }
        if place::is_remote(path) || matches!(role, Role::Reads | Role::Sends | Role::Stages | Role::Path) {
            return names;
        }
        let Location { place, regenerable } = self.locate(path);
        names.extend(match place {
            Place::Root => Some(PlaceName::Root),
            Place::Home => Some(PlaceName::Home),
            Place::System => Some(PlaceName::System),
            Place::Persist | Place::Guard => Some(PlaceName::Persist),
            Place::Device => Some(PlaceName::Device),
            Place::Temporary => Some(PlaceName::Temporary),
            _ => None,
        });
        if regenerable {
            names.push(PlaceName::Regenerable);
        }
        names
    }
}
