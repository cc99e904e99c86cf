//! What a language looks like and what its functions do, in the compiled form that is kept in the binary.
//!
//! The names of a language are looked up one by one, so a payload pays
//! for the functions that it calls and for nothing else. `docs/languages/code.md` explains the written form.

#[path = "schema/syntax.rs"]
mod syntax;

use serde::{Deserialize, Serialize};

use crate::effect::{Class, Effect};
use crate::payload::language::Language;
use crate::payload::role::PathRole;

pub use syntax::*;

/// Key of the [`Syntax`].
pub const SYNTAX: &str = "syntax";
/// Key of the [`Traits`].
pub const TRAITS: &str = "traits";
/// Prefix of the keys of functions, by their full name.
pub const CALL: &str = "call:";
/// Prefix of the keys of modules of which every function that is not listed has one meaning.
pub const MODULE: &str = "module:";
/// Prefix of the keys of methods of a type: `type:TYPE.METHOD`.
pub const TYPE: &str = "type:";
/// Prefix of the keys of methods whose receiver is not known.
pub const METHOD: &str = "method:";
/// Prefix of the keys of names that stand for a known value.
pub const VALUE: &str = "value:";
/// Prefix of the keys of names that stand for another name.
pub const ALIAS: &str = "alias:";

/// What holds for a language as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Traits {
    /// The word that rule names start with.
    pub language: String,
    /// First words of function names that lose something, and the effect.
    pub verbs: Vec<String>,
    /// First words of function names that only read.
    pub reads: Vec<String>,
    /// The effect of a function whose name starts with a deleting word.
    pub effect: Option<Effect>,
    /// Prefixes of module names that mean nothing (`node:`).
    pub prefixes: Vec<String>,
    /// Members that stand for what they are a member of (`__dict__`).
    pub transparent: Vec<String>,
    /// Ends of names of functions that change nothing (`Error`).
    pub pure_ends: Vec<String>,
    /// What options start with, where they are arguments like any other.
    pub option_start: String,
    /// Parameters of commands that have no value.
    pub switches: Vec<String>,
    /// Parameters of commands that have one, for those who shorten them.
    pub options: Vec<String>,
}

/// What a call does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meaning {
    /// When this meaning holds; of several for one name the first that holds counts.
    pub guard: Option<Guard>,
    /// The class of the call itself.
    pub class: Option<Class>,
    /// What it loses.
    pub effect: Option<Effect>,
    /// The paths that it works on.
    pub paths: Vec<(PathRole, Slot)>,
    /// What is written; a path that gets nothing is emptied.
    pub content: Option<Slot>,
    /// Code that it runs.
    pub runs: Vec<(Runs, Slot)>,
    /// The option that makes a program's name a line for a shell.
    pub shell_when: Option<Slot>,
    /// What the program reads.
    pub input: Option<Slot>,
    /// The request that it sends.
    pub http: Option<Http>,
    /// Whether its arguments leave the machine.
    pub transmits: bool,
    /// Functions that it calls.
    pub invokes: Vec<Slot>,
    /// What those functions get: the elements of this.
    pub elements: Option<Slot>,
    /// What the functions among its arguments get.
    pub passes: Option<Passes>,
    /// What it does that data cannot say.
    pub does: Option<Behaviour>,
    /// What it gives, as far as that can be computed.
    pub computes: Option<Compute>,
    /// The type of what it gives.
    pub gives: Option<String>,
}

/// When a meaning holds. Every part that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    /// At least so many positional arguments.
    pub at_least: Option<u8>,
    /// At most so many positional arguments.
    pub at_most: Option<u8>,
    /// This argument is given and not known to be false or nothing.
    pub given: Option<Slot>,
    /// This argument is a known text that starts with one of the words.
    pub starts: Option<(Slot, Vec<String>)>,
    /// This argument is a known text that holds one of the words.
    pub holds: Option<(Slot, Vec<String>)>,
    /// Some argument has a name.
    pub named: bool,
    /// It is called with a template.
    pub template: bool,
    /// It is a method of a class that is named, not of a value.
    pub of_class: bool,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slot {
    /// The positional argument at this place, from 0.
    At(u8),
    /// The positional arguments from this place on.
    From(u8),
    /// The last positional argument.
    Last,
    /// The argument of this name, or the entry of this name in an argument.
    Named(String),
    /// What stands in front of the method.
    Receiver,
    /// The variable that is meant when nothing is given.
    Topic,
}

/// How code is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Runs {
    /// A line for a shell.
    Shell,
    /// A program and its arguments: the slots together.
    Program,
    /// One argument is a line for a shell, several are a program and its arguments.
    Line,
    /// Code in a language.
    Code(Language),
    /// A statement that is SQL when it is known, and otherwise nothing that is known.
    Statement(Language),
    /// A file of code.
    File(Language),
}

/// A request over HTTP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Http {
    /// The method.
    pub method: HttpMethod,
    /// The address.
    pub url: Slot,
}

/// The method of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum HttpMethod {
    /// Always this one.
    Fixed(String),
    /// Given by an argument; the second is what holds without it.
    Given(Slot, String),
    /// GET, or POST when this argument is given.
    Posts(Slot),
}

