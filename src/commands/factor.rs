//! `guard factor`: sets, removes and lists what a human's yes needs besides a terminal.

use std::env;
use std::process::ExitCode;

use super::answers::{self, PATIENCE};
use crate::ask::{self, Proofs, Reader};
use crate::cli::{Factor, FactorAction};
use crate::factors::{Factors, Kind, PAM_UNSET, SHORTEST, Secret};
use crate::folders::Folders;

/// Runs the subcommand: 0, or 1 when it does not count or does not work.
pub fn run(factor: &Factor) -> ExitCode {
    act(factor).err().unwrap_or(ExitCode::SUCCESS)
}

fn act(factor: &Factor) -> Result<(), ExitCode> {
    let Some(folders) = Folders::of_user() else { return Err(fail("there is no home folder: HOME is not set")) };
    let factors = Factors::of(&folders);
    match factor.action {
        FactorAction::List => {
            for kind in Kind::ALL {
                println!("{:10}  {}", kind.as_str(), if factors.is_set(kind) { "set" } else { "not set" });
            }
            Ok(())
        }
        // Only root sets it, by a file.
        FactorAction::Set { kind: Kind::Pam } if factors.is_set(Kind::Pam) => {
            Err(fail("pam: it is set; root changes the file /etc/pam.d/guard"))
        }
        FactorAction::Set { kind: Kind::Pam } => Err(fail(&format!("pam: {PAM_UNSET}"))),
        FactorAction::Remove { kind: Kind::Pam } => Err(fail("root removes it, with the file /etc/pam.d/guard")),
        FactorAction::Set { kind } => {
            answers::terminal(Some(&folders), &["factor", "set", kind.as_str()])?;
            ask::dialogue(PATIENCE, |reader| {
                prove_old(&factors, kind, reader)?;
                match kind {
                    Kind::Passphrase => set_passphrase(&factors, reader),
                    Kind::Totp => set_totp(&factors, reader),
                    Kind::Pam => reader.give_up(PAM_UNSET),
                }
            })
            .map_err(|refusal| fail(&refusal.reason()))?;
            println!("set: name it under factors: in the configuration, so that it is asked for");
            Ok(())
        }
        FactorAction::Remove { kind } => {
            answers::terminal(Some(&folders), &["factor", "remove", kind.as_str()])?;
            if !factors.is_set(kind) {
                return Err(fail("it is not set"));
            }
            ask::dialogue(PATIENCE, |reader| prove_old(&factors, kind, reader))
                .map_err(|refusal| fail(&refusal.reason()))?;
            factors.remove(kind).map_err(|error| fail(&error.to_string()))
        }
    }
}

/// Who changes one must have it.
fn prove_old(factors: &Factors, kind: Kind, reader: &Reader<'_>) -> Result<(), ask::Refusal> {
    match factors.is_set(kind) {
        true => reader.prove(&Proofs { factors: Some(factors.clone()), needed: vec![kind] }),
        false => Ok(()),
    }
}

fn set_passphrase(factors: &Factors, reader: &Reader<'_>) -> Result<(), ask::Refusal> {
    let typed = reader.hidden("New passphrase: ")?;
    if typed.chars().count() < SHORTEST {
        return reader.give_up(&format!("a passphrase has at least {SHORTEST} characters"));
    }
    if reader.hidden("Once more: ")? != typed {
        return reader.give_up("the two are not the same");
    }
    factors.set_passphrase(&typed).or_else(|error| reader.give_up(&error.to_string()))
}

fn set_totp(factors: &Factors, reader: &Reader<'_>) -> Result<(), ask::Refusal> {
    let secret = Secret::new().map_or_else(|error| reader.give_up(&error.to_string()), Ok)?;
    let account = env::var("USER").unwrap_or_else(|_| "me".to_owned());
    reader.say(&format!(
        "Add this to an authenticator on another device; it is shown once:\n  {}\n  {}\n",
        secret.base32(),
        secret.address(&account)
    ))?;
    let code = reader.hidden("The code that it shows now: ")?;
    // The code that shows that it works is used up with that.
    match secret.used(&code, jiff::Timestamp::now()) {
        Some(used) => factors.set_totp(&used).or_else(|error| reader.give_up(&error.to_string())),
        None => reader.give_up("that is not its code; nothing is set"),
    }
}

fn fail(why: &str) -> ExitCode {
    answers::fail("factor", why)
}
