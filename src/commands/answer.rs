//! `guard answer`: takes an answer that was signed off the machine, also when nobody waits for it any more.
//!
//! Whose key signed it is all that counts: it needs no terminal, since no agent has the key.

use std::io::{self, Read};
use std::process::ExitCode;

use jiff::Timestamp;

use super::answers;
use crate::desk::notify::ANSWER_LIMIT;
use crate::desk::{Key, Request, Signed, Spool, Verdict};
use crate::folders::Folders;
use crate::in_force::InForce;

/// Where such an answer is said to come from.
const FROM: &str = "off the machine (guard answer)";

/// Runs the subcommand: 0, or 1 when the answer does not count.
pub fn run() -> ExitCode {
    match answer() {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(why) => answers::fail("answer", &format!("the answer does not count: {why}")),
    }
}

fn answer() -> Result<String, String> {
    let folders = Folders::of_user();
    let key = key(folders.as_ref())?;
    let mut text = Vec::new();
    io::stdin().take(ANSWER_LIMIT).read_to_end(&mut text).map_err(|error| error.to_string())?;
    let signed: Signed =
        serde_json::from_slice(&text).map_err(|error| format!("standard input is no signed answer: {error}"))?;
    let (spool, request) =
        addressee(&signed, folders.as_ref()).ok_or("no request that can be answered is the one it names")?;
    signed.check(key, &request, Timestamp::now())?;
    let request =
        spool.answer(&request.id, signed.answer, FROM, signed.because()).map_err(|error| error.to_string())?;
    Ok(match signed.answer {
        Verdict::Approve => answers::approved(&request),
        Verdict::Deny => answers::told("denied", &request),
    })
}

/// The key of who may answer.
fn key(folders: Option<&Folders>) -> Result<Key, String> {
    let configuration = InForce::load(folders, None).configuration.map_err(|mistake| mistake.to_string())?;
    configuration
        .notify
        .and_then(|notify| notify.key)
        .ok_or_else(|| "the configuration has no key under notify:".to_owned())
}

/// The request that an answer names, and the desk where it lies.
fn addressee(signed: &Signed, folders: Option<&Folders>) -> Option<(Spool, Request)> {
    Spool::all(folders).into_iter().find_map(|spool| {
        let request = spool.answerable().into_iter().find(|request| request.hash() == signed.request)?;
        Some((spool, request))
    })
}
