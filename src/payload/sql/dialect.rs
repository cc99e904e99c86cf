//! How the databases' SQL differs, as far as it decides what is code and what is text.

/// A database's SQL together with its usual client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL and `psql`.
    Postgres,
    /// MySQL, MariaDB and `mysql`.
    Mysql,
    /// SQLite and `sqlite3`.
    Sqlite,
    /// SQL Server and `sqlcmd`.
    SqlServer,
    /// ClickHouse.
    Clickhouse,
    /// DuckDB, whose client takes the commands of `sqlite3`.
    Duckdb,
    /// Cassandra and `cqlsh`.
    Cql,
    /// InfluxQL.
    Influx,
    /// Anything else: BigQuery, Snowflake, Athena, Spanner, Oracle.
    Generic,
}

/// What the lexer has to know of a dialect.
#[derive(Clone, Copy, Debug)]
pub struct Lexis {
    /// Block comments nest.
    pub nested_comments: bool,
    /// `# comment`.
    pub hash_comments: bool,
    /// `// comment`.
    pub slash_comments: bool,
    /// Where `--` begins a comment.
    pub dashes: Dashes,
    /// What stands in `/*! … */` runs.
    pub executed_comments: bool,
    /// A block comment that does not end reaches to the end of the text.
    pub open_comments: bool,
    /// A backslash in a string hides the character behind it.
    pub backslashes: bool,
    /// `E'…'` strings have backslashes.
    pub escape_strings: bool,
    /// `"…"` is a string.
    pub double_quoted_strings: bool,
    /// `` `…` `` is an identifier.
    pub backticks: bool,
    /// `[…]` is an identifier.
    pub brackets: bool,
    /// `$tag$ … $tag$`.
    pub dollar_quotes: bool,
}

/// Where `--` begins a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dashes {
    /// Everywhere.
    Comment,
    /// Only in front of white space.
    CommentBeforeBlank,
    /// Nowhere.
    Signs,
}

/// What Cypher's strings and comments look like; its tokens are those of SQL.
pub const CYPHER: Lexis = Lexis {
    slash_comments: true,
    dashes: Dashes::Signs,
    backslashes: true,
    double_quoted_strings: true,
    backticks: true,
    ..PLAIN
};

/// The same of Flux.
pub const FLUX: Lexis = Lexis { backticks: false, ..CYPHER };

const PLAIN: Lexis = Lexis {
    nested_comments: false,
    hash_comments: false,
    slash_comments: false,
    dashes: Dashes::Comment,
    executed_comments: false,
    open_comments: false,
    backslashes: false,
    escape_strings: false,
    double_quoted_strings: false,
    backticks: false,
    brackets: false,
    dollar_quotes: false,
};

impl Dialect {
    /// What the lexer has to know.
    pub const fn lexis(self) -> Lexis {
        match self {
            Dialect::Postgres | Dialect::Duckdb => {
                Lexis { nested_comments: true, escape_strings: true, dollar_quotes: true, ..PLAIN }
            }
            Dialect::Mysql => Lexis {
                hash_comments: true,
                dashes: Dashes::CommentBeforeBlank,
                executed_comments: true,
                backslashes: true,
                double_quoted_strings: true,
                backticks: true,
                ..PLAIN
            },
            Dialect::Sqlite => Lexis { open_comments: true, backticks: true, brackets: true, ..PLAIN },
            Dialect::SqlServer => Lexis { nested_comments: true, brackets: true, ..PLAIN },
            Dialect::Clickhouse => {
                Lexis { nested_comments: true, backslashes: true, backticks: true, dollar_quotes: true, ..PLAIN }
            }
            Dialect::Cql => Lexis { slash_comments: true, dollar_quotes: true, ..PLAIN },
            Dialect::Influx => Lexis { backslashes: true, ..PLAIN },
            Dialect::Generic => Lexis {
                hash_comments: true,
                double_quoted_strings: true,
                backticks: true,
                dollar_quotes: true,
                ..PLAIN
            },
        }
    }

    /// Whether statements may follow each other without a semicolon.
    pub const fn runs_on(self) -> bool {
        matches!(self, Dialect::SqlServer | Dialect::Cql)
    }

    /// Whether a semicolon inside `CREATE TRIGGER … BEGIN … END` does not end the statement. The `mysql` client
    /// knows only delimiters.
    pub const fn has_compound_statements(self) -> bool {
        !matches!(self, Dialect::Mysql)
    }
}
