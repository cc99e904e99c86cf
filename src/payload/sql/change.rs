//! Statements that work on rows: what they delete, change, write and carry.

use super::condition::{Truth, truth};
use super::judge::Rest;
use super::statement::Statement;
use super::{Dialect, Session, reasons};
use crate::effect::Class;
use crate::follow::step::Arg;
use crate::payload::{Carried, PathRole, PathUse, argument};
use crate::text::Text;

/// Verbs that begin the next statement where none needs a semicolon.
const VERBS: &[&str] = &[
    "UPDATE", "DELETE", "INSERT", "EXEC", "EXECUTE", "DROP", "TRUNCATE", "ALTER", "CREATE", "COMMIT", "APPLY", "PRINT",
    "MERGE", "DECLARE",
];

impl Session {
    /// `SELECT`; in SQL Server it may also set variables.
    pub(super) fn select(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        if statement.raw(at + 1).starts_with('@') {
            return self.assign(statement, at);
        }
        if !self.is_inner() {
            self.prints(statement, at);
        }
        Rest::Runs
    }

    /// The target of `SELECT … INTO`: a table, a file or a variable.
    pub(super) fn select_into(&mut self, statement: Statement<'_>, at: usize) {
        if statement.is_any(at + 1, &["OUTFILE", "DUMPFILE"]) && statement.is_string(at + 2) {
            self.writes(statement.string(at + 2));
        } else if !(self.is_inner() || statement.raw(at + 1).starts_with('@') || statement.is_sign(at + 1, b':')) {
            self.mutates();
        }
    }

    pub(super) fn insert(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        self.mutates();
        let target = if statement.is_any(at + 1, &["INTO", "OR"]) { at + 2 } else { at + 1 };
        if statement.is(at + 1, "OVERWRITE") || statement.is(target, "OVERWRITE") {
            let name = target + 1 + usize::from(statement.is_any(target + 1, &["INTO", "TABLE"]));
            self.outcome.find(&reasons::OVERWRITE, statement.locate(at, target + 1), self.subject(statement, name));
        }
        // What stands between the table's name and its columns is no call.
        let name = (target..target + 3)
            .find(|&index| statement.is_any(index, &["INTO", "TABLE"]))
            .map_or(target, |index| index + 1);
        Rest::From(statement.name_end(name))
    }

    pub(super) fn update(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        self.mutates();
        if statement.is(at + 1, "STATISTICS") {
            return Rest::Settled;
        }
        let Some(set) = statement.level(at + 1).find(|&index| statement.is(index, "SET")) else { return Rest::Runs };
        if !self.has_condition(statement, set + 1) {
            let subject = self.subject(statement, at + 1);
            self.outcome.find(&reasons::UPDATE_ALL, statement.locate(at, set), subject);
        }
        Rest::Runs
    }

    pub(super) fn delete(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let name = at + 1 + usize::from(statement.is(at + 1, "FROM"));
        let end = statement.name_end(name).max(at + 1);
        let reason = if self.has_condition(statement, at + 1) { &reasons::DELETE } else { &reasons::DELETE_ALL };
        self.outcome.find(reason, statement.locate(at, end), statement.shown(name, end));
        Rest::Runs
    }

    /// Whether a `WHERE` that narrows something down stands at this level of the statement.
    pub(super) fn has_condition(&self, statement: Statement<'_>, from: usize) -> bool {
        let runs_on = self.dialect.runs_on();
        let is_next = |index: usize| runs_on && index > from && statement.is_any(index, VERBS);
        let mut rest = statement.level(from).take_while(|&index| !is_next(index));
        let Some(start) = rest.find(|&index| statement.is(index, "WHERE")) else { return false };
        let last = rest.take_while(|&index| !self.ends_condition(statement, index)).last();
        let end = match last {
            Some(open) if statement.is_sign(open, b'(') => statement.closing(open) + 1,
            Some(last) => last + 1,
            None => start + 1,
        };
        truth(statement.part(start + 1, end)) != Truth::Always
    }

