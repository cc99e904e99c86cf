//! A terminal on which a human answers one request after another, each with one key.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use console::Style;

use super::question::{Reply, View};
use super::screen::{self, Setting};
use super::settings::Keys;
use super::terminal::Terminal;
use super::{Proofs, QUIET, Refusal};
use crate::desk::Request;
use crate::policy::Held;
use crate::visible;

/// A watch lasts as long as its human likes; a terminal wants to know a limit.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// The keys; they are shown when they count.
const KEYS: &str = "[y] yes  [n] no  [r] no, and why  [s] skip  [q] quit ";

/// How long is looked for a key that is there already.
const GLANCE: Duration = Duration::from_millis(5);

/// A key that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Let it run, once.
    Approve,
    /// Do not let it run.
    Deny,
    /// The same, and say why.
    DenyBecause,
    /// Show more.
    More(View),
    /// Show what can be allowed ahead.
    Offer,
    /// Leave it to another.
    Skip,
    /// End the watch.
    Quit,
}

/// The terminal of a watch.
pub struct Screen {
    terminal: Terminal,
    /// Whether what is typed counts by now.
    open: bool,
    /// Whether a request was shown.
    asked: bool,
}

impl Screen {
    /// Takes the terminal of this process.
    ///
    /// # Errors
    ///
    /// When there is none, or it belongs to another job.
    pub fn take() -> Result<Screen, Refusal> {
        let terminal = Terminal::hold(LONGEST)?;
        terminal.set(Keys::Unseen)?;
        Ok(Screen { terminal, open: false, asked: false })
    }

    /// Writes lines.
    ///
    /// # Errors
    ///
    /// When the terminal goes away.
    pub fn say(&self, text: &str) -> Result<(), Refusal> {
        self.terminal.write(text)
    }

    /// Rings, and has a terminal that can do so notify the desktop.
    ///
    /// # Errors
    ///
    /// When the terminal goes away.
    pub fn ring(&self, text: &str) -> Result<(), Refusal> {
        // What ends a sequence, or parts its fields, is not in it.
        let text: String = visible::short(text, 80).chars().filter(|c| !matches!(c, ';' | '\\')).collect();
        self.terminal.write("\x07")?;
        match self.terminal.screen().2 {
            true => self.terminal.write(&format!("\x1b]9;guard: {text}\x07\x1b]777;notify;guard;{text}\x07")),
            false => Ok(()),
        }
    }

    /// Shows a request, and asks about it. What was typed before does not count.
    ///
    /// # Errors
    ///
    /// When the terminal goes away.
    pub fn show(&mut self, request: &Request, note: &str) -> Result<(), Refusal> {
        let report = request.report();
        let held = request.held(&report);
        let screen = self.picture(request, &held);
        let mut question = screen.question();
        question.offers = !request.offers.is_empty();
        let text = screen.body(&question);
        let question = Style::new().bold().force_styling(screen.setting.colour).apply_to("Run it once?").to_string();
        self.terminal.write(&text)?;
        self.terminal.write(&format!("  {}, {note}\n\n{question} ", request.id))?;
        self.close()
    }

    /// Shows more of a request.
    ///
    /// # Errors
    ///
    /// When the terminal goes away.
    pub fn show_more(&mut self, request: &Request, view: View) -> Result<(), Refusal> {
        let report = request.report();
        let held = request.held(&report);
        let text = self.picture(request, &held).view(view);
        self.terminal.write(&text)?;
        self.close()
    }

    /// Has what must be typed for a severe loss typed: whether it was.
    ///
    /// # Errors
    ///
    /// When the terminal goes away, or a signal ends the watch.
    pub fn confirm(&mut self, request: &Request) -> Result<bool, Refusal> {
        let report = request.report();
        let held = request.held(&report);
        let screen = self.picture(request, &held);
        let question = screen.question();
        if question.phrase.is_none() {
            return Ok(true);
        }
        let text = format!("\n{}", screen.asked(&question));
        let line = self.line(&text)?;
        Ok(question.reply(line.as_bytes()) == Reply::Yes)
    }

