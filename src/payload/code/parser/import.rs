//! Reads what brings modules and their members in.

use super::super::ast::{Import, Kind, Node};
use super::super::schema::{Blocks, Keyword};
use super::super::token::TokenKind;
use super::Parser;
use super::expression::LOWEST;

impl Parser<'_> {
    /// `import a.b as c, d`, `import x, {a as b} from 'c'`
    pub(super) fn import(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        if self.text() == "type" || self.keyword() == Some(Keyword::Declare) {
            self.at += 1;
        }
        let imports = match self.source_clause() {
            Some(from) => self.bindings(from),
            None => self.modules(),
        };
        Node::new(Kind::Import(imports), self.since(start))
    }

    /// Where the word `from` stands behind an `import`, or where its text stands when it has no bindings.
    pub(super) fn source_clause(&self) -> Option<usize> {
        if self.is_kind(|kind| matches!(kind, TokenKind::Text(_))) {
            return Some(self.at);
        }
        (self.at..(self.at + 200).min(self.tokens.len())).find(|index| {
            self.text_of(*index) == "from"
                && self.tokens.get(index + 1).is_some_and(|token| matches!(token.kind, TokenKind::Text(_)))
        })
    }

    /// `x, {a as b}, * as c from 'd'`
    pub(super) fn bindings(&mut self, from: usize) -> Vec<Import> {
        let text = if self.text_of(from) == "from" { from + 1 } else { from };
        let module = self.literal_at(text).unwrap_or_default();
        let mut imports = Vec::new();
        let mut braces = false;
        let mut index = self.at;
        while index < from {
            match self.text_of(index) {
                "{" => braces = true,
                "}" => braces = false,
                "," => {}
                _ => {
                    let renamed = self.text_of(index + 1) == "as";
                    let bound = self.text_of(if renamed { index + 2 } else { index }).to_owned();
                    let name = match self.text_of(index) {
                        "*" | "default" => module.clone(),
                        name if braces => format!("{module}.{name}"),
                        _ => module.clone(),
                    };
                    imports.push(Import { name, bound: Some(bound) });
                    index += if renamed { 2 } else { 0 };
                }
            }
            index += 1;
        }
        self.at = text + 1;
        imports
    }

    /// `a.b as c, d`
    pub(super) fn modules(&mut self) -> Vec<Import> {
        let mut imports = Vec::new();
        loop {
            let module = self.dotted();
            if module.is_empty() {
                break;
            }
            if self.take(":") {
                // `import A: b, c`
                while let Some(name) = self.take_name() {
                    imports.push(Import { name: format!("{module}.{name}"), bound: Some(name) });
                    if !self.take(",") {
                        break;
                    }
                }
                break;
            }
            let bound = if self.text() == "as" {
                self.at += 1;
                self.take_name()
            } else {
                None
            };
            match bound {
                Some(bound) => imports.push(Import { name: module, bound: Some(bound) }),
                None => {
                    let first = module.split('.').next().unwrap_or("").to_owned();
                    // Where classes are imported by their full name, the last part is what they are called.
                    let last = module.rsplit('.').next().unwrap_or("").to_owned();
                    if self.syntax.blocks == Blocks::Braces && first != last {
                        imports.push(Import { name: module, bound: Some(last) });
                    } else {
                        imports.push(Import { name: first.clone(), bound: Some(first) });
                    }
                }
            }
            if !self.take(",") {
                break;
            }
        }
        imports
    }

    /// `from a.b import c as d, e`
    pub(super) fn from(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        while [".", "..", "..."].iter().any(|dots| self.is_symbol(dots)) {
            self.at += 1;
        }
        let module = self.dotted();
        let mut imports = Vec::new();
        if self.keyword() == Some(Keyword::Import) {
            self.at += 1;
            let parenthesised = self.take("(");
            if self.take("*") {
                imports.push(Import { name: module, bound: None });
                return Node::new(Kind::Import(imports), self.since(start));
            }
            while let Some(name) = self.take_name() {
                let bound = if self.keyword() == Some(Keyword::As) {
                    self.at += 1;
                    self.take_name()
                } else {
                    None
                };
                imports.push(Import { name: format!("{module}.{name}"), bound: Some(bound.unwrap_or(name)) });
                if !self.take(",") {
                    break;
                }
            }
            if parenthesised {
                self.take(")");
            }
        }
        Node::new(Kind::Import(imports), self.since(start))
    }

    /// `use A::B qw(c)`, `using A, B`, `use A\B as C`
    pub(super) fn use_module(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        let mut imports = Vec::new();
        while self.is_kind(|kind| matches!(kind, TokenKind::Name | TokenKind::Number)) {
            let module = self.dotted().replace('\\', ".");
            if module.is_empty() {
                self.at += 1;
                continue;
            }
            let last = module.rsplit('.').next().unwrap_or("").to_owned();
            let bound = if self.text() == "as" {
                self.at += 1;
                self.take_name()
            } else {
                None
            };
            imports.push(Import { name: module.clone(), bound: Some(bound.unwrap_or(last)) });
            imports.push(Import { name: module, bound: None });
            if !self.take(",") {
                break;
            }
        }
        let mut parts = vec![Node::new(Kind::Import(imports), self.since(start))];
        while !self.ended() && !self.is_symbol(";") && !self.is_closing() && self.peek().is_some() {
            let before = self.at;
            parts.extend(self.expression(LOWEST));
            self.take(",");
            self.take(":");
            if self.at == before {
                break;
            }
        }
        Node::new(Kind::Block(parts), self.since(start))
    }

    /// A name with its members, joined by dots.
    pub(super) fn dotted(&mut self) -> String {
        let mut name = String::new();
        while self.is_kind(|kind| matches!(kind, TokenKind::Name)) && self.keyword() != Some(Keyword::Import) {
            name.push_str(self.text());
            self.at += 1;
            let member = self.is_symbol(".") || self.is_symbol("::");
            if !member || self.ahead(1).is_none_or(|next| !matches!(next.kind, TokenKind::Name)) {
                break;
            }
            self.at += 1;
            name.push('.');
        }
        name
    }

    pub(super) fn take_name(&mut self) -> Option<String> {
        let stands = self.is_kind(|kind| matches!(kind, TokenKind::Name));
        let name = self.text().to_owned();
        self.at += usize::from(stands);
        stands.then_some(name)
    }

    /// The text of a literal without anything computed.
    pub(super) fn literal_at(&self, index: usize) -> Option<String> {
        use super::super::token::Part;
        let TokenKind::Text(literal) = &self.tokens.get(index)?.kind else { return None };
        literal
            .parts
            .iter()
            .map(|part| match part {
                Part::Known(text) => Some(text.as_str()),
                Part::Code(_) | Part::Hole(_) => None,
            })
            .collect()
    }
}
