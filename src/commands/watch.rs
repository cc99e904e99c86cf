//! `guard watch`: shows commands as they come to the desk, and answers them with one key.

use std::collections::HashSet;
use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::answers;
use crate::ask::watch::{Key, Screen};
use crate::ask::{Proofs, Refusal};
use crate::cli::Watch;
use crate::desk::{Changes, Request, Spool, Verdict};
use crate::factors::Factors;
use crate::folders::Folders;
use crate::grants::Grants;
use crate::in_force::InForce;
use crate::visible;

/// How long the desk is not looked at when the kernel tells of changes, and when it does not.
const TOLD: Duration = Duration::from_secs(5);
const UNTOLD: Duration = Duration::from_millis(200);

/// Runs the subcommand: 0 when its human ends it, or 1 when the terminal does not count or goes away.
pub fn run(watch: &Watch) -> ExitCode {
    let folders = Folders::of_user();
    let terminal = match answers::terminal(folders.as_ref(), &["watch"]) {
        Ok(terminal) => terminal,
        Err(code) => return code,
    };
    // Made now, so that its folders can be watched before the first request comes.
    if let Err(error) = Spool::open(folders.as_ref()) {
        eprintln!("guard: watch: the desk cannot be used: {error}");
        return ExitCode::FAILURE;
    }
    let mut watcher = match Screen::take() {
        Ok(screen) => Watcher::new(screen, folders, terminal, watch.quiet),
        Err(refusal) => {
            eprintln!("guard: watch: {}", refusal.reason());
            return ExitCode::FAILURE;
        }
    };
    match watcher.run() {
        Ok(()) | Err(Refusal::Interrupted) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// A watch over the desk.
struct Watcher {
    screen: Screen,
    folders: Option<Folders>,
    terminal: String,
    quiet: bool,
    spools: Vec<Spool>,
    changes: Changes,
    /// The request on the screen.
    shown: Option<Request>,
    /// Which of its offers goes with a yes.
    offer: Option<usize>,
    /// The tickets that were rung for.
    rung: HashSet<String>,
    /// The tickets that are left to others.
    skipped: HashSet<String>,
}

impl Watcher {
    fn new(screen: Screen, folders: Option<Folders>, terminal: String, quiet: bool) -> Watcher {
        let spools = Spool::all(folders.as_ref());
        let watched: Vec<PathBuf> =
            spools.iter().flat_map(|spool| [spool.requests(), spool.answers()]).filter(|path| path.is_dir()).collect();
        let changes = Changes::of(&watched.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        let (shown, offer, rung, skipped) = (None, None, HashSet::new(), HashSet::new());
        Watcher { screen, folders, terminal, quiet, spools, changes, shown, offer, rung, skipped }
    }

    fn run(&mut self) -> Result<(), Refusal> {
        self.screen.say("guard: commands that need a person appear here; q ends the watch\n")?;
        loop {
            self.changes.clear();
            let pending: Vec<Request> = self.spools.iter().flat_map(Spool::pending).collect();
            self.ring(&pending)?;
            self.turn(pending)?;
            let pause = if self.changes.descriptor().is_some() { TOLD } else { UNTOLD };
            match self.screen.key(self.changes.descriptor(), Instant::now() + pause)? {
                Some(Key::Quit) => return self.screen.say("\n"),
                Some(key) => self.press(key)?,
                None => {}
            }
        }
    }

    /// Rings for what is new.
    fn ring(&mut self, pending: &[Request]) -> Result<(), Refusal> {
        let new: Vec<&Request> = pending.iter().filter(|request| self.rung.insert(request.id.clone())).collect();
        match new.first().filter(|_| !self.quiet) {
            Some(request) => {
                notify_desktop(request.text.trim());
                self.screen.ring(request.text.trim())
            }
            None => Ok(()),
        }
    }

    /// Shows the next request when the one on the screen is settled.
    fn turn(&mut self, pending: Vec<Request>) -> Result<(), Refusal> {
        let is_open = |shown: &Request| pending.iter().any(|request| request.id == shown.id);
        if let Some(shown) = self.shown.take_if(|shown| !is_open(shown)) {
            self.screen.say(&format!("\n{} is answered elsewhere, or has gone.\n", shown.id))?;
        }
        if self.shown.is_some() {
            return Ok(());
        }
        let mut next = pending.into_iter().filter(|request| !self.skipped.contains(&request.id));
        if let Some(request) = next.next() {
            let more = next.count();
            self.screen.show(&request, &note(&request, more))?;
            self.offer = None;
            self.shown = Some(request);
        }
        Ok(())
    }

    fn press(&mut self, key: Key) -> Result<(), Refusal> {
        let Some(request) = self.shown.take() else { return Ok(()) };
        match key {
            Key::Approve if self.screen.confirm(&request)? => self.approve(&request),
            Key::Approve => {
                // It is shown again, and skipped or denied by a key of its own.
                self.screen.say("That is not it.\n")
            }
            Key::Deny => self.answer(&request, Verdict::Deny, None),
            Key::DenyBecause => {
                let because = self.screen.line("\nWhy not? ")?;
                self.answer(&request, Verdict::Deny, Some(because.as_str()).filter(|because| !because.is_empty()))
            }
            Key::Offer if request.offers.is_empty() => {
                self.screen.say("\nNothing of this can be allowed ahead.\n")?;
                self.ask_again(request)
            }
            Key::Offer => {
                self.offer = self.screen.choose(&request)?;
                self.ask_again(request)
            }
            Key::Skip => {
                self.skipped.insert(request.id);
                self.screen.say("\nskipped\n")
            }
            Key::More(view) => {
                self.screen.show_more(&request, view)?;
                self.ask_again(request)
            }
            Key::Quit => Ok(()),
        }
    }

    fn ask_again(&mut self, request: Request) -> Result<(), Refusal> {
        self.screen.say(&format!("  {}\n\nRun it once? ", request.id))?;
        self.shown = Some(request);
        Ok(())
    }

    /// A yes, with what it needs besides, and what goes with it.
    fn approve(&mut self, request: &Request) -> Result<(), Refusal> {
        let configuration = InForce::load(self.folders.as_ref(), None).configuration;
        let needed = match configuration {
            Ok(configuration) => configuration.factors.of(&request.effects()),
            Err(mistake) => return self.screen.say(&format!("\n{}\n", visible::line(&mistake.to_string()))),
        };
        let proofs = Proofs { factors: self.folders.as_ref().map(Factors::of), needed };
        if !self.screen.prove(&proofs)? {
            return Ok(());
        }
        self.answer(request, Verdict::Approve, None)?;
        let offer = self.offer.take().and_then(|chosen| request.offers.get(chosen));
        let (Some(offer), Some(folders)) = (offer, &self.folders) else { return Ok(()) };
        let kept = offer.grant(&self.terminal).and_then(|grant| Grants::of(folders).add(&grant));
        self.screen.say(&match kept {
            Ok(()) => format!("allowed ahead: {}\n", visible::line(&offer.told())),
            Err(error) => format!("nothing is allowed ahead: {error}\n"),
        })
    }

    fn answer(&mut self, request: &Request, verdict: Verdict, because: Option<&str>) -> Result<(), Refusal> {
        let given = answers::give(self.folders.as_ref(), &request.id, verdict, &self.terminal, because);
        let word = match verdict {
            Verdict::Approve => "approved",
            Verdict::Deny => "denied",
        };
        match given {
            Ok(request) => self.screen.say(&format!("\n{word} {}\n", request.id)),
            Err(error) => self.screen.say(&format!("\n{}: {}\n", request.id, visible::line(&error.to_string()))),
        }
    }
}

/// What is said under a request.
fn note(request: &Request, more: usize) -> String {
    let now = Timestamp::now();
    let state = match request.is_awaited(now) {
        true => format!("waits {} s more", request.until.duration_since(now).as_secs().max(0)),
        false => "its sender has ended: yes lets it through once when it is repeated".to_owned(),
    };
    if more > 0 { format!("{state}; {more} more waiting") } else { state }
}

/// Has the desktop show a notice, where there is one. Nobody waits for that.
fn notify_desktop(text: &str) {
    let has_desktop = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some());
    if has_desktop {
        let notice = visible::short(text, 120);
        let mut command = Command::new("notify-send");
        command.args(["--app-name=guard", "--", "guard: a command waits", &notice]);
        let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    }
}
