//! The syntax tree of a shell text, as bash reads it.
//!
//! Every node carries its [`Span`] in the text that was given to [`parse`](super::parse), also inside
//! backquotes and here-documents, whose text is unescaped before it is read again.

pub use super::few::{Characters, Few};
use crate::span::Span;

/// A whole program, or the commands inside a substitution, a group or a branch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The commands in order.
    pub items: Vec<Item>,
    /// Where the script stands.
    pub span: Span,
}

/// One and-or list, ended by `;`, `&` or a newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The first pipeline.
    pub first: Pipeline,
    /// What follows it after `&&` or `||`.
    pub rest: Vec<(Connector, Pipeline)>,
    /// Whether it ends with `&`.
    pub background: bool,
    /// Whether a newline of the text (not a `;`) stands between this item and the next one: bash
    /// reads the next one only after this one ran, so aliases and options set here hold there.
    pub ends_line: bool,
    /// Where it stands.
    pub span: Span,
}

/// What joins two pipelines of an and-or list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`. `a |& b` is kept as `a` with a redirection `2>&1` appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Whether an odd number of `!` stands before it.
    pub negated: bool,
    /// Whether `time` stands before it.
    pub timed: bool,
    /// One or more commands; none for a bare `time` or `!`.
    pub commands: Few<Command>,
    /// Where it stands.
    pub span: Span,
}

/// One command with the redirections that belong to all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it is.
    pub kind: CommandKind,
    /// Redirections in the order written. For a function definition they belong to its body.
    pub redirects: Vec<Redirect>,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of command. What is large and seldom stands in a box: most commands are simple, and a long script is many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// Assignments and words.
    Simple(Simple),
    /// `{ …; }`
    Group(Script),
    /// `( … )`
    Subshell(Script),
    /// `if … then … elif … else … fi`
    If {
        /// Condition and body of `if` and every `elif`.
        branches: Vec<(Script, Script)>,
        /// The body of `else`.
        otherwise: Option<Script>,
    },
    /// `while` and `until`
    While {
        /// Whether it is `until`.
        until: bool,
        /// The condition.
        condition: Box<Script>,
        /// The body.
        body: Box<Script>,
    },
    /// `for NAME in …` and `select NAME in …`
    For {
        /// Whether it is `select`.
        select: bool,
        /// The variable.
        name: String,
        /// The words after `in`; `None` means `"$@"`.
        words: Option<Vec<Word>>,
        /// The body.
        body: Box<Script>,
    },
    /// `for ((…;…;…))`
    ArithmeticFor {
        /// Before the loop.
        init: Box<Arithmetic>,
        /// Before each round.
        condition: Box<Arithmetic>,
        /// After each round.
        update: Box<Arithmetic>,
        /// The body.
        body: Box<Script>,
    },
    /// `case … in … esac`
    Case {
        /// The word that is matched.
        subject: Box<Word>,
        /// The arms in order.
        arms: Vec<CaseArm>,
    },
    /// `(( … ))`
    Arithmetic(Arithmetic),
    /// `[[ … ]]`
    Conditional(Box<Condition>),
    /// A function definition; the body is a compound command.
    Function {
        /// The name after quote removal, as the definition gives it.
        name: String,
        /// The body with its redirections.
        body: Box<Command>,
    },
    /// `coproc`
    Coprocess {
        /// The name, when one is given.
        name: Option<String>,
        /// What runs.
        body: Box<Command>,
    },
}

/// A simple command: assignments, then words. Either may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simple {
    /// Assignments before the command word.
    pub assignments: Vec<Assignment>,
    /// The command word and its arguments, before any expansion (brace expansion too). An argument
    /// `a=(…)` of `declare` and its kin ends in a [`Part::Array`].
    pub words: Vec<Word>,
}

/// `name=value`, `name+=value`, `name[subscript]=value`, `name=(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// The text between the brackets. Bash evaluates it as arithmetic, or expands it as a key.
    pub subscript: Option<Arithmetic>,
    /// Whether it is `+=`.
    pub append: bool,
    /// The value; an array is a word with one [`Part::Array`].
    pub value: Word,
    /// Where the whole assignment stands.
    pub span: Span,
}

/// One arm of a `case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseArm {
    /// The patterns between `|`.
    pub patterns: Vec<Word>,
    /// What runs.
    pub body: Script,
    /// How the arm ends.
    pub end: ArmEnd,
}

