//! Calls of functions and procedures: which delete, change, end, write or carry something.

use super::judge::Rest;
use super::lexer::{Kind, Token};
use super::statement::Statement;
use super::{Session, reasons};
use crate::payload::{Carried, HOLE, Language, PathRole, argument, words};
use crate::text::Text;

/// Functions that compute, although their names begin or end with a deleting verb.
const PURE: &[&str] = &[
    "truncate",
    "json_remove",
    "array_remove",
    "arrayremove",
    "list_remove",
    "map_delete",
    "object_delete",
    "jsonb_delete",
    "jsonb_delete_path",
    "ts_delete",
    "delete",
    "json_delete",
    "array_delete",
    "bit_reset",
];

/// Words in front of which a parenthesis holds columns, types or values: what stands between is no call.
const NO_CALL: &[&str] = &[
    "INTO",
    "TABLE",
    "EXISTS",
    "ON",
    "REFERENCES",
    "INDEX",
    "VIEW",
    "AS",
    "UPDATE",
    "KEY",
    "CONSTRAINT",
    "USING",
    "TYPE",
];

/// Prefixes that say where a routine comes from, not what it does.
const PREFIXES: &[&str] = &["sp", "usp", "fn", "pg", "proc", "dbms", "f", "p", "xp", "udf", "rds", "mysql", "apoc"];

/// Functions that run SQL which they are given as text.
const RUNS_SQL: &[&str] = &[
    "dblink",
    "dblink_exec",
    "dblink_open",
    "dblink_send_query",
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "query_to_json",
    "openquery",
    "schedule",
    "schedule_in_database",
    "run_command_on_workers",
    "run_command_on_shards",
    "run_command_on_placements",
    "sp_executesql",
    "sp_msforeachtable",
    "sp_msforeachdb",
    "external_query",
];

/// Functions that run a line in a shell.
const RUNS_SHELL: &[&str] = &["sys_exec", "sys_eval", "edit", "system"];

/// Functions that change something although they stand in a `SELECT`.
const MUTATING: &[&str] = &[
    "nextval",
    "setval",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_switch_wal",
    "pg_cancel_backend",
    "pg_notify",
    "lo_create",
    "lo_creat",
    "lo_import",
    "lo_export",
    "lo_put",
    "lo_from_bytea",
    "lowrite",
    "dblink_exec",
    "dblink_send_query",
    "schedule",
    "schedule_in_database",
    "unschedule",
    "load_extension",
    "sys_exec",
    "sys_eval",
    "create_hypertable",
    "pg_create_restore_point",
    "pg_create_physical_replication_slot",
    "pg_create_logical_replication_slot",
    "pg_replication_slot_advance",
    "create_graph",
    "writefile",
    "edit",
];

/// First words of names of routines that change something.
const MUTATING_VERBS: &[&str] = &[
    "create", "add", "insert", "update", "alter", "refresh", "sync", "import", "load", "populate", "migrate", "run",
    "process", "archive", "rebuild", "upsert", "save", "write", "enqueue", "send", "register", "enable", "disable",
    "cleanup", "attach", "detach", "set",
];

/// Functions that compute, although their names begin with such a word.
const PURE_CHANGES: &[&str] = &[
    "add_months",
    "set_config",
    "set_bit",
    "set_byte",
    "load_file",
    "update_xml",
    "insert_tz",
    "add_hours",
    "add_days",
    "add_minutes",
    "add_seconds",
    "add_years",
    "add_weeks",
    "set_masklen",
    "set_mask_len",
];

impl Session {
    /// A call in an expression; `at` is the last part of the name, in front of the parenthesis.
    pub(super) fn function_call(&mut self, statement: Statement<'_>, at: usize) {
        let Some(Token { kind: Kind::Word | Kind::Quoted, .. }) = statement.token(at) else { return };
        let name = statement.name(at);
        let mut first = at;
        while first >= 2 && statement.is_sign(first - 1, b'.') {
            first -= 2;
        }
        let is_definition = first.checked_sub(1).is_some_and(|before| statement.is_any(before, NO_CALL));
        if name.is_empty() || is_definition {
            return;
        }
        let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
        self.call(name);
        let is_plain =
            name.len() < 3 || is(&["count", "sum", "now", "coalesce", "max", "min", "values", "in", "varchar"]);
        if is_plain {
            return;
        }
        let effects = Call { statement, first, at };
        self.call_effects(name, &effects);
        if is(&["lo_unlink"]) || (!is(PURE) && !is(&["pg_terminate_backend"]) && deletes(name)) {
            self.outcome.find(&reasons::FUNCTION, statement.locate(first, at + 1), statement.shown(first, at + 1));
        } else if is(MUTATING) || (!is(PURE_CHANGES) && changes(name)) {
            self.mutates();
        }
    }

