//! Reads Cypher: which clauses delete or change nodes, relationships, properties and databases.
//!
//! Takes statements, gives an [`Outcome`]. Words that are labels, keys or properties are data.

use crate::effect::{Class, Effect};
use crate::payload::reason::Reason;
use crate::payload::sql::dialect::CYPHER;
use crate::payload::sql::lexer::{Kind, Lexer, Token};
use crate::payload::sql::statement::Statement;
use crate::payload::{Carried, Language, Outcome, argument, words};
use crate::text::Text;

const DELETE: Reason = Reason::new("cypher.delete", Effect::Drop, "deletes nodes, relationships or what they hold")
    .instead("count what the same MATCH finds first");
const DROP: Reason = Reason::new("cypher.drop", Effect::Drop, "drops an index, a constraint, a database or a user");
const CALL: Reason =
    Reason::new("cypher.deleting-call", Effect::Drop, "calls a procedure whose name says that it deletes");
const ACCESS: Reason = Reason::new("cypher.access", Effect::Persist, "changes who may do what");
const DISRUPT: Reason =
    Reason::new("cypher.stop", Effect::Disrupt, "stops a database or ends other people's transactions");
const OPAQUE: Reason = Reason::new("cypher.opaque", Effect::Opaque, "runs Cypher that cannot be read first");

/// Beginnings of the names of procedures that only report.
const READING_PROCEDURES: &[&str] = &[
    "db.labels",
    "db.relationshiptypes",
    "db.propertykeys",
    "db.schema",
    "db.indexes",
    "db.constraints",
    "db.info",
    "db.ping",
    "db.index.fulltext.query",
    "db.index.vector.query",
    "db.index.fulltext.list",
    "dbms.components",
    "dbms.list",
    "dbms.procedures",
    "dbms.functions",
    "dbms.querylist",
    "dbms.showcurrentuser",
    "dbms.cluster.overview",
    "apoc.meta",
    "apoc.help",
    "apoc.version",
    "apoc.path",
    "apoc.algo",
    "apoc.search",
    "apoc.load",
    "apoc.stats",
    "apoc.monitor",
    "gds.list",
    "gds.version",
    "gds.graph.list",
];
/// Procedures that run a statement which they are given as text.
const RUNNING_PROCEDURES: &[&str] =
    &["apoc.periodic", "apoc.cypher", "apoc.do", "apoc.when", "apoc.case", "apoc.trigger", "apoc.export.csv.query"];
/// Texts in texts that are followed.
const DEEPEST: usize = 4;

/// Reads statements.
pub fn read(text: &Text) -> Outcome {
    let mut outcome = Outcome::read_only();
    statements(text, &mut outcome, 0);
    outcome
}

fn statements(text: &Text, outcome: &mut Outcome, depth: usize) {
    let mut lexer = Lexer::new(text.as_str(), CYPHER);
    let mut tokens: Vec<Token> = Vec::new();
    while let Some(token) = lexer.next() {
        match token.kind {
            Kind::Sign(b':') if tokens.is_empty() => {
                let rest = text.as_str().get(token.end..).unwrap_or("");
                let end = token.end + rest.find('\n').unwrap_or(rest.len());
                client(text, token.end, end, outcome);
                lexer.at = end;
            }
            Kind::Sign(b';') => {
                statement(Statement { text, tokens: &tokens }, outcome, depth);
                tokens.clear();
            }
            Kind::Unterminated => outcome.find(&OPAQUE, text.locate(token.span()), ""),
            _ => tokens.push(token),
        }
    }
    statement(Statement { text, tokens: &tokens }, outcome, depth);
}

/// A command of `cypher-shell`: `:source file` reads statements, the others change the session.
fn client(text: &Text, from: usize, end: usize, outcome: &mut Outcome) {
    let line = text.as_str().get(from..end).unwrap_or("");
    let Some(rest) = line.strip_prefix("source") else { return };
    let start = end - rest.trim_start().len();
    let path = text.slice(start, start + rest.trim().len());
    outcome.carried.push(Carried::File { language: Language::Cypher, path: argument(path) });
}

fn statement(statement: Statement<'_>, outcome: &mut Outcome, depth: usize) {
    if statement.is(0, "EXPLAIN") {
        return;
    }
    for at in 0..statement.len() {
        let unknown =
            statement.is_hole(at) && (at == 0 || statement.is_sign(at - 1, b')') || statement.is_sign(at - 1, b'}'));
        if unknown || (at == 0 && statement.has_hole(at)) {
            outcome.find(&OPAQUE, statement.locate(at, at + 1), "");
        } else if !is_data(statement, at) {
            clause(statement, at, outcome, depth);
        }
    }
}

/// Whether the word at `at` is a label, a property, or a key.
fn is_data(statement: Statement<'_>, at: usize) -> bool {
    let before = |sign| at > 0 && statement.is_sign(at - 1, sign);
    before(b':')
        || before(b'.')
        || before(b'$')
        || before(b'|') && !in_foreach(statement, at)
        || statement.is_sign(at + 1, b':')
}

