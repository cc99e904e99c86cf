//! Judges a statement by the verbs that it starts with, at its head and inside it.

use super::lexer::Kind;
use super::statement::Statement;
use super::{Dialect, Session, reasons};

/// What of a statement is still to be looked at behind its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Statements and calls inside it run.
    Runs,
    /// Nothing more in it runs, or all of it has been looked at.
    Settled,
    /// The same, from here on.
    From(usize),
    /// It carries the statement that starts here.
    At(usize),
}

/// Where a keyword stands inside a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Where no statement can start: it is a name, an event, a privilege.
    Inside,
    /// Behind a word that opens a block or a branch.
    Block,
    /// Behind a parenthesis.
    Parenthesis,
    /// Behind a whole statement, in a dialect that needs no semicolons.
    RunOn,
}

/// Words behind which a statement can start.
const OPENERS: &[&str] = &[
    "BEGIN",
    "THEN",
    "ELSE",
    "LOOP",
    "DO",
    "ATOMIC",
    "TRY",
    "CATCH",
    "TRAN",
    "TRANSACTION",
    "QUERY",
    "BATCH",
    "REPEAT",
];

/// Words behind which `DELETE`, `UPDATE` and their kin name an event or a privilege, or are a name.
const EVENTS: &[&str] = &["ON", "AFTER", "BEFORE", "OF", "OR", "KEY", "GRANT", "REVOKE", "DENY", "AS", "FOR", "COLUMN"];

/// What can be created, altered and dropped.
const OBJECTS: &[&str] = &[
    "TABLE",
    "DATABASE",
    "SCHEMA",
    "INDEX",
    "VIEW",
    "SEQUENCE",
    "FUNCTION",
    "PROCEDURE",
    "PROC",
    "TRIGGER",
    "TYPE",
    "USER",
    "ROLE",
    "LOGIN",
    "EXTENSION",
    "MATERIALIZED",
    "FOREIGN",
    "SERVER",
    "POLICY",
    "RULE",
    "OWNED",
    "KEYSPACE",
    "TABLESPACE",
    "EVENT",
    "PUBLICATION",
    "SUBSCRIPTION",
    "AGGREGATE",
    "DOMAIN",
    "OPERATOR",
    "TEMPORARY",
    "TEMP",
    "SYNONYM",
    "PACKAGE",
    "UNIQUE",
    "OR",
    "ASSEMBLY",
    "CERTIFICATE",
    "CREDENTIAL",
    "STATISTICS",
];

/// Words behind which an unknown part can only be a value, a name or a condition.
const OPERATORS: &[&str] = &[
    "FROM",
    "JOIN",
    "INTO",
    "TABLE",
    "UPDATE",
    "SET",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "ILIKE",
    "BETWEEN",
    "IS",
    "SELECT",
    "DISTINCT",
    "ALL",
    "BY",
    "LIMIT",
    "OFFSET",
    "VALUES",
    "VALUE",
    "AS",
    "ON",
    "USING",
    "EXISTS",
    "HAVING",
    "THEN",
    "ELSE",
    "WHEN",
    "CASE",
    "RETURNING",
    "DATABASE",
    "SCHEMA",
    "INDEX",
    "VIEW",
    "COLUMN",
    "USE",
    "DESCRIBE",
    "DESC",
    "SHOW",
    "TO",
    "INTERVAL",
    "TOP",
    "FIRST",
    "NEXT",
    "ONLY",
    "USER",
    "ROLE",
    "CALL",
    "FUNCTION",
    "PROCEDURE",
    "SEQUENCE",
    "TRIGGER",
    "TYPE",
    "EXTENSION",
    "COLUMNS",
    "KEYSPACE",
    "KILL",
    "CONNECTION",
    "TABLES",
    "ADD",
    "RENAME",
    "WITH",
    "TRUNCATE",
    "CONCURRENTLY",
    "CONSTRAINT",
    "REFERENCES",
    "OWNER",
    "PASSWORD",
    "VACUUM",
    "ANALYZE",
    "REINDEX",
    "PRAGMA",
    "REGEXP",
    "RLIKE",
    "GLOB",
    "MATCH",
    "OVERWRITE",
    "PARTITION",
    "INTERVAL",
    "LIST",
];