    /// What functions do that are known by name.
    fn call_effects(&mut self, name: &str, call: &Call<'_>) {
        let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
        if is(&["pg_terminate_backend"]) {
            self.outcome.find(&reasons::TERMINATE, call.statement.locate(call.first, call.at + 1), "");
        } else if is(&["pg_promote"]) {
            self.outcome.find(&reasons::SHUTDOWN, call.statement.locate(call.first, call.at + 1), "");
        } else if is(&["writefile", "lo_export", "pg_file_write"]) {
            for path in call.strings().take(2) {
                self.path(PathRole::Writes, path);
            }
        } else if is(&["pg_file_unlink"]) {
            for path in call.strings().take(1) {
                self.path(PathRole::Deletes, path);
            }
        }
        if is(RUNS_SQL) {
            for code in call.strings().filter(is_statement) {
                self.inner(&code);
            }
        }
        if is(RUNS_SHELL) {
            for line in call.strings() {
                self.shell(line);
            }
        }
    }

    /// `CALL name(…)`, `EXEC name …`: a procedure by its name.
    pub(super) fn call_procedure(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let end = statement.name_end(at);
        let Some(last) = end.checked_sub(1).filter(|&last| last >= at) else {
            self.outcome.find(&reasons::OPAQUE, statement.locate(at, statement.len()), "");
            return Rest::Settled;
        };
        if statement.has_hole(last) {
            self.outcome.find(&reasons::OPAQUE, statement.locate(at, end), "");
            return Rest::Settled;
        }
        // `EXEC @status = procedure …`
        if statement.is_sign(end, b'=') {
            return self.call_procedure_named(statement, end + 1);
        }
        self.call_procedure_named(statement, at)
    }

    fn call_procedure_named(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let end = statement.name_end(at).max(at + 1);
        let name = statement.name(end - 1);
        let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
        if self.call(name) {
            return Rest::From(end);
        }
        let found = statement.locate(at, end);
        if is(&["xp_cmdshell"]) {
            self.command_shell(statement, end);
        } else if is(RUNS_SQL) {
            self.mutates();
            self.run_argument(statement, end);
        } else if is(REMOVING_PROCEDURES) || (!is(PURE) && deletes(name)) {
            self.outcome.find(&reasons::FUNCTION, found, statement.shown(at, end));
        } else if is(ACCOUNT_PROCEDURES) {
            self.outcome.find(&reasons::ACCOUNT, found, statement.shown(at, end));
        } else if name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("sp_oa")) {
            self.outcome.find(&reasons::OPAQUE, found, statement.shown(at, end));
        } else if !is_reading_procedure(name) {
            self.mutates();
        }
        Rest::From(end)
    }

    /// `EXEC xp_cmdshell '…'`: a line for the shell of Windows.
    fn command_shell(&mut self, statement: Statement<'_>, from: usize) {
        self.mutates();
        let arguments = statement.part(from, statement.len());
        let line = self.evaluate(arguments.part(0, arguments.items().first().map_or(arguments.len(), |item| item.1)));
        self.outcome.carried.push(Carried::Code { language: Language::Cmd, text: argument(line) });
    }

    /// The first argument of a procedure is SQL.
    fn run_argument(&mut self, statement: Statement<'_>, from: usize) {
        let arguments = statement.part(from, statement.len());
        let (start, end) = arguments.items().first().copied().unwrap_or((0, 0));
        let start = if arguments.is_sign(start + 1, b'=') { start + 2 } else { start };
        self.run_expression(arguments.part(start, end));
    }
}

