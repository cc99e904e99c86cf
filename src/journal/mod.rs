//! The record of what was judged and decided: one line of JSON for each command, each with the hash of the one before.
//!
//! Takes what happened, gives a line in `journal.jsonl`; reads it back for people and checks it. Knows how to mask
//! secrets; knows nothing of how anything was decided.

mod chain;
mod mask;
mod record;
mod verify;

pub use mask::Masker;
pub use record::{By, Reason, Record, Word};
pub use verify::{Problem, Verification};

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use chain::Files;

use crate::ask::Refusal;
use crate::folders::Folders;
use crate::request::Report;

/// What happened to one command.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// How it came in: `-c`, `--`, `script`, `stdin`, the name of a hook.
    pub door: &'a str,
    /// Where it was to run.
    pub folder: Option<&'a Path>,
    /// What was judged.
    pub report: &'a Report,
    /// What came of it.
    pub outcome: Outcome<'a>,
}

/// What came of a judged command.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// It ran without a question.
    Ran,
    /// It ran because a human confirmed it on this terminal.
    Confirmed(&'a str),
    /// It waits at the desk under this ticket. Another record follows when the wait ends by itself.
    Held(&'a str),
    /// It did not run.
    Refused(&'a Refusal),
}

/// The journal of one user. Nothing is opened until something is written.
#[derive(Clone, Debug)]
pub struct Journal<'a> {
    folders: Option<&'a Folders>,
}

impl<'a> Journal<'a> {
    /// The journal in the user's state folder.
    pub fn of(folders: Option<&'a Folders>) -> Journal<'a> {
        Journal { folders }
    }

    /// Whether a record could be written now. Asked before a human is, so that no answer is wasted.
    ///
    /// # Errors
    ///
    /// As for [`Journal::append`].
    pub fn check(&self) -> Result<(), Unwritten> {
        self.files()?.check()
    }

    /// Appends a record. It must be called before the command runs: guard becomes the command. What did not run
    /// without a question is on the disk when this returns.
    ///
    /// # Errors
    ///
    /// When the record is not in the journal. Then a command that was to be confirmed must not run; any other
    /// runs, with the error as a warning.
    pub fn append(&self, entry: &Entry<'_>) -> Result<(), Unwritten> {
        let files = self.files()?;
        let record = Record::of(entry);
        let fail =
            |error: serde_json::Error| Unwritten { place: files.journal.display().to_string(), error: error.into() };
        let bytes = serde_json::to_vec(&record).map_err(fail)?;
        files.append(&bytes, record.decision != Word::Ran)
    }

    /// Checks that no record was changed, taken out or moved.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read, or stays locked.
    pub fn verify(&self) -> Result<Verification, Unwritten> {
        verify::verify(&self.files()?)
    }

    /// The file with the records.
    ///
    /// # Errors
    ///
    /// When there is no home folder.
    pub fn path(&self) -> Result<PathBuf, Unwritten> {
        self.files().map(|files| files.journal)
    }

    fn files(&self) -> Result<Files, Unwritten> {
        let no_home = || Unwritten {
            place: "journal".to_owned(),
            error: io::Error::new(io::ErrorKind::NotFound, "there is no home folder: HOME is not set"),
        };
        self.folders.map(|folders| Files::of(&folders.state)).ok_or_else(no_home)
    }
}

/// Why a record is not in the journal.
#[derive(Debug)]
pub struct Unwritten {
    /// The file or folder.
    pub place: String,
    /// What the system said.
    pub error: io::Error,
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.error)
    }
}

impl std::error::Error for Unwritten {}