    fn ends_condition(&self, statement: Statement<'_>, index: usize) -> bool {
        match self.dialect {
            _ if statement.is_any(index, &["RETURNING", "ORDER", "LIMIT", "GROUP"]) => true,
            Dialect::SqlServer => statement.is(index, "OPTION") && statement.is_sign(index + 1, b'('),
            Dialect::Cql => statement.is(index, "IF"),
            Dialect::Clickhouse => statement.is(index, "SETTINGS"),
            _ => false,
        }
    }

    /// `MERGE … WHEN MATCHED THEN DELETE`: the branch begins a statement of its own.
    pub(super) fn merge(&mut self) -> Rest {
        self.mutates();
        Rest::Runs
    }

    pub(super) fn truncate(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let name = (at + 1..at + 5)
            .find(|&index| !statement.is_any(index, &["TABLE", "ONLY", "IF", "EXISTS"]))
            .unwrap_or(at + 1);
        let end = statement.name_end(name).max(at + 1);
        self.outcome.find(&reasons::TRUNCATE, statement.locate(at, end), statement.shown(name, end));
        Rest::Runs
    }

    /// `COPY … TO` a file, a program or the client; `COPY … FROM`.
    pub(super) fn copy(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let Some(direction) = statement.level(at + 1).find(|&index| statement.is_any(index, &["TO", "FROM", "INTO"]))
        else {
            self.mutates();
            return Rest::Runs;
        };
        let target = direction + 1;
        let reads = statement.is(direction, "TO");
        if statement.is(target, "PROGRAM") && statement.is_string(target + 1) {
            self.shell(statement.string(target + 1));
        } else if reads && statement.is_string(target) {
            self.writes(statement.string(target));
        }
        if !reads || !(statement.is_any(target, &["STDOUT", "PSTDOUT", "PROGRAM"])) {
            self.mutates();
        }
        Rest::Runs
    }

    /// `LOAD DATA`, which replaces all rows in BigQuery's `OVERWRITE` form.
    pub(super) fn load(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        self.mutates();
        if statement.is(at + 1, "DATA") && statement.is(at + 2, "OVERWRITE") {
            let subject = self.subject(statement, at + 3);
            self.outcome.find(&reasons::OVERWRITE, statement.locate(at, at + 3), subject);
        }
        Rest::Runs
    }

    /// The qualified name at `at`, as it is written.
    pub(super) fn subject<'a>(&self, statement: Statement<'a>, at: usize) -> &'a str {
        let end = statement.name_end(at);
        if end > at { statement.shown(at, end) } else { "" }
    }

    /// A file is written.
    pub(super) fn writes(&mut self, path: Text) {
        self.mutates();
        self.path(PathRole::Writes, path);
    }

    /// A path is worked on.
    pub(super) fn path(&mut self, role: PathRole, path: Text) {
        self.outcome.paths.push(PathUse { role, path: argument(path), rule: "sql.file".into() });
    }

    /// A line runs in a shell.
    pub(super) fn shell(&mut self, line: Text) {
        self.outcome.carried.push(Carried::Shell { text: argument(line), arguments: Vec::<Arg>::new() });
    }

    /// Code in this dialect is read from a file.
    pub(super) fn include(&mut self, path: Text) {
        self.outcome.raise(Class::ReadOnly);
        self.outcome.carried.push(Carried::File { language: self.language(), path: argument(path) });
    }

    fn language(&self) -> crate::payload::Language {
        use crate::payload::Language;
        match self.dialect {
            Dialect::Postgres => Language::Postgres,
            Dialect::Mysql => Language::Mysql,
            Dialect::Sqlite => Language::Sqlite,
            Dialect::SqlServer => Language::Sqlserver,
            Dialect::Clickhouse => Language::Clickhouse,
            Dialect::Duckdb => Language::Duckdb,
            Dialect::Cql => Language::Cql,
            Dialect::Influx => Language::Influxql,
            Dialect::Generic => Language::Sql,
        }
    }
}