/// System procedures of SQL Server that remove something.
const REMOVING_PROCEDURES: &[&str] = &[
    "sp_dropuser",
    "sp_droplogin",
    "sp_droprole",
    "sp_dropserver",
    "sp_droprolemember",
    "sp_dropsrvrolemember",
    "sp_dropextendedproperty",
    "sp_dropdevice",
    "sp_detach_db",
    "sp_revokelogin",
    "sp_revokedbaccess",
    "sp_cycle_errorlog",
    "sp_unbindrule",
    "xp_regdeletekey",
    "xp_regdeletevalue",
    "xp_delete_file",
];

/// System procedures of SQL Server that change who may do what, or how the server runs.
const ACCOUNT_PROCEDURES: &[&str] = &[
    "sp_addlogin",
    "sp_adduser",
    "sp_addrolemember",
    "sp_addsrvrolemember",
    "sp_grantlogin",
    "sp_grantdbaccess",
    "sp_password",
    "sp_configure",
    "sp_addlinkedserver",
    "sp_addlinkedsrvlogin",
    "sp_changeobjectowner",
    "xp_regwrite",
    "sp_add_job",
    "sp_add_jobstep",
    "sp_procoption",
];

/// Procedures that only report.
fn is_reading_procedure(name: &str) -> bool {
    const PREFIXES: &[&str] =
        &["sp_help", "sp_who", "sp_columns", "sp_tables", "sp_lock", "sp_spaceused", "sp_databases"];
    const NAMES: &[&str] = &[
        "sp_pkeys",
        "sp_fkeys",
        "sp_statistics",
        "sp_stored_procedures",
        "sp_depends",
        "sp_monitor",
        "sp_server_info",
        "sp_readerrorlog",
        "xp_readerrorlog",
        "xp_dirtree",
        "xp_fixeddrives",
        "xp_msver",
        "xp_fileexist",
        "sp_linkedservers",
        "sp_describe_first_result_set",
        "sp_blitz",
        "sp_whoisactive",
        "sp_get_query_template",
    ];
    let name = name.to_ascii_lowercase();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&name.as_str())
}

/// A call: its name from `first` to `at`, its arguments behind that.
struct Call<'a> {
    statement: Statement<'a>,
    first: usize,
    at: usize,
}

impl<'a> Call<'a> {
    /// The strings among its arguments.
    fn strings(&self) -> impl Iterator<Item = Text> + use<'a> {
        let statement = self.statement;
        let end = statement.closing(self.at + 1);
        (self.at + 2..end).filter(move |&index| statement.is_string(index)).map(move |index| statement.string(index))
    }
}

/// Whether an argument is a statement and not a name, a connection or a time.
fn is_statement(text: &Text) -> bool {
    const VERBS: &[&str] = &[
        "SELECT", "INSERT", "UPDATE", "DELETE", "DROP", "TRUNCATE", "ALTER", "CREATE", "WITH", "CALL", "MERGE",
        "GRANT", "REVOKE", "VACUUM", "DO", "EXEC", "EXECUTE", "COPY", "SET", "BEGIN", "REINDEX", "REFRESH",
    ];
    let text = text.as_str().trim_start();
    let verb = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
    text.starts_with(HOLE)
        || text.starts_with(['/', '-', '('])
        || VERBS.iter().any(|known| verb.eq_ignore_ascii_case(known))
}

/// Whether a routine's name says that it deletes.
fn deletes(name: &str) -> bool {
    // Most names hold no verb: a quick look saves cutting them into words.
    if !words::DELETING.iter().any(|verb| holds(name, verb)) {
        return false;
    }
    let origin =
        words::words(name).next().filter(|word| PREFIXES.iter().any(|prefix| word.eq_ignore_ascii_case(prefix)));
    let rest = origin.map_or(name, |word| name.trim_start_matches('_').get(word.len()..).unwrap_or(name));
    words::leading_or_trailing_verb(rest).is_some()
}

/// Whether a routine's name says that it changes something.
fn changes(name: &str) -> bool {
    let mut words = words::words(name);
    let verb = words.next().unwrap_or("");
    words.next().is_some() && MUTATING_VERBS.iter().any(|known| verb.eq_ignore_ascii_case(known))
}

fn holds(name: &str, part: &str) -> bool {
    name.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}
