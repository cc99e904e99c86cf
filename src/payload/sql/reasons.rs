//! What is said about destructive SQL.

use crate::effect::Effect;
use crate::payload::reason::Reason;

pub const DROP: Reason = Reason::new("sql.drop", Effect::Drop, "drops it with all that it holds")
    .instead("rename it, or dump it first and let a human drop it");
pub const ALTER_DROP: Reason = Reason::new("sql.alter-drop", Effect::Drop, "drops a part of it with what that holds")
    .instead("copy what is dropped first, or leave it unused");
pub const TRUNCATE: Reason = Reason::new("sql.truncate", Effect::Drop, "removes every row")
    .instead("delete the rows that should go, in a transaction");
pub const DELETE: Reason =
    Reason::new("sql.delete", Effect::Drop, "deletes rows").instead("count them with the same WHERE first");
pub const DELETE_ALL: Reason =
    Reason::new("sql.delete-all", Effect::Drop, "deletes every row").instead("name the rows that should go in a WHERE");
pub const UPDATE_ALL: Reason =
    Reason::new("sql.update-all", Effect::Drop, "changes every row, for lack of a real WHERE")
        .instead("name the rows that should change in a WHERE");
pub const REPLACE_TABLE: Reason = Reason::new("sql.replace-table", Effect::Drop, "replaces a table with all its rows")
    .instead("create it under another name");
pub const OVERWRITE: Reason = Reason::new("sql.overwrite", Effect::Drop, "replaces every row");
pub const RESTORE: Reason = Reason::new("sql.restore", Effect::Drop, "replaces a database with all its rows")
    .instead("restore it under another name");
pub const LOG: Reason = Reason::new("sql.purge-log", Effect::Drop, "removes logs that replicas and recovery need");
pub const FUNCTION: Reason =
    Reason::new("sql.deleting-call", Effect::Drop, "calls something whose name says that it deletes");
pub const GRANT: Reason = Reason::new("sql.grant", Effect::Persist, "changes who may do what");
pub const ACCOUNT: Reason = Reason::new("sql.account", Effect::Persist, "creates or changes an account");
pub const SETTING: Reason =
    Reason::new("sql.server-setting", Effect::Persist, "changes the server's own configuration");
pub const TERMINATE: Reason = Reason::new("sql.terminate", Effect::Disrupt, "ends other people's connections");
pub const SHUTDOWN: Reason = Reason::new("sql.shutdown", Effect::Disrupt, "takes a server or a service of it down");
pub const OPAQUE: Reason =
    Reason::new("sql.opaque", Effect::Opaque, "runs SQL that cannot be read first").instead("write the statement out");
pub const UNREADABLE: Reason =
    Reason::new("sql.unreadable", Effect::Opaque, "holds a string or comment that does not end");
pub const TOO_DEEP: Reason = Reason::new("sql.limit", Effect::Opaque, "is too long or nested too deeply to be read");
