//! Statements about the server, the session and everything else that is no matter of rows and tables.

use super::judge::Rest;
use super::lexer::Kind;
use super::statement::Statement;
use super::{Dialect, Session, reasons};
use crate::payload::PathRole;
use crate::payload::reason::Reason;

impl Session {
    /// A statement whose verb stands alone.
    pub(super) fn other(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let next = |words: &[&str]| statement.is_any(at + 1, words);
        match statement.keyword(at).as_str() {
            "SHOW" | "LIST" | "LS" | "HELP" | "USE" | "LISTEN" | "UNLISTEN" | "DISCARD" | "DEALLOCATE" | "UNLOCK"
            | "CHECK" | "CHECKSUM" | "EXISTS" | "REVERT" | "DISCONNECT" | "CONNECT" | "CONSISTENCY" | "TRACING"
            | "PAGING" | "EXPAND" | "SERIAL" | "LOGIN" | "PRECISION" | "FORMAT" | "HISTORY" | "SETTINGS" | "AUTH"
            | "WAITFOR" | "THROW" | "GOTO" | "LEAVE" | "ITERATE" | "SIGNAL" | "EXIT" | "QUIT" | "CONTINUE"
            | "BREAK" | "MOVE" | "CLEAR" | "CLS" | "WATCH" | "DELIMITER" | "INTO" => Rest::Settled,
            "DETACH" if matches!(self.dialect, Dialect::Sqlite | Dialect::Duckdb) => Rest::Settled,
            "RESET" => self.reset(statement, at),
            "PRAGMA" => self.pragma(statement, at),
            "DBCC" => self.database_console(statement, at),
            "SYSTEM" => self.system(statement, at),
            "KILL" => self.found(statement, at, &reasons::TERMINATE),
            "TERMINATE" => self.found(statement, at, &reasons::TERMINATE),
            "SHUTDOWN" | "RESTART" => self.found(statement, at, &reasons::SHUTDOWN),
            "STOP" => self.found(statement, at, &reasons::SHUTDOWN),
            "PURGE" => {
                self.found(statement, at, if next(&["BINARY", "MASTER"]) { &reasons::LOG } else { &reasons::DROP })
            }
            "RESTORE" => self.restore(statement, at),
            "REMOVE" | "RM" => self.found(statement, at, &reasons::DROP),
            "PUT" => self.transfer(statement, at, PathRole::Sends),
            "GET" => self.transfer(statement, at, PathRole::Writes),
            "VACUUM" => self.vacuum(statement, at),
            "CAPTURE" if statement.is_string(at + 1) => {
                self.writes(statement.string(at + 1));
                Rest::Settled
            }
            "SOURCE" if statement.is_string(at + 1) => {
                self.include(statement.string(at + 1));
                Rest::Settled
            }
            // A label, an expression, a statement that this reader does not know.
            _ => {
                let is_label =
                    statement.is_sign(at, b'<') || (statement.is_sign(at + 1, b':') && at + 2 < statement.len());
                if is_label {
                    let body = (at + 1..at + 6).find(|&index| {
                        let before = |sign| statement.is_sign(index - 1, sign);
                        (before(b'>') || before(b':'))
                            && matches!(statement.token(index).map(|token| token.kind), Some(Kind::Word))
                    });
                    return body.map_or(Rest::Runs, Rest::At);
                }
                self.mutates();
                Rest::Runs
            }
        }
    }

    /// Adds a finding that covers the statement.
    fn found(&mut self, statement: Statement<'_>, at: usize, reason: &Reason) -> Rest {
        let end = (at + 5).min(statement.len());
        self.outcome.find(reason, statement.locate(at, end), statement.shown(at + 1, end));
        Rest::Settled
    }

    /// `SET`: the session's settings die with it; the server's, accounts' and passwords do not.
    pub(super) fn set(&mut self, statement: Statement<'_>, at: usize) {
        if statement.is(at + 1, "PASSWORD") {
            self.outcome.find(&reasons::ACCOUNT, statement.locate(at, at + 2), "");
        } else if statement.is_any(at + 1, &["PERSIST", "PERSIST_ONLY"]) {
            self.outcome.find(&reasons::SETTING, statement.locate(at, at + 3), "");
        } else if statement.is(at + 1, "GLOBAL") || statement.word(at + 1).to_ascii_lowercase().starts_with("@@global")
        {
            self.mutates();
        }
    }