    /// Has a human choose what is allowed ahead along with a yes.
    ///
    /// # Errors
    ///
    /// When the terminal goes away, or a signal ends the watch.
    pub fn choose(&mut self, request: &Request) -> Result<Option<usize>, Refusal> {
        let report = request.report();
        let held = request.held(&report);
        let screen = self.picture(request, &held);
        let line = self.line(&screen.choices(&request.offers))?;
        let chosen = super::chosen(line.as_bytes(), &request.offers);
        self.terminal.write(&screen.choice(&request.offers, chosen))?;
        self.close()?;
        Ok(chosen)
    }

    /// Has what else a yes needs proven: whether it was.
    ///
    /// # Errors
    ///
    /// When the terminal goes away, or a signal ends the watch.
    pub fn prove(&mut self, proofs: &Proofs) -> Result<bool, Refusal> {
        if proofs.are_none() {
            return Ok(true);
        }
        self.terminal.write("\n")?;
        let proven = proofs.take(&self.terminal);
        self.terminal.set(Keys::Unseen)?;
        match proven {
            Ok(()) => Ok(true),
            Err(Refusal::Unproven(_)) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    fn picture<'a>(&self, request: &'a Request, held: &'a Held<'a>) -> screen::Screen<'a> {
        let (rows, columns, colour) = self.terminal.screen();
        let (folder, client) = (request.folder.as_deref(), request.client.as_deref());
        let setting = Setting { rows, columns, colour, folder, client, seconds: None };
        screen::Screen { held, loss: &request.loss, setting }
    }

    /// Counts nothing that is typed until nothing was for a while.
    fn close(&mut self) -> Result<(), Refusal> {
        self.open = false;
        self.asked = true;
        self.terminal.discard()
    }

    /// Waits for a key, at the latest until a moment, or until another file can be read. A key counts once nothing was
    /// typed for a while after the request was shown.
    ///
    /// # Errors
    ///
    /// When the terminal goes away, or a signal ends the watch.
    pub fn key(&mut self, other: Option<BorrowedFd<'_>>, until: Instant) -> Result<Option<Key>, Refusal> {
        if !self.open {
            while self.terminal.read(Instant::now() + QUIET)?.is_some() {}
            self.open = true;
            self.terminal.write(if self.asked { KEYS } else { "" })?;
        }
        self.terminal.idle(other, until)?;
        let typed = self.terminal.read(Instant::now() + GLANCE)?.unwrap_or_default();
        let [key] = typed.as_slice() else { return Ok(None) };
        Ok(match key.to_ascii_lowercase() {
            b'y' => Some(Key::Approve),
            b'n' => Some(Key::Deny),
            b'r' => Some(Key::DenyBecause),
            b'e' => Some(Key::More(View::Explanation)),
            b'd' => Some(Key::More(View::Details)),
            b'w' => Some(Key::More(View::Whole)),
            b'a' => Some(Key::Offer),
            b's' => Some(Key::Skip),
            b'q' | 4 => Some(Key::Quit),
            _ => None,
        })
    }

    /// Waits until a moment, or until its human presses `q`.
    ///
    /// # Errors
    ///
    /// When the terminal goes away, or a signal ends or stops programs.
    pub fn rest(&mut self, until: Instant) -> Result<(), Refusal> {
        while Instant::now() < until {
            if let Some(typed) = self.terminal.read(until)?
                && typed.iter().any(|key| matches!(key, b'q' | b'Q' | 4))
            {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Has a line typed.
    ///
    /// # Errors
    ///
    /// When the terminal goes away, or a signal ends the watch.
    pub fn line(&self, question: &str) -> Result<String, Refusal> {
        self.terminal.set(Keys::Lines)?;
        self.terminal.write(question)?;
        let line = self.terminal.line()?;
        self.terminal.set(Keys::Unseen)?;
        Ok(String::from_utf8_lossy(line.trim_ascii()).into_owned())
    }
}
