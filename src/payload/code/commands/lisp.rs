//! Lisp: forms in brackets, of which the first element says what is called.

use super::super::ast::{Kind, Node};
use super::Statements;
use super::cursor::{Cursor, assign, block, branch, function, nothing, plain, repeat};

/// Reads all forms.
pub fn read(cursor: &mut Cursor<'_>) -> Statements {
    let forms = forms(cursor);
    if cursor.peek().is_some() {
        cursor.broken = true;
    }
    forms.into_iter().map(|form| form.code(cursor)).collect()
}

/// A form as it is written.
enum Form {
    /// A name.
    Symbol(String, crate::span::Span),
    /// A text, number or part that is not known.
    Value(Node),
    /// A list; the flag says that it is quoted.
    List(Vec<Form>, crate::span::Span, bool),
}

fn blank(cursor: &mut Cursor<'_>) {
    loop {
        cursor.while_is(char::is_whitespace);
        if !cursor.stands(";") {
            return;
        }
        cursor.skip_line();
    }
}

/// Forms up to a closing bracket or the end.
fn forms(cursor: &mut Cursor<'_>) -> Vec<Form> {
    let mut forms = Vec::new();
    loop {
        blank(cursor);
        if cursor.broken || matches!(cursor.peek(), None | Some(')' | ']')) {
            return forms;
        }
        match cursor.deeper(|cursor| form(cursor, false)) {
            Some(form) => forms.push(form),
            None => return forms,
        }
    }
}

fn form(cursor: &mut Cursor<'_>, quoted: bool) -> Option<Form> {
    blank(cursor);
    let start = cursor.at;
    match cursor.peek()? {
        '(' | '[' => {
            cursor.next();
            let inner = forms(cursor);
            if cursor.next().is_none() {
                cursor.broken = true;
            }
            Some(Form::List(inner, cursor.since(start), quoted))
        }
        '#' if cursor.take("#'") => form(cursor, false),
        '\'' | '`' => {
            cursor.next();
            cursor.deeper(|cursor| form(cursor, true))
        }
        ',' => {
            cursor.next();
            cursor.take("@");
            cursor.deeper(|cursor| form(cursor, false))
        }
        '"' => Some(Form::Value(string(cursor))),
        '?' => {
            cursor.next();
            cursor.take("\\");
            cursor.next();
            Some(Form::Value(Node::new(Kind::Number(None), cursor.since(start))))
        }
        crate::payload::HOLE => {
            cursor.next();
            Some(Form::Value(Node::new(Kind::Hole, cursor.since(start))))
        }
        _ => {
            let word = cursor.while_is(|c| !c.is_whitespace() && !"()[]\"';,`".contains(c));
            if word.is_empty() {
                cursor.broken = true;
                return None;
            }
            let span = cursor.since(start);
            Some(match (word.parse::<i64>(), word) {
                (Ok(number), _) => Form::Value(Node::new(Kind::Number(Some(number)), span)),
                (_, "nil") => Form::Value(Node::new(Kind::Nothing, span)),
                (_, "t") => Form::Value(Node::new(Kind::Truth(true), span)),
                _ => Form::Symbol(word.to_owned(), span),
            })
        }
    }
}

fn string(cursor: &mut Cursor<'_>) -> Node {
    cursor.quoted(|escaped| match escaped {
        Some('n') => "\n".to_owned(),
        Some('t') => "\t".to_owned(),
        Some('\n') | None => String::new(),
        Some(other) => other.to_string(),
    })
}

impl Form {
    fn symbol(&self) -> Option<&str> {
        match self {
            Form::Symbol(name, _) => Some(name),
            _ => None,
        }
    }

    /// The form as code.
    fn code(self, cursor: &mut Cursor<'_>) -> Node {
        match self {
            Form::Symbol(name, span) => cursor.name(&name, span),
            Form::Value(node) => node,
            Form::List(inner, span, true) => {
                let nodes = inner.into_iter().map(|form| form.code(cursor)).collect();
                Node::new(Kind::List(nodes), span)
            }
            Form::List(inner, span, false) => list(inner, span, cursor),
        }
    }
}

fn all(forms: impl Iterator<Item = Form>, cursor: &mut Cursor<'_>) -> Vec<Node> {
    forms.map(|form| form.code(cursor)).collect()
}

/// A form that is called, or one of the forms with a meaning of their own.
fn list(inner: Vec<Form>, span: crate::span::Span, cursor: &mut Cursor<'_>) -> Node {
    let mut forms = inner.into_iter();
    let Some(head) = forms.next() else { return nothing(span.start as usize) };
    let name = match head {
        Form::Symbol(ref name, _) => name.clone(),
        other => {
            let mut nodes = vec![other.code(cursor)];
            nodes.extend(all(forms, cursor));
            return block(nodes, span);
        }
    };
    match name.as_str() {
        "progn"
        | "prog1"
        | "save-excursion"
        | "with-temp-buffer"
        | "save-window-excursion"
        | "eval-when-compile"
        | "eval-and-compile"
        | "with-demoted-errors"
        | "ignore-errors"
        | "with-no-warnings" => block(all(forms, cursor), span),
        "if" | "when" | "unless" | "cond" | "and" | "or" | "condition-case" | "unwind-protect" | "catch" | "pcase" => {
            branch(all(forms, cursor), span)
        }
        "while" => {
            let body = all(forms, cursor);
            repeat(None, nothing(span.start as usize), block(body, span), span)
        }
        "setq" | "setq-local" | "defvar" | "defconst" | "setf" | "defcustom" => {
            let mut nodes = Vec::new();
            while let (Some(target), Some(value)) = (forms.next(), forms.next()) {
                let (target, value) = (target.code(cursor), value.code(cursor));
                nodes.push(assign(target, value, false, span));
            }
            block(nodes, span)
        }
        "let" | "let*" | "when-let" | "if-let" | "when-let*" | "cl-letf" => {
            let mut nodes = Vec::new();
            if let Some(Form::List(bindings, ..)) = forms.next() {
                for binding in bindings {
                    if let Form::List(pair, place, _) = binding {
                        let mut pair = pair.into_iter();
                        if let (Some(target), Some(value)) = (pair.next(), pair.next()) {
                            let (target, value) = (target.code(cursor), value.code(cursor));
                            nodes.push(assign(target, value, false, place));
                        }
                    }
                }
            }
            nodes.extend(all(forms, cursor));
            block(nodes, span)
        }
        "dolist" | "dotimes" | "cl-dolist" => {
            let (pattern, over) = match forms.next() {
                Some(Form::List(head, ..)) => {
                    let mut head = head.into_iter();
                    let pattern = head.next().map(|form| form.code(cursor));
                    let over = head.next().map(|form| form.code(cursor));
                    (pattern, over)
                }
                _ => (None, None),
            };
            let body = block(all(forms, cursor), span);
            repeat(pattern, over.unwrap_or_else(|| nothing(span.start as usize)), body, span)
        }
        "lambda" | "defun" | "cl-defun" | "defmacro" | "defsubst" => {
            let named = if name == "lambda" { None } else { forms.next() };
            let parameters = match forms.next() {
                Some(Form::List(parameters, ..)) => all(parameters.into_iter(), cursor),
                _ => Vec::new(),
            };
            let body = all(forms, cursor);
            function(named.as_ref().and_then(Form::symbol).map(str::to_owned), parameters, body, span)
        }
        _ => {
            let head = head.code(cursor);
            let arguments = all(forms, cursor).into_iter().map(plain).collect();
            let call = super::cursor::call(head, arguments);
            Node::new(call.kind, span)
        }
    }
}
