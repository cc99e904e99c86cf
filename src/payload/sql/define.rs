//! Statements that create, change and drop what holds rows, and who may use it.

use super::judge::Rest;
use super::statement::Statement;
use super::{Dialect, Session, reasons};

/// Words between `CREATE`, `ALTER` or `DROP` and the kind of object.
const MODIFIERS: &[&str] = &[
    "OR",
    "REPLACE",
    "TEMP",
    "TEMPORARY",
    "UNLOGGED",
    "GLOBAL",
    "LOCAL",
    "TRANSIENT",
    "EXTERNAL",
    "HYBRID",
    "DYNAMIC",
    "ICEBERG",
    "SNAPSHOT",
    "MATERIALIZED",
    "RECURSIVE",
    "FOREIGN",
    "VIRTUAL",
    "UNIQUE",
    "CLUSTERED",
    "NONCLUSTERED",
    "FULLTEXT",
    "SPATIAL",
    "SECURE",
    "PERSISTENT",
    "EDITIONABLE",
    "NONEDITIONABLE",
    "PUBLIC",
    "VOLATILE",
    "CONSTRAINT",
    "TRUSTED",
    "SERVER",
    "DATABASE",
];

/// Objects whose bodies run only when they are called.
const ROUTINES: &[&str] = &["FUNCTION", "PROCEDURE", "PROC", "TRIGGER", "RULE", "PACKAGE", "MACRO", "AGGREGATE"];

/// Who may do something.
const ACCOUNTS: &[&str] = &["USER", "ROLE", "LOGIN", "GROUP"];

impl Session {
    pub(super) fn create(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        self.mutates();
        let kind = kind(statement, at);
        let is = |words: &[&str]| statement.is_any(kind, words);
        let has = |word: &str| (at + 1..kind).any(|index| statement.is(index, word));
        let replaces = has("REPLACE") && !has("TEMP") && !has("TEMPORARY");
        if replaces && is(&["TABLE", "SCHEMA", "DATABASE"]) {
            let name = name(statement, kind + 1);
            let end = statement.name_end(name).max(kind + 1);
            self.outcome.find(&reasons::REPLACE_TABLE, statement.locate(at, end), statement.shown(name, end));
        }
        if is(ACCOUNTS) && !statement.is(kind + 1, "MAPPING") {
            let end = statement.name_end(kind + 1).max(kind + 1);
            self.outcome.find(&reasons::ACCOUNT, statement.locate(at, end), self.subject(statement, kind + 1));
            return Rest::Settled;
        }
        if is(ROUTINES) || (is(&["EVENT"]) && statement.is(kind + 1, "TRIGGER")) {
            self.define_routine(statement, kind);
            return Rest::Settled;
        }
        if is(&["EVENT", "TASK"]) {
            return self.job(statement, kind);
        }
        if is(&["VIEW"]) {
            return Rest::Settled;
        }
        // The columns of a table and of an index look like the arguments of a call.
        let body = statement.level(kind + 1).find(|&index| statement.is_any(index, &["AS", "SELECT", "WITH"]));
        body.map_or(Rest::Settled, Rest::From)
    }

    /// A scheduled job carries the statement behind `DO` or `AS`.
    fn job(&mut self, statement: Statement<'_>, kind: usize) -> Rest {
        let body = statement.level(kind + 1).find(|&index| statement.is_any(index, &["DO", "AS"]));
        body.map_or(Rest::Settled, |index| Rest::At(index + 1))
    }

    /// Remembers what a function, procedure or trigger does, should it be called further on.
    fn define_routine(&mut self, statement: Statement<'_>, kind: usize) {
        if statement.is_any(kind, &["TRIGGER", "RULE", "EVENT"]) {
            return;
        }
        let name_at = name(statement, kind + 1);
        let name_end = statement.name_end(name_at);
        let body_at =
            (name_end..statement.len()).find(|&index| statement.is_any(index, &["AS", "IS", "BEGIN", "RETURN"]));
        let body = statement.part(body_at.map_or(name_end, |index| index + 1), statement.len());
        let does = self.aside(|session| match body.token(0) {
            Some(token) if token.is_string() => session.inner(&body.string(0)),
            _ => session.inner(&body.whole()),
        });
        if let Some(last) = name_end.checked_sub(1) {
            self.define(statement.name(last), does);
        }
    }

