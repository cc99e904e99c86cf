//! How a language is written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a language is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Syntax {
    /// What its statements are.
    pub form: Form,
    /// Whether a command that is not listed is a program.
    pub programs: bool,
    /// What starts a comment to the end of the line.
    pub line_comments: Vec<String>,
    /// What starts and ends a comment.
    pub block_comments: Vec<(String, String)>,
    /// What starts and ends a comment at the start of a line.
    pub documentation: Vec<(String, String)>,
    /// Words that end the program when they stand alone on a line.
    pub ends: Vec<String>,
    /// The forms of string literals; of two that start alike the longer stands first.
    pub strings: Vec<StringForm>,
    /// Letters in front of a string, and what they make of it.
    pub prefixes: BTreeMap<Prefix, Vec<String>>,
    /// How here-documents are written.
    pub here_documents: HereDocuments,
    /// Whether quotes are chosen by letters: `q(…)`, `%w[…]`.
    pub quote_like: QuoteLike,
    /// What `:name` is.
    pub symbols: Symbols,
    /// Whether `/…/` is a pattern where an operand is expected, and what is computed in it.
    pub regex: Option<Interpolation>,
    /// Characters in front of the name of a variable.
    pub sigils: String,
    /// Characters in names besides letters, digits and `_`.
    pub name_characters: String,
    /// Characters that may end a name.
    pub name_ends: String,
    /// What a line end means.
    pub newlines: Newlines,
    /// How blocks are written.
    pub blocks: Blocks,
    /// Words with a meaning of their own.
    pub keywords: BTreeMap<Keyword, Vec<String>>,
    /// Operators that select a member.
    pub members: Vec<String>,
    /// Operators that join two texts.
    pub concat: Vec<String>,
    /// Operators that assign besides `=`.
    pub assign: Vec<String>,
    /// Operators that add to what stands left.
    pub append: Vec<String>,
    /// Operators that make a range of two numbers, besides `..`.
    pub ranges: Vec<String>,
    /// Operators that hand what stands left to the call that stands right.
    pub pipes: Vec<String>,
    /// Which calls need no parentheses.
    pub bare_calls: BareCalls,
    /// Whether naming a member calls it.
    pub members_are_calls: bool,
    /// Whether a name that is no variable is called by naming it.
    pub names_are_calls: bool,
    /// Whether `{ … }` or `do … end` behind a call is a function that it gets.
    pub trailing_blocks: bool,
    /// Whether the parameters of such a `do` stand on the rest of its line.
    pub line_parameters: bool,
    /// Whether a statement may be followed by its condition or loop (`die if $x`).
    pub modifiers: bool,
    /// Whether `x => y` is a function.
    pub arrows: bool,
    /// What `{ … }` is where an operand is expected.
    pub braces: Braces,
    /// Whether `$h{key}` is an element.
    pub brace_index: bool,
    /// Whether `name = value` among arguments names an argument.
    pub equals_names: bool,
    /// Whether two operands side by side are joined.
    pub juxtaposition: bool,
    /// Whether a text may be called as a function of that name.
    pub text_calls: bool,
    /// The variable of loops without one.
    pub topic: String,
    /// Where code begins in a file of text (`<?php`); empty when all of it is code.
    pub opening_tag: String,
}

/// What the statements of a language are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Expressions, described by all that follows.
    #[default]
    Expressions,
    /// Pipelines of commands whose parameters have names (PowerShell).
    Cmdlets,
    /// Command lines (cmd).
    Batch,
    /// Words, of which some are code (Tcl).
    Tcl,
    /// Sentences (AppleScript).
    Sentences,
    /// Lists of which the first element is called (Lisp).
    Lisp,
}

/// A form of string literal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct StringForm {
    /// What it starts with.
    pub open: String,
    /// What it ends with; the same when nothing is given.
    pub close: String,
    /// What a backslash means in it.
    pub escapes: Escapes,
    /// What is computed in it.
    pub interpolation: Interpolation,
    /// What it is.
    pub kind: TextKind,
}

/// What a string literal is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextKind {
    /// Text.
    #[default]
    Text,
    /// A line for a shell, which runs.
    Command,
    /// A pattern.
    Pattern,
    /// Words, which make a list.
    Words,
    /// A pattern whose replacement is code.
    Code,
    /// Names of files that match a pattern.
    Glob,
}

