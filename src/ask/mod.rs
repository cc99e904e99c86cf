//! Asks a human, and says what was refused.
//!
//! Takes a command that the policy holds, gives an [`Answer`]. Knows terminals; knows nothing of how commands
//! are judged.

mod marked;
mod notice;
mod pen;
mod question;
mod screen;
mod settings;
mod signals;
mod terminal;

use std::borrow::Cow;
use std::env;
use std::time::{Duration, Instant};

use crate::client;
use crate::facts::loss::Loss;
use crate::human::Doubt;
use crate::policy::Held;
use question::Reply;
use screen::{Screen, Setting};
use settings::Keys;
use terminal::Terminal;
pub(crate) use terminal::remaining;

pub mod watch;

/// How long nothing may be typed before an answer counts: longer than a reflex, and longer than a key that was meant
/// for what stood on the screen before.
const QUIET: Duration = Duration::from_millis(600);

/// How often the question is put when the answer is neither yes nor no.
const ATTEMPTS: usize = 3;

/// What the human said, or why no human did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Answer {
    /// A human confirmed it.
    Confirmed {
        /// The terminal on which they did.
        terminal: String,
    },
    /// It does not run.
    Refused(Refusal),
}

/// Why a held command does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A human said no.
    Declined {
        /// The terminal on which they did.
        terminal: String,
    },
    /// A human said no from elsewhere.
    Denied {
        /// From where they did.
        terminal: String,
        /// What they want the sender to know.
        because: Option<String>,
    },
    /// Nobody answered at the desk; an answer may still come.
    Unanswered {
        /// The ticket by which they answer.
        ticket: String,
        /// How long was waited.
        waited: Duration,
        /// Why nobody was asked on the terminal.
        why: Box<Refusal>,
    },
    /// It could not be laid down at the desk, and why.
    NoDesk(String),
    /// Whoever sent it has ended meanwhile.
    Abandoned,
    /// Ctrl-C, Ctrl-Z, or another signal that ends or stops programs.
    Interrupted,
    /// No answer within this time.
    Expired(Duration),
    /// The input ended, or the terminal went away.
    Closed,
    /// There is no terminal to ask on.
    NoTerminal,
    /// The terminal belongs to another job.
    Background,
    /// What is typed on the terminal does not count.
    Doubtful(Doubt),
    /// The policy refuses it without asking.
    Policy,
    /// It could not be recorded, and what is not recorded is not run.
    Unrecorded,
}

impl Refusal {
    /// Why, in few words.
    pub fn as_str(&self) -> &'static str {
        match self {
            Refusal::Declined { .. } | Refusal::Denied { .. } => "a human said no",
            Refusal::Unanswered { waited, why, .. } if waited.is_zero() => why.as_str(),
            Refusal::Unanswered { .. } => "nobody answered in time",
            Refusal::NoDesk(_) => "there is no terminal to ask on, and the desk cannot be used",
            Refusal::Abandoned => "whoever sent it has ended",
            Refusal::Interrupted => "the question was interrupted",
            Refusal::Expired(_) => "nobody answered in time",
            Refusal::Closed => "the terminal was closed",
            Refusal::NoTerminal => "there is no terminal to ask on",
            Refusal::Background => "the terminal belongs to another job",
            Refusal::Doubtful(_) => "no answer from the terminal counts",
            Refusal::Policy => "the policy refuses it",
            Refusal::Unrecorded => "it cannot be recorded",
        }
    }

    /// Why, with what is known beyond that.
    pub fn reason(&self) -> Cow<'static, str> {
        match self {
            Refusal::Doubtful(doubt) => doubt.to_string().into(),
            Refusal::Unanswered { waited, why, .. } if waited.is_zero() => why.reason(),
            Refusal::Denied { because: Some(because), .. } => format!("a human said no: {because}").into(),
            Refusal::NoDesk(error) => format!("the desk cannot be used: {error}").into(),
            refusal => refusal.as_str().into(),
        }
    }
}

/// How often something more is shown.
const VIEWS: usize = 20;

