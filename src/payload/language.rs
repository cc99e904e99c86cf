//! The languages that payloads are written in, by the names that rule files use.

use serde::{Deserialize, Serialize};

/// A language that code can be carried in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// POSIX shell or bash.
    Shell,
    /// SQL for `psql`, with its backslash commands.
    Postgres,
    /// SQL for `mysql`, with its client commands.
    Mysql,
    /// SQL for `sqlite3`, with its dot commands.
    Sqlite,
    /// SQL for `sqlcmd` and its kin.
    Sqlserver,
    /// SQL for `clickhouse`.
    Clickhouse,
    /// SQL for `duckdb`, with its dot commands.
    Duckdb,
    /// CQL.
    Cql,
    /// SQL of any other kind: BigQuery, Snowflake, Athena, Spanner.
    Sql,
    /// Commands for a redis server, one a line.
    Redis,
    /// JavaScript for `mongosh` and `mongo`.
    Mongo,
    /// Cypher.
    Cypher,
    /// InfluxQL.
    Influxql,
    /// Flux.
    Flux,
    /// Lines of the memcached protocol.
    Memcached,
    /// A GraphQL document.
    Graphql,
    /// An HTTP request as it goes over the wire.
    Http,
    /// Python.
    Python,
    /// JavaScript and TypeScript for Node, Deno and Bun.
    Javascript,
    /// Perl.
    Perl,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
    /// Lua.
    Lua,
    /// AWK.
    Awk,
    /// sed.
    Sed,
    /// sed, editing the files that it reads.
    SedInPlace,
    /// jq.
    Jq,
    /// AppleScript.
    Applescript,
    /// PowerShell.
    Powershell,
    /// PowerShell in UTF-16 and base64, as `-EncodedCommand` takes it.
    PowershellEncoded,
    /// cmd.exe.
    Cmd,
    /// Tcl and expect.
    Tcl,
    /// R.
    R,
    /// Emacs Lisp.
    Elisp,
    /// ex and vim commands.
    Ex,
    /// ed commands.
    Ed,
    /// gdb commands.
    Gdb,
    /// Groovy.
    Groovy,
    /// Elixir and Erlang.
    Elixir,
    /// Julia.
    Julia,
    /// Makefiles: their recipes.
    Make,
}

impl Language {
    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Language::Shell => "shell",
            Language::Postgres => "SQL",
            Language::Mysql => "SQL",
            Language::Sqlite => "SQL",
            Language::Sqlserver => "SQL",
            Language::Clickhouse => "SQL",
            Language::Duckdb => "SQL",
            Language::Cql => "CQL",
            Language::Sql => "SQL",
            Language::Redis => "redis",
            Language::Mongo => "mongosh",
            Language::Cypher => "Cypher",
            Language::Influxql => "InfluxQL",
            Language::Flux => "Flux",
            Language::Memcached => "memcached",
            Language::Graphql => "GraphQL",
            Language::Http => "HTTP",
            Language::Python => "Python",
            Language::Javascript => "JavaScript",
            Language::Perl => "Perl",
            Language::Ruby => "Ruby",
            Language::Php => "PHP",
            Language::Lua => "Lua",
            Language::Awk => "AWK",
            Language::Sed | Language::SedInPlace => "sed",
            Language::Jq => "jq",
            Language::Applescript => "AppleScript",
            Language::Powershell | Language::PowershellEncoded => "PowerShell",
            Language::Cmd => "cmd",
            Language::Tcl => "Tcl",
            Language::Elisp => "Emacs Lisp",
            Language::Ex => "vim",
            Language::Ed => "ed",
            Language::Gdb => "gdb",
            Language::Groovy => "Groovy",
            Language::Elixir => "Elixir",
            Language::Julia => "Julia",
            Language::R => "R",
            Language::Make => "make",
        }
    }
}