/// What a backslash means in a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Escapes {
    /// Nothing.
    #[default]
    None,
    /// It protects the quote and itself.
    Quote,
    /// It starts an escape sequence; octal numbers.
    C,
    /// As in C, and an unknown sequence stays as it is.
    Python,
    /// It starts an escape sequence; decimal numbers.
    Lua,
    /// Nothing; the quote is doubled to stand for itself.
    Doubled,
    /// It protects the character behind it, and both stay.
    Kept,
}

/// What is computed inside a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interpolation {
    /// Nothing.
    #[default]
    None,
    /// `{code}`, with `{{` for a brace.
    Braces,
    /// `${code}`.
    DollarBraces,
    /// `#{code}`.
    HashBraces,
    /// `$name`, `${name}`, `@name`, `@{[code]}`, each with subscripts.
    Perl,
    /// `$name`, `${name}`, `{$code}`, each with subscripts.
    Php,
    /// `$name`, `${code}`.
    Dollar,
    /// `$name`, `$(code)`.
    DollarParentheses,
}

/// What letters in front of a string make of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prefix {
    /// Nothing.
    #[default]
    Plain,
    /// Backslashes mean nothing.
    Raw,
    /// `{code}` is computed.
    Braces,
    /// Both.
    RawBraces,
    /// A pattern.
    Pattern,
}

/// How here-documents start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HereDocuments {
    /// There are none.
    #[default]
    None,
    /// `<<NAME`, `<<"NAME"`, `<<~NAME`.
    Two,
    /// `<<<NAME`.
    Three,
}

/// How quotes are chosen by letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuoteLike {
    /// They are not.
    #[default]
    None,
    /// `q`, `qq`, `qw`, `qx`, `m`, `qr`, `s`, `tr`, `y`.
    Perl,
    /// `%`, `%q`, `%Q`, `%w`, `%i`, `%x`, `%r`.
    Ruby,
    /// `~s`, `~S`, `~w`, `~r`, `~c`.
    Elixir,
}

/// What `:name` is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbols {
    /// Nothing of its own.
    #[default]
    None,
    /// A text.
    Text,
    /// A name, with its colon.
    Name,
}

/// What a line end means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Newlines {
    /// It is a blank.
    #[default]
    Blank,
    /// It ends a statement that can end there.
    End,
}

/// How blocks are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocks {
    /// `{ … }`.
    #[default]
    Braces,
    /// `:` and indentation.
    Indentation,
    /// Up to `end`.
    End,
}

/// What `{ … }` is where an operand is expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Braces {
    /// Keys and values.
    #[default]
    Map,
    /// A function.
    Function,
    /// Statements.
    Block,
}

/// Which calls need no parentheses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BareCalls {
    /// None.
    #[default]
    None,
    /// Those with one string or table.
    Literals,
    /// All.
    All,
}

/// What a word means to the reader of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keyword {
    /// Defines a function: a name, parameters, a body.
    Function,
    /// A function in an expression: parameters, `:`, an expression.
    Lambda,
    /// Defines a class or module: a name, a body.
    Class,
    /// A loop over something.
    For,
    /// A condition and a body.
    Branch,
    /// A condition and a body that may run again and again.
    While,
    /// A body without a condition.
    Body,
    /// Stands between bodies of one statement.
    Between,
    /// Ends a body.
    End,
    /// Starts a body that ends with `end`.
    Do,
    /// Stands between a condition and its body.
    Then,
    /// `EXPRESSION as NAME` and a body.
    With,
    /// Stands in front of an expression or statement and changes nothing about it.
    Before,
    /// Stands in front of names that are declared.
    Declare,
    /// Removes variables or elements.
    Remove,
    /// Brings modules in: `import a.b as c`.
    Import,
    /// `from a import b as c`.
    From,
    /// `use A::B qw(c)`.
    Use,
    /// Nothing.
    Skip,
    /// An operator between two operands.
    Infix,
    /// An operator that gives one of its operands.
    Either,
    /// An operator that repeats a text.
    Repeat,
    /// An operator in front of an operand.
    Not,
    /// Makes an object of a class.
    New,
    /// Between a loop's variable and what it goes over.
    In,
    /// Between an expression and the name that it gets.
    As,
    /// The value true.
    True,
    /// The value false.
    False,
    /// No value.
    Nothing,
    /// Prints, perhaps to a file or a command (awk).
    Print,
    /// Reads a line, perhaps from a file or a command (awk).
    Getline,
}
