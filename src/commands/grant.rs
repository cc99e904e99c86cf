//! `guard grant`: allows something ahead of time. `guard grants`: lists what is allowed, and takes it back.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::{Span, Timestamp};

use super::answers;
use crate::cli::{Allow, Allowed};
use crate::desk;
use crate::effect::Effect;
use crate::folders::Folders;
use crate::grants::{Grant, Grants, resolved};
use crate::visible;

/// Runs `guard grant`: 0, or 1 when it does not count or cannot be kept, or 2 when the call is wrong.
pub fn grant(allow: &Allow) -> ExitCode {
    let Some(folders) = Folders::of_user() else { return fail("grant", "there is no home folder: HOME is not set", 1) };
    let terminal = match answers::terminal(Some(&folders), &["grant"]) {
        Ok(terminal) => terminal,
        Err(code) => return code,
    };
    let grant = match build(allow, terminal) {
        Ok(grant) => grant,
        Err(what) => return fail("grant", &what, 2),
    };
    // Without an effect it is good for any.
    let effects = grant.effect.map(|effect| [effect]);
    let proofs = answers::proofs("grant", Some(&folders), effects.as_ref().map(|effects| &effects[..]));
    if let Err(code) = proofs.and_then(|proofs| answers::prove("grant", &proofs)) {
        return code;
    }
    match Grants::of(&folders).add(&grant) {
        Ok(()) => {
            println!("{}", line(&grant));
            ExitCode::SUCCESS
        }
        Err(error) => fail("grant", &error.to_string(), 1),
    }
}

fn build(allow: &Allow, from: String) -> Result<Grant, String> {
    if allow.effect == Some(Effect::Persist) {
        return Err("persist is never allowed ahead of time".to_owned());
    }
    let here = env::current_dir().map_err(|error| error.to_string())?;
    let project = allow.project.as_deref().map_or_else(|| here.clone(), |project| here.join(project));
    let project = project.canonicalize().map_err(|error| format!("{}: {error}", project.display()))?;
    let span: Span =
        allow.span.parse().map_err(|_| format!("--for: expected a time span (30m, 2h), found {}", allow.span))?;
    let now = Timestamp::now();
    // Days are of 24 hours: the grant is a span of time, not of a calendar.
    let until = span
        .abs()
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .ok()
        .and_then(|time| now.checked_add(time).ok());
    Ok(Grant {
        id: desk::ticket().map_err(|error| error.to_string())?,
        effect: allow.effect,
        paths: allow.paths.iter().map(|path| resolved(&here, path)).collect::<Vec<PathBuf>>(),
        rule: allow.rule.clone(),
        program: allow.program.clone(),
        command: allow.command.clone(),
        project,
        until: until.ok_or_else(|| format!("--for: {} is too long", allow.span))?,
        uses: allow.uses,
        from,
    })
}

/// Runs `guard grants`: 0, or 1 when there is nothing to take back or the call does not count.
pub fn grants(allowed: &Allowed) -> ExitCode {
    let Some(folders) = Folders::of_user() else {
        return fail("grants", "there is no home folder: HOME is not set", 1);
    };
    let grants = Grants::of(&folders);
    let Some(id) = allowed.revoked() else {
        for grant in grants.list() {
            match (allowed.json, serde_json::to_string(&grant)) {
                (true, Ok(json)) => println!("{json}"),
                _ => println!("{}", line(&grant)),
            }
        }
        return ExitCode::SUCCESS;
    };
    if let Err(code) = answers::terminal(Some(&folders), &["grants", "revoke", id]) {
        return code;
    }
    match grants.revoke(id) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => fail("grants", &format!("{id}: there is no such grant"), 1),
    }
}

/// A grant in one line.
fn line(grant: &Grant) -> String {
    let named = |name: &str, text: &Option<String>| text.as_ref().map(|text| format!("{name} {text}"));
    let paths: Vec<String> = grant.paths.iter().map(|path| path.display().to_string()).collect();
    let paths = (!paths.is_empty()).then(|| format!("on {}", paths.join(" ")));
    let parts = [
        Some(grant.effect.map_or("anything", Effect::as_str).to_owned()),
        paths,
        named("by rule", &grant.rule),
        named("by program", &grant.program),
        named("by", &grant.command),
        Some(format!("in {}", grant.project.display())),
        Some(format!("until {}", grant.until.strftime("%Y-%m-%d %H:%M:%SZ"))),
        grant.uses.map(|uses| format!("{uses} times")),
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    format!("{}  {}", grant.id, visible::line(&text))
}

fn fail(word: &str, what: &str, code: u8) -> ExitCode {
    eprintln!("guard: {word}: {}", visible::line(what));
    ExitCode::from(code)
}
