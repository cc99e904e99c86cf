//! Asks a human, and says what was refused.
//!
//! Takes a command that the policy holds, gives an [`Answer`]. Knows terminals; knows nothing of how commands
//! are judged.

mod marked;
mod notice;
mod pen;
mod prove;
mod question;
mod screen;
mod settings;
mod signals;
mod terminal;

use std::borrow::Cow;
use std::time::{Duration, Instant};

use crate::facts::loss::Loss;
use crate::grants::Offer;
use crate::human::Doubt;
use crate::policy::Held;
pub use prove::Proofs;
use question::Reply;
use screen::{CHOICE, Screen, Setting};
use settings::Keys;
use terminal::Terminal;
#[cfg(target_os = "linux")]
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
    /// The yes was not proven as the configuration asks for, and why.
    Unproven(String),
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
            Refusal::Unproven(_) => "the proof that the configuration asks for was not given",
            Refusal::Unrecorded => "it cannot be recorded",
        }
    }

    /// Why, with what is known beyond that.
    pub fn reason(&self) -> Cow<'static, str> {
        match self {
            Refusal::Doubtful(doubt) => doubt.to_string().into(),
            Refusal::Unanswered { waited, why, .. } if waited.is_zero() => why.reason(),
            Refusal::Denied { because: Some(because), .. } => format!("a human said no: {because}").into(),
            Refusal::Unproven(why) => why.clone().into(),
            Refusal::NoDesk(error) => format!("the desk cannot be used: {error}").into(),
            refusal => refusal.as_str().into(),
        }
    }
}

/// How often something more is shown.
const VIEWS: usize = 20;

/// What is asked, and what an answer needs.
pub struct Asking<'a> {
    /// The held command.
    pub held: &'a Held<'a>,
    /// What it would lose. It is shown, and says whether a yes is enough.
    pub loss: &'a Loss,
    /// Where it would run.
    pub folder: Option<&'a str>,
    /// The agent that wants it.
    pub client: Option<&'a str>,
    /// How long an answer is waited for.
    pub limit: Duration,
    /// What may be allowed ahead along with it.
    pub offers: &'a [Offer],
    /// What a yes needs besides.
    pub proofs: &'a Proofs,
}

/// A human's yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Yes {
    /// The terminal on which it was said.
    pub terminal: String,
    /// Which of the offers goes with it.
    pub offer: Option<usize>,
}

/// Asks on the terminal of this process.
///
/// # Errors
///
/// Why there is no yes.
pub fn ask(asking: &Asking<'_>) -> Result<Yes, Refusal> {
    on_terminal(asking.limit, |terminal| {
        let offer = put(asking, terminal)?;
        Ok(Yes { terminal: terminal.name().to_owned(), offer })
    })
}

/// Asks for proofs alone, where the yes was said already.
///
/// # Errors
///
/// Why there are none.
pub fn prove(proofs: &Proofs, limit: Duration) -> Result<(), Refusal> {
    on_terminal(limit, |terminal| proofs.take(terminal))
}

/// A terminal on which a human types what is kept.
pub struct Reader<'t>(&'t Terminal);

/// Has a human answer several questions.
///
/// # Errors
///
/// When the terminal goes away, or the human gives up.
pub fn dialogue<T>(limit: Duration, act: impl FnOnce(&Reader<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
    on_terminal(limit, |terminal| act(&Reader(terminal)))
}

impl Reader<'_> {
    /// Writes lines.
    ///
    /// # Errors
    ///
    /// When the terminal goes away.
    pub fn say(&self, text: &str) -> Result<(), Refusal> {
        self.0.write(text)
    }

    /// Has a line typed that is not shown.
    ///
    /// # Errors
    ///
    /// When the terminal goes away, or a signal ends it.
    pub fn hidden(&self, question: &str) -> Result<String, Refusal> {
        self.0.set(Keys::Hidden)?;
        self.0.write(question)?;
        let line = self.0.line()?;
        Ok(String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line)).into_owned())
    }

    /// Asks for proofs.
    ///
    /// # Errors
    ///
    /// When they are not given.
    pub fn prove(&self, proofs: &Proofs) -> Result<(), Refusal> {
        proofs.take(self.0)
    }

    /// Ends it, and says why.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn give_up<T>(&self, why: &str) -> Result<T, Refusal> {
        Err(Refusal::Unproven(why.to_owned()))
    }
}

fn on_terminal<T>(limit: Duration, act: impl FnOnce(&Terminal) -> Result<T, Refusal>) -> Result<T, Refusal> {
    let terminal = Terminal::hold(limit)?;
    let result = act(&terminal);
    if let Err(refusal) = &result {
        close(&terminal, refusal);
    }
    result
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

/// Draws the question, and reads answers until one counts; gives the offer that goes with a yes.
fn put(asking: &Asking<'_>, terminal: &Terminal) -> Result<Option<usize>, Refusal> {
    terminal.set(Keys::Unseen)?;
    let (rows, columns, colour) = terminal.screen();
    let seconds = Some(terminal.limit().as_secs());
    let setting = Setting { rows, columns, colour, folder: asking.folder, client: asking.client, seconds };
    let screen = Screen { held: asking.held, loss: asking.loss, setting };
    let mut question = screen.question();
    question.offers = !asking.offers.is_empty();
    let mut text = screen.asked(&question);
    terminal.write(&screen.body(&question))?;
    terminal.write(&text)?;
    open(terminal, &text)?;
    let mut attempts = ATTEMPTS;
    let mut views = VIEWS;
    let mut offer = None;
    while attempts > 0 {
        match question.reply(&terminal.line()?) {
            Reply::Yes => return asking.proofs.take(terminal).map(|()| offer),
            Reply::No => break,
            Reply::Show(view) if views > 0 => {
                views -= 1;
                // What is typed while it is shown was typed before it was read.
                terminal.set(Keys::Unseen)?;
                terminal.write(&screen.view(view))?;
                terminal.write(&text)?;
                open(terminal, &text)?;
            }
            Reply::Offer if views > 0 => {
                views -= 1;
                terminal.set(Keys::Unseen)?;
                let choices = screen.choices(asking.offers);
                terminal.write(&choices)?;
                open(terminal, CHOICE)?;
                offer = chosen(&terminal.line()?, asking.offers);
                question.allows = offer.is_some();
                text = screen.asked(&question);
                terminal.set(Keys::Unseen)?;
                terminal.write(&screen.choice(asking.offers, offer))?;
                terminal.write(&text)?;
                open(terminal, &text)?;
            }
            Reply::Show(_) | Reply::Offer | Reply::Neither => {
                attempts -= 1;
                if attempts > 0 {
                    terminal.write(&format!("{}\n{text}", question.again()))?;
                }
            }
        }
    }
    Err(Refusal::Declined { terminal: terminal.name().to_owned() })
}

/// The offer whose number was typed.
fn chosen(line: &[u8], offers: &[Offer]) -> Option<usize> {
    let number: usize = std::str::from_utf8(line.trim_ascii()).ok()?.parse().ok()?;
    number.checked_sub(1).filter(|at| *at < offers.len())
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

/// Ends the line of the question, and leaves nothing typed to whoever reads next.
fn close(terminal: &Terminal, refusal: &Refusal) {
    let _ = match refusal {
        Refusal::Expired(_) | Refusal::Interrupted | Refusal::Closed => {
            terminal.discard().and_then(|()| terminal.write(&format!("\nNot run: {}.\n", refusal.as_str())))
        }
        _ => Ok(()),
    };
}
