//! The rules that are written in Rust because no program's description could say them, by name or family.

/// A rule, or a family of rules whose names begin alike.
#[derive(Clone, Copy, Debug)]
pub struct OwnRule {
    /// Its name; `*` stands for the rest of the names of a family.
    pub id: &'static str,
    /// When it is met.
    pub about: &'static str,
}

const fn rule(id: &'static str, about: &'static str) -> OwnRule {
    OwnRule { id, about }
}

/// All of them.
pub const RULES: &[OwnRule] = &[
    rule("place.root.delete", "the root folder, or all that stands in it, is deleted or moved away"),
    rule("place.root.owner", "the owner or mode of the root folder is changed as a whole"),
    rule("place.home.delete", "a home folder as a whole is deleted or moved away"),
    rule("place.home.owner", "the owner or mode of a home folder is changed as a whole"),
    rule("place.system.delete", "a folder of the system as a whole is deleted or moved away"),
    rule("place.system.owner", "the owner or mode of a folder of the system is changed as a whole"),
    rule("place.device.write", "a disk or another device is written raw"),
    rule("place.guard.write", "guard's own configuration, rules, journal, cache or program is written"),
    rule("place.guard.delete", "guard's own configuration, rules, journal, cache or program is deleted or moved away"),
    rule("place.guard.owner", "the owner or mode of guard's own files is changed"),
    rule("shell.unknown-program", "which program runs is only known when it runs (`$cmd x`)"),
    rule("shell.fetched-program", "a program runs that the same text downloaded"),
    rule("shell.unread", "a shell runs code that cannot be computed (`eval \"$x\"`)"),
    rule("shell.unreadable", "the text is not what a shell would read"),
    rule("shell.redirect", "a redirection empties a file, or writes where changes outlast the task"),
    rule("shell.redirect.network", "a redirection opens a connection through which code or secrets go"),
    rule("input.unread", "code comes through a pipe and cannot be read first"),
    rule("file.unread", "a file of code was downloaded, or comes through a pipe"),
    rule("door.unreadable", "what guard was given is no text"),
    rule("judge.limit", "the text is too long, or nested too deep, to be read"),
    rule("unknown.name", "the name of a program that no rule knows says that it deletes (`./purge.sh`)"),
    rule("unknown.verb", "a word or option of a program that no rule knows says that it deletes (`./tool destroy`)"),
    rule("sql.*", "an SQL statement that loses rows, tables or databases, changes rights, or cannot be read"),
    rule("http.*", "a request that deletes, stops, publishes or discloses, by its method, address or body"),
    rule("graphql.*", "a GraphQL mutation whose field deletes, or that cannot be read"),
    rule("redis.*", "a redis command that loses keys, or takes a server down"),
    rule("mongo.*", "a MongoDB call that loses documents, changes rights, or takes a server down"),
    rule("cypher.*", "a Cypher statement that loses nodes or indexes"),
    rule("flux.*", "a Flux call that deletes series"),
    rule("influxql.*", "an InfluxQL statement that deletes series"),
    rule("memcached.*", "a memcached command that loses items"),
    rule("code.*", "code in a language that cannot be read"),
    rule("awk.*", "an awk program that runs commands or writes files"),
    rule("sed.*", "a sed script that runs commands, or writes or empties files"),
    rule("ed.*", "an ed script that runs commands or writes files"),
    rule("vim.*", "an editor's commands that run programs, or write or delete files"),
    rule("gdb.*", "a debugger's commands that run code"),
    rule("make.*", "a makefile's recipe"),
    rule("python.*", "a Python call that deletes, runs a program, or sends something out"),
    rule("javascript.*", "a JavaScript call that deletes, runs a program, or sends something out"),
    rule("ruby.*", "a Ruby call that deletes, runs a program, or sends something out"),
    rule("perl.*", "a Perl call that deletes, runs a program, or sends something out"),
    rule("php.*", "a PHP call that deletes, runs a program, or sends something out"),
    rule("lua.*", "a Lua call that deletes, or runs a program"),
    rule("r.*", "an R call that deletes, or runs a program"),
];

/// Endings that are put behind the name of a program or subcommand, with what they mean.
pub const DERIVED: &[(&str, &str)] = &[
    ("verb", "a subcommand that no rule lists has a name that says that it deletes or stops something"),
    ("task", "the name of a task says that it removes something"),
    ("unknown-subcommand", "which subcommand runs is only known when it runs"),
];

/// The rule, or the family, of a name.
pub fn find(id: &str) -> Option<&'static OwnRule> {
    let exact = RULES.iter().find(|rule| rule.id == id);
    exact.or_else(|| RULES.iter().find(|rule| rule.id.strip_suffix('*').is_some_and(|start| id.starts_with(start))))
}

/// The beginning of the names of findings that no user and no project changes: what happens to whole systems, homes
/// and devices, and to guard's own places.
pub const FIXED: &str = "place.";

/// Whether no user and no project may change what a rule counts as.
pub fn is_fixed(id: &str) -> bool {
    id.starts_with(FIXED)
}