/// The end of a `case` arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmEnd {
    /// `;;` or nothing
    Break,
    /// `;&`
    FallThrough,
    /// `;;&`
    Continue,
}

/// An expression of `[[ … ]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `! …`
    Not(Box<Condition>),
    /// `… && …`
    And(Box<Condition>, Box<Condition>),
    /// `… || …`
    Or(Box<Condition>, Box<Condition>),
    /// `-f word` and the other tests of one word
    Unary {
        /// The operator as written, such as `-v`.
        operator: String,
        /// The operand.
        operand: Word,
    },
    /// `word == word` and the other tests of two words
    Binary {
        /// The operator as written, such as `=~`.
        operator: String,
        /// Left of it.
        left: Word,
        /// Right of it.
        right: Word,
    },
    /// One word alone: true when it is not empty.
    Word(Word),
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The descriptor in front of the operator.
    pub descriptor: Descriptor,
    /// The operator.
    pub operator: RedirectOperator,
    /// What stands after it.
    pub target: RedirectTarget,
    /// Where the whole redirection stands (a here-document's body is elsewhere).
    pub span: Span,
}

/// The descriptor in front of a redirection operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Descriptor {
    /// None written: 0 for input operators, 1 for output operators.
    Default,
    /// `2>`
    Number(u32),
    /// `{name}>`
    Variable(String),
}

/// The redirection operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectOperator {
    /// `<`
    Read,
    /// `>`
    Write,
    /// `>|`
    Clobber,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `<&`
    DuplicateInput,
    /// `>&`; with a word that is no descriptor it writes both streams to a file.
    DuplicateOutput,
    /// `&>`
    WriteBoth,
    /// `&>>`
    AppendBoth,
    /// `<<`
    HereDocument,
    /// `<<-`
    HereDocumentStripped,
    /// `<<<`
    HereString,
}

impl RedirectOperator {
    /// The operator as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            RedirectOperator::Read => "<",
            RedirectOperator::Write => ">",
            RedirectOperator::Clobber => ">|",
            RedirectOperator::Append => ">>",
            RedirectOperator::ReadWrite => "<>",
            RedirectOperator::DuplicateInput => "<&",
            RedirectOperator::DuplicateOutput => ">&",
            RedirectOperator::WriteBoth => "&>",
            RedirectOperator::AppendBoth => "&>>",
            RedirectOperator::HereDocument => "<<",
            RedirectOperator::HereDocumentStripped => "<<-",
            RedirectOperator::HereString => "<<<",
        }
    }
}

/// What a redirection points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectTarget {
    /// A file, a descriptor, or the text of a here-string.
    Word(Word),
    /// The body of a here-document, tabs already stripped for `<<-`.
    Here {
        /// Whether any part of the delimiter was quoted: the body is literal then.
        quoted: bool,
        /// The body: one [`Part::Quoted`] when literal, else text and expansions.
        body: Word,
    },
}

/// A word before expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// What it is made of; none for a word that is empty without quotes (`${x-}`'s operand).
    pub parts: Few<Part>,
    /// Where it stands.
    pub span: Span,
}

/// A part of a word; small, as most are text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Unquoted text: tilde, globs and braces in it are still live. Line continuations are gone.
    Literal {
        /// The characters.
        text: Characters,
        /// Where they stand.
        span: Span,
    },
    /// Text from `'…'`, `$'…'` (decoded) or a backslash: just characters. May be empty (`''`).
    Quoted {
        /// The characters.
        text: Characters,
        /// Where they stand, quotes included.
        span: Span,
    },
    /// `"…"` and `$"…"`. Text inside is [`Part::Quoted`].
    DoubleQuoted {
        /// What stands between the quotes.
        parts: Box<[Part]>,
        /// Where it stands, quotes included.
        span: Span,
    },
    /// `$x`, `${x…}`
    Parameter(Box<Parameter>),
    /// `$(…)`, backquotes and `${ …; }`
    CommandSubstitution {
        /// What runs.
        script: Box<Script>,
        /// Where it stands.
        span: Span,
    },
    /// `<(…)` or `>(…)`
    ProcessSubstitution {
        /// Whether it is `>(…)`.
        output: bool,
        /// What runs.
        script: Box<Script>,
        /// Where it stands.
        span: Span,
    },
    /// `$((…))` and `$[…]`
    Arithmetic(Box<Arithmetic>),
    /// `@(a|b)` and its kin, where extended globs are read
    ExtendedGlob(Box<ExtendedGlob>),
    /// `(…)` of an array assignment
    Array {
        /// The elements.
        elements: Box<[ArrayElement]>,
        /// Where it stands.
        span: Span,
    },
}

