//! Reads GraphQL documents: which operations there are, and which fields a mutation calls.
//!
//! Takes a text and perhaps the name of the one operation that is run; gives an [`Outcome`]. A query is read-only
//! whatever its fields are called; a mutation goes by the names of its fields, never by aliases or its own name.

use super::reason::Reason;
use super::{HOLE, Outcome, words};
use crate::effect::{Class, Effect};
use crate::span::Span;
use crate::text::Text;

const DELETES: Reason =
    Reason::new("graphql.delete", Effect::Deprovision, "is a mutation whose name says that it deletes")
        .instead("ask a human to do it where the service asks for confirmation");
const OPAQUE: Reason = Reason::new("graphql.opaque", Effect::Opaque, "calls a mutation that is not known");

/// Verbs that also count in the middle of a field's name (`productDeleteMedia`).
const ANYWHERE: &[&str] = &["delete", "destroy", "drop", "remove", "wipe", "purge", "erase"];
/// First words of names in which such a verb is only spoken about (`cancelDeleteRequest`).
const ABOUT: &[&str] =
    &["create", "undo", "cancel", "restore", "prevent", "add", "update", "set", "request", "get", "list", "can", "is"];
/// Selections nested deeper than this are not looked into.
const DEEPEST: usize = 128;

/// Reads all operations of a document.
pub fn read(text: &Text) -> Outcome {
    read_operation(text, None)
}

/// Whether a text starts as a document does.
pub fn looks_like_document(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == ',' || c == '\u{feff}');
    let word = start.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("");
    start.starts_with(['{', '#']) || matches!(word, "query" | "mutation" | "subscription" | "fragment")
}

/// Reads a document of which only the operation `name` runs; all of them when it is not there.
pub fn read_operation(text: &Text, name: Option<&str>) -> Outcome {
    let mut outcome = Outcome::read_only();
    let tokens = Lexer { source: text.as_str(), at: 0 }.collect::<Vec<_>>();
    let Some(document) = (Parser { source: text.as_str(), tokens: &tokens, at: 0 }).document() else {
        return unreadable(text, &tokens);
    };
    let is_named = |operation: &&Operation| name.is_some_and(|name| operation.name.of(text.as_str()) == name);
    let some_named = document.operations.iter().any(|operation| is_named(&operation));
    for operation in document.operations.iter().filter(|operation| !some_named || is_named(operation)) {
        if operation.kind == Kind::Reads {
            continue;
        }
        outcome.raise(Class::Mutating);
        for field in document.fields(operation, text.as_str()) {
            judge_field(text, field, &mut outcome);
        }
    }
    outcome
}

fn judge_field(text: &Text, field: Span, outcome: &mut Outcome) {
    let name = field.of(text.as_str());
    if name.contains(HOLE) {
        outcome.find(&OPAQUE, text.locate(field), "");
    } else if deletes(name) {
        outcome.find(&DELETES, text.locate(field), name);
    }
}

/// Whether the name of a mutation's field says that it deletes.
fn deletes(name: &str) -> bool {
    let is = |word: &str, list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
    let first = words::words(name).next().unwrap_or("");
    words::leading_or_trailing_verb(name).is_some()
        || (!is(first, ABOUT) && words::words(name).any(|word| is(word, ANYWHERE)))
}

/// A document that does not parse: changes something, unless one of its words says more.
fn unreadable(text: &Text, tokens: &[Token]) -> Outcome {
    let mut outcome = Outcome::read_only();
    outcome.raise(Class::Mutating);
    let is_hole = |c: char| c == HOLE || c.is_whitespace();
    if !text.as_str().is_empty() && text.as_str().chars().all(is_hole) {
        return outcome;
    }
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Name) {
        judge_field(text, token.span, &mut outcome);
    }
    outcome
}

/// What an operation may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Reads,
    Changes,
}

#[derive(Debug)]
struct Operation {
    kind: Kind,
    name: Span,
    selection: Selection,
}

/// The fields that a selection calls, and the fragments that it takes in.
#[derive(Debug, Default)]
struct Selection {
    fields: Vec<Span>,
    spreads: Vec<Span>,
}

#[derive(Debug, Default)]
struct Document {
    operations: Vec<Operation>,
    fragments: Vec<(Span, Selection)>,
}

impl Document {
    /// The fields of an operation, those of its fragments included.
    fn fields(&self, operation: &Operation, source: &str) -> Vec<Span> {
        let mut fields = operation.selection.fields.clone();
        let mut open: Vec<Span> = operation.selection.spreads.clone();
        let mut seen = vec![false; self.fragments.len()];
        while let Some(spread) = open.pop() {
            for (index, (name, selection)) in self.fragments.iter().enumerate() {
                let is_new = seen.get(index) == Some(&false) && name.of(source) == spread.of(source);
                if is_new && let Some(mark) = seen.get_mut(index) {
                    *mark = true;
                    fields.extend(&selection.fields);
                    open.extend(&selection.spreads);
                }
            }
        }
        fields
    }
}