impl Session {
    /// Judges a whole statement.
    pub(super) fn statement(&mut self, statement: Statement<'_>) {
        let start = (0..statement.len()).find(|&at| !statement.is_sign(at, b'(')).unwrap_or(0);
        let (mut at, mut is_head) = (start, true);
        while at < statement.len() {
            if !is_head && !self.begins(statement, at) {
                self.expression(statement, at);
                at += 1;
                continue;
            }
            (at, is_head) = match self.head(statement, at) {
                Rest::Runs => (at + 1, false),
                Rest::From(next) => (next.max(at + 1), false),
                Rest::At(inner) => (inner.max(at + 1), true),
                Rest::Settled => return,
            };
        }
    }

    /// Judges what stands at `at` inside a statement and starts none: a call, an unknown part, a target of `INTO`.
    fn expression(&mut self, statement: Statement<'_>, at: usize) {
        if statement.is_sign(at + 1, b'(') {
            self.function_call(statement, at);
        } else if statement.is(at, "INTO") {
            self.select_into(statement, at);
        } else if statement.is_hole(at) && !expects_value(statement, at) {
            self.outcome.find(&reasons::OPAQUE, statement.locate(at, at + 1), "");
        }
    }

    /// Whether a statement starts at `at` inside another one.
    fn begins(&self, statement: Statement<'_>, at: usize) -> bool {
        let keyword = statement.keyword(at);
        let next = |words: &[&str]| statement.is_any(at + 1, words);
        // What has to stand behind the verb where it could also be a name.
        let has_shape = match keyword.as_str() {
            "DELETE" => next(&["FROM", "TOP", "QUICK", "LOW_PRIORITY", "IGNORE"]),
            "UPDATE" => !next(&["SET"]) && (at + 2..at + 24).any(|index| statement.is(index, "SET")),
            "INSERT" => next(&["INTO", "OVERWRITE"]),
            "MERGE" | "REPLACE" => next(&["INTO"]),
            "TRUNCATE" => next(&["TABLE", "ONLY"]),
            "DROP" | "ALTER" | "CREATE" => next(OBJECTS),
            "EXEC" | "EXECUTE" | "GRANT" | "REVOKE" | "DENY" | "KILL" | "SHUTDOWN" | "CALL" | "COPY" | "BACKUP"
            | "RESTORE" | "SET" | "DECLARE" | "SELECT" => false,
            _ => return false,
        };
        match self.place(statement, at) {
            Place::Inside => false,
            Place::Parenthesis => has_shape,
            Place::Block => has_shape || !matches!(keyword.as_str(), "UPDATE" | "REPLACE" | "CREATE" | "ALTER"),
            Place::RunOn => {
                has_shape || !matches!(keyword.as_str(), "UPDATE" | "REPLACE" | "CREATE" | "ALTER" | "CALL")
            }
        }
    }

    fn place(&self, statement: Statement<'_>, at: usize) -> Place {
        let Some(before) = at.checked_sub(1) else { return Place::Block };
        let is_name = statement.is_sign(before, b'.') || statement.is_sign(at + 1, b'.');
        let is_last = statement.is_sign(at + 1, b',') || statement.is_sign(at + 1, b')') || at + 1 == statement.len();
        if is_name || statement.is_any(before, EVENTS) || (is_last && !statement.is(before, "THEN")) {
            return Place::Inside;
        }
        match statement.token(before).map(|token| token.kind) {
            Some(Kind::Word) if statement.is_any(before, OPENERS) => Place::Block,
            Some(Kind::Sign(b'(' | b')')) if !self.dialect.runs_on() => Place::Parenthesis,
            Some(Kind::Sign(b'(')) => Place::Parenthesis,
            Some(Kind::Sign(byte)) if byte != b')' => Place::Inside,
            _ if self.dialect.runs_on() => Place::RunOn,
            _ => Place::Inside,
        }
    }

