//! A program as a tree, alike for all languages: what is called with what, what is assigned, what runs in a loop.

use std::rc::Rc;

use crate::span::Span;
use crate::text::Text;

/// A statement or an expression.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the program.
    pub span: Span,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// No value, or nothing to do.
    Nothing,
    /// A truth value.
    Truth(bool),
    /// A number; `None` when it is no small integer.
    Number(Option<i64>),
    /// A text.
    Text(Vec<Part>),
    /// A pattern: the code in it runs, its value is of no interest.
    Pattern(Vec<Part>),
    /// A line for a shell, which runs.
    Command(Vec<Part>),
    /// Names of files that match a pattern.
    Glob(Vec<Part>),
    /// A part of the program that is not known.
    Hole,
    /// A name, with its sigil.
    Name(String),
    /// `of.name`
    Member(Box<Node>, String),
    /// `of[key]`
    Index(Box<Node>, Box<Node>),
    /// A call.
    Call(Box<Call>),
    /// A list.
    List(Vec<Node>),
    /// Keys and values; a value without a key is an element or spread into the map.
    Map(Vec<(Option<Node>, Node)>),
    /// `key => value`
    Pair(Box<Node>, Box<Node>),
    /// `...list`
    Spread(Box<Node>),
    /// A function given by its name: `&File.rm/1`, `&:delete`.
    Reference(Box<Node>),
    /// Texts side by side.
    Join(Vec<Node>),
    /// A text, many times.
    Repeat(Box<Node>, Box<Node>),
    /// `format % arguments`
    Format(Box<Node>, Box<Node>),
    /// One of these.
    Either(Vec<Node>),
    /// Operands of any other operator.
    Operation(Vec<Node>),
    /// An assignment.
    Assign(Box<Assign>),
    /// A function.
    Function(Rc<Function>),
    /// A loop.
    Loop(Box<Loop>),
    /// What may or may not run.
    Branch(Vec<Node>),
    /// What runs in order; the last gives the value.
    Block(Vec<Node>),
    /// A class or module with its body.
    Class(String, Vec<Node>),
    /// Names that are brought in.
    Import(Vec<Import>),
}

/// A part of a text.
#[derive(Clone, Debug)]
pub enum Part {
    /// Known characters.
    Known(Text),
    /// A value.
    Code(Node),
    /// Something that is not known, at this byte of the program.
    Hole(usize),
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Node,
    /// With what.
    pub arguments: Vec<Argument>,
    /// Whether the argument is a template behind the name.
    pub template: bool,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name, when it has one.
    pub name: Option<String>,
    /// Its value.
    pub value: Node,
}

/// An assignment.
#[derive(Clone, Debug)]
pub struct Assign {
    /// What is assigned to.
    pub target: Node,
    /// The value.
    pub value: Node,
    /// Whether it is added to what was there.
    pub append: bool,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name, when it has one.
    pub name: Option<String>,
    /// What its arguments are bound to.
    pub parameters: Vec<Node>,
    /// What it does.
    pub body: Vec<Node>,
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// What each element is bound to.
    pub pattern: Option<Node>,
    /// What it goes over.
    pub over: Node,
    /// What runs each time.
    pub body: Node,
}

/// A name that is brought in.
#[derive(Clone, Debug)]
pub struct Import {
    /// The full name of what is brought in.
    pub name: String,
    /// What it is called here; `None` when all its members are brought in.
    pub bound: Option<String>,
}

impl Node {
    /// A node at a place.
    pub fn new(kind: Kind, span: Span) -> Node {
        Node { kind, span }
    }

    /// A call of something by name.
    pub fn call(name: &str, arguments: Vec<Node>, span: Span) -> Node {
        let callee = Node::new(Kind::Name(name.to_owned()), span);
        let arguments = arguments.into_iter().map(|value| Argument { name: None, value }).collect();
        Node::new(Kind::Call(Box::new(Call { callee, arguments, template: false })), span)
    }

    /// The text, when it is a literal without anything computed.
    pub fn literal(&self) -> Option<String> {
        let Kind::Text(parts) = &self.kind else { return None };
        parts
            .iter()
            .map(|part| match part {
                Part::Known(text) => Some(text.as_str()),
                Part::Code(_) | Part::Hole(_) => None,
            })
            .collect()
    }
}