struct Parser<'a> {
    source: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn document(&mut self) -> Option<Document> {
        let mut document = Document::default();
        while self.at < self.tokens.len() {
            if self.is_punctuation(b'{') {
                let selection = self.selection()?;
                document.operations.push(Operation { kind: Kind::Reads, name: Span::default(), selection });
                continue;
            }
            let word = self.name()?;
            match word.of(self.source) {
                "fragment" => {
                    let name = self.name()?;
                    self.skip_to_selection()?;
                    document.fragments.push((name, self.selection()?));
                }
                keyword @ ("query" | "mutation" | "subscription") => {
                    let kind = if keyword == "mutation" { Kind::Changes } else { Kind::Reads };
                    let name = self.name().unwrap_or_default();
                    self.skip_to_selection()?;
                    document.operations.push(Operation { kind, name, selection: self.selection()? });
                }
                keyword if keyword.contains(HOLE) => {
                    self.skip_to_selection()?;
                    document.operations.push(Operation {
                        kind: Kind::Changes,
                        name: word,
                        selection: self.selection()?,
                    });
                }
                _ => return None,
            }
        }
        (!document.operations.is_empty()).then_some(document)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is_punctuation(&self, byte: u8) -> bool {
        self.peek().is_some_and(|token| token.kind == TokenKind::Punctuation(byte))
    }

    fn name(&mut self) -> Option<Span> {
        let token = self.peek().filter(|token| token.kind == TokenKind::Name)?;
        let span = token.span;
        self.at += 1;
        Some(span)
    }

    /// Skips variables, types and directives in front of a selection.
    fn skip_to_selection(&mut self) -> Option<()> {
        while !self.is_punctuation(b'{') {
            if self.is_punctuation(b'(') {
                self.skip_arguments()?;
            } else {
                self.peek()?;
                self.at += 1;
            }
        }
        Some(())
    }

    /// Skips from `(` to the `)` that closes it.
    fn skip_arguments(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            match self.peek()?.kind {
                TokenKind::Punctuation(b'(' | b'{' | b'[') => depth += 1,
                TokenKind::Punctuation(b')' | b'}' | b']') => depth = depth.checked_sub(1)?,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Reads a selection. The fields of its own level count, and those of inline fragments; deeper ones only when
    /// they take arguments, which is how namespaced mutations are called.
    fn selection(&mut self) -> Option<Selection> {
        let mut selection = Selection::default();
        // For each open brace, whether the fields in it are those of the operation itself.
        let mut open: Vec<bool> = Vec::new();
        let mut next_is_own = true;
        loop {
            let token = *self.peek()?;
            match token.kind {
                TokenKind::Punctuation(b'{') => {
                    let is_own = next_is_own && open.last().copied().unwrap_or(true);
                    open.push(is_own);
                    next_is_own = false;
                    self.at += 1;
                }
                TokenKind::Punctuation(b'}') => {
                    open.pop()?;
                    next_is_own = false;
                    self.at += 1;
                    if open.is_empty() {
                        return Some(selection);
                    }
                }
                TokenKind::Spread => {
                    self.at += 1;
                    next_is_own = self.spread(open.last() == Some(&true), &mut selection);
                }
                TokenKind::Name => {
                    next_is_own = false;
                    self.field(open.last() == Some(&true), &mut selection);
                }
                TokenKind::Punctuation(b'(') => self.skip_arguments()?,
                TokenKind::Punctuation(b'@') => {
                    self.at += 1;
                    self.name()?;
                }
                _ => return None,
            }
            if open.len() > DEEPEST {
                return None;
            }
        }
    }

    /// What stands behind `...`; whether the fields of the braces that follow are those of the selection itself.
    fn spread(&mut self, is_own: bool, selection: &mut Selection) -> bool {
        let Some(name) = self.name() else { return true };
        if name.of(self.source) == "on" {
            self.name();
            return true;
        }
        if is_own {
            selection.spreads.push(name);
        }
        false
    }

    fn field(&mut self, is_own: bool, selection: &mut Selection) {
        let Some(mut name) = self.name() else { return };
        if self.is_punctuation(b':') {
            self.at += 1;
            match self.name() {
                Some(field) => name = field,
                None => return,
            }
        }
        if is_own || self.is_punctuation(b'(') {
            selection.fields.push(name);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenKind {
    Name,
    Punctuation(u8),
    Spread,
    /// A string, a number or a variable.
    Literal,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: TokenKind,
    span: Span,
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_blank();
        let start = self.at;
        let bytes = self.source.as_bytes();
        let kind = match *bytes.get(start)? {
            b'"' => {
                self.string();
                TokenKind::Literal
            }
            b'.' if self.rest().starts_with("...") => {
                self.at += 3;
                TokenKind::Spread
            }
            b'$' => {
                self.at += 1;
                self.word();
                TokenKind::Literal
            }
            byte if byte.is_ascii_digit() || byte == b'-' => {
                self.at += 1;
                while bytes
                    .get(self.at)
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-'))
                {
                    self.at += 1;
                }
                TokenKind::Literal
            }
            byte if is_name(byte) => {
                self.word();
                TokenKind::Name
            }
            byte => {
                self.at += 1;
                TokenKind::Punctuation(byte)
            }
        };
        Some(Token { kind, span: Span::new(start, self.at) })
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or("")
    }

    fn word(&mut self) {
        let bytes = self.source.as_bytes();
        while bytes.get(self.at).is_some_and(|byte| is_name(*byte)) {
            self.at += 1;
        }
    }

    fn skip_blank(&mut self) {
        let bytes = self.source.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'#' => {
                    let length = self.rest().find('\n').unwrap_or(self.rest().len());
                    self.at += length;
                }
                byte if byte.is_ascii_whitespace() || *byte == b',' => self.at += 1,
                _ if self.rest().starts_with('\u{feff}') => self.at += '\u{feff}'.len_utf8(),
                _ => break,
            }
        }
    }

    fn string(&mut self) {
        let (quote, escape): (&str, &str) =
            if self.rest().starts_with("\"\"\"") { ("\"\"\"", "\\\"\"\"") } else { ("\"", "\\") };
        self.at += quote.len();
        let bytes = self.source.as_bytes();
        while self.at < bytes.len() {
            let rest = bytes.get(self.at..).unwrap_or(&[]);
            if rest.starts_with(escape.as_bytes()) {
                self.at += escape.len().max(2);
            } else if rest.starts_with(quote.as_bytes()) {
                self.at += quote.len();
                return;
            } else {
                self.at += 1;
            }
        }
        self.at = bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(document: &str) -> Outcome {
        read(&Text::request(document))
    }

    #[test]
    fn operations_go_by_type_and_field_names() {
        let cases = [
            ("{ viewer { login } }", Class::ReadOnly),
            ("query deleteCandidates { users(inactive: true) { id } }", Class::ReadOnly),
            ("query { volumes(filter: {state: DELETED}) { id } }", Class::ReadOnly),
            ("{ deleteUser(id: 1) { id } }", Class::ReadOnly),
            ("# mutation { deleteUser }\n{ a }", Class::ReadOnly),
            ("subscription { volumeDelete { id } }", Class::ReadOnly),
            ("mutation { userCreate(name: \"deleteUser\") { id } }", Class::Mutating),
            ("mutation { deleteUser: userCreate(name: \"x\") { id } }", Class::Mutating),
            ("mutation volumeDelete { volumeUpdate(input: {name: \"delete\"}) { delete } }", Class::Mutating),
            ("mutation { cancelDeleteRequest(id: 1) { id } }", Class::Mutating),
            ("mutation { volumeRestore(id: 1) { id } }", Class::Mutating),
            ("mutation { volumeDelete(volumeId: \"v1\") }", Class::Destructive),
            ("mutation { a: volumeDelete(volumeId: \"v1\") }", Class::Destructive),
            ("mutation gone($id: ID!) @x(y: 1) { volumeDelete(id: $id) }", Class::Destructive),
            ("mutation { a(id: 1) { id } serviceDelete(id: \"s\") }", Class::Destructive),
            (
                "mutation { ...f } fragment f on Mutation { ...g } fragment g on Mutation { wipeAll }",
                Class::Destructive,
            ),
            ("mutation { ... on Mutation @include(if: true) { dropAll { ok } } }", Class::Destructive),
            ("mutation { user { delete(id: 1) { ok } } }", Class::Destructive),
            ("mutation { productDeleteMedia(id: 1) { ok } }", Class::Destructive),
            ("mutation { bulkDeleteUsers(ids: [1]) { ok } }", Class::Destructive),
            ("query a { x } mutation b { resetDatabase { ok } }", Class::Destructive),
            ("mutation { x(note: \"\"\"}\n\"\"\") { ok } purgeAll }", Class::Destructive),
            ("mutation { \u{FFFC}(id: 1) { ok } }", Class::Destructive),
            ("mutation { userCreate(name: \"\u{FFFC}\") { ok } }", Class::Mutating),
            ("\u{FFFC}", Class::Mutating),
            ("mutation { deleteUser(", Class::Destructive),
            ("mutation {", Class::Mutating),
        ];
        for (document, class) in cases {
            assert_eq!(judge(document).class, class, "{document}");
        }
        assert_eq!(judge(&format!("mutation {}", "{a".repeat(10_000))).class, Class::Mutating);
    }

    #[test]
    fn only_the_named_operation_runs() {
        let text = Text::request("query a { x } mutation b { resetDatabase { ok } }");
        assert_eq!(read_operation(&text, Some("a")).class, Class::ReadOnly);
        assert_eq!(read_operation(&text, Some("b")).class, Class::Destructive);
        assert_eq!(read_operation(&text, Some("c")).class, Class::Destructive);
    }

    #[test]
    fn the_field_is_marked() {
        let document = "mutation { a: volumeDelete(id: 1) }";
        let outcome = judge(document);
        assert_eq!(outcome.findings.first().map(|finding| finding.span.of(document)), Some("volumeDelete"));
    }
}