/// `@(a|b)` and its kin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendedGlob {
    /// The text as written; its expansions stand in `parts`.
    pub text: String,
    /// What stands between the parentheses, as parts.
    pub parts: Few<Part>,
    /// Where it stands.
    pub span: Span,
}

/// `word` or `[subscript]=word` inside `a=(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayElement {
    /// The key, when one is given.
    pub subscript: Option<Arithmetic>,
    /// The value.
    pub value: Word,
}

/// Text that bash evaluates as arithmetic. Not evaluated here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arithmetic {
    /// Literal text and expansions; quotes do not stop expansions here.
    pub parts: Few<Part>,
    /// Where the expression stands, without its delimiters.
    pub span: Span,
}

/// A parameter expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// A variable's name, a number, or one of `@ * # ? - $ !`.
    pub name: String,
    /// `${name[subscript]}`
    pub subscript: Option<Arithmetic>,
    /// `${!name}`
    pub indirect: bool,
    /// What is done with the value.
    pub operation: Operation,
    /// Where it stands.
    pub span: Span,
}

/// What a parameter expansion does with the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `$x`, `${x}`
    None,
    /// `${#x}`
    Length,
    /// `${x-w}`, `${x:-w}`
    Default {
        /// Whether an empty value counts as unset (`:`).
        empty: bool,
        /// The word.
        word: Word,
    },
    /// `${x=w}`, `${x:=w}`
    Assign {
        /// Whether an empty value counts as unset (`:`).
        empty: bool,
        /// The word.
        word: Word,
    },
    /// `${x?w}`, `${x:?w}`
    Error {
        /// Whether an empty value counts as unset (`:`).
        empty: bool,
        /// The word.
        word: Word,
    },
    /// `${x+w}`, `${x:+w}`
    Alternative {
        /// Whether an empty value counts as unset (`:`).
        empty: bool,
        /// The word.
        word: Word,
    },
    /// `${x#p}`, `${x##p}`
    TrimPrefix {
        /// Whether it is `##`.
        longest: bool,
        /// The pattern.
        pattern: Word,
    },
    /// `${x%p}`, `${x%%p}`
    TrimSuffix {
        /// Whether it is `%%`.
        longest: bool,
        /// The pattern.
        pattern: Word,
    },
    /// `${x/p/r}` and its kin
    Replace {
        /// Which matches.
        scope: ReplaceScope,
        /// The pattern.
        pattern: Word,
        /// The replacement; `None` means nothing.
        replacement: Option<Word>,
    },
    /// `${x:offset:length}`
    Substring {
        /// Where it starts.
        offset: Arithmetic,
        /// How long it is.
        length: Option<Arithmetic>,
    },
    /// `${x^p}`, `${x^^p}`, `${x,p}`, `${x,,p}`, `${x~p}`, `${x~~p}`
    Case {
        /// `^`, `,` or `~`.
        operator: char,
        /// Whether it is doubled.
        all: bool,
        /// The pattern; `None` means any character.
        pattern: Option<Word>,
    },
    /// `${x@Q}` and its kin
    Transform(char),
    /// `${!prefix*}`, `${!prefix@}`
    Names,
    /// `${!x[@]}`, `${!x[*]}`
    Keys,
    /// Anything else, such as `${x!y}`. Bash gives up on the command when it comes to expand it.
    Invalid {
        /// What stands up to the `}`.
        word: Word,
    },
}

/// Which matches `${x/p/r}` replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceScope {
    /// `/`: the first
    First,
    /// `//`: all
    All,
    /// `/#`: one at the start
    Prefix,
    /// `/%`: one at the end
    Suffix,
}

impl Part {
    /// Where the part stands.
    pub fn span(&self) -> Span {
        match self {
            Part::Literal { span, .. }
            | Part::Quoted { span, .. }
            | Part::DoubleQuoted { span, .. }
            | Part::CommandSubstitution { span, .. }
            | Part::ProcessSubstitution { span, .. }
            | Part::Array { span, .. } => *span,
            Part::Parameter(parameter) => parameter.span,
            Part::ExtendedGlob(glob) => glob.span,
            Part::Arithmetic(arithmetic) => arithmetic.span,
        }
    }
}
