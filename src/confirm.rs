//! Has a human decide about a held command: on its own terminal, or at the desk where there is none that counts.

use std::io::{self, Write};
use std::time::Duration;

use crate::ask::{self, Answer, Asking, Proofs, Refusal};
use crate::client;
use crate::desk::{self, Asked};
use crate::effect::{Class, Effect, Finding};
use crate::factors::Factors;
use crate::facts::look::look;
use crate::facts::loss::Loss;
use crate::facts::machine::Machine;
use crate::folders::Folders;
use crate::grants::{self, Grants, Offer};
use crate::human::{self, Doubt};
use crate::journal::{Entry, Journal, Outcome};
use crate::policy::{Configuration, Held, Why};

/// What it takes to ask a human about one command.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Where it is recorded.
    pub journal: &'a Journal<'a>,
    /// The user's folders.
    pub folders: Option<&'a Folders>,
    /// The user's configuration; `None` where it cannot be read.
    pub configuration: Option<&'a Configuration>,
    /// What an answer is bound to.
    pub asked: Asked<'a>,
    /// The record, but for what comes of the command.
    pub entry: Entry<'a>,
    /// The machine that the command would run on.
    pub machine: &'a Machine,
    /// Where a human may be asked.
    pub at: At,
}

/// Where a human may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// On this process's own terminal, else at the desk.
    Terminal,
    /// Only at the desk, and without a wait: this process answers an agent, whose terminal it is.
    Desk,
}

impl Person<'_> {
    /// Asks, when the answer could be recorded. A wait at the desk is recorded before it begins.
    pub fn confirm(&self, held: &Held<'_>) -> Answer {
        if let Err(error) = self.journal.check() {
            return unrecorded(&error);
        }
        if held.findings.iter().any(|finding| answers_for_human(finding)) {
            let outsider = match self.at {
                At::Terminal => human::check_outsider(self.folders),
                At::Desk => Err(Doubt::NoTerminal),
            };
            match outsider {
                Ok(terminal) if held.findings.iter().all(|finding| answers_for_human(finding)) => {
                    return Answer::Confirmed { terminal };
                }
                Ok(_) => {}
                Err(doubt) => return Answer::Refused(Refusal::Doubtful(doubt)),
            }
        }
        if let Some(answer) = self.granted(held).or_else(|| self.in_session(held)) {
            return answer;
        }
        let configuration = self.configuration.cloned().unwrap_or_default();
        let loss = look(held.report, self.machine, &configuration.severe);
        let offers = grants::offers(held, self.asked.folder);
        let terminal = match self.at {
            At::Terminal => human::check(self.folders),
            At::Desk => Err(Doubt::NoTerminal),
        };
        let answer = match terminal {
            Ok(_) => self.ask_here(held, &loss, &offers, &configuration),
            Err(Doubt::NoTerminal) => Answer::Refused(Refusal::NoTerminal),
            Err(doubt) => Answer::Refused(Refusal::Doubtful(doubt)),
        };
        match answer {
            Answer::Refused(why @ (Refusal::NoTerminal | Refusal::Background | Refusal::Doubtful(_))) => {
                let call = desk::Call {
                    asked: self.asked,
                    loss: &loss,
                    offers: &offers,
                    folders: self.folders,
                    wait: if self.at == At::Desk { Duration::ZERO } else { configuration.waits() },
                    notify: configuration.notify.as_ref(),
                    why: &why,
                };
                desk::ask(held, &call, |request| self.record_wait(&request.id))
            }
            answer => answer,
        }
    }

    /// Asks on the command's own terminal. What is allowed ahead along with a yes is kept; where it cannot be, the yes counts.
    fn ask_here(&self, held: &Held<'_>, loss: &Loss, offers: &[Offer], configuration: &Configuration) -> Answer {
        let folder = self.asked.folder.map(|folder| folder.to_string_lossy());
        let proofs =
            Proofs { factors: self.folders.map(Factors::of), needed: configuration.factors.of(&grants::effects(held)) };
        let asking = Asking {
            held,
            loss,
            folder: folder.as_deref(),
            client: client::name(),
            limit: configuration.prompt_timeout,
            offers,
            proofs: &proofs,
        };
        let yes = match ask::ask(&asking) {
            Ok(yes) => yes,
            Err(refusal) => return Answer::Refused(refusal),
        };
        if let (Some(offer), Some(folders)) = (yes.offer.and_then(|chosen| offers.get(chosen)), self.folders)
            && let Err(error) = offer.grant(&yes.terminal).and_then(|grant| Grants::of(folders).add(&grant))
        {
            let _ = writeln!(io::stderr(), "guard: nothing is allowed ahead: {error}");
        }
        Answer::Confirmed { terminal: yes.terminal }
    }

    /// A human's yes that was given ahead of time.
    fn granted(&self, held: &Held<'_>) -> Option<Answer> {
        let used = Grants::of(self.folders?).spend(held, self.asked.folder?).unwrap_or_default()?;
        Some(Answer::Confirmed { terminal: format!("grant {}", used.join(", ")) })
    }

    /// A human's yes for a while: to what the mode alone asks about, and nothing destructive.
    fn in_session(&self, held: &Held<'_>) -> Option<Answer> {
        if held.report.class != Class::Mutating || held.why != Why::Class {
            return None;
        }
        let session = human::session::held(self.folders?)?;
        Some(Answer::Confirmed { terminal: format!("session on {}", session.terminal) })
    }

    fn record_wait(&self, ticket: &str) -> Result<(), Answer> {
        let record = Entry { outcome: Outcome::Held(ticket), ..self.entry };
        self.journal.append(&record).map_err(|error| unrecorded(&error))
    }
}

/// Whether a finding is about one of guard's own subcommands that speak for the human. No question makes that an
/// agent's to do; a human need not be asked whether they mean it.
fn answers_for_human(finding: &Finding) -> bool {
    finding.effect == Some(Effect::Persist) && finding.rule.starts_with("guard.")
}

/// What cannot be recorded does not run. That nobody may read why changes nothing.
fn unrecorded(error: &impl std::fmt::Display) -> Answer {
    let _ = writeln!(io::stderr(), "guard: not recorded: {error}");
    Answer::Refused(Refusal::Unrecorded)
}