/// What the functions among the arguments of a call get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Passes {
    /// What the call gives.
    Value,
    /// Each element of what the call gives.
    Elements,
}

/// What a call does that data cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// Opens the file at 0 in the mode at 1.
    Open,
    /// Opens, as Perl does: the handle at 0, then mode and path.
    OpenPerl,
    /// Opens a file, or a program behind `|`.
    OpenPipe,
    /// Opens a path that stands in front.
    OpenReceiver,
    /// Ends the use of an opened file.
    Close,
    /// Writes to an opened file.
    Write,
    /// Sends the signal at 1 to the process at 0.
    KillProcess,
    /// Sends the signal at 0 to the processes from 1 on.
    KillSignal,
    /// Takes the member at 1 of what stands at 0.
    GetMember,
    /// Calls the member at 0 of what stands in front.
    Send,
    /// Gives the member at 0 of what stands in front.
    GetReceiverMember,
    /// Calls what stands in front, with the arguments behind the first.
    CallThis,
    /// Calls what stands in front, with all arguments.
    CallAll,
    /// As [`Behaviour::CallThis`], with the arguments in a list.
    ApplyThis,
    /// Gives the function at 0 with the arguments behind it.
    Partial,
    /// Gives what stands in front, as a function with the arguments behind the first.
    Bind,
    /// Calls the function at 0 with the arguments behind it.
    Invoke,
    /// Calls the functions among the arguments with what stands in front.
    PassReceiver,
    /// Brings in the module at 0.
    Require,
    /// Changes the folder to the path at 0.
    ChangeFolder,
    /// Gives a function that runs the code of the last argument.
    MakeFunction,
    /// Prints to the command at 0.
    PrintToCommand,
    /// Changes mode bits: the mode at 0 or 1, whole trees when it says so.
    Modes,
    /// Removes the first element of the list of arguments.
    Shift,
}

/// What a call gives, computed from known arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compute {
    /// The first argument, or what stands in front.
    Same,
    /// What stands in front.
    Receiver,
    /// The arguments, joined by what stands in front.
    JoinBy,
    /// What stands in front, joined by the first argument.
    JoinWith,
    /// The argument at 1, joined by the one at 0.
    JoinList,
    /// The arguments, side by side.
    Concat,
    /// What stands in front with the arguments added to it.
    Add,
    /// Path components with a slash between them; what stands in front is the first.
    JoinPath,
    /// Words between blanks, or between the separator at 0.
    Split,
    /// As [`Compute::Split`], with the separator at 0 and the text at 1.
    SplitBy,
    /// Replaces what stands at 0 by what stands at 1.
    Replace,
    /// As [`Compute::Replace`], with the text behind them.
    ReplaceIn,
    /// Backwards.
    Reverse,
    /// In lower case.
    Lower,
    /// In upper case.
    Upper,
    /// Without blanks around it.
    Strip,
    /// Base64 decoded.
    FromBase64,
    /// Hexadecimal digits decoded.
    FromHex,
    /// `%41` decoded.
    FromUrl,
    /// By the encoding that is named in an argument: base64, hex, or none.
    FromEncoding,
    /// ROT13.
    Rot13,
    /// Characters by their numbers.
    Characters,
    /// The character of the number that stands in front.
    CharacterOf,
    /// `{}` and `{0}` replaced by the arguments.
    FormatBraces,
    /// `%s` replaced by the arguments.
    FormatPercent,
    /// Perl's and Ruby's unpacking by a template.
    Pack,
    /// `~` becomes the home folder.
    ExpandHome,
    /// The home folder.
    Home,
    /// The folder that the program runs in.
    StartFolder,
    /// The folder for temporary files.
    TemporaryFolder,
    /// A fresh path for temporary data.
    Fresh,
    /// A variable of the environment.
    Environment,
    /// Names that match a pattern.
    Glob,
    /// Names below a folder, of which the path starts with the folder.
    Walk,
    /// Names in a folder.
    Listing,
    /// Paths below a folder.
    Below,
    /// A list of the arguments.
    List,
    /// The elements of what is given.
    Elements,
    /// One of the elements of what stands in front.
    Element,
    /// Pairs of a number and an element.
    Enumerate,
    /// What the function at 0 gives for each element of 1, or of what stands in front.
    Map,
    /// Those elements of 1, or of what stands in front, for which the function at 0 holds.
    Select,
    /// The part of a path in front of the last slash.
    Parent,
    /// A number.
    Number,
    /// The content of the file at 0, or of what stands in front.
    Content,
    /// A range of numbers.
    Range,
    /// All names that are known.
    Scope,
}

/// A value that a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// The home folder.
    Home,
    /// The folder that the program runs in.
    StartFolder,
    /// The folder for temporary files.
    TemporaryFolder,
    /// A number.
    Number,
    /// Something that is only known when it runs.
    Unknown,
    /// Arguments that are only known when it runs.
    Arguments,
    /// A variable of the environment.
    Environment,
}
