//! What following a program gives: the steps that may run, in order, with their words as far as they are known.

use std::rc::Rc;

use crate::shell::ast::RedirectOperator;
use crate::span::Span;
use crate::text::Text;

/// The number of a [`Step`] in the list that the follower gives.
pub type StepId = usize;

/// One thing that may run.
#[derive(Clone, Debug)]
pub struct Step {
    /// What runs.
    pub action: Action,
    /// Where it stands in the request's own text.
    pub span: Span,
    /// Where it runs.
    pub context: Rc<Context>,
    /// Whether it runs at most once, and not before the steps in front of it have ended: it is in no loop, function,
    /// trap or job beside the others, and no trap can come between.
    pub in_order: bool,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// A program or built-in with its arguments.
    Command(Command),
    /// Code that runs and cannot be read before it does: `eval "$unknown"`, text that does not parse.
    Unreadable {
        /// Why, as half a sentence.
        because: &'static str,
    },
    /// Processes are started without end.
    Endless {
        /// How, as half a sentence.
        because: &'static str,
    },
    /// A file is read and run by this shell (`. file`, `source file`), and could not be read here.
    SourcedFile(Arg),
}

/// A simple command after every expansion.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// The program and its arguments. Empty when only assignments or redirections stand there.
    pub argv: Vec<Arg>,
    /// The redirections that open something, its own and those of the compound commands around it.
    pub redirections: Vec<Redirection>,
    /// Assignments in front of the command word, for its own environment.
    pub assignments: Vec<(String, Arg)>,
    /// Where its standard input comes from.
    pub input: Input,
    /// What it writes to standard output, where that can be computed; `Some` of an empty text when it is
    /// known to write nothing.
    pub output: Option<Text>,
    /// The file whose content it writes to standard output and nothing else, where that cannot be computed.
    pub copies: Option<Arg>,
}

/// What a step can see of the world around it.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The working folder.
    pub folder: Folder,
    /// Variables that the text itself exported, by name. What the environment held before is not here.
    pub exported: Vec<(String, Arg)>,
    /// Functions that the text itself exported (`export -f`), as their source text.
    pub functions: Vec<(String, Text)>,
}

/// The working folder of a step.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Folder {
    /// The folder the request was made in: the root of a project in the contract's assumed world.
    #[default]
    Start,
    /// After a `cd` that must have succeeded.
    Changed(Rc<FolderChange>),
    /// One of these, after a `cd` that may have failed. What is not worse in one of them counts as in `Unknown`.
    Either(Rc<(Folder, Folder)>),
    /// After a `cd` whose outcome or target is not known.
    Unknown,
}

impl Folder {
    /// One of two folders.
    pub fn either(one: &Folder, other: &Folder) -> Folder {
        match (one, other) {
            (Folder::Unknown, _) | (_, Folder::Unknown) => Folder::Unknown,
            (Folder::Either(both), plain) | (plain, Folder::Either(both)) => match both.0 == *plain || both.1 == *plain
            {
                true => Folder::Either(both.clone()),
                false => Folder::Unknown,
            },
            _ => Folder::Either(Rc::new((one.clone(), other.clone()))),
        }
    }
}

/// A `cd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderChange {
    /// Where it started.
    pub from: Folder,
    /// The word given to `cd`.
    pub to: Arg,
}

/// One argument after expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arg {
    /// Known text and holes, in order; adjacent texts are joined. Empty for an empty argument.
    pub pieces: Vec<Piece>,
    /// Where it stands in the request's own text.
    pub span: Span,
}

/// A part of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Characters that are known.
    Text(Text),
    /// Something that is only known when it runs.
    Hole(Hole),
}

/// A part of an argument that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// What fills it.
    pub source: Source,
    /// Whether it may fall into several words (or none): it was not quoted.
    pub splits: bool,
    /// Whether it may be empty.
    pub may_be_empty: bool,
}