    pub(super) fn drop(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let kind = kind(statement, at);
        let name = name(statement, kind + 1);
        let end = statement.name_end(name).max(kind + 1);
        self.outcome.find(&reasons::DROP, statement.locate(at, end), statement.shown(kind, end));
        Rest::Settled
    }

    pub(super) fn alter(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        self.mutates();
        let kind = kind(statement, at);
        let account = statement.is_any(kind, ACCOUNTS) && !statement.is(kind + 1, "MAPPING");
        if account || statement.is(kind, "DEFAULT") {
            let end = statement.name_end(kind + 1).max(kind + 1);
            self.outcome.find(&reasons::ACCOUNT, statement.locate(at, end), self.subject(statement, kind + 1));
            return Rest::Settled;
        }
        if statement.is(kind, "SYSTEM") {
            let kills = statement.is_any(kind + 1, &["KILL", "DISCONNECT", "SUSPEND", "QUIESCE"]);
            let reason = if kills { &reasons::TERMINATE } else { &reasons::SETTING };
            self.outcome.find(reason, statement.locate(at, statement.len()), "");
            return Rest::Settled;
        }
        let name = name(statement, kind + 1);
        for index in name + 1..statement.len() {
            self.alteration(statement, index, name);
        }
        Rest::Settled
    }

    /// One word of what is altered.
    fn alteration(&mut self, statement: Statement<'_>, at: usize, name: usize) {
        let is_name = statement.is_sign(at - 1, b'.')
            || statement.is_any(at - 1, &["COLUMN", "TO", "ADD", "RENAME", "EXISTS", "CONSTRAINT"]);
        let reason = match statement.keyword(at).as_str() {
            _ if is_name => return,
            "DROP" | "CLEAR" | "DISCARD" | "TRUNCATE" => &reasons::ALTER_DROP,
            "DELETE" if statement.is_any(at - 1, &["ON", "AFTER", "BEFORE"]) => return,
            "DELETE" if self.dialect == Dialect::Clickhouse => &reasons::DELETE,
            "UPDATE" if self.dialect == Dialect::Clickhouse && !self.has_condition(statement, at + 1) => {
                &reasons::UPDATE_ALL
            }
            "DISABLE" if statement.is(at + 1, "ROW") => &reasons::GRANT,
            "OFFLINE" | "SINGLE_USER" | "RESTRICTED_USER" => &reasons::SHUTDOWN,
            _ => {
                if statement.is_hole(at) && at > name + 1 {
                    self.outcome.find(&reasons::OPAQUE, statement.locate(at, at + 1), "");
                }
                return;
            }
        };
        let subject = self.subject(statement, name);
        let end = statement.name_end(at + 1).max(at + 1);
        self.outcome.find(reason, statement.locate(at, end), subject);
    }

    /// `GRANT`, `REVOKE`, `DENY`.
    pub(super) fn grant(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        self.outcome.find(&reasons::GRANT, statement.locate(at, statement.len()), "");
        Rest::Settled
    }
}

/// Where the kind of object stands behind the verb at `at`.
fn kind(statement: Statement<'_>, at: usize) -> usize {
    let mut kind = at + 1;
    while statement.is_any(kind, MODIFIERS) {
        kind += 1;
    }
    // `DROP DATABASE x`: the last modifier was the kind itself.
    if kind > at + 1 && !statement.is_any(kind, ACCOUNTS) && statement.is_any(kind - 1, &["DATABASE", "SERVER"]) {
        kind -= 1;
    }
    kind
}

/// Where the name stands behind `IF [NOT] EXISTS` and the like.
fn name(statement: Statement<'_>, from: usize) -> usize {
    let between = ["IF", "NOT", "EXISTS", "CONCURRENTLY", "ONLY", "TABLE", "VIEW", "POLICY", "QUERY"];
    (from..from + 6).find(|&index| !statement.is_any(index, &between)).unwrap_or(from)
}