/// Whether the bar in front of `at` is the one of `FOREACH (x IN … | …)` and not one of `[:A|B]`.
fn in_foreach(statement: Statement<'_>, at: usize) -> bool {
    (at.saturating_sub(40)..at).any(|index| statement.is(index, "FOREACH"))
}

fn clause(statement: Statement<'_>, at: usize, outcome: &mut Outcome, depth: usize) {
    let found = |end: usize| statement.locate(at, end.min(statement.len()));
    let next = |words: &[&str]| statement.is_any(at + 1, words);
    let starts = at == 0;
    match statement.keyword(at).as_str() {
        "DELETE" | "REMOVE" => outcome.find(&DELETE, found(at + 2), statement.raw(at + 1)),
        "DROP" => outcome.find(&DROP, found(at + 3), statement.shown(at + 1, at + 3)),
        "CREATE" if next(&["USER", "ROLE"]) => outcome.find(&ACCESS, found(at + 3), statement.raw(at + 2)),
        "CREATE" if next(&["OR"]) && statement.is_any(at + 3, &["DATABASE", "COMPOSITE"]) => {
            outcome.find(&DROP, found(at + 5), statement.raw(at + 4));
        }
        "ALTER" if starts && next(&["USER", "CURRENT", "ROLE"]) => {
            outcome.find(&ACCESS, found(at + 3), statement.raw(at + 2))
        }
        "GRANT" | "DENY" | "REVOKE" if starts => outcome.find(&ACCESS, found(statement.len()), ""),
        "STOP" | "TERMINATE" | "DEALLOCATE" if starts => outcome.find(&DISRUPT, found(statement.len()), ""),
        "CREATE" | "MERGE" | "SET" | "INSERT" | "FOREACH" | "ALTER" | "START" | "RENAME" | "ENABLE" => {
            outcome.raise(Class::Mutating)
        }
        "CALL" => procedure(statement, at + 1, outcome, depth),
        _ => {}
    }
}

/// `CALL name.of.procedure(…)`.
fn procedure(statement: Statement<'_>, at: usize, outcome: &mut Outcome, depth: usize) {
    let end = statement.name_end(at);
    if end <= at {
        return;
    }
    let name = statement.shown(at, end);
    let lower = name.to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or("");
    if words::leading_or_trailing_verb(last).is_some() {
        outcome.find(&CALL, statement.locate(at, end), name);
    } else if RUNNING_PROCEDURES.iter().any(|known| lower.starts_with(known)) {
        run(statement, end, outcome, depth);
    } else if !READING_PROCEDURES.iter().any(|known| lower.starts_with(known)) {
        outcome.raise(Class::Mutating);
    }
}

/// The strings among the arguments are statements.
fn run(statement: Statement<'_>, open: usize, outcome: &mut Outcome, depth: usize) {
    outcome.raise(Class::Mutating);
    let close = statement.closing(open);
    for index in (open..close).filter(|&index| statement.is_string(index)) {
        let code = statement.string(index);
        if depth >= DEEPEST {
            outcome.find(&OPAQUE, code.source(), "");
        } else if code.as_str().trim().contains(char::is_whitespace) {
            statements(&code, outcome, depth + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_decide() {
        let cases = [
            ("MATCH (n:Delete {delete: 1})-[:REMOVE|DROP]->(m) RETURN n.set, 'DELETE' // DELETE", Class::ReadOnly),
            ("MATCH (a)--(b) RETURN count(*)", Class::ReadOnly),
            ("CALL db.labels()", Class::ReadOnly),
            ("EXPLAIN MATCH (n) DETACH DELETE n", Class::ReadOnly),
            (":use shop\nMATCH (n) RETURN n", Class::ReadOnly),
            ("MATCH (n {id: \u{FFFC}}) RETURN n", Class::ReadOnly),
            ("CREATE (n:User {name: 'delete'})", Class::Mutating),
            ("MATCH (n) SET n.deleted = true", Class::Mutating),
            ("MERGE (n:User {id: 1}) ON CREATE SET n.a = 1", Class::Mutating),
            ("MATCH (n) DETACH DELETE n", Class::Destructive),
            ("MATCH (a)-->(b) DELETE a; RETURN 1", Class::Destructive),
            ("MATCH (n) REMOVE n.email", Class::Destructive),
            ("DROP INDEX a IF EXISTS", Class::Destructive),
            ("CREATE OR REPLACE DATABASE shop", Class::Destructive),
            ("MATCH p = (a) FOREACH (x IN nodes(p) | DELETE x)", Class::Destructive),
            ("CALL apoc.periodic.iterate('MATCH (n) RETURN n', 'DETACH DELETE n', {})", Class::Destructive),
            ("CALL apoc.nodes.delete(n, 10)", Class::Destructive),
            ("CALL { MATCH (n) DELETE n } IN TRANSACTIONS", Class::Destructive),
            ("CREATE USER bob SET PASSWORD 'x'", Class::Destructive),
            ("\u{FFFC}", Class::Destructive),
        ];
        for (code, class) in cases {
            let outcome = read(&Text::request(code));
            assert_eq!(outcome.class, class, "{code}\n{:?}", outcome.findings);
        }
    }
}