/// What fills a hole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The home folder: `~`, `$HOME`. Never empty, an absolute path.
    Home,
    /// The folder the request was made in, as an absolute path: `$PWD`, `$(pwd)` before any `cd`.
    StartFolder,
    /// A fresh temporary file or folder that this text made with `mktemp`, and the call that made it.
    FreshTemporary(Span),
    /// `${TMPDIR:-/tmp}` and its kin: the folder for temporary files, never empty.
    TemporaryFolder,
    /// A number: `$$`, `$?`, `$#`, `$((…))`, `$RANDOM`.
    Number,
    /// A pattern that the shell matches against file names, as written (`*`, `?`, `[a-z]`).
    Glob(String),
    /// A variable, a positional argument or a loop variable that is not known.
    Variable(String),
    /// What these steps print.
    Output(Vec<StepId>),
    /// A path such as `/dev/fd/63` from a process substitution; the steps inside it.
    Process(Vec<StepId>),
    /// The text of a file that could not be read: `$(< file)`.
    File(Box<Arg>),
    /// Something else.
    Other,
}

/// A redirection of a step.
#[derive(Clone, Debug)]
pub struct Redirection {
    /// The descriptor: a number, or `None` for `{name}>` and for `&>` (both streams).
    pub descriptor: Option<u32>,
    /// The operator. Duplications (`2>&1`) and closings are left out: they open nothing.
    pub operator: RedirectOperator,
    /// The file. For here-documents and here-strings see [`Command::input`].
    pub target: Arg,
    /// Where it stands in the request's own text.
    pub span: Span,
}

/// Where standard input comes from.
#[derive(Clone, Debug, Default)]
pub enum Input {
    /// From wherever guard was started.
    #[default]
    Inherited,
    /// Nothing: `/dev/null`, a closed descriptor.
    Nothing,
    /// A known text: a here-document, or what the left side of a pipe computes.
    Text(Text),
    /// A here-document or here-string with holes in it.
    Mixed(Arg),
    /// A file.
    File(Arg),
    /// What these steps print, which cannot be computed.
    Pipe(Vec<StepId>),
    /// Something else.
    Unknown,
}

impl Piece {
    /// The characters that are known of it.
    pub fn known(&self) -> &str {
        match self {
            Piece::Text(text) => text.as_str(),
            Piece::Hole(_) => "",
        }
    }
}

impl Arg {
    /// An argument that is known.
    pub fn known(text: Text, span: Span) -> Arg {
        let pieces = if text.is_empty() { Vec::new() } else { vec![Piece::Text(text)] };
        Arg { pieces, span }
    }

    /// The whole text, when all of it is known.
    pub fn text(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text.as_str()),
            _ => None,
        }
    }

    /// The known text before the first hole.
    pub fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text.as_str(),
            _ => "",
        }
    }

    /// The known text behind the last hole; all of it when there is none.
    pub fn suffix(&self) -> &str {
        match self.pieces.last() {
            Some(Piece::Text(text)) => text.as_str(),
            _ => "",
        }
    }

    /// The holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Text(_) => None,
        })
    }

    /// Whether any part is unknown.
    pub fn has_hole(&self) -> bool {
        self.holes().next().is_some()
    }

    /// Whether it may turn into no argument or several (an unquoted hole).
    pub fn splits(&self) -> bool {
        self.holes().any(|hole| hole.splits)
    }

    /// The known text as one string, with `placeholder` for each hole.
    pub fn shown(&self, placeholder: &str) -> String {
        let mut shown = String::new();
        self.show(placeholder, &mut shown);
        shown
    }

    /// Appends the known text to `shown`, with `placeholder` for each hole.
    pub fn show(&self, placeholder: &str, shown: &mut String) {
        for piece in &self.pieces {
            shown.push_str(match piece {
                Piece::Text(text) => text.as_str(),
                Piece::Hole(_) => placeholder,
            });
        }
    }

    /// Where the bytes `span` of a known argument stand in the request; where the argument stands otherwise.
    pub fn locate(&self, span: Span) -> Span {
        match self.pieces.as_slice() {
            [Piece::Text(text)] => text.locate(span),
            _ => self.span,
        }
    }
}
