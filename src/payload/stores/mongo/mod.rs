//! Reads JavaScript for `mongosh` and `mongo`: which methods of databases, collections and replica sets it calls.
//!
//! Takes a script, gives an [`Outcome`]. A call goes by its name, however it is written (`db.x.drop()`,
//! `db["x"]["dr" + "op"]()`); names in strings, keys and comments are data. Scripts that reach for Node are carried on
//! to the reader of JavaScript.

mod lexer;
#[rustfmt::skip]
mod names;

use super::super::{Carried, HOLE, Language, Outcome, argument, words};
use crate::effect::{Class, Effect};
use crate::payload::reason::Reason;
use crate::text::Text;
use lexer::{Kind, Tokens};
use names::{ACCESSING, DELETING, DISRUPTING, KEYWORDS, NODE, READING, READING_COMMANDS};

const DELETE: Reason =
    Reason::new("mongo.delete", Effect::Drop, "deletes documents, collections, indexes or databases")
        .instead("count them with the same filter first");
const UPDATE_ALL: Reason =
    Reason::new("mongo.update-all", Effect::Drop, "changes every document, for its filter is empty")
        .instead("name a filter");
const REPLACE: Reason = Reason::new("mongo.replace", Effect::Drop, "replaces a collection with all its documents");
const ACCESS: Reason = Reason::new("mongo.access", Effect::Persist, "changes who may do what");
const DISRUPT: Reason = Reason::new("mongo.disrupt", Effect::Disrupt, "takes a server down or locks it");
const OPAQUE: Reason = Reason::new("mongo.opaque", Effect::Opaque, "calls something that cannot be read first");

/// Functions that a script defines and that are remembered.
const MOST_NAMES: usize = 256;
/// Texts in texts that are followed.
const DEEPEST: usize = 4;

/// Reads a script.
pub fn read(text: &Text) -> Outcome {
    let mut outcome = Outcome::read_only();
    script(text, &mut outcome, 0);
    outcome
}

fn script(text: &Text, outcome: &mut Outcome, depth: usize) {
    let reader = Reader { tokens: Tokens::new(text), depth };
    let mut defined: Vec<String> = Vec::new();
    if reader.tokens.is_too_deep() {
        outcome.find(&OPAQUE, text.source(), "");
        return;
    }
    if reader.reaches_for_node() {
        outcome.carried.push(Carried::Code { language: Language::Javascript, text: argument(text.clone()) });
    }
    for at in 0..reader.tokens.len() {
        let before = at.wrapping_sub(1);
        let is_assigned = reader.tokens.is(at + 1, b'=') && !reader.tokens.is(at + 2, b'=');
        let is_defined = is_assigned || reader.tokens.raw(before) == "function";
        if is_defined && defined.len() < MOST_NAMES {
            defined.push(reader.tokens.name(at));
        }
        reader.unknown_start(at, outcome);
        if reader.tokens.is(at, b'(') {
            reader.call(at, &defined, outcome);
        }
    }
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    depth: usize,
}

/// What is called: the token where its name stands, and the name.
struct Called {
    at: usize,
    name: String,
    is_method: bool,
}