    /// Judges the statement that starts at `at` by its verb.
    pub(super) fn head(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        if statement.has_hole(at) {
            self.outcome.find(&reasons::OPAQUE, statement.locate(at, at + 1), "");
            return Rest::Runs;
        }
        match statement.keyword(at).as_str() {
            "SELECT" => self.select(statement, at),
            "WITH" | "VALUES" | "TABLE" | "FROM" | "PIVOT" | "UNPIVOT" | "SUMMARIZE" | "PERFORM" | "RETURN" => {
                Rest::Runs
            }
            "EXPLAIN" | "DESCRIBE" | "DESC" => self.explain(statement, at),
            "INSERT" => self.insert(statement, at),
            "UPDATE" => self.update(statement, at),
            "DELETE" => self.delete(statement, at),
            "MERGE" => self.merge(),
            "COPY" => self.copy(statement, at),
            "LOAD" => self.load(statement, at),
            "TRUNCATE" => self.truncate(statement, at),
            "CREATE" => self.create(statement, at),
            "ALTER" => self.alter(statement, at),
            "DROP" => self.drop(statement, at),
            "DO" => self.block(statement, at),
            "EXEC" | "EXECUTE" => self.execute(statement, at),
            "CALL" => self.call_procedure(statement, at + 1),
            "PREPARE" => self.prepare(statement, at),
            "SET" | "DECLARE" | "LET" => self.assign(statement, at),
            "GRANT" | "REVOKE" | "DENY" => self.grant(statement, at),
            "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" | "ABORT" | "IF" | "ELSE"
            | "ELSEIF" | "ELSIF" | "WHILE" | "FOR" | "FOREACH" | "LOOP" | "REPEAT" | "UNTIL" | "CASE" | "WHEN"
            | "RAISE" | "PRINT" | "ASSERT" | "EXCEPTION" | "TRY" | "CATCH" | "APPLY" | "USING" | "OPEN" | "FETCH"
            | "CLOSE" | "NULL" => self.control(statement, at),
            _ if statement.is_sign(at + 1, b':') && statement.is_sign(at + 2, b'=') => {
                self.assign_variable(statement, at)
            }
            _ if statement.is_sign(at, b':') => self.client_variable(statement, at),
            _ => self.other(statement, at),
        }
    }

    /// Flow of control and transactions: what runs in them counts.
    fn control(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let starts_service = statement.is_any(at + 1, &["SLAVE", "REPLICA", "GROUP_REPLICATION", "DATABASE", "TASK"]);
        if statement.is(at, "START") && starts_service {
            self.mutates();
        }
        Rest::Runs
    }

    /// `EXPLAIN` runs nothing, but with `ANALYZE` it does.
    fn explain(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let mut inner = at + 1;
        let mut runs = false;
        loop {
            if statement.is_any(inner, &["ANALYZE", "ANALYSE"]) {
                runs = true;
                inner += 1;
            } else if statement.is_any(inner, &["VERBOSE", "EXTENDED", "QUERY", "PLAN", "PIPELINE", "AST", "SYNTAX"]) {
                inner += 1;
            } else if statement.is(inner, "FORMAT") {
                inner += 3;
            } else if statement.is_sign(inner, b'(') {
                let end = statement.closing(inner);
                let analyze = (inner..end).find(|&index| statement.is_any(index, &["ANALYZE", "ANALYSE"]));
                runs |= analyze.is_some_and(|index| {
                    !statement.is_any(index + 1, &["FALSE", "OFF"]) && statement.raw(index + 1) != "0"
                });
                if analyze.is_none() && statement.is_any(inner + 1, &["SELECT", "WITH"]) {
                    break;
                }
                inner = end + 1;
            } else {
                break;
            }
        }
        if runs { Rest::At(inner) } else { Rest::Settled }
    }

    /// A statement that begins with a variable of the client.
    fn client_variable(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let values = self.values(statement.name(at + 1));
        if values.is_empty() {
            self.outcome.find(&reasons::OPAQUE, statement.locate(at, at + 2), "");
        }
        for value in values {
            self.inner(&value);
        }
        Rest::Runs
    }

    /// The dialect is the one of a database that takes a batch of statements without semicolons.
    pub(super) fn is_sql_server(&self) -> bool {
        self.dialect == Dialect::SqlServer
    }
}

/// Whether an unknown part at `at` stands where only a value or a name can stand.
fn expects_value(statement: Statement<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    match statement.token(before).map(|token| token.kind) {
        Some(Kind::Sign(byte)) => !matches!(byte, b')' | b']'),
        Some(Kind::Word) => statement.is_any(before, OPERATORS),
        _ => false,
    }
}