/// Asks on the terminal of this process, at most as long as `limit`. `loss` is shown, and says whether a yes is enough.
pub fn ask(held: &Held<'_>, loss: &Loss, limit: Duration) -> Answer {
    let answer = Terminal::hold(limit).and_then(|terminal| {
        let confirmed = put(held, loss, &terminal);
        if let Err(refusal) = &confirmed {
            close(&terminal, refusal);
        }
        confirmed.map(|()| terminal.name().to_owned())
    });
    match answer {
        Ok(terminal) => Answer::Confirmed { terminal },
        Err(refusal) => Answer::Refused(refusal),
    }
}

/// How large a screen is, and whether it has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Its rows.
    pub rows: usize,
    /// Its columns.
    pub columns: usize,
    /// Whether colours are wanted.
    pub colour: bool,
}

/// What is drawn of a held command to ask about it, with the question, on a screen of such a size.
pub fn picture(held: &Held<'_>, loss: &Loss, size: Size) -> String {
    let Size { rows, columns, colour } = size;
    let setting = Setting { rows, columns, colour, folder: None, client: None, seconds: None };
    let screen = Screen { held, loss, setting };
    let question = screen.question();
    screen.body(&question) + &screen.asked(&question)
}

/// The message for standard error when a command does not run: what was held, why, what to do instead, and not
/// to try another way. It ends with a newline and holds no character that a terminal would obey.
pub fn refusal(held: &Held<'_>, refusal: &Refusal) -> String {
    notice::notice(held, refusal)
}

/// Draws the question, and reads answers until one counts.
fn put(held: &Held<'_>, loss: &Loss, terminal: &Terminal) -> Result<(), Refusal> {
    terminal.set(Keys::Unseen)?;
    let (rows, columns, colour) = terminal.screen();
    let folder = env::current_dir().ok().map(|folder| folder.to_string_lossy().into_owned());
    let seconds = terminal.limit().as_secs();
    let setting =
        Setting { rows, columns, colour, folder: folder.as_deref(), client: client::name(), seconds: Some(seconds) };
    let screen = Screen { held, loss, setting };
    let question = screen.question();
    let text = screen.asked(&question);
    terminal.write(&screen.body(&question))?;
    terminal.write(&text)?;
    open(terminal, &text)?;
    let mut attempts = ATTEMPTS;
    let mut views = VIEWS;
    while attempts > 0 {
        match question.reply(&line(terminal)?) {
            Reply::Yes => return Ok(()),
            Reply::No => break,
            Reply::Show(view) if views > 0 => {
                views -= 1;
                // What is typed while it is shown was typed before it was read.
                terminal.set(Keys::Unseen)?;
                terminal.write(&screen.view(view))?;
                terminal.write(&text)?;
                open(terminal, &text)?;
            }
            Reply::Show(_) | Reply::Neither => {
                attempts -= 1;
                if attempts > 0 {
                    terminal.write(&format!("{}\n{text}", question.again()))?;
                }
            }
        }
    }
    Err(Refusal::Declined { terminal: terminal.name().to_owned() })
}

/// Opens the question for answers, once nothing was typed for a while. What was typed before does not count: a human
/// has not read the question yet, and a program that keeps typing never gets an answer in.
fn open(terminal: &Terminal, question: &str) -> Result<(), Refusal> {
    terminal.discard()?;
    let mut told = false;
    while terminal.read(Instant::now() + QUIET)?.is_some() {
        if !told {
            terminal.write(&format!("\nWhat was typed before the question does not count.\n{question}"))?;
            told = true;
        }
    }
    terminal.set(Keys::Lines)
}

/// Reads a whole line. A line that ends without Enter (Ctrl-D) is not one yet.
fn line(terminal: &Terminal) -> Result<Vec<u8>, Refusal> {
    let mut line = Vec::new();
    while !line.contains(&b'\n') {
        line.extend(terminal.read(terminal.deadline())?.unwrap_or_default());
    }
    Ok(line)
}

/// Ends the line of the question, and leaves nothing typed to whoever reads next.
fn close(terminal: &Terminal, refusal: &Refusal) {
    let _ = match refusal {
        Refusal::Expired(_) | Refusal::Interrupted | Refusal::Closed => {
            terminal.discard().and_then(|()| terminal.write(&format!("\nNot run: {}.\n", refusal.as_str())))
        }
        _ => Ok(()),
    };
}