impl Reader<'_> {
    fn reaches_for_node(&self) -> bool {
        let tokens = &self.tokens;
        (0..tokens.len()).any(|at| {
            let follows = tokens.is(at + 1, b'(') || tokens.is(at + 1, b'.');
            follows && !tokens.is(at.wrapping_sub(1), b'.') && NODE.contains(&tokens.raw(at))
        })
    }

    /// A statement that begins with something unknown.
    fn unknown_start(&self, at: usize, outcome: &mut Outcome) {
        let tokens = &self.tokens;
        let is_hole = tokens.get(at).is_some_and(|token| token.kind == Kind::Name) && tokens.raw(at).contains(HOLE);
        let starts = at == 0 || tokens.is(at - 1, b';') || tokens.is(at - 1, b'}') || tokens.is(at - 1, b'{');
        if is_hole && starts && !tokens.is(at + 1, b':') {
            outcome.find(&OPAQUE, tokens.locate(at, at + 1), "");
        }
    }

    /// Judges the call whose arguments open at `open`.
    fn call(&self, open: usize, defined: &[String], outcome: &mut Outcome) {
        let Some(called) = self.called(open) else { return };
        let name = called.name.as_str();
        let (start, end) = (open + 1, self.tokens.partner(open));
        let found = self.tokens.locate(called.at, open);
        if name.is_empty() || name.contains(HOLE) {
            outcome.find(&OPAQUE, found, "");
            return;
        }
        if called.is_method && self.is_explained(called.at) {
            return;
        }
        match name {
            "load" => outcome.carried.push(match self.tokens.constant(start, end) {
                Some(path) => Carried::File { language: Language::Mongo, path: argument(path) },
                None => return outcome.find(&OPAQUE, found, ""),
            }),
            "eval" | "Function" | "$eval" => self.evaluate(start, end, outcome, found),
            "call" | "apply" | "bind" if called.is_method => self.named(called.at.wrapping_sub(2), outcome),
            "aggregate" => {
                if self.has_key(start, end, &["$out", "$merge"]) {
                    outcome.raise(Class::Mutating);
                }
            }
            "updateMany" | "update" => self.update(name, start, end, outcome, found),
            "findAndModify" if self.has_key(start, end, &["remove"]) => outcome.find(&DELETE, found, name),
            "bulkWrite" if self.has_key(start, end, &["deleteOne", "deleteMany"]) => outcome.find(&DELETE, found, name),
            "renameCollection" if (start..end).any(|at| self.tokens.raw(at) == "true") => {
                outcome.find(&REPLACE, found, name)
            }
            "runCommand" | "adminCommand" | "_runCommand" => self.command(start, end, outcome),
            "replace" if called.is_method => {}
            _ if KEYWORDS.contains(&name) || (!called.is_method && defined.iter().any(|known| known == name)) => {}
            _ => self.by_name(name, outcome, found),
        }
    }

    /// What stands in front of the parenthesis at `open`: a name, or a constant in brackets; an empty name when that
    /// is not known. `None` for a parenthesis that is no call.
    fn called(&self, open: usize) -> Option<Called> {
        let at = open.checked_sub(1)?;
        let tokens = &self.tokens;
        match tokens.get(at)?.kind {
            Kind::Name => Some(Called { at, name: tokens.name(at), is_method: tokens.is(at.wrapping_sub(1), b'.') }),
            // `a?.(…)`
            Kind::Sign(b'.') => {
                Some(Called { at: at.checked_sub(2)?, name: tokens.name(at.checked_sub(2)?), is_method: true })
            }
            Kind::Sign(b']') => {
                let start = tokens.partner(at);
                let is_access = start
                    .checked_sub(1)
                    .and_then(|before| tokens.get(before))
                    .is_some_and(|token| matches!(token.kind, Kind::Name | Kind::Sign(b')' | b']' | b'.')));
                let name = tokens.constant(start + 1, at).map(|name| name.as_str().to_owned()).unwrap_or_default();
                (start < at && is_access).then_some(Called { at: start, name, is_method: true })
            }
            _ => None,
        }
    }

    /// Whether the method at `at` is called on what `explain()` gave: then nothing runs.
    fn is_explained(&self, at: usize) -> bool {
        let Some(close) = at.checked_sub(2).filter(|_| self.tokens.is(at - 1, b'.') && self.tokens.is(at - 2, b')'))
        else {
            return false;
        };
        let open = self.tokens.partner(close);
        open.checked_sub(1).is_some_and(|before| self.tokens.raw(before) == "explain")
    }

    /// A method that is reached by its name and called by `call`, `apply` or `bind`.
    fn named(&self, at: usize, outcome: &mut Outcome) {
        let name = self.tokens.name(at);
        if !name.is_empty() {
            self.by_name(&name, outcome, self.tokens.locate(at, at + 1));
        }
    }

    /// A method or function that goes by its name alone.
    fn by_name(&self, name: &str, outcome: &mut Outcome, found: crate::span::Span) {
        if DISRUPTING.contains(&name) {
            outcome.find(&DISRUPT, found, name);
        } else if ACCESSING.contains(&name) {
            outcome.find(&ACCESS, found, name);
        } else if DELETING.contains(&name) || words::leading_verb(name).is_some() {
            outcome.find(&DELETE, found, name);
        } else if !READING.contains(&name) {
            outcome.raise(Class::Mutating);
        }
    }

    /// `updateMany({}, …)`, `update({}, …, {multi: true})`.
    fn update(&self, name: &str, start: usize, end: usize, outcome: &mut Outcome, found: crate::span::Span) {
        outcome.raise(Class::Mutating);
        let is_empty = self.tokens.is(start, b'{') && self.tokens.is(start + 1, b'}');
        let is_many = name == "updateMany"
            || self.has_key(start, end, &["multi"])
            || self.tokens.raw(end.wrapping_sub(1)) == "true";
        if is_empty && is_many {
            outcome.find(&UPDATE_ALL, found, name);
        }
    }

    /// `runCommand({drop: "x"})`, `runCommand("ping")`: the first key is the command.
    fn command(&self, start: usize, end: usize, outcome: &mut Outcome) {
        let at = if self.tokens.is(start, b'{') { start + 1 } else { start };
        let name = match self.tokens.get(at).map(|token| token.kind) {
            Some(Kind::String) => self.tokens.string(at).as_str().to_owned(),
            Some(Kind::Name) if at > start => self.tokens.name(at),
            _ => String::new(),
        };
        let found = self.tokens.locate(at, at + 1);
        match name.as_str() {
            "" => outcome.find(&OPAQUE, found, ""),
            name if name.contains(HOLE) => outcome.find(&OPAQUE, found, ""),
            "aggregate" if !self.has_key(start, end, &["$out", "$merge"]) => {}
            "findAndModify" if self.has_key(start, end, &["remove"]) => outcome.find(&DELETE, found, name.as_str()),
            name if READING_COMMANDS.contains(&name) => {}
            name => self.by_name(name, outcome, found),
        }
    }

    /// Whether one of these keys stands between `start` and `end`, with a value that is not `false`.
    fn has_key(&self, start: usize, end: usize, keys: &[&str]) -> bool {
        (start..end).any(|at| {
            let is_key = self.tokens.is(at + 1, b':') && self.tokens.raw(at + 2) != "false";
            is_key
                && match self.tokens.get(at).map(|token| token.kind) {
                    Some(Kind::Name) => keys.contains(&self.tokens.name(at).as_str()),
                    Some(Kind::String) => keys.contains(&self.tokens.string(at).as_str()),
                    _ => false,
                }
        })
    }

    fn evaluate(&self, start: usize, end: usize, outcome: &mut Outcome, found: crate::span::Span) {
        match self.tokens.constant(start, end).filter(|_| self.depth < DEEPEST) {
            Some(code) => script(&code, outcome, self.depth + 1),
            None => outcome.find(&OPAQUE, found, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_go_by_their_names() {
        let cases = [
            ("db.users.find({active: true}).limit(5)", Class::ReadOnly),
            ("db.audit.find({action: \"deleteMany\"})", Class::ReadOnly),
            ("show dbs", Class::ReadOnly),
            ("use shop\ndb.orders.countDocuments()", Class::ReadOnly),
            ("db.orders.aggregate([{$group: {_id: \"$status\", n: {$sum: 1}}}])", Class::ReadOnly),
            ("print(\"db.dropDatabase()\") // db.dropDatabase()", Class::ReadOnly),
            ("db.users.find({name: /drop(x)/}).forEach(u => printjson(u))", Class::ReadOnly),
            ("db.users.explain().remove({})", Class::ReadOnly),
            ("db.runCommand({ping: 1}); db.adminCommand(\"listDatabases\")", Class::ReadOnly),
            ("function f(x) { return x.length } print(f([1]))", Class::ReadOnly),
            ("db.x.find({a: \u{FFFC}})", Class::ReadOnly),
            ("db.users.insertOne({name: \"Ann\"})", Class::Mutating),
            ("db.users.updateOne({_id: 1}, {$set: {plan: \"pro\"}})", Class::Mutating),
            ("db.users.updateMany({a: 1}, {$set: {b: 2}})", Class::Mutating),
            ("db.createCollection(\"dropped_items\")", Class::Mutating),
            ("db.a.aggregate([{$out: 'b'}])", Class::Mutating),
            ("doSomething()", Class::Mutating),
            ("db.dropDatabase()", Class::Destructive),
            ("db.users.drop()", Class::Destructive),
            ("db[\"users\"][\"dr\" + \"op\"]()", Class::Destructive),
            ("db.users?.drop?.()", Class::Destructive),
            ("db.users.\\u0064rop()", Class::Destructive),
            ("db.users[m]()", Class::Destructive),
            ("db.users.drop.call(db.users)", Class::Destructive),
            ("db.getCollectionNames().forEach(c => db[c].drop())", Class::Destructive),
            ("`${db.users.drop()}`", Class::Destructive),
            ("db.orders.deleteOne({_id: 7})", Class::Destructive),
            ("db.sessions.remove({})", Class::Destructive),
            ("db.runCommand({dropDatabase: 1})", Class::Destructive),
            ("db.runCommand({\"delete\": \"x\", deletes: []})", Class::Destructive),
            ("db.runCommand(x)", Class::Destructive),
            ("db.users.updateMany({}, {$unset: {email: \"\"}})", Class::Destructive),
            ("db.users.update({}, {$set: {a: 1}}, {multi: true})", Class::Destructive),
            ("db.users.bulkWrite([{deleteMany: {filter: {}}}])", Class::Destructive),
            ("db.users.findAndModify({query: {}, remove: true})", Class::Destructive),
            ("db.createUser({user: 'x', pwd: 'y', roles: ['root']})", Class::Destructive),
            ("db.adminCommand({shutdown: 1})", Class::Destructive),
            ("rs.stepDown()", Class::Destructive),
            ("eval('db.users.' + 'drop()')", Class::Destructive),
            ("eval(x)", Class::Destructive),
            ("\u{FFFC}", Class::Destructive),
            ("db.x.\u{FFFC}()", Class::Destructive),
        ];
        for (code, class) in cases {
            let outcome = read(&Text::request(code));
            assert_eq!(outcome.class, class, "{code}\n{:?}", outcome.findings);
        }
        let outcome = read(&Text::request("require('fs').rmSync('x')"));
        assert!(matches!(outcome.carried.as_slice(), [Carried::Code { language: Language::Javascript, .. }]));
    }
}
