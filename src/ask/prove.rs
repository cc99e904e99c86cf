//! Has a human prove on a terminal that it is them: what the configuration asks for besides a yes.

use super::Refusal;
use super::settings::Keys;
use super::terminal::Terminal;
use crate::factors::{Factors, Kind};
#[cfg(feature = "pam")]
use crate::visible;

/// How often a wrong proof may be given again.
const ATTEMPTS: usize = 3;

/// What a yes needs besides.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    /// Who knows what is right; `None` where there is no home folder.
    pub factors: Option<Factors>,
    /// The kinds that are needed.
    pub needed: Vec<Kind>,
}

impl Proofs {
    /// Whether a yes is enough.
    pub fn are_none(&self) -> bool {
        self.needed.is_empty()
    }

    /// Asks for each of them.
    ///
    /// # Errors
    ///
    /// When one is not given, or none can be.
    pub(super) fn take(&self, terminal: &Terminal) -> Result<(), Refusal> {
        self.needed.iter().try_for_each(|kind| self.take_one(*kind, terminal))
    }

    fn take_one(&self, kind: Kind, terminal: &Terminal) -> Result<(), Refusal> {
        let unproven = |why: String| {
            terminal.write(&format!("{why}\n"))?;
            Err(Refusal::Unproven(why))
        };
        let Some(factors) = &self.factors else { return unproven("there is no home folder".to_owned()) };
        if !factors.is_set(kind) {
            return unproven(crate::factors::Failure::Unset(kind).to_string());
        }
        #[cfg(feature = "pam")]
        if kind == Kind::Pam {
            return match pam(factors, terminal) {
                Err(Refusal::Unproven(why)) => unproven(why),
                taken => taken,
            };
        }
        for _ in 0..ATTEMPTS {
            terminal.set(Keys::Hidden)?;
            terminal.write(&format!("{}: ", kind.asked()))?;
            let typed = terminal.line()?;
            match factors.is_right(kind, &String::from_utf8_lossy(typed.strip_suffix(b"\n").unwrap_or(&typed))) {
                Ok(true) => return Ok(()),
                Ok(false) => terminal.write("That is not it.\n")?,
                Err(failure) => return unproven(failure.to_string()),
            }
        }
        Err(Refusal::Unproven(format!("the {} was wrong", kind.as_str())))
    }
}

/// Has PAM's modules ask what they want, until they take the answers.
#[cfg(feature = "pam")]
fn pam(factors: &Factors, terminal: &Terminal) -> Result<(), Refusal> {
    use crate::factors::pam::{Proving, Turn};
    use std::os::fd::AsFd;
    let unproven = |failure: crate::factors::Failure| Refusal::Unproven(failure.to_string());
    for _ in 0..ATTEMPTS {
        factors.check_try().map_err(unproven)?;
        let mut proving = Proving::start().map_err(|error| Refusal::Unproven(format!("PAM: {error}")))?;
        let right = loop {
            terminal.await_file(proving.as_fd())?;
            match proving.turn() {
                Turn::Say(line) => terminal.write(&format!("{}\n", visible::line(&line)))?,
                Turn::Ask { question, shown, typed } => {
                    terminal.set(if shown { Keys::Lines } else { Keys::Hidden })?;
                    terminal.write(&visible::line(&question))?;
                    let line = terminal.line()?;
                    let line = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line)).into_owned();
                    // Modules that have ended meanwhile take it no more.
                    let _ = typed.send(line);
                }
                Turn::End(right) => break right.map_err(Refusal::Unproven)?,
            }
        };
        factors.count_try(right).map_err(unproven)?;
        if right {
            return Ok(());
        }
        terminal.write("That is not it.\n")?;
    }
    Err(Refusal::Unproven("PAM did not take it".to_owned()))
}