    /// `RESET` of a setting of the session, or of MySQL's logs.
    fn reset(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        if statement.is_any(at + 1, &["MASTER", "BINARY", "SLAVE", "REPLICA"]) {
            return self.found(statement, at, &reasons::LOG);
        }
        if statement.is_any(at + 1, &["PERSIST", "QUERY"]) {
            self.mutates();
        }
        Rest::Settled
    }

    /// SQLite's `PRAGMA`: a value that is set may outlive the session.
    fn pragma(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        const OF_SESSION: &[&str] = &[
            "foreign_keys",
            "cache_size",
            "synchronous",
            "temp_store",
            "busy_timeout",
            "query_only",
            "case_sensitive_like",
            "mmap_size",
            "threads",
            "memory_limit",
            "recursive_triggers",
            "cell_size_check",
            "cache_spill",
            "trusted_schema",
            "enable_progress_bar",
            "disable_progress_bar",
            "enable_profiling",
            "explain_output",
            "default_order",
            "full_column_names",
            "short_column_names",
            "count_changes",
            "locking_mode",
            "defer_foreign_keys",
            "show",
            "read_uncommitted",
            "reverse_unordered_selects",
            "writable_schema",
        ];
        const CHANGING: &[&str] =
            &["optimize", "incremental_vacuum", "wal_checkpoint", "shrink_memory", "force_checkpoint"];
        let name_at = statement.name_end(at + 1).saturating_sub(1).max(at + 1);
        let is = |names: &[&str]| statement.is_any(name_at, names);
        let sets = statement.is_sign(name_at + 1, b'=');
        if is(CHANGING)
            || (sets && (!is(OF_SESSION) || is(&["writable_schema"])))
            || is_persistent_call(statement, name_at)
        {
            self.mutates();
        }
        Rest::Settled
    }

    /// `DBCC`: checks read, the rest changes.
    fn database_console(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let word = statement.word(at + 1).to_ascii_lowercase();
        const READING: &[&str] =
            &["check", "show", "opentran", "sqlperf", "inputbuffer", "outputbuffer", "loginfo", "useroptions", "help"];
        if !READING.iter().any(|start| word.starts_with(start)) {
            self.mutates();
        }
        Rest::Settled
    }

    /// ClickHouse's `SYSTEM`.
    fn system(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let drops_replica = statement.is(at + 1, "DROP") && statement.is_any(at + 2, &["REPLICA", "DATABASE"]);
        if statement.is_any(at + 1, &["SHUTDOWN", "KILL"]) {
            return self.found(statement, at, &reasons::SHUTDOWN);
        }
        if drops_replica {
            return self.found(statement, at, &reasons::DROP);
        }
        self.mutates();
        Rest::Settled
    }

    /// SQL Server's `RESTORE`, which may replace a database.
    fn restore(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        if statement.is_any(at + 1, &["HEADERONLY", "FILELISTONLY", "LABELONLY", "VERIFYONLY"]) {
            return Rest::Settled;
        }
        if (at + 1..statement.len()).any(|index| statement.is(index, "REPLACE")) {
            return self.found(statement, at, &reasons::RESTORE);
        }
        self.mutates();
        Rest::Settled
    }

    /// Snowflake's `PUT` and `GET` between a local file and a stage.
    fn transfer(&mut self, statement: Statement<'_>, at: usize, role: PathRole) -> Rest {
        self.mutates();
        let whole = statement.shown(at + 1, statement.len());
        if let Some(start) = whole.find("file://") {
            let rest = whole.get(start + "file://".len()..).unwrap_or("");
            let length = rest.find(|c: char| c.is_whitespace() || c == '\'' || c == ';').unwrap_or(rest.len());
            let from = statement.bytes(at + 1, statement.len()).start as usize + start + "file://".len();
            self.path(role, statement.text.slice(from, from + length));
        }
        Rest::Settled
    }

    /// `VACUUM`, and SQLite's `VACUUM INTO` a file.
    fn vacuum(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        self.mutates();
        if let Some(path) =
            (at + 1..at + 4).find(|&index| statement.is(index, "INTO") && statement.is_string(index + 1))
        {
            self.writes(statement.string(path + 1));
        }
        Rest::Settled
    }
}

/// `PRAGMA journal_mode(WAL)` and its kin set a value; `PRAGMA table_info(t)` asks for one.
fn is_persistent_call(statement: Statement<'_>, name_at: usize) -> bool {
    const SETTERS: &[&str] =
        &["journal_mode", "user_version", "application_id", "auto_vacuum", "page_size", "encoding", "schema_version"];
    statement.is_sign(name_at + 1, b'(') && statement.is_any(name_at, SETTERS)
}
